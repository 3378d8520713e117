"""What the shop does when somebody signs in, and when an account is looked into or closed."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import User
from accounts.signals import account_closed, account_closing, personal_data_wanted
from shop.queries import personal
from shop.services import carts, forgetting, searches, wishes


@receiver(user_logged_in, dispatch_uid="bring the basket along")
def bring_the_basket_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Put what the visitor had collected into the user's own basket, and say so."""
    visitor = getattr(request, "visitor", "")
    brought = carts.merge(visitor=visitor, user=user, now=timezone.now()) if visitor else 0
    if brought:
        words = ngettext(
            "%(count)s piece from before you signed in is in your basket.",
            "%(count)s pieces from before you signed in are in your basket.",
            brought,
        )
        messages.info(request, words % {"count": brought})


@receiver(user_logged_in, dispatch_uid="bring the wishes along")
def bring_the_wishes_along(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Put what the visitor keeps on the user's own list, and give them what waits under their address."""
    if visitor := getattr(request, "visitor", ""):
        wishes.merge(visitor=visitor, user=user, now=timezone.now())
    searches.bring_along(user=user)


@receiver(personal_data_wanted, dispatch_uid="the shop's part of somebody's data")
def tell_what_is_held(user: User, now: datetime, **kwargs: Any) -> dict[str, Any]:
    """Orders, the basket, and what they keep and wait for."""
    return personal.all_of(user)


@receiver(account_closing, dispatch_uid="orders keep an account")
def keep_while_needed(user: User, now: datetime, **kwargs: Any) -> list[str]:
    """Orders under way, and pieces that are held."""
    return personal.reasons_to_stay(user, now)


@receiver(account_closed, dispatch_uid="the shop forgets an account")
def forget_account(user: User, now: datetime, **kwargs: Any) -> None:
    """Cut orders off from the account, and erase all else."""
    forgetting.forget(user=user, now=now)
