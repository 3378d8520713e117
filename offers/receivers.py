"""What buying in does when somebody confirms their e-mail, and when the database has been migrated."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone

from offers.services import linking, staffing


@receiver(email_confirmed, dispatch_uid="join guest submissions")
def join_guest_submissions(email_address: EmailAddress, **kwargs: Any) -> None:
    """Bring along what was sent under this address without an account."""
    linking.join_account(user=email_address.user, email=email_address.email, now=timezone.now())


@receiver(post_migrate, dispatch_uid="groups of staff")
def keep_groups(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the groups once everything that they need is there."""
    if sender.name == "offers" and "auth_group" in connections[using].introspection.table_names():
        staffing.keep_groups(using=using)
