"""The list of pieces: what is asked for, in which order, one page at a time.

Rows are always read fresh. What is remembered for some seconds in each process is which keys are asked for in an order
that no index has: by price or search rank, and where few match among many.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial, reduce
from itertools import islice
from operator import and_

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.memory import remembered
from inventory.models import Product, StockItem
from inventory.queries import catalogue, searching
from inventory.queries.searching import Term
from shop.queries import shelf
from shop.queries.shelf import Shelf

PAGE_SIZE = 24
REMEMBERED_SECONDS = 60
# Nobody turns more pages than these in an order that is not the newest first.
MAX_RANKED = 100 * PAGE_SIZE
# A walk from the newest on may look at so many products for one page; a small shop never needs more.
LONG_WALK = 500

NEWEST, CHEAPEST, DEAREST, BEST_MATCH = "new", "price", "-price", "best"


@dataclass(frozen=True)
class Filters:
    """What somebody asks to see, in one normal form: known values only, each once, sorted.

    Size, grade and price must hold on one and the same lot. Categories are keys, branches included; `scope` is that of
    the page itself, and `categories` lie within it.
    """

    words: tuple[Term, ...] = ()
    scope: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    brands: tuple[str, ...] = ()
    sizes: tuple[tuple[str, str], ...] = ()
    conditions: tuple[str, ...] = ()
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    in_stock: bool = False
    with_sold: bool = False
    sort: str = NEWEST

    def without(self, *facets: str) -> "Filters":
        """The same, but for what these facets say."""
        empty = Filters()
        return replace(self, **{facet: getattr(empty, facet) for facet in facets})

    @property
    def branches(self) -> tuple[int, ...]:
        """The categories asked for; none means all."""
        return self.categories or self.scope

    @property
    def key(self) -> str:
        """A name for the cache."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def matching_lots(filters: Filters) -> QuerySet[StockItem]:
    """The published lots that are asked for, in no order."""
    if filters.in_stock:
        wanted = catalogue.ON_SHELF
    elif filters.with_sold:
        wanted = catalogue.IN_SHOP | catalogue.SOLD_OUT
    else:
        wanted = catalogue.IN_SHOP
    wanted &= lot_facts(filters) & searching.having(filters.words) & Q(product__is_published=True)
    if filters.branches:
        wanted &= Q(product__category__in=filters.branches)
    if filters.brands:
        wanted &= Q(product__brand__slug__in=filters.brands)
    return StockItem.objects.filter(wanted).order_by()


def lot_facts(filters: Filters) -> Q:
    """What must hold on one lot."""
    facts = Q()
    if filters.conditions:
        facts &= Q(condition__in=filters.conditions)
    if filters.sizes:
        sizes = Q()
        for system, size in filters.sizes:
            sizes |= Q(size_system=system, size=size)
        facts &= sizes
    if filters.price_from is not None:
        facts &= Q(price__gte=filters.price_from)
    if filters.price_to is not None:
        facts &= Q(price__lte=filters.price_to)
    return facts


def page_of_products(*, filters: Filters, page: int, total: int, among: int) -> list[Product]:
    """The products of a page with their brands, and one more when another page follows.

    `total` of so many `among` match; both may be some seconds old, for they only decide which way is quicker.
    """
    start, end = (page - 1) * PAGE_SIZE, page * PAGE_SIZE + 1
    products = Product.objects.select_related("brand")
    is_short_walk = among * PAGE_SIZE <= LONG_WALK * max(total, 1)
    if filters.sort == NEWEST and not filters.words and is_short_walk:
        return list(_newest(filters, products)[start:end])
    return _in_order(_ranked(filters)[start:end])


def nearest(*, filters: Filters, limit: int) -> list[Product]:
    """Products on the shelf that come near to what is asked, the best first; none when nothing does.

    They meet some of the words, if not all; when no words are asked, they are of the same categories and brands.
    """
    lots = shelf.lots(seconds=REMEMBERED_SECONDS)
    if filters.words:
        near = lots.best_of(lots.meeting_any(filters.words) & lots.on_shelf, filters.words)
    else:
        kin = Filters(scope=filters.scope, categories=filters.categories, brands=filters.brands)
        near = lots.newest_of(reduce(and_, sets_of(kin, lots).values()) & lots.on_shelf)
    return _in_order(list(islice(near, limit)))


def sets_of(filters: Filters, lots: Shelf) -> dict[str, int]:
    """The lots that each part of what is asked leaves, by facet; all that is no facet under ""."""
    rest = lots.on_shelf if filters.in_stock else lots.everything if filters.with_sold else lots.in_shop
    rest &= lots.any_of(lots.categories, filters.scope)
    if filters.price_from is not None or filters.price_to is not None:
        rest &= lots.priced(filters.price_from, filters.price_to)
    if filters.words:
        rest &= lots.meeting_all(filters.words)
    return {
        "": rest,
        "categories": lots.any_of(lots.categories, filters.categories),
        "brands": lots.any_of(lots.brands, filters.brands),
        "sizes": lots.any_of(lots.sizes, filters.sizes),
        "conditions": lots.any_of(lots.conditions, filters.conditions),
    }


def _newest(filters: Filters, products: QuerySet[Product]) -> QuerySet[Product]:
    lots = matching_lots(filters.without("scope", "categories", "brands"))
    if len(filters.branches) > 1:
        # Added to nothing, so that SQLite walks the newest first instead of sorting these branches as a whole.
        products = products.alias(branch=F("category_id") + 0).filter(branch__in=filters.branches)
    elif filters.branches:
        products = products.filter(category__in=filters.branches)
    if filters.brands:
        products = products.filter(brand__slug__in=filters.brands)
    return products.filter(Exists(lots.filter(product=OuterRef("pk"))), is_published=True).order_by("-listed_at", "-pk")


def _ranked(filters: Filters) -> list[int]:
    """Keys of products in an order that no index has; remembered, so that turning pages stays cheap."""
    return remembered(key=f"ranked-{filters.key}", make=partial(_rank, filters), seconds=REMEMBERED_SECONDS)


def _rank(filters: Filters) -> list[int]:
    lots = shelf.lots(seconds=REMEMBERED_SECONDS)
    asked = reduce(and_, sets_of(filters, lots).values())
    if filters.sort == BEST_MATCH:
        found = lots.best_of(asked, filters.words)
    elif filters.sort in (CHEAPEST, DEAREST):
        found = lots.by_price_of(asked, is_dearest_first=filters.sort == DEAREST)
    else:
        found = lots.newest_of(asked)
    return list(islice(found, MAX_RANKED))


def _in_order(pks: Sequence[int]) -> list[Product]:
    """These products with their brands, as they are now; one that was taken out of the shop is left out."""
    found = Product.objects.select_related("brand").filter(is_published=True).in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]
