"""What is in a basket right now, and what became of it since it was put there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.money import ZERO, format_eur
from core.templatetags.ui import moment
from inventory.models import Photo, Reservation, StockItem
from inventory.pictures import Picture, picture_of
from inventory.queries.catalogue import Lot, lots_by_product, photos_by_product
from shop.models import Cart, CartLine, ShopSettings
from shop.queries import holds
from shop.queries.cards import size_and_grade


@dataclass(frozen=True)
class BasketLine:
    """One line as its page shows it: at today's price, with as many copies as there are; amounts in EUR."""

    pk: int
    stock_item_id: int
    brand: str
    title: str
    url: str
    meta: str
    quantity: int
    choices: Sequence[int]
    price: Decimal | None
    picture: Picture | None
    note: str
    note_kind: str
    is_gone: bool
    is_held: bool = False
    reservation_id: int | None = None


@dataclass(frozen=True)
class Basket:
    """All lines of an open basket; the sums count what can still be had. `held` is what could be put in besides."""

    cart: Cart | None
    lines: Sequence[BasketLine]
    count: int
    subtotal: Decimal
    held: Sequence[BasketLine] = ()

    @property
    def has_changed(self) -> bool:
        """Whether something became of a line that its owner has not said yes to."""
        return any(line.note and not line.is_held for line in self.lines)

    @property
    def has_held(self) -> bool:
        """Whether a line of it is held for its owner already."""
        return any(line.is_held for line in self.lines)

    @property
    def is_all_held(self) -> bool:
        """Whether everything in it that can be had is held for its owner already."""
        return self.has_held and all(line.is_held for line in self.lines if not line.is_gone)


def open_carts(*, visitor: str, user: User | None) -> QuerySet[Cart]:
    """The open basket of a user, else of a visitor; nobody's without a key."""
    carts = Cart.objects.filter(status=Cart.Status.OPEN)
    if user:
        return carts.filter(user=user)
    return carts.filter(visitor=visitor, user=None) if visitor else carts.none()


def basket_count(*, visitor: str, user: User | None) -> int:
    """How many copies are in the basket."""
    count: int | None = open_carts(visitor=visitor, user=user).aggregate(count=Sum("lines__quantity"))["count"]
    return count or 0


def open_basket(*, visitor: str, user: User | None, now: datetime) -> Basket:
    """The basket with what became of its lines, in four queries whatever it holds; what is held comes first."""
    lines = list(
        CartLine.objects.filter(cart__in=open_carts(visitor=visitor, user=user)).select_related(
            "cart", "stock_item__product__brand", "reservation"
        )
    )
    inside = {line.reservation_id for line in lines}
    reservations = [each for each in holds.held_for(user=user, now=now) if each.pk not in inside] if user else []
    if not lines and not reservations:
        return Basket(None, [], 0, ZERO)
    items = [line.stock_item for line in lines] + [each.stock_item for each in reservations]
    product_ids = {item.product_id for item in items}
    found = lots_by_product(product_ids=product_ids, now=now)
    lots = {lot.item.pk: lot for of_product in found.values() for lot in of_product}
    photos = photos_by_product(product_ids=product_ids)
    shown = [_shown(line, lots[line.stock_item_id], photos[line.stock_item.product_id], now) for line in lines]
    shown.sort(key=lambda line: not line.is_held)
    left = [line for line in shown if not line.is_gone]
    return Basket(
        cart=lines[0].cart if lines else None,
        lines=shown,
        held=[_held(each, each.pk, photos[each.stock_item.product_id]) for each in reservations],
        count=sum(line.quantity for line in left),
        subtotal=sum((line.price for line in left if line.price is not None), ZERO),
    )


def promised_subtotal(cart: Cart) -> Decimal:
    """What the lines come to at the prices their owner last saw (EUR): an order costs this or is refused."""
    return sum((price * quantity for price, quantity in cart.lines.values_list("seen_price", "quantity")), ZERO)


def _shown(line: CartLine, lot: Lot, photos: Sequence[Photo], now: datetime) -> BasketLine:
    if line.reservation and holds.is_held(line.reservation, now):
        line.reservation.stock_item = line.stock_item
        return _held(line.reservation, line.pk, photos)
    item = line.stock_item
    gone = _why_gone(line, lot)
    quantity = line.quantity if gone else min(line.quantity, lot.free)
    changes = [gone] if gone else _changes(line, lot)
    return BasketLine(
        pk=line.pk,
        **_words(item, photos),
        quantity=quantity,
        choices=range(1, 1 + min(lot.free, ShopSettings.current().max_quantity)),
        price=None if gone or item.price is None else item.price * quantity,
        note=" ".join(changes),
        note_kind="bad" if gone else "",
        is_gone=bool(gone),
    )


def _held(hold: Reservation, pk: int, photos: Sequence[Photo]) -> BasketLine:
    """What nobody else can buy meanwhile, at the agreed price; its number is fixed."""
    until = _("Held for you until %(moment)s.") % {"moment": moment(hold.expires_at)} if hold.expires_at else ""
    return BasketLine(
        pk=pk,
        **_words(hold.stock_item, photos),
        quantity=hold.quantity,
        choices=(),
        price=hold.unit_price * hold.quantity,
        note=until or _("Held for you."),
        note_kind="held",
        is_gone=False,
        is_held=True,
        reservation_id=hold.pk,
    )


def _words(item: StockItem, photos: Sequence[Photo]) -> dict[str, Any]:
    """What a line says of its lot."""
    product = item.product
    return {
        "stock_item_id": item.pk,
        "brand": product.brand.name if product.brand else "",
        "title": product.title,
        "url": product.get_absolute_url() if product.is_published else "",
        "meta": size_and_grade(item),
        "picture": picture_of(photos[0]) if photos else None,
    }


def _why_gone(line: CartLine, lot: Lot) -> str:
    """Why nothing of this line can be had, if so."""
    if not line.stock_item.product.is_published or line.stock_item.price is None:
        return _("Not for sale any more.")
    if lot.free:
        return ""
    if line.reservation_id:
        return _("Your time for it is over, and it is not free any more.")
    return _("Somebody else is paying for it.") if lot.back_at else _("Sold while it was here.")


def _changes(line: CartLine, lot: Lot) -> list[str]:
    """What is different from what its owner last said yes to."""
    changes = [_("Your time at the agreed price is over.")] if line.reservation_id else []
    if lot.free < line.quantity:
        changes.append(ngettext("Only %(count)s left.", "Only %(count)s left.", lot.free) % {"count": lot.free})
    price = line.stock_item.price
    if price is not None and price != line.seen_price:
        changes.append(
            _("Now %(price)s, was %(before)s.") % {"price": format_eur(price), "before": format_eur(line.seen_price)}
        )
    return changes
