"""Offers for a submission, counted and found."""

from core.money import ZERO, spread
from offers.models import SellOffer, SellSubmission


def counters_made(submission: SellSubmission) -> int:
    """How many times its seller has asked for more."""
    mine = submission.offers.filter(party=SellOffer.Party.SELLER, kind=SellOffer.Kind.COUNTER)
    return mine.exclude(status=SellOffer.Status.ACCEPTED).count()


def live_offer(submission: SellSubmission) -> SellOffer | None:
    """The offer that is not answered yet, of whichever side, its time over or not."""
    return submission.offers.filter(status=SellOffer.Status.LIVE).first()


def are_shares(counter: SellOffer, answered: SellOffer | None) -> bool:
    """Whether what a seller asks for each piece is their one total, shared out in proportion to our prices."""
    if answered is None or counter.party != SellOffer.Party.SELLER:
        return False
    ours = {line.item_id: line.amount for line in answered.lines.all()}
    amounts = {line.item_id: line.amount for line in counter.lines.all()}
    weights = [ours.get(item_id, ZERO) for item_id in amounts]
    # A part of our offer that was accepted is theirs too, at our prices.
    is_more = counter.total > sum(weights, ZERO)
    return is_more and len(amounts) > 1 and list(amounts.values()) == spread(counter.total, weights)
