"""From the basket to the order, through the pages."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import OutboxMessage
from inventory.models import Product, StockItem
from inventory.services import products
from shop.models import Cart, CartLine, DeliveryMethod, Order, ShopSettings
from tests.factories.accounts import AddressFactory, UserFactory
from tests.factories.inventory import STAFF, CategoryFactory, product, shelved
from tests.factories.shop import CollectionFactory, DeliveryFactory, order_of

pytestmark = pytest.mark.django_db

BASKET = reverse("shop:basket")
DETAILS = reverse("shop:checkout")
DELIVERY = reverse("shop:checkout_delivery")
REVIEW = reverse("shop:checkout_review")
WHO = {"email": "buyer@example.com", "name": "Buya Example", "phone": "+353 1 000 0000"}
WHERE = {"street": "1 Example Street", "postcode": "d02x285", "town": "Dublin", "country": "IE"}


@pytest.fixture
def collection() -> DeliveryMethod:
    return CollectionFactory()


@pytest.fixture
def tracked() -> DeliveryMethod:
    return DeliveryFactory(fee="4.90", free_from="100.00")


def page(client: Client, url: str) -> str:
    return unescape(client.get(url, follow=True).content.decode())


def put_in(client: Client, *items: StockItem) -> None:
    for item in items:
        client.post(reverse("shop:basket_add"), {"item": item.pk})


def answer(client: Client, method: DeliveryMethod, **changes: str) -> None:
    """Fill in both pages before the review."""
    payment = method.payment_methods[0]
    client.post(DETAILS, WHO | {name: changes[name] for name in WHO if name in changes})
    client.post(DELIVERY, WHERE | {"delivery": str(method.pk), "payment": payment} | changes)


def hidden(client: Client) -> dict[str, str]:
    """What the form of the review page carries."""
    return dict(re.findall(r'type="hidden" name="(checkout_token|reviewed)" value="([^"]*)"', page(client, REVIEW)))


def press(client: Client, form: dict[str, str] | None = None):
    """Press "Place order"."""
    return client.post(REVIEW, hidden(client) if form is None else form)


def ready(client: Client, method: DeliveryMethod, *items: StockItem, **changes: str) -> dict[str, str]:
    """Come as far as the review page."""
    put_in(client, *items)
    answer(client, method, **changes)
    return hidden(client)


# --- Details --------------------------------------------------------------------------------------------------------


def test_the_details_lead_on_to_the_delivery(client, collection):
    put_in(client, shelved())

    assert client.post(DETAILS, WHO).headers["Location"] == DELIVERY


def test_what_was_typed_is_there_when_the_shopper_comes_back(client, collection):
    put_in(client, shelved())
    client.post(DETAILS, WHO)

    text = page(client, DETAILS)

    assert 'value="buyer@example.com"' in text
    assert 'value="+353 1 000 0000"' in text


def test_an_error_is_told_above_and_at_the_field_and_nothing_typed_is_lost(client, collection):
    put_in(client, shelved())

    answered = client.post(DETAILS, {"email": "buyer.example.com", "name": "Buya Example"})

    text = answered.content.decode()
    assert answered.status_code == 422
    assert "<title>Error: Your details" in text
    assert '<a href="#id_email">Enter an email address with an @, like name@example.com</a>' in text
    assert text.count("Enter an email address with an @") == 2
    assert 'value="buyer.example.com"' in text
    assert 'value="Buya Example"' in text


def test_what_was_in_order_is_kept_though_something_else_was_not(client, collection):
    put_in(client, shelved())

    client.post(DETAILS, {"email": "nonsense", "name": "Buya Example"})

    assert 'value="Buya Example"' in page(client, DETAILS)


@pytest.mark.parametrize(("field", "limit"), [("name", 120), ("phone", 30), ("email", 254)])
def test_ten_thousand_characters_are_too_many_and_told_so(client, collection, field, limit):
    put_in(client, shelved())
    text = "x" * 9_988 + "@example.com"

    answered = client.post(DETAILS, WHO | {field: text})

    assert answered.status_code == 422
    assert f"Use at most {limit} characters; this has 10000" in answered.content.decode()
    assert text in answered.content.decode()


def test_any_letters_make_a_name(client, collection):
    form = ready(client, collection, shelved(), name="𝒵ö́ë 💥 Ó Murchú")

    press(client, form)

    assert Order.objects.get().name == "𝒵ö́ë 💥 Ó Murchú"


def test_a_null_character_is_told_and_not_stored(client, collection):
    put_in(client, shelved())

    assert client.post(DETAILS, WHO | {"name": "Buya\x00"}).status_code == 422


def test_a_user_finds_their_default_address_filled_in(client, tracked):
    user = UserFactory(name="Testa Shopper")
    AddressFactory(user=user, street="9 Other Street", is_default=False)
    AddressFactory(user=user, street="1 Default Street", is_default=True)
    client.force_login(user)
    put_in(client, shelved())

    assert f'value="{user.email}"' in page(client, DETAILS)
    assert 'value="1 Default Street"' in page(client, DELIVERY)


# --- Delivery and payment -------------------------------------------------------------------------------------------


def test_each_way_shows_its_fee_for_this_basket(client, collection, tracked):
    put_in(client, shelved(price="38.00"))

    text = page(client, DELIVERY)

    assert "€4.90" in text
    assert "Free" in text


def test_delivery_is_free_from_the_shops_subtotal_on(client, tracked):
    ready(client, tracked, shelved(price="100.00"))

    assert "Place order, €100<" in page(client, REVIEW)


def test_nothing_chosen_is_asked_for_at_the_fields(client, collection, tracked):
    put_in(client, shelved())

    answered = client.post(DELIVERY, {})

    text = answered.content.decode()
    assert answered.status_code == 422
    for message in ("Choose how you want to get it", "Enter your street and number", "Choose how you want to pay"):
        assert text.count(message) == 2


def test_a_delivery_needs_an_address(client, tracked):
    put_in(client, shelved())

    answered = client.post(DELIVERY, {"delivery": tracked.pk, "payment": "bank_transfer", "country": "IE"})

    assert answered.status_code == 422
    assert "Enter your town or city" in answered.content.decode()


def test_a_collection_needs_no_address(client, collection, tracked):
    put_in(client, shelved())

    answered = client.post(DELIVERY, {"delivery": collection.pk, "payment": "on_collection"})

    assert answered.headers["Location"] == REVIEW


def test_an_eircode_is_written_as_on_a_letter_and_never_refused(client, tracked):
    press(client, ready(client, tracked, shelved()))
    press(client, ready(client, tracked, shelved(), postcode="???"))

    assert set(Order.objects.values_list("postcode", flat=True)) == {"D02 X285", "???"}


def test_letters_that_grow_in_capitals_still_fit(client, tracked):
    press(client, ready(client, tracked, shelved(), postcode="ß" * 12))

    assert Order.objects.get().postcode == "SSSSSSSSSSSS"


def test_a_country_outside_the_zone_is_told_beside_the_delivery(client, tracked):
    DeliveryFactory(name="Tracked delivery, Britain", countries=["GB"])
    put_in(client, shelved())

    form = WHERE | {"delivery": tracked.pk, "payment": "bank_transfer", "country": "GB"}
    answered = client.post(DELIVERY, form)

    text = answered.content.decode()
    assert answered.status_code == 422
    message = "Tracked delivery, Ireland does not go to United Kingdom. Choose another way or another country"
    assert f'<a href="#id_delivery_0">{message}</a>' in text
    assert 'value="1 Example Street"' in text


def test_a_payment_that_does_not_go_with_the_delivery_is_told_beside_the_payment(client, collection, tracked):
    put_in(client, shelved())

    answered = client.post(DELIVERY, WHERE | {"delivery": tracked.pk, "payment": "on_collection"})

    assert answered.status_code == 422
    message = "Pay when you collect is not offered with Tracked delivery, Ireland. Choose another way to pay"
    assert f'<a href="#id_payment_0">{message}</a>' in answered.content.decode()


@pytest.mark.parametrize("field", ["delivery", "payment", "country"])
@pytest.mark.parametrize("value", ["999999", "-1", "9" * 5000, "💥", "'; DROP TABLE"])
def test_a_choice_that_was_never_offered_is_told(client, collection, tracked, field, value):
    put_in(client, shelved())

    answered = client.post(DELIVERY, WHERE | {"delivery": tracked.pk, "payment": "bank_transfer"} | {field: value})

    assert answered.status_code == 422
    assert "Choose " in answered.content.decode()


def test_with_no_way_of_delivery_the_page_says_so(client):
    put_in(client, shelved())

    assert "No way of delivery is offered right now." in page(client, DELIVERY)


def test_a_way_to_pay_says_what_it_goes_with_unless_it_goes_with_all(client, collection, tracked):
    put_in(client, shelved())
    client.post(DETAILS, WHO)

    text = " ".join(re.sub(r"<[^>]+>", " ", page(client, DELIVERY)).split())

    assert f"Pay when you collect For {collection}" in text
    assert "Bank transfer Pay when it arrives" in text


# --- Review and placing ---------------------------------------------------------------------------------------------


def test_the_review_shows_everything_and_what_it_comes_to(client, tracked):
    ready(client, tracked, shelved(title="Sunset print tee", price="38.00"), shelved(price="20.50"))

    text = page(client, REVIEW)

    for words in ("Sunset print tee", "Buya Example", "1 Example Street", "Ireland", "Bank transfer", "€4.90"):
        assert words in text
    assert "Place order, €63.40" in text


@pytest.mark.parametrize("pieces", [1, 4])
def test_the_review_asks_the_database_the_same_few_times(client, tracked, pieces, django_assert_max_num_queries):
    client.force_login(UserFactory())
    ready(client, tracked, *(shelved() for _ in range(pieces)))

    with django_assert_max_num_queries(8):
        page(client, REVIEW)


def test_the_review_leads_back_to_the_first_open_question(client, collection):
    put_in(client, shelved())

    assert client.get(REVIEW).headers["Location"] == DETAILS
    client.post(DETAILS, WHO)
    assert client.get(REVIEW).headers["Location"] == DELIVERY


def test_placing_makes_an_order_and_shows_it(client, collection):
    form = ready(client, collection, shelved(price="38.00"))

    answered = press(client, form)

    order = Order.objects.get()
    assert answered.headers["Location"] == order.secret_link
    assert (order.total, order.email, order.street) == (Decimal("38.00"), "buyer@example.com", "")
    assert not CartLine.objects.filter(cart__status="open").exists()


def test_an_order_for_delivery_has_its_address(client, tracked):
    press(client, ready(client, tracked, shelved(price="38.00")))

    order = Order.objects.get()
    assert (order.street, order.town, order.country) == ("1 Example Street", "Dublin", "IE")
    assert order.total == Decimal("42.90")


def test_a_user_is_known_on_the_order(client, collection):
    user = UserFactory()
    client.force_login(user)

    press(client, ready(client, collection, shelved()))

    assert Order.objects.get().user == user


def test_amounts_in_the_form_change_nothing(client, collection):
    form = ready(client, collection, shelved(price="38.00"))

    press(client, form | {"subtotal": "0.01", "price": "0.01", "delivery_fee": "-30", "quantity": "50"})

    order = Order.objects.get()
    assert (order.total, order.lines.get().quantity) == (Decimal("38.00"), 1)


@pytest.mark.parametrize("reviewed", ["", "0" * 64, "💥"])
def test_a_page_that_agreed_to_something_else_orders_nothing(client, collection, reviewed):
    form = ready(client, collection, shelved())

    answered = press(client, form | {"reviewed": reviewed})

    assert answered.headers["Location"] == REVIEW
    assert not Order.objects.exists()


def test_a_piece_swapped_for_another_of_the_same_price_is_looked_at_first(client, collection):
    form = ready(client, collection, shelved())
    cart = Cart.objects.get()
    client.post(reverse("shop:basket_change"), {"line": cart.lines.get().pk, "quantity": 0})
    put_in(client, shelved(title="Chore jacket"))

    answered = press(client, form)

    assert answered.headers["Location"] == REVIEW
    assert not Order.objects.exists()


def test_answers_changed_in_another_tab_are_looked_at_first(client, collection):
    form = ready(client, collection, shelved())
    answer(client, collection, email="other@example.com", payment="bank_transfer")

    press(client, form)

    assert not Order.objects.exists()


def test_a_grade_lowered_meanwhile_is_looked_at_first(client, collection):
    item = shelved(condition="mint")
    form = ready(client, collection, item)
    StockItem.objects.filter(pk=item.pk).update(condition="poor")

    press(client, form)

    assert not Order.objects.exists()


def test_a_double_click_makes_one_order_and_both_see_it(client, collection):
    form = ready(client, collection, shelved())

    first, second = press(client, form), press(client, form)

    assert first.headers["Location"] == second.headers["Location"]
    assert Order.objects.count() == 1


def test_a_tab_that_is_behind_sees_the_first_order(client, collection):
    form = ready(client, collection, shelved())
    press(client, form)
    ready(client, collection, shelved())

    answered = press(client, form)

    assert answered.headers["Location"] == Order.objects.get().secret_link


def test_a_piece_added_in_another_tab_is_looked_at_before_it_is_ordered(client, collection):
    form = ready(client, collection, shelved())
    put_in(client, shelved(title="Chore jacket"))

    answered = press(client, form)

    assert answered.headers["Location"] == REVIEW
    assert "Something has changed since you opened that page." in page(client, REVIEW)
    assert not Order.objects.exists()


@pytest.mark.parametrize("token", ["", "nonsense", "9" * 5000, "💥", "00000000-0000-0000-0000-000000000000"])
def test_a_token_that_is_not_the_baskets_orders_nothing(client, collection, token):
    form = ready(client, collection, shelved())

    answered = press(client, form | {"checkout_token": token})

    assert answered.headers["Location"] == REVIEW
    assert not Order.objects.exists()


def test_the_back_button_after_ordering_leads_to_the_order(client, collection):
    press(client, ready(client, collection, shelved()))
    order = Order.objects.get()

    for url in (DETAILS, DELIVERY, REVIEW):
        text = page(client, url)
        assert f"order {order.number} is placed" in text
        assert order.secret_link in text


def test_the_checkout_of_an_empty_basket_leads_to_the_basket(client, collection):
    for url in (DETAILS, DELIVERY, REVIEW):
        answered = client.get(url)
        assert answered.headers["Location"] == BASKET
    assert press(client, {"checkout_token": "x"}).headers["Location"] == REVIEW


def test_a_basket_that_was_emptied_meanwhile_orders_nothing(client, collection):
    form = ready(client, collection, shelved())
    client.post(reverse("shop:basket_change"), {"line": CartLine.objects.get().pk, "quantity": 0})

    assert press(client, form).status_code == 302
    assert not Order.objects.exists()


def test_what_was_typed_is_forgotten_after_ordering(client, collection):
    press(client, ready(client, collection, shelved()))
    put_in(client, shelved())

    assert "buyer@example.com" not in page(client, DETAILS)


def test_the_key_of_the_visitor_stays_after_ordering(client, collection):
    form = ready(client, collection, shelved())
    key = client.cookies["basket"].value

    press(client, form)

    assert client.cookies["basket"].value == key
    assert Order.objects.get().visitor == key


# --- Losing the race ------------------------------------------------------------------------------------------------


def test_the_loser_of_a_race_is_told_keeps_the_rest_and_sees_what_is_like_it(client, collection):
    jackets = CategoryFactory()
    wanted = shelved(title="Down jacket", category=jackets)
    shelved(of=product(title="Wool overshirt", category=jackets))
    form = ready(client, collection, wanted, shelved(title="Sunset print tee", price="38.00"))
    order_of(wanted, now=timezone.now())

    answered = press(client, form)

    text = answered.content.decode()
    assert answered.status_code == 409
    assert "<h1>Gone, by seconds</h1>" in text
    assert "Down jacket sold while you were checking out." in text
    assert "You have not been charged. The rest of your basket is as you left it." in text
    assert "Carry on with 1 piece, €38" in text
    assert "Wool overshirt" in text
    assert Order.objects.count() == 1


def test_the_loser_carries_on_with_the_rest_without_typing_again(client, collection):
    wanted = shelved()
    form = ready(client, collection, wanted, shelved(title="Sunset print tee"))
    order_of(wanted, now=timezone.now())
    press(client, form)

    client.post(reverse("shop:basket_carry_on"))

    assert press(client).status_code == 302
    assert Order.objects.latest("pk").lines.get().title == "Sunset print tee"


def test_with_everything_gone_there_is_nothing_to_carry_on_with(client, collection):
    wanted = shelved()
    form = ready(client, collection, wanted)
    order_of(wanted, now=timezone.now())

    answered = press(client, form)

    assert answered.status_code == 409
    assert "Carry on" not in answered.content.decode()
    assert "You have not been charged." in answered.content.decode()
    assert "The rest of your basket" not in answered.content.decode()


def test_a_new_price_is_told_before_anything_is_ordered(client, collection):
    item = shelved(title="Zip hood", price="58.00")
    form = ready(client, collection, item)
    products.change_price(stock_item_id=item.pk, price=Decimal("52.00"), actor=STAFF, now=timezone.now())

    answered = press(client, form)

    text = answered.content.decode()
    assert answered.status_code == 409
    assert "<h1>The price changed</h1>" in text
    assert "Zip hood has a new price." in text
    assert "Now €52, was €58." in text
    assert "Carry on with 1 piece, €52" in text
    assert not Order.objects.exists()


def test_a_piece_unpublished_meanwhile_is_told(client, collection):
    form = ready(client, collection, shelved(title="Zip hood"))
    Product.objects.update(is_published=False)

    answered = press(client, form)

    assert answered.status_code == 409
    assert "Zip hood is not for sale any more." in answered.content.decode()


def test_fewer_than_wanted_are_told_with_their_number(client, collection):
    item = shelved(title="Trail runner", quantity=3)
    put_in(client, item)
    client.post(reverse("shop:basket_change"), {"line": CartLine.objects.get().pk, "quantity": 3})
    answer(client, collection)
    form = hidden(client)
    order_of(item, now=timezone.now())

    answered = press(client, form)

    assert answered.status_code == 409
    assert "Only 2 left of Trail runner." in answered.content.decode()


def test_a_basket_that_has_changed_is_looked_at_before_the_checkout(client, collection):
    item = shelved()
    put_in(client, item, shelved())
    order_of(item, now=timezone.now())

    for url in (DETAILS, DELIVERY, REVIEW):
        assert client.get(url).headers["Location"] == BASKET
    assert "Something in your basket has changed." in page(client, BASKET)


def test_details_typed_while_the_basket_changed_are_kept(client, collection):
    item = shelved()
    put_in(client, item, shelved())
    order_of(item, now=timezone.now())

    client.post(DETAILS, WHO)
    client.post(reverse("shop:basket_carry_on"))

    assert 'value="buyer@example.com"' in page(client, DETAILS)


# --- Other refusals -------------------------------------------------------------------------------------------------


def test_a_delivery_withdrawn_meanwhile_is_chosen_again(client, tracked):
    form = ready(client, tracked, shelved())
    DeliveryMethod.objects.update(is_active=False)

    answered = press(client, form)

    assert answered.headers["Location"] == DELIVERY
    assert not Order.objects.exists()


def test_too_many_unpaid_orders_are_told_with_links_to_ones_own(client, collection):
    ShopSettings(max_unpaid_orders=1).save()
    press(client, ready(client, collection, shelved()))
    first = Order.objects.get()

    answered = press(client, ready(client, collection, shelved()))

    text = answered.content.decode()
    assert answered.status_code == 409
    assert "There are unpaid orders under this name already." in text
    assert first.secret_link in text
    assert Order.objects.count() == 1


def test_the_unpaid_orders_of_others_are_not_shown(client, collection):
    ShopSettings(max_unpaid_orders=1).save()
    somebody = Client()
    press(somebody, ready(somebody, collection, shelved()))

    answered = press(client, ready(client, collection, shelved()))

    assert answered.status_code == 409
    assert Order.objects.get().number not in answered.content.decode()


def test_a_form_of_another_site_places_nothing(collection):
    client = Client(enforce_csrf_checks=True)

    assert client.post(REVIEW, {"checkout_token": "x"}).status_code == 403


@pytest.mark.parametrize("url", [BASKET, DETAILS, DELIVERY])
def test_no_page_of_the_till_is_kept_by_caches_or_search_engines(client, collection, url):
    put_in(client, shelved())

    answered = client.get(url)

    assert "no-store" in answered.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answered.content.decode()


def test_a_hold_that_has_run_out_can_be_ordered_by_the_next(client, collection):
    item = shelved()
    late = order_of(item, now=timezone.now() - timedelta(days=9))

    press(client, ready(client, collection, item))

    assert Order.objects.exclude(pk=late.pk).get().lines.get().stock_item == item


def test_nobody_writes_lines_of_their_own_into_a_letter(client, collection):
    press(client, ready(client, collection, shelved(), name="Buya\r\n\r\nPay to another account"))

    assert "Thank you, Buya Pay to another account." in OutboxMessage.objects.get().text
