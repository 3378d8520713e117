"""A seller calls it off while that can be done."""

import pytest
from django.utils import timezone

from tests.factories.offers import agreed, offered, received, submitted
from tests.offers.answers.pages import status_of
from tests.offers.pages import by_link, url, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("when", ["review", "offer", "deal"])
def test_S18_S21_calling_it_off_is_asked_once_and_ends_everything(when):
    now = timezone.now()
    submission = {
        "review": lambda: submitted(now=now),
        "offer": lambda: offered(now=now).submission,
        "deal": lambda: agreed(offered(now=now), now=now),
    }[when]()
    browser = by_link(submission)
    assert "Call it off?" in words(browser.get(url(submission, "withdraw")))
    assert status_of(submission) != "closed"

    browser.post(url(submission, "withdraw"))

    submission.refresh_from_db()
    assert (submission.status, submission.close_reason) == ("closed", "withdrawn")
    assert "This was called off. You keep your pieces." in words(browser.get(url(submission)))


def test_S18_once_the_pieces_are_here_it_is_too_late():
    here = received(agreed(offered(now=timezone.now()), now=timezone.now()), now=timezone.now())
    browser = by_link(here)
    assert "Call it off" not in words(browser.get(url(here)))

    assert browser.get(url(here, "withdraw")).status_code == 302
    assert browser.post(url(here, "withdraw")).status_code == 409
    assert status_of(here) == "received"
