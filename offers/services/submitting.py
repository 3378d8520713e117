"""What a seller sends us: the finished draft, the answer to a question, a few words."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import Actor, record
from offers import letters
from offers.errors import DraftIncomplete, SubmissionMoved, TooManySubmissions, WeAreNotBuying
from offers.models import BuyingRule, BuyingSettings, Seller, SellPhoto, SellSubmission
from offers.queries import listing
from offers.rules import buying, submissions
from offers.services import photographing, steps

Status = SellSubmission.Status
DOUBLE_PRESS = timedelta(minutes=1)


def what_is_missing(submission: SellSubmission) -> list[str]:
    """Everything that keeps a draft from being sent, in words; empty when it is complete."""
    items = list(submission.items.filter(removed_at=None).select_related("category", "brand"))
    slots: dict[int, list[str]] = {item.pk: [] for item in items}
    for item_id, slot in SellPhoto.objects.filter(item__in=items, origin=SellPhoto.Origin.SELLER).values_list(
        "item_id", "slot"
    ):
        slots[item_id].append(slot)
    rules = {rule.category_id: rule for rule in BuyingRule.objects.prefetch_related("only_brands", "refused_brands")}
    missing = [] if items else [_("Add a piece.")]
    for number, item in enumerate(items, start=1):
        for words in buying.missing(item, rules.get(item.category_id or 0), slots[item.pk]):
            missing.append(_("Piece %(number)s: %(words)s") % {"number": number, "words": words})
    seller = submission.seller
    if seller is None or not seller.name or not (seller.email or seller.phone):
        missing.append(_("Tell us your name and an email or a phone number."))
    return missing


@transaction.atomic
def submit(
    *,
    submission_id: int,
    has_agreed: bool,
    actor: Actor,
    now: datetime,
    message: str = "",
    hand_over: str = SellSubmission.HandOver.DROP_OFF,
    is_suspect: bool = False,
) -> SellSubmission:
    """S1: send a draft to us; pressed again, the same submission.

    Refuses with DraftIncomplete, TooManySubmissions or WeAreNotBuying.
    """
    draft = steps.locked(submission_id)
    if draft.status != Status.DRAFT:
        return draft
    buying_settings = BuyingSettings.fresh()
    if missing := what_is_missing(draft):
        raise DraftIncomplete(" ".join(missing))
    if not has_agreed:
        raise DraftIncomplete(_("Tick that you are 18 or older and that the pieces are yours to sell."))
    seller = draft.seller
    assert seller is not None  # noqa: S101  what_is_missing has looked
    _refuse_flood(seller, buying_settings, draft)
    unused = list(SellPhoto.objects.filter(item__in=draft.items.exclude(removed_at=None)))
    draft.items.exclude(removed_at=None).delete()
    transaction.on_commit(partial(photographing.delete_files, unused))
    steps.move(
        draft,
        Status.SUBMITTED,
        actor,
        now,
        action="submitted",
        submitted_at=now,
        waiting_since=now,
        draft_key=None,
        terms_version=buying_settings.terms_version,
        message=message[:500],
        hand_over=hand_over,
        is_suspect=is_suspect or bool(seller.blocked_reason),
    )
    letters.tell_seller(draft, "received", now, pieces=draft.items.count())
    if not draft.is_suspect and not draft.is_in_person:
        letters.tell_shop(draft, "new", now, pieces=list(draft.items.all()))
    return draft


@transaction.atomic
def answer_question(*, submission_id: int, answer: str, actor: Actor, now: datetime) -> SellSubmission:
    """S4: the seller answers what we asked; the clock that counts our time goes on where it stopped.

    Pressed again it is the same answer (SubmissionMoved).
    """
    submission, answer = steps.locked(submission_id), answer[:500]
    if submission.status == Status.IN_REVIEW and answer and submission.answer == answer:
        return submission
    steps.resume(submission, actor, now, action="question answered", reason=answer, answer=answer)
    letters.keep_words(submission, answer, actor, now, occasion="answer")
    return submission


@transaction.atomic
def write(*, submission_id: int, text: str, actor: Actor, now: datetime) -> SellSubmission:
    """Keep what a seller wants to tell us, until the end; sent twice at once, it is kept once (SubmissionMoved)."""
    submission, text = steps.locked(submission_id), text[:500]
    if submission.status not in submissions.OPEN:
        raise SubmissionMoved(_("This is closed. Write to us by email instead."))
    just_now = submission.messages.filter(made_at__gt=now - DOUBLE_PRESS, actor=actor.name, text=text)
    if not just_now.exists():
        letters.keep_words(submission, text, actor, now, occasion="message")
        SellSubmission.objects.filter(pk=submission.pk, wrote_at=None).update(wrote_at=now)
        record(actor=actor, subject=submission.cause, action="seller wrote", now=now)
    return submission


def _refuse_flood(seller: Seller, limits: BuyingSettings, draft: SellSubmission) -> None:
    """A contact whose first deal is not done yet may have so many open submissions; contacts are compared, not rows."""
    # Locked, and read into a list for it, so that many sent at once are counted one after the other.
    contact = list(Seller.objects.select_for_update().filter(listing.same_contact(seller)).order_by("pk"))
    if any(each.blocked_reason for each in contact):
        raise WeAreNotBuying
    theirs = SellSubmission.objects.filter(seller__in=contact)
    if theirs.filter(close_reason=SellSubmission.CloseReason.COMPLETED).exists():
        return
    if theirs.filter(status__in=submissions.OPEN).exclude(pk=draft.pk).count() >= limits.max_open_submissions:
        raise TooManySubmissions
