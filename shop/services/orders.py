"""What happens to an order after it was placed: one function a step, each in its own transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from core.audit import Actor, record
from inventory.errors import AlreadyExtended, ReservationEnded
from inventory.services import stock
from shop import letters, rules
from shop.errors import OrderExpired, OrderMoved
from shop.models import Order, Payment, PaymentMethod, ShopSettings
from shop.services import line

Status = Order.Status
EXPIRY = Actor("expire orders", "worker")
COMPLETION = Actor("complete shipped orders", "worker")


@transaction.atomic
def confirm(*, order_id: int, actor: Actor, now: datetime, reference: str = "") -> Order:
    """Say yes: the money of a transfer is here, or we agree to be paid later (OrderMoved, OrderExpired)."""
    order = _locked_for(order_id, Status.CONFIRMED, now)
    try:
        stock.keep(reservation_ids=_reservation_ids(order), now=now)
    except ReservationEnded as ended:
        raise OrderExpired from ended
    if order.payment_method == PaymentMethod.BANK_TRANSFER:
        _note_paid(order, now, reference)
    order.expires_at = None
    return _step(order, Status.CONFIRMED, actor, now, letter=letters.order_confirmed, also=["expires_at"])


@transaction.atomic
def pack(*, order_id: int, actor: Actor, now: datetime) -> Order:
    """The pieces are in the parcel, or in the bag behind the counter (OrderMoved)."""
    return _step(_locked_for(order_id, Status.PACKED, now), Status.PACKED, actor, now)


@transaction.atomic
def ship(*, order_id: int, actor: Actor, now: datetime, tracking: str = "") -> Order:
    """The parcel left the house: its pieces are sold (OrderMoved)."""
    order = _locked_for(order_id, Status.SHIPPED, now)
    stock.hand_over(reservation_ids=_reservation_ids(order), actor=actor, now=now)
    order.tracking = tracking
    return _step(order, Status.SHIPPED, actor, now, letter=letters.order_shipped, also=["tracking"])


@transaction.atomic
def mark_ready(*, order_id: int, actor: Actor, now: datetime) -> Order:
    """The order can be collected (OrderMoved)."""
    order = _locked_for(order_id, Status.READY, now)
    return _step(order, Status.READY, actor, now, letter=letters.order_ready)


@transaction.atomic
def complete(*, order_id: int, actor: Actor, now: datetime) -> Order:
    """The pieces are with the customer and what was to be paid then is paid; collecting sells them (OrderMoved)."""
    order = _locked_for(order_id, Status.COMPLETED, now)
    if order.status == Status.READY:
        stock.hand_over(reservation_ids=_reservation_ids(order), actor=actor, now=now)
    _note_paid(order, now)
    return _step(order, Status.COMPLETED, actor, now)


@transaction.atomic
def cancel(*, order_id: int, actor: Actor, now: datetime, reason: str = "") -> Order:
    """Call it off and put its pieces back on sale (OrderMoved, OrderExpired)."""
    order = _locked_for(order_id, Status.CANCELLED, now)
    _free(order, actor, now)
    order.cancel_reason = reason[:200]
    order.expires_at = None
    _drop_pending_payment(order)
    also = ["cancel_reason", "expires_at"]
    return _step(order, Status.CANCELLED, actor, now, letter=letters.order_cancelled, also=also)


@transaction.atomic
def withdraw(*, order_id: int, actor: Actor, now: datetime) -> Order:
    """Call it off as its shopper, who may do so alone until we have said yes (OrderMoved, OrderExpired)."""
    order = _locked(order_id)
    _refuse_unless(rules.can_be_withdrawn(order, now), order, now)
    return cancel(order_id=order_id, actor=actor, now=now, reason=gettext_noop("Called off from the order page."))


@transaction.atomic
def extend(*, order_id: int, actor: Actor, now: datetime) -> Order:
    """Hold an unpaid order a little longer, once (OrderExpired, OrderMoved, AlreadyExtended)."""
    order = _locked(order_id)
    if order.extended_at:
        raise AlreadyExtended
    _refuse_unless(rules.can_be_extended(order, now), order, now)
    by = timedelta(minutes=ShopSettings.fresh().extension_minutes)
    try:
        stock.extend(reservation_ids=_reservation_ids(order), by=by, now=now)
    except ReservationEnded as ended:
        raise OrderExpired from ended
    before = order.expires_at
    order.expires_at = before + by if before else None
    order.extended_at = now
    order.save(update_fields=["expires_at", "extended_at"])
    record(
        actor=actor,
        subject=order.cause,
        action="extended",
        before=f"{before:%Y-%m-%d %H:%M} UTC" if before else "",
        after=f"{order.expires_at:%Y-%m-%d %H:%M} UTC" if order.expires_at else "",
        now=now,
    )
    return order


@transaction.atomic
def expire(*, order_id: int, now: datetime) -> Order:
    """Close an order whose time is over and put its pieces back on sale (OrderMoved)."""
    order = _locked_for(order_id, Status.EXPIRED, now)
    _free(order, EXPIRY, now)
    _drop_pending_payment(order)
    return _step(order, Status.EXPIRED, EXPIRY, now, letter=letters.order_expired)


def _locked(order_id: int) -> Order:
    return Order.objects.select_for_update().get(pk=order_id)


def _locked_for(order_id: int, status: str, now: datetime) -> Order:
    """The order, locked, when it may take this step (OrderMoved, OrderExpired)."""
    order = _locked(order_id)
    _refuse_unless(rules.can_become(order, status, now), order, now)
    return order


def _refuse_unless(is_allowed: bool, order: Order, now: datetime) -> None:
    if is_allowed:
        return
    if order.status == Status.EXPIRED or rules.has_run_out(order, now):
        raise OrderExpired
    raise OrderMoved


def _reservation_ids(order: Order) -> list[int]:
    return list(order.lines.values_list("reservation_id", flat=True))


def _free(order: Order, actor: Actor, now: datetime) -> None:
    """Put the pieces of an order back on sale, for those first who are next in line."""
    items = list(order.lines.values_list("stock_item_id", flat=True))
    line.locked(items)  # before the lots
    stock.release(reservation_ids=_reservation_ids(order), actor=actor, now=now)
    line.hand_on(stock_item_ids=items, now=now)


def _note_paid(order: Order, now: datetime, reference: str = "") -> None:
    """The whole amount is here."""
    order.payments.filter(status=Payment.Status.PENDING).update(
        status=Payment.Status.PAID, paid_at=now, reference=reference[:120]
    )


def _drop_pending_payment(order: Order) -> None:
    """Nobody waits for this money any more; what was paid already stays on the books."""
    order.payments.filter(status=Payment.Status.PENDING).update(status=Payment.Status.FAILED)


def _step(
    order: Order,
    status: Order.Status,
    actor: Actor,
    now: datetime,
    *,
    letter: Callable[[Order, datetime], None] | None = None,
    also: list[str] | None = None,
) -> Order:
    """Write the new status with its moment, its audit entry and its letter."""
    before = order.status
    order.status = status
    moment = f"{status.value}_at"
    setattr(order, moment, now)
    order.save(update_fields=["status", moment, *(also or [])])
    record(
        actor=actor,
        subject=order.cause,
        action=status.value,
        before=before,
        after=status.value,
        reason=order.cancel_reason,
        now=now,
    )
    if letter:
        letter(order, now)
    return order
