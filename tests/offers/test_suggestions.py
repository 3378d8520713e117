"""What our own sales say a piece may be worth."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Condition, SizeScale
from inventory.services import stock
from offers.models import BuyingSettings, SellItem, SellSubmission
from offers.queries.suggestions import size_group, suggest
from tests.factories.inventory import LONG_AGO, STAFF, BrandFactory, CategoryFactory, shelved
from tests.factories.offers import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def jackets():
    return CategoryFactory()


@pytest.fixture
def kestrel():
    return BrandFactory()


def sold(category, price, *, days=20, at=None, **lot):
    """A piece sold so many days after it came in."""
    item = shelved(category=category, price=price, **lot)
    now = at or LONG_AGO + timedelta(days=days)
    stock.sell_over_the_counter(
        stock_item_id=item.pk,
        quantity=1,
        unit_price=Decimal(price),
        cause=f"counter sale {item.pk}",
        actor=STAFF,
        now=now,
    )
    return item


def piece(category, brand=None, size="M", grade=Condition.MINT):
    submission = SellSubmission.objects.create(
        reference=f"SB-{SellSubmission.objects.count()}", created_at=NOON, updated_at=NOON, waiting_since=NOON
    )
    return SellItem.objects.create(
        submission=submission, position=1, category=category, brand=brand, size=size, declared_grade=grade
    )


def of(item, now=NOON):
    return suggest(pieces=[item], now=now).get(item.pk)


def test_sales_of_the_same_brand_category_size_and_grade_count(jackets, kestrel):
    for price, days in (("40.00", 10), ("50.00", 20), ("90.00", 30)):
        sold(jackets, price, days=days, brand=kestrel)
    shelved(category=jackets, brand=kestrel, quantity=2)
    sold(jackets, "500.00", brand=kestrel, size="XL")
    sold(jackets, "500.00", brand=kestrel, condition=Condition.POOR)
    sold(jackets, "500.00")
    sold(CategoryFactory(), "500.00", brand=kestrel)

    found = of(piece(jackets, kestrel))

    assert found.basis == "same brand, category, size and grade"
    assert (found.sold, found.median_price, found.median_days) == (3, Decimal("50.00"), 20)
    assert (found.sell_through, found.in_stock) == (60, 2)
    assert found.price == Decimal("22.50")  # 45 % of the median at a target margin of 55 %


def test_the_middle_of_an_even_number_is_rounded_to_the_cent_and_the_margin_is_the_shops(jackets, kestrel):
    BuyingSettings(target_margin_percent=60).save()
    for price in ("10.00", "20.00", "20.01", "30.00"):
        sold(jackets, price, brand=kestrel)

    found = of(piece(jackets, kestrel))

    assert found.median_price == Decimal("20.01")
    assert found.price == Decimal("8.00")


@pytest.mark.parametrize(
    ("sales", "basis", "count"),
    [
        ([("M", "mint", True)] * 3, "same brand, category, size and grade", 3),
        ([("L", "mint", True)] * 3, "same brand, category, size and grade", 3),
        ([("M", "mint", True)] * 2 + [("M", "poor", True)], "same brand, category and size, any grade", 3),
        ([("M", "mint", True)] * 2 + [("XL", "mint", True)], "same brand and category, any size and grade", 3),
        ([("M", "mint", True)] * 2 + [("M", "mint", False)], "same category only, any brand, size and grade", 3),
        ([("M", "mint", True)], "same category only, any brand, size and grade", 1),
    ],
)
def test_too_few_sales_widen_the_likeness_and_it_says_how_far(jackets, kestrel, sales, basis, count):
    for size, grade, is_same_brand in sales:
        sold(jackets, "40.00", size=size, condition=grade, **({"brand": kestrel} if is_same_brand else {}))

    found = of(piece(jackets, kestrel))

    assert (found.basis, found.sold) == (basis, count)


def test_without_a_sale_of_the_like_there_is_no_suggestion(jackets):
    shelved(category=jackets)

    assert of(piece(jackets)) is None
    assert suggest(pieces=[], now=NOON) == {}


def test_sales_older_than_180_days_do_not_count(jackets):
    at = LONG_AGO + timedelta(days=1)
    sold(jackets, "40.00", at=at)

    assert of(piece(jackets), at + timedelta(days=180)).sold == 1
    assert of(piece(jackets), at + timedelta(days=180, seconds=1)) is None


def test_a_size_that_is_none_and_a_brand_that_is_not_known_fall_back(jackets, kestrel):
    for _ in range(3):
        sold(jackets, "40.00", brand=kestrel)

    assert of(piece(jackets, kestrel, size="??")).basis == "same brand and category, any size and grade"
    assert of(piece(jackets)).basis == "same category only, any brand, size and grade"


@pytest.mark.parametrize(
    ("order", "label", "scale", "like"),
    [
        ("0", "XS", SizeScale.CLOTHES, ("1", "S")),
        ("2", "M", SizeScale.CLOTHES, ("3", "L")),
        ("8", "8", SizeScale.SHOES_UK, ("8.5", "8.5")),
        ("999", "W32", SizeScale.FREE, ("999", "w32")),
    ],
)
def test_sizes_that_sell_alike_are_one_group(order, label, scale, like):
    other_order, other_label = like

    assert size_group(Decimal(order), label, scale) == size_group(Decimal(other_order), other_label, scale)
    assert size_group(Decimal(order), label, scale) != size_group(Decimal(5), "XXL", scale)


def test_SEC_27_more_than_30_percent_above_the_suggestion_is_far(jackets):
    sold(jackets, "100.00")
    found = of(piece(jackets))

    assert found.price == Decimal("45.00")
    assert not found.is_far_exceeded_by(Decimal("58.50"))
    assert found.is_far_exceeded_by(Decimal("58.51"))


def test_twenty_pieces_take_no_more_queries_than_one(jackets, kestrel):
    sold(jackets, "40.00", brand=kestrel)
    pieces = [piece(jackets, kestrel) for _ in range(20)]
    BuyingSettings.current()
    with CaptureQueriesContext(connection) as one:
        suggest(pieces=pieces[:1], now=NOON)

    with CaptureQueriesContext(connection) as twenty:
        suggest(pieces=pieces, now=NOON)

    assert len(twenty) == len(one) == 3
