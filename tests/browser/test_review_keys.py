"""The keys of the page on which a buyer reviews pieces."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from offers.models import SellOffer
from tests.browser.conftest import Person
from tests.factories.accounts import owner
from tests.factories.offers import submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("person", [True], ids=["with JavaScript"], indirect=True)
def test_pieces_are_walked_and_decided_by_keys_that_rest_in_text_fields_and_can_be_switched_off(person: Person) -> None:
    submission = submitted()
    staff = Client()
    staff.force_login(owner())
    session = staff.cookies[settings.SESSION_COOKIE_NAME].value
    page = person.page
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": person.shop}])
    page.goto(reverse("admin:offers_sellsubmission_change", args=[submission.pk]))
    first, second = (page.locator("[data-piece]").nth(number) for number in (0, 1))
    keys = page.keyboard

    for key in ("j", "j", "k", "d", "3"):
        keys.press(key)
    expect(first).to_be_focused()
    expect(first.get_by_label("Don't want")).to_be_checked()
    expect(first.get_by_label("Grade")).not_to_have_value("")

    keys.press("a")
    keys.type("wj4")
    expect(first.get_by_label("Our price, EUR")).to_have_value("wj4")
    expect(second.get_by_label("Want", exact=True)).not_to_be_checked()

    first.focus()
    keys.press("o")
    expect(page.get_by_role("button", name="Review and send")).to_be_focused()
    assert not SellOffer.objects.exists()

    keys.press("?")
    page.get_by_label("Use these keys").uncheck()
    second.focus()
    keys.press("w")
    expect(second.get_by_label("Want", exact=True)).not_to_be_checked()
