"""Offers that were replaced, taken back or ran out, and what is only being thought of."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from core.models import AuditEntry
from offers.models import SellItem, SellOffer, SellSubmission
from offers.services import answering, offering, reviewing
from tests.factories.offers import SELLER, STAFF, countered, decided, offered, submitted
from tests.offers.answers.pages import counter, press, state, status_of
from tests.offers.pages import by_link, url, words

pytestmark = pytest.mark.django_db


def second_round(offer: SellOffer) -> SellOffer:
    """The seller asks for more, and we offer more."""
    now = timezone.now()
    answering.counter(
        submission_id=offer.submission_id, number=offer.number, total=offer.total, asked=Decimal("150"), actor=SELLER,
        now=now,
    )  # fmt: skip
    submission = decided(SellSubmission.objects.get(pk=offer.submission_id), ("70.00", "50.00"), now=now)
    return offering.make_offer(
        submission_id=submission.pk,
        version=submission.draft_version,
        expires_at=now + timedelta(days=7),
        actor=STAFF,
        now=now,
    )


def test_D7_the_second_offer_can_be_answered_and_the_hope_stays_what_it_was(browser, offer):
    newer = second_round(offer)

    text = words(browser.get(url(offer.submission)))

    for part in ("Our offer: €120 for 2 pieces", "Accept", "Ask for more", "Refuse", "You hoped for €100."):
        assert part in text
    assert "Our offer €100" in text
    assert "Replaced" in text
    press(browser, newer)
    assert status_of(offer.submission) == "agreed"


@pytest.mark.parametrize("answer", ["accept", "refuse", "counter"])
def test_X5_an_answer_to_a_replaced_offer_shows_the_one_that_stands_now(browser, offer, answer):
    second_round(offer)
    before = state(offer.submission)

    late = counter(browser, offer, asked="170") if answer == "counter" else press(browser, offer, answer)

    assert late.status_code == 409
    text = words(late)
    assert text.count("This changed while you were looking") == 2  # in the tab, and once on the page
    assert "Our offer: €120 for 2 pieces" in text
    assert state(offer.submission) == before


@pytest.mark.parametrize("answer", ["accept", "refuse", "counter"])
def test_X2_an_answer_after_we_took_the_offer_back_shows_that(browser, offer, answer):
    reviewing.withdraw_offer(submission_id=offer.submission_id, reason="a slip", actor=STAFF, now=timezone.now())

    late = counter(browser, offer, asked="150") if answer == "counter" else press(browser, offer, answer)

    assert late.status_code == 409
    assert "We took our offer back." in words(late)


def test_a_counter_that_we_accepted_is_not_an_acceptance_of_the_old_offer(browser, offer):
    counter(browser, offer, asked="150")
    made = offer.submission.offers.get(party="seller")
    reviewing.accept_counter(
        submission_id=offer.submission_id, number=made.number, total=made.total, actor=STAFF, now=timezone.now()
    )

    assert press(browser, offer).status_code == 409


@pytest.mark.parametrize("answer", ["accept", "refuse", "counter"])
def test_X3_INV_02_INV_17_an_offer_that_ran_out_is_not_answered_though_no_job_has_been_by(offer, answer):
    with time_machine.travel(offer.expires_at - timedelta(seconds=1), tick=False):
        browser = by_link(offer.submission)
    with time_machine.travel(offer.expires_at, tick=False):
        before = state(offer.submission)
        late = counter(browser, offer, asked="150") if answer == "counter" else press(browser, offer, answer)

        assert late.status_code == 409
        assert "This offer has run out. You can ask for a new one." in words(late)
        assert state(offer.submission) == before
        assert "Accept" not in words(browser.get(url(offer.submission)))


def test_X3_a_new_offer_is_asked_for_once_before_any_job_has_been_by(offer):
    with time_machine.travel(offer.expires_at, tick=False):
        browser = by_link(offer.submission)
        for _ in range(2):
            browser.post(url(offer.submission, "new_offer"))

        text = words(browser.get(url(offer.submission)))
    assert "You asked for a new offer on" in text
    assert "Waiting for us: you asked for a new offer." in text
    assert AuditEntry.objects.filter(action="new offer asked for").count() == 1


def test_INV_17_a_counter_of_theirs_that_ran_out_says_so(browser, offer):
    counter(browser, offer, asked="150")
    made = offer.submission.offers.get(party="seller")

    with time_machine.travel(made.expires_at, tick=False):
        text = words(by_link(offer.submission).get(url(offer.submission)))

    assert "We did not answer what you asked for in time." in text


def test_what_we_are_only_thinking_of_is_not_shown():
    now = timezone.now()
    submission = decided(submitted(now=now), ("73.41", None), now=now)

    text = words(by_link(submission).get(url(submission)))

    assert "73.41" not in text
    assert str(SellItem.DeclineReason.ENOUGH.label) not in text
    assert text.count("Sent in") == 2


def test_while_a_counter_stands_what_we_declined_keeps_its_reason_until_we_decide_anew():
    now = timezone.now()
    submission = offered(amounts=("60.00", None), now=now).submission
    countered(submission.offers.get(), "90.00", now=now)
    reason = str(SellItem.DeclineReason.ENOUGH.label)

    before = words(by_link(submission).get(url(submission)))
    decided(submission, ("70.00", None), now=now + timedelta(minutes=1))
    after = words(by_link(submission).get(url(submission)))

    told = 1  # in the letter of our offer, which stays to be read
    assert f"Not one for us : {reason}" in before
    assert before.count("Not for us this time") == before.count(reason) - 1 == told + 1
    assert "Not one for us" in after
    assert after.count("Not for us this time") == after.count(reason) == told


def test_while_we_think_about_a_counter_what_we_declined_stays_declined_and_our_new_thoughts_stay_ours():
    now = timezone.now()
    submission = offered(amounts=("60.00", None), now=now).submission
    countered(submission.offers.get(), "90.00", now=now)
    decided(submission, (None, "55.00"), now=now)

    text = words(by_link(submission).get(url(submission)))

    assert "Sent in" not in text
    assert text.count("Not one for us") == 1
    assert "You asked for more" in text
    assert (
        str(SellItem.DeclineReason.ENOUGH.label) not in text.split("Not one for us")[0].rpartition("Varsity jacket")[2]
    )
