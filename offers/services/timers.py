"""What time has decided already, written down and told: expired offers, silence, pieces that never came."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from core.audit import Actor
from core.errors import DomainError
from offers import letters
from offers.errors import OfferNotLive, SubmissionMoved
from offers.models import BuyingSettings, Seller, SellItem, SellOffer, SellPhoto, SellSubmission
from offers.rules import offers as offer_rules
from offers.services import answering, giving_back, photographing, receiving, reviewing, revising, steps
from offers.services.settling import settle_up

Status = SellSubmission.Status
TIMER = Actor("timer", "worker")
BATCH = 200
SPAM_PHOTOS = timedelta(hours=24)
UNUSED_UPLOAD = timedelta(hours=24)
DAY = timedelta(days=1)  # before an offer runs out, and between two reminders
REVISION_REMINDER = timedelta(days=2)
YEAR = timedelta(days=365)
QUESTION_REMINDER, REMINDERS = "question_reminder", 2


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
        raise OfferNotLive
    if offer.kind == SellOffer.Kind.REVISION:
        revising.end_expired_revision(submission, offer, TIMER, now)
    else:
        answering.end_expired(submission, offer, TIMER, now)


def close_stalled(*, now: datetime) -> int:
    """S15: close what has had no live offer for the shop's number of days."""
    before = now - timedelta(days=BuyingSettings.fresh().stall_days)
    due = SellSubmission.objects.filter(status=Status.STALLED, stalled_at__lte=before)
    return _each(due.values_list("pk", flat=True), lambda pk: _close_stalled(pk, before, now))


@transaction.atomic
def _close_stalled(submission_id: int, before: datetime, now: datetime) -> None:
    submission = steps.locked(submission_id)
    if submission.stalled_at is None or submission.stalled_at > before:
        raise SubmissionMoved
    reviewing.close_stalled(submission_id=submission_id, actor=TIMER, now=now)


def close_unanswered(*, now: datetime) -> int:
    """S4b: close what we have asked about in vain, a day after the second reminder at the earliest."""
    before = now - timedelta(days=BuyingSettings.fresh().question_days)
    due = SellSubmission.objects.filter(status=Status.INFO_REQUESTED, asked_at__lte=before)
    return _each(due.values_list("pk", flat=True), lambda pk: _close_unanswered(pk, before, now))


@transaction.atomic
def _close_unanswered(submission_id: int, before: datetime, now: datetime) -> None:
    submission = steps.locked(submission_id)
    if submission.status != Status.INFO_REQUESTED or submission.asked_at is None or submission.asked_at > before:
        raise SubmissionMoved
    told = _told(submission, QUESTION_REMINDER, submission.asked_at)
    if len(told) < REMINDERS or told[-1] > now - DAY:
        raise SubmissionMoved
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
    if submission.status == Status.AGREED:
        receiving.nothing_came(submission_id=submission_id, actor=TIMER, now=now)
        return
    if submission.status != Status.RECEIVED:
        raise SubmissionMoved
    for item in steps.locked_items(submission):
        if item.status == SellItem.Status.AGREED:
            steps.move_item(item, SellItem.Status.MISSING, TIMER, now)
    settle_up(submission, TIMER, now)


def remind(*, now: datetime) -> int:
    """Write before time decides: to who has a live offer, a question, pieces to bring, or pieces to come for."""
    return _remind_of_offers(now) + _remind_of_questions(now) + _remind_of_pieces(now)


def alert(*, now: datetime) -> int:
    """Tell ourselves of counters that have waited for a day; returns of how many."""
    asked = SellOffer.objects.filter(status=SellOffer.Status.LIVE, party=SellOffer.Party.SELLER, expires_at__gt=now)
    waiting = asked.filter(made_at__lte=now - DAY).select_related("submission").order_by("expires_at")
    return sum(
        letters.tell_shop(offer.submission, "counter_waits", now, key=str(offer.number), offer=offer)
        for offer in waiting
    )


def _remind_of_offers(now: datetime) -> int:
    """A day before an offer of ours runs out, and of new prices two days after they were sent as well."""
    ours = SellOffer.objects.filter(status=SellOffer.Status.LIVE, party=SellOffer.Party.SHOP, expires_at__gt=now)
    ours = ours.filter(expires_at__gt=F("made_at") + DAY).select_related("submission__seller")
    is_new_price = Q(kind=SellOffer.Kind.REVISION, made_at__lte=now - REVISION_REMINDER)
    told = 0
    for offer in ours.filter(Q(expires_at__lte=now + DAY) | is_new_price).order_by("expires_at"):
        is_last = offer.expires_at <= now + DAY
        already = len(_told(offer.submission, "offer_reminder", offer.made_at))
        # The last word goes out even when an early one did; a late scheduler writes once, not twice.
        times = 2 if is_last and offer.kind == SellOffer.Kind.REVISION and already else 1
        told += _tell(offer.submission, "offer_reminder", offer.made_at, times, str(offer.number), now, offer=offer)
    return told


def _remind_of_questions(now: datetime) -> int:
    """After a third and two thirds of the time for an answer."""
    third = timedelta(days=BuyingSettings.fresh().question_days) / 3
    asked = SellSubmission.objects.filter(status=Status.INFO_REQUESTED, asked_at__lte=now - third)
    told = 0
    for submission in asked.select_related("seller").order_by("asked_at"):
        since = submission.asked_at or now
        times = REMINDERS if since <= now - 2 * third else 1
        told += _tell(submission, QUESTION_REMINDER, since, times, str(since), now)
    return told


def _remind_of_pieces(now: datetime) -> int:
    """Two days before the pieces of a deal are expected; and, twice, of pieces to give back."""
    waiting = SellSubmission.objects.filter(status=Status.AGREED, ship_by__lte=now + 2 * DAY).select_related("seller")
    told = 0
    for submission in waiting.order_by("ship_by"):
        since = submission.agreed_at or now
        told += _tell(submission, "ship_by_reminder", since, 1, str(since), now)
    third = timedelta(days=BuyingSettings.fresh().unclaimed_days) / 3
    here = Q(items__status=SellItem.Status.TO_RETURN)
    unclaimed = SellSubmission.objects.annotate(since=Max("items__to_return_at", filter=here))
    for submission in unclaimed.filter(since__lte=now - third).select_related("seller").order_by("since"):
        times = giving_back.RETURN_REMINDERS if submission.since <= now - 2 * third else 1
        pieces = list(submission.items.filter(status=SellItem.Status.TO_RETURN))
        told += _tell(submission, "return_reminder", submission.since, times, str(submission.since), now, pieces=pieces)
    return told


@transaction.atomic
def _tell(
    submission: SellSubmission, occasion: str, since: datetime, times: int, key: str, now: datetime, **context: Any
) -> int:
    """Write one of so many reminders, a day apart; the messages that were kept say which were written already."""
    told = _told(submission, occasion, since)
    if len(told) >= times or (told and told[-1] > now - DAY):
        return 0
    steps.locked(submission.pk)
    if len(_told(submission, occasion, since)) != len(told):
        return 0
    letters.tell_seller(submission, occasion, now, key=f"{key}:{len(told) + 1}", **context)
    return 1


def _told(submission: SellSubmission, occasion: str, since: datetime) -> list[datetime]:
    """When a seller was written to like this, since that moment."""
    kept = submission.messages.filter(occasion=occasion, made_at__gte=since).order_by("pk")
    return list(kept.values_list("made_at", flat=True))


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
    for pk in list(unused.values_list("item__submission_id", flat=True).distinct()[:BATCH]):
        with transaction.atomic():
            # Their piece may have been brought back meanwhile.
            steps.locked(pk)
            count += _delete(list(unused.filter(item__submission_id=pk)))
    return count


def _delete(photos: list[SellPhoto]) -> int:
    SellPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
    transaction.on_commit(partial(photographing.delete_files, photos))
    return len(photos)


def forget_contacts(*, now: datetime) -> int:
    """Erase the contact of sellers we never paid, some months after their last submission has closed."""
    before = now - YEAR * BuyingSettings.fresh().contact_months / 12
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
