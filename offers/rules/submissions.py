"""Submissions: phases are ordered and never decrease."""

from datetime import datetime, timedelta

from offers.models import SellItem, SellSubmission

Status = SellSubmission.Status
CLAIM_TIME = timedelta(minutes=30)  # a colleague's claim goes stale after this

PHASE: dict[str, int] = {
    Status.DRAFT: 0,
    Status.SUBMITTED: 1,
    Status.IN_REVIEW: 1,
    Status.INFO_REQUESTED: 1,
    Status.OFFERED: 2,
    Status.COUNTERED: 2,
    Status.STALLED: 2,
    Status.AGREED: 3,
    Status.RECEIVED: 4,
    Status.SETTLING: 5,
    Status.CLOSED: 6,
}
NEXT: dict[str, set[str]] = {
    Status.DRAFT: {Status.SUBMITTED},
    Status.SUBMITTED: {Status.IN_REVIEW, Status.CLOSED},
    Status.IN_REVIEW: {Status.INFO_REQUESTED, Status.OFFERED, Status.CLOSED},
    Status.INFO_REQUESTED: {Status.IN_REVIEW, Status.CLOSED},
    Status.OFFERED: {Status.AGREED, Status.COUNTERED, Status.STALLED, Status.CLOSED},
    Status.COUNTERED: {Status.AGREED, Status.OFFERED, Status.STALLED, Status.CLOSED},
    Status.STALLED: {Status.OFFERED, Status.CLOSED},
    Status.AGREED: {Status.RECEIVED, Status.CLOSED},
    Status.RECEIVED: {Status.SETTLING},
    Status.SETTLING: {Status.CLOSED},
    Status.CLOSED: set(),
}
# Whom we wait for in each status.
WAITING_ON: dict[str, str] = {
    Status.DRAFT: SellSubmission.WaitingOn.SELLER,
    Status.SUBMITTED: SellSubmission.WaitingOn.SHOP,
    Status.IN_REVIEW: SellSubmission.WaitingOn.SHOP,
    Status.INFO_REQUESTED: SellSubmission.WaitingOn.SELLER,
    Status.OFFERED: SellSubmission.WaitingOn.SELLER,
    Status.COUNTERED: SellSubmission.WaitingOn.SHOP,
    Status.STALLED: SellSubmission.WaitingOn.SELLER,
    Status.AGREED: SellSubmission.WaitingOn.CARRIER,
    Status.RECEIVED: SellSubmission.WaitingOn.SHOP,
    Status.SETTLING: SellSubmission.WaitingOn.SHOP,
    Status.CLOSED: SellSubmission.WaitingOn.NOBODY,
}
BEFORE_DEAL = {
    Status.SUBMITTED,
    Status.IN_REVIEW,
    Status.INFO_REQUESTED,
    Status.OFFERED,
    Status.COUNTERED,
    Status.STALLED,
}
# Pieces that may be offered to us once more, in a new submission.
COPIED = {SellItem.Status.DECLINED, SellItem.Status.EXCLUDED, SellItem.Status.MISSING, SellItem.Status.RETURNED}
# When bank details are taken.
TAKE_ACCOUNT = {Status.AGREED, Status.RECEIVED, Status.SETTLING}
OPEN = set(Status) - {Status.DRAFT, Status.CLOSED}


def can_become(submission: SellSubmission, status: str) -> bool:
    """Whether this step exists."""
    return status in NEXT[submission.status]


def is_claimed_by_other(submission: SellSubmission, user_id: int | None, now: datetime) -> bool:
    """Whether a colleague's fresh claim is on it."""
    fresh = submission.claimed_at is not None and submission.claimed_at > now - CLAIM_TIME
    return fresh and submission.assignee_id is not None and submission.assignee_id != user_id


def can_be_withdrawn(submission: SellSubmission) -> bool:
    """Whether its seller may still call everything off: until the pieces are handed over."""
    return submission.status in BEFORE_DEAL | {Status.AGREED}


def can_be_copied(submission: SellSubmission) -> bool:
    """Whether what we did not take may be sent again as a new submission."""
    return submission.status == Status.CLOSED and submission.close_reason != SellSubmission.CloseReason.SPAM


def takes_photos(submission: SellSubmission) -> bool:
    """Whether its seller may add photos."""
    return submission.status in {Status.DRAFT, Status.SUBMITTED, Status.INFO_REQUESTED}
