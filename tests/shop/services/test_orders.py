"""What happens to an order after it was placed."""

from datetime import timedelta

import pytest

from core.models import AuditEntry, OutboxMessage
from inventory.errors import AlreadyExtended
from inventory.models import Reservation
from inventory.queries.ledger import stock_findings
from shop import jobs, rules
from shop.errors import OrderExpired, OrderMoved
from shop.models import Order, Payment, PaymentMethod
from shop.services import orders
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import CollectionFactory, DeliveryFactory, order_of

pytestmark = pytest.mark.django_db
Status = Order.Status


@pytest.fixture(autouse=True)
def _the_ledger_adds_up_afterwards(db: None):
    yield
    assert stock_findings() == []


def walk(order, now, *steps, **details):
    for step in steps:
        order = getattr(orders, step)(order_id=order.pk, actor=STAFF, now=now, **details)
    return order


def test_a_parcel_goes_from_placed_to_completed(now):
    item = shelved()
    order = order_of(item, method=DeliveryFactory(), now=now)

    walk(order, now, "confirm", "pack", "ship", "complete")

    item.refresh_from_db()
    order.refresh_from_db()
    assert order.status == Status.COMPLETED
    assert (item.on_shelf, item.reserved, item.sold_out_at) == (0, 0, now)
    assert [entry.action for entry in AuditEntry.objects.filter(subject=order.cause).order_by("pk")] == [
        "placed",
        "confirmed",
        "packed",
        "shipped",
        "completed",
    ]


def test_collecting_sells_and_pays(now):
    item = shelved()
    order = walk(order_of(item), now, "confirm", "pack", "mark_ready")
    assert item.moves.filter(reason="sale").count() == 0

    walk(order, now, "complete")

    assert item.moves.get(reason="sale").cause == order.cause
    assert order.payments.get().status == Payment.Status.PAID


def test_confirming_a_transfer_notes_the_money(now):
    order = order_of(shelved(), payment_method=PaymentMethod.BANK_TRANSFER)

    walk(order, now, "confirm", reference="RF18")

    payment = order.payments.get()
    assert (payment.status, payment.reference, payment.paid_at) == (Payment.Status.PAID, "RF18", now)


def test_a_confirmed_order_is_held_for_good(now):
    order = walk(order_of(shelved()), now, "confirm")

    jobs.expire_orders(now + timedelta(days=900))

    order.refresh_from_db()
    assert (order.status, order.expires_at) == (Status.CONFIRMED, None)


@pytest.mark.parametrize("steps", [[], ["confirm"], ["confirm", "pack"], ["confirm", "pack", "mark_ready"]])
def test_cancelling_puts_the_pieces_back_on_sale(now, steps):
    item = shelved()
    order = walk(order_of(item), now, *steps)

    orders.cancel(order_id=order.pk, actor=STAFF, now=now, reason="changed their mind")

    item.refresh_from_db()
    assert (item.on_shelf, item.reserved) == (1, 0)
    assert OutboxMessage.objects.filter(about=order.cause, dedupe_key__startswith="order_cancelled").count() == 1


def test_what_has_left_the_house_cannot_be_cancelled(now):
    order = walk(order_of(shelved(), method=DeliveryFactory()), now, "confirm", "pack", "ship")

    with pytest.raises(OrderMoved):
        walk(order, now, "cancel")


def test_a_step_taken_twice_is_refused_and_books_once(now):
    item = shelved()
    order = walk(order_of(item, method=DeliveryFactory()), now, "confirm", "pack", "ship")

    with pytest.raises(OrderMoved):
        walk(order, now, "ship")

    assert item.moves.filter(reason="sale").count() == 1


def test_a_collection_is_never_shipped(now):
    order = walk(order_of(shelved(), method=CollectionFactory()), now, "confirm", "pack")

    with pytest.raises(OrderMoved):
        walk(order, now, "ship")


@pytest.mark.parametrize("step", ["confirm", "cancel", "extend"])
def test_time_ends_an_order_before_any_job_does(now, step):
    order = order_of(shelved())

    with pytest.raises(OrderExpired):
        walk(order, now + timedelta(hours=24), step)


def test_the_job_closes_what_has_run_out(now):
    item = shelved()
    order = order_of(item)

    assert jobs.expire_orders(now + timedelta(hours=24)) == {"orders": 1, "turns": 0, "reservations": 0}

    order.refresh_from_db()
    item.refresh_from_db()
    assert order.status == Status.EXPIRED
    assert item.on_shelf == 1
    assert order.payments.get().status == Payment.Status.FAILED
    assert OutboxMessage.objects.filter(dedupe_key=f"order_expired:{order.number}").count() == 1


def test_the_job_leaves_what_is_still_running(now):
    order_of(shelved())

    assert jobs.expire_orders(now + timedelta(hours=23)) == {"orders": 0, "turns": 0, "reservations": 0}


def test_a_piece_of_an_overdue_order_can_be_bought_by_the_next(now):
    item = shelved()
    first = order_of(item)
    later = now + timedelta(hours=24)

    second = order_of(item, now=later)
    jobs.expire_orders(later)

    first.refresh_from_db()
    assert first.status == Status.EXPIRED
    assert second.lines.get().reservation.status == Reservation.Status.ACTIVE


def test_a_hold_is_made_longer_once(now):
    order = order_of(shelved())

    order = walk(order, now, "extend")

    assert order.expires_at == order.lines.get().reservation.expires_at == now + timedelta(hours=24, minutes=15)
    with pytest.raises(AlreadyExtended):
        walk(order, now, "extend")


def test_parcels_count_as_delivered_after_a_while(now):
    order = walk(order_of(shelved(), method=DeliveryFactory()), now, "confirm", "pack", "ship")

    assert jobs.complete_shipped_orders(now + timedelta(days=13)) == {"orders": 0}
    assert jobs.complete_shipped_orders(now + timedelta(days=14)) == {"orders": 1}

    order.refresh_from_db()
    assert order.status == Status.COMPLETED


def test_money_due_at_the_door_is_not_presumed(now):
    order = order_of(shelved(), method=DeliveryFactory(), payment_method=PaymentMethod.ON_DELIVERY)
    walk(order, now, "confirm", "pack", "ship")

    assert jobs.complete_shipped_orders(now + timedelta(days=90)) == {"orders": 0}


def test_no_step_leads_out_of_an_end(now):
    ends = {status for status, following in rules.NEXT.items() if not following}

    assert ends == {Status.COMPLETED, Status.CANCELLED, Status.EXPIRED}
    assert set(rules.NEXT) == set(Status)
