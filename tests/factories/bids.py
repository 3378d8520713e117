"""Shoppers, and their offers on pieces: each step through the service that makes it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.services import confirm_email
from core.audit import Actor
from inventory.models import StockItem
from offers.models import ProductOffer
from offers.services import bidding
from shop.models import Cart
from shop.services import carts
from tests.factories.accounts import UserFactory
from tests.factories.inventory import shelved
from tests.factories.offers import NOON, STAFF


def shopper(**changes: Any) -> User:
    """Somebody who may make offers."""
    user = UserFactory(**changes)
    confirm_email(user=user)
    return user


def who(user: User) -> Actor:
    """The same, for the records."""
    return Actor(f"user {user.pk}", "web")


def bid(
    item: StockItem | None = None,
    amount: str = "30.00",
    *,
    by: User | None = None,
    now: datetime = NOON,
    note: str = "",
) -> ProductOffer:
    """A live offer on a piece for €38."""
    item, by = item or shelved(price="38.00"), by or shopper()
    return bidding.propose(shopper=by, stock_item_id=item.pk, amount=Decimal(amount), note=note, actor=who(by), now=now)


def countered(offer: ProductOffer | None = None, amount: str = "35.00", *, now: datetime = NOON) -> ProductOffer:
    """A counter of ours that is live."""
    offer = offer or bid(now=now)
    return bidding.counter(offer_id=offer.pk, amount=Decimal(amount), actor=STAFF, now=now)


def accepted(offer: ProductOffer | None = None, *, now: datetime = NOON) -> ProductOffer:
    """An offer whose piece is held for its shopper."""
    offer = offer or bid(now=now)
    return bidding.accept(offer_id=offer.pk, actor=STAFF, now=now)


def basket_of(offer: ProductOffer, *, now: datetime = NOON) -> Cart:
    """The basket of a shopper who has put in what is held for them."""
    offer.refresh_from_db()
    assert offer.reservation is not None
    return carts.take_up(
        visitor=carts.new_visitor(), user=offer.shopper, reservation_id=offer.reservation.pk, now=now
    ).cart
