"""What is counted, of whom, and that a page never suffers for it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analytics.models import BotHits, Event, EventBatch, RollupState, VisitorSalt
from analytics.rules import days
from analytics.rules.terms import tidy_term
from analytics.services import capture
from inventory.models import StockItem
from shop.models import Order
from tests.factories.accounts import UserFactory
from tests.factories.inventory import shelved
from tests.factories.shop import CollectionFactory

pytestmark = pytest.mark.django_db
PERSON = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1"}


@pytest.fixture
def person() -> Client:
    return Client(headers=PERSON)


@pytest.fixture
def item() -> StockItem:
    return shelved(quantity=2, price="38.00")


def kinds() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("event_type", flat=True))


def buy(client: Client, item: StockItem) -> Order:
    CollectionFactory()
    client.post("/basket/add/", {"item": item.pk})
    client.post("/checkout/", {"email": "buyer@example.com", "name": "Buya Example"})
    page = client.get("/checkout/delivery/")
    way = page.context["form"].fields["delivery"].choices[0][0]
    client.post("/checkout/delivery/", {"delivery": way, "payment": "on_collection"})
    review = client.get("/checkout/review/")
    sent = {"checkout_token": review.context["basket"].cart.checkout_token, "reviewed": review.context["reviewed"]}
    assert client.post("/checkout/review/", sent).status_code == 302
    return Order.objects.get()


def test_a_page_is_counted_with_its_path_and_without_its_query(person: Client) -> None:
    person.get("/shop/?brand=none")

    event = Event.objects.get(event_type="page_view")
    assert (event.path, event.term, event.user_id) == ("/shop/", "", None)
    assert event.visitor is not None
    assert EventBatch.objects.count() == Event.objects.count()


def test_of_a_secret_link_only_its_pattern_is_kept(person: Client, item: StockItem) -> None:
    order = buy(person, item)
    Event.objects.all().delete()
    person.get(order.secret_link)

    assert Event.objects.get().path == "/orders/<slug:number>/<slug:secret>/"


def test_what_a_shopper_does_is_counted_by_type(person: Client, item: StockItem) -> None:
    person.get(item.product.get_absolute_url())
    order = buy(person, item)

    found = kinds()
    for kind in ("product_view", "add_to_cart", "purchase"):
        assert found.count(kind) == 1
    assert Event.objects.get(event_type="purchase").order_id == order.pk
    assert Event.objects.get(event_type="add_to_cart").product_id == item.product_id


def test_a_search_is_counted_with_its_term_and_its_results(person: Client, item: StockItem) -> None:
    person.get("/search/?q=  VARSITY jacket ")
    person.get("/search/?q=nothing like it")

    rows = Event.objects.filter(event_type="search").order_by("pk").values_list("term", "quantity")
    assert list(rows) == [("varsity jacket", 1), ("nothing like it", 0)]


@pytest.mark.parametrize("typed", ["somebody@example.com", "call 087 123 4567", "+353 (87) 1234567"])
def test_a_term_that_looks_like_a_contact_is_not_kept(typed: str) -> None:
    assert tidy_term(typed) == ""


@pytest.mark.parametrize("typed", ["uk 9", "501 jeans", "size 42"])
def test_a_term_with_a_number_is_kept(typed: str) -> None:
    assert tidy_term(typed) == typed


@pytest.mark.parametrize("path", ["/healthz/", "/nowhere/", "/basket/add/", "/static/none.css"])
def test_what_is_no_page_is_not_counted(person: Client, path: str) -> None:
    person.get(path)

    assert kinds() == []


def test_a_part_of_a_page_is_not_a_page(person: Client) -> None:
    person.get("/shop/", headers={"HX-Request": "true"})

    assert "page_view" not in kinds()


@pytest.mark.parametrize("phone", ["Linux; Android 10; CUBOT NOTE 20", "Linux; Android 13; CUBOT_X50"])
def test_a_phone_that_is_called_like_a_machine_is_a_person(phone: str) -> None:
    Client(headers={"user-agent": f"Mozilla/5.0 ({phone}) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"}).get("/")

    assert kinds() == ["page_view"]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"user-agent": "Googlebot/2.1"}, "bot"),
        ({"user-agent": "curl/8.0"}, "bot"),
        ({"user-agent": ""}, "no agent"),
        (PERSON | {"Sec-GPC": "1"}, "refused"),
        (PERSON | {"DNT": "1"}, "refused"),
        (PERSON | {"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
    ],
)
def test_machines_and_whoever_refuses_are_counted_by_reason_only(headers: dict[str, str], reason: str) -> None:
    Client(headers=headers).get("/")

    assert kinds() == []
    assert list(BotHits.objects.values_list("reason", "hits")) == [(reason, 1)]


def test_staff_are_not_recorded(person: Client) -> None:
    person.force_login(UserFactory(is_staff=True))
    person.get("/")

    assert kinds() == []


def test_the_same_person_is_one_visitor_for_a_day_and_another_the_day_after(person: Client) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 12, 0, tzinfo=UTC), tick=False) as clock:
        person.get("/")
        person.get("/shop/")
        clock.shift(timedelta(days=1))
        person.get("/")

    first, second, third = Event.objects.order_by("pk").values_list("visitor", flat=True)
    assert first == second != third


def test_keys_are_deleted_after_two_days() -> None:
    for day in (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)):
        VisitorSalt.objects.create(day=day, salt=b"x" * 32)

    capture.delete_old_salts(now=datetime(2026, 3, 4, 12, 0, tzinfo=UTC))

    assert list(VisitorSalt.objects.order_by("day").values_list("day", flat=True)) == [
        date(2026, 3, 3),
        date(2026, 3, 4),
    ]


def test_without_visitors_nobody_is_told_apart(person: Client, settings: LazySettings) -> None:
    settings.ANALYTICS_MODE = "none"
    person.force_login(User.objects.create_user("shopper@example.com"))
    person.get("/")

    event = Event.objects.get()
    assert (event.visitor, event.user_id) == (None, None)


@pytest.mark.parametrize(("cookie", "counted"), [("yes", 1), ("no", 0), (None, 0)])
def test_with_consent_only_who_agreed_is_counted(
    person: Client, settings: LazySettings, cookie: str | None, counted: int
) -> None:
    settings.ANALYTICS_MODE = "consent"
    if cookie:
        person.cookies["counting"] = cookie
    person.get("/")

    assert Event.objects.count() == counted


def test_a_table_that_is_gone_breaks_no_page_and_no_order(person: Client, item: StockItem) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE analytics_events RENAME TO analytics_gone")
    try:
        assert person.get(item.product.get_absolute_url()).status_code == 200
        buy(person, item)
        assert capture.buffer.events
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE analytics_gone RENAME TO analytics_events")

    waiting = len(capture.buffer.events)
    assert capture.flush() == waiting
    assert Event.objects.count() == waiting


def test_an_event_that_no_table_takes_is_dropped_and_holds_up_none_after_it(person: Client) -> None:
    before = capture.buffer.dropped
    capture.buffer.add(capture.Seen(datetime.now(UTC), "product_view", product_id=2**70))
    person.get("/")

    assert kinds() == ["page_view"]
    assert capture.buffer.dropped == before + 1


def test_a_full_buffer_drops_what_is_new_and_counts_it(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "BOUND", 0)
    before = capture.buffer.dropped
    person.get("/")

    assert kinds() == []
    assert capture.buffer.dropped == before + 1


def test_an_event_of_a_day_that_was_purged_is_not_stored(person: Client) -> None:
    RollupState.objects.create(day=days.day_of(datetime.now(UTC)), zone="Europe/Dublin", purged_at=datetime.now(UTC))
    person.get(reverse("shop:home"))

    assert not Event.objects.exists()
    assert not EventBatch.objects.exists()
