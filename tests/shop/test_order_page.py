"""The page of an order, behind its secret link."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.dates import moment_words
from core.models import AuditEntry
from inventory.models import Product
from inventory.queries.ledger import stock_findings
from shop.models import Order, PaymentMethod, ShopSettings
from shop.services import orders
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import CollectionFactory, DeliveryFactory, order_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """A pending order, paid on collection, of a moment ago."""
    return order_of(shelved(title="Sunset print tee", price="38.00"), now=timezone.now())


def transfer(**changes: Any) -> Order:
    """A pending order for delivery, paid by transfer."""
    return order_of(shelved(), method=DeliveryFactory(), now=timezone.now(), **changes)


def overdue(**changes: Any) -> Order:
    """An order whose time is over, though no job has been by."""
    return order_of(shelved(**changes), now=timezone.now() - timedelta(days=2))


def page(order: Order, client: Client | None = None) -> str:
    return unescape((client or Client()).get(order.secret_link).content.decode())


def press(order: Order, what: str):
    """Press one of the page's buttons."""
    return Client().post(reverse(f"shop:order_{what}", args=[order.number, order.secret]))


def staff(step, order: Order, **more: object) -> Order:
    return step(order_id=order.pk, actor=STAFF, now=timezone.now(), **more)


# --- Who may see it -------------------------------------------------------------------------------------------------


def test_whoever_has_the_link_sees_the_order(order):
    text = page(order)

    for words in (order.number, "Sunset print tee", "€38", order.email, "Collect from"):
        assert words in text


@pytest.mark.parametrize("secret", ["x", "A" * 32, "a" * 5000, "💥"])
def test_without_the_secret_there_is_no_order(client, order, secret):
    assert client.get(f"/orders/{order.number}/{secret}/").status_code == 404


@pytest.mark.parametrize("number", ["UN-000000", "💥", "UN-" + "7" * 5000])
def test_an_unknown_number_is_no_order(client, order, number):
    assert client.get(f"/orders/{number}/{order.secret}/").status_code == 404


@pytest.mark.parametrize("what", ["cancel", "extend"])
def test_without_the_secret_nothing_can_be_pressed(client, order, what):
    answer = client.post(reverse(f"shop:order_{what}", args=[order.number, "A" * 32]))

    assert answer.status_code == 404
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_the_page_is_kept_by_nobody_and_its_link_told_to_nobody(client, order):
    answer = client.get(order.secret_link)

    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("what", ["cancel", "extend"])
def test_looking_presses_nothing(client, order, what):
    assert client.get(reverse(f"shop:order_{what}", args=[order.number, order.secret])).status_code == 405


@pytest.mark.parametrize("what", ["cancel", "extend"])
def test_another_site_presses_nothing(order, what):
    client = Client(enforce_csrf_checks=True)

    assert client.post(reverse(f"shop:order_{what}", args=[order.number, order.secret])).status_code == 403


def test_a_piece_that_left_the_shop_is_named_without_a_link(order):
    Product.objects.update(is_published=False)

    text = page(order)

    assert "Sunset print tee" in text
    assert Product.objects.get().get_absolute_url() not in text


# --- While it is held -----------------------------------------------------------------------------------------------


def test_it_says_until_when_the_pieces_are_held(order):
    moment = timezone.localtime(order.expires_at)

    text = page(order)

    assert f"Held for you until {moment:%a} {moment.day} {moment:%b}, {moment:%H:%M}" in text
    assert f'data-countdown="{order.expires_at.isoformat()[:13]}' in text


def test_a_moment_of_today_is_told_by_the_clock_alone(now):
    # Noon in Dublin, where the shop is.
    assert moment_words(now + timedelta(hours=2, minutes=52), now) == "14:52"
    assert moment_words(now + timedelta(days=1), now) == "Tue 3 Mar, 12:00"


def test_a_transfer_is_told_where_to_go():
    ShopSettings(bank_account_name="Unity Ltd", bank_iban="IE00 TEST", bank_bic="TESTIE00").save()
    order = transfer()

    text = page(order)

    for words in ("IE00 TEST", "TESTIE00", "Unity Ltd", f"<strong>{order.number}</strong>", "€42.90"):
        assert words in text
    assert "Waiting for you: your transfer." in text


def test_without_an_account_it_promises_to_write():
    assert "We write to you with our account." in page(transfer())


@pytest.mark.parametrize(
    ("payment", "words"),
    [(PaymentMethod.ON_COLLECTION, "when you collect."), (PaymentMethod.ON_DELIVERY, "when it arrives.")],
)
def test_paying_later_says_when(payment, words):
    method = DeliveryFactory() if payment == PaymentMethod.ON_DELIVERY else CollectionFactory()
    order = order_of(shelved(), method=method, now=timezone.now(), payment_method=payment)

    text = page(order)

    assert words in text
    assert "Waiting for us: we write when it is confirmed." in text


# --- How far it has come --------------------------------------------------------------------------------------------


def test_the_timeline_of_a_delivery_says_what_was_and_what_comes():
    order = staff(orders.pack, staff(orders.confirm, transfer()))

    text = page(order)

    steps = ["Placed", "Paid", "Packed", "On its way", "Delivered"]
    positions = [text.index(f"<b>{step}") for step in steps]
    assert positions == sorted(positions)
    assert "Expected " in text
    assert text.count('aria-current="step"') == 1
    assert text.index('aria-current="step"') < text.index("<b>Packed") < text.index('data-state="next"')


def test_the_timeline_of_a_collection_leads_to_the_counter(order):
    staff(orders.mark_ready, staff(orders.pack, staff(orders.confirm, order)))

    text = page(order)

    assert "Ready to collect" in text
    assert "Waiting for you: come and collect it." in text
    assert "Delivered" not in text


def test_a_parcel_on_its_way_shows_its_tracking():
    order = staff(orders.pack, staff(orders.confirm, transfer()))
    staff(orders.ship, order, tracking="JD0146 0003 88")

    assert "Tracking JD0146 0003 88" in page(order)


def test_a_finished_order_has_nothing_to_come(order):
    staff(orders.complete, staff(orders.mark_ready, staff(orders.pack, staff(orders.confirm, order))))

    text = page(order)

    assert "Collected from" in text
    assert 'data-state="next"' not in text
    assert 'data-state="current"' not in text


def test_words_of_shoppers_are_written_as_text():
    order = transfer()
    Order.objects.update(name="<b>Buya</b>", street="<script>alert(1)</script>")

    text = Client().get(order.secret_link).content.decode()

    assert "&lt;b&gt;Buya&lt;/b&gt;" in text
    assert "<script>alert" not in text


# --- Cancelling -----------------------------------------------------------------------------------------------------


def test_the_shopper_calls_off_what_is_not_confirmed(order):
    answer = press(order, "cancel")

    assert answer.headers["Location"] == order.secret_link
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert order.lines.get().stock_item.on_shelf == 1
    assert AuditEntry.objects.get(action="cancelled").actor == "guest"
    assert not stock_findings()
    assert "Cancelled" in page(order)


def test_what_is_confirmed_the_shopper_does_not_call_off_alone(order):
    staff(orders.confirm, order)

    answer = press(order, "cancel")

    assert answer.status_code == 409
    assert "This order has changed while you were looking." in answer.content.decode()
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED
    assert "Cancel this order" not in page(order)


def test_calling_off_twice_says_that_it_has_changed(order):
    press(order, "cancel")

    answer = press(order, "cancel")

    assert answer.status_code == 409
    assert "Cancelled" in answer.content.decode()


def test_calling_off_when_the_time_is_over_says_so():
    order = overdue()

    answer = press(order, "cancel")

    assert answer.status_code == 409
    assert "The time for this order is over" in answer.content.decode()


# --- More time ------------------------------------------------------------------------------------------------------


def test_more_time_is_offered_shortly_before_the_end(order):
    assert "more minutes" not in page(order)

    Order.objects.update(expires_at=timezone.now() + timedelta(minutes=50))

    assert "Give me 15 more minutes" in page(order)


def test_more_time_is_given_once(order):
    before = order.expires_at

    answer = press(order, "extend")

    assert answer.headers["Location"] == order.secret_link
    order.refresh_from_db()
    assert order.expires_at == before + timedelta(minutes=15)
    again = press(order, "extend")
    assert again.status_code == 409
    assert "It was made longer once already." in again.content.decode()


def test_more_time_is_not_offered_again(order):
    press(order, "extend")
    Order.objects.update(expires_at=timezone.now() + timedelta(minutes=50))

    assert "more minutes" not in page(order)


def test_more_time_comes_too_late_when_it_is_over():
    assert press(overdue(), "extend").status_code == 409


# --- When the time is over ------------------------------------------------------------------------------------------


def test_when_the_time_is_over_the_page_says_so_before_any_job_has():
    order = overdue(title="Sunset print tee")

    text = page(order)

    assert "The time is over" in text
    assert "the pieces are back on sale" in text
    assert "Held for you" not in text
    assert "Cancel this order" not in text
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_what_is_still_free_can_be_put_into_the_basket_again(client):
    order = overdue()
    item = order.lines.get().stock_item

    assert "Still free" in page(order)
    client.post(reverse("shop:basket_add"), {"item": item.pk, "next": reverse("shop:basket")})
    assert item.product.title in client.get(reverse("shop:basket")).content.decode()


def test_what_somebody_else_bought_is_not_offered_again():
    order = overdue()
    order_of(order.lines.get().stock_item, now=timezone.now())

    text = page(order)

    assert "The time is over" in text
    assert "Still free" not in text


def test_the_same_is_said_after_the_job_has_been_by():
    order = overdue()
    orders.expire(order_id=order.pk, now=timezone.now())

    text = page(order)

    assert "The time is over" in text
    assert "Still free" in text


@pytest.mark.parametrize("pieces", [1, 5])
def test_the_page_asks_the_database_the_same_few_times(client, pieces, django_assert_max_num_queries):
    order = order_of(*[shelved() for _ in range(pieces)], now=timezone.now())
    client.get(order.secret_link)

    with django_assert_max_num_queries(8):
        client.get(order.secret_link)
