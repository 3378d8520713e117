"""Products from another shop's file into ours: whole or not at all, and once however often it is repeated."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from core.audit import Actor
from inventory.errors import SizeUnknown
from inventory.models import Category, Condition, Product, SizeScale, StockItem
from inventory.rules.shopify import Imported, Problem, Variant
from inventory.rules.sizes import OLD_CODES, ONE_SIZE
from inventory.services import intake
from inventory.services import products as catalogue

UNSORTED = "Unsorted"
# As long as the columns.
MAX_KEY, MAX_SIZE = 260, 30


@dataclass
class Report:
    """What an import did, or would do."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    is_kept: bool = True


@dataclass(frozen=True)
class Choices:
    """What the file does not say."""

    condition: str = Condition.NEW_TAGGED
    skip_bad: bool = False
    dry_run: bool = False


@transaction.atomic
def import_products(*, found: Sequence[Imported], choices: Choices, actor: Actor, now: datetime) -> Report:
    """Make what is new of a file: products, lots, and stock by `intake` moves.

    A product or lot that was imported before stays as it is now. With a problem anywhere nothing is kept, unless bad
    products are to be skipped; a dry run keeps nothing either way.
    """
    report = Report()
    for product in found:
        problems = product.problems or _make(product, choices, actor, now, report.counts)
        report.problems += problems
        report.counts["products skipped"] += bool(problems)
    report.is_kept = not choices.dry_run and (choices.skip_bad or not report.problems)
    transaction.set_rollback(not report.is_kept)
    return report


def _make(found: Imported, choices: Choices, actor: Actor, now: datetime, counts: Counter[str]) -> list[Problem]:
    """Write one product; what is wrong with it, in which case nothing of it is written."""
    made: Counter[str] = Counter()
    problems: list[Problem] = []
    with transaction.atomic():
        key = f"shopify:{found.handle}"
        condition, scale = OLD_CODES.get(found.type.upper(), (choices.condition, SizeScale.FREE))
        product = Product.objects.filter(import_key=key).select_related("category", "brand").first()
        if product:
            made["products known"] += 1
        else:
            product = catalogue.add_product(
                category=_category(found.type or UNSORTED, scale),
                brand=catalogue.brand_named(name=found.vendor) if found.vendor else None,
                title=found.title,
                description=found.body,
                is_published=found.is_published,
                import_key=key,
                actor=actor,
                now=now,
            )
            made["products made"] += 1
        for variant in found.variants:
            try:
                _make_lot(product, variant, condition, actor, now, made)
            except _Refused as refusal:
                problems.append(refusal.problem)
        transaction.set_rollback(bool(problems))
    if not problems:
        counts += made
    return problems


def _make_lot(
    product: Product, variant: Variant, condition: str, actor: Actor, now: datetime, made: Counter[str]
) -> None:
    key = _key(product, variant)
    if StockItem.objects.filter(import_key=key).exists():
        made["lots known"] += 1
        return
    if variant.sku and StockItem.objects.filter(sku=variant.sku).exists():
        raise _Refused(Problem(variant.row, "Variant SKU", f"“{variant.sku}” is another lot's stock number"))
    size = _size(product.category.size_scale, variant)
    if len(size) == MAX_SIZE and product.stock_items.filter(size=size).exists():
        raise _Refused(Problem(variant.row, "Option1 Value", f"another variant begins with “{size}” too"))
    lot = catalogue.NewLot(
        size=size,
        condition=condition,
        price=variant.price,
        sku=variant.sku,
        vat_scheme=StockItem.VatScheme.STANDARD,
        import_key=key,
    )
    try:
        intake.shelve(
            product=product,
            lot=lot,
            quantity=variant.quantity,
            cause=f"import {product.import_key}"[:80],
            actor=actor,
            now=now,
        )
    except SizeUnknown as refusal:
        raise _Refused(Problem(variant.row, "Option1 Value", str(refusal.message))) from refusal
    made["lots made"] += 1
    made["lots without a price"] += variant.price is None
    made["copies taken in"] += variant.quantity


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _key(product: Product, variant: Variant) -> str:
    """What a lot is known by when the file comes again; no two variants of a product share it."""
    values = [value for _, value in variant.options]
    key = "|".join([str(product.import_key), *values])
    if len(key) <= MAX_KEY and not any("|" in value for value in values):
        return key
    return f"{product.import_key}|{hashlib.sha256(json.dumps(values).encode()).hexdigest()}"


def _size(scale: str, variant: Variant) -> str:
    """The size option alone where sizes have a scale, all options where they are free text."""
    if not variant.options:
        return ONE_SIZE
    if scale == SizeScale.FREE:
        return " / ".join(value for _, value in variant.options)[:MAX_SIZE]
    sizes = [value for name, value in variant.options if "size" in name.lower()]
    # Colour and size together have no place on a scale: the scale then says so.
    return sizes[0] if sizes and len(variant.options) == 1 else " / ".join(value for _, value in variant.options)


def _category(name: str, scale: str) -> Category:
    known = Category.objects.filter(name__iexact=name).first() or Category.objects.filter(slug=name.lower()).first()
    return known or catalogue.add_category(name=name, size_scale=scale)
