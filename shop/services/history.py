"""Orders that another shop took: written as they were, with the moves that make the ledger right. No letters."""

import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core.audit import Actor, record
from core.money import ZERO
from inventory.models import Reservation
from inventory.services import stock
from shop.models import DeliveryKind, Order, OrderLine, Payment, PaymentMethod
from shop.services import carts, checkout

Status = Order.Status
# The pieces are still ours, promised to the order.
HOLDING = {Status.PENDING, Status.CONFIRMED, Status.PACKED, Status.READY}
# The pieces are with the customer.
GONE = {Status.SHIPPED, Status.COMPLETED}
# The moments an order has had when it is here.
PASSED: dict[str, tuple[str, ...]] = {
    Status.PENDING: (),
    Status.CONFIRMED: ("confirmed_at",),
    Status.PACKED: ("confirmed_at", "packed_at"),
    Status.READY: ("confirmed_at", "packed_at", "ready_at"),
    Status.SHIPPED: ("confirmed_at", "packed_at", "shipped_at"),
    Status.COMPLETED: ("confirmed_at", "packed_at", "completed_at"),
    Status.CANCELLED: ("cancelled_at",),
    Status.EXPIRED: ("expired_at",),
}


@dataclass(frozen=True)
class PastLine:
    """What was bought; `to_take_in` of its copies are not in our books yet. EUR for one."""

    stock_item_id: int
    quantity: int
    unit_price: Decimal
    title: str
    size: str
    condition: str
    brand: str = ""
    to_take_in: int = 0
    unit_cost: Decimal | None = None


@dataclass(frozen=True)
class PastOrder:
    """An order as the other shop knew it; `reached_at` is when it came to its status. Amounts are EUR."""

    import_key: str
    number: str
    status: Status
    placed_at: datetime
    reached_at: datetime
    lines: Sequence[PastLine]
    total: Decimal
    delivery_fee: Decimal = ZERO
    delivery_kind: DeliveryKind = DeliveryKind.COLLECTION
    is_paid: bool = False
    expires_at: datetime | None = None
    user_id: int | None = None
    cancel_reason: str = ""
    status_there: str = ""
    contact: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def bring_over(*, past: PastOrder, actor: Actor, now: datetime) -> Order:
    """Write an order that another shop took, its pieces held or sold as they were then (OutOfStock).

    An order that had ended without a sale moves nothing. The number stays when it fits and is free.
    """
    order = _written(past)
    held = _reserve(order, past, actor) if past.status in HOLDING | GONE else [None] * len(past.lines)
    if past.status in GONE:
        stock.hand_over(reservation_ids=[each.pk for each in held if each], actor=actor, now=past.reached_at)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            stock_item_id=line.stock_item_id,
            reservation=reservation,
            quantity=line.quantity,
            unit_price=line.unit_price,
            title=line.title,
            brand=line.brand,
            size=line.size,
            condition=line.condition,
        )
        for position, (line, reservation) in enumerate(zip(past.lines, held, strict=True), start=1)
    )
    _note_payment(order, past)
    record(
        actor=actor,
        subject=order.cause,
        action="brought over",
        before=past.status_there,
        after=order.status,
        reason=f"{past.number} in the old shop",
        now=now,
    )
    return order


def _written(past: PastOrder) -> Order:
    moments = dict.fromkeys(PASSED[past.status], past.reached_at)
    if past.status == Status.COMPLETED:
        is_delivery = past.delivery_kind == DeliveryKind.DELIVERY
        moments["shipped_at" if is_delivery else "ready_at"] = past.reached_at
    return Order.objects.create(
        import_key=past.import_key,
        number=_number(past.number),
        secret=secrets.token_urlsafe(24),
        checkout_token=uuid.uuid4(),
        user_id=past.user_id,
        visitor=carts.new_visitor(),
        status=past.status,
        delivery_kind=past.delivery_kind,
        delivery_name=past.delivery_kind.label,
        payment_method=_method(past),
        subtotal=past.total - past.delivery_fee,
        delivery_fee=past.delivery_fee,
        total=past.total,
        placed_at=past.placed_at,
        expires_at=past.expires_at if past.status == Status.PENDING else None,
        cancel_reason=past.cancel_reason[:200],
        **past.contact,
        **moments,
    )


def _reserve(order: Order, past: PastOrder, actor: Actor) -> list[Reservation | None]:
    for line, each in enumerate(past.lines):
        if each.to_take_in:
            stock.take_in(
                stock_item_id=each.stock_item_id,
                quantity=each.to_take_in,
                unit_cost=each.unit_cost,
                cause=order.cause,
                line=line,
                actor=actor,
                now=past.placed_at,
            )
    wanted = [stock.Wanted(each.stock_item_id, each.quantity, each.unit_price) for each in past.lines]
    holder = f"user {past.user_id}" if past.user_id else f"visitor {order.visitor[:8]}…"
    expires_at = past.expires_at if past.status == Status.PENDING else None
    return list(
        stock.reserve(
            wanted=wanted, cause=order.cause, holder=holder, expires_at=expires_at, actor=actor, now=past.placed_at
        )
    )


def _note_payment(order: Order, past: PastOrder) -> None:
    """A completed order is paid, as with us; what an ended one had not paid nobody waits for."""
    is_paid = past.is_paid or past.status == Status.COMPLETED
    waits = Payment.Status.FAILED if past.status in {Status.CANCELLED, Status.EXPIRED} else Payment.Status.PENDING
    Payment.objects.create(
        order=order,
        method=order.payment_method,
        amount=order.total,
        status=Payment.Status.PAID if is_paid else waits,
        idempotency_key=f"order-{order.number}-1",
        made_at=past.placed_at,
        paid_at=past.reached_at if is_paid else None,
    )


def _method(past: PastOrder) -> PaymentMethod:
    """The old shop took cash at the counter and at the door."""
    is_delivery = past.delivery_kind == DeliveryKind.DELIVERY
    return PaymentMethod.ON_DELIVERY if is_delivery else PaymentMethod.ON_COLLECTION


def _number(wish: str) -> str:
    fits = re.fullmatch(r"[A-Z0-9-]{3,12}", wish) and not Order.objects.filter(number=wish).exists()
    return wish if fits else checkout.free_number()
