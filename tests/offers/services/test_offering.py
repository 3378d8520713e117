"""From decisions to an offer of ours: S6, S11."""

import contextlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from core.audit import Actor
from core.models import OutboxMessage
from offers.errors import (
    AboveLimit,
    DecisionsChanged,
    ExpiryOutOfRange,
    OfferAlreadyLive,
    RoundsUsedUp,
    UndecidedPieces,
)
from offers.models import BuyingSettings, SellItem, SellOffer, SellSubmission
from offers.services import answering, offering
from tests.factories.offers import NOON, SELLER, STAFF, countered, decided, offered, submitted

pytestmark = pytest.mark.django_db
Status, Item = SellSubmission.Status, SellItem.Status
COLLEAGUE = Actor("user 2", "admin")
WEEK = timedelta(days=7)


def make_offer(submission: SellSubmission, **terms: object) -> SellOffer:
    known = {"version": submission.draft_version, "expires_at": NOON + WEEK, "actor": STAFF, "now": NOON} | terms
    return offering.make_offer(submission_id=submission.pk, **known)  # type: ignore[arg-type]


def test_S6_an_offer_goes_live_with_its_lines_and_the_seller_is_told() -> None:
    offer = offered()

    assert (offer.status, offer.total, offer.submission.status) == ("live", Decimal("100.00"), Status.OFFERED)
    assert sorted(offer.lines.values_list("amount", flat=True)) == [Decimal("40.00"), Decimal("60.00")]
    assert offer.submission.messages.filter(occasion="offer").count() == 1


def test_I1_wanted_pieces_are_offered_and_the_others_stay_as_they_were_sent() -> None:
    offer = offered(amounts=["60.00", None])

    assert list(offer.submission.items.values_list("status", "decision")) == [
        (Item.OFFERED, "wanted"),
        (Item.SUBMITTED, "declined"),
    ]


def test_S6_the_letter_says_what_we_do_not_want_and_why() -> None:
    offer = offered(amounts=["60.00", None])

    assert "e have enough like it" in offer.submission.messages.get(occasion="offer").text


def test_S6_every_piece_must_be_decided() -> None:
    new = submitted()
    item = new.items.first()
    assert item
    only_one = {item.pk: offering.Decision("wanted", Decimal("60.00"))}
    new = offering.decide(submission_id=new.pk, version=0, decisions=only_one, actor=STAFF, now=NOON)

    with pytest.raises(UndecidedPieces):
        make_offer(new)


def test_S6_at_least_one_piece_must_be_wanted() -> None:
    with pytest.raises(UndecidedPieces):
        make_offer(decided(submitted(), [None, None]))


@pytest.mark.parametrize(
    ("stands", "is_allowed"),
    [
        (timedelta(minutes=59), False),
        (timedelta(hours=1), True),
        (timedelta(days=30), True),
        (timedelta(days=30, seconds=1), False),
    ],
    ids=str,
)
def test_S6_an_offer_stands_from_an_hour_to_thirty_days(stands: timedelta, is_allowed: bool) -> None:
    new = decided(submitted())
    if is_allowed:
        assert make_offer(new, expires_at=NOON + stands).status == "live"
    else:
        with pytest.raises(ExpiryOutOfRange):
            make_offer(new, expires_at=NOON + stands)


@pytest.mark.parametrize(
    ("amount", "may_exceed", "is_allowed"),
    [("500.00", False, True), ("500.01", False, False), ("500.01", True, True)],
)
def test_S6_a_total_above_the_buyers_limit_needs_the_owner(amount: str, may_exceed: bool, is_allowed: bool) -> None:
    new = decided(submitted(), [amount, None])
    if is_allowed:
        assert make_offer(new, may_exceed_limit=may_exceed).total == Decimal(amount)
    else:
        with pytest.raises(AboveLimit):
            make_offer(new, may_exceed_limit=may_exceed)


def test_S6_after_a_refusal_we_may_offer_again() -> None:
    offer = offered()
    answering.refuse(submission_id=offer.submission_id, number=1, total=offer.total, actor=SELLER, now=NOON)

    again = offered(offer.submission, ["70.00", "45.00"])

    assert (again.number, again.kind, again.submission.status) == (2, "opening", Status.OFFERED)


def test_X6_a_colleagues_second_offer_is_refused() -> None:
    offer = offered()

    with pytest.raises(OfferAlreadyLive):
        make_offer(offer.submission, actor=COLLEAGUE)


def test_S6_sent_again_by_the_same_person_it_is_the_same_offer() -> None:
    offer = offered()

    assert make_offer(offer.submission) == offer
    assert OutboxMessage.objects.filter(dedupe_key__startswith="offer:").count() == 1


def test_X7_decisions_of_a_colleague_are_not_overwritten() -> None:
    new = submitted()
    decided(new)

    with pytest.raises(DecisionsChanged):
        offering.decide(submission_id=new.pk, version=0, decisions={}, actor=COLLEAGUE, now=NOON)


def test_X7_an_offer_of_decisions_that_a_colleague_changed_is_refused() -> None:
    new = decided(submitted())
    decided(new, ["50.00", None])

    with pytest.raises(DecisionsChanged):
        make_offer(new, version=1)


def test_S11_O4_our_counter_replaces_the_sellers() -> None:
    made = countered()

    ours = offered(made.submission, ["65.00", "45.00"])

    made.refresh_from_db()
    assert (made.status, made.answer_note) == ("superseded", "replaced by offer 3")
    assert (ours.kind, ours.number, ours.submission.status) == ("counter", 3, Status.OFFERED)


def test_S11_the_last_counter_the_shop_may_make_is_final() -> None:
    BuyingSettings(max_counters=2).save()
    first = offered(countered().submission, ["65.00", "45.00"])
    last = offered(countered(first, "160.00").submission, ["66.00", "46.00"])

    assert [first.is_final, last.is_final] == [False, True]


def test_X9_an_opening_offer_is_never_final_by_itself() -> None:
    BuyingSettings(max_counters=1).save()

    assert not offered().is_final


def test_X9_a_final_offer_cannot_be_countered() -> None:
    with pytest.raises(RoundsUsedUp):
        countered(offer=offered(is_final=True))


def test_X9_after_our_last_counter_we_can_only_answer() -> None:
    BuyingSettings(max_counters=1).save()
    submission = countered().submission
    reoffered = offered(submission, ["65.00", "45.00"])
    answering.refuse(submission_id=submission.pk, number=3, total=reoffered.total, actor=SELLER, now=NOON)
    opening = offered(submission, ["66.00", "46.00"])

    with pytest.raises(RoundsUsedUp):
        countered(opening, "170.00")


def test_INV_17_a_new_offer_over_a_counter_that_ran_out_first_says_that_it_ran_out() -> None:
    made = countered()
    later = made.expires_at

    ours = offered(made.submission, ["65.00", "45.00"], now=later)

    made.refresh_from_db()
    assert (made.status, ours.kind, ours.submission.status) == ("expired", "opening", Status.OFFERED)


def test_D9_a_seller_hears_of_an_offer_in_the_same_transaction() -> None:
    submission = decided(submitted())
    with contextlib.suppress(InterruptedError), transaction.atomic():
        make_offer(submission)
        raise InterruptedError
    about = OutboxMessage.objects.filter(about=submission.cause, subject__startswith="Our offer")
    assert not about.exists()

    make_offer(submission)

    assert about.get().status == OutboxMessage.Status.PENDING


def test_X19_the_letter_of_an_offer_says_date_time_and_zone() -> None:
    offered(expires_at=datetime(2026, 3, 29, 12, 0, tzinfo=UTC), now=datetime(2026, 3, 28, 9, 0, tzinfo=UTC))

    letter = OutboxMessage.objects.get(subject__startswith="Our offer")
    assert "until Sunday 29 March, 13:00 IST" in letter.text
