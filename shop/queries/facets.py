"""How many pieces each filter would leave, counted in one statement and remembered for some seconds per process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

from django.db.models import CharField, Count, DecimalField, F, Min, QuerySet, Value
from django.db.models.functions import Coalesce

from core.memory import remembered
from inventory.models import StockItem
from inventory.queries import catalogue
from shop.queries.listing import REMEMBERED_SECONDS, Filters, matching_lots


@dataclass(frozen=True)
class Counts:
    """Pieces in all, and by each option of each facet with the other filters applied."""

    total: int = 0
    in_stock: int = 0
    conditions: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    # By slug: the name and how many.
    brands: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    # By system and size, in the order of sizes.
    sizes: Mapping[tuple[str, str], int] = field(default_factory=dict)


def counts_for(filters: Filters) -> Counts:
    """The counts for these filters, at most some seconds old."""
    asked = filters.without("sort")
    return remembered(key=f"counts-{asked.key}", make=partial(_count, asked), seconds=REMEMBERED_SECONDS)


def _count(filters: Filters) -> Counts:
    parts = [
        _part("total", matching_lots(filters), Value(""), Value("")),
        _part("stock", matching_lots(filters).filter(catalogue.ON_SHELF), Value(""), Value("")),
        _part("condition", matching_lots(filters.without("conditions")), F("condition"), Value("")),
        _part("size", matching_lots(filters.without("sizes")), F("size_system"), F("size")),
        _part("category", matching_lots(filters.without("categories")), F("product__category__slug"), Value("")),
        _part(
            "brand",
            matching_lots(filters.without("brands")).filter(product__brand__isnull=False),
            F("product__brand__slug"),
            F("product__brand__name"),
        ),
    ]
    rows = list(parts[0].union(*parts[1:], all=True))
    of = {kind: [row for row in rows if row["kind"] == kind] for kind in {row["kind"] for row in rows}}
    sizes = sorted(of.get("size", []), key=lambda row: (row["first"], Decimal(row["place"]), row["second"]))
    brands = sorted(of.get("brand", []), key=lambda row: (-row["pieces"], row["second"]))
    return Counts(
        total=sum(row["pieces"] for row in of.get("total", [])),
        in_stock=sum(row["pieces"] for row in of.get("stock", [])),
        conditions={row["first"]: row["pieces"] for row in of.get("condition", [])},
        categories=_with_branches({row["first"]: row["pieces"] for row in of.get("category", [])}),
        brands={row["first"]: (row["second"], row["pieces"]) for row in brands},
        sizes={(row["first"], row["second"]): row["pieces"] for row in sizes},
    )


def _part(kind: str, lots: QuerySet[StockItem], first: F | Value, second: F | Value) -> QuerySet:
    """One facet as rows of the same columns, so that all can be had in one statement."""
    words = CharField()
    return lots.values(
        kind=Value(kind, output_field=words),
        first=Coalesce(first, Value(""), output_field=words),
        second=Coalesce(second, Value(""), output_field=words),
    ).annotate(place=Min("size_order", output_field=DecimalField()), pieces=Count("product", distinct=True))


def _with_branches(own: Mapping[str, int]) -> dict[str, int]:
    """A category counts what hangs on its branches too; a product hangs on one only."""
    return {
        slug: sum(own.get(each, 0) for each in (slug, *branch.below))
        for slug, branch in catalogue.category_tree().items()
    }
