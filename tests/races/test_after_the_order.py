"""Time, the shopper and the staff act on one order at once."""

from datetime import timedelta
from functools import partial

import pytest

from core.audit import Actor
from inventory.models import Reason, Reservation, StockMove
from inventory.services import stock
from shop import jobs
from shop.models import DeliveryMethod, Order
from shop.services import orders
from tests.factories.inventory import shelved
from tests.factories.shop import NOON, DeliveryFactory, order_of
from tests.races.conftest import AtOnce, Buyer, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

AFTER = NOON + timedelta(days=30)


def ends_of(order: Order) -> list[str]:
    """Why the order's copies left its hold: once, whoever was first."""
    return list(StockMove.objects.filter(cause=order.cause, from_place="reserved").values_list("reason", flat=True))


@pytest.mark.parametrize("_turn", range(3))
def test_an_order_is_confirmed_or_expired_but_never_both(
    at_once: AtOnce, actor: Actor, collection: DeliveryMethod, _turn: int
) -> None:
    order = order_of(shelved())
    confirm = partial(orders.confirm, order_id=order.pk, actor=actor, now=NOON)

    outcomes = at_once(*[confirm, partial(jobs.expire_orders, AFTER)] * 4)

    confirmed = sum(isinstance(outcome, Order) for outcome in outcomes)
    expired = sum(outcome["orders"] for outcome in outcomes if isinstance(outcome, dict))
    order.refresh_from_db()
    assert (order.status, confirmed, expired) in [(Order.Status.CONFIRMED, 1, 0), (Order.Status.EXPIRED, 0, 1)]
    assert ends_of(order) == [Reason.RELEASE] * expired


def test_a_piece_whose_time_is_over_goes_to_one_new_buyer(at_once: AtOnce, buyer: Buyer) -> None:
    piece = shelved()
    newcomers = [buyer(piece) for _ in range(7)]
    late = order_of(piece)

    outcomes = at_once(partial(jobs.expire_orders, AFTER), *[partial(press, now=AFTER) for press in newcomers])

    assert names(outcomes) == ["BasketChanged"] * 6 + ["Order", "dict"]
    assert ends_of(late) == [Reason.RELEASE]
    assert Reservation.objects.get(status="active").cause != late.cause


def test_a_piece_about_to_expire_stays_with_its_order_until_then(at_once: AtOnce, buyer: Buyer) -> None:
    piece = shelved()
    newcomers = [buyer(piece) for _ in range(7)]
    order = order_of(piece)
    assert order.expires_at
    just_before = order.expires_at - timedelta(seconds=1)

    outcomes = at_once(
        partial(jobs.expire_orders, just_before), *[partial(press, now=just_before) for press in newcomers]
    )

    assert names(outcomes) == ["BasketChanged"] * 7 + ["dict"]


def test_reservations_that_ran_out_are_put_back_once(at_once: AtOnce, actor: Actor, collection: DeliveryMethod) -> None:
    piece = shelved()
    order = order_of(piece)

    outcomes = at_once(*[partial(stock.expire_due, now=AFTER)] * 8)

    assert sorted(outcomes) == [0] * 7 + [1]
    assert ends_of(order) == [Reason.RELEASE]


def test_a_confirmed_order_that_is_cancelled_meanwhile_ends_cancelled(
    at_once: AtOnce, actor: Actor, collection: DeliveryMethod
) -> None:
    order = order_of(shelved())

    at_once(*[partial(step, order_id=order.pk, actor=actor, now=NOON) for step in (orders.confirm, orders.cancel)] * 4)

    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert ends_of(order) == [Reason.RELEASE]


@pytest.mark.parametrize("_turn", range(3))
def test_a_parcel_is_shipped_or_cancelled_but_never_both(at_once: AtOnce, actor: Actor, _turn: int) -> None:
    order = order_of(shelved(), method=DeliveryFactory())
    orders.confirm(order_id=order.pk, actor=actor, now=NOON)
    orders.pack(order_id=order.pk, actor=actor, now=NOON)

    outcomes = at_once(
        *[partial(step, order_id=order.pk, actor=actor, now=NOON) for step in (orders.ship, orders.cancel)] * 4
    )

    order.refresh_from_db()
    assert names(outcomes) == ["Order"] + ["OrderMoved"] * 7
    assert ends_of(order) == [Reason.SALE if order.status == Order.Status.SHIPPED else Reason.RELEASE]


def test_a_hold_is_extended_once(at_once: AtOnce, actor: Actor, collection: DeliveryMethod) -> None:
    order = order_of(shelved())

    outcomes = at_once(*[partial(orders.extend, order_id=order.pk, actor=actor, now=NOON)] * 8)

    assert names(outcomes) == ["AlreadyExtended"] * 7 + ["Order"]
