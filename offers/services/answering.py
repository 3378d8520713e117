"""What a seller answers: accept, a part of it, counter, refuse, withdraw. Each names the offer and total they saw."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import Actor, record
from core.money import ZERO, format_eur, round_eur, spread
from offers import letters
from offers.errors import CounterOutOfRange, NotSeverable, OfferNotLive, RoundsUsedUp, SubmissionMoved
from offers.models import BuyingSettings, SellItem, SellOffer, SellOfferLine, SellSubmission
from offers.queries import offers as offer_queries
from offers.rules import offers as offer_rules
from offers.rules import submissions as rules
from offers.services import steps

Status = SellSubmission.Status
OfferStatus = SellOffer.Status


@transaction.atomic
def accept(
    *,
    submission_id: int,
    number: int,
    total: Decimal,
    actor: Actor,
    now: datetime,
    only: Collection[int] | None = None,
    note: str = "",
) -> SellSubmission:
    """S7: say yes to our live offer, or to some of its pieces by pk, at the listed prices.

    `number` and `total` (EUR) are those of the page that was seen. Pressed again it is the same deal. Refuses with
    OfferNotLive, OfferExpired or NotSeverable.
    """
    submission = steps.locked(submission_id)
    if _was_accepted(submission, number, only):
        return submission
    offer = _seen_offer(submission, number, total, now)
    lines = list(offer.lines.all())
    taken = lines if only is None else [line for line in lines if line.item_id in only]
    if len(taken) == len(lines):
        steps.answer_offer(offer, OfferStatus.ACCEPTED, actor, now, note=note)
        make_deal(submission, offer, actor, now)
        _tell_of_deal(submission, offer, actor, now)
        return submission
    if not offer.is_severable or not taken:
        raise NotSeverable if taken else NotSeverable(_("Choose at least one piece, or refuse the offer."))
    # The part is an offer of the seller's at our prices, accepted at once: every deal equals an offer line by line.
    steps.answer_offer(offer, OfferStatus.SUPERSEDED, actor, now, note="a part was accepted")
    part = _write_seller_offer(submission, offer, {line.item_id: line.amount for line in taken}, actor, now)
    steps.answer_offer(part, OfferStatus.ACCEPTED, actor, now, note=note)
    make_deal(submission, part, actor, now)
    _tell_of_deal(submission, part, actor, now)
    return submission


@transaction.atomic
def refuse(
    *, submission_id: int, number: int, total: Decimal, actor: Actor, now: datetime, reason: str = ""
) -> SellSubmission:
    """S8: say no to our live offer; we may make another. Pressed again it stays so (OfferNotLive, OfferExpired)."""
    submission = steps.locked(submission_id)
    refused = submission.offers.filter(number=number, total=total, status=OfferStatus.REFUSED, answered_by=actor.name)
    if refused.exists():
        return submission
    offer = _seen_offer(submission, number, total, now)
    steps.answer_offer(offer, OfferStatus.REFUSED, actor, now, note=reason)
    steps.stall(
        submission,
        SellSubmission.StallReason.REFUSED,
        actor,
        now,
        action="offer refused",
        reason=reason,
        waiting_on=SellSubmission.WaitingOn.SHOP,
    )
    return submission


@transaction.atomic
def counter(
    *,
    submission_id: int,
    number: int,
    total: Decimal,
    asked: Decimal | Mapping[int, Decimal],
    actor: Actor,
    now: datetime,
    only: Collection[int] | None = None,
    message: str = "",
) -> SellOffer:
    """S9: ask for more: one total in EUR, shared out in proportion, or an amount for each piece by pk.

    Pieces may be dropped with `only`. Pressed again it is the same counter. Refuses with OfferNotLive, OfferExpired,
    RoundsUsedUp or CounterOutOfRange.
    """
    submission = steps.locked(submission_id)
    if made := _made_already(submission, number, asked, only, actor):
        return made
    offer = _seen_offer(submission, number, total, now)
    settings = BuyingSettings.fresh()
    if offer.is_final or offer_queries.counters_made(submission) >= settings.max_counters:
        raise RoundsUsedUp
    lines = [line for line in offer.lines.select_related("item") if only is None or line.item_id in only]
    if not lines:
        raise CounterOutOfRange(_("Choose at least one piece."))
    amounts = _amounts(lines, asked)
    ours = sum((line.amount for line in lines), ZERO)
    hoped = sum((line.item.asking_amount or ZERO for line in lines), ZERO)
    wanted = sum(amounts.values(), ZERO)
    if wanted <= ours:
        raise CounterOutOfRange(
            _("That is not more than our offer for these pieces, %(ours)s. Accept it instead, or ask for more.")
            % {"ours": format_eur(ours)}
        )
    is_odd = any(value <= 0 or value != round_eur(value) for value in amounts.values())
    if is_odd or wanted > max(hoped, ours * offer_rules.MOST_TIMES_OUR_OFFER):
        raise CounterOutOfRange
    steps.answer_offer(offer, OfferStatus.SUPERSEDED, actor, now, note="countered")
    made = _write_seller_offer(
        submission,
        offer,
        amounts,
        actor,
        now,
        expires_at=now + settings.counter_time,
        is_one_total=isinstance(asked, Decimal) and len(lines) > 1,
        message=message[:500],
    )
    steps.move(
        submission, Status.COUNTERED, actor, now, action="countered", reason=f"offer {made.number}: {made.total}"
    )
    letters.tell_seller(submission, "counter_received", now, key=str(made.number), offer=made)
    letters.tell_shop(submission, "countered", now, key=str(made.number), offer=made)
    return made


@transaction.atomic
def withdraw(*, submission_id: int, actor: Actor, now: datetime, reason: str = "") -> SellSubmission:
    """S18, S21: call everything off, until the pieces are handed over; pressed again it stays so (SubmissionMoved)."""
    submission = steps.locked(submission_id)
    if submission.close_reason == SellSubmission.CloseReason.WITHDRAWN:
        return submission
    if not rules.can_be_withdrawn(submission):
        raise SubmissionMoved
    if offer := steps.locked_live_offer(submission):
        ended = OfferStatus.REFUSED if offer.party == SellOffer.Party.SHOP else OfferStatus.WITHDRAWN
        if not offer_rules.is_live(offer, now):
            ended = OfferStatus.EXPIRED
        steps.answer_offer(offer, ended, actor, now, note="submission withdrawn")
    steps.end_pieces_without_deal(steps.locked_items(submission), actor, now)
    steps.close(submission, SellSubmission.CloseReason.WITHDRAWN, actor, now, action="withdrawn", reason=reason)
    letters.tell_seller(submission, "withdrawn", now)
    return submission


@transaction.atomic
def ask_for_new_offer(*, submission_id: int, actor: Actor, now: datetime) -> SellSubmission:
    """Have us look again after an offer has run out or was taken back; it is asked once (SubmissionMoved)."""
    submission = steps.locked(submission_id)
    offer = steps.locked_live_offer(submission)
    if offer is not None and offer.party == SellOffer.Party.SHOP and not offer_rules.is_live(offer, now):
        # Time has said so already; nobody has written it down yet.
        end_expired(submission, offer, actor, now)
    if submission.status != Status.STALLED:
        raise SubmissionMoved
    if submission.renewal_asked_at:
        return submission
    changes = {"renewal_asked_at": now, "waiting_on": SellSubmission.WaitingOn.SHOP, "waiting_since": now}
    SellSubmission.objects.filter(pk=submission.pk).update(**changes)
    for name, value in changes.items():
        setattr(submission, name, value)
    record(actor=actor, subject=submission.cause, action="new offer asked for", after=submission.status, now=now)
    return submission


def end_expired(submission: SellSubmission, offer: SellOffer, actor: Actor, now: datetime) -> None:
    """S14, S12, O6: write down that a live offer of a locked submission has run out (OfferNotLive when it has not)."""
    steps.answer_offer(offer, OfferStatus.EXPIRED, actor, now)
    is_ours = offer.party == SellOffer.Party.SHOP
    stalled = SellSubmission.StallReason
    why = stalled.EXPIRED if is_ours else stalled.COUNTER_EXPIRED
    steps.stall(submission, why, actor, now, action="offer expired")
    letters.tell_seller(
        submission, "offer_expired" if is_ours else "counter_expired", now, key=str(offer.number), offer=offer
    )


def make_deal(submission: SellSubmission, offer: SellOffer, actor: Actor, now: datetime) -> None:
    """I2: write an accepted offer onto a locked submission and its pieces."""
    settings = BuyingSettings.current()
    amounts = dict(offer.lines.values_list("item_id", "amount"))
    for item in steps.locked_items(submission):
        if item.pk in amounts:
            steps.move_item(item, SellItem.Status.AGREED, actor, now, agreed_amount=amounts[item.pk])
        elif item.status in {SellItem.Status.SUBMITTED, SellItem.Status.OFFERED}:
            is_declined = item.decision == SellItem.Decision.DECLINED
            steps.move_item(item, SellItem.Status.DECLINED if is_declined else SellItem.Status.EXCLUDED, actor, now)
    steps.move(
        submission,
        Status.AGREED,
        actor,
        now,
        action="agreed",
        reason=f"offer {offer.number}: {offer.total}",
        agreed_at=now,
        ship_by=now + timedelta(days=settings.ship_by_days),
    )
    lines = list(offer.lines.select_related("item"))
    letters.tell_seller(submission, "agreed", now, offer=offer, lines=lines, total=offer.total)


def _tell_of_deal(submission: SellSubmission, offer: SellOffer, actor: Actor, now: datetime) -> None:
    """S7: tell both sides; who was there when the seller said yes need not be told."""
    if actor.channel != "in_person":
        letters.tell_shop(submission, "agreed", now, offer=offer)


def _seen_offer(submission: SellSubmission, number: int, total: Decimal, now: datetime) -> SellOffer:
    """Our live offer, if it is the one on the page that was seen (OfferNotLive, OfferExpired)."""
    offer = steps.refuse_stale_answer(steps.locked_live_offer(submission), number, total, now)
    is_ours = offer.party == SellOffer.Party.SHOP and offer.kind != SellOffer.Kind.REVISION
    if not is_ours or submission.status != Status.OFFERED:
        raise OfferNotLive
    return offer


def _was_accepted(submission: SellSubmission, number: int, only: Collection[int] | None) -> bool:
    """Whether this very answer was given already: the same offer, the same pieces."""
    accepted = submission.offers.filter(status=OfferStatus.ACCEPTED).exclude(kind=SellOffer.Kind.REVISION).first()
    if accepted is None or accepted.number not in {number, number + 1}:
        return False
    taken = dict(accepted.lines.values_list("item_id", "amount"))
    if accepted.number == number:
        return only is None or set(taken) <= set(only)
    seen = SellOfferLine.objects.filter(offer__submission=submission, offer__number=number)
    listed = {item_id: amount for item_id, amount in seen.values_list("item_id", "amount") if item_id in (only or ())}
    # At other prices it is a counter that we accepted, which is another answer.
    return taken == listed


def _made_already(
    submission: SellSubmission,
    number: int,
    asked: Decimal | Mapping[int, Decimal],
    only: Collection[int] | None,
    actor: Actor,
) -> SellOffer | None:
    """The counter that this very person made of this very offer, asking for the same."""
    mine = submission.offers.filter(number=number + 1, party=SellOffer.Party.SELLER, made_by=actor.name)
    made = mine.filter(kind=SellOffer.Kind.COUNTER).first()
    if made is None:
        return None
    amounts = dict(made.lines.values_list("item_id", "amount"))
    is_same = made.total == asked if isinstance(asked, Decimal) else asked.items() <= amounts.items()
    return made if is_same and (only is None or set(amounts) <= set(only)) else None


def _amounts(lines: Collection[SellOfferLine], asked: Decimal | Mapping[int, Decimal]) -> dict[int, Decimal]:
    if isinstance(asked, Decimal):
        shares = spread(asked, [line.amount for line in lines])
        return {line.item_id: share for line, share in zip(lines, shares, strict=True)}
    return {line.item_id: asked.get(line.item_id, line.amount) for line in lines}


def _write_seller_offer(
    submission: SellSubmission,
    answered: SellOffer,
    amounts: Mapping[int, Decimal],
    actor: Actor,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    is_one_total: bool = False,
    message: str = "",
) -> SellOffer:
    """The seller's own offer in place of ours, which has just ended."""
    offer = SellOffer.objects.create(
        submission=submission,
        number=answered.number + 1,
        party=SellOffer.Party.SELLER,
        kind=SellOffer.Kind.COUNTER,
        total=sum(amounts.values(), ZERO),
        is_severable=False,
        is_one_total=is_one_total,
        message=message,
        terms_version=answered.terms_version,
        made_by=actor.name,
        made_at=now,
        expires_at=expires_at or answered.expires_at,
    )
    SellOfferLine.objects.bulk_create(
        SellOfferLine(offer=offer, item_id=item_id, amount=amount) for item_id, amount in amounts.items()
    )
    return offer
