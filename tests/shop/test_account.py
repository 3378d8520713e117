"""What somebody finds after signing in."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from offers.models import Seller
from shop.models import Order
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.inventory import shelved
from tests.factories.offers import submitted
from tests.factories.shop import cart_with, order_of, place

pytestmark = pytest.mark.django_db

ACCOUNT = reverse("shop:account")


@pytest.fixture
def user(client):
    """Somebody signed in."""
    user = UserFactory()
    client.force_login(user)
    return user


def order_by(user, *items, now=None) -> Order:
    moment = now or timezone.now()
    return place(cart_with(*items or [shelved(title="Sunset print tee")], user=user, now=moment), now=moment)


def page(client, query: str = "") -> str:
    return client.get(ACCOUNT + query).content.decode()


def test_the_account_needs_a_sign_in_and_leads_back(client):
    assert client.get(ACCOUNT).headers["Location"] == f"{reverse('account_login')}?next={ACCOUNT}"


def test_without_orders_it_says_what_will_be_there(client, user):
    assert "What you order while signed in appears here" in page(client)


def test_it_lists_the_orders_with_their_state(client, user):
    order = order_by(user)

    text = page(client)

    for words in (order.secret_link, order.number, "Sunset print tee", "€38", "Placed"):
        assert words in text


def test_an_order_whose_time_is_over_is_called_expired(client, user):
    order_by(user, now=timezone.now() - timedelta(days=2))

    assert "<strong>Expired</strong>" in page(client)


def test_orders_of_others_are_not_listed_though_their_email_is_the_same(client, user):
    guest = order_of(shelved(), now=timezone.now())
    Order.objects.filter(pk=guest.pk).update(email=user.email)
    other = order_by(UserFactory())

    text = page(client)

    assert guest.number not in text
    assert other.number not in text


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=99999", "?page=many", "?page=💥"])
def test_a_page_that_does_not_exist_is_the_nearest_one(client, user, query):
    order = order_by(user)

    assert order.number in page(client, query)


def test_many_orders_come_in_pages(client, user, settings):
    now = timezone.now()
    numbers = [order_by(user, shelved(), now=now - timedelta(days=30 - day)).number for day in range(21)]

    assert numbers[0] not in page(client)
    assert numbers[0] in page(client, "?page=2")
    assert "Older orders" in page(client)


def test_it_lists_the_addresses_with_what_can_be_done_to_each(client, user):
    mine, other = AddressFactory(user=user, street="1 Example Street"), AddressFactory(street="2 Other Street")

    text = page(client)

    assert "1 Example Street" in text
    assert reverse("accounts:address_edit", args=[mine.pk]) in text
    assert reverse("accounts:address_delete", args=[mine.pk]) in text
    assert "2 Other Street" not in text
    assert reverse("accounts:address_edit", args=[other.pk]) not in text


def test_it_leads_to_a_new_address_and_to_sign_in_data(client, user):
    text = page(client)

    for name in ("accounts:address_add", "account_email", "account_change_password", "account_logout"):
        assert reverse(name) in text


@pytest.mark.parametrize("orders", [1, 5])
@pytest.mark.parametrize("submissions", [0, 3])
def test_it_asks_the_database_the_same_few_times(client, user, orders, submissions, django_assert_max_num_queries):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for day in range(orders):
        order_by(user, shelved(), now=timezone.now() - timedelta(days=30 - day))
    for number in range(submissions):
        sent = submitted(now=timezone.now(), email=f"seller{number}@example.com")
        Seller.objects.filter(submissions=sent).update(user=user)
    page(client)

    with django_assert_max_num_queries(11):
        page(client)
