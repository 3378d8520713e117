"""Shoppers' offers on pieces: which step may follow which, and what a rule lets pass."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from core.money import round_eur
from offers.models import OfferRule, ProductOffer

Status = ProductOffer.Status

NEXT: dict[str, set[str]] = {
    Status.LIVE: {
        Status.ACCEPTED,
        Status.COUNTERED,
        Status.DECLINED,
        Status.WITHDRAWN,
        Status.EXPIRED,
        Status.CLOSED_SOLD,
        Status.CLOSED_UNAVAILABLE,
    },
    Status.ACCEPTED: {Status.CONVERTED, Status.LAPSED},
    Status.CONVERTED: set(),
    Status.LAPSED: set(),
    Status.COUNTERED: set(),
    Status.DECLINED: set(),
    Status.WITHDRAWN: set(),
    Status.EXPIRED: set(),
    Status.CLOSED_SOLD: set(),
    Status.CLOSED_UNAVAILABLE: set(),
}
OPEN = (Status.LIVE, Status.ACCEPTED)
# So many accepted offers may go unpaid; then somebody bargains no more until we say so.
MOST_STRIKES = 3
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def is_live(offer: ProductOffer, now: datetime) -> bool:
    """Whether it can still be answered, whether or not a job has been by."""
    return offer.status == Status.LIVE and offer.expires_at > now


def nearest(rules: Mapping[int | None, OfferRule], parents: Mapping[int, int | None], category: int) -> OfferRule:
    """The rule of a category, else of the next one above it, else the one for all others."""
    place: int | None = category
    while place is not None:
        if place in rules:
            return rules[place]
        place = parents.get(place)
    return rules.get(None) or OfferRule()


def fits(rule: OfferRule, price: Decimal | None, amount: Decimal) -> bool:
    """Whether an amount can be offered for a piece of this price (EUR, or None)."""
    if not rule.is_enabled or not rule.minimum <= amount <= rule.maximum:
        return False
    return price is None or _share(price, rule.floor_percent) <= amount <= price


def is_accepted_at_once(rule: OfferRule, price: Decimal | None, amount: Decimal) -> bool:
    """Whether we say yes without looking."""
    return None not in (price, rule.accept_from_percent) and amount >= _share(price, rule.accept_from_percent)


def is_declined_at_once(rule: OfferRule, price: Decimal | None, amount: Decimal) -> bool:
    """Whether we say no without looking."""
    return None not in (price, rule.decline_below_percent) and amount < _share(price, rule.decline_below_percent)


def midpoint(amount: Decimal, price: Decimal) -> Decimal:
    """A counter that meets half-way, in whole EUR where that lies between."""
    half = (amount + price) / 2
    whole = half.quantize(Decimal(1))
    return whole if amount < whole <= price else round_eur(half)


def plain_note(text: str) -> str:
    """What a shopper wrote, without links and in one paragraph."""
    return " ".join(_LINK.sub("", text).split())[:500]


def _share(price: Decimal | None, percent: int | None) -> Decimal:
    return round_eur((price or Decimal(0)) * (percent or 0) / 100)
