"""What time decides: S4b, S12, S14, S15, S17, I4, I8, reminders, and what is deleted when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from core import encryption
from core.audit import Actor
from core.errors import DomainError
from core.models import AuditEntry, OutboxMessage
from inventory.models import Condition
from offers import jobs
from offers.errors import OfferExpired, ReturnNotOverdue
from offers.models import PayoutAccount, Seller, SellItem, SellOffer, SellPhoto, SellSubmission
from offers.services import (
    answering,
    banking,
    drafting,
    giving_back,
    receiving,
    reviewing,
    revising,
    submitting,
    timers,
)
from tests.factories.accounts import UserFactory
from tests.factories.offers import (
    IBAN,
    NOON,
    SELLER,
    STAFF,
    agreed,
    countered,
    draft,
    offered,
    paid,
    received,
    revised,
    submitted,
)

pytestmark = pytest.mark.django_db
Status, Item = SellSubmission.Status, SellItem.Status
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
FINDING = receiving.Finding(Condition.MINT, is_authentic=True)


def asked() -> SellSubmission:
    new = submitted()
    reviewing.claim(submission_id=new.pk, user_id=UserFactory().pk, actor=STAFF, now=NOON)
    return reviewing.ask(submission_id=new.pk, question="Which size?", actor=STAFF, now=NOON)


def refused() -> SellSubmission:
    offer = offered()
    return answering.refuse(submission_id=offer.submission_id, number=1, total=offer.total, actor=SELLER, now=NOON)


def returning() -> SellItem:
    """One piece passed, one waits to be given back."""
    first, second = received().items.all()
    receiving.pass_piece(item_id=first.pk, finding=FINDING, actor=STAFF, now=NOON)
    return receiving.send_back(item_id=second.pk, reason="Another colour", actor=STAFF, now=NOON)


def all_jobs(now: datetime) -> None:
    timers.remind(now=now)
    jobs.tidy_submissions(now)
    jobs.forget_what_is_not_needed(now)


def told(submission: SellSubmission, occasion: str) -> int:
    return submission.messages.filter(occasion=occasion).count()


def fresh(submission: SellSubmission) -> SellSubmission:
    submission.refresh_from_db()
    return submission


# What ends by the clock: how it is made, its timer, its moment, and what it is then.
ENDS: dict[str, tuple[Callable[[], SellSubmission], Callable, timedelta, tuple[str, str]]] = {
    "S14": (lambda: offered().submission, timers.expire_offers, 7 * DAY, ("stalled", "expired")),
    "S12": (lambda: countered().submission, timers.expire_offers, 2 * DAY, ("stalled", "counter_expired")),
    "S15": (refused, timers.close_stalled, 14 * DAY, ("closed", "refused")),
    "S17": (agreed, timers.give_up_waiting, 21 * DAY, ("closed", "not_received")),
    "I8": (lambda: revised().submission, timers.expire_offers, 7 * DAY, ("settling", "")),
}


@pytest.mark.parametrize("name", ENDS)
def test_it_ends_when_its_time_is_over(name: str) -> None:
    make, timer, after, outcome = ENDS[name]
    submission = make()

    assert timer(now=NOON + after) == 1

    fresh(submission)
    assert submission.status == outcome[0]
    assert outcome[1] in {submission.stall_reason if submission.status == "stalled" else submission.close_reason}


@pytest.mark.parametrize("name", ENDS)
def test_it_does_not_end_a_second_before(name: str) -> None:
    make, timer, after, _ = ENDS[name]
    submission = make()
    before = submission.status

    assert timer(now=NOON + after - SECOND) == 0
    assert fresh(submission).status == before


@pytest.mark.parametrize("name", ENDS)
def test_run_twice_it_changes_and_tells_nothing_more(name: str) -> None:
    make, timer, after, _ = ENDS[name]
    make()
    timer(now=NOON + after)
    letters, audits = OutboxMessage.objects.count(), AuditEntry.objects.count()

    assert timer(now=NOON + after) == 0
    assert (OutboxMessage.objects.count(), AuditEntry.objects.count()) == (letters, audits)


def test_S14_the_seller_is_told_and_may_ask_for_a_new_offer() -> None:
    offer = offered()
    timers.expire_offers(now=offer.expires_at)

    assert told(offer.submission, "offer_expired") == 1
    answering.ask_for_new_offer(submission_id=offer.submission_id, actor=SELLER, now=offer.expires_at)


def test_S12_the_earlier_offer_does_not_come_back_to_life() -> None:
    made = countered()
    timers.expire_offers(now=made.expires_at)

    assert set(made.submission.offers.values_list("status", flat=True)) == {"superseded", "expired"}


@pytest.mark.parametrize("make", [offered, countered, revised])
def test_O6_a_live_offer_of_any_kind_expires_at_its_moment_by_nobodys_answer(make: Callable[[], SellOffer]) -> None:
    offer = make()
    timers.expire_offers(now=offer.expires_at - SECOND)
    offer.refresh_from_db()
    assert offer.status == "live"

    timers.expire_offers(now=offer.expires_at)

    offer.refresh_from_db()
    assert (offer.status, offer.answered_at, offer.answered_by) == ("expired", offer.expires_at, "timer")


def test_I8_silence_gives_every_requoted_piece_back() -> None:
    revision = revised()
    timers.expire_offers(now=revision.expires_at)

    assert set(revision.submission.items.values_list("status", flat=True)) == {Item.TO_RETURN}
    assert set(revision.lines.values_list("answer", flat=True)) == {""}
    assert not revision.submission.payouts.exists()


def test_I4_S17_what_never_came_is_missing() -> None:
    deal = agreed()
    timers.give_up_waiting(now=NOON + 21 * DAY)

    assert set(deal.items.values_list("status", flat=True)) == {Item.MISSING}
    assert told(deal, "closed") == 1


def test_I4_half_a_parcel_is_settled_without_the_missing_half() -> None:
    deal = agreed()
    first, second = deal.items.all()
    receiving.receive(submission_id=deal.pk, item_ids=[first.pk], actor=STAFF, now=NOON)
    receiving.pass_piece(item_id=first.pk, finding=FINDING, actor=STAFF, now=NOON)

    timers.give_up_waiting(now=NOON + 21 * DAY)

    second.refresh_from_db()
    assert (second.status, fresh(deal).status) == (Item.MISSING, Status.SETTLING)
    assert deal.payouts.get().amount == Decimal("60.00")


def test_S17_X18_a_buyer_says_that_nothing_came() -> None:
    deal = agreed()

    closed = receiving.nothing_came(submission_id=deal.pk, reason="Empty parcel", actor=STAFF, now=NOON)

    assert (closed.status, closed.close_reason) == (Status.CLOSED, "not_received")
    assert set(closed.items.values_list("status", flat=True)) == {Item.MISSING}
    assert told(deal, "closed") == 1


def test_S15_a_submission_that_stalled_anew_has_its_whole_time_again() -> None:
    stalled = refused()
    again = offered(stalled, now=NOON + 13 * DAY)
    answering.refuse(
        submission_id=stalled.pk, number=again.number, total=again.total, actor=SELLER, now=NOON + 13 * DAY
    )

    assert timers.close_stalled(now=NOON + 14 * DAY) == 0
    assert timers.close_stalled(now=NOON + 27 * DAY) == 1


def test_S4b_two_reminders_and_then_the_end() -> None:
    open_question = asked()
    for day in range(15):
        timers.remind(now=NOON + day * DAY)
        timers.close_unanswered(now=NOON + day * DAY)

    assert told(open_question, "question_reminder") == 2
    assert (fresh(open_question).status, open_question.close_reason) == (Status.CLOSED, "no_response")
    assert told(open_question, "closed") == 1


def test_S4b_nothing_closes_before_both_reminders_even_when_the_scheduler_was_dead() -> None:
    open_question = asked()
    late = NOON + 30 * DAY
    timers.remind(now=late)

    assert timers.close_unanswered(now=late) == 0

    timers.remind(now=late + DAY)
    assert timers.close_unanswered(now=late + DAY) == 0
    assert timers.close_unanswered(now=late + 2 * DAY) == 1
    assert told(open_question, "question_reminder") == 2


def test_S4b_an_answered_question_is_not_closed() -> None:
    open_question = asked()
    submitting.answer_question(submission_id=open_question.pk, answer="L", actor=SELLER, now=NOON)

    assert timers.close_unanswered(now=NOON + 30 * DAY) == 0


def test_S14_one_reminder_the_day_before() -> None:
    offer = offered()
    for hours in range(0, 7 * 24, 6):
        timers.remind(now=NOON + timedelta(hours=hours))

    reminder = offer.submission.messages.get(occasion="offer_reminder")
    assert reminder.made_at == offer.expires_at - DAY


def test_S14_an_offer_for_less_than_a_day_is_not_reminded_of_as_soon_as_it_is_made() -> None:
    offer = offered(expires_at=NOON + timedelta(hours=20))
    timers.remind(now=NOON)

    assert told(offer.submission, "offer_reminder") == 0


def test_I8_new_prices_are_reminded_of_on_day_2_and_day_6() -> None:
    revision = revised()
    for hours in range(0, 7 * 24, 6):
        timers.remind(now=NOON + timedelta(hours=hours))

    moments = revision.submission.messages.filter(occasion="offer_reminder").values_list("made_at", flat=True)
    assert list(moments) == [NOON + 2 * DAY, NOON + 6 * DAY]


def test_one_reminder_two_days_before_the_pieces_are_due() -> None:
    deal = agreed()
    for day in range(12):
        timers.remind(now=NOON + day * DAY)

    assert deal.messages.get(occasion="ship_by_reminder").made_at == NOON + 8 * DAY


def test_I15_two_reminders_to_come_for_a_piece() -> None:
    item = returning()
    for day in range(31):
        timers.remind(now=NOON + day * DAY)

    moments = item.submission.messages.filter(occasion="return_reminder").values_list("made_at", flat=True)
    assert list(moments) == [NOON + 10 * DAY, NOON + 20 * DAY]


def test_I15_an_unclaimed_piece_is_disposed_of_after_30_days_and_both_reminders() -> None:
    item = returning()
    for day in (10, 20):
        timers.remind(now=NOON + day * DAY)
    dispose = {"item_id": item.pk, "reason": "Unclaimed", "actor": STAFF}

    with pytest.raises(ReturnNotOverdue):
        giving_back.dispose(**dispose, now=NOON + 30 * DAY - SECOND)  # type: ignore[arg-type]
    assert giving_back.dispose(**dispose, now=NOON + 30 * DAY).status == Item.DISPOSED  # type: ignore[arg-type]


def test_I15_no_piece_is_disposed_of_unasked_without_reminders() -> None:
    with pytest.raises(ReturnNotOverdue):
        giving_back.dispose(item_id=returning().pk, reason="Unclaimed", actor=STAFF, now=NOON + 60 * DAY)


def test_I15_its_owner_may_have_it_disposed_of_at_once() -> None:
    gone = giving_back.dispose(item_id=returning().pk, reason="Recycle it", actor=STAFF, now=NOON, is_wish=True)

    assert gone.status == Item.DISPOSED


@pytest.mark.parametrize("make", [offered, countered, revised])
def test_INV_17_a_dead_scheduler_makes_no_expired_offer_acceptable(make: Callable[[], SellOffer]) -> None:
    offer = make()
    seen = {"submission_id": offer.submission_id, "number": offer.number, "total": offer.total}
    answers = dict.fromkeys(offer.lines.values_list("item_id", flat=True), "take")
    answer = {
        offered: partial(answering.accept, actor=SELLER),
        countered: partial(reviewing.accept_counter, actor=STAFF),
        revised: partial(revising.answer_revision, answers=answers, actor=SELLER),
    }[make]

    with pytest.raises(OfferExpired):
        answer(**seen, now=offer.expires_at)


@pytest.mark.parametrize("make", [offered, countered, revised])
def test_X4_after_the_job_an_answer_is_refused_and_only_the_job_has_written(make: Callable[[], SellOffer]) -> None:
    offer = make()
    timers.expire_offers(now=offer.expires_at)
    letters = OutboxMessage.objects.count()

    with pytest.raises(DomainError):
        answering.accept(
            submission_id=offer.submission_id,
            number=offer.number,
            total=offer.total,
            actor=SELLER,
            now=offer.expires_at - SECOND,
        )

    assert OutboxMessage.objects.count() == letters


def test_photos_are_deleted_60_days_after_closing(django_capture_on_commit_callbacks) -> None:
    closed = answering.withdraw(submission_id=submitted().pk, actor=SELLER, now=NOON)
    file = Path(SellPhoto.objects.all()[0].image.path)
    assert file.exists()

    assert timers.purge_photos(now=NOON + 60 * DAY - SECOND) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert timers.purge_photos(now=NOON + 60 * DAY) == 2

    assert not file.exists()
    assert fresh(closed).photos_deleted_at == NOON + 60 * DAY
    assert timers.purge_photos(now=NOON + 61 * DAY) == 0


def test_S22_photos_of_spam_are_deleted_after_a_day() -> None:
    reviewing.mark_spam(submission_id=submitted().pk, actor=STAFF, now=NOON)

    assert timers.purge_photos(now=NOON + DAY - SECOND) == 0
    assert timers.purge_photos(now=NOON + DAY) == 2


def test_SEC_07_photos_of_a_piece_taken_out_of_a_draft_are_deleted_after_a_day() -> None:
    new = draft()
    gone = new.items.first()
    assert gone
    drafting.remove_item(item_id=gone.pk, now=NOON)

    assert timers.purge_photos(now=NOON + DAY - SECOND) == 0
    assert timers.purge_photos(now=NOON + DAY) == 1
    assert SellPhoto.objects.count() == 1


def test_a_draft_is_deleted_7_days_after_it_was_touched(django_capture_on_commit_callbacks) -> None:
    draft()
    file = Path(SellPhoto.objects.all()[0].image.path)

    assert drafting.delete_stale_drafts(now=NOON + 7 * DAY) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert drafting.delete_stale_drafts(now=NOON + 7 * DAY + SECOND) == 1

    assert not file.exists()
    assert not SellSubmission.objects.exists()
    assert not Seller.objects.exists()


def _account(submission: SellSubmission) -> PayoutAccount:
    assert submission.seller
    return PayoutAccount.objects.create(
        seller=submission.seller,
        holder_name="Sella Example",
        encrypted_iban=encryption.encrypt(IBAN),
        country="IE",
        last_four=IBAN[-4:],
        changed_at=NOON,
    )


def _closed_deal() -> SellSubmission:
    done = paid()
    SellItem.objects.filter(submission=done).update(status="returned")
    SellSubmission.objects.filter(pk=done.pk).update(status="closed", close_reason="completed", closed_at=NOON)
    return fresh(done)


def test_bank_details_are_erased_90_days_after_settlement_but_for_the_last_four() -> None:
    account = _account(_closed_deal())

    assert banking.forget_old_accounts(now=NOON + 90 * DAY - SECOND) == 0
    assert banking.forget_old_accounts(now=NOON + 90 * DAY) == 1

    account.refresh_from_db()
    assert (account.encrypted_iban, account.holder_name, account.last_four) == ("", "", IBAN[-4:])
    assert banking.forget_old_accounts(now=NOON + 91 * DAY) == 0


def test_bank_details_stay_while_a_deal_is_open() -> None:
    _account(agreed())

    assert banking.forget_old_accounts(now=NOON + 400 * DAY) == 0


def test_contacts_of_sellers_we_never_paid_are_erased_after_12_months() -> None:
    closed = answering.withdraw(submission_id=submitted().pk, actor=SELLER, now=NOON)

    assert timers.forget_contacts(now=NOON + 365 * DAY - SECOND) == 0
    assert timers.forget_contacts(now=NOON + 365 * DAY) == 1

    assert closed.seller
    closed.seller.refresh_from_db()
    assert (closed.seller.name, closed.seller.email) == ("", "")
    assert timers.forget_contacts(now=NOON + 366 * DAY) == 0


@pytest.mark.parametrize("make", [_closed_deal, submitted], ids=["paid", "open"])
def test_contacts_are_kept_of_a_seller_who(make: Callable[[], SellSubmission]) -> None:
    make()

    assert timers.forget_contacts(now=NOON + 2000 * DAY) == 0


def test_all_jobs_twice_over_a_year_leave_nothing_open() -> None:
    made = [make() for make in (lambda: offered().submission, lambda: countered().submission, refused)]
    Seller.objects.update(email="other@example.com")
    made.append(asked())
    for day in [*range(45), *range(50, 400, 10)]:
        all_jobs(NOON + day * DAY)
        all_jobs(NOON + day * DAY)

    assert {fresh(submission).status for submission in made} == {Status.CLOSED}
    assert not SellPhoto.objects.exists()
    assert not Seller.objects.exclude(name="").exists()


def test_timers_act_under_a_name_of_their_own() -> None:
    offer = offered()
    timers.expire_offers(now=offer.expires_at)

    assert Actor("timer", "worker") == timers.TIMER
    assert AuditEntry.objects.filter(subject=offer.submission.cause, action="offer expired").get().actor == "timer"
