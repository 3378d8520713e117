"""The stock book: each piece with what it cost and brought, safe to open in a spreadsheet."""

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.services import stock
from tests.factories.offers import STAFF, paid
from tests.offers.desk.pages import bought, listed, settled_deal, shelf_of

pytestmark = pytest.mark.django_db


def test_D14_the_stock_book_has_each_piece_with_what_it_cost(boss):
    paid(settled_deal())

    answer = boss.get(reverse("admin:offers_payout_stock_book"))

    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Number"], row["Price"], row["Document"]) for row in rows] == [
        ("1", "60.00", "BI-000001"),
        ("2", "40.00", "BI-000001"),
    ]


def test_SEC_24_a_sellers_name_is_no_formula_in_the_stock_book(boss):
    paid(settled_deal(name="=cmd|' /C calc'!A0"))

    assert "\r\n1," in boss.get(reverse("admin:offers_payout_stock_book")).content.decode()
    assert ",'=cmd|" in boss.get(reverse("admin:offers_payout_stock_book")).content.decode()


def test_D14_the_stock_book_knows_what_a_piece_brought(boss):
    item = bought().items.all()[0]
    boss.post(shelf_of(item), listed())
    item.refresh_from_db()
    stock.sell_over_the_counter(
        stock_item_id=item.stock_item_id,
        quantity=1,
        unit_price=Decimal("149.50"),
        cause="counter sale 1",
        actor=STAFF,
        now=timezone.now(),
    )

    answer = boss.get(reverse("admin:offers_payout_stock_book"))

    row = next(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert (row["Stock number"], row["Sale price"], row["Margin"]) == (item.stock_item.sku, "149.50", "89.50")
