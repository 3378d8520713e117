"""The only writer of statuses: each change is compared and set, and leaves one audit entry."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.audit import Actor, record
from offers.errors import ItemMoved, OfferExpired, OfferNotLive, PayoutMoved, SubmissionMoved
from offers.models import Payout, SellItem, SellOffer, SellSubmission
from offers.rules import items as item_rules
from offers.rules import offers as offer_rules
from offers.rules import payouts as payout_rules
from offers.rules import submissions as submission_rules


def locked(submission_id: int) -> SellSubmission:
    """The submission, ours until the end of the transaction (SubmissionMoved when it is gone)."""
    found = list(SellSubmission.objects.select_for_update().filter(pk=submission_id))
    if not found:
        raise SubmissionMoved
    return found[0]


def locked_items(submission: SellSubmission) -> list[SellItem]:
    """Its pieces, locked by ascending pk; those taken out of the draft do not count."""
    return list(SellItem.objects.select_for_update().filter(submission=submission, removed_at=None).order_by("pk"))


def locked_item(item_id: int) -> tuple[SellSubmission, SellItem]:
    """The piece and its submission, both locked (ItemMoved when there is none)."""
    submission_id = SellItem.objects.filter(pk=item_id).values_list("submission_id", flat=True).first()
    if submission_id is None:
        raise ItemMoved
    submission = locked(submission_id)
    for item in locked_items(submission):
        if item.pk == item_id:
            item.submission = submission
            return submission, item
    raise ItemMoved


def locked_live_offer(submission: SellSubmission) -> SellOffer | None:
    """Its live offer, locked; expired by the clock or not."""
    offers = SellOffer.objects.select_for_update().filter(submission=submission, status=SellOffer.Status.LIVE)
    return next(iter(list(offers)), None)


def move(
    submission: SellSubmission,
    status: SellSubmission.Status,
    actor: Actor,
    now: datetime,
    *,
    action: str,
    reason: str = "",
    **also: Any,
) -> None:
    """Take a locked submission one step on, with whatever else changes with it (SubmissionMoved)."""
    before = submission.status
    if not submission_rules.can_become(submission, status):
        raise SubmissionMoved
    waiting_on = also.pop("waiting_on", submission_rules.WAITING_ON[status])
    if waiting_on != submission.waiting_on:
        also.setdefault("waiting_since", now)
    changes = {"status": status, "waiting_on": waiting_on, "updated_at": now, **also}
    if not SellSubmission.objects.filter(pk=submission.pk, status=before).update(**changes):
        raise SubmissionMoved
    for name, value in changes.items():
        setattr(submission, name, value)
    record(
        actor=actor, subject=submission.cause, action=action, before=before, after=status.value, reason=reason, now=now
    )


def take(submission: SellSubmission, user_id: int | None, actor: Actor, now: datetime) -> None:
    """Whoever acts on what nobody has claimed is its reviewer."""
    move(submission, SellSubmission.Status.IN_REVIEW, actor, now, action="claimed", assignee_id=user_id, claimed_at=now)


def resume(submission: SellSubmission, actor: Actor, now: datetime, *, action: str, **also: Any) -> None:
    """S4: go on with a locked submission after a question; the clock of our time goes on where it stopped.

    Refuses with SubmissionMoved when nothing is asked.
    """
    if submission.status != SellSubmission.Status.INFO_REQUESTED:
        raise SubmissionMoved
    since = now - (submission.asked_after or timedelta())
    move(submission, SellSubmission.Status.IN_REVIEW, actor, now, action=action, waiting_since=since, **also)


def next_offer_number(submission: SellSubmission) -> int:
    """The number of the next offer on a locked submission: they count up from 1, whoever makes them."""
    return 1 + (submission.offers.order_by("-number").values_list("number", flat=True).first() or 0)


def was_answered(
    submission: SellSubmission, number: int, status: SellOffer.Status, actor: Actor, total: Decimal | None = None
) -> bool:
    """Whether this offer got this answer from this person already: pressed again, a step is done, not refused."""
    offers = submission.offers.filter(number=number, status=status, answered_by=actor.name)
    return (offers if total is None else offers.filter(total=total)).exists()


def stall(
    submission: SellSubmission,
    stall_reason: SellSubmission.StallReason,
    actor: Actor,
    now: datetime,
    *,
    action: str,
    reason: str = "",
    **also: Any,
) -> None:
    """Leave a locked submission without a live offer; its pieces wait for the next one, or for the end."""
    move(
        submission,
        SellSubmission.Status.STALLED,
        actor,
        now,
        action=action,
        reason=reason,
        stall_reason=stall_reason,
        stalled_at=now,
        **also,
    )
    for item in locked_items(submission):
        if item.status == SellItem.Status.OFFERED:
            move_item(item, SellItem.Status.SUBMITTED, actor, now)


def close(
    submission: SellSubmission,
    close_reason: SellSubmission.CloseReason,
    actor: Actor,
    now: datetime,
    *,
    action: str,
    reason: str = "",
) -> None:
    """End a locked submission; `reason` is for the audit."""
    move(
        submission,
        SellSubmission.Status.CLOSED,
        actor,
        now,
        action=action,
        reason=reason or close_reason.value,
        close_reason=close_reason,
        closed_at=now,
    )


def move_item(
    item: SellItem, status: SellItem.Status, actor: Actor, now: datetime, *, reason: str = "", **also: Any
) -> None:
    """Take a locked piece one step on (ItemMoved)."""
    before = item.status
    if not item_rules.can_become(item, status):
        raise ItemMoved
    changes = {"status": status, **also}
    if status in item_rules.ENDS:
        changes["ended_at"] = now
    if status == SellItem.Status.TO_RETURN:
        changes["to_return_at"] = now
    if not SellItem.objects.filter(pk=item.pk, status=before).update(**changes):
        raise ItemMoved
    for name, value in changes.items():
        setattr(item, name, value)
    record(
        actor=actor,
        subject=item.cause,
        action=status.value,
        before=before,
        after=status.value,
        reason=reason,
        now=now,
    )


def end_pieces_without_deal(items: Sequence[SellItem], actor: Actor, now: datetime) -> None:
    """Close what was never agreed: declined is what we did not want, excluded what the seller keeps."""
    for item in items:
        if item.status in {SellItem.Status.SUBMITTED, SellItem.Status.OFFERED, SellItem.Status.AGREED}:
            is_declined = item.decision == SellItem.Decision.DECLINED
            move_item(item, SellItem.Status.DECLINED if is_declined else SellItem.Status.EXCLUDED, actor, now)


def answer_offer(
    offer: SellOffer,
    status: SellOffer.Status,
    actor: Actor,
    now: datetime,
    *,
    note: str = "",
) -> None:
    """End a live offer, once: one conditional statement decides who was first (OfferNotLive, OfferExpired).

    After its time it can end in one way only, whether or not a job has been by: expired.
    """
    is_expiry, is_on_time = status == SellOffer.Status.EXPIRED, offer.expires_at > now
    if is_expiry and is_on_time:
        raise OfferNotLive
    if not is_expiry and not is_on_time:
        raise OfferExpired
    live = SellOffer.objects.filter(pk=offer.pk, status=SellOffer.Status.LIVE)
    live = live.filter(expires_at__lte=now) if is_expiry else live.filter(expires_at__gt=now)
    changes = {
        "status": status,
        "answered_at": now,
        "answered_by": actor.name,
        "answer_channel": actor.channel,
        "answer_note": note[:300],
        "answer_place": actor.place,
    }
    if not live.update(**changes):
        raise OfferNotLive
    for name, value in changes.items():
        setattr(offer, name, value)
    record(
        actor=actor,
        subject=offer.submission.cause,
        action=f"offer {offer.number} {status.value}",
        before=SellOffer.Status.LIVE,
        after=status.value,
        reason=note,
        now=now,
    )


def refuse_stale_answer(offer: SellOffer | None, number: int, total: Any, now: datetime) -> SellOffer:
    """The live offer, if it is the one the person saw, unchanged and in time (OfferNotLive, OfferExpired)."""
    if offer is None or offer.number != number or offer.total != total:
        raise OfferNotLive
    if not offer_rules.is_live(offer, now):
        raise OfferExpired
    return offer


def move_payout(
    payout: Payout,
    status: Payout.Status,
    actor: Actor,
    now: datetime,
    *,
    reason: str = "",
    **also: Any,
) -> None:
    """Take a locked payout one step on (PayoutMoved)."""
    before = payout.status
    if not payout_rules.can_become(payout, status):
        raise PayoutMoved
    changes = {"status": status, **also}
    if status in {Payout.Status.FAILED, Payout.Status.CANCELLED, Payout.Status.SETTLED}:
        changes["ended_at"] = now
    if not Payout.objects.filter(pk=payout.pk, status=before).update(**changes):
        raise PayoutMoved
    for name, value in changes.items():
        setattr(payout, name, value)
    record(
        actor=actor,
        subject=payout.submission.cause,
        action=f"payout {payout.attempt} {status.value}",
        before=before,
        after=status.value,
        reason=reason,
        now=now,
    )


def locked_payout(submission: SellSubmission, payout_id: int) -> Payout:
    """One of its payouts, locked (PayoutMoved when it is none of its)."""
    found = list(Payout.objects.select_for_update().filter(pk=payout_id, submission=submission))
    if not found:
        raise PayoutMoved
    found[0].submission = submission
    return found[0]
