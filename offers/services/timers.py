"""What time has decided already, written down and told: expired offers, silence, pieces that never came."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core.audit import Actor
from core.errors import DomainError
from offers import letters
from offers.models import BuyingSettings, Seller, SellItem, SellOffer, SellPhoto, SellSubmission
from offers.rules import offers as offer_rules
from offers.services import answering, receiving, reviewing, steps, submitting
from offers.services.settling import settle_up

Status = SellSubmission.Status
TIMER = Actor("timer", "worker")
BATCH = 200
SPAM_PHOTOS = timedelta(hours=24)
UNUSED_UPLOAD = timedelta(hours=24)
REMINDER = timedelta(hours=24)  # before an offer runs out


def expire_offers(*, now: datetime) -> int:
    """S14, S12, I8, O6: end offers whose time is over; returns how many."""
    due = SellOffer.objects.filter(status=SellOffer.Status.LIVE, expires_at__lte=now).order_by("expires_at")
    return _each(due.values_list("submission_id", flat=True), lambda pk: expire_offer(submission_id=pk, now=now))


@transaction.atomic
def expire_offer(*, submission_id: int, now: datetime) -> None:
    """End the live offer of one submission, if its time is over (OfferNotLive)."""
    submission = steps.locked(submission_id)
    offer = steps.locked_live_offer(submission)
    if offer is None or offer_rules.is_live(offer, now):
        return
    if offer.kind == SellOffer.Kind.REVISION:
        receiving.end_expired_revision(submission, offer, TIMER, now)
    else:
        answering.end_expired(submission, offer, TIMER, now)


def close_stalled(*, now: datetime) -> int:
    """S15: close what has had no live offer for the shop's number of days."""
    before = now - timedelta(days=BuyingSettings.fresh().stall_days)
    due = SellSubmission.objects.filter(status=Status.STALLED, stalled_at__lte=before)
    return _each(
        due.values_list("pk", flat=True), lambda pk: reviewing.close_stalled(submission_id=pk, actor=TIMER, now=now)
    )


def close_unanswered(*, now: datetime) -> int:
    """S4b: close what we have asked about in vain."""
    before = now - timedelta(days=BuyingSettings.fresh().question_days)
    due = SellSubmission.objects.filter(status=Status.INFO_REQUESTED, asked_at__lte=before)
    return _each(due.values_list("pk", flat=True), lambda pk: _close_unanswered(pk, before, now))


@transaction.atomic
def _close_unanswered(submission_id: int, before: datetime, now: datetime) -> None:
    submission = steps.locked(submission_id)
    if submission.status != Status.INFO_REQUESTED or submission.asked_at is None or submission.asked_at > before:
        return
    steps.end_pieces_without_deal(steps.locked_items(submission), TIMER, now)
    steps.close(submission, SellSubmission.CloseReason.NO_RESPONSE, TIMER, now, action="closed")
    letters.tell_seller(submission, "closed", now)


def give_up_waiting(*, now: datetime) -> int:
    """S17, I4: what never came counts as missing some days after the deal."""
    before = now - timedelta(days=BuyingSettings.fresh().missing_days)
    due = SellSubmission.objects.filter(status__in=[Status.AGREED, Status.RECEIVED], agreed_at__lte=before)
    due = due.filter(items__status=SellItem.Status.AGREED).distinct()
    return _each(due.values_list("pk", flat=True), lambda pk: _give_up(pk, now))


@transaction.atomic
def _give_up(submission_id: int, now: datetime) -> None:
    submission = steps.locked(submission_id)
    if submission.status not in {Status.AGREED, Status.RECEIVED}:
        return
    for item in steps.locked_items(submission):
        if item.status == SellItem.Status.AGREED:
            steps.move_item(item, SellItem.Status.MISSING, TIMER, now)
    if submission.status == Status.AGREED:
        steps.close(submission, SellSubmission.CloseReason.NOT_RECEIVED, TIMER, now, action="closed")
        letters.tell_seller(submission, "closed", now)
    else:
        settle_up(submission, TIMER, now)


def remind(*, now: datetime) -> int:
    """Write a day before an offer runs out, half-way through a question, and two days before the hand-over date."""
    settings, told = BuyingSettings.fresh(), 0
    ending = SellOffer.objects.filter(
        status=SellOffer.Status.LIVE, party=SellOffer.Party.SHOP, expires_at__range=(now, now + REMINDER)
    ).select_related("submission__seller")
    for offer in ending[:BATCH]:
        told += _tell_once(offer.submission, "offer_reminder", str(offer.number), now, offer=offer)
    half = now - timedelta(days=settings.question_days) / 2
    asked = SellSubmission.objects.filter(status=Status.INFO_REQUESTED, asked_at__lte=half).select_related("seller")
    for submission in asked[:BATCH]:
        told += _tell_once(submission, "question_reminder", str(submission.asked_at), now)
    soon = now + timedelta(days=2)
    waiting = SellSubmission.objects.filter(status=Status.AGREED, ship_by__lte=soon).select_related("seller")
    for submission in waiting[:BATCH]:
        told += _tell_once(submission, "ship_by_reminder", str(submission.agreed_at), now)
    return told


@transaction.atomic
def _tell_once(submission: SellSubmission, occasion: str, key: str, now: datetime, **context: Any) -> int:
    """Once for each key: the message that was kept says whether it was told already."""
    steps.locked(submission.pk)
    since = submission.asked_at or submission.agreed_at or submission.created_at
    if offer := context.get("offer"):
        since = offer.made_at
    if submission.messages.filter(occasion=occasion, made_at__gte=since).exists():
        return 0
    letters.tell_seller(submission, occasion, now, key=key, **context)
    return 1


def purge_photos(*, now: datetime) -> int:
    """Delete photos of submissions that closed long ago (spam: a day), and uploads that no draft has used."""
    before = now - timedelta(days=BuyingSettings.fresh().photo_days)
    reasons = SellSubmission.CloseReason
    closed = SellSubmission.objects.filter(status=Status.CLOSED, photos_deleted_at=None)
    due = closed.filter(closed_at__lte=before) | closed.filter(
        close_reason=reasons.SPAM, closed_at__lte=now - SPAM_PHOTOS
    )
    count = 0
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            submission = steps.locked(pk)
            count += _delete(list(SellPhoto.objects.filter(item__submission=submission)))
            submission.photos_deleted_at = now
            submission.save(update_fields=["photos_deleted_at"])
    unused = SellPhoto.objects.filter(
        item__submission__status=Status.DRAFT,
        item__removed_at__lte=now - UNUSED_UPLOAD,
        uploaded_at__lte=now - UNUSED_UPLOAD,
    )
    with transaction.atomic():
        count += _delete(list(unused[:BATCH]))
    return count


def _delete(photos: list[SellPhoto]) -> int:
    SellPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
    transaction.on_commit(partial(submitting.delete_files, photos))
    return len(photos)


def forget_contacts(*, now: datetime) -> int:
    """Erase the contact of sellers we never paid, some months after their last submission has closed."""
    before = now - timedelta(days=30 * BuyingSettings.fresh().contact_months)
    sellers = Seller.objects.filter(forgotten_at=None, created_at__lte=before, user=None)
    sellers = sellers.exclude(submissions__status__in=[status for status in Status if status != Status.CLOSED])
    sellers = sellers.exclude(submissions__closed_at__gt=before).exclude(submissions__payouts__status="settled")
    return sum(forget(seller_id=pk, now=now) for pk in list(sellers.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def forget(*, seller_id: int, now: datetime) -> bool:
    """Erase who a seller is; what was bought from them, and for how much, stays. Whether it was done now."""
    seller = Seller.objects.select_for_update().get(pk=seller_id)
    if seller.forgotten_at or seller.submissions.exclude(status=Status.CLOSED).exists():
        return False
    for name in ("name", "email", "phone", "handle", "area", "street", "town", "postcode"):
        setattr(seller, name, "")
    seller.user, seller.forgotten_at = None, now
    seller.save()
    return True


def _each(pks: QuerySet, act: Callable[[int], object]) -> int:
    """Do one thing for each, each in a transaction of its own; what somebody else has just changed is left alone."""
    done = 0
    for pk in list(pks[:BATCH]):
        try:
            act(pk)
        except DomainError:
            continue
        done += 1
    return done
