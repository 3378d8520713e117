"""What is held for a shopper at an agreed price, on its way through basket and checkout."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.audit import Actor
from inventory.errors import ReservationEnded
from inventory.models import Reservation, StockItem
from inventory.queries.ledger import stock_findings
from inventory.services import products, stock
from shop.errors import BasketChanged, NoLongerHeld, NotForSale
from shop.models import Cart, CartLine, Order
from shop.services import carts, orders
from tests.factories.accounts import UserFactory
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import NOON, CollectionFactory, cart_with, place
from tests.shop.pages import words as words_of

BASKET = reverse("shop:basket")
TAKE_UP = reverse("shop:basket_take_up")
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def words(answer: Any) -> str:
    return words_of(answer)


@pytest.fixture(autouse=True)
def _the_ledger_adds_up_afterwards(db: None):
    yield
    assert stock_findings() == []


@pytest.fixture
def user() -> User:
    return UserFactory()


def hold_for(user: User, item: StockItem, *, price: str = "30.00", now: datetime = NOON, **changes) -> Reservation:
    """A piece that is held for a user for a day."""
    fields: dict[str, Any] = {
        "cause": f"offer {item.pk}",
        "holder": f"user {user.pk}",
        "expires_at": now + DAY,
    } | changes
    wanted = [stock.Wanted(item.pk, 1, Decimal(price))]
    (held,) = stock.reserve(wanted=wanted, actor=STAFF, now=now, **fields)
    return held


def taken_up(user: User, held: Reservation, now: datetime = NOON) -> Cart:
    return carts.take_up(visitor=carts.new_visitor(), user=user, reservation_id=held.pk, now=now).cart


# --- The reservation itself -----------------------------------------------------------------------------------------


def take_over(held: Reservation, *, now: datetime = NOON, holder: str = "", quantity: int = 1, price: str = "30.00"):
    wanted = [stock.Wanted(held.stock_item_id, quantity, Decimal(price), instead_of=held.pk)]
    holder = holder or held.holder
    return stock.reserve(wanted=wanted, cause="order A", holder=holder, expires_at=None, actor=STAFF, now=now)


def test_a_reservation_is_taken_over_by_its_successor(user):
    item = shelved()
    held = hold_for(user, item)

    (successor,) = take_over(held)

    held.refresh_from_db()
    item.refresh_from_db()
    assert (held.status, held.successor) == ("released", successor)
    assert (item.on_shelf, item.reserved) == (0, 1)
    assert successor.is_single_copy
    assert [move.reason for move in held.moves.order_by("pk")] == ["reserve", "release"]


@pytest.mark.parametrize(
    "changes", [{"holder": "user 0"}, {"price": "1.00"}, {"quantity": 2}, {"now": NOON + DAY}], ids=str
)
def test_INV_11_nothing_else_than_the_very_promise_is_taken_over(user, changes):
    held = hold_for(user, shelved(quantity=3))

    with pytest.raises(ReservationEnded):
        take_over(held, **changes)

    assert Reservation.objects.count() == 1
    held.refresh_from_db()
    assert held.status == "active"


def test_one_reservation_has_one_successor(user):
    held = hold_for(user, shelved(quantity=3))
    take_over(held)

    with pytest.raises(ReservationEnded):
        stock.reserve(
            wanted=[stock.Wanted(held.stock_item_id, 1, Decimal("30.00"), instead_of=held.pk)],
            cause="order B",
            holder=held.holder,
            expires_at=None,
            actor=STAFF,
            now=NOON,
        )


# --- Basket and order -----------------------------------------------------------------------------------------------


def test_B7_an_order_takes_the_held_piece_over_at_its_agreed_price(user):
    item = shelved(price="38.00")
    held = hold_for(user, item)

    order = place(taken_up(user, held))

    (line,) = order.lines.all()
    held.refresh_from_db()
    assert (line.unit_price, order.total) == (Decimal("30.00"), Decimal("30.00"))
    assert held.successor == line.reservation
    assert line.reservation.expires_at == order.expires_at


def test_the_held_piece_leaves_the_house_as_sold_at_its_agreed_price(user):
    order = place(taken_up(user, hold_for(user, shelved())))
    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=NOON)

    move = order.lines.get().reservation.moves.get(reason="sale")
    assert move.unit_amount == Decimal("30.00")


@pytest.mark.parametrize("change", ["no price", "higher price", "unpublished"])
def test_X17_what_was_agreed_stays_agreed(user, change):
    item = shelved(price=None if change == "no price" else "38.00")
    cart = taken_up(user, hold_for(user, item))
    if change == "higher price":
        products.change_price(stock_item_id=item.pk, price=Decimal("99.00"), actor=STAFF, now=NOON)
    if change == "unpublished":
        type(item.product).objects.filter(pk=item.product_id).update(is_published=False)

    assert place(cart).total == Decimal("30.00")


def test_X15_after_the_time_is_over_the_order_is_refused_and_nothing_changes(user):
    cart = taken_up(user, hold_for(user, shelved(title="Varsity jacket")))

    with pytest.raises(BasketChanged) as refusal:
        place(cart, now=NOON + DAY)

    assert [(each.title, each.kind) for each in refusal.value.problems] == [("Varsity jacket", "lapsed")]
    assert not Order.objects.exists()


def test_X15_after_the_time_is_over_it_is_bought_at_its_price_while_it_is_free(user):
    cart = taken_up(user, hold_for(user, shelved(price="38.00")))
    carts.accept_changes(cart=cart, now=NOON + DAY)

    assert place(cart, now=NOON + DAY).total == Decimal("38.00")


@pytest.mark.parametrize("fate", ["sold", "no price"])
def test_X15_after_the_time_is_over_what_cannot_be_bought_leaves_the_basket(user, fate):
    item = shelved(price=None if fate == "no price" else "38.00")
    cart = taken_up(user, hold_for(user, item))
    if fate == "sold":
        hold_for(UserFactory(), item, now=NOON + DAY, cause="offer 2")

    carts.accept_changes(cart=cart, now=NOON + DAY)

    assert not cart.lines.exists()


def test_a_hold_that_staff_ended_is_refused_like_one_that_ran_out(user):
    held = hold_for(user, shelved())
    cart = taken_up(user, held)
    stock.release(reservation_ids=[held.pk], actor=STAFF, now=NOON)

    with pytest.raises(BasketChanged) as refusal:
        place(cart)

    assert refusal.value.problems[0].kind == "lapsed"


def test_nobody_else_can_buy_it(user):
    item = shelved()
    hold_for(user, item)

    with pytest.raises(NotForSale):
        cart_with(item)


@pytest.mark.parametrize("whose", ["another shopper's", "an order's", "ended", "made up"])
def test_SEC_14_only_what_is_held_for_oneself_is_taken_up(user, whose):
    item = shelved()
    changes: dict[str, Any] = {"holder": "user 0"} if whose == "another shopper's" else {}
    changes |= {"cause": "order UN-1"} if whose == "an order's" else {}
    held = hold_for(user, item, **changes)
    pk = 404 if whose == "made up" else held.pk

    with pytest.raises(NoLongerHeld):
        carts.take_up(visitor="v", user=user, reservation_id=pk, now=NOON + DAY if whose == "ended" else NOON)


def test_taking_up_twice_is_one_line(user):
    held = hold_for(user, shelved())
    taken_up(user, held)
    taken_up(user, held)

    assert CartLine.objects.count() == 1


def test_taking_up_replaces_the_same_piece_at_its_full_price(user):
    item = shelved()
    cart_with(item, user=user)
    cart = taken_up(user, hold_for(user, item))

    assert [line.seen_price for line in cart.lines.all()] == [Decimal("30.00")]


def test_further_copies_are_bought_at_their_price_beside_it(user):
    item = shelved(quantity=3, price="38.00")
    cart = taken_up(user, hold_for(user, item))
    cart_with(item, quantity=2, user=user)

    assert place(cart).total == Decimal("106.00")


def test_its_number_is_fixed(user):
    cart = taken_up(user, hold_for(user, shelved(quantity=3)))
    line = cart.lines.get()

    carts.set_quantity(cart=cart, line_id=line.pk, quantity=2, now=NOON)

    assert cart.lines.get().quantity == 1


def test_removing_the_line_does_not_end_the_hold(user):
    held = hold_for(user, shelved())
    cart = taken_up(user, held)

    carts.set_quantity(cart=cart, line_id=cart.lines.get().pk, quantity=0, now=NOON)

    held.refresh_from_db()
    assert held.status == "active"
    assert taken_up(user, held).lines.count() == 1


def test_an_order_that_runs_out_puts_the_piece_back_on_sale(user):
    item = shelved()
    order = place(taken_up(user, hold_for(user, item)))

    orders.expire(order_id=order.pk, now=NOON + 3 * DAY)

    item.refresh_from_db()
    assert (item.on_shelf, item.reserved) == (1, 0)


def test_eight_lines_of_which_one_is_held_make_one_order(user):
    items = [shelved() for _ in range(3)]
    cart_with(*items, user=user)
    held = hold_for(user, shelved(), price="30.00")

    assert place(taken_up(user, held)).total == Decimal("144.00")


# --- Pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shopper(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def test_the_basket_shows_what_is_held_with_its_time_and_takes_it_in(shopper, user):
    held = hold_for(user, shelved(title="Varsity jacket", price="38.00"), now=timezone.now())

    before = words(shopper.get(BASKET))
    answer = shopper.post(TAKE_UP, {"reservation": held.pk}, follow=True)

    assert "Held for you until" in before
    assert "Put in my basket at €30 : Varsity jacket" in before
    after = words(answer)
    assert "Put in my basket" not in after
    assert "Held for you until" in after
    assert "Check out" in after
    assert "€30" in after


def test_held_pieces_come_first(shopper, user):
    now = timezone.now()
    cart_with(shelved(title="Sunset print tee"), user=user, now=now)
    taken_up(user, hold_for(user, shelved(title="Varsity jacket"), now=now), now=now)

    text = words(shopper.get(BASKET))

    assert text.index("Varsity jacket") < text.index("Sunset print tee")


def test_nothing_that_is_held_is_called_on_sale(shopper, user):
    now, checkout = timezone.now(), reverse("shop:checkout")
    taken_up(user, hold_for(user, shelved(), now=now), now=now)
    for page in (words(shopper.get(BASKET)), words(shopper.get(checkout))):
        assert "on sale until" not in page
        assert "Nothing is held" not in page

    cart_with(shelved(), user=user, now=now)
    assert "Those marked held are yours until the time shown." in words(shopper.get(BASKET))
    assert "What is not marked held stays on sale until you place the order." in words(shopper.get(checkout))


def test_its_page_says_whose_it_is(shopper, user):
    item = shelved()
    hold_for(user, item, now=timezone.now())

    assert "Yours at €30 until" in words(shopper.get(item.product.get_absolute_url()))
    assert "Someone is paying for it" in words(Client().get(item.product.get_absolute_url()))


def test_a_strangers_basket_shows_nothing_of_it(user):
    hold_for(user, shelved(), now=timezone.now())
    stranger = Client()
    stranger.force_login(UserFactory())

    assert "Held for you" not in words(stranger.get(BASKET))
    assert "Held for you" not in words(Client().get(BASKET))


@pytest.mark.parametrize(("typed", "status"), [("404", 409), ("x", 302), ("", 302)])
def test_what_is_not_held_is_answered_with_a_message(shopper, typed, status):
    answer = shopper.post(TAKE_UP, {"reservation": typed})

    assert answer.status_code == status
    assert not CartLine.objects.exists()


def test_a_guest_signs_in_first(client):
    assert client.post(TAKE_UP, {"reservation": 1}).status_code == 302
    assert not Cart.objects.exists()


def test_X15_the_basket_says_that_the_time_is_over(shopper, user):
    then = timezone.now() - 2 * DAY
    taken_up(user, hold_for(user, shelved(price="38.00"), now=then), now=then)

    text = words(shopper.get(BASKET))

    assert "Your time at the agreed price is over. Now €38, was €30." in text
    assert "Carry on with 1 piece, €38" in text


def test_X15_the_checkout_answers_with_the_conflict_page(shopper, user):
    now = timezone.now()
    held = hold_for(user, shelved(title="Varsity jacket", price="38.00"), now=now)
    cart = taken_up(user, held, now=now)
    session = shopper.session
    session["checkout"] = {
        "email": "buyer@example.com",
        "name": "Buya Example",
        "delivery": str(CollectionFactory().pk),
        "payment": "on_collection",
    }
    session.save()
    page = shopper.get(reverse("shop:checkout_review")).content.decode()
    reviewed = page.split('name="reviewed" value="')[1].split('"')[0]
    stock.release(reservation_ids=[held.pk], actor=Actor("user 1", "test"), now=timezone.now())

    answer = shopper.post(
        reverse("shop:checkout_review"), {"checkout_token": cart.checkout_token, "reviewed": reviewed}
    )

    assert answer.status_code == 409
    assert "Your time for Varsity jacket is over, so the agreed price no longer holds." in words(answer)
    assert "Carry on with 1 piece, €38" in words(answer)


@pytest.mark.parametrize("pieces", [1, 5])
def test_the_basket_asks_the_database_the_same_few_times(shopper, user, pieces, django_assert_max_num_queries):
    now = timezone.now()
    for _ in range(pieces):
        hold_for(user, shelved(), now=now)
        taken_up(user, hold_for(user, shelved(), now=now), now=now)
        cart_with(shelved(), user=user, now=now)
    shopper.get(BASKET)

    with django_assert_max_num_queries(8):
        shopper.get(BASKET)
