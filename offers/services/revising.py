"""New prices after inspection: asking the seller about them, and what the answer or silence does."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import Actor, record
from core.money import ZERO
from offers import letters
from offers.errors import ItemMoved, NotChecked, OfferAlreadyLive, OfferNotLive, SubmissionMoved
from offers.models import BuyingSettings, SellItem, SellOffer, SellOfferLine, SellSubmission
from offers.services import steps
from offers.services.settling import settle_up

Status = SellSubmission.Status
ItemStatus = SellItem.Status


@transaction.atomic
def send_revision(*, submission_id: int, actor: Actor, now: datetime) -> SellOffer:
    """O7: ask the seller about every new price at once, when all other pieces have their verdict (OfferAlreadyLive)."""
    submission = steps.locked(submission_id)
    if submission.status != Status.RECEIVED:
        raise SubmissionMoved
    if steps.locked_live_offer(submission):
        raise OfferAlreadyLive
    items = steps.locked_items(submission)
    if any(item.status in {ItemStatus.RECEIVED, ItemStatus.AGREED} for item in items):
        raise NotChecked("Look at every piece first, or say which are missing.")
    requoted = [item for item in items if item.status == ItemStatus.REQUOTED]
    if not requoted:
        raise ItemMoved("No piece has a new price.")
    settings = BuyingSettings.fresh()
    number = steps.next_offer_number(submission)
    offer = SellOffer.objects.create(
        submission=submission,
        number=number,
        party=SellOffer.Party.SHOP,
        kind=SellOffer.Kind.REVISION,
        total=sum((item.proposed_amount or ZERO for item in requoted), ZERO),
        terms_version=settings.terms_version,
        made_by=actor.name,
        made_at=now,
        expires_at=now + timedelta(days=settings.revision_days),
    )
    lines = SellOfferLine.objects.bulk_create(
        SellOfferLine(
            offer=offer,
            item=item,
            amount=item.proposed_amount or ZERO,
            old_amount=item.agreed_amount,
            reason=item.fate_reason,
        )
        for item in requoted
    )
    _wait_for(submission, SellSubmission.WaitingOn.SELLER, now)
    record(
        actor=actor,
        subject=submission.cause,
        action="revision sent",
        after=submission.status,
        reason=f"offer {number}: {offer.total}",
        now=now,
    )
    letters.tell_seller(submission, "revision", now, key=str(number), offer=offer, lines=lines, total=offer.total)
    return offer


@transaction.atomic
def answer_revision(
    *,
    submission_id: int,
    number: int,
    total: Decimal,
    answers: Mapping[int, str],
    actor: Actor,
    now: datetime,
    note: str = "",
) -> SellSubmission:
    """I7, I8: the seller's choice for every piece by pk, "take" or "give_back", all at once.

    `note` says how somebody in front of us answered.

    Pressed again with the same answers it is the same. Refuses with OfferNotLive, OfferExpired or NotChecked.
    """
    submission = steps.locked(submission_id)
    if _was_answered(submission, number, answers):
        return submission
    offer = steps.refuse_stale_answer(steps.locked_live_offer(submission), number, total, now)
    if offer.kind != SellOffer.Kind.REVISION:
        raise OfferNotLive
    lines = list(offer.lines.all())
    choices = SellOfferLine.Answer
    if any(answers.get(line.item_id) not in {choices.TAKE, choices.GIVE_BACK} for line in lines):
        raise NotChecked(_("Choose for every piece: take the new price, or have it back."))
    items = {item.pk: item for item in steps.locked_items(submission)}
    has_taken = False
    for line in lines:
        answer = answers[line.item_id]
        SellOfferLine.objects.filter(pk=line.pk, answer="").update(answer=answer)
        if answer == choices.TAKE:
            has_taken = True
            steps.move_item(
                items[line.item_id], ItemStatus.PASSED, actor, now, agreed_amount=line.amount, fate_reason=""
            )
        else:
            steps.move_item(items[line.item_id], ItemStatus.TO_RETURN, actor, now)
    ended = SellOffer.Status.ACCEPTED if has_taken else SellOffer.Status.REFUSED
    steps.answer_offer(offer, ended, actor, now, note=note)
    _wait_for(submission, SellSubmission.WaitingOn.SHOP, now)
    settle_up(submission, actor, now)
    return submission


def end_expired_revision(submission: SellSubmission, offer: SellOffer, actor: Actor, now: datetime) -> None:
    """I8 by silence: it never means yes, so every piece it asked about goes back; its submission is locked."""
    steps.answer_offer(offer, SellOffer.Status.EXPIRED, actor, now)
    asked = set(offer.lines.values_list("item_id", flat=True))
    for item in steps.locked_items(submission):
        # A price proposed since then, for something extra in the parcel, has not been asked about yet.
        if item.status == ItemStatus.REQUOTED and item.pk in asked:
            steps.move_item(item, ItemStatus.TO_RETURN, actor, now, reason="no answer")
    _wait_for(submission, SellSubmission.WaitingOn.SHOP, now)
    letters.tell_seller(submission, "revision_expired", now, key=str(offer.number), offer=offer)
    settle_up(submission, actor, now)


def _wait_for(submission: SellSubmission, whom: SellSubmission.WaitingOn, now: datetime) -> None:
    submission.waiting_on, submission.waiting_since = whom, now
    submission.save(update_fields=["waiting_on", "waiting_since"])


def _was_answered(submission: SellSubmission, number: int, answers: Mapping[int, str]) -> bool:
    """Whether this very answer was given already."""
    offer = submission.offers.filter(
        number=number,
        kind=SellOffer.Kind.REVISION,
        status__in=[SellOffer.Status.ACCEPTED, SellOffer.Status.REFUSED],
    ).first()
    return offer is not None and dict(offer.lines.values_list("item_id", "answer")) == dict(answers)
