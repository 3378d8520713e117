"""What all steps of one move share."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from core.audit import Actor
from core.errors import DomainError
from inventory.models import Brand, Category
from inventory.services import products
from old_shop.queries.files import OldFile
from old_shop.rules.copies import Plan
from old_shop.rules.report import Report
from old_shop.rules.rows import Row

ACTOR = Actor("import_unity_v3", "command")
PREFIX = "unity_v3"
# What a step says about a row.
MADE, KNOWN = "made", "known"


@dataclass
class Move:
    """One run: the file, the moment, and what has come over so far, by the keys of the file."""

    found: OldFile
    now: datetime
    report: Report = field(default_factory=Report)
    users: dict[str, int] = field(default_factory=dict)
    users_by_email: dict[str, int] = field(default_factory=dict)
    emails: dict[int, str] = field(default_factory=dict)
    lots: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # what a product may be called by → its key
    booked: Counter[str] = field(default_factory=Counter)  # copies in our books, by product
    lost: Counter[str] = field(default_factory=Counter)  # copies of orders that were left behind
    plan: Plan = field(default_factory=Plan)
    brands: dict[str, Brand] = field(default_factory=dict)
    categories: dict[tuple[str, str], Category] = field(default_factory=dict)

    def take(self, table: str, rows: Iterable[Row], step: Callable[[Row], str]) -> None:
        """Take each row over in a transaction of its own; a refusal leaves it behind with its reason."""
        seen: set[str] = set()
        counts = self.report.tables[table]
        for row in rows:
            counts.read += 1
            if row.key in seen:
                self.report.skip(table, row.key, "a key that was there before")
                continue
            seen.add(row.key)
            try:
                outcome = step(row)
            except DomainError as refusal:
                self.report.skip(table, row.key, refusal.message)
            else:
                counts.made += outcome == MADE
                counts.known += outcome == KNOWN

    def moment(self, row: Row, *names: str) -> datetime | None:
        """A moment of the past: a clock that ran ahead says now."""
        found = row.moment(*names)
        return min(found, self.now) if found else None

    def brand(self, name: str) -> Brand | None:
        """The brand of this name or alias, made when there is none."""
        if not name:
            return None
        if name not in self.brands:
            self.brands[name] = products.brand_named(name=name)
        return self.brands[name]

    def category(self, name: str, scale: str) -> Category:
        """The category of this name and scale, made when there is none."""
        if (name, scale) not in self.categories:
            known = Category.objects.filter(name__iexact=name, size_scale=scale).order_by("pk").first()
            self.categories[name, scale] = known or products.add_category(name=name, size_scale=scale)
        return self.categories[name, scale]

    def product_key(self, row: Row, *names: str) -> str | None:
        """Which product of the file a row means, by its number, its stock number or its picture."""
        for name in (*names, "sku", "product_sku", "image_id", "cloudflare_image_id"):
            if key := self.names.get(row.text(name, most=200).lower()):
                return key
        return None
