"""A seller types bank details and presses Enter."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from core.models import OutboxMessage
from offers.models import PayoutAccount
from tests.browser.conftest import Person
from tests.factories.offers import IBAN, agreed, offered, submitted
from tests.offers.pages import link_of, url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


def test_enter_saves_the_bank_details_and_asks_for_no_other_code(person: Person) -> None:
    now, page = timezone.now(), person.page
    submission = agreed(offered(submitted(now=now), now=now), now=now)
    page.goto(link_of(submission))
    page.goto(url(submission, "payout"))
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_text("A code is on its way to")).to_be_visible()
    letter = OutboxMessage.objects.get(subject__startswith="Your code for")
    [code] = re.findall(r"\b\d{6}\b", letter.text)

    answers = {"code": code, "holder_name": "Sella Example", "street": "1 Example Street", "town": "Dublin"}
    for name, value in answers.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_iban").fill(IBAN)
    page.locator("#id_iban").press("Enter")

    expect(page.get_by_text("Your money goes to the account IE").first).to_be_visible()
    assert PayoutAccount.objects.get().seller == submission.seller
    assert OutboxMessage.objects.filter(subject__startswith="Your code for").count() == 1
