"""Every step that is not in the tables is refused, and leaves everything as it was."""

from collections.abc import Callable, Set
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from core.errors import DomainError
from core.models import AuditEntry, OutboxMessage
from inventory.models import Condition
from offers.errors import ItemMoved, OfferExpired, OfferNotLive, PayoutMoved, SubmissionMoved
from offers.models import Payout, SellItem, SellOffer, SellSubmission
from offers.rules import items, offers, payouts, submissions
from offers.services import answering, giving_back, paying, receiving, reviewing, revising, steps, submitting
from tests.factories.accounts import UserFactory
from tests.factories.offers import (
    NOON,
    SELLER,
    STAFF,
    agreed,
    countered,
    draft,
    offered,
    paid,
    received,
    settling,
    submitted,
)

pytestmark = pytest.mark.django_db
Status, Item, Offer, Paying = SellSubmission.Status, SellItem.Status, SellOffer.Status, Payout.Status


def refused_steps(table: dict[str, set[str]], statuses: type) -> list[tuple[str, str]]:
    return [(here, there) for here in table for there in statuses if there not in table[here]]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("here", "there"), refused_steps(submissions.NEXT, Status))
def test_INV_04_a_submission_takes_no_other_step(here: Any, there: Any) -> None:
    submission = SellSubmission(status=here)

    with pytest.raises(SubmissionMoved):
        steps.move(submission, there, STAFF, NOON, action="odd")

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("here", "there"), refused_steps(items.NEXT, Item))
def test_INV_04_a_piece_takes_no_other_step(here: Any, there: Any) -> None:
    with pytest.raises(ItemMoved):
        steps.move_item(SellItem(status=here), there, STAFF, NOON)


@pytest.mark.parametrize(("here", "there"), refused_steps(payouts.NEXT, Paying))
@pytest.mark.parametrize("method", Payout.Method)
def test_a_payout_takes_no_other_step(here: Any, there: Any, method: Any) -> None:
    with pytest.raises(PayoutMoved):
        steps.move_payout(Payout(status=here, method=method), there, STAFF, NOON)


@pytest.mark.parametrize(("method", "there"), [("cash", Paying.SENT), ("bank_transfer", Paying.SETTLED)])
def test_an_approved_payout_goes_the_way_of_its_method(method: str, there: Any) -> None:
    with pytest.raises(PayoutMoved):
        steps.move_payout(Payout(status=Paying.APPROVED, method=method), there, STAFF, NOON)


@pytest.mark.parametrize("ended", sorted(offers.ENDS))
@pytest.mark.parametrize("there", sorted(offers.ENDS))
def test_INV_02_an_offer_that_has_ended_does_not_end_again(ended: Any, there: Any) -> None:
    offer = offered()
    now = offer.expires_at if ended == Offer.EXPIRED else NOON
    steps.answer_offer(offer, ended, STAFF, now)
    again = offer.expires_at if there == Offer.EXPIRED else NOON

    with pytest.raises(OfferNotLive):
        steps.answer_offer(offer, there, STAFF, again)

    offer.refresh_from_db()
    assert offer.status == ended


@pytest.mark.parametrize("there", sorted(offers.ENDS - {Offer.EXPIRED}))
def test_INV_17_after_its_time_an_offer_can_only_expire(there: Any) -> None:
    offer = offered()

    with pytest.raises(OfferExpired):
        steps.answer_offer(offer, there, STAFF, offer.expires_at)


def test_INV_17_before_its_time_an_offer_cannot_expire() -> None:
    offer = offered()

    with pytest.raises(OfferNotLive):
        steps.answer_offer(offer, Offer.EXPIRED, STAFF, offer.expires_at - timedelta(seconds=1))


def test_INV_04_phases_never_decrease() -> None:
    for here, following in submissions.NEXT.items():
        assert all(submissions.PHASE[there] >= submissions.PHASE[here] for there in following), here


def test_INV_15_a_step_that_lost_the_race_writes_no_audit() -> None:
    submission = submitted()
    SellSubmission.objects.update(status=Status.IN_REVIEW)
    audits = AuditEntry.objects.count()

    with pytest.raises(SubmissionMoved):
        steps.move(submission, Status.IN_REVIEW, STAFF, NOON, action="claimed")

    assert AuditEntry.objects.count() == audits


# How a submission gets to each status.
def in_review() -> SellSubmission:
    return reviewing.claim(submission_id=submitted().pk, user_id=UserFactory().pk, actor=STAFF, now=NOON)


def info_requested() -> SellSubmission:
    return reviewing.ask(submission_id=in_review().pk, question="Which size?", actor=STAFF, now=NOON)


def stalled() -> SellSubmission:
    offer = offered()
    return answering.refuse(submission_id=offer.submission_id, number=1, total=offer.total, actor=SELLER, now=NOON)


def closed() -> SellSubmission:
    stalled_one = stalled()
    return reviewing.close_stalled(submission_id=stalled_one.pk, actor=STAFF, now=NOON)


STAGES: dict[str, Callable[[], SellSubmission]] = {
    Status.DRAFT: draft,
    Status.SUBMITTED: submitted,
    Status.IN_REVIEW: in_review,
    Status.INFO_REQUESTED: info_requested,
    Status.OFFERED: lambda: offered().submission,
    Status.COUNTERED: lambda: countered().submission,
    Status.STALLED: stalled,
    Status.AGREED: agreed,
    Status.RECEIVED: received,
    Status.SETTLING: settling,
    Status.CLOSED: closed,
}
TOTAL = Decimal("100.00")


def first_piece(submission: SellSubmission) -> int:
    return submission.items.order_by("position").values_list("pk", flat=True)[0]


def piece(service: Callable[..., object], **more: Any) -> Callable[[SellSubmission], object]:
    """A step of the first piece."""
    return lambda submission: service(item_id=first_piece(submission), actor=STAFF, now=NOON, **more)


def step(service: Callable[..., object], actor: Any = STAFF, **more: Any) -> Callable[[SellSubmission], object]:
    """A step of the submission."""
    return lambda submission: service(submission_id=submission.pk, actor=actor, now=NOON, **more)


FINDING = receiving.Finding(Condition.MINT, is_authentic=True)
# Each step, and the statuses it may be taken from, as the specification says.
VERBS: dict[str, tuple[Callable[[SellSubmission], object], Set[str]]] = {
    "S1 submit": (step(submitting.submit, SELLER, has_agreed=True), set(Status)),  # again: the same submission
    "S2 claim": (
        lambda submission: reviewing.claim(
            submission_id=submission.pk, user_id=submission.assignee_id or UserFactory().pk, actor=STAFF, now=NOON
        ),
        set(submissions.BEFORE_DEAL),
    ),
    "S3 ask": (step(reviewing.ask, question="Which size?"), {Status.IN_REVIEW}),
    "S4 answer": (step(submitting.answer_question, SELLER, answer="L"), {Status.INFO_REQUESTED}),
    "S4 stop asking": (step(reviewing.stop_asking), {Status.INFO_REQUESTED}),
    "S7 accept": (step(answering.accept, SELLER, number=1, total=TOTAL), {Status.OFFERED, "dealt"}),
    "S8 refuse": (
        step(answering.refuse, SELLER, number=1, total=TOTAL),
        {Status.OFFERED, Status.STALLED, Status.CLOSED},  # refused already: the same answer
    ),
    "S9 counter": (
        step(answering.counter, SELLER, number=1, total=TOTAL, asked=Decimal("150.00")),
        {Status.OFFERED, Status.COUNTERED},
    ),
    "S10 accept counter": (
        step(reviewing.accept_counter, number=2, total=Decimal("150.00")),
        {Status.COUNTERED},
    ),
    "S12 decline counter": (step(reviewing.decline_counter, number=2, reason="Too much"), {Status.COUNTERED}),
    "S13 withdraw offer": (step(reviewing.withdraw_offer, reason="A mistake"), {Status.OFFERED}),
    "S15 close": (step(reviewing.close_stalled), {Status.STALLED}),
    "S16 receive": (
        lambda submission: receiving.receive(
            submission_id=submission.pk, item_ids=[first_piece(submission)], actor=STAFF, now=NOON
        ),
        {Status.AGREED, Status.RECEIVED},
    ),
    "S17 nothing came": (step(receiving.nothing_came), {Status.AGREED}),
    "S18 call off": (step(receiving.call_off, reason="Closed for a week"), {Status.AGREED}),
    "S18 S21 withdraw": (step(answering.withdraw, SELLER), submissions.BEFORE_DEAL | {Status.AGREED}),
    "S22 spam": (step(reviewing.mark_spam), {Status.SUBMITTED, Status.IN_REVIEW}),
    "ask for a new offer": (step(answering.ask_for_new_offer, SELLER), {Status.STALLED}),
    "O7 send a revision": (step(revising.send_revision), set()),
    "X18 extra": (step(receiving.add_extra, title="Belt"), {Status.RECEIVED}),
    "I4 missing": (piece(receiving.mark_missing), set()),
    "I5 pass": (piece(receiving.pass_piece, finding=FINDING), {Status.RECEIVED}),
    "I6 requote": (piece(receiving.requote, amount=Decimal("5"), reason="A hole", finding=FINDING), set()),
    "I9 send back": (piece(receiving.send_back, reason="Another colour"), {Status.RECEIVED}),
    "I10 hold": (piece(receiving.hold, reason="Odd label"), {Status.RECEIVED}),
    "I11 judge": (piece(receiving.judge, verdict=Item.TO_RETURN, reason="Fake"), set()),
    "I12 walk away": (piece(giving_back.walk_away), {Status.SETTLING}),
    "I14 hand back": (piece(giving_back.hand_back, tracking="in person"), set()),
    "I15 dispose": (piece(giving_back.dispose, reason="Recycle it", is_wish=True), set()),
}


def cases(is_allowed: bool) -> list[Any]:
    found = []
    for verb, (_, allowed) in VERBS.items():
        dealt = {Status.AGREED, Status.RECEIVED, Status.SETTLING} if "dealt" in allowed else set()
        for status in STAGES:
            if (status in allowed | dealt) == is_allowed:
                found.append(pytest.param(verb, status, id=f"{verb} from {status}"))
    return found


@pytest.mark.parametrize(("verb", "status"), cases(is_allowed=False))
def test_refused_and_nothing_changed(verb: str, status: str) -> None:
    submission = STAGES[status]()
    before = _picture_of_everything()

    with pytest.raises(DomainError), transaction.atomic():
        VERBS[verb][0](submission)

    submission.refresh_from_db()
    assert submission.status == status
    assert _picture_of_everything() == before


@pytest.mark.parametrize(("verb", "status"), cases(is_allowed=True))
def test_allowed(verb: str, status: str) -> None:
    submission = STAGES[status]()

    VERBS[verb][0](submission)


def _picture_of_everything() -> list[Any]:
    rows: list[Any] = []
    rows.append(SellSubmission.objects.values_list("status", "close_reason", "waiting_on", "waiting_since"))
    rows.append(SellItem.objects.values_list("pk", "status", "agreed_amount"))
    rows.append(SellOffer.objects.values_list("pk", "status"))
    rows.append(Payout.objects.values_list("pk", "status", "amount"))
    rows += [OutboxMessage.objects.values_list("pk"), AuditEntry.objects.values_list("pk")]
    return [sorted(each, key=str) for each in rows]


@pytest.mark.parametrize("stage", [settling, paid], ids=["settling", "paid"])
def test_a_payout_is_not_sent_or_settled_before_its_turn(stage: Callable[[], SellSubmission]) -> None:
    payout = stage().payouts.get()
    known: dict[str, Any] = {"payout_id": payout.pk, "actor": STAFF, "now": NOON}
    takes = [
        partial(paying.mark_sent, reference="B1", **known),
        partial(paying.settle, **known),
        partial(paying.settle_cash, signed_by="Sella Example", **known),
        partial(paying.fail, reason="No such account", **known),
    ]
    for take in takes:
        with pytest.raises(PayoutMoved):
            take()
