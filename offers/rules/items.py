"""Pieces of a submission."""

from offers.models import SellItem

Status = SellItem.Status

NEXT: dict[str, set[str]] = {
    Status.SUBMITTED: {Status.OFFERED, Status.DECLINED, Status.EXCLUDED},
    Status.OFFERED: {Status.SUBMITTED, Status.AGREED, Status.DECLINED, Status.EXCLUDED},
    Status.AGREED: {Status.RECEIVED, Status.MISSING, Status.EXCLUDED},
    Status.RECEIVED: {Status.PASSED, Status.REQUOTED, Status.TO_RETURN, Status.HELD},
    Status.REQUOTED: {Status.PASSED, Status.TO_RETURN},
    Status.HELD: {Status.PASSED, Status.TO_RETURN, Status.DISPOSED},
    Status.PASSED: {Status.STOCKED, Status.TO_RETURN},
    Status.TO_RETURN: {Status.RETURNED, Status.DISPOSED},
    Status.STOCKED: set(),
    Status.RETURNED: set(),
    Status.DISPOSED: set(),
    Status.DECLINED: set(),
    Status.EXCLUDED: set(),
    Status.MISSING: set(),
}
ENDS = {status for status, following in NEXT.items() if not following}
# What we pay for.
BOUGHT = {Status.PASSED, Status.STOCKED}
# Here, but without a verdict, or with one that the seller has not agreed to.
TO_INSPECT = {Status.AGREED, Status.RECEIVED, Status.REQUOTED}
# What we pay for, or still may.
MAY_BE_BOUGHT = BOUGHT | TO_INSPECT | {Status.HELD}


def can_become(item: SellItem, status: str) -> bool:
    """Whether this step exists."""
    return status in NEXT[item.status]
