"""Refusals of selling."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CartIsEmpty(DomainError):
    """There is nothing in the basket."""

    message = _("Your basket is empty.")


class NotForSale(DomainError):
    """The lot is not in the shop, or has no price."""

    message = _("This piece is not for sale right now.")


class NoLongerHeld(DomainError):
    """Nothing is held for this person by that reservation."""

    message = _("Your time for this piece is over.")


class BasketIsFull(DomainError):
    """A basket takes only so many lines."""

    message = _("Your basket is full. Take something out first.")


@dataclass(frozen=True)
class LineProblem:
    """What became of one line of the basket; `kind` is "gone", "fewer", "price", "unpublished" or "lapsed"."""

    stock_item_id: int
    title: str
    kind: str
    available: int = 0


class BasketChanged(DomainError):
    """Something in the basket is gone, scarcer or priced anew; nothing was ordered."""

    message = _("Gone, by seconds.")

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        super().__init__()
        self.problems = list(problems)


class DeliveryNotOffered(DomainError):
    """The way of delivery does not go there, or is not offered any more."""

    message = _("This way of delivery is not offered there. Choose another.")
    status = 422


class PaymentNotOffered(DomainError):
    """The way of paying does not go with the way of delivery."""

    message = _("This way of paying is not offered with that delivery. Choose another.")
    status = 422


class ReviewOutdated(DomainError):
    """The basket or the answers are not those of the page that was agreed to."""

    message = _("Something has changed since you opened that page. Look at it once more.")


class TooManyUnpaidOrders(DomainError):
    """So many pieces may be held unpaid by one person, and no more."""

    message = _(
        "There are unpaid orders under this name already. Their links are in the letters we sent; or write to us."
    )


class OrderMoved(DomainError):
    """The order is not where this step begins."""

    message = _("This order has changed while you were looking.")


class OrderExpired(DomainError):
    """The time for this order is over."""

    message = _("The time for this order is over and its pieces are back on sale.")


class LinkNotValid(DomainError):
    """A link that opens nothing: unknown, foreign, expired, or about something that is gone."""

    message = _("This link does not work any more.")
    status = 404


class SearchTooWide(DomainError):
    """A saved search must ask for something."""

    message = _("Choose a filter or search for something first. Then we know what to write about.")
    status = 422


class TooManySavedSearches(DomainError):
    """One person may save so many searches, and no more."""

    message = _("That is as many as we can keep for you. Delete one first.")


class WishlistIsFull(DomainError):
    """One person may keep so many pieces, and no more."""

    message = _("Your wishlist is full. Take something off first.")


class NobodyIsPaying(DomainError):
    """A line forms only behind somebody who is paying."""

    message = _("Nobody is paying for this piece right now.")


class LineIsFull(DomainError):
    """So many may wait for a piece, and one person for so many pieces."""

    message = _("There is no room in this line, or you wait for as many pieces as one may.")
