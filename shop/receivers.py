"""What the shop does when somebody signs in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from django.utils import timezone

from accounts.models import User
from shop.services import carts, searches, wishes


@receiver(user_logged_in, dispatch_uid="bring the basket along")
def bring_the_basket_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Put what the visitor had collected into the user's own basket, and say so."""
    visitor = getattr(request, "visitor", "")
    brought = carts.merge(visitor=visitor, user=user, now=timezone.now()) if visitor else 0
    if brought:
        pieces = f"{brought} piece{pluralize(brought)} from before you signed in {pluralize(brought, 'is,are')}"
        messages.info(request, f"{pieces} in your basket.")


@receiver(user_logged_in, dispatch_uid="bring the wishes along")
def bring_the_wishes_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Put what the visitor keeps on the user's own list, and give them what waits under their address."""
    if visitor := getattr(request, "visitor", ""):
        wishes.merge(visitor=visitor, user=user, now=timezone.now())
    searches.bring_along(user=user)
