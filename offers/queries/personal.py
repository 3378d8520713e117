"""What buying in and bargaining hold about a user, and why they may still need the account."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from offers.models import ProductOffer, SellSubmission
from offers.queries import told
from offers.rules import bids


def all_of(user: User, now: datetime) -> dict[str, Any]:
    """Everything, ready for JSON."""
    submissions = SellSubmission.objects.filter(seller__user=user).select_related("seller")
    offers = ProductOffer.objects.filter(shopper=user)
    return {
        "submissions": [told.all_of(each, is_owner=True, now=now) for each in submissions],
        "offers_for_pieces": list(
            offers.values("number", "stock_item__product__title", "party", "amount", "note", "status", "made_at")
        ),
    }


def reasons_to_stay(user: User) -> list[str]:
    """Submissions that are not closed, and offers that are open."""
    submissions = SellSubmission.objects.filter(seller__user=user).exclude(status=SellSubmission.Status.CLOSED)
    offers = ProductOffer.objects.filter(shopper=user, status__in=bids.OPEN)
    submission = _("Submission %(reference)s is open. Withdraw it, or wait until it is closed.")
    offer = _("Offer %(number)s is open. Withdraw it, or wait for its end.")
    return [
        *(submission % {"reference": each.reference} for each in submissions),
        *(offer % {"number": each.number} for each in offers),
    ]
