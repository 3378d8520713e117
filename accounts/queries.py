"""Facts about users."""

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from accounts.models import User


def confirmed_emails(user: User) -> QuerySet[EmailAddress]:
    """The address they sign in with, if somebody has shown that it is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True)


def has_confirmed_email(user: User) -> bool:
    """Whether somebody has shown that the address they sign in with is theirs."""
    return confirmed_emails(user).exists()
