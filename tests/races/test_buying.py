"""Several buyers press “place order” at once."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from core.audit import Actor
from core.models import OutboxMessage
from inventory.errors import OutOfStock
from inventory.models import Reservation
from inventory.services import stock
from shop.models import DeliveryMethod, Order
from tests.factories.inventory import shelved
from tests.factories.shop import NOON, cart_with, place
from tests.races.conftest import AtOnce, Buyer, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_one_piece_is_sold_to_one_of_eight_buyers(at_once: AtOnce, buyer: Buyer) -> None:
    piece = shelved(quantity=1)

    outcomes = at_once(*[buyer(piece) for _ in range(8)])

    assert names(outcomes) == ["BasketChanged"] * 7 + ["Order"]
    assert Order.objects.count() == Reservation.objects.count() == 1


def test_three_copies_are_sold_to_three_of_eight_buyers(at_once: AtOnce, buyer: Buyer) -> None:
    lot = shelved(quantity=3)

    outcomes = at_once(*[buyer(lot) for _ in range(8)])

    assert names(outcomes) == ["BasketChanged"] * 5 + ["Order"] * 3


def test_copies_are_sold_as_far_as_they_go_when_each_buyer_wants_two(at_once: AtOnce, buyer: Buyer) -> None:
    lot = shelved(quantity=5)

    outcomes = at_once(*[buyer(lot, quantity=2) for _ in range(8)])

    assert names(outcomes) == ["BasketChanged"] * 6 + ["Order"] * 2


def test_two_pieces_in_opposite_order_do_not_block_each_other(at_once: AtOnce, buyer: Buyer) -> None:
    first, second = shelved(quantity=8), shelved(quantity=8)

    outcomes = at_once(*[buyer(*pair) for pair in [(first, second), (second, first)] * 4])

    assert names(outcomes) == ["Order"] * 8


def test_two_single_pieces_in_opposite_order_go_to_one_buyer(at_once: AtOnce, buyer: Buyer) -> None:
    first, second = shelved(quantity=1), shelved(quantity=1)

    outcomes = at_once(*[buyer(*pair) for pair in [(first, second), (second, first)] * 4])

    assert names(outcomes) == ["BasketChanged"] * 7 + ["Order"]


def test_two_lines_of_one_piece_count_together(at_once: AtOnce, actor: Actor) -> None:
    lot = shelved(quantity=3)
    twice = [stock.Wanted(lot.pk, 1, Decimal("38.00"))] * 2

    outcomes = at_once(
        *[
            partial(
                stock.reserve,
                wanted=twice,
                cause=f"order {number}",
                holder=f"visitor {number}",
                expires_at=NOON + timedelta(hours=1),
                actor=actor,
                now=NOON,
            )
            for number in range(8)
        ]
    )

    assert sum(isinstance(outcome, OutOfStock) for outcome in outcomes) == 7
    assert Reservation.objects.count() == 2


def test_eight_presses_on_one_basket_give_the_same_order(at_once: AtOnce, collection: DeliveryMethod) -> None:
    cart = cart_with(shelved(quantity=5))

    outcomes = at_once(*[partial(place, cart, collection)] * 8)

    order = Order.objects.get()
    assert outcomes == [order] * 8
    assert OutboxMessage.objects.filter(about=order.cause).count() == 1
