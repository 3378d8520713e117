"""From a bought piece to the shelf, through the service."""

from decimal import Decimal

import pytest

from inventory.models import Condition, Product, StockMove
from offers.errors import ItemMoved, NotPayableYet
from offers.models import BuyingSettings
from offers.services import intake
from tests.factories.offers import NOON, STAFF, paid, received, settling

pytestmark = pytest.mark.django_db
LISTING = intake.Listing(title="Varsity jacket", price=Decimal("149.50"), size="L", condition=Condition.MINT)


def stock(item):
    return intake.stock_piece(item_id=item.pk, listing=LISTING, actor=STAFF, now=NOON)


def test_X10_INV_06_a_piece_becomes_one_product_however_often_it_is_stocked():
    item = paid().items.all()[0]

    first, second = stock(item), stock(item)

    assert first.product_id == second.product_id
    assert (Product.objects.count(), StockMove.objects.count()) == (1, 1)


def test_INV_07_the_cost_is_what_was_agreed():
    item = paid().items.all()[0]

    assert stock(item).stock_item.unit_cost == item.agreed_amount == StockMove.objects.get().unit_amount


def test_I13_a_piece_is_stocked_before_it_is_paid_when_the_shop_wants_it_so():
    item = settling().items.all()[0]

    with pytest.raises(NotPayableYet):
        stock(item)
    BuyingSettings.objects.update_or_create(pk=True, defaults={"stock_before_paying": True})
    assert stock(item).status == "stocked"


def test_I13_only_what_has_passed_goes_on_the_shelf():
    with pytest.raises(ItemMoved):
        stock(received().items.all()[0])
    assert not Product.objects.exists()


def test_S20_a_deal_is_over_when_all_is_paid_and_stocked_INV_09():
    submission = paid()

    for item in submission.items.all():
        submission.refresh_from_db()
        assert submission.status == "settling"
        stock(item)

    submission.refresh_from_db()
    assert (submission.status, submission.close_reason) == ("closed", "completed")
