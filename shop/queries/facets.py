"""How many pieces each filter would leave, at most some seconds old in each process."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import and_
from typing import TypeVar

from core.memory import remembered
from inventory.queries import catalogue
from shop.queries import shelf
from shop.queries.listing import REMEMBERED_SECONDS, Filters, sets_of

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Counts:
    """Pieces in all, and by each option of each facet with the other filters applied."""

    total: int = 0
    one_offs: int = 0
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
    lots = shelf.lots(seconds=REMEMBERED_SECONDS)
    asked = sets_of(filters, lots)
    matching = reduce(and_, asked.values())

    def but_for(facet: str) -> int:
        return reduce(and_, (members for name, members in asked.items() if name != facet))

    def counts(facet: str, sets: Mapping[K, int]) -> dict[K, int]:
        within = but_for(facet)
        counted = ((value, lots.count(within & members)) for value, members in sets.items())
        return {value: pieces for value, pieces in counted if pieces}

    def counts_of_whole(facet: str, sets: Mapping[K, int]) -> dict[K, int]:
        """The same where all lots of a product share the value."""
        within = lots.one_each(but_for(facet))
        counted = ((value, (within & members).bit_count()) for value, members in sets.items())
        return {value: pieces for value, pieces in counted if pieces}

    brands = counts_of_whole("brands", lots.brands)
    named = sorted(brands, key=lambda slug: (-brands[slug], lots.brand_names[slug]))
    return Counts(
        total=lots.count(matching),
        one_offs=(matching & lots.one_offs).bit_count(),
        in_stock=lots.count(matching & lots.on_shelf),
        conditions=counts("conditions", lots.conditions),
        categories=_with_branches(counts_of_whole("categories", lots.categories)),
        brands={slug: (lots.brand_names[slug], brands[slug]) for slug in named},
        sizes=counts("sizes", lots.sizes),
    )


def _with_branches(own: Mapping[int, int]) -> dict[str, int]:
    """A category counts what hangs on its branches too; a product hangs on one only."""
    return {slug: sum(own.get(pk, 0) for pk in branch.pks) for slug, branch in catalogue.category_tree().items()}
