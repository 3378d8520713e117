"""Sellers, what they send, and how far it has come: each step through the service that makes it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image

from core.audit import Actor
from inventory.models import Category, Condition
from offers.models import Payout, SellItem, SellOffer, SellSubmission
from offers.services import (
    answering,
    drafting,
    intake,
    offering,
    paying,
    photographing,
    receiving,
    revising,
    submitting,
)
from tests.factories.inventory import CategoryFactory

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SELLER = Actor("seller 1", "link")
STAFF = Actor("user 1", "admin")
IBAN = "IE29AIBK93115212345678"


def picture(size: tuple[int, int] = (80, 100), kind: str = "JPEG", name: str = "piece.jpg", **how: Any) -> ContentFile:
    """A small real picture."""
    out = BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **how)
    return ContentFile(out.getvalue(), name=name)


def draft(
    pieces: Sequence[str] = ("Varsity jacket", "Straight jean"),
    *,
    category: Category | None = None,
    now: datetime = NOON,
    has_photos: bool = True,
    asking: str | None = "100.00",
    **contact: Any,
) -> SellSubmission:
    """A complete draft with these pieces."""
    category = category or CategoryFactory()
    submission = drafting.start_draft(now=now)
    for title in pieces:
        item = drafting.add_item(submission_id=submission.pk, now=now)
        answers = {
            "category": category,
            "brand_name": "Kestrel",
            "title": title,
            "size": "L",
            "declared_grade": Condition.MINT,
            "asking_amount": None if asking is None else Decimal(asking),
        }
        drafting.describe_item(item_id=item.pk, answers=answers, now=now)
        if has_photos:
            photographing.add_photo(item_id=item.pk, picture=picture(), slot="Front", actor=SELLER, now=now)
    who = drafting.Contact(**({"name": "Sella Example", "email": "seller@example.com"} | contact))
    drafting.keep_contact(submission_id=submission.pk, contact=who, user=None, now=now)
    submission.refresh_from_db()
    return submission


def submitted(*args: Any, now: datetime = NOON, **changes: Any) -> SellSubmission:
    """A submission that has been sent."""
    new = draft(*args, now=now, **changes)
    return submitting.submit(submission_id=new.pk, has_agreed=True, actor=SELLER, now=now)


def decided(
    submission: SellSubmission, amounts: Sequence[str | None] = ("60.00", "40.00"), *, now: datetime = NOON
) -> SellSubmission:
    """Save a decision for every piece: wanted at EUR, or declined with None."""
    decisions = {}
    for item, amount in zip(submission.items.order_by("position"), amounts, strict=True):
        decisions[item.pk] = (
            offering.Decision(SellItem.Decision.WANTED, Decimal(amount), Condition.MINT)
            if amount
            else offering.Decision(SellItem.Decision.DECLINED, decline_reason=SellItem.DeclineReason.ENOUGH)
        )
    submission.refresh_from_db()
    return offering.decide(
        submission_id=submission.pk, version=submission.draft_version, decisions=decisions, actor=STAFF, now=now
    )


def offered(
    submission: SellSubmission | None = None,
    amounts: Sequence[str | None] = ("60.00", "40.00"),
    *,
    now: datetime = NOON,
    **terms: Any,
) -> SellOffer:
    """A live offer of ours, for a week."""
    submission = decided(submission or submitted(now=now), amounts, now=now)
    return offering.make_offer(
        submission_id=submission.pk,
        version=submission.draft_version,
        actor=STAFF,
        now=now,
        **({"expires_at": now + timedelta(days=7)} | terms),
    )


def countered(offer: SellOffer | None = None, asked: str = "150.00", *, now: datetime = NOON) -> SellOffer:
    """A live counter of the seller's."""
    offer = offer or offered(now=now)
    return answering.counter(
        submission_id=offer.submission_id,
        number=offer.number,
        total=offer.total,
        asked=Decimal(asked),
        actor=SELLER,
        now=now,
    )


def agreed(offer: SellOffer | None = None, *, now: datetime = NOON) -> SellSubmission:
    """A deal."""
    offer = offer or offered(now=now)
    return answering.accept(
        submission_id=offer.submission_id, number=offer.number, total=offer.total, actor=SELLER, now=now
    )


def received(submission: SellSubmission | None = None, *, now: datetime = NOON) -> SellSubmission:
    """A deal whose pieces are all here."""
    submission = submission or agreed(now=now)
    ids = list(submission.items.filter(status=SellItem.Status.AGREED).values_list("pk", flat=True))
    return receiving.receive(submission_id=submission.pk, item_ids=ids, actor=STAFF, now=now)


def revised(submission: SellSubmission | None = None, *, now: datetime = NOON) -> SellOffer:
    """A new price of EUR 20 for every piece after inspection, sent."""
    submission = submission or received(now=now)
    finding = receiving.Finding(Condition.MINT, is_authentic=True)
    for item in submission.items.filter(status=SellItem.Status.RECEIVED):
        receiving.add_evidence(item_id=item.pk, picture=picture(), actor=STAFF, now=now)
        receiving.requote(
            item_id=item.pk, amount=Decimal("20.00"), reason="A hole", finding=finding, actor=STAFF, now=now
        )
    return revising.send_revision(submission_id=submission.pk, actor=STAFF, now=now)


def settling(submission: SellSubmission | None = None, *, now: datetime = NOON) -> SellSubmission:
    """All pieces passed; a payout is due."""
    submission = submission or received(now=now)
    for item in submission.items.filter(status=SellItem.Status.RECEIVED):
        receiving.pass_piece(
            item_id=item.pk, finding=receiving.Finding(Condition.MINT, is_authentic=True), actor=STAFF, now=now
        )
    submission.refresh_from_db()
    return submission


def listing_of(item: SellItem) -> intake.Listing:
    """What a bought piece is put on the shelf as, with all its photos."""
    photo_ids = tuple(item.photos.order_by("pk").values_list("pk", flat=True))
    return intake.Listing(
        title="Varsity jacket", price=Decimal("149.50"), size="L", condition=Condition.MINT, photo_ids=photo_ids
    )


def paid(submission: SellSubmission | None = None, *, now: datetime = NOON) -> SellSubmission:
    """All pieces passed and paid in cash; they can go on the shelf."""
    submission = submission or settling(now=now)
    payout = submission.payouts.get(status=Payout.Status.DUE)
    paying.approve(payout_id=payout.pk, method=Payout.Method.CASH, actor=STAFF, now=now)
    paying.settle_cash(payout_id=payout.pk, actor=STAFF, now=now, signed_by="Sella Example")
    submission.refresh_from_db()
    return submission
