"""One copy that comes free, with several who want to give it away at once."""

from datetime import timedelta
from functools import partial

import pytest

from inventory.models import Reservation
from shop.models import PlaceInLine
from shop.services import line, orders
from tests.factories.bids import shopper
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import NOON, order_of
from tests.races.conftest import AtOnce, Buyer, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TURN = timedelta(minutes=60)


def test_cancelling_tidying_and_buying_at_once_make_one_turn_or_one_order(at_once: AtOnce, buyer: Buyer) -> None:
    item = shelved()
    press = buyer(item)
    order = order_of(item)
    for minutes in range(3):
        line.join(stock_item_id=item.pk, user=shopper(), now=NOON + timedelta(minutes=minutes))

    outcomes = at_once(
        *[partial(orders.cancel, order_id=order.pk, actor=STAFF, now=NOON)] * 2,
        *[partial(line.see_to_lines, now=NOON)] * 2,
        press,
    )

    assert Reservation.objects.filter(status="active").count() == 1
    turns = PlaceInLine.objects.filter(reservation__status="active")
    assert turns.count() == 1
    assert turns.get() == PlaceInLine.objects.order_by("confirmed_at")[0]
    assert names(outcomes) == ["BasketChanged", "Order", "OrderMoved", "int", "int"]


def test_two_jobs_at_the_end_of_a_turn_make_one_turn_for_the_next(at_once: AtOnce) -> None:
    item = shelved()
    order = order_of(item)
    for minutes in range(3):
        line.join(stock_item_id=item.pk, user=shopper(), now=NOON + timedelta(minutes=minutes))
    orders.cancel(order_id=order.pk, actor=STAFF, now=NOON)

    at_once(*[partial(line.see_to_lines, now=NOON + TURN)] * 4)

    assert Reservation.objects.filter(status="active").count() == 1
    assert PlaceInLine.objects.filter(ended_at=None).count() == 2
    assert PlaceInLine.objects.filter(ended_at=None, reservation__isnull=False).count() == 1
