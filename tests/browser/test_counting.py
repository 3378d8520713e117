"""A visit in a real browser comes out of the daily figures exactly as it was."""

from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from analytics.models import DailyFigure, DailyFunnel, DailyProduct, DailySearch, Event
from analytics.services import capture, rollup
from inventory.models import StockItem
from shop.models import Order
from shop.services import orders
from tests.browser.conftest import Person
from tests.factories.inventory import STAFF, shelved
from tests.factories.offers import draft
from tests.factories.shop import CollectionFactory
from tests.offers.selling import SEND, at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
PHONE = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def _counting(settings: LazySettings) -> None:
    settings.ANALYTICS_MODE = "daily-hash"
    capture._salts.clear()


@pytest.fixture
def jacket(transactional_db: None) -> StockItem:
    CollectionFactory()
    return shelved(title="Varsity jacket", size="M", quantity=5, price="38.00")


def look_around(person: Person, jacket: StockItem) -> None:
    """Twenty pages: home, lists, a filter, the piece, searches."""
    piece = jacket.product.get_absolute_url()
    visits = ["/"] * 5 + ["/shop/"] * 4 + ["/shop/?size=M"] + [piece] * 7 + ["/search/?q=varsity"] * 2
    for path in [*visits, "/search/?q=unicorn"]:
        person.page.goto(path)


def buy(client: Client, item: StockItem, name: str) -> Order:
    """An order through the pages, by somebody with a basket of their own."""
    client.post("/basket/add/", {"item": item.pk})
    client.post("/checkout/", {"email": f"{name}@example.com", "name": "Buya Example"})
    way = client.get("/checkout/delivery/").context["form"].fields["delivery"].choices[0][0]
    client.post("/checkout/delivery/", {"delivery": way, "payment": "on_collection"})
    review = client.get("/checkout/review/")
    token = review.context["basket"].cart.checkout_token
    client.post("/checkout/review/", {"checkout_token": token, "reviewed": review.context["reviewed"]})
    return Order.objects.get(email=f"{name}@example.com")


def figures(day: date) -> dict[str, tuple[int, int, int]]:
    rows = DailyFigure.objects.filter(day=day)
    return {row.event_type: (row.events, row.quantity, row.value_cents) for row in rows}


def check() -> str:
    """What --check says is wrong; empty when all is right."""
    try:
        call_command("rollup_analytics", "--check")
    except CommandError as refusal:
        return str(refusal)
    return ""


def test_twenty_pages_a_purchase_a_cancellation_and_a_submission_are_counted_exactly(
    person: Person, jacket: StockItem
) -> None:
    today, now = timezone.localdate(), timezone.now()
    person.page.set_extra_http_headers({"User-Agent": PHONE})
    look_around(person, jacket)
    shopper = Client(headers={"user-agent": PHONE})
    kept = buy(shopper, jacket, "kept")
    called_off = buy(Client(headers={"user-agent": PHONE}), jacket, "called-off")
    for order in (kept, called_off):
        orders.confirm(order_id=order.pk, actor=STAFF, now=now)
    for step in (orders.pack, orders.mark_ready, orders.complete):
        step(order_id=kept.pk, actor=STAFF, now=now)
    orders.cancel(order_id=called_off.pk, reason="changed their mind", actor=STAFF, now=now)
    seller = at(draft(now=now - timedelta(hours=1)), Client(headers={"user-agent": PHONE}))
    assert seller.post("/sell/check/", SEND).status_code == 302

    rollup.roll_up(now=timezone.now())

    found = figures(today)
    # The browser's twenty pages; the tills' delivery and review pages, twice.
    assert found["page_view"] == (24, 0, 0)
    assert found["product_view"] == (7, 0, 0)
    assert found["search"] == (3, 2, 0)
    assert found["filter_used"] == (1, 0, 0)
    assert found["add_to_cart"] == (2, 2, 0)
    assert found["purchase"] == (1, 1, 3800)
    assert found["sell_submission"] == (1, 0, 0)
    assert set(found) == {
        "page_view",
        "product_view",
        "search",
        "filter_used",
        "add_to_cart",
        "purchase",
        "sell_submission",
    }
    product = DailyProduct.objects.get(day=today)
    assert (product.views, product.carts, product.units, product.value_cents) == (7, 2, 1, 3800)
    searches = DailySearch.objects.filter(day=today).values_list("term", "searches", "zero_results")
    assert set(searches) == {("varsity", 2, 0), ("unicorn", 1, 1)}
    funnel = DailyFunnel.objects.get(day=today)
    assert (funnel.viewed, funnel.carted, funnel.ordered, funnel.sell_submitted) == (1, 1, 1, 1)
    assert (funnel.baskets, funnel.baskets_ordered) == (2, 2)

    before = figures(today)
    rollup.roll_up(now=timezone.now(), first=today, last=today)
    assert figures(today) == before
    assert check() == ""

    Event.objects.filter(event_type="search").update(event_type="filter_used")
    assert "figures are not what events and orders say" in check()
    rollup.roll_up(now=timezone.now(), first=today, last=today)
    assert check() == ""

    Order.objects.filter(pk=kept.pk).update(total="39.00", subtotal="39.00")
    assert "figures are not what events and orders say" in check()
