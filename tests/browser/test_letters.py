"""What staff see of the letters, in a frame that may do nothing."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.factories.accounts import staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize("person", [False], ids=["without JavaScript"], indirect=True)
def test_a_letter_shows_in_its_frames_on_a_page_that_fits_a_phone(person: Person) -> None:
    reader = Client()
    reader.force_login(staff())
    session = reader.cookies[settings.SESSION_COOKIE_NAME].value
    page = person.page
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": person.shop}])

    page.goto("/staff/letters/")
    person.arrives_at("Letters")
    page.get_by_role("link", name="shop/order_shipped").click()
    person.arrives_at("Order UN-7K3F9Q is on its way")

    for frame in page.locator("iframe").all():
        frame.scroll_into_view_if_needed()
        expect(frame.content_frame.get_by_role("heading")).to_have_text("Order UN-7K3F9Q is on its way")
        expect(frame.content_frame.get_by_role("link", name="See your order")).to_be_visible()
