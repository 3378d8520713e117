"""What follows by itself when a piece or a payout has changed: settling, a payout for what is due, closing."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from core.audit import Actor, record
from core.money import ZERO, round_eur
from offers import letters
from offers.models import Payout, SellItem, SellSubmission
from offers.rules import items as item_rules
from offers.rules import payouts as payout_rules
from offers.services import steps

Status = SellSubmission.Status


def amount_due(submission: SellSubmission) -> Decimal:
    """What the pieces we buy come to (EUR)."""
    bought = submission.items.filter(status__in=item_rules.BOUGHT)
    return bought.aggregate(due=Sum("agreed_amount"))["due"] or ZERO


def amount_settled(submission: SellSubmission) -> Decimal:
    """What has been paid (EUR)."""
    paid = submission.payouts.filter(status=Payout.Status.SETTLED)
    return paid.aggregate(paid=Sum("amount"))["paid"] or ZERO


def settle_up(submission: SellSubmission, actor: Actor, now: datetime) -> None:
    """S19, P1, S20: take a locked submission as far as its pieces and payouts allow. The last act of each step."""
    if submission.status == Status.RECEIVED and _is_inspected(submission):
        steps.move(submission, Status.SETTLING, actor, now, action="inspection finished", settled_at=now)
        letters.tell_seller(submission, "inspected", now, total=amount_due(submission), pieces=_outcomes(submission))
    if submission.status == Status.SETTLING:
        open_payout(submission, actor, now)
        _close_if_done(submission, actor, now)


def open_payout(submission: SellSubmission, actor: Actor, now: datetime) -> Payout | None:
    """P1: a payout for what is due and not paid, unless one is open already or nothing is due."""
    if submission.payouts.filter(status__in=payout_rules.OPEN).exists():
        return None
    due = round_eur(amount_due(submission) - amount_settled(submission))
    if due <= 0:
        return None
    attempt = 1 + (submission.payouts.order_by("-attempt").values_list("attempt", flat=True).first() or 0)
    payout = Payout.objects.create(submission=submission, attempt=attempt, amount=due, made_at=now)
    record(
        actor=actor,
        subject=submission.cause,
        action=f"payout {attempt} due",
        after=Payout.Status.DUE,
        reason=str(due),
        now=now,
    )
    return payout


def _is_inspected(submission: SellSubmission) -> bool:
    """Whether every piece of the deal has its verdict."""
    open_pieces = submission.items.filter(status__in=item_rules.TO_INSPECT)
    return not open_pieces.exists() and steps.locked_live_offer(submission) is None


def _close_if_done(submission: SellSubmission, actor: Actor, now: datetime) -> None:
    waiting = {SellItem.Status.HELD, SellItem.Status.TO_RETURN, SellItem.Status.PASSED, *item_rules.TO_INSPECT}
    if submission.items.filter(status__in=waiting).exists():
        return
    if submission.payouts.filter(status__in=payout_rules.OPEN).exists():
        return
    due = amount_due(submission)
    if due != amount_settled(submission):
        return
    reasons = SellSubmission.CloseReason
    steps.close(submission, reasons.COMPLETED if due else reasons.NOTHING_BOUGHT, actor, now, action="closed")
    letters.tell_seller(submission, "closed", now)


def _outcomes(submission: SellSubmission) -> list[SellItem]:
    return list(submission.items.exclude(status__in=[SellItem.Status.DECLINED, SellItem.Status.EXCLUDED]))
