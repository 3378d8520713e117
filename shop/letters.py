"""What the shop writes to people; each letter is a row in the outbox, once per order and occasion."""

from datetime import datetime

from django.conf import settings

from core import outbox
from core.letters import render_letter
from shop.models import Order, PaymentMethod, ShopSettings


def order_placed(order: Order, now: datetime) -> None:
    """Thank you, what is held until when, and how to pay."""
    _post("order_placed", order, now)


def order_confirmed(order: Order, now: datetime) -> None:
    """The order is ours to pack."""
    _post("order_confirmed", order, now)


def order_shipped(order: Order, now: datetime) -> None:
    """It is on its way."""
    _post("order_shipped", order, now)


def order_ready(order: Order, now: datetime) -> None:
    """It can be collected."""
    _post("order_ready", order, now)


def order_cancelled(order: Order, now: datetime) -> None:
    """It was called off."""
    _post("order_cancelled", order, now)


def order_expired(order: Order, now: datetime) -> None:
    """Its time is over."""
    _post("order_expired", order, now)


def _post(occasion: str, order: Order, now: datetime) -> None:
    if not order.email:
        return  # an order brought over from another shop may have only a phone number
    letter = render_letter(
        f"shop/{occasion}",
        {
            "order": order,
            "lines": list(order.lines.all()),
            "link": settings.SITE_URL + order.secret_link,
            "shop": ShopSettings.fresh(),  # an account that is wrong for seconds stays in the letter for ever
            "is_transfer": order.payment_method == PaymentMethod.BANK_TRANSFER,
        },
    )
    outbox.post(
        dedupe_key=f"{occasion}:{order.number}",
        about=order.cause,
        to=order.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        now=now,
    )
