"""How the sign-in library speaks for this shop."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """The library's own, for now with nothing changed."""
