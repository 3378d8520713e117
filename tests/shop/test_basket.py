"""The basket, through its pages."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventory.models import Product, StockItem
from inventory.services import products, stock
from shop.models import Cart, CartLine, ShopSettings
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import DeliveryFactory, order_of

BASKET = reverse("shop:basket")
ADD = reverse("shop:basket_add")
CHANGE = reverse("shop:basket_change")
CARRY_ON = reverse("shop:basket_carry_on")
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(client: Client, url: str = BASKET) -> str:
    return client.get(url).content.decode()


def notice(client: Client) -> str:
    """What the next page tells."""
    text = page(client)
    return text[text.index('role="status"') : text.index("<main")]


def put_in(client: Client, item: StockItem, **fields: object) -> CartLine:
    client.post(ADD, {"item": item.pk, **fields})
    return CartLine.objects.latest("pk")


def reprice(item: StockItem, price: str | None) -> None:
    amount = None if price is None else Decimal(price)
    products.change_price(stock_item_id=item.pk, price=amount, actor=STAFF, now=timezone.now())


def sell(item: StockItem) -> None:
    stock.sell_over_the_counter(
        stock_item_id=item.pk,
        quantity=item.on_shelf,
        unit_price=Decimal(1),
        cause=f"counter {item.pk}",
        actor=STAFF,
        now=timezone.now(),
    )


# --- Putting in -----------------------------------------------------------------------------------------------------


def test_a_piece_is_put_into_the_basket_and_the_product_page_says_so(client):
    item = shelved(title="Sunset print tee", price="38.00")

    answer = client.post(ADD, {"item": item.pk})

    assert answer.headers["Location"] == item.product.get_absolute_url()
    said = notice(client)
    assert "<strong>In your basket.</strong> Sunset print tee, M, €38." in said
    assert f'<a href="{reverse("shop:checkout")}">Check out</a>' in said


def test_the_key_of_a_visitor_is_kept_from_scripts_for_ninety_days(client):
    answer = client.post(ADD, {"item": shelved().pk})

    cookie = answer.cookies["basket"]
    assert len(cookie.value) == 32
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 90 * 24 * 3600)


def test_looking_around_sets_no_key(client):
    answer = client.get(BASKET)

    assert "basket" not in answer.cookies
    assert not Cart.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "0" * 33, "ÿ" * 32, "0" * 31 + "'"])
def test_a_key_that_is_none_is_an_empty_basket(client, key):
    client.cookies["basket"] = key

    assert "Your basket is empty" in page(client)


@pytest.mark.parametrize("key", ["x", "A" * 32, "0" * 5000])
def test_a_key_that_is_none_is_replaced_when_something_is_put_in(client, key):
    client.cookies["basket"] = key

    put_in(client, shelved(title="Sunset print tee"))

    assert re.fullmatch("[0-9a-f]{32}", Cart.objects.get().visitor)
    assert "Sunset print tee" in page(client)


def test_an_unknown_key_is_an_empty_basket_that_can_be_filled(client):
    client.cookies["basket"] = "0" * 32

    assert "Your basket is empty" in page(client)
    put_in(client, shelved(title="Sunset print tee"))
    assert "Sunset print tee" in page(client)


@pytest.mark.parametrize("quantity", ["-1", "0", "many", "1.5", "9" * 30, "9" * 6000, "💥"])
def test_a_number_that_makes_no_sense_is_answered_with_a_message(client, quantity):
    answer = client.post(ADD, {"item": shelved().pk, "quantity": quantity})

    assert answer.status_code == 302
    assert "Choose how many: a whole number from 1 up." in notice(client)
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("item", ["0", "-3", "none", "9" * 30, "999999", "💥", "1 OR 1=1"])
def test_a_piece_that_does_not_exist_is_answered_with_a_message(client, item):
    answer = client.post(ADD, {"item": item})

    assert answer.headers["Location"] == BASKET
    assert "alert--bad" in notice(client)
    assert not CartLine.objects.exists()


def test_no_size_chosen_is_asked_for(client):
    client.post(ADD, {})

    assert "Choose a size." in notice(client)


def test_more_than_there_are_puts_in_what_there_is_and_says_so(client):
    line = put_in(client, shelved(quantity=2), quantity=4)

    assert line.quantity == 2
    assert "That is as many as one order can have." in notice(client)


def test_a_sold_piece_is_not_put_in(client):
    item = shelved(title="Sunset print tee")
    sell(item)

    client.post(ADD, {"item": item.pk})

    assert "Sold already." in notice(client)
    assert not CartLine.objects.exists()


def test_a_piece_whose_hold_has_run_out_can_be_put_in(client):
    item = shelved(title="Sunset print tee")
    order_of(item, now=timezone.now() - timedelta(days=9))

    put_in(client, item)

    text = page(client)
    assert "Sunset print tee" in text
    assert "Check out" in text


def test_a_price_in_the_form_changes_nothing(client):
    item = shelved(price="38.00")

    line = put_in(client, item, price="0.01", seen_price="0.01")

    assert line.seen_price == Decimal("38.00")


def test_a_full_basket_says_so(client):
    ShopSettings(max_basket_lines=1).save()
    put_in(client, shelved())

    client.post(ADD, {"item": shelved().pk})

    assert "Your basket is full." in notice(client)


def test_the_way_back_is_kept(client):
    answer = client.post(ADD, {"item": shelved().pk, "next": "/shop/?size=M"})

    assert answer.headers["Location"] == "/shop/?size=M"


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:alert(1)", "health", "?size=M"]
)
def test_the_way_back_leads_to_this_shop_only(client, place):
    item = shelved()

    answer = client.post(ADD, {"item": item.pk, "next": place})

    assert answer.headers["Location"] == item.product.get_absolute_url()


def test_a_script_gets_the_count_and_the_notice_only(client):
    answer = client.post(ADD, {"item": shelved(title="Sunset print tee").pk}, headers=HTMX)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert '<span class="header__count">1</span>' in text
    assert 'id="basket-link"' in text
    assert "Sunset print tee" in text
    assert "<main" not in text
    assert answer.cookies["basket"].value


def test_a_script_is_told_what_is_wrong(client):
    answer = client.post(ADD, {"item": shelved().pk, "quantity": "-1"}, headers=HTMX)

    assert answer.status_code == 422
    assert "Choose how many" in answer.content.decode()


def test_a_get_puts_nothing_in(client):
    assert client.get(ADD, {"item": shelved().pk}).status_code == 405


def test_a_form_of_another_site_puts_nothing_in():
    client = Client(enforce_csrf_checks=True)

    answer = client.post(ADD, {"item": shelved().pk})

    assert answer.status_code == 403
    assert not CartLine.objects.exists()


def test_the_header_counts_copies(client):
    put_in(client, shelved(quantity=3), quantity=2)
    put_in(client, shelved())

    assert '<span class="header__count">3</span>' in page(client)


# --- Seeing it ------------------------------------------------------------------------------------------------------


def test_an_empty_basket_says_what_will_be_there(client):
    text = page(client)

    assert "Your basket is empty" in text
    assert "Pieces you add wait here." in text


def test_the_basket_shows_what_it_comes_to(client):
    DeliveryFactory(fee="4.90")
    put_in(client, shelved(price="38.00", quantity=2), quantity=2)
    put_in(client, shelved(price="60.50"))

    text = page(client)

    assert "€136.50" in text
    assert "from €4.90" in text
    assert "Pieces stay on sale until you place the order." in text


def test_a_sold_piece_says_so_on_its_line_and_counts_no_more(client):
    gone, left = shelved(price="60.00"), shelved(price="38.00")
    put_in(client, gone)
    put_in(client, left)
    sell(gone)

    text = page(client)

    assert "Sold while it was here." in text
    assert "Carry on with 1 piece, €38" in text


def test_a_piece_that_somebody_is_paying_for_says_so_on_its_line(client):
    item = shelved()
    put_in(client, item)
    order_of(item, now=timezone.now())

    assert "Somebody else is paying for it." in page(client)


def test_a_new_price_stands_beside_the_old_one(client):
    item = shelved(price="58.00")
    put_in(client, item)
    reprice(item, "52.00")

    text = page(client)

    assert "Now €52, was €58." in text
    assert "Carry on with 1 piece, €52" in text


def test_fewer_than_wanted_says_how_many_are_left(client):
    item = shelved(quantity=3)
    put_in(client, item, quantity=3)
    order_of(item, now=timezone.now())
    stock.write_off(stock_item_id=item.pk, quantity=1, cause="moths", actor=STAFF, now=timezone.now())

    text = page(client)

    assert "Only 1 left." in text
    assert "Carry on with 1 piece, €38" in text


@pytest.mark.parametrize("reason", ["unpublished", "no price"])
def test_a_piece_taken_out_of_the_shop_says_so_on_its_line(client, reason):
    item = shelved(title="Sunset print tee")
    put_in(client, item)
    if reason == "unpublished":
        Product.objects.update(is_published=False)
    else:
        reprice(item, None)

    text = page(client)

    assert "Not for sale any more." in text
    assert "Sunset print tee" in text


def test_with_nothing_left_there_is_no_way_on(client):
    item = shelved()
    put_in(client, item)
    sell(item)

    text = page(client)

    assert "Nothing in it can be bought any more." in text
    assert "Carry on" not in text
    assert "Check out" not in text[text.index("<aside") :]


@pytest.mark.parametrize("pieces", [1, 5])
def test_the_basket_asks_the_database_the_same_few_times_whatever_it_holds(
    client, pieces, django_assert_max_num_queries
):
    client.force_login(UserFactory())
    for _ in range(pieces):
        put_in(client, shelved())
    page(client)  # reads the notices and fills the process cache

    with django_assert_max_num_queries(8):
        page(client)


def test_a_stranger_does_not_see_it(client):
    put_in(client, shelved(title="Sunset print tee"))

    assert "Sunset print tee" not in page(Client())


# --- Changing it ----------------------------------------------------------------------------------------------------


def test_how_many_can_be_chosen_up_to_what_there_is(client):
    line = put_in(client, shelved(quantity=3))

    client.post(CHANGE, {"line": line.pk, "quantity": 3})

    assert "<option selected>3</option>" in page(client)
    assert "<option>4</option>" not in page(client)


def test_a_one_off_has_no_choice_of_how_many(client):
    put_in(client, shelved(quantity=1))

    assert "<select" not in page(client)


def test_a_piece_taken_out_can_be_put_back_from_the_notice(client):
    item = shelved(title="Sunset print tee", quantity=2)
    line = put_in(client, item, quantity=2)

    client.post(CHANGE, {"line": line.pk, "quantity": 0})

    said = notice(client)
    assert "Taken out.</strong> Sunset print tee" in said
    assert f'form="again" name="item" value="{item.pk}"' in said
    assert f'<form id="again" method="post" action="{ADD}">' in page(client)
    client.post(ADD, {"item": item.pk, "quantity": 2, "next": BASKET})
    assert CartLine.objects.get().quantity == 2


@pytest.mark.parametrize("quantity", ["-1", "", "two", "9" * 5000])
def test_a_change_that_makes_no_sense_changes_nothing(client, quantity):
    line = put_in(client, shelved(quantity=3), quantity=2)

    client.post(CHANGE, {"line": line.pk, "quantity": quantity})

    assert "Choose how many: a whole number from 0 up." in notice(client)
    line.refresh_from_db()
    assert line.quantity == 2


def test_the_line_of_another_basket_cannot_be_changed(client):
    line = put_in(Client(), shelved(quantity=3), quantity=2)

    client.post(CHANGE, {"line": line.pk, "quantity": 0})

    assert "That piece is not in your basket any more." in notice(client)
    assert CartLine.objects.filter(pk=line.pk).exists()


def test_carrying_on_says_yes_to_what_is_left(client):
    gone, dearer = shelved(), shelved(price="58.00")
    put_in(client, gone)
    line = put_in(client, dearer)
    sell(gone)
    reprice(dearer, "62.00")

    answer = client.post(CARRY_ON)

    assert answer.headers["Location"] == reverse("shop:checkout_review")
    line.refresh_from_db()
    assert line.seen_price == Decimal("62.00")
    assert CartLine.objects.count() == 1


def test_carrying_on_keeps_a_piece_whose_hold_has_run_out(client):
    item = shelved()
    put_in(client, item)
    order_of(item, now=timezone.now() - timedelta(days=9))

    client.post(CARRY_ON)

    assert CartLine.objects.filter(cart__status="open", stock_item=item).exists()


def test_carrying_on_with_no_basket_leads_to_the_basket(client):
    assert client.post(CARRY_ON).headers["Location"] == BASKET


# --- Signing in -----------------------------------------------------------------------------------------------------


def sign_in(client: Client, email: str) -> None:
    client.post(reverse("account_login"), {"login": email, "password": PASSWORD})


@pytest.fixture
def known():
    """Somebody who can sign in."""
    user = UserFactory()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


def test_signing_in_brings_the_basket_along_and_says_so(client, known):
    put_in(client, shelved(title="Sunset print tee"))
    put_in(client, shelved(title="Chore jacket"))

    sign_in(client, known.email)

    assert "2 pieces from before you signed in are in your basket." in notice(client)
    text = page(client)
    assert "Sunset print tee" in text
    assert "Chore jacket" in text


def test_one_piece_brought_along_is_told_in_the_singular(client, known):
    put_in(client, shelved())

    sign_in(client, known.email)

    assert "1 piece from before you signed in is in your basket." in notice(client)


def test_what_is_brought_along_is_told_in_the_language_of_the_page(client, known):
    put_in(client, shelved())

    client.post("/pl/accounts/login/", {"login": known.email, "password": PASSWORD})

    assert "Sprzed zalogowania: 1 rzecz w koszyku." in notice(client)


def test_the_basket_of_a_user_is_there_on_another_device(client, known):
    sign_in(client, known.email)
    put_in(client, shelved(title="Sunset print tee"))

    elsewhere = Client()
    sign_in(elsewhere, known.email)

    assert "Sunset print tee" in page(elsewhere)


def test_after_signing_out_the_basket_is_empty(client, known):
    sign_in(client, known.email)
    put_in(client, shelved())

    client.logout()

    assert "Your basket is empty" in page(client)
