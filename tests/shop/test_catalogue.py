"""The shop window: home, lists and the page of a piece, as a shopper sees them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from core.audit import Actor
from inventory.models import Condition, Photo
from inventory.services import products, stock
from tests.factories.accounts import UserFactory
from tests.factories.inventory import BrandFactory, CategoryFactory, product, shelved
from tests.factories.shop import CollectionFactory, DeliveryFactory, cart_with
from tests.shop.pages import applied, box, listed, titles, words

pytestmark = pytest.mark.django_db
STAFF = Actor("user 1", "test")


def sell(item):
    stock.sell_over_the_counter(
        stock_item_id=item.pk, quantity=1, unit_price=item.price, cause="till 1", actor=STAFF, now=timezone.now()
    )


def reserve(item, *, minutes):
    until = None if minutes is None else timezone.now() + timedelta(minutes=minutes)
    stock.reserve(
        wanted=[stock.Wanted(item.pk, 1, item.price)],
        cause="order UN-TEST",
        holder="visitor 1",
        expires_at=until,
        actor=STAFF,
        now=timezone.now() - timedelta(hours=1),
    )


# --- Home -------------------------------------------------------------------------------------------------------------


def test_home_shows_what_came_in_last_and_what_was_never_worn(client):
    shelved(title="Varsity jacket", condition=Condition.MINT)
    shelved(title="Sunset tee", condition=Condition.NEW_TAGGED)

    page = client.get("/")

    assert titles(page) == ["Sunset tee", "Varsity jacket", "Sunset tee"]
    assert "How a pre-owned piece gets on the rail" in words(page)


def test_an_empty_shop_says_so_kindly(client):
    page = client.get("/")

    assert "The rail is empty. New pieces arrive daily." in words(page)
    assert titles(page) == []


# --- Lists ------------------------------------------------------------------------------------------------------------


def test_the_list_shows_the_newest_first(client, now):
    for hours in (2, 1, 3):
        shelved(of=product(title=f"{hours} h", now=now - timedelta(hours=hours)))

    assert listed(client.get("/shop/")) == ["1 h", "2 h", "3 h"]


def test_the_list_leaves_out_what_is_unpublished_or_never_came_in(client):
    shelved(title="Hidden", is_published=False)
    shelved(title="Awaited", quantity=0)
    shelved(title="Here")

    assert listed(client.get("/shop/")) == ["Here"]


def test_a_reserved_piece_stays_in_the_list_but_not_among_what_is_in_stock(client):
    reserve(shelved(title="Down jacket"), minutes=20)
    shelved(title="Free")

    page = client.get("/shop/")

    assert set(listed(page)) == {"Down jacket", "Free"}
    assert "Maybe back" in words(page)
    assert listed(client.get("/shop/?stock=1")) == ["Free"]


def test_sold_pieces_show_only_when_asked_for(client):
    sell(shelved(title="Gym jacket"))
    shelved(title="Free")

    assert listed(client.get("/shop/")) == ["Free"]
    with_sold = client.get("/shop/?sold=1")
    assert set(listed(with_sold)) == {"Gym jacket", "Free"}
    assert f"Sold {timezone.localdate():%-d %b}" in words(with_sold)


def test_a_category_shows_its_branches_too(client):
    clothing = CategoryFactory(name="Clothing", slug="clothing")
    jackets = CategoryFactory(name="Jackets", slug="jackets", parent=clothing)
    tees = CategoryFactory(name="Tees", slug="tees", parent=clothing)
    shelved(title="Jacket", category=jackets)
    shelved(title="Tee", category=tees)
    shelved(title="Cap", category=CategoryFactory(slug="hats"))

    assert set(listed(client.get("/shop/clothing/"))) == {"Jacket", "Tee"}
    assert listed(client.get("/shop/jackets/")) == ["Jacket"]
    assert listed(client.get("/shop/clothing/?category=tees")) == ["Tee"]
    assert listed(client.get("/shop/jackets/?category=tees")) == ["Jacket"]


def test_a_category_or_brand_that_is_not_there_is_a_404(client):
    assert client.get("/shop/spaceships/").status_code == 404
    assert client.get("/brands/nobody/").status_code == 404


def test_a_brand_has_its_own_list(client):
    kestrel = BrandFactory(name="Kestrel", slug="kestrel")
    shelved(title="Runner", brand=kestrel)
    shelved(title="Other", brand=BrandFactory())

    page = client.get("/brands/kestrel/")

    assert listed(page) == ["Runner"]
    assert "<h1>Kestrel</h1>" in page.content.decode()


def test_filters_of_one_question_widen_and_of_several_narrow(client):
    shelved(title="Mint L", size="L", condition=Condition.MINT)
    shelved(title="Mint M", size="M", condition=Condition.MINT)
    shelved(title="Decent L", size="L", condition=Condition.DECENT)

    assert set(listed(client.get("/shop/?size=L"))) == {"Mint L", "Decent L"}
    assert set(listed(client.get("/shop/?size=L&size=M"))) == {"Mint L", "Mint M", "Decent L"}
    assert listed(client.get("/shop/?size=L&condition=mint")) == ["Mint L"]


def test_size_grade_and_price_must_hold_on_one_and_the_same_lot(client):
    tee = product(title="Tee")
    shelved(of=tee, size="L", condition=Condition.DECENT, price="30.00")
    shelved(of=tee, size="M", condition=Condition.MINT, price="60.00")

    assert listed(client.get("/shop/?size=L&condition=decent&max=30")) == ["Tee"]
    assert listed(client.get("/shop/?size=L&condition=mint")) == []
    assert listed(client.get("/shop/?size=L&min=50")) == []


def test_a_size_that_is_sold_out_does_not_count(client):
    tee = product(title="Tee")
    sell(shelved(of=tee, size="L"))
    shelved(of=tee, size="M")

    assert listed(client.get("/shop/?size=M")) == ["Tee"]
    assert listed(client.get("/shop/?size=L&sold=1")) == ["Tee"]


def test_shoe_sizes_carry_their_system(client):
    trainers = CategoryFactory(size_scale="shoes_uk")
    shelved(title="Runner", category=trainers, size="8.5")
    shelved(title="Other runner", category=trainers, size="9")

    page = client.get("/shop/?size=UK+8.5")

    assert listed(page) == ["Runner"]
    assert "UK 8.5" in applied(page)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("min=40", {"Fifty"}),
        ("max=40", {"Thirty"}),
        ("min=30&max=50", {"Thirty", "Fifty"}),
        ("min=60&max=20", {"Thirty", "Fifty"}),
        ("min=%E2%82%AC+49,50", {"Fifty"}),
        ("max=30.00", {"Thirty"}),
    ],
)
def test_a_price_band_is_understood_as_people_type_it(client, query, expected):
    shelved(title="Thirty", price="30.00")
    shelved(title="Fifty", price="50.00")

    assert set(listed(client.get(f"/shop/?{query}"))) == expected


def test_a_wrong_amount_is_said_beside_its_field_and_filters_nothing(client):
    shelved(title="Thirty", price="30.00")

    page = client.get("/shop/?min=cheap&max=40")

    assert page.status_code == 200
    assert "Error: Enter an amount like 20 or 49.50" in words(page)
    assert 'value="cheap"' in page.content.decode()
    assert listed(page) == ["Thirty"]


@pytest.mark.parametrize(
    "query",
    [
        "size=HUGE&condition=shiny&category=nowhere&brand=nobody",
        "sort=sideways",
        "stock=maybe&sold=perhaps",
        "page=abc",
        "page=-3",
        "page=0",
        "page=%C2%B2",
        "min=-5",
        "min=1e400&max=NaN",
        "size=%F0%9F%A7%A5",
        "q=" + "x" * 3000,
    ],
)
def test_what_makes_no_sense_is_the_nearest_sensible_page(client, query):
    shelved(title="Here")

    page = client.get(f"/shop/?{query}")

    assert page.status_code == 200
    assert listed(page) == ["Here"] or query.startswith("q=x")


def test_sorting_by_price_puts_pieces_without_one_last(client):
    for title, price in (("Thirty", "30.00"), ("On request", None), ("Ten", "10.00")):
        shelved(title=title, price=price)

    assert listed(client.get("/shop/?sort=price")) == ["Ten", "Thirty", "On request"]
    assert listed(client.get("/shop/?sort=-price")) == ["Thirty", "Ten", "On request"]


def test_each_filter_in_force_has_a_link_that_takes_it_off(client):
    shelved(title="Jacket", size="L", price="30.00")

    page = client.get("/shop/?size=L&condition=mint&max=40&sold=1")

    assert applied(page) == {
        "Size L": "/shop/?condition=mint&max=40&sold=1",
        "Mint": "/shop/?size=L&max=40&sold=1",
        "Up to €40": "/shop/?size=L&condition=mint&sold=1",
        "Sold shown": "/shop/?size=L&condition=mint&max=40",
    }
    assert '<a class="applied__clear" href="/shop/">' in page.content.decode()


def test_every_option_says_how_many_pieces_it_would_leave_with_the_other_filters(client):
    shelved(size="L", condition=Condition.MINT)
    shelved(size="L", condition=Condition.DECENT)
    shelved(size="M", condition=Condition.DECENT)

    page = client.get("/shop/?condition=mint")

    assert "1<span" in box(page, "condition", "mint")
    assert "2<span" in box(page, "condition", "decent")
    assert ", 1 piece" in box(page, "size", "L")
    assert ", 0 pieces" in box(page, "size", "M")


def test_an_option_that_leaves_nothing_is_disabled_and_not_hidden(client):
    shelved(size="L", condition=Condition.MINT)
    shelved(size="M", condition=Condition.DECENT)

    page = client.get("/shop/?condition=mint")

    assert " disabled" in box(page, "size", "M")
    assert " disabled" not in box(page, "size", "L")
    assert " checked" in box(page, "condition", "mint")


def test_a_product_counts_once_however_many_lots_match(client):
    tee = product()
    for size in ("S", "M", "L"):
        shelved(of=tee, size=size)

    assert "1<span" in box(client.get("/shop/"), "condition", "mint")


def test_nothing_found_offers_a_way_on(client):
    shelved(title="Here", price="30.00")

    page = client.get("/shop/?max=10")

    assert "Nothing matches all of that." in words(page)
    assert listed(page) == []
    assert titles(page) == ["Here"]
    assert applied(page) == {"Up to €10": "/shop/"}


def test_pages_hold_24_pieces_and_lead_on_by_a_plain_link(client):
    jackets = CategoryFactory()
    for number in range(25):
        shelved(title=f"Piece {number}", category=jackets)

    first, second = client.get("/shop/"), client.get("/shop/?page=2")

    assert len(listed(first)) == 24
    assert 'href="/shop/?page=2"' in first.content.decode()
    assert "You have seen 24 of 25 pieces" in words(first)
    assert len(listed(second)) == 1
    assert not set(listed(first)) & set(listed(second))
    assert "You have seen 25 of 25 pieces" in words(second)


def test_a_list_says_when_most_of_its_pieces_are_one_of_one(client):
    for title in ("First", "Second"):
        shelved(title=title)
    shelved(title="Many", quantity=3)

    assert "3 pieces, most of them one of one" in words(client.get("/shop/"))


def test_a_list_does_not_say_so_when_half_of_them_are_not(client):
    shelved(title="First")
    shelved(title="Many", quantity=3)
    sizes = product(title="In sizes")
    for size in "SM":
        shelved(of=sizes, size=size)

    text = words(client.get("/shop/"))
    assert "3 pieces" in text
    assert "one of one" not in text


def test_a_page_beyond_the_end_is_a_404_with_a_way_back(client):
    shelved(title="Here")

    page = client.get("/shop/?size=M&page=99999")

    assert page.status_code == 404
    assert 'href="/shop/?size=M"' in page.content.decode()


def test_htmx_gets_only_the_parts_that_change_and_a_clean_address(client):
    shelved(title="Here", size="L")

    part = client.get("/shop/?q=&size=L&min=&max=&sort=new", headers={"HX-Request": "true"})

    assert listed(part) == ["Here"]
    assert "<html" not in part.content.decode()
    assert part.headers["HX-Push-Url"] == "/shop/?size=L"
    assert "HX-Request" in part.headers["Vary"]


def test_going_back_in_the_browser_brings_the_whole_page(client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in client.get("/shop/", headers=headers).content.decode()


def test_home_costs_somebody_who_is_signed_in_at_most_eight_queries(client, django_assert_max_num_queries):
    for _ in range(6):
        shelved(condition=Condition.NEW_TAGGED)
    client.force_login(UserFactory())
    client.get("/")

    with django_assert_max_num_queries(8):
        client.get("/")


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("query", ["", "?size=M&condition=mint", "?sort=price", "?q=jacket", "?max=40&sold=1"])
def test_a_list_costs_at_most_eight_queries_whatever_the_size(client, count, query, django_assert_max_num_queries):
    user = UserFactory()
    client.force_login(user)
    jackets = CategoryFactory()
    items = [shelved(title=f"Jacket {number}", category=jackets, brand=BrandFactory()) for number in range(count)]
    cart_with(items[0], user=user)
    client.get(f"/shop/{query}")

    with django_assert_max_num_queries(8):
        page = client.get(f"/shop/{query}")

    assert len(listed(page)) == min(count, 24)


def test_looking_around_writes_nothing(client):
    shelved()

    for address in ("/", "/shop/", "/search/?q=jacket"):
        assert not client.get(address).cookies.get("sessionid")


# --- One piece --------------------------------------------------------------------------------------------------------


def page_of(client, item):
    return client.get(item.product.get_absolute_url())


def test_the_page_of_a_piece_says_what_it_is_and_sells_it(client):
    DeliveryFactory(fee=Decimal("4.90"), free_from=Decimal("120.00"))
    CollectionFactory(name="Dublin shop")
    item = shelved(
        title="Varsity jacket",
        size="L",
        price="185.00",
        description="Melton wool body.",
        brand=BrandFactory(name="Halden Athletic"),
        lot={"measurements": {"Chest": "58", "Length": "69", "Sleeve": "63.5"}},
    )

    page = page_of(client, item)

    text = words(page)
    for part in ("Halden Athletic", "€185", "delivery from €4.90", "One of one", "Melton wool body.", "A Chest 58"):
        assert part in text
    assert "Also: Dublin shop" in text
    assert f'<input type="hidden" name="item" value="{item.pk}">' in page.content.decode()
    assert "Add to basket" in text


def test_every_lot_is_a_choice_of_its_own(client):
    tee = product(title="Tee")
    small = shelved(of=tee, size="S", price="38.00", quantity=3)
    gone = shelved(of=tee, size="M", price="38.00")
    sell(gone)
    worn = shelved(of=tee, size="S", condition=Condition.DECENT, price="20.00")

    page = client.get(tee.get_absolute_url())

    assert page.content.decode().count('type="radio" name="item"') == 3
    assert "S, mint" in box(page, "item", str(small.pk))
    assert "€20" in box(page, "item", str(worn.pk))
    assert " disabled" in box(page, "item", str(gone.pk))
    assert "sold out" in box(page, "item", str(gone.pk))


def test_the_only_size_left_is_chosen_already(client):
    tee = product(title="Tee")
    sell(shelved(of=tee, size="S"))
    left = shelved(of=tee, size="M")

    source = client.get(tee.get_absolute_url()).content.decode()

    assert f'value="{left.pk}" id="id_item_1" form="buy" checked' in source


def test_flaws_link_to_the_photo_that_shows_them(client):
    jacket = product()
    _, cuff = (
        Photo.objects.create(product=jacket, position=n, image=f"products/{n}.webp", width=960, height=1200)
        for n in (1, 2)
    )
    item = shelved(of=jacket, lot={"flaws": [("Faint mark on left cuff", cuff), ("Snaps sound", None)]})

    page = page_of(client, item)

    assert "Faint mark on left cuff Photo 2" in words(page)
    assert '<a href="#photo-2">Photo 2</a>' in page.content.decode()
    assert '<li id="photo-2">' in page.content.decode()


def test_every_picture_says_its_size_and_only_the_first_is_not_lazy(client):
    item = shelved()
    for n in (1, 2):
        Photo.objects.create(product=item.product, position=n, image=f"products/{n}.webp", width=960, height=1200)

    source = page_of(client, item).content.decode()

    assert source.count('width="960" height="1200"') == 2
    assert source.count('loading="lazy"') == 1
    assert source.count("<img") == source.count('alt="')


def test_a_reserved_piece_says_when_it_may_be_back(client):
    item = shelved()
    reserve(item, minutes=22)

    page = page_of(client, item)

    assert "Someone is paying for it" in words(page)
    assert "data-countdown=" in page.content.decode()
    assert "Add to basket" not in words(page)


def test_a_long_reservation_names_the_moment_without_a_countdown(client):
    item = shelved()
    reserve(item, minutes=3 * 24 * 60)

    page = page_of(client, item)

    assert "Someone is paying for it" in words(page)
    assert "data-countdown=" not in page.content.decode()


def test_a_reservation_that_has_run_out_gives_the_piece_back_at_once(client):
    item = shelved()
    reserve(item, minutes=-1)

    assert "Add to basket" in words(page_of(client, item))


def test_a_paid_piece_is_sold_and_being_packed(client):
    item = shelved()
    reserve(item, minutes=None)

    page = page_of(client, item)

    assert "Sold, being packed" in words(page)
    assert "Add to basket" not in words(page)


def test_a_sold_piece_stays_reachable_and_shows_what_comes_closest(client):
    jackets = CategoryFactory()
    item = shelved(title="Gone", category=jackets)
    shelved(title="Close to it", category=jackets)
    sell(item)

    page = page_of(client, item)

    assert page.status_code == 200
    assert f"Sold on {timezone.localdate():%-d %b}" in words(page)
    assert "14 days from the day it arrives" not in words(page)
    assert titles(page) == ["Close to it"]


def test_a_piece_without_a_price_can_be_asked_about_and_not_added(client):
    page = page_of(client, shelved(price=None))

    assert "Price on request" in words(page)
    assert "mailto:" in page.content.decode()
    assert "Add to basket" not in words(page)


def test_a_reduced_price_shows_what_it_was(client):
    item = shelved(price="98.00")
    products.change_price(stock_item_id=item.pk, price=Decimal("86.00"), actor=STAFF, now=timezone.now())

    assert "€86 was €98" in words(page_of(client, item))


def test_a_piece_that_is_not_published_is_a_404(client):
    assert page_of(client, shelved(is_published=False)).status_code == 404
    assert client.get("/pieces/nothing-of-the-kind/").status_code == 404


def test_a_copy_that_has_not_arrived_is_not_called_sold(client):
    page = page_of(client, shelved(quantity=0))

    assert "Not in yet" in words(page)
    assert "Sold" not in words(page)


@pytest.mark.parametrize("lots", [1, 5])
def test_the_page_of_a_piece_costs_at_most_eight_queries(client, lots, django_assert_max_num_queries):
    user = UserFactory()
    client.force_login(user)
    tee = product(category=CategoryFactory(), brand=BrandFactory())
    items = [shelved(of=tee, size=size, quantity=2) for size in ("XS", "S", "M", "L", "XL")[:lots]]
    for _ in range(4):
        shelved(category=tee.category)
    cart_with(items[0], user=user)
    client.get(tee.get_absolute_url())

    with django_assert_max_num_queries(8):
        client.get(tee.get_absolute_url())


def test_the_menu_shows_the_department_that_a_piece_hangs_in(client):
    clothing = CategoryFactory(name="Clothing", slug="clothing")
    jacket = shelved(title="Varsity jacket", category=CategoryFactory(name="Jackets", parent=clothing))
    CategoryFactory(name="Shoes", slug="shoes")

    page = client.get(jacket.product.get_absolute_url())

    assert '<a href="/shop/clothing/" aria-current="true">Clothing</a>' in page.text
    assert 'aria-current="true">Shoes' not in page.text


# --- Not here ---------------------------------------------------------------------------------------------------------


def test_a_page_that_is_not_here_shows_the_four_newest_pieces(client):
    for number in range(5):
        shelved(title=f"Piece {number}")

    page = client.get("/nothing/")

    assert page.status_code == 404
    assert titles(page) == ["Piece 4", "Piece 3", "Piece 2", "Piece 1"]
    assert "csrftoken" not in client.cookies


def test_whoever_tries_addresses_out_costs_the_database_nothing(client, django_assert_num_queries):
    shelved()
    client.get("/nothing/")

    with django_assert_num_queries(0):
        client.get("/wp-login.php")


def test_a_page_that_is_not_here_says_so_while_the_database_is_away(client):
    def refuse(*args):
        raise OperationalError("the connection is lost")

    with connection.execute_wrapper(refuse):
        page = client.get("/nothing/")

    assert page.status_code == 404
    assert "That page is not here" in words(page)
