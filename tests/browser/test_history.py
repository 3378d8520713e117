"""Going back in the browser's history."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserType, expect
from pytest_django.live_server_helper import LiveServer

from inventory.services import stock
from tests.browser.conftest import PATIENCE, Person
from tests.factories.inventory import STAFF, shelved


@pytest.mark.usefixtures("_built_static")
@pytest.mark.django_db(transaction=True)
def test_a_page_gone_back_to_tells_the_count_of_the_basket_and_what_was_sold_meanwhile(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], live_server: LiveServer
) -> None:
    jacket, tee = shelved(title="Varsity jacket"), shelved(title="Sunset tee")
    # Browsers keep left pages whole; one that is driven does so when it is told to.
    keeping = {"ignore_default_args": ["--disable-back-forward-cache"]}
    with browser_type.launch(**browser_type_launch_args | keeping) as browser:
        page = browser.new_page(base_url=live_server.url)
        page.set_default_timeout(PATIENCE)
        person = Person(page, live_server.url, width=1280)
        person.watch()
        page.goto(jacket.product.get_absolute_url())
        page.evaluate("window.isTheSame = true")
        page.goto(tee.product.get_absolute_url())
        page.locator("#buy").get_by_role("button", name="Add to basket").click()
        expect(page.locator(".header__count")).to_have_text("1")
        stock.sell_over_the_counter(
            stock_item_id=jacket.pk,
            quantity=1,
            unit_price=jacket.price,
            cause="till 1",
            actor=STAFF,
            now=timezone.now(),
        )

        page.go_back(wait_until="commit")

        expect(page.get_by_role("heading", level=1)).to_have_text("Varsity jacket")
        assert page.evaluate("window.isTheSame")
        expect(page.locator(".header__count")).to_have_text("1")
        expect(page.locator("#piece")).to_contain_text("Sold on")
        expect(page.locator("#buy")).to_have_count(0)
        assert person.complaints == []
