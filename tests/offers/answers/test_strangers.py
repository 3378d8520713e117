"""What the pages refuse: forms that were tampered with, strangers, other sites."""

import pytest
from django.test import Client
from django.utils import timezone

from offers.models import SellSubmission
from offers.services import answering
from offers.urls import urlpatterns
from tests.factories.offers import offered, submitted
from tests.offers.answers.pages import form, press, state, status_of
from tests.offers.pages import by_link, owner_of, url, words

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("answer", ["accept", "refuse", "sum"])
def test_D5_before_there_is_an_offer_there_is_nothing_to_answer(answer):
    submission = submitted(now=timezone.now())
    browser = by_link(submission)

    late = browser.post(
        url(submission, "answer"), {"number": 1, "total": "100.00", "answer": answer, "has_ticks": "", "take": []}
    )

    assert late.status_code == 409
    assert status_of(submission) == "submitted"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"total": "99.99"}, 409),
        ({"total": "1000000"}, 409),
        ({"total": "NaN"}, 422),
        ({"total": "1.001"}, 422),
        ({"total": ""}, 422),
        ({"number": "2"}, 409),
        ({"number": "-1"}, 422),
        ({"number": "9" * 50}, 422),
        ({"answer": "settle"}, 422),
        ({"answer": ""}, 422),
        ({"take": ["x"]}, 422),
        ({"take": ["9" * 40]}, 422),
        ({"take": ["999999"]}, 422),
        ({"amount": "5000"}, 422),
        ({"expires_at": "2099-01-01"}, 422),
        ({"submission": "7"}, 422),
    ],
    ids=str,
)
def test_SEC_18_a_form_that_was_tampered_with_changes_nothing(browser, offer, changes, status):
    before = state(offer.submission)

    answer = press(browser, offer, **changes)

    assert answer.status_code == status
    assert state(offer.submission) == before


def test_SEC_18_a_piece_of_somebody_else_is_not_taken_along(browser, offer):
    other = offered(submitted(now=timezone.now(), email="other@example.com"), now=timezone.now())
    mine = offer.submission.items.all()[0]

    press(browser, offer, take=[mine.pk, other.submission.items.all()[0].pk])

    assert status_of(other.submission) == "offered"
    assert offer.submission.items.filter(status="agreed").count() == 1


PATTERNS = {str(each.name): str(each.pattern) for each in urlpatterns if "<slug:reference>" in str(each.pattern)}


def path_of(submission: SellSubmission, name: str) -> str:
    """One of its addresses, with a piece or a number of its own where the address has one."""
    more = [submission.items.all()[0].pk] if "<int:item_id>" in PATTERNS[name] else []
    return url(submission, name, *(more or ([1] if "<int:number>" in PATTERNS[name] else [])))


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("who", ["anonymous", "other seller"])
def test_SEC_05_INV_14_D4_D5_D6_a_stranger_gets_the_same_page_everywhere_and_changes_nothing(offer, who, name):
    other = submitted(now=timezone.now(), email="other@example.com")
    client = Client() if who == "anonymous" else owner_of(other)[0]
    before = state(offer.submission)
    path = path_of(offer.submission, name)

    answers = [client.get(path), client.post(path, form(offer))]

    assert {answer.status_code for answer in answers} <= {404, 405}
    refused = [answer for answer in answers if answer.status_code == 404]
    assert refused
    assert all("This link is not valid" in words(answer) for answer in refused)
    assert not [answer for answer in refused if offer.submission.reference in answer.content.decode()]
    assert state(offer.submission) == before


@pytest.mark.parametrize("name", PATTERNS)
def test_SEC_20_a_form_of_another_site_is_refused(offer, name):
    strict = by_link(offer.submission, Client(enforce_csrf_checks=True))
    before = state(offer.submission)

    assert strict.post(path_of(offer.submission, name), form(offer)).status_code == 403
    assert state(offer.submission) == before


@pytest.mark.parametrize("name", ["answer", "new_offer", "reply", "write", "cash", "payout_code", "again"])
def test_SEC_04_what_acts_does_not_answer_to_being_opened(browser, offer, name):
    before = state(offer.submission)

    assert browser.get(url(offer.submission, name)).status_code == 405
    assert state(offer.submission) == before


def test_SEC_04_no_page_of_a_seller_sends_itself(browser, offer):
    source = browser.get(url(offer.submission)).content.decode()

    assert "requestSubmit" not in source
    assert 'hx-trigger="load' not in source
    assert "http-equiv" not in source


def test_SEC_28_a_page_that_breaks_tells_nothing_of_why(browser, offer, monkeypatch):
    monkeypatch.setattr(answering, "accept", lambda **_: 1 / 0)
    browser.raise_request_exception = False

    answer = press(browser, offer)

    assert answer.status_code == 500
    assert "division" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()
