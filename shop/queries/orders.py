"""Orders as people see them: whose they are, when they arrive, how far they have come."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from core.dates import DAY, date_format, words_of
from core.languages import Words
from core.progress import Step
from inventory.models import StockItem
from inventory.pictures import Picture, picture_of
from inventory.queries.catalogue import condition_words, lots_by_product, photos_by_product
from shop import rules
from shop.models import DeliveryKind, Order, PaymentMethod
from shop.queries.delivery import working_days_after

Status = Order.Status
WAITING: dict[str, Words] = {
    Status.CONFIRMED: gettext_lazy("Waiting for us: we pack it."),
    Status.PACKED: gettext_lazy("Waiting for us: it leaves next."),
    Status.READY: gettext_lazy("Waiting for you: come and collect it."),
}


@dataclass(frozen=True)
class PieceLine:
    """One line of an order as components/basket_line.html shows it; EUR for the whole line."""

    brand: str
    title: str
    url: str
    meta: str
    price: Decimal
    quantity: int
    picture: Picture | None


def orders_of(*, user: User) -> QuerySet[Order]:
    """What somebody ordered while signed in, newest first; an order under the same email alone proves nothing."""
    return Order.objects.filter(user=user).prefetch_related("lines")


def unpaid_orders(*, visitor: str, user: User | None, now: datetime) -> QuerySet[Order]:
    """The orders of this user, else of this guest, that still hold pieces without being paid or agreed."""
    pending = Order.objects.filter(status=Order.Status.PENDING, expires_at__gt=now)
    if user:
        return pending.filter(user=user)
    return pending.filter(visitor=visitor, user=None) if visitor else pending.none()


def expected(*, since: datetime, min_days: int, max_days: int) -> str:
    """When something sent or made ready from a moment on is there: "Thu 26 Nov" or "Wed 25 Nov to Fri 27 Nov"."""
    start = timezone.localdate(since)
    days = sorted({working_days_after(start, min_days), working_days_after(start, max_days)})
    words = [date_format(day, DAY) for day in days]
    return words[0] if len(words) == 1 else _("%(first)s to %(last)s") % {"first": words[0], "last": words[1]}


def state_words(order: Order, now: datetime) -> str:
    """Where an order is; its time may be over before a job has said so."""
    return str(Status.EXPIRED.label if rules.has_run_out(order, now) else order.get_status_display())


def timeline(order: Order, now: datetime) -> list[Step]:
    """The way of an order: what is done with its moment, what is happening, what comes next."""
    way, end = _way(order), _end(order, now)
    done = [Step(name, _detail(order, status, moment), "done") for status, name, moment in way if moment]
    if end:
        return [*done, end]
    if order.status != Status.COMPLETED:
        done[-1] = replace(done[-1], state="current")
    return [*done, *(Step(name, _promise(order, status), "next") for status, name, moment in way if not moment)]


def waiting_for(order: Order, now: datetime) -> str:
    """Whom an order waits for, if anybody."""
    if rules.has_run_out(order, now):
        return ""
    if order.status == Status.PENDING:
        is_transfer = order.payment_method == PaymentMethod.BANK_TRANSFER
        return (
            _("Waiting for you: your transfer.") if is_transfer else _("Waiting for us: we write when it is confirmed.")
        )
    return str(WAITING.get(order.status, ""))


def order_lines(order: Order) -> list[PieceLine]:
    """What was ordered, as it was then, with a link to the piece while that is in the shop; two queries."""
    lines = list(order.lines.select_related("stock_item__product"))
    photos = photos_by_product(product_ids={line.stock_item.product_id for line in lines})
    words = condition_words()
    return [
        PieceLine(
            brand=line.brand,
            title=line.title,
            url=line.stock_item.product.get_absolute_url() if line.stock_item.product.is_published else "",
            meta=f"{line.size} · {words[line.condition][0]}",
            price=line.amount,
            quantity=line.quantity,
            picture=picture_of(first[0]) if (first := photos[line.stock_item.product_id]) else None,
        )
        for line in lines
    ]


def still_free(order: Order, now: datetime) -> list[StockItem]:
    """The lots of an order whose time is over that can be had again; two queries."""
    items = [line.stock_item for line in order.lines.select_related("stock_item__product")]
    product_ids = {item.product_id for item in items if item.product.is_published and item.price is not None}
    lots = lots_by_product(product_ids=product_ids, now=now)
    free = {lot.item.pk for of_product in lots.values() for lot in of_product if lot.free > 0}
    return [item for item in items if item.pk in free]


def _way(order: Order) -> list[tuple[str, str, datetime | None]]:
    """Status, name and moment of every step an order of its kind takes."""
    is_transfer = order.payment_method == PaymentMethod.BANK_TRANSFER
    is_collection = order.delivery_kind == DeliveryKind.COLLECTION
    agreed = pgettext("order", "Paid") if is_transfer else pgettext("order", "Confirmed")
    done = pgettext("order", "Collected") if is_collection else pgettext("order", "Delivered")
    return [
        (Status.PENDING, pgettext("order", "Placed"), order.placed_at),
        (Status.CONFIRMED, agreed, order.confirmed_at),
        (Status.PACKED, pgettext("order", "Packed"), order.packed_at),
        (Status.READY, pgettext("order", "Ready to collect"), order.ready_at)
        if is_collection
        else (Status.SHIPPED, pgettext("order", "On its way"), order.shipped_at),
        (Status.COMPLETED, done, order.completed_at),
    ]


def _end(order: Order, now: datetime) -> Step | None:
    """How it ended before its time, if it did."""
    if order.status == Status.CANCELLED:
        # What the shopper's own button wrote can be translated; staff write as they please.
        reason = f"{words_of(order.cancelled_at)} · {_(order.cancel_reason)}" if order.cancel_reason else ""
        return Step(pgettext("order", "Cancelled"), reason or words_of(order.cancelled_at), "current")
    if order.status == Status.EXPIRED or rules.has_run_out(order, now):
        return Step(pgettext("order", "Expired"), words_of(order.expires_at or order.expired_at), "current")
    return None


def _detail(order: Order, status: str, moment: datetime) -> str:
    """When it was, and what is known besides."""
    if status != Status.SHIPPED or not order.tracking:
        return words_of(moment)
    tracking = _("Tracking %(number)s") % {"number": order.tracking}
    return f"{words_of(moment)} · {tracking}"


def _promise(order: Order, status: str) -> str:
    """What is promised about a step to come."""
    if status == Status.CONFIRMED and order.expires_at:
        return _("Until %(moment)s") % {"moment": words_of(order.expires_at)}
    promised = Status.READY if order.delivery_kind == DeliveryKind.COLLECTION else Status.COMPLETED
    if status != promised or order.confirmed_at is None:
        return ""
    days = expected(since=order.confirmed_at, min_days=order.delivery_min_days, max_days=order.delivery_max_days)
    return _("Expected %(days)s") % {"days": days}
