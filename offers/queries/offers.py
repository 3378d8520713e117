"""Offers for a submission, counted and found."""

from offers.models import SellOffer, SellSubmission


def counters_made(submission: SellSubmission) -> int:
    """How many times its seller has asked for more."""
    mine = submission.offers.filter(party=SellOffer.Party.SELLER, kind=SellOffer.Kind.COUNTER)
    return mine.exclude(status=SellOffer.Status.ACCEPTED).count()


def live_offer(submission: SellSubmission) -> SellOffer | None:
    """The offer that is not answered yet, of whichever side, its time over or not."""
    return submission.offers.filter(status=SellOffer.Status.LIVE).first()
