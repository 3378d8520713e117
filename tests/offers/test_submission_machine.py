"""Buying in under any order of events: sellers, staff, timers and crashes, and every invariant after each of them."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
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

from core.audit import Actor
from core.errors import DomainError
from core.models import AuditEntry, OutboxMessage
from inventory.models import Condition, StockMove
from inventory.queries.ledger import stock_findings
from offers.models import BuyingSettings, Inspection, Payout, SellItem, SellOffer, SellPhoto, SellSubmission
from offers.queries.findings import buying_findings
from offers.services import answering, intake, paying, receiving, reviewing, timers
from tests.factories import offers as factory
from tests.factories.accounts import UserFactory
from tests.factories.offers import IBAN, NOON, SELLER, STAFF
from tests.offers.oracles import WISH, Books

PICK = st.integers(0, 5)
KILLED = st.sampled_from([False, False, False, True])
SOMETIMES = st.sampled_from([False, False, False, True])
REVIEWS = ["claim", "ask", "stop_asking", "decline", "mark_spam", "close_stalled", "withdraw_offer"]
VERDICTS = ["pass", "unseen", "uplift", "lower_uplift", "requote", "higher_requote", "hold", "send_back", "missing"]
PAYING = ["settle_cash", "sign", "confirm_cash", "export", "cancel", "mark_sent", "settle", "fail"]
AMOUNTS = st.lists(st.sampled_from(["20.00", "33.33", "99.00", None]), min_size=2, max_size=2)
SEEN, UNSEEN = receiving.Finding(Condition.MINT, is_authentic=True), receiving.Finding(Condition.MINT)
CASHIER, TIME_TO_REST = Actor("user 2", "admin"), timedelta(hours=24)
OTHER_IBAN = "IE64IRCE92050112345678"
# Tight, so that limits are met; the factories' deals are below them.
SETTINGS: dict[str, Any] = {"buyer_limit": Decimal("155.00"), "cash_limit": Decimal("110.00"), "max_counters": 2}
SETTINGS |= {"stock_before_paying": False, "payer_name": "Unity Example", "payer_iban": OTHER_IBAN}
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
        self.ended: dict[int, Any] = {}
        self.has_account, self.rests_until = False, NOON
        BuyingSettings(**SETTINGS).save()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(stage=st.sampled_from(STAGES), has_two_people=st.booleans())
    def begin(self, stage: Callable[[], Any], has_two_people: bool) -> None:
        stage()
        self.pk = SellSubmission.objects.values_list("pk", flat=True).get()
        BuyingSettings.objects.update(needs_second_pair_of_eyes=has_two_people)

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

    def do(self, is_killed: bool, act: Callable[..., Any], *, is_wrong: bool = False, **how: Any) -> bool:
        """Try it; refused or killed before its commit, it must leave nothing, and so must what is wrong to ask for."""
        before = self.everything() if is_killed or is_wrong else None
        try:
            with transaction.atomic():
                act(**how, now=self.now)
                if is_killed:
                    raise Crash
        except (DomainError, Crash):
            assert before is None or self.everything() == before
            return False
        assert not is_wrong or self.everything() == before, f"{act.__name__} did what it should refuse"
        return True

    def everything(self) -> list[Any]:
        rows = (SellSubmission, SellItem, SellOffer, Payout)
        counted = (AuditEntry, OutboxMessage, StockMove)
        return [list(model.objects.order_by("pk").values_list()) for model in rows] + [
            model.objects.count() for model in counted
        ]

    @rule(jump=JUMPS)
    def time_passes(self, jump: timedelta) -> None:
        self.now += jump

    @rule()
    def timers_run(self) -> None:
        every = (timers.expire_offers, timers.close_stalled, timers.close_unanswered, timers.give_up_waiting)
        for timer in (*every, timers.remind):
            timer(now=self.now)

    @in_states("submitted", "in_review", "info_requested", "offered", "countered", "stalled")
    @rule(verb=st.sampled_from(REVIEWS), k=KILLED)
    def staff_review(self, verb: str, k: bool) -> None:
        more: dict[str, dict[str, Any]] = {
            "claim": {"user_id": UserFactory().pk},
            "ask": {"question": "Is the zip whole?"},
            "withdraw_offer": {"reason": "A mistake"},
        }
        claimed_at = self.submission.claimed_at
        how = {"submission_id": self.pk, "actor": STAFF, **more.get(verb, {})}
        is_claimed = verb == "claim" and claimed_at is not None and self.now < claimed_at + timedelta(minutes=30)
        self.do(k, getattr(reviewing, verb), is_wrong=is_claimed, **how)

    @in_states("submitted", "in_review", "info_requested", "offered", "countered", "stalled")
    @rule(
        amounts=AMOUNTS,
        days=st.sampled_from([7, 7, 0, 31]),
        is_final=st.booleans(),
        is_severable=st.booleans(),
        is_stale=SOMETIMES,
        k=KILLED,
    )
    def staff_offer(
        self, amounts: list[str | None], days: int, is_final: bool, is_severable: bool, is_stale: bool, k: bool
    ) -> None:
        version = self.submission.draft_version
        try:
            with transaction.atomic():
                version = factory.decided(self.submission, amounts, now=self.now).draft_version
        except DomainError:
            pass
        terms: dict[str, Any] = {"is_final": is_final, "is_severable": is_severable}
        terms |= {"expires_at": self.now + timedelta(days=days), "version": version - is_stale}
        self.do(k, reviewing.make_offer, submission_id=self.pk, actor=STAFF, is_wrong=is_stale, **terms)

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
    @rule(verb=st.sampled_from(["accept", "refuse", "counter", "revise", "staff", "withdraw_offer"]), pick=PICK)
    def somebody_answers_too_late(self, verb: str, pick: int) -> None:
        """The offer's time is over, and no timer has been by."""
        self.now += timedelta(days=8)
        if verb == "staff":
            self.staff_answer(is_yes=pick % 2 == 0, k=False)
        elif verb == "withdraw_offer":
            self.staff_review(verb=verb, k=False)
        else:
            self.seller_answer(verb=verb, pick=pick, off="0.00", k=False)

    @in_states("offered", "countered", "stalled", "agreed", "received")
    @rule(
        verb=st.sampled_from(["accept", "part", "refuse", "counter", "revise"]),
        pick=PICK,
        off=st.sampled_from(["0.00", "0.00", "0.00", "0.01"]),
        k=KILLED,
    )
    def seller_answer(self, verb: str, pick: int, off: str, k: bool) -> None:
        if (offer := self.offer()) is None:
            return
        seen: dict[str, Any] = {
            "submission_id": self.pk,
            "number": offer.number,
            "total": offer.total + Decimal(off),
            "actor": SELLER,
            "is_wrong": off != "0.00",
        }
        if verb == "revise":
            answers = {line.item_id: ("take", "give_back")[pick % 2] for line in offer.lines.all()}
            self.do(k, receiving.answer_revision, answers=answers, **seen)
        elif verb == "counter":
            more = ("7.01", "7.01", "60.00", "-1.00", "0.00", "900.00")[pick]
            self.do(k, answering.counter, asked=offer.total + Decimal(more), **seen)
        elif verb == "part":
            self.do(k, answering.accept, only=[self.piece(pick)], **seen)
        else:
            self.do(k, getattr(answering, verb), **seen)

    @rule(verb=st.sampled_from(["ask_for_new_offer"] * 4 + ["withdraw"]), k=KILLED)
    def seller_moves(self, verb: str, k: bool) -> None:
        self.do(k, getattr(answering, verb), submission_id=self.pk, actor=SELLER)

    @in_states("offered", "agreed", "received")
    @rule(pick=PICK, is_all=st.booleans(), k=KILLED)
    def receive(self, pick: int, is_all: bool, k: bool) -> None:
        chosen = [self.piece(0), self.piece(1)] if is_all else [self.piece(pick)]
        self.do(k, receiving.receive, submission_id=self.pk, item_ids=chosen, actor=STAFF)

    @in_states("agreed", "received")
    @rule(verb=st.sampled_from(["add_extra", "call_off", "nothing_came"]), k=KILLED)
    def parcel(self, verb: str, k: bool) -> None:
        more: dict[str, Any] = {"title": "A scarf"} if verb == "add_extra" else {"reason": "The shop is shut"}
        self.do(k, getattr(receiving, verb), submission_id=self.pk, actor=STAFF, **more)

    @in_states("agreed", "received", "settling")
    @rule(verb=st.sampled_from(VERDICTS), pick=PICK, has_photo=st.sampled_from([True, True, False]), k=KILLED)
    def inspect(self, verb: str, pick: int, has_photo: bool, k: bool) -> None:
        pk = self.piece(pick)
        how: dict[str, Any] = {"item_id": pk, "actor": STAFF}
        if verb in {"pass", "unseen"}:
            self.do(k, receiving.pass_piece, finding=SEEN if verb == "pass" else UNSEEN, **how)
        elif verb.endswith("uplift"):
            better = Decimal("2.00") if verb == "lower_uplift" else Decimal("90.00")
            self.do(k, receiving.pass_piece, finding=SEEN, uplift_to=better, **how)
        elif verb.endswith("requote"):
            if has_photo:
                SellPhoto.objects.get_or_create(item_id=pk, origin="inspector", position=1, uploaded_at=NOON)
            amount = Decimal("150.00") if verb == "higher_requote" else Decimal("9.99")
            self.do(k, receiving.requote, amount=amount, reason="A hole", finding=SEEN, **how)
        elif verb == "missing":
            self.do(k, receiving.mark_missing, **how)
        else:
            self.do(k, getattr(receiving, verb), reason="Not right", **how)

    @in_states("received", "settling")
    @rule(verdict=st.sampled_from(["passed", "to_return", "disposed"]), pick=PICK, is_fake=SOMETIMES, k=KILLED)
    def judge(self, verdict: str, pick: int, is_fake: bool, k: bool) -> None:
        how: dict[str, Any] = {"reason": "Looked again", "actor": STAFF, "is_fake": is_fake}
        how["is_wrong"] = is_fake and verdict == "passed"
        self.do(k, receiving.judge, item_id=self.piece(pick), verdict=SellItem.Status(verdict), **how)

    @in_states("received", "settling", "closed")
    @rule(verb=st.sampled_from(["hand_back", "walk_away", "dispose", "dispose_unasked"]), pick=PICK, k=KILLED)
    def give_back(self, verb: str, pick: int, k: bool) -> None:
        how: dict[str, Any] = {"item_id": self.piece(pick), "actor": STAFF}
        if verb.startswith("dispose"):
            is_wish = verb == "dispose"
            self.do(k, receiving.dispose, reason=WISH if is_wish else "Nobody came", is_wish=is_wish, **how)
        else:
            how |= {"tracking": "AB123"} if verb == "hand_back" else {}
            self.do(k, getattr(receiving, verb), **how)

    @in_states("received", "settling")
    @rule(k=KILLED)
    def send_revision(self, k: bool) -> None:
        self.do(k, receiving.send_revision, submission_id=self.pk, actor=STAFF)

    @in_states("agreed", "received", "settling")
    @rule(iban=st.sampled_from([IBAN, OTHER_IBAN]), k=KILLED)
    def give_account(self, iban: str, k: bool) -> None:
        how: dict[str, Any] = {"holder_name": "Sella Example", "iban": iban, "code": None, "actor": STAFF}
        if self.do(k, paying.save_account, submission_id=self.pk, **how):
            self.rests_until = self.now + TIME_TO_REST if self.has_account else NOON
            self.has_account = True

    @in_states("settling")
    @rule(method=st.sampled_from(["cash", "bank_transfer"]), who=st.sampled_from([STAFF, CASHIER]), k=KILLED)
    def approve(self, method: str, who: Actor, k: bool) -> None:
        if (payout := self.payout()) is None:
            return
        has_looked = Inspection.objects.filter(actor=who.name).exists()
        is_wrong = BuyingSettings.objects.get().needs_second_pair_of_eyes and has_looked
        is_wrong |= method == "bank_transfer" and self.now < self.rests_until
        self.do(k, paying.approve, payout_id=payout.pk, method=method, actor=who, is_wrong=is_wrong)

    @in_states("received", "settling", "closed")
    @rule(
        verb=st.sampled_from(
            ["settle_cash", "sign", "confirm_cash", "export", "cancel", "mark_sent", "settle", "fail"]
        ),
        k=KILLED,
    )
    def pay(self, verb: str, k: bool) -> None:
        if (payout := self.payout()) is None:
            return
        how: dict[str, Any] = {"payout_id": payout.pk, "actor": STAFF}
        if verb == "confirm_cash":
            self.do(k, paying.confirm_cash, submission_id=self.pk, amount=payout.amount, actor=SELLER)
        elif verb == "export":
            is_wrong = payout.exported_at is not None or self.now < self.rests_until
            self.do(k, paying.sepa_file, payout_ids=[payout.pk], actor=STAFF, is_wrong=is_wrong)
        elif verb == "sign":
            self.do(k, paying.settle_cash, signed_by="Sella Example", **how)
        else:
            more: dict[str, dict[str, Any]] = {"mark_sent": {"reference": "B1"}, "settle": {}, "settle_cash": {}}
            self.do(k, getattr(paying, verb), **how, **more.get(verb, {"reason": "A mistake"}))

    def payout(self) -> Payout | None:
        """The newest."""
        return Payout.objects.filter(submission=self.pk).order_by("-attempt").first()

    @in_states("received", "settling", "closed")
    @rule(pick=PICK, k=KILLED)
    def stock(self, pick: int, k: bool) -> None:
        listing = intake.Listing(title="A piece", price=Decimal("99.00"), size="L", condition=Condition.MINT)
        self.do(k, intake.stock_piece, item_id=self.piece(pick), listing=listing, actor=STAFF)

    @rule(pick=PICK, stray=st.sampled_from([None, None, None, 0, 1, 2]), k=KILLED)
    def go_on(self, pick: int, stray: int | None, k: bool) -> None:
        """Mostly the deal goes its way, else few games would ever see the end of one."""
        if stray is not None:
            self.go_astray(stray, pick)
        elif self.status in {"submitted", "in_review", "stalled"}:
            amounts: list[str | None] = ["20.00", "33.33" if pick else None]
            self.staff_offer(amounts=amounts, days=7, is_final=False, is_severable=pick > 1, is_stale=False, k=k)
        elif self.status == "offered":
            verb = ("accept", "accept", "accept", "part", "counter", "refuse")[pick]
            self.seller_answer(verb=verb, pick=0, off="0.00", k=k)
        elif self.status == "countered":
            self.staff_answer(is_yes=pick < 4, k=k)
        elif self.status == "agreed":
            self.receive(pick=pick, is_all=pick < 4, k=k)
        elif self.status == "received":
            self.look(pick, k)
        elif self.status == "settling":
            self.finish(pick, k)

    go_on_further = go_on_to_the_end = go_on  # as often as three rules

    def go_astray(self, stray: int, pick: int) -> None:
        """What nobody may do just now, where it would do harm."""
        seen: dict[str, Any] = {"pick": pick, "k": False}
        wrong_page = partial(self.seller_answer, verb=("accept", "refuse", "counter")[pick % 3], off="0.01", **seen)
        ours: dict[str, Any] = {"amounts": ["20.00", "20.00"], "is_final": False, "is_severable": True, "k": False}
        offer, stale = partial(self.staff_offer, days=7, is_stale=False), partial(self.staff_offer, is_stale=True)
        ask = partial(self.staff_review, verb="ask", k=False)
        walk_away = partial(self.give_back, verb="walk_away", **seen)
        strays: dict[str, Sequence[Callable[[], None]]] = {
            "in_review": (partial(stale, days=7, **ours), partial(offer, **ours), ask),
            "stalled": (partial(stale, days=7, **ours), ask, partial(self.seller_moves, verb="withdraw", k=False)),
            "offered": (wrong_page, partial(self.staff_answer, is_yes=pick > 0, k=False), partial(offer, **ours)),
            "countered": (partial(self.seller_answer, verb="accept", off="0.00", **seen), wrong_page, ask),
            "received": (walk_away, partial(self.inspect, verb="higher_requote", has_photo=True, **seen), wrong_page),
            "settling": (walk_away, partial(self.stock, **seen), partial(self.pay, verb="cancel", k=False)),
        }
        if self.status in strays:
            strays[self.status][stray]()

    def look(self, pick: int, k: bool) -> None:
        """The next look at a piece that is here, or the next word about the new prices."""
        statuses = list(SellItem.objects.filter(submission=self.pk).order_by("pk").values_list("status", flat=True))
        if "received" in statuses:
            verb = ("pass", "pass", "uplift", "requote", "requote", "hold")[pick]
            self.inspect(verb=verb, pick=statuses.index("received"), has_photo=True, k=k)
        elif "agreed" in statuses:
            self.receive(pick=statuses.index("agreed"), is_all=False, k=k)
        elif SellOffer.objects.filter(submission=self.pk, status="live").exists():
            self.seller_answer(verb="revise", pick=pick, off="0.00", k=k)
        else:
            self.send_revision(k=k)

    def finish(self, pick: int, k: bool) -> None:
        """The next step of the money, and then of the pieces."""
        statuses = list(SellItem.objects.filter(submission=self.pk).order_by("pk").values_list("status", flat=True))
        payout = self.payout()
        if payout and payout.status == "due":
            if pick < 3 and not self.has_account:
                self.give_account(iban=IBAN, k=k)
            self.approve(method="bank_transfer" if pick < 3 else "cash", who=CASHIER, k=k)
        elif payout and payout.status == "approved":
            verbs = ("confirm_cash", "sign") if payout.method == "cash" else ("export", "mark_sent")
            self.pay(verb=verbs[pick % 2], k=k)
        elif payout and payout.status == "sent":
            self.pay(verb="settle" if pick else "fail", k=k)
        elif "passed" in statuses:
            self.stock(pick=statuses.index("passed") if pick % 2 else 0, k=k)
        elif "to_return" in statuses:
            self.give_back(verb="hand_back", pick=statuses.index("to_return"), k=k)
        elif "held" in statuses:
            verdict = ("passed", "to_return", "disposed")[pick % 3]
            self.judge(verdict=verdict, pick=statuses.index("held"), is_fake=False, k=k)

    @invariant()
    def everything_fits(self) -> None:
        if not hasattr(self, "pk"):
            return
        wrongs = [str(finding) for finding in (*buying_findings(), *stock_findings())] + list(Books(self.pk).wrongs())
        assert not wrongs, wrongs

    @invariant()
    def what_has_ended_stays_as_it_was(self) -> None:
        """INV-03."""
        rows = {row["pk"]: row for row in SellOffer.objects.exclude(status="live").values("pk", "status", "total")}
        assert self.ended.items() <= rows.items()
        self.ended = rows


@pytest.mark.django_db
@pytest.mark.slow
def test_INV_hold_whatever_sellers_staff_timers_and_crashes_do() -> None:
    # 60 sequences in the suite, 600 with --hypothesis-profile=thorough.
    run_state_machine_as_test(
        SubmissionMachine,
        settings=settings(stateful_step_count=30, suppress_health_check=list(HealthCheck), print_blob=True),
    )
