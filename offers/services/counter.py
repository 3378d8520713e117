"""A submission made with the seller in front of us: the same steps as by the seller, in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.files.base import File
from django.db import transaction

from core.audit import Actor
from core.errors import DomainError
from inventory.models import Brand, Category
from inventory.pictures import as_master
from offers.models import SellItem, SellPhoto, SellSubmission
from offers.services import drafting, offering, photographing, reviewing, steps, submitting


@dataclass(frozen=True)
class Piece:
    """What is on the counter; amounts are EUR."""

    category: Category
    title: str
    size: str
    grade: str
    brand_name: str = ""
    asking: Decimal | None = None
    amount: Decimal | None = None
    pictures: Sequence[File] = ()


def take_in_person(
    *,
    contact: drafting.Contact,
    pieces: Sequence[Piece],
    has_agreed: bool,
    user_id: int,
    actor: Actor,
    now: datetime,
) -> SellSubmission:
    """S1, S2: send a submission for a seller who is here, all of it or nothing, claimed and with our prices noted.

    Refuses as `submitting.submit` does, and with PictureRefused or DraftFull.
    """
    # Decoding takes its time, so it stays outside the transaction.
    masters = [[(as_master(picture), picture.size or 0) for picture in piece.pictures] for piece in pieces]
    stored: list[SellPhoto] = []
    try:
        with transaction.atomic():
            draft = drafting.start_draft(now=now, is_in_person=True)
            drafting.keep_contact(submission_id=draft.pk, contact=contact, user=None, now=now)
            steps.locked(draft.pk)
            items = [_put_down(draft, piece, now) for piece in pieces]
            for item, pictures in zip(items, masters, strict=True):
                for master, size in pictures:
                    seller = SellPhoto.Origin.SELLER
                    stored.append(photographing.store_photo(item, master, "", seller, size, now))
            submitting.submit(submission_id=draft.pk, has_agreed=has_agreed, actor=actor, now=now)
            submission = reviewing.claim(submission_id=draft.pk, user_id=user_id, actor=actor, now=now)
            return _note_prices(submission, items, pieces, actor, now)
    except DomainError:
        # Storage does not roll back.
        photographing.delete_files(stored)
        raise


def _put_down(draft: SellSubmission, piece: Piece, now: datetime) -> SellItem:
    item = drafting.add_item(submission_id=draft.pk, now=now)
    answers = {
        "category": piece.category,
        "brand": Brand.objects.filter(name__iexact=piece.brand_name).first() if piece.brand_name else None,
        "brand_name": piece.brand_name,
        "title": piece.title,
        "size": piece.size,
        "declared_grade": piece.grade,
        "asking_amount": piece.asking,
    }
    return drafting.describe_item(item_id=item.pk, answers=answers, now=now)


def _note_prices(
    submission: SellSubmission, items: Sequence[SellItem], pieces: Sequence[Piece], actor: Actor, now: datetime
) -> SellSubmission:
    """Keep what we said over the counter as decisions; nothing is offered by it."""
    decisions = {
        item.pk: offering.Decision(SellItem.Decision.WANTED, piece.amount, piece.grade)
        for item, piece in zip(items, pieces, strict=True)
        if piece.amount is not None
    }
    version = submission.draft_version
    return offering.decide(submission_id=submission.pk, version=version, decisions=decisions, actor=actor, now=now)
