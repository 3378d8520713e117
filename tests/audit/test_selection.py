"""What `make audit` sees of the pages people use most, in every run: axe finds nothing, and nothing moves on load."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.audit.scenes import Scene, basket, jackets
from tests.audit.test_pages import PHONE, faults, walk
from tests.factories.inventory import shelved
from tests.factories.offers import offered
from tests.offers.pages import by_link, url

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_built_static"),
]

SHIFTS = """() => new Promise((done) => {
  let moved = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { moved += entry.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 200);
})"""


def scenes() -> Iterator[Scene]:
    best = jackets(count=3)
    yield Scene("home", "/")
    yield Scene("list", "/shop/")
    yield Scene("product", best.get_absolute_url())
    yield Scene("basket", "/basket/", basket(shelved(title="Chore jacket")))
    yield Scene("details", "/checkout/", basket(shelved(title="Parka")))
    status = offered(now=timezone.now()).submission
    yield Scene("submission, live offer", url(status), by_link(status))


def look(page: Page) -> list[str]:
    moved = page.evaluate(SHIFTS)
    return faults(page) + ([f"it moves on load: {moved}"] if moved else [])


def test_the_pages_people_use_most_have_no_fault_and_do_not_move(browser: Browser, live_server: LiveServer) -> None:
    assert walk(browser, live_server.url, scenes(), PHONE, look) == {}
