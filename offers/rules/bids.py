"""Shoppers' offers on pieces."""

from datetime import datetime

from offers.models import ProductOffer

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


def is_live(offer: ProductOffer, now: datetime) -> bool:
    """Whether it can still be answered, whether or not a job has been by."""
    return offer.status == Status.LIVE and offer.expires_at > now
