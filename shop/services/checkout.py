"""From a basket to an order, in one transaction."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.audit import Actor, record
from core.money import ZERO
from core.numbers import random_letters
from inventory.errors import OutOfStock, ReservationEnded
from inventory.models import Reservation, StockItem
from inventory.services import stock
from shop import letters
from shop.errors import (
    BasketChanged,
    CartIsEmpty,
    DeliveryNotOffered,
    LineProblem,
    PaymentNotOffered,
    ReviewOutdated,
    TooManyUnpaidOrders,
)
from shop.models import Cart, CartLine, DeliveryKind, DeliveryMethod, Order, OrderLine, Payment, ShopSettings
from shop.queries import holds


@dataclass(frozen=True)
class Details:
    """Who orders, and where to; street, town and country stay empty for a collection."""

    email: str
    name: str
    phone: str = ""
    street: str = ""
    town: str = ""
    postcode: str = ""
    country: str = ""
    note: str = ""


def summary(*, cart_id: int, details: Details, method: DeliveryMethod, payment_method: str) -> str:
    """What a review page shows, in short: it must be the same when its order is placed."""
    lines = CartLine.objects.filter(cart=cart_id).order_by("pk")
    facts = list(
        lines.values_list(
            "stock_item",
            "quantity",
            "seen_price",
            "reservation",
            "stock_item__condition",
            "stock_item__size",
            "stock_item__product__title",
        )
    )
    fee = method.fee_for(sum((price * quantity for _, quantity, price, *_ in facts), ZERO))
    shown = [facts, astuple(details), method.pk, fee, payment_method]
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()


@transaction.atomic
def place_order(
    *,
    cart_id: int,
    checkout_token: uuid.UUID,
    details: Details,
    delivery_method_id: int,
    payment_method: str,
    actor: Actor,
    now: datetime,
    reviewed: str = "",
) -> Order:
    """Turn a basket into an order with its pieces held, or change nothing.

    A second press, a reload or a retry with the same token gets the first order. `reviewed` is the `summary` of the
    page that was agreed to, when there was one. Refuses with CartIsEmpty, BasketChanged, ReviewOutdated,
    DeliveryNotOffered, PaymentNotOffered or TooManyUnpaidOrders.
    """
    cart = Cart.objects.select_for_update().filter(pk=cart_id).first()
    if placed := Order.objects.filter(checkout_token=checkout_token).first():
        return placed
    if cart is None or cart.status != Cart.Status.OPEN or cart.checkout_token != checkout_token:
        raise CartIsEmpty
    lines = list(cart.lines.select_related("stock_item__product__brand", "reservation").order_by("pk"))
    if not lines:
        raise CartIsEmpty
    settings = ShopSettings.fresh()
    method = _offered(delivery_method_id, payment_method, details)
    _refuse_hoarding(cart, details, settings, now)

    number = free_number()
    expires_at = now + settings.hold_for(payment_method)
    held = _reserve(cart, lines, f"order {number}", expires_at, actor, now, most=settings.max_quantity)
    if reviewed and reviewed != summary(cart_id=cart.pk, details=details, method=method, payment_method=payment_method):
        raise ReviewOutdated
    subtotal = sum((line.seen_price * line.quantity for line in lines), ZERO)
    fee = method.fee_for(subtotal)
    order = Order.objects.create(
        number=number,
        secret=secrets.token_urlsafe(24),
        checkout_token=checkout_token,
        cart=cart,
        user=cart.user,
        visitor=cart.visitor,
        email=details.email,
        name=details.name,
        phone=details.phone,
        street=details.street,
        town=details.town,
        postcode=details.postcode,
        country=details.country,
        note=details.note,
        delivery_kind=method.kind,
        delivery_name=method.name,
        delivery_place=method.place,
        delivery_min_days=method.min_days,
        delivery_max_days=method.max_days,
        payment_method=payment_method,
        subtotal=subtotal,
        delivery_fee=fee,
        total=subtotal + fee,
        placed_at=now,
        expires_at=expires_at,
    )
    OrderLine.objects.bulk_create(
        _frozen(order, position, line, reservation)
        for position, (line, reservation) in enumerate(zip(lines, held, strict=True), start=1)
    )
    Payment.objects.create(
        order=order, method=payment_method, amount=order.total, idempotency_key=f"order-{number}-1", made_at=now
    )
    cart.status = Cart.Status.ORDERED
    cart.save(update_fields=["status"])
    record(actor=actor, subject=order.cause, action="placed", after=order.status, now=now)
    letters.order_placed(order, now)
    return order


def _offered(delivery_method_id: int, payment_method: str, details: Details) -> DeliveryMethod:
    method = DeliveryMethod.objects.filter(pk=delivery_method_id, is_active=True).first()
    if method is None:
        raise DeliveryNotOffered
    if method.kind == DeliveryKind.DELIVERY and (not details.street or details.country not in method.countries):
        raise DeliveryNotOffered
    if payment_method not in method.payment_methods:
        raise PaymentNotOffered
    return method


def _refuse_hoarding(cart: Cart, details: Details, settings: ShopSettings, now: datetime) -> None:
    """An unpaid order of a one-off piece keeps everybody else from it, so one person may hold only a few."""
    same_person = Q(visitor=cart.visitor) | Q(email__iexact=details.email)
    if details.street:
        same_person |= Q(street__iexact=details.street, town__iexact=details.town, country=details.country)
    unpaid = Order.objects.filter(same_person, status=Order.Status.PENDING, expires_at__gt=now)
    if unpaid.count() >= settings.max_unpaid_orders:
        raise TooManyUnpaidOrders
    # Each order writes a letter: whoever orders and cancels over and over must not fill somebody's mailbox.
    recent = Order.objects.filter(same_person, placed_at__gt=now - timedelta(hours=1))
    if recent.count() >= settings.max_orders_an_hour:
        raise TooManyUnpaidOrders(_("That is a lot of orders within an hour. Try again later, or write to us."))


def _reserve(
    cart: Cart, lines: Sequence[CartLine], cause: str, expires_at: datetime, actor: Actor, now: datetime, *, most: int
) -> list[Reservation]:
    """Hold every line, at most so many copies, at the price its owner saw, or say what became of it (BasketChanged).

    What is held for its owner already is taken over at the agreed price.
    """
    wanted = [
        stock.Wanted(
            line.stock_item_id,
            line.quantity,
            line.seen_price,
            instead_of=line.reservation_id,
            held_by=holds.guest_of(line.reservation),
        )
        for line in lines
    ]
    # Whoever knows a visitor's whole key has their basket, and staff read this.
    holder = f"user {cart.user_id}" if cart.user_id else f"visitor {cart.visitor[:8]}…"
    try:
        held = stock.reserve(wanted=wanted, cause=cause, holder=holder, expires_at=expires_at, actor=actor, now=now)
    except ReservationEnded as refusal:
        raise BasketChanged(
            [
                LineProblem(line.stock_item_id, line.stock_item.product.title, "lapsed")
                for line in CartLine.objects.filter(cart=cart, reservation__isnull=False).select_related(
                    "stock_item__product", "reservation"
                )
                if line.reservation and not holds.is_held(line.reservation, now)
            ]
        ) from refusal
    except OutOfStock as refusal:
        short = {shortage.stock_item_id: shortage.available for shortage in refusal.shortages}
        raise BasketChanged(
            [
                LineProblem(line.stock_item_id, line.stock_item.product.title, "fewer" if left else "gone", left)
                for line in lines
                if (left := short.get(line.stock_item_id)) is not None
            ]
        ) from refusal
    # The lots are locked now, so what is read here stays true until the commit.
    lots = StockItem.objects.select_related("product").in_bulk([line.stock_item_id for line in lines])
    problems = [problem for line in lines if (problem := _problem(line, lots[line.stock_item_id], most))]
    if problems:
        raise BasketChanged(problems)
    return held


def _problem(line: CartLine, item: StockItem, most: int) -> LineProblem | None:
    """What is wrong with a line whose copies could be held, if anything; what was agreed stays agreed."""
    if line.reservation_id is not None:
        return None
    if not item.product.is_published or item.price is None:
        return LineProblem(item.pk, item.product.title, "unpublished")
    if item.price != line.seen_price:
        return LineProblem(item.pk, item.product.title, "price", item.on_shelf)
    if line.quantity > most:
        return LineProblem(item.pk, item.product.title, "fewer", most)
    return None


def _frozen(order: Order, position: int, line: CartLine, reservation: Reservation) -> OrderLine:
    item, product = line.stock_item, line.stock_item.product
    return OrderLine(
        order=order,
        position=position,
        stock_item=item,
        reservation=reservation,
        quantity=line.quantity,
        unit_price=line.seen_price,
        title=product.title,
        brand=product.brand.name if product.brand else "",
        size=f"{item.size_system} {item.size}".strip(),
        condition=item.condition,
    )


def free_number() -> str:
    """An order number nobody has yet; the unique constraint has the last word."""
    while True:
        number = "UN-" + random_letters(6)
        if not Order.objects.filter(number=number).exists():
            return number
