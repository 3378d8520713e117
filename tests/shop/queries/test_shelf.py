"""The sets in memory say what the database says."""

from dataclasses import replace
from decimal import Decimal
from itertools import product as pairs

import pytest

from inventory.models import Category, SearchWord, Synonyms
from inventory.queries import searching
from shop.queries import facets, listing, shelf
from shop.queries.listing import BEST_MATCH, CHEAPEST, DEAREST, NEWEST, Filters, matching_lots
from tests.factories.inventory import BrandFactory, CategoryFactory, product, shelved

pytestmark = pytest.mark.django_db


@pytest.fixture
def stocked() -> dict[str, int]:
    """Pieces of one and of several lots, sold and without a price, in no order of anything."""
    jackets, tees = CategoryFactory(name="Jackets"), CategoryFactory(name="Tees")
    kestrel = BrandFactory(name="Kestrel", slug="kestrel")
    Synonyms.objects.create(words="windcheater, anorak")
    several = product(title="Varsity jacket", category=jackets, brand=kestrel)
    for size, price, condition in (("M", "80", "mint"), ("L", "60", "decent"), ("S", "70", "mint")):
        shelved(of=several, size=size, price=price, condition=condition)
    sold = product(title="Crew neck tee", category=tees)
    shelved(of=sold, size="L", quantity=0)
    shelved(of=sold, size="M", price="19.99")
    shelved(title="Anorak", category=jackets, price=None, size="L")
    shelved(title="Boxy tee", category=tees, brand=kestrel, price="20.00", size="M")
    shelved(title="Jacket awaited", category=jackets, quantity=0)
    shelved(title="Jacket hidden", category=jackets, is_published=False)
    return {"jackets": jackets.pk, "tees": tees.pk}


def asked_for(stocked: dict[str, int]) -> list[Filters]:
    searches = ("", "jacket", "tee", "crewneck", "windcheater l", "zebra")
    others: list[dict[str, object]] = [
        {},
        {"scope": (stocked["jackets"],), "conditions": ("mint",)},
        {"categories": (stocked["tees"],), "price_to": Decimal("19.99")},
        {"brands": ("kestrel",), "sizes": (("", "M"), ("", "S"))},
        {"sizes": (("", "L"),), "with_sold": True},
        {"price_from": Decimal("60"), "price_to": Decimal("70"), "in_stock": True},
        {"price_from": Decimal("80")},
    ]
    return [
        Filters(words=searching.read(text).terms, **other)  # type: ignore[arg-type]
        for text, other in pairs(searches, others)
    ]


def test_they_find_and_count_the_same_pieces(stocked: dict[str, int]) -> None:
    for filters in asked_for(stocked):
        asked = set(matching_lots(filters).values_list("product", flat=True))

        assert facets.counts_for(filters).total == len(asked), filters
        for sort in (NEWEST, CHEAPEST, DEAREST, *([BEST_MATCH] if filters.words else [])):
            assert set(listing._rank(replace(filters, sort=sort))) == asked, (sort, filters)


def test_a_piece_stands_at_its_lowest_price_among_the_lots_asked_for(stocked: dict[str, int]) -> None:
    def titles(**asked: object) -> list[str]:
        found = listing.page_of_products(filters=Filters(**asked), page=1, total=0, among=10**6)  # type: ignore[arg-type]
        return [each.title for each in found]

    assert titles(sort=CHEAPEST) == ["Crew neck tee", "Boxy tee", "Varsity jacket", "Anorak"]
    assert titles(sort=DEAREST) == ["Varsity jacket", "Boxy tee", "Crew neck tee", "Anorak"]
    assert titles(sort=CHEAPEST, sizes=(("", "M"),))[-1:] == ["Varsity jacket"]


def test_pieces_stand_by_the_sum_of_what_their_words_count(stocked: dict[str, int]) -> None:
    shelved(
        title="Jacket jacket",
        category=Category.objects.get(pk=stocked["jackets"]),
        size="L",
        brand=BrandFactory(name="Jacket"),
    )
    shelved(title="Jacket", category=Category.objects.get(pk=stocked["tees"]), size="M", description="Varsity")
    shelved(title="Varsity", category=Category.objects.get(pk=stocked["jackets"]), colour="jacket red", size="S")
    terms = searching.read("varsity jacket l red").terms[:3]
    counting = searching.weighing(terms)
    patterns = searching.patterns_of(terms)
    sums: dict[int, int] = {}
    for row in SearchWord.objects.all():
        if any(searching.fits(row.word, pattern) for pattern in patterns):
            sums[row.product_id] = sums.get(row.product_id, 0) + counting(row.word, row.weight)
    lots = shelf.lots(seconds=0)

    found = list(lots.best_of(lots.in_shop, terms))

    assert len({sums.get(pk, 0) for pk in found}) > 3
    assert [sums.get(pk, 0) for pk in found] == sorted((sums.get(pk, 0) for pk in found), reverse=True)
