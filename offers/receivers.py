"""What buying in does when somebody confirms their e-mail."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver
from django.utils import timezone

from offers.services import linking


@receiver(email_confirmed, dispatch_uid="join guest submissions")
def join_guest_submissions(email_address: EmailAddress, **kwargs: Any) -> None:
    """Bring along what was sent under this address without an account."""
    linking.join_account(user=email_address.user, email=email_address.email, now=timezone.now())
