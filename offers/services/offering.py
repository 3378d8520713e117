"""From what we think of each piece to an offer of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F

from core.audit import Actor
from core.money import ZERO
from offers import letters
from offers.errors import (
    AboveLimit,
    DecisionsChanged,
    ExpiryOutOfRange,
    OfferAlreadyLive,
    RoundsUsedUp,
    SubmissionMoved,
    UndecidedPieces,
)
from offers.models import BuyingSettings, SellItem, SellOffer, SellOfferLine, SellSubmission
from offers.rules import items as item_rules
from offers.rules import offers as offer_rules
from offers.rules import submissions as rules
from offers.services import steps
from offers.services.answering import end_expired

Status = SellSubmission.Status
OfferStatus = SellOffer.Status
LEAST_TIME, MOST_TIME = timedelta(hours=1), timedelta(days=30)


@dataclass(frozen=True)
class Decision:
    """What we think of one piece: wanted with an amount in EUR, or declined with a reason."""

    decision: str
    amount: Decimal | None = None
    grade: str = ""
    decline_reason: str = ""


@transaction.atomic
def decide(
    *, submission_id: int, version: int, decisions: Mapping[int, Decision], actor: Actor, now: datetime
) -> SellSubmission:
    """Save what we think of the pieces, by pk, as a draft of our next offer (DecisionsChanged)."""
    submission = steps.locked(submission_id)
    if submission.status not in {Status.SUBMITTED, Status.IN_REVIEW, Status.COUNTERED, Status.STALLED}:
        raise SubmissionMoved
    changed = SellSubmission.objects.filter(pk=submission.pk, draft_version=version)
    if not changed.update(draft_version=F("draft_version") + 1, updated_at=now):
        raise DecisionsChanged
    for item in steps.locked_items(submission):
        if item.pk not in decisions or item.status not in {SellItem.Status.SUBMITTED, SellItem.Status.OFFERED}:
            continue
        wish = decisions[item.pk]
        is_wanted = wish.decision == SellItem.Decision.WANTED
        is_declined = wish.decision == SellItem.Decision.DECLINED
        item.decision = wish.decision
        item.proposed_amount = wish.amount if is_wanted else None
        item.proposed_grade = wish.grade
        item.decline_reason = wish.decline_reason if is_declined else ""
        item.save(update_fields=["decision", "proposed_amount", "proposed_grade", "decline_reason"])
    submission.refresh_from_db()
    return submission


@transaction.atomic
def make_offer(
    *,
    submission_id: int,
    version: int,
    expires_at: datetime,
    actor: Actor,
    now: datetime,
    is_severable: bool = True,
    is_final: bool = False,
    message: str = "",
    may_exceed_limit: bool = False,
    user_id: int | None = None,
) -> SellOffer:
    """S6, S11, O1: send what was decided as an offer; amounts and words freeze here.

    Pressed again by the same person it is the same offer. Refuses with UndecidedPieces, AboveLimit, ExpiryOutOfRange,
    OfferAlreadyLive, RoundsUsedUp, DecisionsChanged or SubmissionMoved.
    """
    submission = steps.locked(submission_id)
    live = steps.locked_live_offer(submission)
    if live and submission.status in rules.BEFORE_DEAL and not offer_rules.is_live(live, now):
        # Time has ended it already; nobody has written it down yet.
        end_expired(submission, live, actor, now)
        live = None
    if live and submission.status == Status.OFFERED and _is_again(submission, live, version, actor):
        return live
    if submission.status == Status.OFFERED or (live and live.party == SellOffer.Party.SHOP):
        raise OfferAlreadyLive
    if submission.status == Status.SUBMITTED:
        steps.take(submission, user_id, actor, now)
    if not rules.can_become(submission, Status.OFFERED):
        raise SubmissionMoved
    if submission.draft_version != version:
        raise DecisionsChanged
    items = steps.locked_items(submission)
    wanted = _wanted(items)
    total = sum((item.proposed_amount or ZERO for item in wanted), ZERO)
    settings = BuyingSettings.fresh()
    if total > settings.buyer_limit and not may_exceed_limit:
        raise AboveLimit
    if not now + LEAST_TIME <= expires_at <= now + MOST_TIME:
        raise ExpiryOutOfRange
    is_counter = submission.status == Status.COUNTERED
    rounds_left = _rounds_left(submission, settings) if is_counter else settings.max_counters
    offer = _write_offer(
        submission,
        live,
        total,
        actor,
        now,
        kind=SellOffer.Kind.COUNTER if is_counter else SellOffer.Kind.OPENING,
        expires_at=expires_at,
        is_severable=is_severable,
        is_final=is_final or (is_counter and rounds_left == 1),
        message=message[:500],
        terms_version=settings.terms_version,
    )
    lines = SellOfferLine.objects.bulk_create(
        SellOfferLine(offer=offer, item=item, amount=item.proposed_amount or ZERO) for item in wanted
    )
    _show_as_offered(items, wanted, actor, now)
    steps.move(
        submission,
        Status.OFFERED,
        actor,
        now,
        action="offer made",
        reason=f"offer {offer.number}: {total}",
        offered_at=submission.offered_at or now,
        renewal_asked_at=None,
    )
    declined = [item for item in items if item not in wanted]
    letters.tell_seller(
        submission, "offer", now, key=str(offer.number), offer=offer, lines=lines, total=total, declined=declined
    )
    return offer


def _is_again(submission: SellSubmission, live: SellOffer, version: int, actor: Actor) -> bool:
    """Whether the same person has sent this very draft already."""
    return live.made_by == actor.name and submission.draft_version == version


def _wanted(items: list[SellItem]) -> list[SellItem]:
    """The pieces we offer for, every other one being declined (UndecidedPieces)."""
    open_items = [item for item in items if item.status not in item_rules.ENDS]
    wanted = [item for item in open_items if item.decision == SellItem.Decision.WANTED and item.proposed_amount]
    declined = [item for item in open_items if item.decision == SellItem.Decision.DECLINED and item.decline_reason]
    if not wanted or len(wanted) + len(declined) != len(open_items):
        raise UndecidedPieces
    return wanted


def _rounds_left(submission: SellSubmission, settings: BuyingSettings) -> int:
    """How many counters of ours are left (RoundsUsedUp)."""
    made = submission.offers.filter(party=SellOffer.Party.SHOP, kind=SellOffer.Kind.COUNTER).count()
    if made >= settings.max_counters:
        raise RoundsUsedUp("That was our last offer. Accept the seller's or decline it.")
    return settings.max_counters - made


def _show_as_offered(items: list[SellItem], wanted: list[SellItem], actor: Actor, now: datetime) -> None:
    """I1: the pieces of the live offer say so, the others do not."""
    for item in items:
        if item in wanted and item.status == SellItem.Status.SUBMITTED:
            steps.move_item(item, SellItem.Status.OFFERED, actor, now)
        elif item not in wanted and item.status == SellItem.Status.OFFERED:
            steps.move_item(item, SellItem.Status.SUBMITTED, actor, now)


def _write_offer(
    submission: SellSubmission,
    live: SellOffer | None,
    total: Decimal,
    actor: Actor,
    now: datetime,
    **terms: object,
) -> SellOffer:
    """Make an offer of ours live in place of the seller's; the database lets one live at a time (OfferAlreadyLive)."""
    number = steps.next_offer_number(submission)
    if live:
        # Before the new one is written, because the index lets only one live.
        steps.answer_offer(live, OfferStatus.SUPERSEDED, actor, now, note=f"replaced by offer {number}")
    try:
        with transaction.atomic():
            return SellOffer.objects.create(
                submission=submission,
                number=number,
                party=SellOffer.Party.SHOP,
                total=total,
                made_by=actor.name,
                made_at=now,
                **terms,
            )
    except IntegrityError as error:
        raise OfferAlreadyLive from error
