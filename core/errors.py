"""Foreseen refusals."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal named as a fact; `message` is for people, `status` is what a web answer carries."""

    # On a class a text that is translated when it is read, on a refusal the text itself.
    message: Any = _("That cannot be done.")
    status = 409

    def __init__(self, message: str = "") -> None:
        self.message = str(message or self.message)
        super().__init__(self.message)


class LetterStillWaiting(DomainError):
    """The letter has not been tried to the end yet."""

    message = "This letter is still waiting to be sent."


class AmountUnclear(DomainError):
    """The text is no amount, or could mean two."""

    message = _("Enter an amount like 45 or 1234.50.")
    status = 422


class SecretLost(DomainError):
    """No key of ours opens what was encrypted."""

    message = "This cannot be read any more: the key it was encrypted with is not among ours."
