"""Buying in under any order of events: sellers, staff, timers and crashes, and every invariant after each of them."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.errors import DomainError
from inventory.models import Condition
from inventory.queries.ledger import stock_findings
from offers.models import BuyingSettings, Payout, SellItem, SellOffer, SellPhoto, SellSubmission
from offers.queries.findings import buying_findings
from offers.services import answering, intake, paying, receiving, reviewing, settling, timers
from tests.factories import offers as factory
from tests.factories.accounts import UserFactory
from tests.factories.offers import NOON, SELLER, STAFF

PICK = st.integers(0, 5)
KILLED = st.sampled_from([False, False, False, True])
REVIEWS = st.sampled_from(["claim", "ask", "stop_asking", "decline", "close_stalled", "withdraw_offer"])
VERDICTS = st.sampled_from(["pass", "uplift", "requote", "hold", "send_back", "mark_missing"])
AMOUNTS = st.lists(st.sampled_from(["20.00", "33.33", None]), min_size=2, max_size=2)
SEEN = receiving.Finding(Condition.MINT, is_authentic=True)
STAGES: Sequence[Callable[[], Any]] = (
    factory.submitted,
    factory.offered,
    factory.countered,
    factory.agreed,
    factory.received,
    factory.revised,
    factory.settling,
    factory.paid,
)
# Far apart, so that offers run out, stalls end and pieces count as missing.
JUMPS = st.sampled_from([timedelta(minutes=10), timedelta(days=1), timedelta(days=8), timedelta(days=22)])


def in_states(*statuses: str) -> Callable[[Any], Any]:
    """A step that is tried where it belongs, and a little beside it."""
    return precondition(lambda machine: machine.status in statuses)


class Crash(Exception):
    """The process dies before its commit."""


class SubmissionMachine(RuleBasedStateMachine):
    """Plays with one submission of two pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = NOON
        BuyingSettings(stock_before_paying=False).save()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(stage=st.sampled_from(STAGES))
    def begin(self, stage: Callable[[], Any]) -> None:
        stage()
        self.pk = SellSubmission.objects.values_list("pk", flat=True).get()

    @property
    def status(self) -> str:
        return self.submission.status if hasattr(self, "pk") else ""

    @property
    def submission(self) -> SellSubmission:
        return SellSubmission.objects.get(pk=self.pk)

    def offer(self) -> SellOffer | None:
        """The newest, live or not, run out or not."""
        return SellOffer.objects.filter(submission=self.pk).order_by("-number").first()

    def piece(self, pick: int) -> int:
        pks = list(SellItem.objects.filter(submission=self.pk).order_by("pk").values_list("pk", flat=True))
        return pks[pick % len(pks)]

    def do(self, is_killed: bool, act: Callable[..., Any], **how: Any) -> None:
        """Try it; refused or killed before its commit, it must leave nothing."""
        before = self.everything() if is_killed else None
        try:
            with transaction.atomic():
                act(**how, now=self.now)
                if is_killed:
                    raise Crash
        except (DomainError, Crash):
            assert before is None or self.everything() == before

    def everything(self) -> list[Any]:
        return [
            list(model.objects.order_by("pk").values_list()) for model in (SellSubmission, SellItem, SellOffer, Payout)
        ]

    @rule(jump=JUMPS)
    def time_passes(self, jump: timedelta) -> None:
        self.now += jump

    @rule()
    def timers_run(self) -> None:
        for timer in (timers.expire_offers, timers.close_stalled, timers.close_unanswered, timers.give_up_waiting):
            timer(now=self.now)

    @in_states("submitted", "in_review", "info_requested", "offered", "countered", "stalled")
    @rule(
        verb=st.sampled_from(["claim", "ask", "stop_asking", "decline", "close_stalled", "withdraw_offer"]),
        k=KILLED,
    )
    def staff_review(self, verb: str, k: bool) -> None:
        more: dict[str, dict[str, Any]] = {
            "claim": {"user_id": UserFactory().pk},
            "ask": {"question": "Is the zip whole?"},
            "withdraw_offer": {"reason": "A mistake"},
        }
        how = {"submission_id": self.pk, "actor": STAFF, **more.get(verb, {})}
        self.do(k, getattr(reviewing, verb), **how)

    @in_states("submitted", "in_review", "info_requested", "offered", "countered", "stalled")
    @rule(amounts=AMOUNTS, is_final=st.booleans(), k=KILLED)
    def staff_offer(self, amounts: list[str | None], is_final: bool, k: bool) -> None:
        try:
            with transaction.atomic():
                decided = factory.decided(self.submission, amounts, now=self.now)
        except DomainError:
            decided = self.submission
        terms = {"expires_at": self.now + timedelta(days=7), "is_final": is_final, "version": decided.draft_version}
        self.do(k, reviewing.make_offer, submission_id=self.pk, actor=STAFF, **terms)

    @in_states("offered", "countered", "stalled", "agreed")
    @rule(is_yes=st.booleans(), k=KILLED)
    def staff_answer(self, is_yes: bool, k: bool) -> None:
        if (offer := self.offer()) is None:
            return
        how: dict[str, Any] = {"submission_id": self.pk, "number": offer.number, "actor": STAFF}
        if is_yes:
            self.do(k, reviewing.accept_counter, total=offer.total, **how)
        else:
            self.do(k, reviewing.decline_counter, reason="Too much", **how)

    @in_states("offered", "countered", "received")
    @rule(verb=st.sampled_from(["accept", "refuse", "counter", "revise", "staff"]), pick=PICK)
    def somebody_answers_too_late(self, verb: str, pick: int) -> None:
        """The offer's time is over, and no timer has been by."""
        self.now += timedelta(days=8)
        if verb == "staff":
            self.staff_answer(is_yes=pick % 2 == 0, k=False)
        else:
            self.seller_answer(verb=verb, pick=pick, k=False)

    @in_states("offered", "countered", "stalled", "agreed", "received")
    @rule(verb=st.sampled_from(["accept", "part", "refuse", "counter", "revise"]), pick=PICK, k=KILLED)
    def seller_answer(self, verb: str, pick: int, k: bool) -> None:
        if (offer := self.offer()) is None:
            return
        seen: dict[str, Any] = {
            "submission_id": self.pk,
            "number": offer.number,
            "total": offer.total,
            "actor": SELLER,
        }
        if verb == "revise":
            answers = {line.item_id: ("take", "give_back")[pick % 2] for line in offer.lines.all()}
            self.do(k, receiving.answer_revision, answers=answers, **seen)
        elif verb == "counter":
            self.do(k, answering.counter, asked=offer.total + Decimal("7.01"), **seen)
        elif verb == "part":
            self.do(k, answering.accept, only=[self.piece(pick)], **seen)
        else:
            self.do(k, getattr(answering, verb), **seen)

    @rule(verb=st.sampled_from(["withdraw", "ask_for_new_offer"]), k=KILLED)
    def seller_moves(self, verb: str, k: bool) -> None:
        self.do(k, getattr(answering, verb), submission_id=self.pk, actor=SELLER)

    @in_states("offered", "agreed", "received")
    @rule(pick=PICK, is_all=st.booleans(), k=KILLED)
    def receive(self, pick: int, is_all: bool, k: bool) -> None:
        chosen = [self.piece(0), self.piece(1)] if is_all else [self.piece(pick)]
        self.do(k, receiving.receive, submission_id=self.pk, item_ids=chosen, actor=STAFF)

    @in_states("agreed", "received", "settling")
    @rule(
        verb=st.sampled_from(["pass", "uplift", "requote", "hold", "send_back", "mark_missing"]),
        pick=PICK,
        k=KILLED,
    )
    def inspect(self, verb: str, pick: int, k: bool) -> None:
        pk = self.piece(pick)
        how: dict[str, Any] = {"item_id": pk, "actor": STAFF}
        if verb == "pass":
            self.do(k, receiving.pass_piece, finding=SEEN, **how)
        elif verb == "uplift":
            self.do(k, receiving.pass_piece, finding=SEEN, uplift_to=Decimal("70.00"), **how)
        elif verb == "requote":
            SellPhoto.objects.get_or_create(item_id=pk, origin="inspector", position=1, uploaded_at=NOON)
            self.do(k, receiving.requote, amount=Decimal("9.99"), reason="A hole", finding=SEEN, **how)
        elif verb == "mark_missing":
            self.do(k, receiving.mark_missing, **how)
        else:
            self.do(k, getattr(receiving, verb), reason="Not right", **how)

    @in_states("received", "settling")
    @rule(verdict=st.sampled_from(["passed", "to_return", "disposed"]), pick=PICK, k=KILLED)
    def judge(self, verdict: str, pick: int, k: bool) -> None:
        status = SellItem.Status(verdict)
        self.do(k, receiving.judge, item_id=self.piece(pick), verdict=status, reason="Looked again", actor=STAFF)

    @in_states("received", "settling", "closed")
    @rule(verb=st.sampled_from(["hand_back", "walk_away"]), pick=PICK, k=KILLED)
    def give_back(self, verb: str, pick: int, k: bool) -> None:
        how = {"tracking": "AB123"} if verb == "hand_back" else {}
        self.do(k, getattr(receiving, verb), item_id=self.piece(pick), actor=STAFF, **how)

    @in_states("received", "settling")
    @rule(k=KILLED)
    def send_revision(self, k: bool) -> None:
        self.do(k, receiving.send_revision, submission_id=self.pk, actor=STAFF)

    @in_states("received", "settling", "closed")
    @rule(verb=st.sampled_from(["approve", "settle_cash", "cancel", "mark_sent", "settle", "fail"]), k=KILLED)
    def pay(self, verb: str, k: bool) -> None:
        payout = Payout.objects.filter(submission=self.pk).order_by("-attempt").first()
        if payout is None:
            return
        more: dict[str, dict[str, Any]] = {
            "approve": {"method": "cash"},
            "settle_cash": {"signed_by": "Sella Example"},
            "cancel": {"reason": "A mistake"},
            "mark_sent": {"reference": "B1"},
            "fail": {"reason": "No such account"},
        }
        self.do(k, getattr(paying, verb), payout_id=payout.pk, actor=STAFF, **more.get(verb, {}))

    @in_states("received", "settling", "closed")
    @rule(pick=PICK, k=KILLED)
    def stock(self, pick: int, k: bool) -> None:
        listing = intake.Listing(title="A piece", price=Decimal("99.00"), size="L", condition=Condition.MINT)
        self.do(k, intake.stock_piece, item_id=self.piece(pick), listing=listing, actor=STAFF)

    @invariant()
    def everything_fits(self) -> None:
        if not hasattr(self, "pk"):
            return
        assert [str(finding) for finding in buying_findings()] == []
        assert stock_findings() == []

    @invariant()
    def nothing_was_accepted_after_its_time(self) -> None:
        late = SellOffer.objects.filter(status__in=["accepted", "refused"], answered_at__gte=F("expires_at"))
        assert not late.exists()

    @invariant()
    def nothing_ran_out_before_its_time(self) -> None:
        assert not SellOffer.objects.filter(status="expired", answered_at__lt=F("expires_at")).exists()

    @invariant()
    def nothing_is_in_stock_that_is_not_paid(self) -> None:
        for submission in SellSubmission.objects.filter(items__status=SellItem.Status.STOCKED).distinct():
            stocked = submission.items.filter(status=SellItem.Status.STOCKED)
            owed = sum((item.agreed_amount or Decimal(0) for item in stocked), Decimal(0))
            assert owed <= settling.amount_settled(submission)

    @invariant()
    def no_more_is_paid_than_is_due(self) -> None:
        for submission in SellSubmission.objects.all():
            assert settling.amount_settled(submission) <= settling.amount_due(submission)


@pytest.mark.django_db
@pytest.mark.slow
def test_INV_hold_whatever_sellers_staff_timers_and_crashes_do() -> None:
    # 60 sequences in the suite, 600 with --hypothesis-profile=thorough.
    run_state_machine_as_test(
        SubmissionMachine,
        settings=settings(stateful_step_count=15, suppress_health_check=list(HealthCheck), print_blob=True),
    )
