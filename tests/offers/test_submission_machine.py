"""Buying in under any order of events: sellers, staff, timers and crashes, and every invariant after each of them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
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
from inventory.models import Category, StockMove
from inventory.queries.ledger import stock_findings
from offers.models import (
    BuyInDocument,
    BuyingRule,
    BuyingSettings,
    Inspection,
    Payout,
    PayoutAccount,
    SellerMessage,
    SellItem,
    SellOffer,
    SellOfferLine,
    SellPhoto,
    SellSubmission,
)
from offers.queries.findings import buying_findings
from offers.services import (
    answering,
    banking,
    giving_back,
    intake,
    offering,
    paying,
    receiving,
    reviewing,
    revising,
    timers,
)
from tests.factories import offers as factory
from tests.factories.accounts import UserFactory
from tests.factories.offers import IBAN, NOON, SELLER, STAFF
from tests.offers.oracles import DAY, HOUR, WISH, Books
from tests.offers.refusals import CASHIER, CHECKLIST, LISTING, MINUTE, PARTS, SEEN, Guards

PICK, STAGE = st.integers(0, 5), st.integers(0, 100)
# Pressed again they say yes, and do nothing.
ONCE = {"accept", "refuse", "counter", "withdraw", "ask_for_new_offer", "make_offer", "accept_counter"}
ONCE |= {"decline_counter", "withdraw_offer", "answer_revision", "confirm_cash", "stock_piece", "walk_away", "receive"}
KILLED = st.sampled_from([*[False] * 7, True])
REVIEWS = ["claim", "ask", "stop_asking", "decline", "mark_spam", "close_stalled", "withdraw_offer"]
VERDICTS = ["pass", "uplift", "requote", "hold", "send_back", "missing"]
PAYMENTS = ["settle_cash", "sign", "confirm_cash", "export", "cancel", "mark_sent", "settle", "fail"]
AMOUNTS = st.lists(st.sampled_from(["20.00", "33.33", "99.00", None]), min_size=2, max_size=2)
OTHER_IBAN = "IE64IRCE92050112345678"
# Tight, so that limits are met; the factories' deals are below them.
SETTINGS: dict[str, Any] = {"buyer_limit": Decimal("155.00"), "cash_limit": Decimal("110.00"), "max_counters": 2}
SETTINGS |= {"payer_name": "Unity Example", "payer_iban": OTHER_IBAN}


def take_a_picture(item_id: int) -> None:
    """Ours, of a piece whose price may go down."""
    SellPhoto.objects.get_or_create(item_id=item_id, origin="inspector", position=1, defaults={"uploaded_at": NOON})


def long_agreed() -> SellSubmission:
    """Nothing came for 20 days; a day later it counts as missing."""
    return factory.agreed(now=NOON - 20 * DAY)


def half_here() -> None:
    """One piece came, and the other has a day left."""
    deal = long_agreed()
    receiving.receive(submission_id=deal.pk, item_ids=[deal.items.earliest("pk").pk], actor=STAFF, now=NOON)


def half_held() -> None:
    """One piece passed, and is to be paid; the other may be a fake."""
    first, second = factory.received().items.order_by("pk")
    receiving.hold(item_id=first.pk, reason="Odd label", actor=STAFF, now=NOON)
    receiving.pass_piece(item_id=second.pk, finding=SEEN, actor=STAFF, now=NOON)


def late() -> None:
    """The other piece passes while the first one is being paid: its money, and its document, are another's."""
    half_held()
    (payout,) = Payout.objects.all()
    paying.approve(payout_id=payout.pk, method="cash", actor=CASHIER, now=NOON)
    held = SellItem.objects.get(status="held")
    receiving.judge(item_id=held.pk, verdict=SellItem.Status.PASSED, reason="It is real", actor=STAFF, now=NOON)


def unclaimed() -> None:
    """One piece waits to be fetched; its owner was told twice, and has a day left."""
    then = NOON - 29 * DAY
    first, second = factory.received(now=then).items.order_by("pk")
    receiving.send_back(item_id=first.pk, reason="Odd smell", actor=STAFF, now=then)
    receiving.pass_piece(item_id=second.pk, finding=SEEN, actor=STAFF, now=then)
    for days in (11, 21):
        timers.remind(now=then + days * DAY)


def too_dear_for_cash() -> None:
    """Above the limit for cash, within that of a buyer."""
    factory.settling(factory.received(factory.agreed(factory.offered(None, ("90.00", "50.00")))))


def in_a_bank_file() -> None:
    """The bank may be paying it already."""
    submission = factory.settling()
    account: dict[str, Any] = {"holder_name": "Sella Example", "iban": IBAN, "code": None}
    banking.save_account(submission_id=submission.pk, actor=STAFF, now=NOON, **account)
    payout = submission.payouts.get()
    paying.approve(payout_id=payout.pk, method="bank_transfer", actor=STAFF, now=NOON)
    paying.sepa_file(payout_ids=[payout.pk], actor=STAFF, now=NOON)


def claimed(now: datetime = NOON) -> SellSubmission:
    """Somebody looks at it, and has not made up their mind."""
    submission = factory.submitted(now=now)
    return reviewing.claim(submission_id=submission.pk, user_id=UserFactory().pk, actor=STAFF, now=now)


def counter_taken() -> None:
    """A deal at what the seller asked for."""
    counter = factory.countered(asked="107.00")
    page: dict[str, Any] = {"submission_id": counter.submission_id, "number": counter.number, "total": counter.total}
    reviewing.accept_counter(actor=STAFF, now=NOON, **page)


def twice_countered() -> None:
    """What was asked for was too much twice; our new offer is not to be countered any more."""
    for _ in range(2):
        submission = SellSubmission.objects.first()
        counter = factory.countered(factory.offered(submission), asked="160.00")
        no: dict[str, Any] = {"submission_id": counter.submission_id, "number": counter.number, "reason": "Too much"}
        submission = reviewing.decline_counter(actor=STAFF, now=NOON, **no)
    factory.offered(submission)


def asked() -> None:
    """We want to know more before we offer."""
    submission = claimed()
    reviewing.ask(submission_id=submission.pk, question="Is the zip whole?", actor=STAFF, now=NOON)


def asked_long_ago() -> None:
    """Reminded of our question twice; a day is left for the answer."""
    then = NOON - 13 * DAY
    submission = claimed(then)
    reviewing.ask(submission_id=submission.pk, question="Is the zip whole?", actor=STAFF, now=then)
    for days in (5, 10):
        timers.remind(now=then + days * DAY)


def with_an_extra() -> None:
    """Something more came, and only it is left to look at."""
    submission = factory.received()
    extra = receiving.add_extra(submission_id=submission.pk, title="A scarf", actor=STAFF, now=NOON)
    take_a_picture(extra.pk)
    for item in submission.items.filter(is_extra=False):
        receiving.pass_piece(item_id=item.pk, finding=SEEN, actor=STAFF, now=NOON)


# Where a game starts, and so what most of it is about.
BARGAINING = (
    factory.submitted,
    claimed,
    asked,
    asked_long_ago,
    factory.offered,
    partial(factory.offered, None, ("60.00", None)),
    partial(factory.offered, is_severable=False, is_final=True),
    partial(factory.countered, asked="160.00"),
    factory.countered,
    twice_countered,
)
LOOKING = (counter_taken, long_agreed, half_here, factory.received, factory.revised, with_an_extra)
PAYING = (factory.settling, in_a_bank_file, too_dear_for_cash, half_held, late, unclaimed, factory.paid)
# Far apart, so that offers run out, stalls end and pieces count as missing.
JUMPS = st.sampled_from([10 * MINUTE, 23 * HOUR, 8 * DAY, 22 * DAY])


def in_states(*statuses: str) -> Callable[[Any], Any]:
    """A step that is tried where it belongs, and a little beside it."""
    return precondition(lambda machine: machine.status in statuses)


class Crash(Exception):
    """The process dies before its commit."""


class SubmissionMachine(RuleBasedStateMachine):
    """Plays with one submission of two pieces."""

    stages: Sequence[Callable[[], Any]] = BARGAINING

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now, self.status = NOON, ""
        self.turn, self.until, self.state = 0, 0, ""
        self.ended: dict[int, Any] = {}
        self.rests_until: datetime | None = None
        BuyingSettings(**SETTINGS).save()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(stage=STAGE, turn=st.integers(0, PARTS - 1), is_careful=st.booleans(), is_trusting=st.booleans())
    def begin(self, stage: int, turn: int, is_careful: bool, is_trusting: bool) -> None:
        self.turn = turn
        self.stages[stage % len(self.stages)]()
        self.pk = SellSubmission.objects.values_list("pk", flat=True).get()
        # After the stage, whose pieces were looked at and paid without them.
        how = {"needs_second_pair_of_eyes": is_careful, "stock_before_paying": is_trusting}
        BuyingSettings.objects.update(id_above=Decimal("50.00"), **how)
        BuyingRule.objects.create(category=Category.objects.get(), checklist=CHECKLIST)
        take_a_picture(self.piece(0))
        self.rests_until = NOON if PayoutAccount.objects.exists() else None

    @property
    def submission(self) -> SellSubmission:
        return SellSubmission.objects.get(pk=self.pk)

    def offer(self) -> SellOffer | None:
        """The newest, live or not, run out or not."""
        return SellOffer.objects.filter(submission=self.pk).order_by("-number").first()

    def piece(self, pick: int) -> int:
        pks = list(SellItem.objects.filter(submission=self.pk).order_by("pk").values_list("pk", flat=True))
        return pks[pick % len(pks)]

    def do(self, is_killed: bool, act: Callable[..., Any], **how: Any) -> bool:
        """Try it; killed before its commit, it must leave nothing, and pressed again it is done already."""
        before = self.everything() if is_killed else None
        try:
            with transaction.atomic():
                act(**how, now=self.now)
                if is_killed:
                    raise Crash
        except (DomainError, Crash):
            assert before is None or self.everything() == before
            return False
        if act.__name__ in ONCE:
            done = self.everything()
            act(**how, now=self.now)
            assert self.everything() == done
        return True

    def everything(self) -> list[Any]:
        rows = (SellSubmission, SellItem, SellOffer, Payout)
        counted = (AuditEntry, OutboxMessage, SellerMessage, Inspection, BuyInDocument, StockMove)
        return [list(model.objects.order_by("pk").values_list()) for model in rows] + [
            model.objects.count() for model in counted
        ]

    @rule(jump=JUMPS, is_watched=st.booleans())
    def time_passes(self, jump: timedelta, is_watched: bool) -> None:
        self.now += jump
        if is_watched:
            self.timers_run()

    def timers_run(self) -> None:
        every = (timers.expire_offers, timers.close_stalled, timers.close_unanswered, timers.give_up_waiting)
        for timer in (*every, timers.remind):
            timer(now=self.now)
        assert not SellOffer.objects.filter(status="live", expires_at__lte=self.now).exists()

    @in_states("submitted", "in_review", "info_requested", "offered", "countered", "stalled")
    @rule(verb=st.sampled_from(REVIEWS), k=KILLED)
    def staff_review(self, verb: str, k: bool) -> None:
        more: dict[str, dict[str, Any]] = {
            "claim": {"user_id": UserFactory().pk},
            "ask": {"question": "Is the zip whole?"},
            "withdraw_offer": {"reason": "A mistake"},
        }
        if verb == "decline":
            self.decided([None, None])
        self.do(k, getattr(reviewing, verb), submission_id=self.pk, actor=STAFF, **more.get(verb, {}))

    @in_states("submitted", "in_review", "info_requested", "offered", "countered", "stalled")
    @rule(amounts=AMOUNTS, is_final=st.booleans(), is_severable=st.booleans(), k=KILLED)
    def staff_offer(self, amounts: list[str | None], is_final: bool, is_severable: bool, k: bool) -> None:
        terms: dict[str, Any] = {"is_final": is_final, "is_severable": is_severable}
        terms |= {"version": self.decided(amounts), "expires_at": self.now + 7 * DAY}
        self.do(k, offering.make_offer, submission_id=self.pk, actor=STAFF, **terms)

    def decided(self, amounts: list[str | None]) -> int:
        """The version of our decisions, these ones where any may be made."""
        try:
            with transaction.atomic():
                return factory.decided(self.submission, amounts, now=self.now).draft_version
        except DomainError:
            return self.submission.draft_version

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
    @rule(is_watched=st.booleans())
    def the_offer_runs_out(self, is_watched: bool) -> None:
        """Just so, whether or not a timer is there to see it."""
        if (offer := self.offer()) is not None and offer.status == "live":
            self.now = max(self.now, offer.expires_at)
            if is_watched:
                self.timers_run()

    @in_states("offered", "countered", "stalled", "agreed", "received")
    @rule(verb=st.sampled_from(["accept", "part", "refuse", "counter", "revise"]), pick=PICK, k=KILLED)
    def seller_answer(self, verb: str, pick: int, k: bool) -> None:
        if (offer := self.offer()) is None:
            return
        seen: dict[str, Any] = {"number": offer.number, "total": offer.total}
        seen |= {"submission_id": self.pk, "actor": SELLER}
        if verb == "revise":
            answers = {line.item_id: ("take", "give_back")[(pick >> n) % 2] for n, line in enumerate(offer.lines.all())}
            self.do(k, revising.answer_revision, answers=answers, **seen)
        elif verb == "counter":
            more = ("7.01", "7.01", "60.00", "60.00", "150.00", "0.50")[pick]
            self.do(k, answering.counter, asked=offer.total + Decimal(more), **seen)
        elif verb == "part":
            chosen = self.piece(pick)
            if self.do(k, answering.accept, only=[chosen], **seen):
                sold = SellOfferLine.objects.filter(offer__submission=self.pk, offer__status="accepted")
                assert set(sold.exclude(offer__kind="revision").values_list("item_id", flat=True)) == {chosen}
        else:
            self.do(k, getattr(answering, verb), **seen)

    @in_states("submitted", "offered", "countered", "stalled", "agreed")
    @rule(verb=st.sampled_from(["ask_for_new_offer"] * 7 + ["withdraw"]), k=KILLED)
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
    @rule(verb=st.sampled_from(VERDICTS), pick=PICK, k=KILLED)
    def inspect(self, verb: str, pick: int, k: bool) -> None:
        pk = self.piece(pick)
        how: dict[str, Any] = {"item_id": pk, "actor": STAFF}
        if verb == "pass":
            self.do(k, receiving.pass_piece, finding=SEEN, **how)
        elif verb == "uplift":
            self.do(k, receiving.pass_piece, finding=SEEN, uplift_to=Decimal("90.00"), **how)
        elif verb == "requote":
            take_a_picture(pk)
            self.do(k, receiving.requote, amount=Decimal("9.99"), reason="A hole", finding=SEEN, **how)
        elif verb == "missing":
            self.do(k, receiving.mark_missing, **how)
        else:
            self.do(k, getattr(receiving, verb), reason="Not right", **how)

    @in_states("received", "settling")
    @rule(verdict=st.sampled_from(["passed", "to_return", "disposed"]), pick=PICK, is_fake=st.booleans(), k=KILLED)
    def judge(self, verdict: str, pick: int, is_fake: bool, k: bool) -> None:
        how: dict[str, Any] = {"reason": "Looked again", "actor": STAFF, "is_fake": is_fake and verdict != "passed"}
        self.do(k, receiving.judge, item_id=self.piece(pick), verdict=SellItem.Status(verdict), **how)

    @in_states("received", "settling", "closed")
    @rule(verb=st.sampled_from(["hand_back", "walk_away", "dispose", "dispose_unasked"]), pick=PICK, k=KILLED)
    def give_back(self, verb: str, pick: int, k: bool) -> None:
        how: dict[str, Any] = {"item_id": self.piece(pick), "actor": STAFF}
        if verb.startswith("dispose"):
            is_wish = verb == "dispose"
            self.do(k, giving_back.dispose, reason=WISH if is_wish else "Nobody came", is_wish=is_wish, **how)
        else:
            how |= {"tracking": "AB123"} if verb == "hand_back" else {}
            self.do(k, getattr(giving_back, verb), **how)

    @in_states("received")
    @rule(k=KILLED)
    def send_revision(self, k: bool) -> None:
        self.do(k, revising.send_revision, submission_id=self.pk, actor=STAFF)

    @in_states("agreed", "received", "settling")
    @rule(iban=st.sampled_from([IBAN, OTHER_IBAN]), is_long_ago=st.booleans(), k=KILLED)
    def give_account(self, iban: str, is_long_ago: bool, k: bool) -> None:
        """Others than the first ones rest; often until the minute before they have done so."""
        how: dict[str, Any] = {"holder_name": "Sella Example", "iban": iban, "code": None, "actor": STAFF}
        if self.do(k, banking.save_account, submission_id=self.pk, **how):
            self.rests_until = NOON if self.rests_until is None else self.now + 24 * HOUR
            if is_long_ago:
                self.now = max(self.now, self.rests_until - MINUTE)

    @in_states("settling")
    @rule(method=st.sampled_from(["cash", "bank_transfer"]), who=st.sampled_from([STAFF, CASHIER]), k=KILLED)
    def approve(self, method: str, who: Actor, k: bool) -> None:
        if (payout := self.payout()) is None:
            return
        self.do(k, paying.approve, payout_id=payout.pk, method=method, actor=who)

    @in_states("received", "settling", "closed")
    @rule(verb=st.sampled_from(PAYMENTS), k=KILLED)
    def pay(self, verb: str, k: bool) -> None:
        if (payout := self.payout()) is None:
            return
        how: dict[str, Any] = {"payout_id": payout.pk, "actor": STAFF}
        if verb == "confirm_cash":
            self.do(k, paying.confirm_cash, submission_id=self.pk, amount=payout.amount, actor=SELLER)
        elif verb == "export":
            if self.do(k, paying.sepa_file, payout_ids=[payout.pk], actor=STAFF):
                assert Payout.objects.get(pk=payout.pk).exported_at
        elif verb == "sign":
            self.do(k, paying.settle_cash, signed_by="Sella Example", id_seen="passport", **how)
        else:
            more: dict[str, dict[str, Any]] = {"mark_sent": {"reference": "B1"}, "settle": {}}
            more["settle_cash"] = {"id_seen": "passport"}
            self.do(k, getattr(paying, verb), **how, **more.get(verb, {"reason": "A mistake"}))

    def payout(self) -> Payout | None:
        """The newest."""
        return Payout.objects.filter(submission=self.pk).order_by("-attempt").first()

    @in_states("received", "settling", "closed")
    @rule(pick=PICK, k=KILLED)
    def stock(self, pick: int, k: bool) -> None:
        self.do(k, intake.stock_piece, item_id=self.piece(pick), listing=LISTING, actor=STAFF)

    @rule(pick=PICK, k=KILLED)
    def go_on(self, pick: int, k: bool) -> None:
        """Mostly the deal goes its way, else few games would ever see the end of one."""
        if self.status in {"submitted", "in_review", "info_requested", "stalled"}:
            self.review(pick, k)
        elif self.status == "offered":
            verb = ("accept", "part", "part", "counter", "counter", "refuse")[pick]
            self.seller_answer(verb=verb, pick=0, k=k)
        elif self.status == "countered":
            if pick < 4:
                self.staff_answer(is_yes=pick < 2, k=k)
            else:
                self.staff_offer(amounts=["20.00", "99.00"], is_final=False, is_severable=pick > 4, k=k)
        elif self.status == "agreed" and pick == 5:
            self.time_passes(jump=8 * DAY, is_watched=True)
        elif self.status == "agreed":
            self.receive(pick=pick, is_all=pick < 4, k=k)
        elif self.status == "received":
            self.look(pick, k)
        elif self.status == "settling":
            self.finish(pick, k)

    # Rules are switched off by name, each game anew: under more names it is there in most games, and often.
    @rule(pick=PICK, k=KILLED)
    def go_further(self, pick: int, k: bool) -> None:
        self.go_on(pick=pick, k=k)

    @rule(pick=PICK, k=KILLED)
    def go_still_further(self, pick: int, k: bool) -> None:
        self.go_on(pick=pick, k=k)

    @rule(pick=PICK, k=KILLED)
    def go_to_the_end(self, pick: int, k: bool) -> None:
        self.go_on(pick=pick, k=k)

    def review(self, pick: int, k: bool) -> None:
        """Mostly an offer, else one of the other ends."""
        if self.status == "info_requested" and pick:
            self.time_passes(jump=(8 if pick < 3 else 2) * DAY, is_watched=True)
        elif self.status == "info_requested":
            self.staff_review(verb="stop_asking", k=k)
        elif self.status == "stalled" and pick == 3:
            self.staff_review(verb="close_stalled", k=k)
        elif (self.status == "in_review" and pick % 2) or (self.status != "submitted" and pick > 3):
            self.staff_review(verb="decline", k=k)
        elif pick > 3:
            self.staff_review(verb="claim", k=k)
        else:
            amounts: list[str | None] = ["20.00", "33.33" if pick else None]
            self.staff_offer(amounts=amounts, is_final=False, is_severable=pick > 1, k=k)

    def look(self, pick: int, k: bool) -> None:
        """The next look at a piece that is here, or the next word about the new prices."""
        statuses = list(SellItem.objects.filter(submission=self.pk).order_by("pk").values_list("status", flat=True))
        if "received" in statuses:
            verb = ("pass", "uplift", "requote", "requote", "hold", "hold")[pick]
            self.inspect(verb=verb, pick=statuses.index("received"), k=k)
        elif "agreed" in statuses:
            self.receive(pick=statuses.index("agreed"), is_all=False, k=k)
        elif SellOffer.objects.filter(submission=self.pk, status="live").exists() and pick == 4:
            self.the_offer_runs_out(is_watched=True)
        elif SellOffer.objects.filter(submission=self.pk, status="live").exists():
            self.seller_answer(verb="revise", pick=pick, k=k)
        else:
            self.send_revision(k=k)

    def finish(self, pick: int, k: bool) -> None:
        """The next step of the money, and then of the pieces."""
        statuses = list(SellItem.objects.filter(submission=self.pk).order_by("pk").values_list("status", flat=True))
        payout = self.payout()
        if BuyingSettings.objects.get().stock_before_paying and "passed" in statuses and pick > 3:
            self.stock(pick=statuses.index("passed"), k=k)
        elif payout and payout.status in {"due", "approved", "sent"}:
            self.finish_paying(payout, pick, k)
        elif "passed" in statuses:
            self.stock(pick=statuses.index("passed") if pick % 2 else 0, k=k)
        elif "to_return" in statuses and pick > 3:
            self.time_passes(jump=8 * DAY, is_watched=True)
        elif "to_return" in statuses:
            self.give_back(verb="hand_back", pick=statuses.index("to_return"), k=k)
        elif "held" in statuses:
            verdict = ("passed", "to_return", "disposed")[pick % 3]
            self.judge(verdict=verdict, pick=statuses.index("held"), is_fake=False, k=k)

    def finish_paying(self, payout: Payout, pick: int, k: bool) -> None:
        if payout.status == "due":
            if pick < 3 and (self.rests_until is None or pick == 2):
                self.give_account(iban=IBAN, is_long_ago=True, k=k)
            self.approve(method="bank_transfer" if pick < 3 else "cash", who=CASHIER, k=k)
        elif payout.status == "sent":
            self.pay(verb="settle" if pick > 1 else "fail", k=k)
        elif payout.method != "cash" and pick == 5:
            self.give_account(iban=OTHER_IBAN, is_long_ago=False, k=k)
        else:
            verbs = ("confirm_cash", "sign") if payout.method == "cash" else ("export", "mark_sent")
            self.pay(verb=verbs[pick % 2], k=k)

    @invariant()
    def everything_fits(self) -> None:
        if not hasattr(self, "pk"):
            return
        books = self.books()
        self.status = books.submission.status
        if self.state != (state := f"{self.now} {books}"):
            self.state, self.until = state, self.turn + PARTS
            self.a_yes_would_fit_too()
        if self.turn < self.until:
            Guards(books, self.now, self.rests_until).hold(self.turn)
            self.turn += 1

    def books(self) -> Books:
        """All rows, with nothing wrong in them (AssertionError)."""
        books = Books(self.pk)
        wrongs = [str(finding) for finding in (*buying_findings(), *stock_findings())] + list(books.wrongs())
        assert not wrongs, wrongs
        return books

    def a_yes_would_fit_too(self) -> None:
        """Said to the live offer and taken back, for few games come to a deal before time or another answer ends it."""
        offer = self.offer()
        if offer is None or self.status not in {"offered", "countered"} or self.now >= offer.expires_at:
            return
        is_ours = self.status == "offered"
        if not is_ours and offer.total > SETTINGS["buyer_limit"]:
            return
        with transaction.atomic():
            page: dict[str, Any] = {"submission_id": self.pk, "number": offer.number, "total": offer.total}
            say_yes = answering.accept if is_ours else reviewing.accept_counter
            say_yes(actor=SELLER if is_ours else STAFF, now=self.now, **page)
            assert self.books().submission.status == "agreed"
            transaction.set_rollback(True)

    @invariant()
    def what_has_ended_stays_as_it_was(self) -> None:
        """INV-03."""
        rows = {row["pk"]: row for row in SellOffer.objects.exclude(status="live").values("pk", "status", "total")}
        assert self.ended.items() <= rows.items()
        self.ended = rows


class WhileTheyBargain(SubmissionMachine):
    pass


class WhileWeLook(SubmissionMachine):
    stages = LOOKING


class WhileWePay(SubmissionMachine):
    stages = PAYING


MACHINES = (WhileTheyBargain, WhileWeLook, WhileWePay)


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_INV_hold_whatever_sellers_staff_timers_and_crashes_do(machine: type[SubmissionMachine]) -> None:
    # 60 sequences in the suite, 600 with --hypothesis-profile=thorough.
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=settings().max_examples // len(MACHINES),
            stateful_step_count=30,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
