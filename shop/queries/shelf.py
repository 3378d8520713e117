"""Every lot that a list may show, remembered for some seconds: so many pieces are counted without asking the database.

Lots are numbered, those of a product in a row and the newest product first, and a set of them is an int with the bits
of its members. To combine two sets or to count one takes some millionths of a second, however large the shop.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from itertools import islice, pairwise, takewhile
from math import inf
from operator import and_, or_
from typing import TypeVar

from django.db.models import Case, FloatField, Value, When
from django.db.models.functions import Cast

from core.memory import kept
from inventory.models import Brand, StockItem
from inventory.queries import catalogue, searching
from inventory.queries.searching import Term

Size = tuple[str, str]
# A word, its weight, and the first lots of the products that have it so.
Found = tuple[str, int, int]
BITS = [[bit for bit in range(8) if octet >> bit & 1] for octet in range(256)]
# Prices are cut into so many steps. For so many words it is remembered who has them, and then for others.
PRICE_STEPS, MAX_FOUND = 64, 2_000
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Shelf:
    """The lots of published products, sold ones included, and the sets of those that have something in common."""

    # By lot: its product, and its price (infinite without one).
    products: Sequence[int]
    prices: Sequence[float]
    # The lots that have a price, the cheapest first; and the sets of none of them, of one step, of two steps, ...
    by_price: Sequence[int]
    cheaper: Sequence[int]
    # By product, the first of its lots.
    first: Mapping[int, int]
    # The first lots of products that have more than none, one, two, ... of them.
    firsts: Sequence[int]
    # The lots of products that have only ever been this one copy.
    one_offs: int
    everything: int
    in_shop: int
    on_shelf: int
    conditions: Mapping[str, int]
    # In the order of sizes.
    sizes: Mapping[Size, int]
    categories: Mapping[int, int]
    brands: Mapping[str, int]
    brand_names: Mapping[str, str]
    # Every word that finds something, in order; and by word, who has it, as far as it was looked up.
    words: Sequence[str] = ()
    found: dict[str, list[Found]] = field(default_factory=dict)

    def any_of(self, sets: Mapping[K, int], wanted: Collection[K]) -> int:
        """The lots in any of the wanted sets; in all when none is wanted."""
        return reduce(or_, (sets.get(each, 0) for each in wanted), 0) if wanted else self.everything

    def priced(self, low: Decimal | None, high: Decimal | None) -> int:
        """The lots with a price within these bounds."""
        start = 0 if low is None else bisect_left(self.by_price, float(low), key=self.prices.__getitem__)
        end = len(self.by_price)
        if high is not None:
            end = bisect_right(self.by_price, float(high), key=self.prices.__getitem__)
        return self._cheapest(end) & ~self._cheapest(start)

    def meeting_all(self, terms: Iterable[Term]) -> int:
        """The lots of products that meet every term of a search."""
        return self._whole(reduce(and_, self._meeting(terms), self.everything))

    def meeting_any(self, terms: Iterable[Term]) -> int:
        """The lots of products that meet one term at least."""
        return self._whole(reduce(or_, self._meeting(terms), 0))

    def newest_of(self, lots: int) -> Iterator[int]:
        """The products of these lots, the newest first."""
        return map(self.products.__getitem__, _members(self.one_each(lots)))

    def best_of(self, lots: int, terms: Collection[Term]) -> Iterator[int]:
        """The products of these lots, those that match the terms best first, and of equals the newest."""
        asked = self.one_each(lots)
        counting = searching.weighing(terms)
        ranks: list[int] = []
        # A word may fit two patterns, and counts once.
        having = {(word, weight): firsts for found in self._found(terms).values() for word, weight, firsts in found}
        for (word, weight), firsts in having.items():
            _add(ranks, firsts & asked, counting(word, weight))
        return map(self.products.__getitem__, _highest_first(asked, ranks))

    def by_price_of(self, lots: int, *, is_dearest_first: bool) -> Iterator[int]:
        """The products of these lots, each at the lowest price it has among them; without a price last."""
        octets = lots.to_bytes(len(self.products) // 8 + 1, "little")
        steps = [(lots & more) ^ (lots & less) for less, more in pairwise(self.cheaper)]
        sign = -1 if is_dearest_first else 1
        for step in steps[::sign]:
            for number in sorted(_members(step), key=lambda number: (sign * self.prices[number], number)):
                if self._is_lowest(number, octets):
                    yield self.products[number]
        yield from self.newest_of(self.one_each(lots) & ~self.one_each(lots & self.cheaper[-1]))

    def one_each(self, lots: int) -> int:
        """The same set of products as one lot each, the first of the product."""
        return reduce(or_, ((lots >> later) & first for later, first in enumerate(self.firsts)), 0)

    def count(self, lots: int) -> int:
        """How many products these lots are of."""
        return self.one_each(lots).bit_count()

    def _whole(self, firsts: int) -> int:
        """All lots of the products with these first lots."""
        return reduce(or_, ((firsts & first) << later for later, first in enumerate(self.firsts)), 0)

    def _cheapest(self, number: int) -> int:
        """So many lots, the cheapest."""
        step = _step(self.by_price)
        rest = self.by_price[number - number % step : number]
        return self.cheaper[number // step] | _set_of(rest, len(self.products))

    def _is_lowest(self, number: int, octets: bytes) -> bool:
        """Whether no lot of the same product and of this set is cheaper, or as cheap and before it."""
        product, price = self.products[number], self.prices[number]
        other = self.first[product]
        while other < len(self.products) and self.products[other] == product:
            if octets[other >> 3] >> (other & 7) & 1 and (self.prices[other], other) < (price, number):
                return False
            other += 1
        return True

    def _meeting(self, terms: Iterable[Term]) -> Iterator[int]:
        """For each term, the first lots of the products that meet it."""
        terms = list(terms)
        having = {
            pattern: reduce(or_, (members for _, _, members in found), 0)
            for pattern, found in self._found(terms).items()
        }
        for term in terms:
            yield reduce(or_, (reduce(and_, map(having.__getitem__, words)) for words in term), 0)

    def _found(self, terms: Iterable[Term]) -> dict[str, list[Found]]:
        """By pattern of these terms, the words that fit it and who has them."""
        fitting = {pattern: self._words_like(pattern) for pattern in searching.patterns_of(terms)}
        wanted = {word for words in fitting.values() for word in words}
        # Looked up once: another thread may empty it meanwhile.
        known = {word: held for word in wanted if (held := self.found.get(word)) is not None}
        if unknown := wanted - known.keys():
            new: dict[str, list[Found]] = {word: [] for word in unknown}
            for each in searching.postings(unknown):
                firsts = _set_of((self.first[pk] for pk in each.products if pk in self.first), len(self.products))
                new[each.word].append((each.word, each.weight, firsts))
            if len(self.found) > MAX_FOUND:
                self.found.clear()
            self.found.update(new)
            known |= new
        return {pattern: [each for word in words for each in known[word]] for pattern, words in fitting.items()}

    def _words_like(self, pattern: str) -> Sequence[str]:
        start = bisect_left(self.words, pattern.rstrip("*"))
        fitting = takewhile(lambda word: searching.fits(word, pattern), islice(self.words, start, None))
        return list(fitting)


def lots(*, seconds: float) -> Shelf:
    """The lots as they were at most so many seconds ago."""
    return kept(key="shelf", make=_read, seconds=seconds)


def _read() -> Shelf:
    is_in_shop = Case(When(catalogue.IN_SHOP, then=Value(1)), default=Value(0))
    lots = StockItem.objects.filter(catalogue.IN_SHOP | catalogue.SOLD_OUT, product__is_published=True)
    # Floats, since a Decimal of each lot would take as long as all the rest.
    size_order, price = Cast("size_order", FloatField()), Cast("price", FloatField())
    facts = ("product", "condition", "size_system", "size", size_order, price, "on_shelf", is_in_shop, "taken_in")
    rows = list(
        lots.order_by("-product__listed_at", "-product").values_list(*facts, "product__category", "product__brand")
    )
    products, conditions, systems, labels, orders, prices, on_shelf, in_shop, taken_in, categories, makers = (
        zip(*rows, strict=True) if rows else [()] * 11
    )
    brands = {pk: (slug, name) for pk, slug, name in Brand.objects.values_list("pk", "slug", "name").order_by()}
    places: dict[Size, float] = {}
    for system, order, label in set(zip(systems, orders, labels, strict=True)):
        places[system, label] = min(order, places.get((system, label), order))
    sizes = _sets(zip(systems, labels, strict=True))
    price_of = [inf if price is None else price for price in prices]
    by_price = sorted((number for number, price in enumerate(price_of) if price != inf), key=price_of.__getitem__)
    firsts = _firsts(products)
    with_others = firsts[1] if len(firsts) > 1 else 0
    return Shelf(
        products=products,
        prices=price_of,
        by_price=by_price,
        cheaper=[_set_of(by_price[:end], len(rows)) for end in _ends(by_price)],
        first={pk: number for number, pk in reversed(list(enumerate(products)))},
        firsts=firsts,
        one_offs=_sets(taken_in).get(1, 0) & reduce(or_, firsts, 0) & ~with_others,
        everything=(1 << len(rows)) - 1,
        in_shop=_sets(in_shop).get(1, 0),
        on_shelf=_sets(copies > 0 for copies in on_shelf).get(True, 0),
        conditions=_sets(conditions),
        sizes={size: sizes[size] for size in sorted(sizes, key=lambda size: (size[0], places[size], size[1]))},
        categories=_sets(categories),
        brands={brands[pk][0]: lots for pk, lots in _sets(makers).items() if pk in brands},
        brand_names=dict(brands.values()),
        words=searching.words_there_are(),
    )


def _sets(values: Iterable[K]) -> dict[K, int]:
    """By value, the lots that have it."""
    members: dict[K, list[int]] = {}
    total = 0
    for number, value in enumerate(values):
        members.setdefault(value, []).append(number)
        total = number + 1
    return {value: _set_of(numbers, total) for value, numbers in members.items()}


def _members(lots: int) -> Iterator[int]:
    """The lots of a set."""
    octets = lots.to_bytes(lots.bit_length() // 8 + 1, "little")
    return (start * 8 + bit for start, octet in enumerate(octets) if octet for bit in BITS[octet])


def _add(numbers: list[int], members: int, amount: int) -> None:
    """Add an amount to the numbers of these members; the first set has those whose number is odd, and so on."""
    for place in range(amount.bit_length()):
        carried = members if amount >> place & 1 else 0
        while carried:
            numbers += [0] * (place + 1 - len(numbers))
            numbers[place], carried = numbers[place] ^ carried, numbers[place] & carried
            place += 1


def _highest_first(members: int, numbers: Sequence[int]) -> Iterator[int]:
    """These members, the one with the highest number first, and of equals the first."""
    if members and numbers:
        *rest, top = numbers
        yield from _highest_first(members & top, rest)
        yield from _highest_first(members & ~top, rest)
    else:
        yield from _members(members)


def _step(by_price: Sequence[int]) -> int:
    return len(by_price) // PRICE_STEPS + 1


def _ends(by_price: Sequence[int]) -> list[int]:
    return [*range(0, len(by_price), _step(by_price)), len(by_price)]


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
