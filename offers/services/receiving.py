"""From hand-over to a verdict on every piece: receive, inspect, re-quote, hold, judge."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from core.audit import Actor, record
from core.money import ZERO
from inventory.models import Brand, Category
from inventory.pictures import as_master
from offers import letters
from offers.errors import AboveLimit, ItemMoved, NotChecked, ReasonMissing, SubmissionMoved
from offers.models import BuyingRule, BuyingSettings, Inspection, SellItem, SellPhoto, SellSubmission
from offers.rules import items as item_rules
from offers.services import steps
from offers.services.photographing import store_photo
from offers.services.settling import settle_up

Status = SellSubmission.Status
ItemStatus = SellItem.Status
FAKES_TO_BLOCK = 2  # confirmed fakes of one seller


@dataclass(frozen=True)
class Finding:
    """What an inspector saw: the grade, the checklist of the category, and whether it is genuine."""

    grade: str
    checklist: Mapping[str, bool] = field(default_factory=dict)
    is_authentic: bool = False


@transaction.atomic
def receive(
    *, submission_id: int, item_ids: Collection[int], actor: Actor, now: datetime, location: str = ""
) -> SellSubmission:
    """S16, I3: take pieces of a deal into the house; those received already stay as they are (SubmissionMoved)."""
    submission = steps.locked(submission_id)
    if submission.status not in {Status.AGREED, Status.RECEIVED}:
        raise SubmissionMoved
    chosen = [item for item in steps.locked_items(submission) if item.pk in item_ids]
    arrived = [item for item in chosen if item.status == ItemStatus.AGREED]
    if not chosen or (not arrived and submission.status == Status.AGREED):
        raise ItemMoved("Choose at least one piece that is here.")
    for item in arrived:
        steps.move_item(item, ItemStatus.RECEIVED, actor, now, received_at=now, location=location[:30])
    if submission.status == Status.AGREED:
        steps.move(submission, Status.RECEIVED, actor, now, action="received", received_at=now)
        letters.tell_seller(submission, "arrived", now, pieces=arrived)
    return submission


@transaction.atomic
def add_extra(
    *,
    submission_id: int,
    title: str,
    actor: Actor,
    now: datetime,
    category: Category | None = None,
    brand_name: str = "",
    size: str = "",
) -> SellItem:
    """X18: something in the parcel that was never offered; it needs a price in a revision, or goes back.

    Without a category it cannot be put on the shelf.
    """
    submission = steps.locked(submission_id)
    if submission.status != Status.RECEIVED:
        raise SubmissionMoved
    last = submission.items.order_by("-position").values_list("position", flat=True).first() or 0
    item = SellItem.objects.create(
        submission=submission,
        position=last + 1,
        title=title[:120],
        category=category,
        brand_name=brand_name[:80],
        brand=Brand.objects.filter(name__iexact=brand_name).first() if brand_name else None,
        size=size[:30],
        status=ItemStatus.RECEIVED,
        is_extra=True,
        received_at=now,
    )
    record(actor=actor, subject=item.cause, action="extra piece", after=item.status, reason=title, now=now)
    return item


@transaction.atomic
def mark_missing(*, item_id: int, actor: Actor, now: datetime) -> SellItem:
    """I4: a piece of the deal was not in the parcel; it leaves the sum."""
    submission, item = steps.locked_item(item_id)
    if submission.status != Status.RECEIVED:
        raise SubmissionMoved
    steps.move_item(item, ItemStatus.MISSING, actor, now)
    settle_up(submission, actor, now)
    return item


@transaction.atomic
def pass_piece(
    *,
    item_id: int,
    finding: Finding,
    actor: Actor,
    now: datetime,
    uplift_to: Decimal | None = None,
    may_exceed_limit: bool = False,
) -> SellItem:
    """I5: it is what was agreed; or better, then `uplift_to` is the higher price in EUR.

    Refuses with NotChecked, ItemMoved, or AboveLimit when the better price makes the deal larger than a buyer may agree
    to (SEC-27).
    """
    submission, item = steps.locked_item(item_id)
    _refuse_unchecked(item, finding)
    if item.agreed_amount is None or item.status != ItemStatus.RECEIVED:
        raise ItemMoved
    old = item.agreed_amount
    if uplift_to is not None and uplift_to <= old:
        raise NotChecked("A better price is higher than the agreed one.")
    if uplift_to is not None and not may_exceed_limit:
        _refuse_above_limit(submission, item, uplift_to)
    amount = uplift_to or old
    outcome = Inspection.Outcome.UPLIFT if uplift_to else Inspection.Outcome.PASS
    _note(item, outcome, finding, amount, old, "", actor, now)
    steps.move_item(
        item,
        ItemStatus.PASSED,
        actor,
        now,
        inspected_grade=finding.grade,
        agreed_amount=amount,
        reason=f"{old} to {amount}" if uplift_to else "",
    )
    settle_up(submission, actor, now)
    return item


@transaction.atomic
def requote(
    *,
    item_id: int,
    amount: Decimal,
    reason: str,
    finding: Finding,
    actor: Actor,
    now: datetime,
    may_exceed_limit: bool = False,
) -> SellItem:
    """I6: propose a lower price in EUR, or the first one of an extra piece, with a reason and a photo of ours.

    Refuses with NotChecked, ItemMoved, or AboveLimit as a better price does.
    """
    submission, item = steps.locked_item(item_id)
    if item.status != ItemStatus.RECEIVED:
        raise ItemMoved
    if not reason or not item.photos.filter(origin=SellPhoto.Origin.INSPECTOR).exists():
        raise NotChecked("A lower price needs a reason and a photo that shows why.")
    if amount <= 0 or (item.agreed_amount is not None and amount >= item.agreed_amount):
        raise NotChecked("The new price is lower than the agreed one.")
    if item.agreed_amount is None and not may_exceed_limit:
        _refuse_above_limit(submission, item, amount)
    _note(item, Inspection.Outcome.REQUOTE, finding, amount, item.agreed_amount, reason, actor, now)
    steps.move_item(
        item,
        ItemStatus.REQUOTED,
        actor,
        now,
        reason=reason,
        proposed_amount=amount,
        inspected_grade=finding.grade,
        fate_reason=reason[:300],
    )
    return item


@transaction.atomic
def send_back(*, item_id: int, reason: str, actor: Actor, now: datetime) -> SellItem:
    """I9: we do not take this piece after all (ItemMoved)."""
    submission, item = steps.locked_item(item_id)
    if item.status != ItemStatus.RECEIVED:
        raise ItemMoved
    if not reason.strip():
        raise ReasonMissing
    _note(item, Inspection.Outcome.RETURN, Finding(""), None, item.agreed_amount, reason, actor, now)
    steps.move_item(item, ItemStatus.TO_RETURN, actor, now, reason=reason, fate_reason=reason[:300])
    settle_up(submission, actor, now)
    return item


@transaction.atomic
def hold(*, item_id: int, reason: str, actor: Actor, now: datetime) -> SellItem:
    """I10: hold back a piece that may be counterfeit or stolen; it is neither paid nor returned by itself."""
    submission, item = steps.locked_item(item_id)
    if item.status != ItemStatus.RECEIVED:
        raise ItemMoved
    if not reason.strip():
        raise ReasonMissing
    _note(item, Inspection.Outcome.HOLD, Finding(""), None, item.agreed_amount, reason, actor, now)
    steps.move_item(item, ItemStatus.HELD, actor, now, reason=reason, fate_reason=reason[:300])
    letters.tell_shop(submission, "held", now, key=str(item.pk), item=item, reason=reason)
    settle_up(submission, actor, now)
    return item


@transaction.atomic
def judge(
    *, item_id: int, verdict: SellItem.Status, reason: str, actor: Actor, now: datetime, is_fake: bool = False
) -> SellItem:
    """I11: what becomes of a held piece: passed, to give back, or disposed of; with a written reason (NotChecked)."""
    submission, item = steps.locked_item(item_id)
    if item.status != ItemStatus.HELD:
        raise ItemMoved
    if not reason:
        raise NotChecked("Write down why.")
    if is_fake and verdict == ItemStatus.PASSED:
        raise NotChecked("A fake does not pass.")
    if verdict == ItemStatus.PASSED and item.agreed_amount is None:
        raise NotChecked("Nothing was agreed for this piece, so it can only go back.")
    steps.move_item(item, verdict, actor, now, reason=reason, fate_reason=reason[:300])
    seller = submission.seller
    if is_fake and seller is not None:
        seller.confirmed_fakes += 1
        if seller.confirmed_fakes >= FAKES_TO_BLOCK:
            seller.blocked_reason = "Two confirmed fakes."
        seller.save(update_fields=["confirmed_fakes", "blocked_reason"])
    settle_up(submission, actor, now)
    return item


def add_evidence(*, item_id: int, picture: File, actor: Actor, now: datetime, slot: str = "") -> SellPhoto:
    """A photo of ours of a received piece, re-encoded like a seller's (PictureRefused, ItemMoved)."""
    master = as_master(picture)
    with transaction.atomic():
        _, item = steps.locked_item(item_id)
        if item.status not in {ItemStatus.RECEIVED, ItemStatus.REQUOTED, ItemStatus.HELD, ItemStatus.PASSED}:
            raise ItemMoved
        return store_photo(item, master, slot, SellPhoto.Origin.INSPECTOR, picture.size or 0, now)


@transaction.atomic
def call_off(*, submission_id: int, reason: str, actor: Actor, now: datetime) -> SellSubmission:
    """S18 by the owner: end a deal nothing has arrived of (SubmissionMoved, ReasonMissing)."""
    submission = steps.locked(submission_id)
    if not reason.strip():
        raise ReasonMissing
    if submission.status != Status.AGREED:
        raise SubmissionMoved
    steps.end_pieces_without_deal(steps.locked_items(submission), actor, now)
    steps.close(submission, SellSubmission.CloseReason.WITHDRAWN, actor, now, action="deal called off", reason=reason)
    letters.tell_seller(submission, "called_off", now, reason=reason)
    return submission


@transaction.atomic
def nothing_came(*, submission_id: int, actor: Actor, now: datetime, reason: str = "") -> SellSubmission:
    """S17, I4, X18: the pieces of a deal never came, or the parcel was empty (SubmissionMoved)."""
    submission = steps.locked(submission_id)
    if submission.status != Status.AGREED:
        raise SubmissionMoved
    for item in steps.locked_items(submission):
        if item.status == ItemStatus.AGREED:
            steps.move_item(item, ItemStatus.MISSING, actor, now, reason=reason)
    steps.close(submission, SellSubmission.CloseReason.NOT_RECEIVED, actor, now, action="closed", reason=reason)
    letters.tell_seller(submission, "closed", now)
    return submission


def _refuse_unchecked(item: SellItem, finding: Finding) -> None:
    """Every point of the category's checklist is ticked, it is genuine, and it has a grade."""
    rule = BuyingRule.objects.filter(category=item.category_id).first()
    unticked = [point for point in (rule.checklist if rule else []) if not finding.checklist.get(point)]
    if unticked or not finding.is_authentic or not finding.grade:
        raise NotChecked


def _refuse_above_limit(submission: SellSubmission, item: SellItem, amount: Decimal) -> None:
    """A piece at this price (EUR) leaves the whole deal within what a buyer may agree to (AboveLimit)."""
    others = submission.items.filter(status__in=item_rules.MAY_BE_BOUGHT).exclude(pk=item.pk)
    total = others.aggregate(total=Sum(Coalesce("agreed_amount", "proposed_amount")))["total"] or ZERO
    if total + amount > BuyingSettings.fresh().buyer_limit:
        raise AboveLimit


def _note(
    item: SellItem,
    outcome: Inspection.Outcome,
    finding: Finding,
    amount: Decimal | None,
    old: Decimal | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    Inspection.objects.create(
        item=item,
        outcome=outcome,
        grade=finding.grade,
        amount=amount,
        old_amount=old,
        checklist=dict(finding.checklist),
        is_authentic=finding.is_authentic,
        reason=reason[:300],
        actor=actor.name,
        made_at=now,
    )
