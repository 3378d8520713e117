"""What a buyer does with a submission beside offering: claim it, ask, answer counters and letters, decline."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core.audit import Actor, record
from core.letters import in_paragraphs
from offers import letters
from offers.errors import (
    AboveLimit,
    ClaimedByColleague,
    NotBlocked,
    OfferNotLive,
    ReasonMissing,
    SubmissionMoved,
    UndecidedPieces,
)
from offers.models import BuyingSettings, InternalNote, Seller, SellItem, SellOffer, SellSubmission
from offers.queries import listing
from offers.rules import submissions as rules
from offers.services import steps
from offers.services.answering import make_deal

Status = SellSubmission.Status
OfferStatus = SellOffer.Status


@transaction.atomic
def claim(*, submission_id: int, user_id: int, actor: Actor, now: datetime) -> SellSubmission:
    """S2: take a submission for review; a colleague's claim holds for half an hour (ClaimedByColleague)."""
    submission = steps.locked(submission_id)
    if rules.is_claimed_by_other(submission, user_id, now):
        raise ClaimedByColleague
    is_again = submission.assignee_id == user_id and submission.claimed_at is not None
    if submission.status == Status.SUBMITTED:
        steps.take(submission, user_id, actor, now)
    elif submission.status in rules.BEFORE_DEAL:
        SellSubmission.objects.filter(pk=submission.pk).update(assignee_id=user_id, claimed_at=now)
        submission.assignee_id, submission.claimed_at = user_id, now
        if not is_again:
            record(actor=actor, subject=submission.cause, action="claimed", after=submission.status, now=now)
    else:
        raise SubmissionMoved
    return submission


@transaction.atomic
def ask(*, submission_id: int, question: str, actor: Actor, now: datetime) -> SellSubmission:
    """S3: ask the seller something; our time stands still until the answer (ReasonMissing)."""
    submission = steps.locked(submission_id)
    if not question.strip():
        raise ReasonMissing("Write down what you want to know.")
    steps.move(
        submission,
        Status.INFO_REQUESTED,
        actor,
        now,
        action="question asked",
        reason=question,
        question=question[:500],
        answer="",
        asked_at=now,
        asked_after=now - submission.waiting_since,
    )
    letters.tell_seller(submission, "question", now, key=str(submission.messages.count()))
    return submission


@transaction.atomic
def stop_asking(*, submission_id: int, actor: Actor, now: datetime) -> SellSubmission:
    """S4 from our side: go on without an answer."""
    submission = steps.locked(submission_id)
    steps.resume(submission, actor, now, action="went on without an answer")
    return submission


@transaction.atomic
def withdraw_offer(*, submission_id: int, reason: str, actor: Actor, now: datetime) -> SellSubmission:
    """S13, O5: take our live offer back (OfferNotLive when it was answered meanwhile, OfferExpired, ReasonMissing)."""
    submission = steps.locked(submission_id)
    if not reason.strip():
        raise ReasonMissing
    offer = steps.locked_live_offer(submission)
    last = submission.offers.order_by("-number").first()
    if offer is None and last and steps.was_answered(submission, last.number, OfferStatus.WITHDRAWN, actor):
        return submission
    if offer is None or offer.party != SellOffer.Party.SHOP or submission.status != Status.OFFERED:
        raise OfferNotLive
    steps.answer_offer(offer, OfferStatus.WITHDRAWN, actor, now, note=reason)
    steps.stall(submission, SellSubmission.StallReason.WITHDRAWN, actor, now, action="offer withdrawn", reason=reason)
    letters.tell_seller(submission, "offer_withdrawn", now, key=str(offer.number), offer=offer)
    return submission


@transaction.atomic
def accept_counter(
    *, submission_id: int, number: int, total: Decimal, actor: Actor, now: datetime, may_exceed_limit: bool = False
) -> SellSubmission:
    """S10: agree to what the seller asks (OfferNotLive, OfferExpired, AboveLimit)."""
    submission = steps.locked(submission_id)
    if steps.was_answered(submission, number, OfferStatus.ACCEPTED, actor, total):
        return submission
    offer = steps.refuse_stale_answer(steps.locked_live_offer(submission), number, total, now)
    if offer.party != SellOffer.Party.SELLER or submission.status != Status.COUNTERED:
        raise OfferNotLive
    if offer.total > BuyingSettings.fresh().buyer_limit and not may_exceed_limit:
        raise AboveLimit
    steps.answer_offer(offer, OfferStatus.ACCEPTED, actor, now)
    make_deal(submission, offer, actor, now)
    return submission


@transaction.atomic
def decline_counter(*, submission_id: int, number: int, reason: str, actor: Actor, now: datetime) -> SellSubmission:
    """S12: say no to a counter; our earlier offer does not come back to life (OfferNotLive, OfferExpired)."""
    submission = steps.locked(submission_id)
    if steps.was_answered(submission, number, OfferStatus.REFUSED, actor):
        return submission
    offer = steps.locked_live_offer(submission)
    if offer is None or offer.party != SellOffer.Party.SELLER or offer.number != number:
        raise OfferNotLive
    steps.answer_offer(offer, OfferStatus.REFUSED, actor, now, note=reason)
    steps.stall(
        submission, SellSubmission.StallReason.COUNTER_DECLINED, actor, now, action="counter declined", reason=reason
    )
    letters.tell_seller(submission, "counter_declined", now, key=str(offer.number), offer=offer, reason=reason)
    return submission


@transaction.atomic
def decline(*, submission_id: int, actor: Actor, now: datetime, user_id: int | None = None) -> SellSubmission:
    """S5: pass on everything; every piece has been declined with a reason (UndecidedPieces)."""
    submission = steps.locked(submission_id)
    if submission.status == Status.SUBMITTED:
        steps.take(submission, user_id, actor, now)
    if submission.status not in {Status.IN_REVIEW, Status.INFO_REQUESTED}:
        raise SubmissionMoved
    items = steps.locked_items(submission)
    if any(item.decision != SellItem.Decision.DECLINED or not item.decline_reason for item in items):
        raise UndecidedPieces("Decline every piece with a reason first.")
    steps.end_pieces_without_deal(items, actor, now)
    steps.close(submission, SellSubmission.CloseReason.DECLINED, actor, now, action="declined")
    letters.tell_seller(submission, "declined", now, declined=items)
    return submission


@transaction.atomic
def close_stalled(*, submission_id: int, actor: Actor, now: datetime) -> SellSubmission:
    """S15: end a submission without a live offer, for the reason it stalled."""
    submission = steps.locked(submission_id)
    if submission.status != Status.STALLED:
        raise SubmissionMoved
    stalled = SellSubmission.StallReason
    reason = {
        stalled.REFUSED: SellSubmission.CloseReason.REFUSED,
        stalled.COUNTER_DECLINED: SellSubmission.CloseReason.REFUSED,
        stalled.WITHDRAWN: SellSubmission.CloseReason.WITHDRAWN,
    }.get(stalled(submission.stall_reason), SellSubmission.CloseReason.EXPIRED)
    steps.end_pieces_without_deal(steps.locked_items(submission), actor, now)
    steps.close(submission, reason, actor, now, action="closed")
    letters.tell_seller(submission, "closed", now)
    return submission


@transaction.atomic
def mark_spam(*, submission_id: int, actor: Actor, now: datetime) -> SellSubmission:
    """S22: end what is no submission; nothing is sent, and the contact is remembered."""
    submission = steps.locked(submission_id)
    if submission.status not in {Status.SUBMITTED, Status.IN_REVIEW} or submission.offers.exists():
        raise SubmissionMoved
    steps.end_pieces_without_deal(steps.locked_items(submission), actor, now)
    steps.close(submission, SellSubmission.CloseReason.SPAM, actor, now, action="marked as spam")
    if submission.seller:
        submission.seller.blocked_reason = f"Spam: {submission.reference}"
        submission.seller.save(update_fields=["blocked_reason"])
    SellSubmission.objects.filter(pk=submission.pk).update(wrote_at=None)
    return submission


@transaction.atomic
def unblock(*, seller_id: int, reason: str, actor: Actor, now: datetime) -> Seller:
    """Take things again from a contact that was marked as spam or blocked for fakes (ReasonMissing, NotBlocked).

    Fakes that were confirmed stay counted, so that another one blocks them again.
    """
    if not reason.strip():
        raise ReasonMissing
    seller = Seller.objects.get(pk=seller_id)
    contact = list(Seller.objects.select_for_update().filter(listing.same_contact(seller)).order_by("pk"))
    blocked = [each for each in contact if each.blocked_reason]
    if not blocked:
        raise NotBlocked
    for each in blocked:
        before, each.blocked_reason = each.blocked_reason, ""
        each.save(update_fields=["blocked_reason"])
        record(actor=actor, subject=f"seller {each.pk}", action="unblocked", before=before, reason=reason, now=now)
    return next(each for each in contact if each.pk == seller_id)


@transaction.atomic
def reply(*, submission_id: int, text: str, actor: Actor, now: datetime) -> SellSubmission:
    """Answer what a seller wrote, by letter; pressed again with the same words it is one answer (ReasonMissing)."""
    submission = steps.locked(submission_id)
    if not (text := in_paragraphs(text)):
        raise ReasonMissing("Write down what you want to say.")
    last = submission.messages.filter(occasion="reply").order_by("-pk").first()
    if submission.wrote_at is None and last and f"\n\n{text}\n\n" in last.text:
        return submission
    _count_as_answered(submission, actor, now, action="message answered")
    letters.tell_seller(submission, "reply", now, key=str(int(now.timestamp())), words=text)
    return submission


@transaction.atomic
def note_answered(*, submission_id: int, reason: str, actor: Actor, now: datetime) -> SellSubmission:
    """Take what a seller wrote for answered: in a chat, on the phone, or because it needs no answer."""
    submission = steps.locked(submission_id)
    if submission.wrote_at is not None:
        _count_as_answered(submission, actor, now, action="message needs no answer", reason=reason)
    return submission


def _count_as_answered(
    submission: SellSubmission, actor: Actor, now: datetime, *, action: str, reason: str = ""
) -> None:
    submission.wrote_at = None
    submission.save(update_fields=["wrote_at"])
    record(actor=actor, subject=submission.cause, action=action, reason=reason, now=now)


@transaction.atomic
def write_note(*, submission_id: int, text: str, actor: Actor, now: datetime) -> InternalNote:
    """Leave a word for colleagues; no seller ever sees it."""
    return InternalNote.objects.create(submission_id=submission_id, text=text, actor=actor.name, made_at=now)


@transaction.atomic
def revoke_links(*, submission_id: int, actor: Actor, now: datetime) -> SellSubmission:
    """Make every link given out so far void."""
    submission = steps.locked(submission_id)
    submission.link_epoch += 1
    submission.save(update_fields=["link_epoch"])
    record(actor=actor, subject=submission.cause, action="links revoked", after=str(submission.link_epoch), now=now)
    return submission


@transaction.atomic
def note_copied_text(*, submission_id: int, channel: str, occasion: str, actor: Actor, now: datetime) -> None:
    """Log that a text was copied into a chat: that counts as sent."""
    submission = steps.locked(submission_id)
    record(actor=actor, subject=submission.cause, action=f"text copied for {channel}", after=occasion, now=now)
