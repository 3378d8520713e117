"""The only writer of baskets. Being in a basket holds nothing: pieces stay on sale until an order is placed.

The exception was made elsewhere: copies that are held for a user at an agreed price, whatever for. A basket takes such
a reservation in as a line of its own; taking the line out does not end it.
"""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from inventory.models import Reservation, StockItem
from shop.errors import BasketIsFull, NoLongerHeld, NotForSale
from shop.models import Cart, CartLine, PlaceInLine, ShopSettings
from shop.queries import holds

if TYPE_CHECKING:
    from accounts.models import User


def new_visitor() -> str:
    """A visitor's key: random, 128 bits."""
    return secrets.token_hex(16)


@transaction.atomic
def add(*, visitor: str, user: "User | None", stock_item_id: int, quantity: int, now: datetime) -> CartLine:
    """Put copies in the basket, never more than there are (NotForSale, BasketIsFull)."""
    cart = open_cart(visitor=visitor, user=user, now=now)
    item = StockItem.objects.select_related("product").filter(pk=stock_item_id, product__is_published=True).first()
    if item is None or item.price is None:
        raise NotForSale
    free = _free(item, now)
    if free < 1:
        raise NotForSale(_("Somebody else is buying it.") if item.reserved else _("Sold already."))
    settings = ShopSettings.current()
    line = cart.lines.filter(stock_item=item, reservation=None).first()
    if line is None:
        if cart.lines.count() >= settings.max_basket_lines:
            raise BasketIsFull
        line = CartLine(cart=cart, stock_item=item, quantity=0, added_at=now)
    line.quantity = _sensible(line.quantity + quantity, free, settings)
    line.seen_price = item.price
    line.save()
    _touch(cart, now)
    return line


@transaction.atomic
def take_up(*, visitor: str, user: "User", reservation_id: int, now: datetime) -> CartLine:
    """Put in what is held for a user, at the agreed price (NoLongerHeld, BasketIsFull); again it is the same line."""
    cart = open_cart(visitor=visitor, user=user, now=now)
    hold = holds.held_for(user=user, now=now).filter(pk=reservation_id).first()
    if hold is None:
        raise NoLongerHeld
    return _take_up(cart, hold, now)


@transaction.atomic
def take_up_place(*, visitor: str, user: "User | None", place: PlaceInLine, now: datetime) -> CartLine:
    """Put in what is held for a place in line, for whoever came by its link (NoLongerHeld, BasketIsFull).

    Opened in another browser it moves there.
    """
    cart = open_cart(visitor=visitor, user=user, now=now)
    hold = Reservation.objects.select_related("stock_item").filter(pk=place.reservation_id or 0).first()
    if hold is None or not holds.is_held(hold, now):
        raise NoLongerHeld
    CartLine.objects.filter(reservation=hold, cart__status=Cart.Status.OPEN).exclude(cart=cart).delete()
    return _take_up(cart, hold, now)


def _take_up(cart: Cart, hold: Reservation, now: datetime) -> CartLine:
    if line := CartLine.objects.filter(reservation=hold, cart=cart).first():
        return line
    # What was meant to be bought at the asked price is this very piece.
    cart.lines.filter(stock_item=hold.stock_item_id, reservation=None, quantity__lte=hold.quantity).delete()
    if cart.lines.count() >= ShopSettings.current().max_basket_lines:
        raise BasketIsFull
    line = CartLine.objects.create(
        cart=cart,
        stock_item=hold.stock_item,
        reservation=hold,
        quantity=hold.quantity,
        seen_price=hold.unit_price,
        added_at=now,
    )
    _touch(cart, now)
    return line


@transaction.atomic
def set_quantity(*, cart: Cart, line_id: int, quantity: int, now: datetime) -> None:
    """Change how many copies a line has; zero takes it out."""
    cart = _locked(cart)
    line = cart.lines.select_related("stock_item").filter(pk=line_id).first()
    if line is None:
        return
    if quantity < 1:
        line.delete()
    elif line.reservation_id is None:
        line.quantity = _sensible(quantity, _free(line.stock_item, now), ShopSettings.current())
        line.save(update_fields=["quantity"])
    _touch(cart, now)


@transaction.atomic
def accept_changes(*, cart: Cart, now: datetime) -> None:
    """Carry on with what is left: gone pieces leave, scarce ones shrink, new prices count as seen.

    What is no longer held for its owner is bought like anything else.
    """
    cart = _locked(cart)
    settings = ShopSettings.fresh()
    lines = list(cart.lines.select_related("stock_item__product", "reservation"))
    asked_for = {line.stock_item_id for line in lines if line.reservation is None}
    for line in lines:
        if line.reservation and holds.is_held(line.reservation, now):
            continue
        item = line.stock_item
        free = _free(item, now)
        is_twice = line.reservation is not None and item.pk in asked_for
        if not item.product.is_published or item.price is None or free < 1 or is_twice:
            line.delete()
            continue
        line.quantity = _sensible(line.quantity, free, settings)
        line.seen_price = item.price
        line.reservation = None
        asked_for.add(item.pk)
        line.save(update_fields=["quantity", "seen_price", "reservation"])
    _touch(cart, now)


@transaction.atomic
def merge(*, visitor: str, user: "User", now: datetime) -> int:
    """At sign-in, bring the visitor's basket into the user's, as far as there is room; returns how many lines came."""
    guest = Cart.objects.select_for_update().filter(visitor=visitor, user=None, status=Cart.Status.OPEN).first()
    if guest is None:
        return 0
    lines = list(guest.lines.select_related("stock_item"))
    own = open_cart(visitor=visitor, user=user, now=now)
    present = {line.stock_item_id: line for line in own.lines.filter(reservation=None)}
    settings, brought = ShopSettings.current(), 0
    room = settings.max_basket_lines - own.lines.count()
    for line in lines:
        if line.reservation_id is None and (known := present.get(line.stock_item_id)):
            wanted = max(known.quantity, line.quantity)
            known.quantity = _sensible(wanted, _free(line.stock_item, now), settings)
            known.save(update_fields=["quantity"])
            line.delete()
        elif room > 0:
            room -= 1
            line.cart = own
            line.save(update_fields=["cart"])
        else:
            continue
        brought += 1
    guest.status = Cart.Status.MERGED
    guest.save(update_fields=["status"])
    _touch(own, now)
    return brought


def open_cart(*, visitor: str, user: "User | None", now: datetime) -> Cart:
    """The open basket of a user, else of a visitor, locked; made when there is none. Inside a transaction."""
    owner = {"user": user} if user else {"visitor": visitor, "user": None}
    found = Cart.objects.select_for_update().filter(**owner, status=Cart.Status.OPEN).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return Cart.objects.create(visitor=visitor, user=user, created_at=now, updated_at=now)
    except IntegrityError:
        # Another request of the same visitor made it meanwhile: the partial unique index let only one through.
        return Cart.objects.select_for_update().get(**owner, status=Cart.Status.OPEN)


def _locked(cart: Cart) -> Cart:
    return Cart.objects.select_for_update().get(pk=cart.pk)


def _free(item: StockItem, now: datetime) -> int:
    """How many copies can be had: a promise that has run out holds nothing, whether or not a job has been by."""
    if not item.reserved:
        return item.on_shelf
    overdue = item.reservations.filter(status=Reservation.Status.ACTIVE, expires_at__lte=now)
    return item.on_shelf + (overdue.aggregate(copies=Sum("quantity"))["copies"] or 0)


def _sensible(quantity: int, free: int, settings: ShopSettings) -> int:
    """At least one, at most what there is and what one order may take."""
    return max(1, min(quantity, free, settings.max_quantity))


def _touch(cart: Cart, now: datetime) -> None:
    cart.updated_at = now
    cart.save(update_fields=["updated_at"])
