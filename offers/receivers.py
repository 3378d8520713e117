"""What buying in does when somebody confirms their email, and when the database has been migrated."""

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from accounts.signals import account_closed, account_closing, personal_data_wanted
from offers.queries import personal
from offers.services import forgetting, linking, staffing


@receiver(email_confirmed, dispatch_uid="join guest submissions")
def join_guest_submissions(email_address: EmailAddress, **kwargs: Any) -> None:
    """Bring along what was sent under this address without an account."""
    linking.join_account(user=email_address.user, email=email_address.email, now=timezone.now())


@receiver(post_migrate, dispatch_uid="groups of staff")
def keep_groups(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the groups once everything that they need is there."""
    if sender.name == "offers" and "auth_group" in connections[using].introspection.table_names():
        staffing.keep_groups(using=using)


@receiver(personal_data_wanted, dispatch_uid="buying in's part of somebody's data")
def tell_what_is_held(user: User, now: datetime, **kwargs: Any) -> dict[str, Any]:
    """What they sold to us, and offered for pieces."""
    return personal.all_of(user, now)


@receiver(account_closing, dispatch_uid="submissions and offers keep an account")
def keep_while_needed(user: User, now: datetime, **kwargs: Any) -> list[str]:
    """Submissions and offers that are open."""
    return personal.reasons_to_stay(user)


@receiver(account_closed, dispatch_uid="buying in forgets an account")
def forget_account(user: User, now: datetime, **kwargs: Any) -> None:
    """Erase their contact; what was bought from them stays on the books."""
    forgetting.forget_account(user_id=user.pk, now=now)
