"""Forgetting a user whose account is closed: orders stay for tax law, cut off from it; all else goes."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.audit import Actor
from shop.models import Cart, Order, PlaceInLine, SavedSearch, Wishlist
from shop.services import line, searches

CLOSING = Actor("account closed", "web")


@transaction.atomic
def forget(*, user: User, now: datetime) -> None:
    """Leave every line, drop basket, wishes and searches, under the user and under their address alone."""
    own = PlaceInLine.objects.filter(user=user) | PlaceInLine.objects.filter(user=None, email=user.email.lower())
    for place in own.order_by("pk"):
        line.leave(place=place, actor=CLOSING, now=now)
    own.delete()
    for search in SavedSearch.objects.filter(user=user):
        searches.stop(search=search)
    searches.forget(email=user.email)
    Wishlist.objects.filter(user=user).delete()
    # The baskets first: nobody orders from one that is gone.
    Cart.objects.filter(user=user).delete()
    Order.objects.filter(user=user).update(user=None, visitor="")
