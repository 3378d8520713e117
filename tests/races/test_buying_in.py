"""The seller and the staff press at once: X1, X2, X4, X6, X10, X11. Eight at a time; processes in processes.py."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from core.audit import Actor
from core.models import AuditEntry, OutboxMessage
from inventory.models import Condition, Product, StockMove
from offers.models import Payout, SellItem, SellOffer, SellSubmission
from offers.queries.findings import buying_findings
from offers.services import answering, banking, intake, offering, paying, receiving, reviewing, revising, timers
from tests.factories.offers import (
    IBAN,
    NOON,
    SELLER,
    STAFF,
    countered,
    decided,
    offered,
    paid,
    received,
    revised,
    settling,
    submitted,
)
from tests.races.conftest import AtOnce, names
from tests.races.processes import in_processes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
EIGHT = range(8)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _everything_fits_afterwards(transactional_db: None) -> Iterator[None]:
    yield
    assert buying_findings() == []


def accepting(offer: SellOffer, **changes: Any) -> Callable[[], SellSubmission]:
    seen: dict[str, Any] = {"number": offer.number, "total": offer.total, "actor": SELLER, "now": NOON} | changes
    return partial(answering.accept, submission_id=offer.submission_id, **seen)


def letters(occasion: str) -> int:
    return OutboxMessage.objects.filter(dedupe_key__startswith=f"{occasion}:").count()


def test_X1_eight_presses_on_accept_make_one_deal_and_one_letter(at_once: AtOnce) -> None:
    offer = offered()

    outcomes = at_once(*[accepting(offer)] * 8)

    assert names(outcomes) == ["SellSubmission"] * 8
    assert letters("agreed") == 1
    assert AuditEntry.objects.filter(subject=offer.submission.cause, action="agreed").count() == 1


def test_X1_eight_different_parts_make_one_deal(at_once: AtOnce) -> None:
    offer = offered(submitted([f"Piece {n}" for n in EIGHT]), ["10.00"] * 8)
    pieces = list(offer.lines.values_list("item_id", flat=True))

    outcomes = at_once(*[accepting(offer, only=[pk]) for pk in pieces])

    assert names(outcomes) == ["OfferNotLive"] * 7 + ["SellSubmission"]
    assert SellItem.objects.filter(status="agreed").count() == letters("agreed") == 1


def test_X1_X8_accept_refuse_and_counter_have_one_winner(at_once: AtOnce) -> None:
    offer = offered()
    seen: dict[str, Any] = {"submission_id": offer.submission_id, "number": 1, "total": offer.total, "now": NOON}
    verbs = [
        partial(answering.accept, **seen, actor=SELLER),
        partial(answering.refuse, **seen, actor=SELLER),
        partial(answering.counter, **seen, actor=SELLER, asked=Decimal("150.00")),
        partial(answering.withdraw, submission_id=offer.submission_id, actor=SELLER, now=NOON),
    ]

    outcomes = at_once(*verbs * 2)

    # The submission may be withdrawn after another answer, by right; the offer has one answer.
    offer.refresh_from_db()
    assert offer.status in {"accepted", "refused", "superseded"}
    assert all("Not" in name or name in {"SellSubmission", "SellOffer"} for name in set(names(outcomes)))


def test_X2_accept_against_withdraw_has_one_winner(at_once: AtOnce) -> None:
    offer = offered()
    back = partial(
        reviewing.withdraw_offer, submission_id=offer.submission_id, reason="A mistake", actor=STAFF, now=NOON
    )

    outcomes = at_once(*[accepting(offer), back] * 4)

    offer.refresh_from_db()
    winner = {"accepted": "agreed", "withdrawn": "offer_withdrawn"}[offer.status]
    assert letters(winner) == 1
    assert letters("agreed") + letters("offer_withdrawn") == 1
    assert names(outcomes) == ["OfferNotLive"] * 4 + ["SellSubmission"] * 4


def test_X4_the_expiry_job_against_accept_has_one_winner(at_once: AtOnce) -> None:
    offer = offered()
    last_second = offer.expires_at - timedelta(seconds=1)
    job = partial(timers.expire_offers, now=offer.expires_at)

    at_once(*[accepting(offer, now=last_second), job] * 4)

    offer.refresh_from_db()
    assert offer.status in {"accepted", "expired"}
    assert letters("agreed") + letters("offer_expired") == 1


def test_X4_eight_workers_expire_an_offer_once(at_once: AtOnce) -> None:
    offer = offered()

    outcomes = at_once(*[partial(timers.expire_offers, now=offer.expires_at)] * 8)

    assert sum(outcomes) == letters("offer_expired") == 1


def test_X6_of_eight_colleagues_offers_one_goes_live(at_once: AtOnce) -> None:
    submission = decided(submitted())
    makes = [
        partial(
            offering.make_offer,
            submission_id=submission.pk,
            version=submission.draft_version,
            expires_at=NOON + WEEK,
            actor=Actor(f"user {number}", "admin"),
            now=NOON,
        )
        for number in EIGHT
    ]

    outcomes = at_once(*makes)

    assert names(outcomes) == ["OfferAlreadyLive"] * 7 + ["SellOffer"]
    assert letters("offer") == SellOffer.objects.count() == 1


def test_X7_of_eight_colleagues_decisions_one_is_saved(at_once: AtOnce) -> None:
    submission = submitted()
    save = partial(offering.decide, submission_id=submission.pk, version=0, decisions={}, actor=STAFF, now=NOON)

    assert names(at_once(*[save] * 8)) == ["DecisionsChanged"] * 7 + ["SellSubmission"]


def test_S10_a_counter_accepted_and_declined_at_once_has_one_answer(at_once: AtOnce) -> None:
    made = countered()
    known: dict[str, Any] = {"submission_id": made.submission_id, "number": made.number, "now": NOON}
    yes = partial(reviewing.accept_counter, **known, total=made.total, actor=STAFF)
    no = partial(reviewing.decline_counter, **known, reason="Too much", actor=Actor("user 2", "admin"))

    outcomes = at_once(*[yes, no] * 4)

    assert names(outcomes) == ["OfferNotLive"] * 4 + ["SellSubmission"] * 4
    assert letters("agreed") + letters("counter_declined") == 1


def test_S16_eight_scans_of_one_parcel_receive_it_once(at_once: AtOnce) -> None:
    submission = received_later()
    ids = list(submission.items.values_list("pk", flat=True))
    scan = partial(receiving.receive, submission_id=submission.pk, item_ids=ids, actor=STAFF, now=NOON)

    assert names(at_once(*[scan] * 8)) == ["SellSubmission"] * 8
    assert letters("arrived") == 1


def received_later() -> SellSubmission:
    offer = offered()
    return accepting(offer)()


def test_S19_the_last_two_verdicts_at_once_make_one_payout(at_once: AtOnce) -> None:
    pieces = [f"Piece {n}" for n in EIGHT]
    offer = offered(submitted(pieces), ["10.00"] * 8)
    submission = received(accepting(offer)())
    finding = receiving.Finding(Condition.MINT, is_authentic=True)

    outcomes = at_once(
        *[
            partial(receiving.pass_piece, item_id=item.pk, finding=finding, actor=STAFF, now=NOON)
            for item in submission.items.all()
        ]
    )

    assert names(outcomes) == ["SellItem"] * 8
    assert Payout.objects.get().amount == Decimal("80.00")
    assert letters("inspected") == 1


def test_I7_a_revision_answered_two_ways_at_once_has_one_answer(at_once: AtOnce) -> None:
    revision = revised()
    pieces = list(revision.lines.values_list("item_id", flat=True))
    answers = [dict.fromkeys(pieces, "take"), dict.fromkeys(pieces, "give_back")]

    outcomes = at_once(
        *[
            partial(
                revising.answer_revision,
                submission_id=revision.submission_id,
                number=revision.number,
                total=revision.total,
                answers=each,
                actor=SELLER,
                now=NOON,
            )
            for each in answers * 4
        ]
    )

    assert names(outcomes) == ["OfferNotLive"] * 4 + ["SellSubmission"] * 4
    assert set(revision.lines.values_list("answer", flat=True)) in ({"take"}, {"give_back"})


def test_X10_intake_pressed_eight_times_makes_one_product_and_one_move(at_once: AtOnce) -> None:
    item = paid().items.all()[0]
    listing = intake.Listing(title="Varsity jacket", price=Decimal("99.00"), size="L", condition=Condition.MINT)

    outcomes = at_once(*[partial(intake.stock_piece, item_id=item.pk, listing=listing, actor=STAFF, now=NOON)] * 8)

    assert names(outcomes) == ["SellItem"] * 8
    assert {outcome.product_id for outcome in outcomes} == {Product.objects.get().pk}
    assert StockMove.objects.filter(reason="intake").count() == 1


def _approved_transfer() -> Payout:
    submission = settling()
    banking.save_account(
        submission_id=submission.pk,
        holder_name="Sella Example",
        iban=IBAN,
        code=None,
        actor=STAFF,
        now=NOON,
    )
    payout = submission.payouts.get()
    return paying.approve(payout_id=payout.pk, method="bank_transfer", actor=Actor("user 2", "admin"), now=NOON)


def test_X11_of_eight_cashiers_one_sends_a_payout(at_once: AtOnce) -> None:
    payout = _approved_transfer()
    sends = [
        partial(paying.mark_sent, payout_id=payout.pk, reference=f"B{n}", actor=Actor(f"user {n}", "admin"), now=NOON)
        for n in EIGHT
    ]

    outcomes = at_once(*sends)

    payout.refresh_from_db()
    assert names(outcomes).count("Payout") == 1
    assert letters("payout_sent") == 1
    winner = next(outcome for outcome in outcomes if isinstance(outcome, Payout))
    assert payout.reference == winner.reference


def test_X11_a_payout_is_settled_once_with_one_document(at_once: AtOnce) -> None:
    payout = _approved_transfer()
    paying.mark_sent(payout_id=payout.pk, reference="B1", actor=STAFF, now=NOON)

    at_once(*[partial(paying.settle, payout_id=payout.pk, actor=STAFF, now=NOON)] * 8)

    assert payout.document.number == letters("paid") == 1


def test_documents_of_eight_payouts_at_once_are_numbered_without_gaps(at_once: AtOnce) -> None:
    payouts = []
    for number in EIGHT:
        submission = settling(received(accepting(offered(submitted(email=f"s{number}@example.com")))()))
        payout = submission.payouts.get()
        paying.approve(payout_id=payout.pk, method="cash", actor=Actor("user 2", "admin"), now=NOON)
        payouts.append(payout)

    settle = [partial(paying.settle_cash, payout_id=each.pk, actor=STAFF, now=NOON, signed_by="S") for each in payouts]
    outcomes = at_once(*settle)

    assert names(outcomes) == ["Payout"] * 8
    assert sorted(payout.document.number for payout in payouts) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.slow
def test_X1_eight_processes_accept_once() -> None:
    offer = offered()

    assert in_processes(*[("accept", offer.submission_id, NOON)] * 8) == ["done"] * 8
    assert letters("agreed") == 1


@pytest.mark.slow
def test_X2_X4_processes_accept_withdraw_and_expire_with_one_winner() -> None:
    offer = offered()
    pk, last_second = offer.submission_id, offer.expires_at - timedelta(seconds=1)

    in_processes(*[("accept", pk, last_second), ("withdraw", pk, last_second), ("expire", pk, offer.expires_at)] * 2)

    offer.refresh_from_db()
    assert offer.status in {"accepted", "withdrawn", "expired"}
    assert letters("agreed") + letters("offer_withdrawn") + letters("offer_expired") == 1


@pytest.mark.slow
def test_X6_of_four_colleagues_processes_one_sends_an_offer() -> None:
    submission = decided(submitted())

    assert in_processes(*[("make offer", submission.pk, NOON)] * 4) == ["OfferAlreadyLive"] * 3 + ["done"]
    assert letters("offer") == SellOffer.objects.count() == 1


@pytest.mark.slow
def test_X10_processes_stock_a_piece_once() -> None:
    item = paid().items.all()[0]

    assert in_processes(*[("stock", item.pk, NOON)] * 8) == ["done"] * 8
    assert Product.objects.count() == StockMove.objects.filter(reason="intake").count() == 1


@pytest.mark.slow
def test_X11_of_eight_processes_one_sends_a_payout() -> None:
    payout = _approved_transfer()

    assert in_processes(*[("send", payout.pk, NOON)] * 8).count("done") == 1
    assert letters("payout_sent") == 1
