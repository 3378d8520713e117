"""The page of figures: right, quick, and only for staff who may see it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from analytics.models import BotHits, DailyFigure, DailyFunnel, DailyProduct, DailySearch
from analytics.queries.dashboard import Dashboard, Period, dashboard
from analytics.services import rollup
from shop.models import Order
from shop.services import orders
from tests.analytics.conftest import NOON, Happened
from tests.factories.accounts import UserFactory
from tests.factories.inventory import STAFF, BrandFactory, shelved
from tests.factories.offers import offered
from tests.factories.shop import order_of

pytestmark = pytest.mark.django_db
PAGE = "/admin/analytics/dailyfigure/page/"
TODAY = date(2026, 3, 2)
WEEK = Period(TODAY - timedelta(days=6), TODAY)


@pytest.fixture
def staff() -> User:
    """Somebody who may see the figures, and nothing else."""
    user = UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_dashboard"))
    return user


@pytest.fixture
def browser(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


def seen(shown: Dashboard) -> dict[str, tuple[str, str, str]]:
    return {number.label: (number.value, number.before, number.change) for number in shown.numbers}


def rows(shown: Dashboard, name: str) -> list[tuple[object, ...]]:
    return [tuple(row) for table in shown.tables if table.name == name for row in table.rows]


def test_the_figures_of_a_period_stand_beside_those_of_the_one_before() -> None:
    for day, visitors, ordered, sales, cents in (
        (TODAY, 100, 4, 4, 20000),
        (TODAY - timedelta(days=1), 300, 4, 6, 30000),
        (TODAY - timedelta(days=7), 200, 2, 2, 10000),
    ):
        DailyFunnel.objects.create(day=day, visitors=visitors, ordered=ordered, baskets=10, baskets_ordered=ordered)
        DailyFigure.objects.create(day=day, event_type="purchase", events=sales, value_cents=cents)

    found = seen(dashboard(WEEK, now=NOON))

    assert found["Daily visitors"] == ("400", "200", "+100%")
    assert found["Orders paid"] == ("10", "2", "+400%")
    assert found["Revenue"] == ("€500", "€100", "+400%")
    assert found["Average order"] == ("€50", "€50", "+0%")
    assert found["Conversion"] == ("2.0%", "1.0%", "+100%")
    assert found["Baskets left"] == ("60.0%", "80.0%", "-25%")


def test_a_shop_without_figures_has_a_page_all_the_same(browser: Client) -> None:
    page = browser.get(PAGE)

    assert page.status_code == 200
    assert "Nothing in these days." in page.content.decode()
    assert "Revenue matches orders" in page.content.decode()


def test_revenue_says_whether_it_matches_the_orders() -> None:
    order = order_of(shelved(price="38.00"))
    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=NOON)
    rollup.roll_up(now=NOON)
    assert dashboard(WEEK, now=NOON).is_matching

    Order.objects.update(total=Decimal("39.00"), subtotal=Decimal("39.00"))

    assert not dashboard(WEEK, now=NOON).is_matching


def test_an_order_paid_since_the_last_rollup_waits_for_the_next_one_and_is_no_fault() -> None:
    order = order_of(shelved(price="38.00"))
    rollup.roll_up(now=NOON)
    later = NOON + timedelta(minutes=3)
    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=later)

    assert dashboard(WEEK, now=later).is_matching


def test_pieces_are_listed_by_what_they_brought_and_by_what_nobody_took() -> None:
    best, plain = shelved(title="Varsity jacket"), shelved(title="Plain tee")
    DailyProduct.objects.create(day=TODAY, product_id=best.product_id, views=9, carts=2, units=1, value_cents=3800)
    DailyProduct.objects.create(day=TODAY, product_id=plain.product_id, views=7)
    DailyProduct.objects.create(day=TODAY, product_id=999_999, views=1)

    shown = dashboard(WEEK, now=NOON)

    assert rows(shown, "best")[0] == ("Varsity jacket", 9, 2, 1, "€38")
    assert rows(shown, "never-carted") == [("Plain tee", 7), ("Product 999999, deleted", 1)]


def test_searches_without_results_and_demand_stand_against_stock() -> None:
    item = shelved(quantity=3, brand=BrandFactory(name="Kestrel"), size="L")
    order_of(item, now=NOON)
    DailyProduct.objects.create(day=TODAY, product_id=item.product_id, views=5)
    DailySearch.objects.create(day=TODAY, term="uk 9", searches=4, zero_results=3)
    DailySearch.objects.create(day=TODAY, term="jacket", searches=9, zero_results=0)

    shown = dashboard(WEEK, now=NOON)

    assert rows(shown, "searches") == [("uk 9", 4, 3)]
    assert rows(shown, "brands") == [("Kestrel", 5, 2)]
    assert rows(shown, "sizes") == [("L", 1, 2)]


def test_buying_in_is_counted_from_the_submissions_of_the_period() -> None:
    offered(now=NOON)

    found = {row[0]: row[1] for row in rows(dashboard(WEEK, now=NOON), "buying-in")}

    assert (found["Submissions sent"], found["Got an offer"], found["Agreed"]) == (1, 1, 0)
    assert found["Hours to our first offer, median"] == "0.0"


def test_the_number_of_queries_does_not_grow(
    browser: Client, happened: Happened, django_assert_max_num_queries: object
) -> None:
    browser.get(PAGE)
    counts = []
    for batch in (1, 30):
        for number in range(batch):
            DailyProduct.objects.get_or_create(day=TODAY, product_id=number, defaults={"views": 1})
            DailySearch.objects.get_or_create(day=TODAY, term=f"term {number}", defaults={"searches": 1})
            happened("page_view", visitor=number)
        rollup.roll_up(now=NOON)
        with django_assert_max_num_queries(60) as captured:  # type: ignore[operator]
            browser.get(PAGE, {"days": "own", "first": "2026-03-01", "last": "2026-03-03"})
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"days": "own", "first": "2026-03-05", "last": "2026-03-01"}, "Choose a first day and a last day"),
        ({"days": "own", "first": "2020-01-01", "last": "2026-03-01"}, "Choose at most 800 days"),
        ({"days": "own", "first": "not a day"}, "Enter a valid date"),
        ({"days": "12345"}, "Select a valid choice"),
        ({"days": "own", "first": "0001-01-01", "last": "0001-01-02"}, "Choose days from 1 January 2000"),
        ({"days": "own", "first": "9999-12-30", "last": "9999-12-31"}, "Choose days from 1 January 2000"),
    ],
)
def test_a_period_that_makes_no_sense_is_said_so(browser: Client, asked: dict[str, str], words: str) -> None:
    page = browser.get(PAGE, asked)

    assert page.status_code == 422
    assert words in page.content.decode()


def test_a_table_can_be_had_as_csv_without_formulas(browser: Client) -> None:
    day = timezone.localdate()
    DailySearch.objects.create(day=day, term="=cmd()", searches=2, zero_results=1)

    answer = browser.get(PAGE, {"csv": "searches"})

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode() == "Words,Searches,Found nothing\r\n'=cmd(),2,1\r\n"
    assert browser.get(PAGE, {"csv": "nothing"}).status_code == 404


def test_what_was_searched_for_cannot_write_into_the_page(browser: Client) -> None:
    DailySearch.objects.create(day=timezone.localdate(), term="<script>alert(1)</script>", searches=1, zero_results=1)

    assert "<script>alert(1)" not in browser.get(PAGE).content.decode()


def test_without_the_permission_there_are_no_figures(client: Client) -> None:
    client.force_login(UserFactory(is_staff=True))

    assert client.get(PAGE).status_code == 403


def test_shoppers_are_asked_to_sign_in(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get(PAGE).status_code == 302


def test_requests_that_are_not_counted_are_named_by_reason() -> None:
    BotHits.objects.create(day=TODAY, reason="bot", hits=12)

    assert ("Requests not counted, last 7 days", "bot 12") in dashboard(WEEK, now=NOON).health
