"""What scripts say, in the language of the page."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inventory.services import products
from tests.audit.scenes import picture
from tests.browser.conftest import Person
from tests.factories.inventory import shelved
from tests.factories.shop import order_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("person", [True], ids=["with JavaScript"], indirect=True)
def test_scripts_speak_the_language_of_the_page(person: Person) -> None:
    item = shelved(title="Varsity jacket")
    for side in ("front", "back"):
        products.add_photo(product=item.product, picture=picture(), alt=side)
    page = person.page

    page.goto(f"/pl{item.product.get_absolute_url()}")
    page.locator("[data-enlarge]").first.click()
    expect(page.get_by_role("dialog").get_by_role("button")).to_have_text(["Poprzednie", "Następne", "Zamknij"])

    order = order_of(item, now=timezone.now() - timedelta(minutes=1))
    page.goto(f"/pl{order.secret_link}")
    expect(page.locator("[data-countdown]").first).to_have_text("24 godziny")
    page.goto(order.secret_link)
    expect(page.locator("[data-countdown]").first).to_have_text("24 hours")

    page.goto("/pl/accounts/login/")
    expect(page.locator(".show-password")).to_have_text("Pokaż hasło")
