"""New prices after inspection, answered piece by piece."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from offers.models import SellOffer
from offers.services import receiving, revising
from tests.factories.offers import STAFF, agreed, offered, picture, received, revised
from tests.offers.answers.pages import in_three_sizes, state
from tests.offers.pages import by_link, url, words

pytestmark = pytest.mark.django_db


def test_a_new_price_names_the_size_of_its_piece() -> None:
    now = timezone.now()
    revision = revised(received(agreed(in_three_sizes(("60.00", "40.00", None)), now=now), now=now), now=now)

    assert "Kestrel Court low, M Your photo" in words(
        by_link(revision.submission).get(url(revision.submission, "revision"))
    )


@pytest.fixture
def revision() -> SellOffer:
    """€30 instead of €60 and €20 instead of €40."""
    now = timezone.now()
    here = received(agreed(offered(now=now), now=now), now=now)
    for item, amount in zip(here.items.all(), ("30.00", "20.00"), strict=True):
        receiving.add_evidence(item_id=item.pk, picture=picture(), actor=STAFF, now=now)
        receiving.requote(
            item_id=item.pk,
            amount=Decimal(amount),
            reason="The zip is broken.",
            finding=receiving.Finding("decent"),
            actor=STAFF,
            now=now,
        )
    return revising.send_revision(submission_id=here.pk, actor=STAFF, now=now)


def choose(browser: Client, revision: SellOffer, *choices: str, answer: str = "send", **changes: Any) -> Any:
    sent: dict[str, Any] = {"number": revision.number, "total": revision.total, "answer": answer}
    for line, choice in zip(revision.lines.all(), choices, strict=False):
        sent[f"piece_{line.item_id}"] = choice
    return browser.post(url(revision.submission, "revision"), sent | changes)


def test_O7_both_photos_both_prices_and_the_reason_stand_side_by_side(revision):
    answer = by_link(revision.submission).get(url(revision.submission, "revision"))

    text = words(answer)
    for part in (
        "The zip is broken.",
        "€30 was €60",
        "€20 was €40",
        "Take €30",
        "Send it back",
        "Your photo",
        "Our photo",
    ):
        assert part in text
    assert "You get €0 for 0 pieces. 2 choices to go." in text
    assert answer.content.decode().count("/sell/photos/") >= 4


def test_I7_I8_every_piece_gets_the_answer_it_was_given(revision):
    browser = by_link(revision.submission)

    answer = choose(browser, revision, "take", "give_back")

    assert answer.headers["Location"] == url(revision.submission)
    kept, back = revision.submission.items.all()
    assert (kept.status, kept.agreed_amount, back.status) == ("passed", Decimal("30.00"), "to_return")
    revision.refresh_from_db()
    assert revision.status == "accepted"
    text = words(browser.get(url(revision.submission)))
    assert "Goes back to you : The zip is broken." in text
    assert "We owe you €30" in text


def test_X1_new_prices_answered_twice_are_answered_once(revision):
    browser = by_link(revision.submission)
    choose(browser, revision, "take", "take")
    after_first = state(revision.submission)

    assert choose(browser, revision, "take", "take").status_code == 302
    assert state(revision.submission) == after_first
    assert choose(browser, revision, "take", "give_back").status_code == 409
    assert state(revision.submission) == after_first


def test_X16_half_an_answer_changes_nothing_and_stays_ticked(revision):
    browser, before = by_link(revision.submission), state(revision.submission)

    answer = choose(browser, revision, "take")

    assert answer.status_code == 422
    assert "Take the new price, or have it sent back" in words(answer)
    assert state(revision.submission) == before
    first = revision.lines.all()[0]
    again = browser.get(url(revision.submission, "revision"))
    assert (
        f'name="piece_{first.item_id}" id="id_piece_{first.item_id}_0" value="take" checked' in again.content.decode()
    )
    assert "You get €30 for 1 piece. 1 choice to go." in words(again)


def test_X16_the_total_follows_the_choices_and_nothing_changes(revision):
    browser, before = by_link(revision.submission), state(revision.submission)

    answer = choose(browser, revision, "give_back", "take", answer="sum")

    assert answer.status_code == 200
    assert "You get €20 for 1 piece." in words(answer)
    assert state(revision.submission) == before


def test_O7_I8_INV_17_new_prices_that_ran_out_cannot_be_taken_though_no_job_has_been_by(revision):
    with time_machine.travel(revision.expires_at, tick=False):
        browser = by_link(revision.submission)
        before = state(revision.submission)

        late = choose(browser, revision, "take", "take")

        assert late.status_code == 409
        assert "You did not answer the new prices in time" in words(late)
        assert state(revision.submission) == before


@pytest.mark.parametrize("changes", [{"total": "49.99"}, {"number": "9"}], ids=str)
def test_SEC_18_new_prices_that_were_not_seen_are_not_answered(revision, changes):
    browser, before = by_link(revision.submission), state(revision.submission)

    assert choose(browser, revision, "take", "take", **changes).status_code == 409
    assert state(revision.submission) == before
