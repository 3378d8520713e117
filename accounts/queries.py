"""Facts about users."""

from allauth.account.models import EmailAddress

from accounts.models import User


def has_confirmed_email(user: User) -> bool:
    """Whether somebody has shown that the address they sign in with is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
