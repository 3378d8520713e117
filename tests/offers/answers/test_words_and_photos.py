"""What a seller writes and adds: answers to our questions, photos, messages."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from core.models import AuditEntry
from offers.models import SellSubmission
from offers.services import answering, reviewing
from tests.factories.offers import SELLER, STAFF, agreed, offered, picture, submitted
from tests.offers.answers.pages import state, status_of
from tests.offers.pages import by_link, owner_of, url, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> SellSubmission:
    submission = submitted(now=timezone.now())
    reviewing.claim(submission_id=submission.pk, user_id=owner_of(submission)[1].pk, actor=STAFF, now=timezone.now())
    return reviewing.ask(submission_id=submission.pk, question="Is the zip original?", actor=STAFF, now=timezone.now())


def test_S4_a_question_is_answered_on_the_page_once(asked):
    browser = by_link(asked)
    assert "Is the zip original?" in words(browser.get(url(asked)))

    for _ in range(2):
        assert browser.post(url(asked, "reply"), {"reply": "Yes, it is."}).status_code == 302

    assert status_of(asked) == "in_review"
    assert AuditEntry.objects.filter(action="question answered").count() == 1
    assert "Yes, it is." in words(browser.get(url(asked)))


@pytest.mark.parametrize(("reply", "said"), [("", "Write an answer"), ("x" * 501, "at most 500 characters")])
def test_S4_an_answer_that_will_not_do_is_said_beside_the_field_and_stays_typed(asked, reply, said):
    answer = by_link(asked).post(url(asked, "reply"), {"reply": reply})

    assert answer.status_code == 422
    assert said in words(answer)
    assert reply in answer.content.decode()
    assert status_of(asked) == "info_requested"


def test_S4_photos_are_added_while_we_ask(asked):
    item = asked.items.all()[0]

    answer = by_link(asked).post(url(asked, "more_photos", item.pk), {"photos": [picture(), picture(kind="PNG")]})

    assert answer.status_code == 302
    assert item.photos.count() == 3


def test_a_file_that_is_no_photo_loses_none_of_the_others(asked):
    item, bad = asked.items.all()[0], ContentFile(b"these are notes", name="notes.jpg")

    answer = by_link(asked).post(url(asked, "more_photos", item.pk), {"photos": [bad, picture()]})

    assert answer.status_code == 422
    assert "notes.jpg: Add a JPEG, PNG or WebP picture." in words(answer)
    assert item.photos.count() == 2


def test_SEC_07_photos_added_later_count_against_the_days_allowance_too(asked, monkeypatch):
    monkeypatch.setattr("offers.views.writing.UNITS_A_DAY", 1)
    item = asked.items.all()[0]

    answer = by_link(asked).post(url(asked, "more_photos", item.pk), {"photos": [picture(), picture()]})

    assert answer.status_code == 429
    assert "That is a lot of photos for one day." in words(answer)
    assert item.photos.count() == 2


def test_photos_of_another_submission_are_not_added(asked):
    other = submitted(now=timezone.now(), email="other@example.com")
    item = other.items.all()[0]

    assert by_link(asked).post(url(asked, "more_photos", item.pk), {"photos": [picture()]}).status_code == 404
    assert item.photos.count() == 1


def test_a_message_reaches_us_once_and_stands_in_the_history(browser, offer):
    before = state(offer.submission)[:3]

    for _ in range(2):
        assert browser.post(url(offer.submission, "write"), {"words": "I am away on Friday."}).status_code == 302

    assert offer.submission.messages.filter(direction="in").count() == 1
    assert "I am away on Friday." in words(browser.get(url(offer.submission)))
    assert state(offer.submission)[:3] == before


@pytest.mark.parametrize(("text", "said"), [(" ", "Write a few words"), ("x" * 501, "at most 500 characters")])
def test_a_message_that_will_not_do_is_said_beside_the_field_and_stays_typed(browser, offer, text, said):
    answer = browser.post(url(offer.submission, "write"), {"words": text})

    assert answer.status_code == 422
    assert said in words(answer)
    assert text.strip() in answer.content.decode()


def test_messages_are_not_taken_without_end(browser, offer):
    codes = [browser.post(url(offer.submission, "write"), {"words": f"{n}"}).status_code for n in range(11)]

    assert codes == [302] * 10 + [429]


def test_who_is_told_to_wait_is_led_to_pages_that_there_are(browser, offer, monkeypatch):
    monkeypatch.setattr("offers.views.answers.WORDS_AN_HOUR", 0)
    stood_on = f"http://testserver{url(offer.submission)}"

    answer = browser.post(url(offer.submission, "write"), {"words": "Hello"}, headers={"Referer": stood_on})

    assert answer.status_code == 429
    assert f'href="{stood_on}"' in answer.text
    assert 'hreflang="pl" href="/pl/"' in answer.text


def test_once_closed_no_message_is_taken():
    submission = submitted(now=timezone.now())
    browser = by_link(submission)
    answering.withdraw(submission_id=submission.pk, actor=SELLER, now=timezone.now())

    assert browser.post(url(submission, "write"), {"words": "Wait"}).status_code == 409
    assert "Write to us about it" not in words(browser.get(url(submission)))


def test_once_agreed_no_photos_are_added():
    deal = agreed(offered(now=timezone.now()), now=timezone.now())
    item = deal.items.all()[0]

    assert by_link(deal).post(url(deal, "more_photos", item.pk), {"photos": [picture()]}).status_code == 409
    assert item.photos.count() == 1
