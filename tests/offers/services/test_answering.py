"""What a seller answers: S7 to S9, S18, S21, O1 to O6, X1, X3, X5, X8, X9."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from core.audit import Actor
from core.models import AuditEntry, OutboxMessage
from offers.errors import (
    CounterOutOfRange,
    NotChecked,
    NotSeverable,
    OfferExpired,
    OfferNotLive,
    RoundsUsedUp,
    SubmissionMoved,
)
from offers.models import BuyingSettings, SellItem, SellOffer, SellSubmission
from offers.services import answering, reviewing, revising
from tests.factories.offers import NOON, SELLER, STAFF, agreed, draft, offered, received, revised, settling, submitted

pytestmark = pytest.mark.django_db
Status, Item = SellSubmission.Status, SellItem.Status
SECOND = timedelta(seconds=1)


def seen(offer: SellOffer, **changes: object) -> dict[str, object]:
    """What the page of an offer posts."""
    return {
        "submission_id": offer.submission_id,
        "number": offer.number,
        "total": offer.total,
        "actor": SELLER,
        "now": NOON,
    } | changes


def accept(offer: SellOffer, **changes: object) -> SellSubmission:
    return answering.accept(**seen(offer, **changes))  # type: ignore[arg-type]


def refuse(offer: SellOffer, **changes: object) -> SellSubmission:
    return answering.refuse(**seen(offer, **changes))  # type: ignore[arg-type]


def counter(offer: SellOffer, asked: object = Decimal("150.00"), **changes: object) -> SellOffer:
    return answering.counter(**seen(offer, asked=asked, **changes))  # type: ignore[arg-type]


def pieces(offer: SellOffer) -> list[int]:
    return list(offer.lines.order_by("item__position").values_list("item_id", flat=True))


ANSWERS: dict[str, Callable[..., object]] = {"accept": accept, "refuse": refuse, "counter": counter}


def test_S7_accepted_it_is_a_deal_with_a_date_to_hand_the_pieces_over() -> None:
    deal = accept(offered())

    assert (deal.status, deal.agreed_at, deal.ship_by) == (Status.AGREED, NOON, NOON + timedelta(days=10))
    assert SellOffer.objects.get().status == "accepted"


def test_S7_I2_each_piece_in_it_has_its_amount_and_the_declined_ones_end() -> None:
    deal = accept(offered(amounts=["60.00", None]))

    assert list(deal.items.values_list("status", "agreed_amount")) == [
        (Item.AGREED, Decimal("60.00")),
        (Item.DECLINED, None),
    ]


def test_S7_O2_who_when_and_how_is_kept() -> None:
    accept(offered(), note="By phone")

    offer = SellOffer.objects.get()
    assert (offer.answered_by, offer.answered_at, offer.answer_channel, offer.answer_note) == (
        SELLER.name,
        NOON,
        SELLER.channel,
        "By phone",
    )


@pytest.mark.parametrize("verb", ANSWERS)
@pytest.mark.parametrize("stale", [{"number": 2}, {"total": Decimal("99.99")}], ids=["number", "total"])
def test_S7_S8_S9_X5_another_offer_than_was_seen_is_refused_and_unchanged(verb: str, stale: dict) -> None:
    offer = offered()

    with pytest.raises(OfferNotLive):
        ANSWERS[verb](offer, **stale)

    assert SellOffer.objects.get().status == "live"


@pytest.mark.parametrize("verb", ANSWERS)
@pytest.mark.parametrize("late", [timedelta(0), SECOND, timedelta(days=90)], ids=str)
def test_X3_INV_17_an_answer_after_the_time_is_refused_and_the_offer_unchanged(verb: str, late: timedelta) -> None:
    offer = offered()

    with pytest.raises(OfferExpired):
        ANSWERS[verb](offer, now=offer.expires_at + late)

    assert SellOffer.objects.get().status == "live"


@pytest.mark.parametrize("verb", ANSWERS)
def test_INV_02_an_answer_in_the_last_second_counts(verb: str) -> None:
    offer = offered()

    ANSWERS[verb](offer, now=offer.expires_at - SECOND)

    assert SellOffer.objects.get(number=1).status != "live"


@pytest.mark.parametrize("first", ANSWERS)
@pytest.mark.parametrize("then", ANSWERS)
def test_INV_02_D5_an_offer_is_answered_once(first: str, then: str) -> None:
    offer = offered()
    ANSWERS[first](offer)
    before = SellOffer.objects.values_list("status", "answered_at")
    kept = list(before)

    if first == then:
        ANSWERS[then](offer)
    else:
        with pytest.raises(OfferNotLive):
            ANSWERS[then](offer)

    assert list(before.all()) == kept


@pytest.mark.parametrize("verb", ANSWERS)
def test_INV_02_nobody_answers_their_own_offer(verb: str) -> None:
    made = counter(offered())

    with pytest.raises(OfferNotLive):
        ANSWERS[verb](made, actor=Actor("seller 2", "link"))

    made.refresh_from_db()
    assert made.status == "live"


@pytest.mark.parametrize("verb", ANSWERS)
def test_X1_pressed_twice_it_is_told_and_noted_once(verb: str) -> None:
    offer = offered()
    ANSWERS[verb](offer)
    letters, audits = OutboxMessage.objects.count(), AuditEntry.objects.count()

    ANSWERS[verb](offer)

    assert (OutboxMessage.objects.count(), AuditEntry.objects.count()) == (letters, audits)


def test_X1_a_part_accepted_twice_is_one_deal() -> None:
    offer = offered()
    only = pieces(offer)[:1]
    accept(offer, only=only)
    accept(offer, only=only)

    assert SellOffer.objects.filter(status="accepted").count() == 1


def test_X1_another_part_after_a_part_is_refused() -> None:
    offer = offered()
    first, second = pieces(offer)
    accept(offer, only=[first])

    with pytest.raises(OfferNotLive):
        accept(offer, only=[second])


def test_X1_accepting_our_price_after_we_agreed_to_theirs_is_not_the_same_request() -> None:
    offer = offered()
    first, _ = pieces(offer)
    made = counter(offer, Decimal("80.00"), only=[first])
    reviewing.accept_counter(
        submission_id=offer.submission_id, number=made.number, total=made.total, actor=STAFF, now=NOON
    )

    with pytest.raises(OfferNotLive):
        accept(offer, only=[first])


def test_D21_a_step_that_cannot_be_recorded_is_not_made() -> None:
    offer = offered()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditentry RENAME TO out_of_reach")
        with pytest.raises(DatabaseError), transaction.atomic():
            accept(offer)
        cursor.execute("ALTER TABLE out_of_reach RENAME TO core_auditentry")

    offer.refresh_from_db()
    assert (offer.status, offer.submission.status) == (SellOffer.Status.LIVE, Status.OFFERED)


def test_S7_a_part_is_accepted_at_the_listed_prices_and_the_seller_keeps_the_rest() -> None:
    offer = offered()
    first, _ = pieces(offer)

    deal = accept(offer, only=[first])

    assert list(deal.items.values_list("status", "agreed_amount")) == [
        (Item.AGREED, Decimal("60.00")),
        (Item.EXCLUDED, None),
    ]


def test_O1_a_part_is_an_offer_of_the_sellers_that_equals_the_deal_line_by_line() -> None:
    offer = offered()
    first, _ = pieces(offer)
    accept(offer, only=[first])

    part = SellOffer.objects.get(status="accepted")
    assert (part.party, part.number, part.total) == ("seller", 2, Decimal("60.00"))
    assert list(part.lines.values_list("item_id", "amount")) == [(first, Decimal("60.00"))]
    offer.refresh_from_db()
    assert offer.status == "superseded"


def test_a_bundle_is_all_or_nothing() -> None:
    offer = offered(is_severable=False)

    with pytest.raises(NotSeverable):
        accept(offer, only=pieces(offer)[:1])


def test_choosing_nothing_is_refused_in_the_language_of_the_page() -> None:
    with override("pl"), pytest.raises(NotSeverable, match="Wybierz przynajmniej jedną rzecz"):
        accept(offered(), only=[])


def test_a_part_has_at_least_one_piece() -> None:
    with pytest.raises(NotSeverable):
        accept(offered(), only=[])


def test_S8_O3_a_refused_offer_leaves_it_to_us() -> None:
    stalled = refuse(offered(), reason="Too low")

    assert (stalled.status, stalled.stall_reason, stalled.waiting_on) == (Status.STALLED, "refused", "shop")
    assert set(stalled.items.values_list("status", flat=True)) == {Item.SUBMITTED}
    assert SellOffer.objects.get().answer_note == "Too low"


def test_S9_a_counter_replaces_our_offer_for_two_days() -> None:
    offer = offered()

    made = counter(offer)

    offer.refresh_from_db()
    assert (offer.status, made.party, made.total) == ("superseded", "seller", Decimal("150.00"))
    assert made.expires_at == NOON + timedelta(hours=48)
    assert made.submission.status == Status.COUNTERED


def test_S9_one_total_is_shared_out_and_adds_up_to_the_cent() -> None:
    made = counter(offered(amounts=["33.33", "66.67"]), Decimal("100.01"))

    assert sum(made.lines.values_list("amount", flat=True)) == made.total == Decimal("100.01")


def test_S9_each_piece_may_have_its_own_price() -> None:
    offer = offered()
    first, second = pieces(offer)

    made = counter(offer, {first: Decimal("61.00"), second: Decimal("42.50")})

    assert dict(made.lines.values_list("item_id", "amount")) == {first: Decimal("61.00"), second: Decimal("42.50")}


def test_S9_pieces_may_be_dropped() -> None:
    offer = offered()
    first, _ = pieces(offer)

    made = counter(offer, Decimal("70.00"), only=[first])

    assert list(made.lines.values_list("item_id", "amount")) == [(first, Decimal("70.00"))]


def test_S9_less_than_our_offer_is_answered_with_accept_it_instead() -> None:
    with pytest.raises(CounterOutOfRange, match="Accept it instead"):
        counter(offered(), Decimal("100.00"))


@pytest.mark.parametrize(
    ("asking", "asked", "is_allowed"),
    [
        ("10.00", "300.00", True),  # three times our offer
        ("10.00", "300.01", False),
        ("200.00", "400.00", True),  # what was hoped for, of both pieces
        ("200.00", "400.01", False),
        (None, "300.00", True),
        (None, "300.01", False),
    ],
)
def test_S9_a_counter_stays_within_reason(asking: str | None, asked: str, is_allowed: bool) -> None:
    offer = offered(submitted(asking=asking))
    if is_allowed:
        assert counter(offer, Decimal(asked)).total == Decimal(asked)
    else:
        with pytest.raises(CounterOutOfRange):
            counter(offer, Decimal(asked))


@pytest.mark.parametrize("amount", ["0.00", "-5.00", "60.005"])
def test_S9_INV_16_odd_amounts_are_refused(amount: str) -> None:
    offer = offered()
    first, second = pieces(offer)

    with pytest.raises(CounterOutOfRange):
        counter(offer, {first: Decimal(amount), second: Decimal("150.00")})


def test_S9_no_piece_at_all_is_no_counter() -> None:
    with pytest.raises(CounterOutOfRange):
        counter(offered(), only=[])


def test_X9_a_seller_counters_three_times_at_most() -> None:
    offer = offered()
    for number in range(3):
        made = counter(offer, Decimal(120 + number))
        reviewing.decline_counter(
            submission_id=offer.submission_id, number=made.number, reason="Too much", actor=STAFF, now=NOON
        )
        offer = offered(offer.submission)

    with pytest.raises(RoundsUsedUp):
        counter(offer, Decimal("130.00"))


def test_X8_a_counter_after_our_offer_was_replaced_is_refused() -> None:
    offer = offered()
    reviewing.withdraw_offer(submission_id=offer.submission_id, reason="A mistake", actor=STAFF, now=NOON)
    offered(offer.submission, ["61.00", "41.00"])

    with pytest.raises(OfferNotLive):
        counter(offer)


@pytest.mark.parametrize("stage", [submitted, lambda: offered().submission, lambda: counter(offered()).submission])
def test_S21_everything_may_be_called_off_before_a_deal(stage) -> None:
    submission = stage()

    closed = answering.withdraw(submission_id=submission.pk, actor=SELLER, now=NOON)

    assert (closed.status, closed.close_reason) == (Status.CLOSED, "withdrawn")
    assert not SellOffer.objects.filter(status="live").exists()
    assert set(closed.items.values_list("status", flat=True)) == {Item.EXCLUDED}


@pytest.mark.parametrize(
    ("live", "late", "ended"),
    [
        (offered, False, "refused"),
        (lambda: counter(offered()), False, "withdrawn"),
        (offered, True, "expired"),
        (lambda: counter(offered()), True, "expired"),
    ],
    ids=["ours", "theirs", "ours, late", "theirs, late"],
)
def test_S21_O5_the_live_offer_ends_first(live, late: bool, ended: str) -> None:
    offer = live()
    now = offer.expires_at if late else NOON

    answering.withdraw(submission_id=offer.submission_id, actor=SELLER, now=now)

    offer.refresh_from_db()
    assert offer.status == ended


def test_S18_a_deal_may_be_called_off_until_the_pieces_are_handed_over() -> None:
    closed = answering.withdraw(submission_id=agreed().pk, actor=SELLER, now=NOON)

    assert (closed.close_reason, closed.items.filter(status=Item.EXCLUDED).count()) == ("withdrawn", 2)


@pytest.mark.parametrize("stage", [draft, received, settling], ids=["draft", "received", "settling"])
def test_S18_S21_not_before_it_was_sent_and_not_after_the_hand_over(stage) -> None:
    with pytest.raises(SubmissionMoved):
        answering.withdraw(submission_id=stage().pk, actor=SELLER, now=NOON)


def test_S18_called_off_twice_it_is_told_once() -> None:
    deal = agreed()
    for _ in range(2):
        answering.withdraw(submission_id=deal.pk, actor=SELLER, now=NOON)

    assert deal.messages.filter(occasion="withdrawn").count() == 1


def test_X3_a_new_offer_is_asked_for_once() -> None:
    offer = offered()
    late = offer.expires_at + SECOND
    for _ in range(2):
        stalled = answering.ask_for_new_offer(submission_id=offer.submission_id, actor=SELLER, now=late)

    assert (stalled.status, stalled.stall_reason, stalled.renewal_asked_at) == (Status.STALLED, "expired", late)
    assert AuditEntry.objects.filter(action="new offer asked for").count() == 1


def test_a_new_offer_is_not_asked_for_while_one_stands() -> None:
    with pytest.raises(SubmissionMoved):
        answering.ask_for_new_offer(submission_id=offered().submission_id, actor=SELLER, now=NOON)


def test_X16_a_revision_answered_in_part_changes_nothing() -> None:
    revision = revised()
    first, _ = pieces(revision)

    with pytest.raises(NotChecked):
        revising.answer_revision(
            submission_id=revision.submission_id,
            number=revision.number,
            total=revision.total,
            answers={first: "take"},
            actor=SELLER,
            now=NOON,
        )

    revision.refresh_from_db()
    assert revision.status == "live"
    assert set(revision.lines.values_list("answer", flat=True)) == {""}


def test_the_counter_time_is_the_shops_setting() -> None:
    BuyingSettings(counter_hours=5).save()

    assert counter(offered()).expires_at == NOON + timedelta(hours=5)
