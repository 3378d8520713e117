"""The seller's draft: begun or copied, its pieces, whose it is, its end. Nothing of a draft is shown to staff."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import Actor, record
from core.numbers import random_letters
from offers.errors import DraftFull, SubmissionMoved, WeAreNotBuying
from offers.models import BuyingSettings, Seller, SellItem, SellPhoto, SellSubmission
from offers.rules import submissions
from offers.services import photographing, steps

Status = SellSubmission.Status
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
    letters_ = random_letters(13)
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
            photographing.store_photo(copy, master, photo.slot, SellPhoto.Origin.SELLER, photo.byte_size, now)
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
            transaction.on_commit(partial(photographing.delete_files, photos))
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
