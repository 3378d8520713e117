"""place_order, killed (kill -9) at each of its steps: the order is there or it is not, never half of it."""

import pytest

from core.models import AuditEntry, OutboxMessage
from inventory.models import Reservation
from inventory.queries import ledger
from shop.models import Cart, DeliveryMethod, Order, OrderLine, Payment, ShopSettings
from tests.crash.conftest import KillAt
from tests.factories.inventory import shelved
from tests.factories.shop import CollectionFactory, cart_with, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Statements, commit and all; far more than it takes.
MOST_STEPS = 200


@pytest.fixture
def method(transactional_db: None) -> DeliveryMethod:
    """A way to get the piece; and all these orders are of one person."""
    ShopSettings(max_unpaid_orders=MOST_STEPS, max_orders_an_hour=MOST_STEPS).save()
    return CollectionFactory()


def parts_of(cart: Cart) -> set[int]:
    """How many there are of each part of an order of this basket: {0}, {1}, or something is half done."""
    orders = Order.objects.filter(cart=cart)
    causes = [order.cause for order in orders]
    return {
        len(orders),
        OrderLine.objects.filter(order__in=orders).count(),
        Payment.objects.filter(order__in=orders).count(),
        Reservation.objects.filter(holder=f"visitor {cart.visitor[:8]}…").count(),
        AuditEntry.objects.filter(subject__in=causes).count(),
        OutboxMessage.objects.filter(about__in=causes).count(),
        Cart.objects.filter(pk=cart.pk, status=Cart.Status.ORDERED).count(),
    }


def test_a_kill_at_any_step_leaves_one_order_or_none_and_a_retry_makes_it_one(
    kill_at: KillAt, method: DeliveryMethod
) -> None:
    lot = shelved(quantity=MOST_STEPS)
    found = []
    for step in range(1, MOST_STEPS):
        cart = cart_with(lot)
        outcome = kill_at("place_order", step, cart.pk)
        if outcome != "killed":
            break
        found.append(parts_of(cart))
        retried = place(cart, method)
        assert Order.objects.get(cart=cart) == retried
        assert parts_of(cart) == {1}

    assert outcome == "done"
    # Only a process that dies after its commit leaves an order.
    assert found == [{0}] * (len(found) - 1) + [{1}]
    assert len(found) > 10
    assert ledger.stock_findings() == []


def test_a_piece_whose_buyer_was_killed_is_free_for_the_next(kill_at: KillAt, method: DeliveryMethod) -> None:
    piece = shelved()
    first, second = cart_with(piece), cart_with(piece)
    assert kill_at("place_order", 10, first.pk) == "killed"

    assert place(second, method).cart == second
