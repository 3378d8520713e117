"""Purchase offers: who may answer which, and how far a counter may go."""

from datetime import datetime
from decimal import Decimal

from offers.models import SellOffer

Status = SellOffer.Status
ENDS = {Status.ACCEPTED, Status.REFUSED, Status.SUPERSEDED, Status.WITHDRAWN, Status.EXPIRED}
NEXT: dict[str, set[str]] = {Status.LIVE: set(ENDS), **{status: set() for status in ENDS}}
MOST_TIMES_OUR_OFFER = 3


def is_live(offer: SellOffer, now: datetime) -> bool:
    """Whether it can still be answered: expiry is a fact of time, whether or not a job has been by."""
    return offer.status == Status.LIVE and offer.expires_at > now


def most_to_ask(offer: SellOffer, asked: Decimal) -> Decimal:
    """The highest counter that makes sense, in EUR: what was hoped for, or three times our offer."""
    return max(asked, offer.total * MOST_TIMES_OUR_OFFER)
