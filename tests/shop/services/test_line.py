"""The line behind somebody who is paying: whose turn, until when, and never two for one copy."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from core.audit import Actor
from core.models import OutboxMessage
from inventory.models import Reservation, StockItem
from inventory.queries import ledger
from inventory.services import stock
from shop.errors import BasketChanged, NobodyIsPaying, NoLongerHeld
from shop.jobs import expire_orders
from shop.models import Cart, PlaceInLine
from shop.queries import line as lines
from shop.services import carts, line, orders
from tests.factories.bids import shopper
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import NOON, cart_with, order_of, place

pytestmark = pytest.mark.django_db
GUEST = Actor("guest", "test")
LATER = NOON + timedelta(hours=1)
TURN = timedelta(minutes=60)


@pytest.fixture(autouse=True)
def _limits_begin_anew():
    cache.clear()
    yield
    assert ledger.stock_findings() == []


def joined(item: StockItem, now=NOON) -> PlaceInLine:
    return line.join(stock_item_id=item.pk, user=shopper(), now=now)


def joined_guest(item: StockItem, email: str = "guest@example.com") -> PlaceInLine:
    line.ask(stock_item_id=item.pk, email=email, now=NOON)
    own = PlaceInLine.objects.get(email=email)
    line.confirm(place=own, now=NOON)
    return own


def state(own: PlaceInLine, now) -> str:
    own.refresh_from_db()
    return lines.state(own, now)


def test_a_line_forms_only_behind_somebody_who_is_paying():
    with pytest.raises(NobodyIsPaying):
        joined(shelved())


def test_whoever_is_first_gets_the_copy_of_a_cancelled_order_in_the_same_step():
    item = shelved(price="38.00")
    order = order_of(item)
    first, second = joined(item), joined(item, NOON + timedelta(minutes=1))
    assert [lines.position(each) for each in (first, second)] == [1, 2]

    orders.cancel(order_id=order.pk, actor=STAFF, now=LATER)

    assert (state(first, LATER), state(second, LATER)) == ("turn", "waiting")
    assert first.reservation
    assert (first.reservation.holder, str(first.reservation.unit_price)) == (f"user {first.user_id}", "38.00")
    assert first.reservation.expires_at == LATER + TURN
    with pytest.raises(BasketChanged):
        take_unheld(item)
    assert OutboxMessage.objects.get(dedupe_key__startswith="line_turn").to == email_of(first)


def email_of(own: PlaceInLine) -> str:
    assert own.user
    return own.user.email


def take_unheld(item: StockItem):
    """Somebody whose basket still has the piece orders it."""
    cart = Cart.objects.create(visitor=carts.new_visitor(), created_at=NOON, updated_at=NOON)
    cart.lines.create(stock_item=item, seen_price="38.00", added_at=NOON)
    return place(cart, now=LATER)


def test_a_turn_that_is_not_used_goes_to_the_next_and_then_to_the_shelf():
    item = shelved()
    order = order_of(item)
    first, second = joined(item), joined(item, NOON + timedelta(minutes=1))
    orders.cancel(order_id=order.pk, actor=STAFF, now=LATER)

    assert expire_orders(LATER + TURN)["turns"] == 1
    assert (state(first, LATER + TURN), state(second, LATER + TURN)) == ("over", "turn")
    assert expire_orders(LATER + 2 * TURN)["turns"] == 0

    assert state(second, LATER + 2 * TURN) == "over"
    item.refresh_from_db()
    assert (item.on_shelf, item.reserved) == (1, 0)


def test_an_order_that_runs_out_serves_the_line():
    item = shelved()
    order = order_of(item)
    first = joined(item)
    assert order.expires_at

    expire_orders(order.expires_at)

    assert state(first, order.expires_at) == "turn"


def test_a_turn_is_ordered_in_the_ordinary_checkout_and_ends_the_place():
    item = shelved()
    order = order_of(item)
    first = joined(item)
    orders.cancel(order_id=order.pk, actor=STAFF, now=LATER)
    first.refresh_from_db()
    assert first.reservation_id
    assert first.user
    own = carts.take_up(
        visitor=carts.new_visitor(), user=first.user, reservation_id=first.reservation_id, now=LATER
    ).cart

    bought = place(own, now=LATER)

    assert state(first, LATER) == "over"
    line.see_to_lines(now=LATER)
    first.refresh_from_db()
    assert first.ended_at
    assert bought.lines.get().reservation.predecessor == first.reservation


def test_a_guest_orders_by_the_link_from_whatever_browser():
    item = shelved()
    order = order_of(item)
    own = joined_guest(item)
    orders.cancel(order_id=order.pk, actor=STAFF, now=LATER)
    own.refresh_from_db()
    carts.take_up_place(visitor=carts.new_visitor(), user=None, place=own, now=LATER)
    cart = carts.take_up_place(visitor=carts.new_visitor(), user=None, place=own, now=LATER).cart

    bought = place(cart, now=LATER)

    assert bought.lines.get().stock_item == item
    with pytest.raises(NoLongerHeld):
        carts.take_up_place(visitor=carts.new_visitor(), user=None, place=own, now=LATER)


def test_what_is_held_for_a_guest_comes_along_when_they_sign_in():
    item, other = shelved(), shelved()
    order = order_of(item)
    own = joined_guest(item)
    orders.cancel(order_id=order.pk, actor=STAFF, now=LATER)
    own.refresh_from_db()
    user, visitor = shopper(), carts.new_visitor()
    cart_with(other, user=user)
    carts.take_up_place(visitor=visitor, user=None, place=own, now=LATER)

    carts.merge(visitor=visitor, user=user, now=LATER)

    bought = place(Cart.objects.get(user=user), now=LATER)
    assert {each.stock_item_id for each in bought.lines.all()} == {item.pk, other.pk}


def test_a_guest_without_a_yes_gets_no_turn():
    item = shelved()
    order = order_of(item)
    line.ask(stock_item_id=item.pk, email="guest@example.com", now=NOON)

    orders.cancel(order_id=order.pk, actor=STAFF, now=LATER)

    assert not Reservation.objects.filter(status="active").exists()


def test_leaving_during_ones_turn_gives_it_to_the_next():
    item = shelved()
    order = order_of(item)
    first, second = joined(item), joined(item, NOON + timedelta(minutes=1))
    orders.cancel(order_id=order.pk, actor=STAFF, now=LATER)

    line.leave(place=first, actor=GUEST, now=LATER)

    assert (state(first, LATER), state(second, LATER)) == ("over", "turn")


def test_whoever_waits_for_what_is_sold_is_told_so():
    item = shelved()
    order = order_of(item)
    first = joined(item)
    stock.hand_over(reservation_ids=[order.lines.get().reservation.pk], actor=STAFF, now=LATER)

    line.see_to_lines(now=LATER)

    assert state(first, LATER) == "over"
    assert OutboxMessage.objects.get(dedupe_key__startswith="line_over").subject == "Sold: Varsity jacket"


def test_joining_twice_is_one_place():
    item, user = shelved(), shopper()
    order_of(item)

    places = {line.join(stock_item_id=item.pk, user=user, now=NOON).pk for _ in range(2)}

    assert len(places) == 1


def test_places_without_a_yes_and_old_ones_are_forgotten():
    item = shelved()
    order_of(item)
    line.ask(stock_item_id=item.pk, email="guest@example.com", now=NOON)
    line.leave(place=joined(item), actor=GUEST, now=NOON)

    assert line.forget_old(now=NOON + timedelta(days=8)) == 1
    assert line.forget_old(now=NOON + timedelta(days=31)) == 1
