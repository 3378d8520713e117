"""The only writer of wishlists, but for what was told of them (services.telling)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from inventory.models import Product
from inventory.queries import catalogue
from shop.errors import NotForSale, WishlistIsFull
from shop.models import Wish, Wishlist
from shop.queries import wishes

MOST_WISHES = 200
VISITOR_DAYS = 90  # as long as the cookie that knows a guest's list


@transaction.atomic
def keep(*, slug: str, visitor: str, user: User | None, now: datetime) -> Wish:
    """Put a piece on the list; pressed again it stays there once (NotForSale, WishlistIsFull)."""
    product = Product.objects.filter(slug=slug, is_published=True).first()
    if product is None:
        raise NotForSale
    wishlist = _opened(visitor, user, now)
    if wish := wishlist.wishes.filter(product=product).first():
        return wish
    if wishlist.wishes.count() >= MOST_WISHES:
        raise WishlistIsFull
    price, copies = wishes.state_of(catalogue.lots_by_product(product_ids=[product.pk], now=now)[product.pk])
    wish = Wish.objects.create(
        wishlist=wishlist, product=product, added_at=now, kept_price=price, told_price=price, told_copies=copies
    )
    _touch(wishlist, now)
    return wish


@transaction.atomic
def drop(*, slug: str, visitor: str, user: User | None, now: datetime) -> None:
    """Take a piece off the list, if it is there."""
    for wishlist in wishes.wishlist_of(visitor=visitor, user=user).select_for_update():
        wishlist.wishes.filter(product__slug=slug).delete()
        _touch(wishlist, now)


@transaction.atomic
def choose_letters(*, wishlist_id: int, are_wanted: bool) -> None:
    """Write about kept pieces, or do not."""
    Wishlist.objects.filter(pk=wishlist_id).update(wants_letters=are_wanted)


@transaction.atomic
def merge(*, visitor: str, user: User, now: datetime) -> int:
    """At sign-in, bring the visitor's kept pieces into the user's list, as far as there is room; returns how many."""
    guest = Wishlist.objects.select_for_update().filter(visitor=visitor, user=None).first()
    if guest is None:
        return 0
    own = _opened("", user, now)
    present = set(own.wishes.values_list("product_id", flat=True))
    room = max(MOST_WISHES - len(present), 0)
    brought = [wish.pk for wish in guest.wishes.all() if wish.product_id not in present][:room]
    Wish.objects.filter(pk__in=brought).update(wishlist=own)
    guest.delete()
    _touch(own, now)
    return len(brought)


def forget_old(*, now: datetime) -> int:
    """Delete guests' lists whose cookie has expired by now; returns how many."""
    old = Wishlist.objects.filter(user=None, updated_at__lt=now - timedelta(days=VISITOR_DAYS))
    return old.delete()[1].get("shop.Wishlist", 0)


def _opened(visitor: str, user: User | None, now: datetime) -> Wishlist:
    """The list of a user, else of a visitor, locked; made when there is none."""
    owner: dict[str, Any] = {"user": user} if user else {"visitor": visitor, "user": None}
    found = Wishlist.objects.select_for_update().filter(**owner).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return Wishlist.objects.create(**owner, updated_at=now, looked_at=now)
    except IntegrityError:
        # Another request of the same person made it meanwhile.
        return Wishlist.objects.select_for_update().get(**owner)


def _touch(wishlist: Wishlist, now: datetime) -> None:
    wishlist.updated_at = now
    wishlist.save(update_fields=["updated_at"])
