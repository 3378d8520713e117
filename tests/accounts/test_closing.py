"""One's own data as a file, and the end of an account."""

import json

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Address, User
from core.models import AuditEntry, OutboxMessage
from offers.models import Seller
from shop.models import Cart, Order, PlaceInLine, SavedSearch, Wishlist
from shop.services import line, orders
from tests.factories.accounts import PASSWORD, AddressFactory
from tests.factories.bids import accepted, bid, shopper
from tests.factories.inventory import STAFF, shelved
from tests.factories.offers import submitted
from tests.factories.shop import cart_with, order_of, place
from tests.factories.wishes import asking, keeping, waiting
from tests.shop.pages import words

pytestmark = pytest.mark.django_db
DATA, CLOSE = reverse("accounts:my_data"), reverse("accounts:close")


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> None:
    cache.clear()


@pytest.fixture
def user(client) -> User:
    """Somebody who has just given their password again."""
    user = shopper(email="ana@example.com", name="Ana Example")
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return user


def ordered(user: User) -> Order:
    now = timezone.now()
    return place(cart_with(shelved(), user=user, now=now), now=now)


@pytest.mark.parametrize("address", [DATA, CLOSE])
def test_both_ask_for_the_password_again(client, address):
    client.force_login(shopper())

    assert reverse("account_reauthenticate") in client.get(address).headers["Location"]
    assert reverse("account_reauthenticate") in client.post(address).headers["Location"]


def test_the_file_holds_what_every_app_knows_and_nothing_of_others(client, user):
    AddressFactory(user=user, street="7 Own Street")
    order, offer = ordered(user), bid(by=user)
    keeping(user, shelved(title="Kept coat").product)
    waiting(user)
    sold = submitted()
    Seller.objects.filter(submissions=sold).update(user=user)
    other = ordered(shopper())

    response = client.post(DATA)

    assert "attachment" in response.headers["Content-Disposition"]
    text = response.content.decode()
    found = json.loads(text)
    assert found["account"]["email"] == "ana@example.com"
    assert [each["number"] for each in found["orders"]] == [order.number]
    for word in ("7 Own Street", offer.number, "Kept coat", "“jacket”", sold.reference):
        assert word in text
    for word in (other.number, order.secret):
        assert word not in text


def test_the_file_can_be_made_only_so_often(client, user):
    assert [client.post(DATA).status_code for _ in range(6)] == [200] * 5 + [429]


def test_closing_erases_the_person_and_keeps_the_order_cut_off(client, user):
    AddressFactory(user=user)
    order = ordered(user)
    orders.cancel(order_id=order.pk, actor=STAFF, now=timezone.now())
    cart_with(shelved(), user=user, now=timezone.now())
    keeping(user, shelved().product)
    waiting(user)
    asking(user.email)
    paid_for = shelved()
    order_of(paid_for, now=timezone.now())
    line.join(stock_item_id=paid_for.pk, user=user, now=timezone.now())

    response = client.post(CLOSE, follow=True)

    assert "Your account is closed" in words(response)
    assert not User.objects.filter(email="ana@example.com").exists()
    user.refresh_from_db()
    assert (user.name, user.is_active, user.has_usable_password()) == ("", False, False)
    order.refresh_from_db()
    assert (order.user, order.name) == (None, "Buya Example")
    for model in (Address, Wishlist, SavedSearch, PlaceInLine):
        assert not model.objects.exists(), model
    assert not Cart.objects.filter(user=user).exists()
    assert not OutboxMessage.objects.filter(to="ana@example.com").exists()
    entry = AuditEntry.objects.get(action="account closed")
    assert "ana" not in f"{entry.subject} {entry.actor} {entry.reason} {entry.after}"


def test_whoever_closes_it_on_a_polish_page_is_led_to_one(client, user):
    assert client.post(f"/pl{CLOSE}").headers["Location"] == "/pl/"


def test_closing_ends_the_sessions_on_other_devices(client, user):
    other = Client()
    other.force_login(user)
    assert other.get(reverse("shop:account")).status_code == 200

    client.post(CLOSE)

    assert other.get(reverse("shop:account")).status_code == 302


def test_an_order_under_way_keeps_the_account_and_says_which(client, user):
    order = ordered(user)
    assert order.number in words(client.get(CLOSE))

    response = client.post(CLOSE)

    assert response.status_code == 409
    assert f"Order {order.number} is under way" in words(response)
    assert User.objects.filter(email="ana@example.com", is_active=True).exists()


def test_an_offer_a_held_piece_and_a_submission_keep_the_account(client, user):
    held = accepted(bid(by=user, now=timezone.now()), now=timezone.now())
    sold = submitted()
    Seller.objects.filter(submissions=sold).update(user=user)

    text = words(client.post(CLOSE))

    assert f"Offer {held.number} is open" in text
    assert "is held for you" in text
    assert f"Submission {sold.reference} is open" in text


def test_staff_do_not_close_their_own_account(client, user):
    User.objects.filter(pk=user.pk).update(is_staff=True)

    assert client.post(CLOSE).status_code == 409
