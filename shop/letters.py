"""What the shop writes to people; each letter is a row in the outbox, once for its occasion."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from core import outbox
from core.languages import in_english
from core.letters import render_letter
from inventory.models import Product
from shop import links
from shop.models import Order, PaymentMethod, PlaceInLine, SavedSearch, ShopSettings, Wishlist
from shop.queries.wishes import News

PIECES_NAMED = 12  # in one letter; its link leads to all


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


@in_english
def search_asked(search: SavedSearch, now: datetime) -> None:
    """Whether this address wants to hear of it: the only letter without a yes."""
    link = links.address_of(search, links.CONFIRM)
    # Asked again it is another letter; how often is the throttle's to say.
    _write("search_asked", search, search.email, now, key=f"{now.timestamp():.0f}", link=link)


@in_english
def search_found(search: SavedSearch, products: Sequence[Product], now: datetime) -> None:
    """What has come in for it; the day in the key keeps a second letter away."""
    to = search.user.email if search.user else search.email
    _write(
        "search_found",
        search,
        to,
        now,
        key=f"{now:%Y-%m-%d}",
        lines=[(product, settings.SITE_URL + product.get_absolute_url()) for product in products[:PIECES_NAMED]],
        count=len(products),
        link=settings.SITE_URL + (products[0].get_absolute_url() if len(products) == 1 else search.address),
        stop=links.address_of(search, links.STOP),
    )


@in_english
def wishes_changed(wishlist: Wishlist, news: Sequence[News], now: datetime) -> None:
    """What happened to kept pieces."""
    if wishlist.user:
        _write(
            "wishes_changed",
            wishlist,
            wishlist.user.email,
            now,
            key=f"{now:%Y-%m-%d}",
            lines=[(each, settings.SITE_URL + each.product.get_absolute_url()) for each in news[:PIECES_NAMED]],
            news=news,
            link=settings.SITE_URL + reverse("shop:wishlist"),
            stop=links.address_of(wishlist, links.STOP),
        )


def line_asked(place: PlaceInLine, now: datetime) -> None:
    """Whether this address wants to be in line."""
    _write_line("line_asked", place, now, key=f"{now.timestamp():.0f}")


def line_turn(place: PlaceInLine, now: datetime) -> None:
    """Their turn: held for them at this price, until then."""
    _write_line("line_turn", place, now, hold=place.reservation)


def line_over(place: PlaceInLine, now: datetime) -> None:
    """Somebody before them has bought it."""
    _write_line("line_over", place, now)


@in_english
def _write_line(occasion: str, place: PlaceInLine, now: datetime, *, key: str = "", **context: Any) -> None:
    to = place.user.email if place.user else place.email
    link = links.address_of(place, links.PLACE)
    _write(occasion, place, to, now, key=key, product=place.stock_item.product, link=link, **context)


def _write(
    occasion: str,
    row: SavedSearch | Wishlist | PlaceInLine,
    to: str,
    now: datetime,
    *,
    key: str,
    stop: str = "",
    **context: Any,
) -> None:
    letter = render_letter(f"shop/{occasion}", {"row": row, "stop": stop} | context)
    outbox.post(
        dedupe_key=f"{occasion}:{row.pk}:{key}",
        about=row.cause,
        to=to,
        letter=letter,
        now=now,
        unsubscribe_url=stop,
    )


@in_english
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
        letter=letter,
        now=now,
    )
