"""Refusals about accounts."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class AccountStillNeeded(DomainError):
    """Something is under way that an account must not be closed over; `reasons` say what, in words."""

    message = _("Your account is still needed.")

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__()
        self.reasons = list(reasons)
