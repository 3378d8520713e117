"""Payouts: nothing moves backwards, a retry is a new row."""

from offers.models import Payout

Status = Payout.Status

NEXT: dict[str, set[str]] = {
    Status.DUE: {Status.APPROVED, Status.CANCELLED},
    Status.APPROVED: {Status.SENT, Status.SETTLED, Status.CANCELLED},
    Status.SENT: {Status.SETTLED, Status.FAILED},
    Status.SETTLED: set(),
    Status.FAILED: set(),
    Status.CANCELLED: set(),
}
OPEN = {Status.DUE, Status.APPROVED, Status.SENT}


def may_be_paid(payout: Payout) -> bool:
    """Whether the money may be with the seller already: the transfer was in a bank file, or the cash was confirmed."""
    return payout.exported_at is not None or payout.confirmed_at is not None


def can_become(payout: Payout, status: str) -> bool:
    """Whether this step exists for this way of paying: cash settles at once, a transfer is sent first."""
    if status not in NEXT[payout.status]:
        return False
    if payout.status == Status.APPROVED and status == Status.SETTLED:
        return payout.method == Payout.Method.CASH
    if status == Status.SENT:
        return payout.method == Payout.Method.BANK_TRANSFER
    return True
