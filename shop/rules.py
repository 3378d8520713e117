"""Which order status may follow which; the button and the service ask the same table."""

from datetime import datetime

from shop.models import DeliveryKind, Order

Status = Order.Status

NEXT: dict[str, set[str]] = {
    Status.PENDING: {Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED},
    Status.CONFIRMED: {Status.PACKED, Status.CANCELLED},
    Status.PACKED: {Status.SHIPPED, Status.READY, Status.CANCELLED},
    Status.READY: {Status.COMPLETED, Status.CANCELLED},
    Status.SHIPPED: {Status.COMPLETED},
    Status.COMPLETED: set(),
    Status.CANCELLED: set(),
    Status.EXPIRED: set(),
}
ONLY_FOR = {Status.SHIPPED: DeliveryKind.DELIVERY, Status.READY: DeliveryKind.COLLECTION}


def has_run_out(order: Order, now: datetime) -> bool:
    """Whether an unconfirmed order's time is over, whether or not a job has said so yet."""
    return order.status == Status.PENDING and order.expires_at is not None and order.expires_at <= now


def can_become(order: Order, status: str, now: datetime) -> bool:
    """Whether this order may take that step at this moment."""
    if status not in NEXT[order.status] or ONLY_FOR.get(Status(status), order.delivery_kind) != order.delivery_kind:
        return False
    return has_run_out(order, now) == (status == Status.EXPIRED) if order.status == Status.PENDING else True


def can_be_extended(order: Order, now: datetime) -> bool:
    """Whether the hold may still be made longer; it may once."""
    return order.status == Status.PENDING and not order.extended_at and not has_run_out(order, now)


def can_be_withdrawn(order: Order, now: datetime) -> bool:
    """Whether its shopper may still call it off alone: until we have said yes or the money is here."""
    return order.status == Status.PENDING and not has_run_out(order, now)
