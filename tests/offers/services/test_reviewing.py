"""What a buyer does beside offering: S2, S3, S5, S10, S12, S13, S15, S22."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.audit import Actor
from core.models import AuditEntry, OutboxMessage
from offers.errors import (
    AboveLimit,
    ClaimedByColleague,
    OfferExpired,
    OfferNotLive,
    ReasonMissing,
    SubmissionMoved,
    UndecidedPieces,
)
from offers.models import SellItem, SellOffer, SellSubmission
from offers.services import answering, reviewing
from tests.factories.accounts import UserFactory
from tests.factories.offers import NOON, SELLER, STAFF, agreed, countered, decided, offered, submitted

pytestmark = pytest.mark.django_db
Status, Item = SellSubmission.Status, SellItem.Status
COLLEAGUE = Actor("user 2", "admin")


def accept_counter(made: SellOffer, **changes: object) -> SellSubmission:
    seen = {"number": made.number, "total": made.total, "actor": STAFF, "now": NOON} | changes
    return reviewing.accept_counter(submission_id=made.submission_id, **seen)  # type: ignore[arg-type]


def decline_counter(made: SellOffer, **changes: object) -> SellSubmission:
    seen = {"number": made.number, "reason": "Too much", "actor": STAFF, "now": NOON} | changes
    return reviewing.decline_counter(submission_id=made.submission_id, **seen)  # type: ignore[arg-type]


def test_S2_a_claimed_submission_is_in_review_by_one_person() -> None:
    user = UserFactory()

    claimed = reviewing.claim(submission_id=submitted().pk, user_id=user.pk, actor=STAFF, now=NOON)

    assert (claimed.status, claimed.assignee_id, claimed.claimed_at) == (Status.IN_REVIEW, user.pk, NOON)


def test_S2_a_colleagues_fresh_claim_holds() -> None:
    new, one, other = submitted(), UserFactory(), UserFactory()
    reviewing.claim(submission_id=new.pk, user_id=one.pk, actor=STAFF, now=NOON)

    with pytest.raises(ClaimedByColleague):
        reviewing.claim(submission_id=new.pk, user_id=other.pk, actor=COLLEAGUE, now=NOON + timedelta(minutes=29))


def test_S2_a_colleagues_claim_goes_stale_after_half_an_hour() -> None:
    new, one, other = submitted(), UserFactory(), UserFactory()
    reviewing.claim(submission_id=new.pk, user_id=one.pk, actor=STAFF, now=NOON)

    taken = reviewing.claim(submission_id=new.pk, user_id=other.pk, actor=COLLEAGUE, now=NOON + timedelta(minutes=30))

    assert taken.assignee_id == other.pk


def test_S2_claimed_again_by_the_same_person_it_leaves_no_second_audit_row() -> None:
    new, user = submitted(), UserFactory()
    for _ in range(2):
        reviewing.claim(submission_id=new.pk, user_id=user.pk, actor=STAFF, now=NOON)

    assert AuditEntry.objects.filter(action="claimed").count() == 1


def test_S3_a_question_is_sent_and_our_time_stands_still() -> None:
    new = submitted()
    reviewing.claim(submission_id=new.pk, user_id=UserFactory().pk, actor=STAFF, now=NOON)

    asked = reviewing.ask(submission_id=new.pk, question="Which size?", actor=STAFF, now=NOON)

    assert (asked.status, asked.waiting_on, asked.question) == (Status.INFO_REQUESTED, "seller", "Which size?")
    assert asked.messages.filter(occasion="question").count() == 1


def test_S3_a_question_has_words() -> None:
    new = submitted()
    reviewing.claim(submission_id=new.pk, user_id=UserFactory().pk, actor=STAFF, now=NOON)

    with pytest.raises(ReasonMissing):
        reviewing.ask(submission_id=new.pk, question=" ", actor=STAFF, now=NOON)


def test_S4_we_may_go_on_without_an_answer() -> None:
    new = submitted()
    reviewing.claim(submission_id=new.pk, user_id=UserFactory().pk, actor=STAFF, now=NOON)
    reviewing.ask(submission_id=new.pk, question="Which size?", actor=STAFF, now=NOON)
    later = NOON + timedelta(days=2)

    back = reviewing.stop_asking(submission_id=new.pk, actor=STAFF, now=later)

    assert (back.status, back.waiting_since) == (Status.IN_REVIEW, later)


def test_INV_18_two_questions_within_a_second_are_two_letters() -> None:
    new = submitted()
    reviewing.claim(submission_id=new.pk, user_id=UserFactory().pk, actor=STAFF, now=NOON)
    reviewing.ask(submission_id=new.pk, question="Which size?", actor=STAFF, now=NOON)
    reviewing.stop_asking(submission_id=new.pk, actor=STAFF, now=NOON)

    reviewing.ask(submission_id=new.pk, question="Is the zip whole?", actor=STAFF, now=NOON)

    assert OutboxMessage.objects.filter(dedupe_key__startswith="question:").count() == 2


def test_S5_everything_declined_with_reasons_ends_it_politely() -> None:
    new = decided(submitted(), [None, None])

    closed = reviewing.decline(submission_id=new.pk, actor=STAFF, now=NOON)

    assert (closed.status, closed.close_reason) == (Status.CLOSED, "declined")
    assert set(closed.items.values_list("status", flat=True)) == {Item.DECLINED}


def test_S5_the_letter_names_the_reasons() -> None:
    new = decided(submitted(), [None, None])
    reviewing.decline(submission_id=new.pk, actor=STAFF, now=NOON)

    assert "e have enough like it" in new.messages.get(occasion="declined").text


def test_S5_one_undecided_piece_keeps_it_open() -> None:
    new = decided(submitted(), ["60.00", None])

    with pytest.raises(UndecidedPieces):
        reviewing.decline(submission_id=new.pk, actor=STAFF, now=NOON)


def test_S10_the_sellers_price_is_agreed_to() -> None:
    made = countered(asked="125.01")

    deal = accept_counter(made)

    assert deal.status == Status.AGREED
    assert set(deal.items.values_list("agreed_amount", flat=True)) == {Decimal("50.00"), Decimal("75.01")}
    assert SellOffer.objects.get(number=2).answered_by == STAFF.name


def test_S10_repeated_it_is_the_same_deal_told_once() -> None:
    made = countered()
    accept_counter(made)
    accept_counter(made)

    assert OutboxMessage.objects.filter(dedupe_key__startswith="agreed:").count() == 1
    assert AuditEntry.objects.filter(subject=made.submission.cause, action="agreed").count() == 1


@pytest.mark.parametrize("stale", [{"number": 1}, {"total": Decimal("149.99")}], ids=["number", "total"])
def test_S10_another_offer_than_was_seen_is_refused(stale: dict[str, object]) -> None:
    with pytest.raises(OfferNotLive):
        accept_counter(countered(), **stale)


def test_S10_a_counter_above_the_buyers_limit_needs_the_owner() -> None:
    offer = offered(amounts=["260.00", "200.00"])
    made = countered(offer, "501.00")
    with pytest.raises(AboveLimit):
        accept_counter(made)

    assert accept_counter(made, may_exceed_limit=True).status == Status.AGREED


def test_S10_INV_17_a_counter_is_not_agreed_to_after_its_time() -> None:
    made = countered()

    with pytest.raises(OfferExpired):
        accept_counter(made, now=made.expires_at)


def test_S12_a_declined_counter_leaves_no_live_offer() -> None:
    made = countered()

    stalled = decline_counter(made)

    assert (stalled.status, stalled.stall_reason) == (Status.STALLED, "counter_declined")
    assert not stalled.offers.filter(status="live").exists()
    assert set(stalled.items.values_list("status", flat=True)) == {Item.SUBMITTED}


def test_S12_repeated_it_is_told_once() -> None:
    made = countered()
    decline_counter(made)
    decline_counter(made)

    assert made.submission.messages.filter(occasion="counter_declined").count() == 1


def test_S12_INV_17_a_counter_is_not_declined_after_its_time() -> None:
    made = countered()

    with pytest.raises(OfferExpired):
        decline_counter(made, now=made.expires_at)


def test_S13_O5_we_take_our_offer_back() -> None:
    offer = offered()

    stalled = reviewing.withdraw_offer(submission_id=offer.submission_id, reason="A mistake", actor=STAFF, now=NOON)

    offer.refresh_from_db()
    assert (offer.status, stalled.status, stalled.stall_reason) == ("withdrawn", Status.STALLED, "withdrawn")
    assert stalled.messages.filter(occasion="offer_withdrawn").count() == 1


def test_S13_needs_a_reason() -> None:
    with pytest.raises(ReasonMissing):
        reviewing.withdraw_offer(submission_id=offered().submission_id, reason="", actor=STAFF, now=NOON)


def test_S13_repeated_it_stays_withdrawn_and_is_told_once() -> None:
    offer = offered()
    for _ in range(2):
        reviewing.withdraw_offer(submission_id=offer.submission_id, reason="A mistake", actor=STAFF, now=NOON)

    assert offer.submission.messages.filter(occasion="offer_withdrawn").count() == 1


def test_S13_INV_17_what_ran_out_cannot_be_withdrawn() -> None:
    offer = offered()

    with pytest.raises(OfferExpired):
        reviewing.withdraw_offer(submission_id=offer.submission_id, reason="Late", actor=STAFF, now=offer.expires_at)


def test_X2_what_was_accepted_cannot_be_withdrawn() -> None:
    deal = agreed()

    with pytest.raises(OfferNotLive):
        reviewing.withdraw_offer(submission_id=deal.pk, reason="A mistake", actor=STAFF, now=NOON)


@pytest.mark.parametrize(
    ("how", "close_reason"), [("refused", "refused"), ("counter_declined", "refused"), ("withdrawn", "withdrawn")]
)
def test_S15_a_buyer_closes_what_has_stalled(how: str, close_reason: str) -> None:
    offer = offered()
    if how == "refused":
        answering.refuse(submission_id=offer.submission_id, number=1, total=offer.total, actor=SELLER, now=NOON)
    elif how == "withdrawn":
        reviewing.withdraw_offer(submission_id=offer.submission_id, reason="A mistake", actor=STAFF, now=NOON)
    else:
        decline_counter(countered(offer=offer))

    closed = reviewing.close_stalled(submission_id=offer.submission_id, actor=STAFF, now=NOON)

    assert (closed.status, closed.close_reason) == (Status.CLOSED, close_reason)
    assert set(closed.items.values_list("status", flat=True)) == {Item.EXCLUDED}


def test_S15_what_has_a_live_offer_is_not_closed() -> None:
    with pytest.raises(SubmissionMoved):
        reviewing.close_stalled(submission_id=offered().submission_id, actor=STAFF, now=NOON)


def test_S22_spam_is_closed_without_a_word_and_its_contact_is_remembered() -> None:
    new = submitted()
    letters = OutboxMessage.objects.count()

    closed = reviewing.mark_spam(submission_id=new.pk, actor=STAFF, now=NOON)

    assert (closed.status, closed.close_reason) == (Status.CLOSED, "spam")
    assert OutboxMessage.objects.count() == letters
    assert closed.seller
    assert closed.seller.blocked_reason


def test_S22_what_has_had_an_offer_is_no_spam() -> None:
    offer = offered()
    reviewing.withdraw_offer(submission_id=offer.submission_id, reason="A mistake", actor=STAFF, now=NOON)

    with pytest.raises(SubmissionMoved):
        reviewing.mark_spam(submission_id=offer.submission_id, actor=STAFF, now=NOON)


# --- Answers to what sellers write ------------------------------------------------------------------------------------


def reply(submission: SellSubmission, text: str, minutes: int = 0) -> None:
    reviewing.reply(submission_id=submission.pk, text=text, actor=STAFF, now=NOON + timedelta(minutes=minutes))


def letters_to(submission: SellSubmission) -> int:
    return OutboxMessage.objects.filter(subject=f"Our answer, {submission.reference}").count()


def test_an_answer_pressed_twice_is_one_letter() -> None:
    new = submitted()

    reply(new, "Yes.\r\n\r\n\r\nCome on Saturday.")
    reply(new, "Yes.\r\n\r\n\r\nCome on Saturday.", minutes=1)

    assert letters_to(new) == 1


def test_an_answer_that_is_part_of_an_earlier_one_is_sent() -> None:
    new = submitted()
    reply(new, "Yes. Come on Saturday.")

    reply(new, "Yes.", minutes=1)

    assert letters_to(new) == 2
