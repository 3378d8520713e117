"""Being next in line, through the pages."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from core.models import OutboxMessage
from shop.models import CartLine, Order, PlaceInLine
from shop.services import orders
from tests.factories.bids import shopper
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import order_of
from tests.shop.pages import words

pytestmark = pytest.mark.django_db
JOIN = reverse("shop:join_line")


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> None:
    cache.clear()


@pytest.fixture
def order(db) -> Order:
    """Of a piece that somebody is paying for."""
    return order_of(shelved(title="Down jacket"), now=timezone.now())


def lot_of(order: Order):
    return order.lines.get().stock_item


def link_in(occasion: str) -> str:
    letter = OutboxMessage.objects.get(dedupe_key__startswith=occasion)
    found = re.search(r"/line/\S+", letter.text)
    assert found
    return found[0]


def test_a_reserved_piece_says_so_and_offers_a_place(client, order):
    item = lot_of(order)
    page = client.get(item.product.get_absolute_url())
    assert "Someone is paying for it" in words(page)
    assert f"{JOIN}?again={item.pk}" in page.content.decode()
    client.force_login(shopper())

    joined = client.post(f"{JOIN}?again={item.pk}", follow=True)

    assert "You are number 1 in line" in words(joined)
    assert "You are number 1 in line" in words(client.get(item.product.get_absolute_url()))


def test_a_guest_says_yes_by_the_letter_takes_the_turn_by_its_link_and_looking_does_neither(client, order):
    item = lot_of(order)
    client.post(f"{JOIN}?again={item.pk}", {"email": "guest@example.com"})
    yes = link_in("line_asked")
    assert "Do you want to be next" in words(client.get(yes))
    assert PlaceInLine.objects.get().confirmed_at is None
    assert "You are number 1" in words(client.post(yes, {"step": "confirm"}))
    orders.cancel(order_id=order.pk, actor=STAFF, now=timezone.now())
    turn = link_in("line_turn")
    assert "Held for you at €38" in words(client.get(turn))
    assert not CartLine.objects.filter(reservation__isnull=False).exists()

    basket = client.post(turn, {"step": "take"}, follow=True)

    assert "Held for you until" in words(basket)
    assert CartLine.objects.get(reservation__isnull=False).cart.visitor == client.cookies["basket"].value


def test_the_turn_of_a_user_is_taken_by_that_user_alone(client, order):
    owner = shopper()
    client.force_login(owner)
    client.post(f"{JOIN}?again={lot_of(order).pk}")
    orders.cancel(order_id=order.pk, actor=STAFF, now=timezone.now())
    client.force_login(shopper())

    assert "/login/" in client.post(link_in("line_turn"), {"step": "take"}).headers["Location"]

    client.force_login(owner)
    client.post(link_in("line_turn"), {"step": "take"})
    assert CartLine.objects.get(reservation__isnull=False).cart.user == owner


def test_a_turn_that_is_over_is_told_with_409(client, order):
    client.force_login(shopper())
    client.post(f"{JOIN}?again={lot_of(order).pk}")
    orders.cancel(order_id=order.pk, actor=STAFF, now=timezone.now())
    link = link_in("line_turn")
    assert "has ended" in words(client.post(link, {"step": "leave"}))

    response = client.post(link, {"step": "take"})

    assert response.status_code == 409
    assert "Your time for this piece is over" in words(response)


def test_nobody_waits_for_what_can_be_had(client):
    item = shelved()
    client.force_login(shopper())

    response = client.post(f"{JOIN}?again={item.pk}")

    assert response.status_code == 409
    assert "Nobody is paying" in words(response)


def test_a_made_up_link_opens_nothing(client):
    assert client.get("/line/placeinline-1:abc:def/").status_code == 404
