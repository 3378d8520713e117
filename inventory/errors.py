"""Refusals of stock and products."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


@dataclass(frozen=True)
class Shortage:
    """One lot of which there is less on the shelf than was asked for."""

    stock_item_id: int
    wanted: int
    available: int


class OutOfStock(DomainError):
    """At least one lot is short; nothing was changed."""

    message = _("Gone, by seconds.")

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__()
        self.shortages = list(shortages)


class ReservationEnded(DomainError):
    """The promise was kept, released or has run out."""

    message = _("This reservation has ended.")


class AlreadyExtended(DomainError):
    """A reservation is made longer at most once."""

    message = _("It was made longer once already.")


class PieceIsReserved(DomainError):
    """Somebody has been promised it, so it cannot be changed now."""

    message = _("Somebody has this piece reserved.")


class SizeUnknown(DomainError):
    """The size is not on the category's scale."""

    message = _("This size is not on the category's scale.")


class PictureRefused(DomainError):
    """The file is no JPEG, PNG or WebP that we can read, or it is too large."""

    message = _("Add a JPEG, PNG or WebP picture.")
    status = 422


class LedgerDamaged(DomainError):
    """Balances, moves and reservations do not add up."""

    message = "The stock does not add up: run check_stock."


class FileRefused(DomainError):
    """The file is not of the kind that was asked for."""

    message = _("This file cannot be read.")
    status = 422
