"""The page of figures in a real browser, on a phone and on a desk: no fault that axe knows, and no complaints."""

from datetime import timedelta
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from analytics.models import DailyFigure, DailyFunnel, DailyProduct, DailySearch
from tests.browser.conftest import PATIENCE, Person
from tests.factories.accounts import UserFactory
from tests.factories.inventory import shelved

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.usefixtures("_built_static"),
]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"region": {"enabled": False}},  # the head of the admin's theme is in none
}


@pytest.fixture
def ninety_days() -> None:
    item, today = shelved(title="Varsity jacket"), timezone.localdate()
    for back in range(90):
        day = today - timedelta(days=back)
        DailyFunnel.objects.create(day=day, visitors=100 + back, viewed=60, carted=9, ordered=4, baskets=9)
        DailyFigure.objects.create(day=day, event_type="purchase", events=4, value_cents=15200 + back)
    DailyProduct.objects.create(day=today, product_id=item.product_id, views=9, carts=2, units=1, value_cents=3800)
    DailySearch.objects.create(day=today, term="a long search for work trousers", searches=4, zero_results=4)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_page_of_figures_has_no_fault_that_axe_knows(
    width: int, scheme: Literal["dark", "light"], browser: Browser, live_server: LiveServer, ninety_days: None
) -> None:
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    name, screen = settings.SESSION_COOKIE_NAME, ViewportSize(width=width, height=844)
    context = browser.new_context(viewport=screen, color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    staff = Person(context.new_page(), live_server.url, width=width)
    staff.watch()

    staff.page.goto(f"{live_server.url}/admin/analytics/dailyfigure/page/?days=90")
    staff.page.get_by_text("Revenue as a table").click()
    expect(staff.page.get_by_role("region", name="Revenue by day")).to_be_visible()

    staff.fits("the page of figures")
    faults = Axe().run(staff.page, options=RULES).response["violations"]
    assert [f"{fault['id']}: {node['html'][:160]}" for fault in faults for node in fault["nodes"]] == []
    context.close()
    assert staff.complaints == []
