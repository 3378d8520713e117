"""A seller's photos of a piece, and the files of all photos: stored, put in order, deleted."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.core.files.base import File
from django.db import transaction

from core.audit import Actor
from inventory.pictures import as_master, size_of
from offers.errors import DraftFull, SubmissionMoved
from offers.models import BuyingSettings, SellItem, SellPhoto, SellSubmission
from offers.queries import drafts
from offers.rules import buying, submissions
from offers.services import steps
from offers.tasks import make_thumbnail

STEPPED_ASIDE = 30_000  # a position that no photo keeps


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


def _refuse_unless_photos_welcome(submission: SellSubmission, now: datetime) -> None:
    if not submissions.takes_photos(submission):
        raise SubmissionMoved
    SellSubmission.objects.filter(pk=submission.pk).update(updated_at=now)


def _refuse_too_many_photos(submission: SellSubmission, item: SellItem) -> None:
    limits = BuyingSettings.current()
    photos = SellPhoto.objects.filter(item__submission=submission, origin=SellPhoto.Origin.SELLER)
    if photos.filter(item=item).count() >= limits.max_photos_a_piece or photos.count() >= limits.max_photos:
        raise DraftFull
