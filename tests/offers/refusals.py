"""What must be refused while a submission is as it is, read from its rows alone: no rule of the product is asked."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from typing import Any

from django.db import transaction

from core.audit import Actor
from core.errors import DomainError
from inventory.models import Condition
from offers.models import Payout, PayoutAccount, SellItem
from offers.services import answering, banking, giving_back, intake, offering, paying, receiving, reviewing, revising
from tests.factories import offers as factory
from tests.factories.offers import IBAN, SELLER, STAFF
from tests.offers.oracles import DAY, HOUR, MAY_BE_BOUGHT, Books

CASHIER = Actor("user 2", "admin")
CENT, MINUTE = Decimal("0.01"), timedelta(minutes=1)
PARTS = 2
CHECKLIST = ["Zip"]
TICKED = dict.fromkeys(CHECKLIST, True)
SEEN = receiving.Finding(Condition.MINT, TICKED, is_authentic=True)
HALF_SEEN = (
    receiving.Finding(Condition.MINT, TICKED),
    receiving.Finding("", TICKED, is_authentic=True),
    receiving.Finding(Condition.MINT, is_authentic=True),
)
LISTING = intake.Listing(title="A piece", price=Decimal("99.00"), size="L", condition=Condition.MINT)
WHY: dict[str, Any] = {"reason": "Not right"}
Refusals = Iterator[Callable[..., Any]]


def unless(is_right: object, act: Callable[..., Any], **how: Any) -> Refusals:
    """This act, when it is wrong just now."""
    if not is_right:
        yield partial(act, **how)


class Guards:
    """Tries whatever is wrong to ask for in this state; `rests_until` is when the bank details may be paid to."""

    def __init__(self, books: Books, now: datetime, rests_until: datetime | None) -> None:
        self.books, self.now, self.rests_until = books, now, rests_until
        self.pk, self.status = books.submission.pk, books.submission.status
        self.ours: dict[str, Any] = {"submission_id": self.pk, "actor": CASHIER}
        self.theirs: dict[str, Any] = {"submission_id": self.pk, "actor": SELLER}
        self.offer = books.offers.get(max(books.offers, default=0))
        self.is_live = self.offer is not None and self.offer.status == "live"
        self.is_in_time = self.offer is not None and now < self.offer.expires_at
        self.has_paid = any(payout.status == "settled" for payout in books.payouts)

    def hold(self, turn: int) -> None:
        """Each refusal comes, and is a foreseen one (AssertionError); of so many, a part in each turn."""
        abouts = (self.answers, self.terms, self.review, self.deal, self.pieces, self.looks, self.payouts)
        # A review is over with the next step, and may not see another turn.
        parts = 1 if self.status == "in_review" else PARTS
        for act in islice(chain.from_iterable(about() for about in abouts), turn % parts, None, parts):
            self.must_be_refused(act)
        if self.status in {"submitted", "in_review", "stalled", "countered"} and turn % PARTS == 0:
            with transaction.atomic():
                self.try_wrong_offers()
                transaction.set_rollback(True)

        if self.status == "settling" and self.rests_until and turn % PARTS == 0:
            with transaction.atomic():
                self.try_another_name()
                transaction.set_rollback(True)

    def must_be_refused(self, act: Callable[..., Any]) -> None:
        try:
            with transaction.atomic():
                act(now=self.now)
        except DomainError:
            return
        raise AssertionError(f"{act} was not refused, being {self.status}")

    def answers(self) -> Refusals:
        """INV-02, INV-17, O2: of the other side, in time, with the number and the total of the page."""
        offer = self.offer
        if offer is None:
            return
        is_revision, is_open = offer.kind == "revision", self.is_live and self.is_in_time
        is_ours, is_theirs = is_open and self.status == "offered", is_open and self.status == "countered"
        page: dict[str, Any] = {"number": offer.number, "total": offer.total}
        takes = dict.fromkeys(self.books.lines[offer.pk], "take")
        is_within = offer.total <= self.books.settings.buyer_limit
        may: list[tuple[object, Callable[..., Any], dict[str, Any]]] = [
            (is_ours, answering.accept, self.theirs),
            (is_ours, answering.refuse, self.theirs),
            (is_ours, answering.counter, self.theirs | {"asked": offer.total + 7}),
            (is_open and is_revision, revising.answer_revision, self.theirs | {"answers": takes}),
            (is_theirs and is_within, reviewing.accept_counter, self.ours),
        ]
        is_done = {"accept": offer.status == "accepted", "refuse": offer.status == "refused"}
        is_done["answer_revision"] = is_revision and not self.is_live
        for is_right, act, how in may:
            if is_right:
                yield partial(act, **how, **page | {"number": offer.number + 1})
                yield partial(act, **how, **page | {"total": offer.total + CENT})
            elif not is_done.get(act.__name__):
                yield partial(act, **how, **page)
        yield from unless(is_theirs, reviewing.decline_counter, number=offer.number, **WHY, **self.ours)
        yield partial(reviewing.decline_counter, number=offer.number + 1, **WHY, **self.ours)
        yield from unless(is_ours, reviewing.withdraw_offer, **WHY, **self.ours)
        yield partial(reviewing.withdraw_offer, reason=" ", **self.ours)
        if offer.status == "accepted" and len(takes) > 1:
            # Another yes than the one that was given.
            yield partial(answering.accept, only=list(takes)[:1], **page, **self.theirs)
        if is_open and is_revision:
            yield partial(revising.answer_revision, answers=dict(list(takes.items())[1:]), **page, **self.theirs)

    def terms(self) -> Refusals:
        """S9, section 1.3: how far a counter goes, how often, and what may be taken of an offer."""
        offer = self.offer
        if offer is None or self.status != "offered" or not self.is_in_time:
            return
        lines = {pk: line.amount for pk, line in self.books.lines[offer.pk].items()}
        first = min(lines)
        hoped = sum((self.books.items[pk].asking_amount or Decimal(0) for pk in lines), Decimal(0))
        page: dict[str, Any] = {"number": offer.number, "total": offer.total, **self.theirs}
        yield from unless(offer.is_severable or len(lines) == 1, answering.accept, only=[first], **page)
        yield partial(answering.accept, only=[], **page)
        rounds = self.books.counters_of("seller")
        may_counter = not offer.is_final and rounds < self.books.settings.max_counters
        yield from unless(may_counter, answering.counter, asked=offer.total + 7, **page)
        odd: tuple[Any, ...] = (offer.total, offer.total - 1, max(hoped, 3 * offer.total) + CENT)
        odd += ({first: lines[first] + Decimal("7.005")}, dict.fromkeys(lines, Decimal(0)))
        if len(lines) > 1:
            odd += ({pk: Decimal(0) if pk == first else offer.total + 7 for pk in lines},)
        for asked in odd:
            yield partial(answering.counter, asked=asked, **page)
        yield partial(answering.counter, asked=offer.total + 7, only=[], **page)

    def try_wrong_offers(self) -> None:
        """S6, S11, X7: what was decided, by the newest version, within our limit, for a sane time."""
        amounts: dict[str, list[str | None]] = {
            "good": ["20.00", "20.00"],
            "dear": ["100.00", "60.00"],
            "undecided": [None, "20.00"],
        }
        is_used_up = self.books.counters_of("shop") >= self.books.settings.max_counters
        for name, each in amounts.items():
            version = factory.decided(self.books.submission, each, now=self.now).draft_version
            offer: dict[str, Any] = self.ours | {"version": version, "expires_at": self.now + DAY}
            if name == "undecided":
                SellItem.objects.filter(submission=self.pk, decision="declined").update(decision="undecided")
            if name != "good" or (self.status == "countered" and self.is_in_time and is_used_up):
                self.must_be_refused(partial(offering.make_offer, **offer))
                continue
            for wrong in (
                {"version": version - 1},
                {"expires_at": self.now + HOUR - MINUTE},
                {"expires_at": self.now + 30 * DAY + MINUTE},
            ):
                self.must_be_refused(partial(offering.make_offer, **offer | wrong))
        if self.status in {"stalled", "countered"}:
            factory.decided(self.books.submission, [None, None], now=self.now)
            self.must_be_refused(partial(reviewing.decline, **self.ours))

    def review(self) -> Refusals:
        """S2 to S5, S13, S15, S18, S21, S22."""
        submission, status = self.books.submission, self.status
        is_before_deal = status in {"submitted", "in_review", "info_requested", "offered", "countered", "stalled"}
        is_new = status in {"submitted", "in_review"}
        is_claimed = submission.assignee_id and submission.claimed_at and self.now < submission.claimed_at + HOUR / 2
        all_declined = all(item.decision == "declined" and item.decline_reason for item in self.books.items.values())
        has_run_out = status == "offered" and not self.is_in_time
        may_offer = is_new or status in {"stalled", "countered"} or has_run_out
        is_withdrawn = submission.close_reason == "withdrawn"
        yield from unless(is_before_deal and not is_claimed, reviewing.claim, user_id=0, **self.ours)
        yield from unless(status == "in_review", reviewing.ask, question="Why?", **self.ours)
        yield partial(reviewing.ask, question=" ", **self.ours)
        yield from unless(status == "info_requested", reviewing.stop_asking, **self.ours)
        is_reviewed = is_new or status == "info_requested"
        yield from unless(is_reviewed and all_declined, reviewing.decline, **self.ours)
        yield from unless(is_new and not self.books.offers, reviewing.mark_spam, **self.ours)
        yield from unless(status == "stalled", reviewing.close_stalled, **self.ours)
        version: dict[str, Any] = {"version": submission.draft_version, "expires_at": self.now + DAY}
        yield from unless(may_offer, offering.make_offer, **version, **self.ours)
        may_decide = is_new or status in {"stalled", "countered"}
        decision: dict[str, Any] = {"version": submission.draft_version, "decisions": {}}
        yield from unless(may_decide, offering.decide, **decision, **self.ours)
        yield partial(offering.decide, **decision | {"version": submission.draft_version + 1}, **self.ours)
        yield from unless(is_before_deal or status == "agreed" or is_withdrawn, answering.withdraw, **self.theirs)
        yield from unless(status == "stalled" or has_run_out, answering.ask_for_new_offer, **self.theirs)

    def deal(self) -> Refusals:
        """S16 to S18, O7, X18, and when bank details are taken."""
        status, statuses = self.status, {item.status for item in self.books.items.values()}
        everything = list(self.books.items)
        may_revise = status == "received" and not self.is_live and "requoted" in statuses
        is_owed = status in {"agreed", "received", "settling"}
        yield from unless(status in {"agreed", "received"}, receiving.receive, item_ids=everything, **self.ours)
        yield partial(receiving.receive, item_ids=[], **self.ours)
        yield from unless(status == "received", receiving.add_extra, title="A scarf", **self.ours)
        yield from unless(status == "agreed", receiving.call_off, **WHY, **self.ours)
        yield partial(receiving.call_off, reason=" ", **self.ours)
        yield from unless(status == "agreed", receiving.nothing_came, **self.ours)
        yield from unless(may_revise and not {"received", "agreed"} & statuses, revising.send_revision, **self.ours)
        account: dict[str, Any] = {"holder_name": "Sella Example", "iban": IBAN, "code": None}
        yield from unless(is_owed, banking.save_account, **account, **self.ours)
        home = banking.Address("1 Example Lane", "Dublin")
        yield from unless(is_owed, banking.keep_address, address=home, **self.ours)
        yield from unless(is_owed, banking.send_code, submission_id=self.pk)

    def came(self) -> dict[int, SellItem]:
        """The pieces of the deal."""
        never = {"submitted", "offered", "declined", "excluded"}
        return {pk: item for pk, item in self.books.items.items() if item.status not in never}

    def pieces(self) -> Refusals:
        """I12 to I15: what has no such step, is not paid, or is not due yet."""
        is_paid = self.status == "settling" and self.books.due() <= self.books.paid()
        is_paid |= self.books.settings.stock_before_paying
        is_on_its_way = any(
            payout.exported_at or payout.confirmed_at or payout.status == "sent"
            for payout in self.books.payouts
            if payout.status in {"due", "approved", "sent"}
        )
        for pk, item in self.came().items():
            how: dict[str, Any] = {"item_id": pk, "actor": STAFF}
            status = item.status
            may_stock = status == "stocked" or (status == "passed" and is_paid and item.category_id)
            may_walk = status in {"to_return", "returned"} or (
                status == "passed" and not self.has_paid and not is_on_its_way
            )
            is_here = status == "to_return"
            yield from unless(may_stock, intake.stock_piece, listing=LISTING, **how)
            yield from unless(may_walk, giving_back.walk_away, **how)
            yield from unless(is_here, giving_back.hand_back, tracking="AB123", **how)
            yield from unless(is_here, giving_back.dispose, is_wish=True, **WHY, **how)
            if is_here:
                yield from unless(self.books.is_unclaimed(item, self.now), giving_back.dispose, **WHY, **how)
                yield partial(giving_back.dispose, is_wish=True, reason="", **how)
            is_lost = self.status == "received" and status == "agreed"
            yield from unless(is_lost, receiving.mark_missing, **how)

    def looks(self) -> Refusals:
        """I5 to I11: a look at what is here, with its words and pictures, and within our limit."""
        for pk, item in self.came().items():
            how: dict[str, Any] = {"item_id": pk, "actor": STAFF}
            agreed, is_here, is_held = item.agreed_amount, item.status == "received", item.status == "held"
            lower = (agreed or Decimal(10)) - CENT
            yield from unless(is_here and agreed, receiving.pass_piece, finding=SEEN, **how)
            yield from unless(
                is_here and pk in self.books.pictured, receiving.requote, amount=lower, finding=SEEN, **WHY, **how
            )
            yield from unless(is_here, receiving.send_back, **WHY, **how)
            yield from unless(is_here, receiving.hold, **WHY, **how)
            verdict = SellItem.Status.PASSED
            yield from unless(is_held and agreed, receiving.judge, verdict=verdict, **WHY, **how)
            if is_here:
                for finding in HALF_SEEN if item.category_id else HALF_SEEN[:2]:
                    yield partial(receiving.pass_piece, finding=finding, **how)
                for uplift in (agreed, self.room_for(item) + CENT):
                    yield partial(receiving.pass_piece, finding=SEEN, uplift_to=uplift, **how)
                for amount, reason in ((agreed or Decimal(200), "A hole"), (Decimal(0), "A hole"), (lower, "")):
                    yield partial(receiving.requote, amount=amount, reason=reason, finding=SEEN, **how)
                for act in (receiving.send_back, receiving.hold):
                    yield partial(act, reason=" ", **how)
            if is_held:
                yield partial(receiving.judge, verdict=SellItem.Status.TO_RETURN, reason="", **how)
                yield partial(receiving.judge, verdict=verdict, is_fake=True, **WHY, **how)
                yield partial(receiving.judge, verdict=SellItem.Status.STOCKED, **WHY, **how)

    def room_for(self, item: SellItem) -> Decimal:
        """What a buyer may pay for this piece (EUR), beside all others that may still be bought."""
        others = (each for each in self.books.items.values() if each.pk != item.pk and each.status in MAY_BE_BOUGHT)
        return self.books.settings.buyer_limit - sum((each.agreed_amount or Decimal(0) for each in others), Decimal(0))

    def payouts(self) -> Refusals:
        """P2 to P8, X11, SEC-26, SEC-27."""
        for payout in self.books.payouts[-2:]:
            yield from self.payout(payout)
        in_cash = [each for each in self.books.payouts if each.method == "cash" and each.status != "cancelled"]
        for payout in in_cash[-1:]:
            may_confirm = payout.status == "approved" or payout.confirmed_at
            yield from unless(may_confirm, paying.confirm_cash, amount=payout.amount, **self.theirs)
            yield partial(paying.confirm_cash, amount=payout.amount + CENT, **self.theirs)

    def try_another_name(self) -> None:
        """SEC-12: money goes to the seller's own account."""
        for name in ("Somebody Else", ""):
            PayoutAccount.objects.update(holder_name=name)
            for payout in self.books.payouts:
                self.must_be_refused(
                    partial(paying.approve, payout_id=payout.pk, method="bank_transfer", actor=CASHIER)
                )

    def payout(self, payout: Payout) -> Refusals:
        how: dict[str, Any] = {"payout_id": payout.pk, "actor": CASHIER}
        limits, status = self.books.settings, payout.status
        is_due, is_sent, is_approved = status == "due", status == "sent", status == "approved"
        in_cash, by_bank = is_approved and payout.method == "cash", is_approved and payout.method == "bank_transfer"
        account = self.rests_until is not None and self.now >= self.rests_until
        fits = payout.amount <= limits.cash_limit
        has_looked = any(look.actor == STAFF.name for look in self.books.looks)
        is_second = not (limits.needs_second_pair_of_eyes and has_looked)
        may_be_paid = payout.exported_at or payout.confirmed_at
        yield from unless(is_due and fits, paying.approve, method="cash", **how)
        yield from unless(is_due and account, paying.approve, method="bank_transfer", **how)
        yield from unless(is_due and fits and is_second, paying.approve, method="cash", **how | {"actor": STAFF})
        yield from unless(
            by_bank and account and not payout.exported_at, paying.sepa_file, payout_ids=[payout.pk], actor=CASHIER
        )
        yield from unless(by_bank, paying.mark_sent, reference="B1", **how)
        yield from unless(is_sent, paying.settle, **how)
        yield from unless(is_sent, paying.fail, **WHY, **how)
        has_small_sum = payout.amount <= limits.id_above
        yield from unless(in_cash and has_small_sum, paying.settle_cash, signed_by="Sella Example", **how)
        yield from unless(in_cash and payout.confirmed_at, paying.settle_cash, id_seen="passport", **how)
        may_end = is_due or is_approved
        yield from unless(may_end and not may_be_paid, paying.cancel, **WHY, **how)
        yield from unless(may_end, paying.cancel, is_surely_unpaid=True, **WHY, **how)
        yield partial(paying.cancel, reason=" ", **how)
        passed = [pk for pk, item in self.books.items.items() if item.status == "passed"]
        yield partial(paying.cancel, item_ids=[0], **WHY, **how)
        if self.has_paid and passed:
            yield partial(paying.cancel, item_ids=passed, is_surely_unpaid=True, **WHY, **how)
