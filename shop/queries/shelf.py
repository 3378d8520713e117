"""Every lot that a list may show, remembered for some seconds: so many pieces are counted without asking the database.

Lots are numbered, those of a product in a row, and a set of them is an int with the bits of its members. To combine two
sets or to count one takes some millionths of a second, however large the shop.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from math import inf
from operator import or_
from typing import TypeVar

from django.db.models import Case, FloatField, Value, When
from django.db.models.functions import Cast

from core.memory import kept
from inventory.models import Brand, Product, StockItem
from inventory.queries import catalogue

Size = tuple[str, str]
BITS = [[bit for bit in range(8) if octet >> bit & 1] for octet in range(256)]
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Shelf:
    """The lots of published products, sold ones included, and the sets of those that have something in common."""

    # By lot: its product, its price (infinite without one), and how many products are newer than its own.
    products: Sequence[int]
    prices: Sequence[float]
    newer: Sequence[int]
    # The lots that have a price, the cheapest first.
    by_price: Sequence[int]
    # By product, the first of its lots.
    first: Mapping[int, int]
    # The first lots of products that have more than none, one, two, ... of them.
    firsts: Sequence[int]
    everything: int
    in_shop: int
    on_shelf: int
    conditions: Mapping[str, int]
    # In the order of sizes.
    sizes: Mapping[Size, int]
    categories: Mapping[int, int]
    brands: Mapping[str, int]
    brand_names: Mapping[str, str]

    def of_products(self, pks: Iterable[int]) -> int:
        """The lots of these products."""
        firsts = _set_of((self.first[pk] for pk in pks if pk in self.first), len(self.products))
        return reduce(or_, ((firsts & first) << later for later, first in enumerate(self.firsts)), 0)

    def any_of(self, sets: Mapping[K, int], wanted: Collection[K]) -> int:
        """The lots in any of the wanted sets; in all when none is wanted."""
        return reduce(or_, (sets.get(each, 0) for each in wanted), 0) if wanted else self.everything

    def priced(self, low: Decimal | None, high: Decimal | None) -> int:
        """The lots with a price within these bounds."""
        start = 0 if low is None else bisect_left(self.by_price, float(low), key=self.prices.__getitem__)
        end = None if high is None else bisect_right(self.by_price, float(high), key=self.prices.__getitem__)
        return _set_of(self.by_price[start:end], len(self.products))

    def newest_of(self, lots: int) -> list[int]:
        """The products of these lots, the newest first."""
        return [self.products[number] for number in sorted(_members(self.one_each(lots)), key=self.newer.__getitem__)]

    def cheapest_of(self, lots: int) -> dict[int, float]:
        """The lowest price of each product of these lots; a product without a price is left out."""
        found: dict[int, float] = {}
        for number in _members(lots):
            product, price = self.products[number], self.prices[number]
            if price < found.get(product, inf):
                found[product] = price
        return found

    def one_each(self, lots: int) -> int:
        """The same set of products as one lot each, the first of the product."""
        return reduce(or_, ((lots >> later) & first for later, first in enumerate(self.firsts)), 0)

    def count(self, lots: int) -> int:
        """How many products these lots are of."""
        return self.one_each(lots).bit_count()


def lots(*, seconds: float) -> Shelf:
    """The lots as they were at most so many seconds ago."""
    return kept(key="shelf", make=_read, seconds=seconds)


def _read() -> Shelf:
    is_in_shop = Case(When(catalogue.IN_SHOP, then=Value(1)), default=Value(0))
    lots = StockItem.objects.filter(catalogue.IN_SHOP | catalogue.SOLD_OUT, product__is_published=True)
    # Floats, since a Decimal of each lot would take as long as all the rest.
    size_order, price = Cast("size_order", FloatField()), Cast("price", FloatField())
    facts = ("product", "condition", "size_system", "size", size_order, price, "on_shelf", is_in_shop)
    rows = list(lots.order_by("product").values_list(*facts, "product__category", "product__brand"))
    products, conditions, systems, labels, orders, prices, on_shelf, in_shop, categories, makers = (
        zip(*rows, strict=True) if rows else [()] * 10
    )
    newest = Product.objects.filter(is_published=True).order_by("-listed_at", "-pk").values_list("pk", flat=True)
    newer = {pk: place for place, pk in enumerate(newest)}
    brands = {pk: (slug, name) for pk, slug, name in Brand.objects.values_list("pk", "slug", "name").order_by()}
    places: dict[Size, float] = {}
    for system, order, label in set(zip(systems, orders, labels, strict=True)):
        places[system, label] = min(order, places.get((system, label), order))
    sizes = _sets(zip(systems, labels, strict=True))
    return Shelf(
        products=products,
        prices=[inf if price is None else price for price in prices],
        newer=[newer.get(pk, len(newer)) for pk in products],
        by_price=sorted((number for number, price in enumerate(prices) if price is not None), key=prices.__getitem__),
        first={pk: number for number, pk in reversed(list(enumerate(products)))},
        firsts=_firsts(products),
        everything=(1 << len(rows)) - 1,
        in_shop=_sets(in_shop).get(1, 0),
        on_shelf=_sets(copies > 0 for copies in on_shelf).get(True, 0),
        conditions=_sets(conditions),
        sizes={size: sizes[size] for size in sorted(sizes, key=lambda size: (size[0], places[size], size[1]))},
        categories=_sets(categories),
        brands={brands[pk][0]: lots for pk, lots in _sets(makers).items() if pk in brands},
        brand_names=dict(brands.values()),
    )


def _sets(values: Iterable[K]) -> dict[K, int]:
    """By value, the lots that have it."""
    members: dict[K, list[int]] = {}
    total = 0
    for number, value in enumerate(values):
        members.setdefault(value, []).append(number)
        total = number + 1
    return {value: _set_of(numbers, total) for value, numbers in members.items()}


def _members(lots: int) -> list[int]:
    """The lots of a set."""
    octets = lots.to_bytes(lots.bit_length() // 8 + 1, "little")
    return [start * 8 + bit for start, octet in enumerate(octets) if octet for bit in BITS[octet]]


def _set_of(numbers: Iterable[int], total: int) -> int:
    bits = bytearray(total // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def _firsts(products: Sequence[int]) -> list[int]:
    found: list[list[int]] = []
    start = 0
    for number, product in enumerate(products):
        if product != products[start]:
            start = number
        if number - start == len(found):
            found.append([])
        found[number - start].append(start)
    return [_set_of(starts, len(products)) for starts in found]
