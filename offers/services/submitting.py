"""The seller's draft: pieces, photos, contact, and sending it. Nothing of a draft is shown to staff."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import Actor, record
from inventory.pictures import as_master, size_of
from offers import letters
from offers.errors import DraftFull, DraftIncomplete, SubmissionMoved, TooManySubmissions, WeAreNotBuying
from offers.models import BuyingRule, BuyingSettings, Seller, SellItem, SellPhoto, SellSubmission
from offers.queries import drafts, listing
from offers.rules import buying, submissions
from offers.services import steps
from offers.tasks import make_thumbnail

Status = SellSubmission.Status
DOUBLE_PRESS = timedelta(minutes=1)
STEPPED_ASIDE = 30_000  # a position that no photo keeps
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ANSWERS = (
    "category",
    "brand",
    "brand_name",
    "title",
    "size",
    "colour",
    "declared_grade",
    "defects",
    "asking_amount",
)


@dataclass(frozen=True)
class Contact:
    """Who sends it, and one way to reach them at least: an email or a phone."""

    name: str
    email: str = ""
    phone: str = ""
    handle: str = ""
    channel: str = Seller.Channel.EMAIL
    area: str = ""


def new_reference() -> str:
    """A reference nobody can guess: 63 random bits, easy to read aloud."""
    letters_ = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(13))
    return f"SB-{letters_[:4]}-{letters_[4:8]}-{letters_[8:]}"


def start_draft(*, now: datetime, is_in_person: bool = False) -> SellSubmission:
    """An empty draft, found again by its `draft_key` (WeAreNotBuying)."""
    if not BuyingSettings.fresh().is_open and not is_in_person:
        raise WeAreNotBuying
    return SellSubmission.objects.create(
        reference=new_reference(),
        draft_key=secrets.token_urlsafe(32),
        is_in_person=is_in_person,
        created_at=now,
        updated_at=now,
        waiting_since=now,
    )


@transaction.atomic
def add_item(*, submission_id: int, now: datetime, like: SellItem | None = None) -> SellItem:
    """Another piece; `like` copies what two pieces of one batch share (DraftFull, SubmissionMoved)."""
    draft = _locked_draft(submission_id, now)
    pieces = draft.items.filter(removed_at=None)
    if pieces.count() >= BuyingSettings.current().max_pieces:
        raise DraftFull
    last = draft.items.order_by("-position").values_list("position", flat=True).first()
    copied: dict[str, Any] = {}
    if like is not None and like.submission_id == draft.pk:
        copied = {name: getattr(like, name) for name in ("category", "brand", "brand_name", "title", "declared_grade")}
    return SellItem.objects.create(submission=draft, position=(last or 0) + 1, **copied)


@transaction.atomic
def describe_item(*, item_id: int, answers: Mapping[str, Any], now: datetime) -> SellItem:
    """Keep answers about a piece of a draft, whichever of them are given (SubmissionMoved)."""
    item = _locked_item(item_id, now)
    changed = [name for name in ANSWERS if name in answers]
    for name in changed:
        setattr(item, name, answers[name])
    item.save(update_fields=changed)
    return item


@transaction.atomic
def remove_item(*, item_id: int, now: datetime) -> SellItem:
    """Take a piece out; it can be brought back while the draft lives."""
    item = _locked_item(item_id, now)
    item.removed_at = now
    item.save(update_fields=["removed_at"])
    return item


@transaction.atomic
def restore_item(*, item_id: int, now: datetime) -> SellItem:
    """Bring a piece back (DraftFull)."""
    item = _locked_item(item_id, now)
    if item.submission.items.filter(removed_at=None).exclude(pk=item.pk).count() >= BuyingSettings.current().max_pieces:
        raise DraftFull
    item.removed_at = None
    item.save(update_fields=["removed_at"])
    return item


def add_photo(*, item_id: int, picture: File, slot: str, actor: Actor, now: datetime) -> SellPhoto:
    """Store a private picture of a piece, re-encoded, under a random name (PictureRefused, DraftFull, SubmissionMoved).

    While the submission is a draft or we have asked for more photos. Photos that we ask for stand in the order in which
    we ask, whichever arrives first: the first of a piece is its face everywhere.
    """
    byte_size = picture.size or 0
    # Decoding takes its time, so it stays outside the transaction.
    master = as_master(picture)
    with transaction.atomic():
        item = SellItem.objects.select_related("submission").get(pk=item_id)
        submission = steps.locked(item.submission_id)
        _refuse_unless_photos_welcome(submission, now)
        _refuse_too_many_photos(submission, item)
        photo = store_photo(item, master, slot, SellPhoto.Origin.SELLER, byte_size, now)
        _put_in_its_place(photo)
        return photo


def _put_in_its_place(photo: SellPhoto) -> None:
    """Move a new photo before the first that we ask for later, or do not ask for at all."""
    asked = buying.slots_of(drafts.rule_of(photo.item.category))
    places = {slot: place for place, slot in enumerate(asked)}
    others = list(photo.item.photos.filter(origin=photo.origin).exclude(pk=photo.pk))
    here = places.get(photo.slot, len(asked))
    later = next((each for each in others if places.get(each.slot, len(asked)) > here), None)
    if later is None:
        return
    # A position belongs to one photo at every moment: the last moves first, into the gap that the new one leaves.
    SellPhoto.objects.filter(pk=photo.pk).update(position=STEPPED_ASIDE)
    for each in reversed(others[others.index(later) :]):
        SellPhoto.objects.filter(pk=each.pk).update(position=each.position + 1)
    photo.position = later.position
    photo.save(update_fields=["position"])


def store_photo(
    item: SellItem, master: File, slot: str, origin: SellPhoto.Origin, byte_size: int, now: datetime
) -> SellPhoto:
    """Write a re-encoded picture of a piece whose submission is locked; its thumbnail is made by the worker."""
    last = item.photos.filter(origin=origin).order_by("-position").values_list("position", flat=True).first()
    width, height = size_of(master)
    photo = SellPhoto(
        item=item,
        origin=origin,
        slot=slot[:30],
        position=(last or 0) + 1,
        width=width,
        height=height,
        byte_size=byte_size,
        uploaded_at=now,
    )
    photo.image.save(f"{secrets.token_hex(16)}.webp", master, save=False)
    photo.save()
    make_thumbnail.enqueue(photo.pk)
    return photo


def remove_photo(*, photo_id: int, now: datetime) -> None:
    """Delete a seller's photo for good, its files too, while the submission takes photos (SubmissionMoved)."""
    with transaction.atomic():
        photo = SellPhoto.objects.select_related("item").get(pk=photo_id)
        submission = steps.locked(photo.item.submission_id)
        _refuse_unless_photos_welcome(submission, now)
        if photo.origin != SellPhoto.Origin.SELLER:
            raise SubmissionMoved
        photo.delete()
        transaction.on_commit(partial(delete_files, [photo]))


def delete_files(photos: Iterable[SellPhoto]) -> None:
    """Delete the files of photos whose rows are gone; storage does not roll back, so only after the commit."""
    for photo in photos:
        for file in (photo.image, photo.thumbnail):
            if file:
                file.delete(save=False)


@transaction.atomic
def move_photo(*, photo_id: int, now: datetime, by: int = 0, onto: int | None = None) -> None:
    """Put a photo one place further to the front (-1) or back (1), or where another of its piece is (`onto`, a pk).

    The others move up; where there is no such place nothing does (SubmissionMoved).
    """
    photo = SellPhoto.objects.select_related("item").get(pk=photo_id)
    submission = steps.locked(photo.item.submission_id)
    _refuse_unless_photos_welcome(submission, now)
    photos = list(photo.item.photos.filter(origin=photo.origin))
    places = {each.pk: place for place, each in enumerate(photos)}
    here = places[photo.pk]
    there = here + by if onto is None else places.get(onto, here)
    if there == here or not 0 <= there < len(photos):
        return
    step = 1 if there > here else -1
    # A position belongs to one photo at every moment: the moved one steps aside, and each other fills the last gap.
    SellPhoto.objects.filter(pk=photo.pk).update(position=STEPPED_ASIDE)
    for place in range(here, there, step):
        SellPhoto.objects.filter(pk=photos[place + step].pk).update(position=photos[place].position)
    SellPhoto.objects.filter(pk=photo.pk).update(position=photos[there].position)


@transaction.atomic
def keep_contact(*, submission_id: int, contact: Contact, user: User | None, now: datetime) -> Seller:
    """Remember who sends a draft. A new seller each time: whoever types a contact must not see what is under it."""
    draft = _locked_draft(submission_id, now)
    email = contact.email.strip().lower()
    seller = draft.seller
    if user is not None:
        known = Seller.objects.filter(user=user, email=email, phone=contact.phone, forgotten_at=None).order_by("pk")
        seller = next((each for each in known if _is_same_seller(each, contact, user)), seller)
    # Under another address or name it is another seller: codes for bank details go to the address of the deal, and
    # money goes to its name. Whoever else has the draft does not become the owner of what was sent before.
    if seller is None or (_has_sent(seller) and not _is_same_seller(seller, contact, user)):
        seller = Seller(created_at=now)
    seller.user = user or seller.user
    seller.name, seller.email, seller.phone = contact.name, email, contact.phone
    seller.handle, seller.channel, seller.area = contact.handle.lstrip("@"), contact.channel, contact.area
    seller.is_confirmed = user is not None and seller.email == user.email
    seller.save()
    draft.seller, draft.updated_at = seller, now
    draft.save(update_fields=["seller", "updated_at"])
    return seller


def what_is_missing(submission: SellSubmission) -> list[str]:
    """Everything that keeps a draft from being sent, in words; empty when it is complete."""
    items = list(submission.items.filter(removed_at=None).select_related("category", "brand"))
    slots: dict[int, list[str]] = {item.pk: [] for item in items}
    for item_id, slot in SellPhoto.objects.filter(item__in=items, origin=SellPhoto.Origin.SELLER).values_list(
        "item_id", "slot"
    ):
        slots[item_id].append(slot)
    rules = {rule.category_id: rule for rule in BuyingRule.objects.prefetch_related("only_brands", "refused_brands")}
    missing = [] if items else ["Add a piece."]
    for number, item in enumerate(items, start=1):
        for words in buying.missing(item, rules.get(item.category_id or 0), slots[item.pk]):
            missing.append(f"Piece {number}: {words}")
    seller = submission.seller
    if seller is None or not seller.name or not (seller.email or seller.phone):
        missing.append("Tell us your name and an email or a phone number.")
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
    transaction.on_commit(partial(delete_files, unused))
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


@transaction.atomic
def copy_closed(*, submission_id: int, actor: Actor, now: datetime) -> SellSubmission:
    """A new draft like what we did not take of a closed submission, linked to it; pressed again, the same draft.

    There is no reopening. The contact is asked for anew, since whoever has a link must not see or change it; a draft
    that has one by now is somebody's, and is not handed out once more. Refuses with SubmissionMoved or WeAreNotBuying.
    """
    old = steps.locked(submission_id)
    if draft := old.copies.filter(status=Status.DRAFT, seller=None).first():
        return draft
    items = list(old.items.filter(status__in=submissions.COPIED).order_by("position"))
    if not submissions.can_be_copied(old) or not items:
        raise SubmissionMoved
    draft = start_draft(now=now)
    draft.copied_from, draft.hand_over = old, old.hand_over
    draft.save(update_fields=["copied_from", "hand_over"])
    for position, item in enumerate(items, start=1):
        answers = {name: getattr(item, name) for name in ANSWERS}
        copy = SellItem.objects.create(submission=draft, position=position, **answers)
        for photo in item.photos.filter(origin=SellPhoto.Origin.SELLER):
            with photo.image.open() as stored:
                master = ContentFile(stored.read())
            store_photo(copy, master, photo.slot, SellPhoto.Origin.SELLER, photo.byte_size, now)
    record(actor=actor, subject=draft.cause, action="copied", reason=old.reference, after=draft.status, now=now)
    return draft


def delete_stale_drafts(*, now: datetime) -> int:
    """Delete drafts nobody has touched for the shop's number of days, their photos too; returns how many."""
    before = now - timedelta(days=BuyingSettings.fresh().draft_days)
    count = 0
    for pk in list(
        SellSubmission.objects.filter(status=Status.DRAFT, updated_at__lt=before).values_list("pk", flat=True)[:200]
    ):
        with transaction.atomic():
            draft = steps.locked(pk)
            if draft.status != Status.DRAFT or draft.updated_at >= before:
                continue
            photos = list(SellPhoto.objects.filter(item__submission=draft))
            seller = draft.seller
            draft.delete()
            if seller is not None and not seller.submissions.exists():
                seller.delete()
            transaction.on_commit(partial(delete_files, photos))
        count += 1
    return count


def _locked_draft(submission_id: int, now: datetime) -> SellSubmission:
    draft = steps.locked(submission_id)
    if draft.status != Status.DRAFT:
        raise SubmissionMoved(_("This was sent already."))
    SellSubmission.objects.filter(pk=draft.pk).update(updated_at=now)
    return draft


def _is_same_seller(seller: Seller, contact: Contact, user: User | None) -> bool:
    """Whether a contact, typed by this user, is the one on file."""
    is_theirs = seller.user_id == (user.pk if user else None)
    typed = (contact.email.strip().lower(), contact.phone, contact.name.casefold().split())
    return is_theirs and (seller.email, seller.phone, seller.name.casefold().split()) == typed


def _has_sent(seller: Seller) -> bool:
    return seller.submissions.exclude(status=Status.DRAFT).exists()


def _locked_item(item_id: int, now: datetime) -> SellItem:
    item = SellItem.objects.select_related("submission").get(pk=item_id)
    _locked_draft(item.submission_id, now)
    return SellItem.objects.select_related("submission").get(pk=item_id)


def _refuse_unless_photos_welcome(submission: SellSubmission, now: datetime) -> None:
    if not submissions.takes_photos(submission):
        raise SubmissionMoved
    SellSubmission.objects.filter(pk=submission.pk).update(updated_at=now)


def _refuse_too_many_photos(submission: SellSubmission, item: SellItem) -> None:
    limits = BuyingSettings.current()
    photos = SellPhoto.objects.filter(item__submission=submission, origin=SellPhoto.Origin.SELLER)
    if photos.filter(item=item).count() >= limits.max_photos_a_piece or photos.count() >= limits.max_photos:
        raise DraftFull


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
