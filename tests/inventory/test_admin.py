"""Staff at work on pieces and stock."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from inventory.models import (
    Brand,
    BrandAlias,
    Category,
    ConditionWording,
    Photo,
    PriceChange,
    Product,
    Reason,
    Reservation,
    SizeScale,
    StockMove,
    Synonyms,
)
from inventory.queries import ledger
from inventory.services import products, stock
from tests.factories.accounts import owner, staff
from tests.factories.inventory import STAFF, BrandFactory, CategoryFactory, product, shelved

pytestmark = pytest.mark.django_db

LOTS = "/admin/inventory/stockitem/"
PRODUCTS = "/admin/inventory/product/"


@pytest.fixture
def boss(client):
    client.force_login(owner())
    return client


def picture(name="front.png"):
    out = BytesIO()
    Image.new("RGB", (40, 50), "navy").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def reserved(lot):
    wanted = [stock.Wanted(lot.pk, 1, lot.price)]
    now = timezone.now()
    return stock.reserve(wanted=wanted, cause="order UN-TEST", holder="user 1", expires_at=None, actor=STAFF, now=now)


def unchanged(*prefixes):
    """What a page sends for the tables on it."""
    return {f"{prefix}-{name}": "0" for prefix in prefixes for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


def lot_fields(lot, **changes):
    return (
        unchanged("flaws", "reservations", "moves", "price_changes")
        | {
            "sku": lot.sku,
            "size": lot.size,
            "condition": lot.condition,
            "price": lot.price,
            "unit_cost": "",
            "vat_scheme": lot.vat_scheme,
            "shelf_place": "",
            "measurements": "",
        }
        | changes
    )


def new_lot_fields(**changes):
    return {
        "sku": "S2345678",
        "size": "m",
        "condition": "mint",
        "price": "38.00",
        "unit_cost": "12.00",
        "vat_scheme": "margin",
        "quantity": "2",
        "shelf_place": "B-12",
        "measurements": "Chest: 58\nLength:",
        "flaws": "Faint mark on the left cuff\n",
    } | changes


def move_lot(client, lot, name, **answers):
    ticket = {} if name in ("count", "take_in") else {"ticket": "S2222222"}
    return client.post(f"{LOTS}{lot.pk}/{name}/", ticket | answers, follow=True)


def balances(lot):
    lot.refresh_from_db()
    assert ledger.stock_findings() == []
    return lot.on_shelf, lot.reserved


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("product", "Varsity jacket"),
        ("stockitem", "Varsity jacket"),
        ("stockmove", "Taken in"),
        ("reservation", "order UN-TEST"),
        ("pricechange", "38.00"),
        ("category", "Jackets"),
        ("brand", "Kestrel"),
        ("conditionwording", "As new"),
        ("synonyms", "plimsolls, pumps"),
    ],
)
def test_every_list_opens_with_rows(boss, name, text):
    BrandFactory()
    ConditionWording.objects.create(code="like_new", label="As new", meaning="Worn once.")
    Synonyms.objects.create(words="plimsolls, pumps")
    reserved(shelved())

    response = boss.get(reverse(f"admin:inventory_{name}_changelist"))

    assert response.status_code == 200
    assert text in response.text


@pytest.mark.parametrize("address", [LOTS, PRODUCTS, "/admin/inventory/stockmove/", "/admin/inventory/pricechange/"])
def test_a_list_takes_no_more_queries_for_five_rows_than_for_one(boss, address):
    shelved(brand=BrandFactory())
    boss.get(address)
    with CaptureQueriesContext(connection) as one:
        boss.get(address)
    for _ in range(4):
        shelved(brand=BrandFactory())

    with CaptureQueriesContext(connection) as five:
        boss.get(address)

    assert len(five) == len(one)


def test_a_lot_shows_its_moves_reservations_and_prices(boss):
    lot = shelved()
    reserved(lot)

    text = boss.get(f"{LOTS}{lot.pk}/change/").text

    for word in ("Taken in", "order UN-TEST", "38.00", "user 1"):
        assert word in text


def test_balances_cannot_be_posted(boss):
    lot = shelved()

    boss.post(f"{LOTS}{lot.pk}/change/", lot_fields(lot, on_shelf="99", reserved="5", taken_in="99"))

    assert balances(lot) == (1, 0)


def test_saving_a_lot_leaves_balances_alone_that_moved_meanwhile(boss):
    lot = shelved(quantity=2)
    broken: list[str] = []

    def break_one(execute, sql, params, many, context):
        if sql.startswith('UPDATE "inventory_stockitem"') and not broken:
            broken.append(lot.sku)
            now = timezone.now()
            stock.write_off(stock_item_id=lot.pk, quantity=1, cause="write-off", actor=STAFF, now=now)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(break_one):
        boss.post(f"{LOTS}{lot.pk}/change/", lot_fields(lot, shelf_place="C-1"))

    assert broken
    assert balances(lot) == (1, 0)
    assert lot.shelf_place == "C-1"


@pytest.mark.parametrize("table", ["stockmove", "reservation", "pricechange"])
def test_the_ledger_can_only_be_read(boss, table):
    reserved(shelved())
    tables: dict[str, Any] = {"stockmove": StockMove, "reservation": Reservation, "pricechange": PriceChange}
    row = tables[table].objects.first()
    address = f"/admin/inventory/{table}/"

    assert boss.get(f"{address}{row.pk}/change/").status_code == 200
    assert boss.post(f"{address}{row.pk}/change/", {"quantity": "9"}).status_code == 403
    assert boss.post(f"{address}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert boss.get(f"{address}add/").status_code == 403


def test_a_new_price_keeps_the_old_one_in_its_history(boss):
    lot = shelved(price="98.00")

    boss.post(f"{LOTS}{lot.pk}/change/", lot_fields(lot, price="86.00"))

    lot.refresh_from_db()
    assert (lot.price, lot.was_price) == (Decimal("86.00"), Decimal("98.00"))
    assert list(lot.price_changes.values_list("price", flat=True)) == [Decimal("86.00"), Decimal("98.00")]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": "42"}, "“42” is not one of XS, S, M, L, XL, XXL."),
        ({"price": "0"}, "greater than or equal to 0.01"),
        ({"price": "cheap"}, "Enter a number."),
        ({"unit_cost": "-1"}, "greater than or equal to 0"),
        ({"measurements": "Chest: wide"}, "Enter a number."),
        ({"measurements": ": 58"}, "Give each measurement a name"),
        ({"sku": ""}, "This field is required."),
    ],
)
def test_what_makes_no_sense_of_a_lot_is_refused_beside_its_field(boss, changes, message):
    lot = shelved()

    response = boss.post(f"{LOTS}{lot.pk}/change/", lot_fields(lot, **changes))

    assert message in response.text
    lot.refresh_from_db()
    assert (lot.size, lot.price) == ("M", Decimal("38.00"))


def test_a_size_is_set_right_and_found_by(boss):
    lot = shelved()

    boss.post(f"{LOTS}{lot.pk}/change/", lot_fields(lot, size="xl"))

    lot.refresh_from_db()
    assert (lot.size, lot.size_order) == ("XL", 4)
    assert lot.product.search_words.filter(word="xl").exists()


def test_a_promised_piece_keeps_its_size_and_grade(boss):
    lot = shelved()
    reserved(lot)

    response = boss.post(f"{LOTS}{lot.pk}/change/", lot_fields(lot, size="L", condition="poor"))

    assert response.text.count("Somebody has been promised this piece as it is described now.") == 2
    lot.refresh_from_db()
    assert (lot.size, lot.condition) == ("M", "mint")


def test_copies_are_taken_in_once_a_delivery(boss):
    lot = shelved()

    move_lot(boss, lot, "take_in", quantity="3", unit_cost="11.50", delivery="4711")
    response = move_lot(boss, lot, "take_in", quantity="3", unit_cost="11.50", delivery="4711")

    assert balances(lot) == (4, 0)
    assert lot.moves.get(cause="delivery 4711").unit_amount == Decimal("11.50")
    assert "Booked already: 3" in response.text
    assert response.status_code == 422


@pytest.mark.parametrize(("counted", "after", "reason"), [("5", 5, Reason.FOUND), ("1", 1, Reason.WRITE_OFF)])
def test_a_count_brings_the_book_to_what_is_there(boss, counted, after, reason):
    lot = shelved(quantity=3)

    move_lot(boss, lot, "count", counted=counted)

    assert balances(lot) == (after, 0)
    assert lot.moves.latest("pk").reason == reason


def test_two_counts_on_one_day_are_two_counts(boss):
    lot = shelved(quantity=3)

    move_lot(boss, lot, "count", counted="2")
    move_lot(boss, lot, "count", counted="1")

    assert balances(lot) == (1, 0)


def test_counting_fewer_than_are_promised_is_refused(boss):
    lot = shelved()
    reserved(lot)

    response = move_lot(boss, lot, "count", counted="0")

    assert response.status_code == 409
    assert "Cancel an order first." in response.text
    assert balances(lot) == (0, 1)


def test_a_second_press_writes_off_once(boss):
    lot = shelved(quantity=3)

    move_lot(boss, lot, "write_off", quantity="1", reason="moths")
    move_lot(boss, lot, "write_off", quantity="1", reason="moths")

    assert balances(lot) == (2, 0)
    assert lot.moves.latest("pk").cause == "write-off S2222222: moths"


def test_every_opening_of_the_form_books_anew(boss):
    lot = shelved(quantity=3)

    for _ in range(2):
        form = boss.get(f"{LOTS}{lot.pk}/write_off/").context["form"]
        move_lot(boss, lot, "write_off", quantity="1", reason="moths", ticket=form["ticket"].value())

    assert balances(lot) == (1, 0)


def test_an_empty_shelf_offers_no_way_out(boss):
    lot = shelved(quantity=0)

    text = boss.get(f"{LOTS}{lot.pk}/change/").text

    assert "/take_in/" in text
    assert "/write_off/" not in text
    assert "/sell_over_the_counter/" not in text


def test_a_sale_over_the_counter_is_booked_once_at_its_price(boss):
    lot = shelved(quantity=2)

    move_lot(boss, lot, "sell_over_the_counter", quantity="1", unit_price="35.00")
    move_lot(boss, lot, "sell_over_the_counter", quantity="1", unit_price="35.00")

    assert balances(lot) == (1, 0)
    assert lot.moves.get(reason=Reason.SALE).unit_amount == Decimal("35.00")


@pytest.mark.parametrize(
    ("name", "answers"),
    [("write_off", {"reason": "moths"}), ("sell_over_the_counter", {"unit_price": "35.00"})],
)
def test_more_than_is_on_the_shelf_cannot_leave_it(boss, name, answers):
    lot = shelved()

    response = move_lot(boss, lot, name, quantity="2", **answers)

    assert response.status_code == 409
    assert "On the shelf: 1. Nothing was booked." in response.text
    assert balances(lot) == (1, 0)


@pytest.mark.parametrize("quantity", ["0", "-1", "99999999999", "many", "1.5", ""])
def test_a_quantity_that_makes_no_sense_is_refused(boss, quantity):
    lot = shelved()

    response = move_lot(boss, lot, "take_in", quantity=quantity, delivery="4711")

    assert response.status_code == 422
    assert balances(lot) == (1, 0)


@pytest.mark.parametrize("name", ["take_in", "count", "write_off", "sell_over_the_counter"])
def test_whoever_may_only_look_moves_no_stock(client, name):
    client.force_login(staff("inventory.view_stockitem"))
    lot = shelved()

    assert f"/{name}/" not in client.get(f"{LOTS}{lot.pk}/change/").text
    assert client.get(f"{LOTS}{lot.pk}/{name}/").status_code == 403
    assert move_lot(client, lot, name, quantity="1").status_code == 403
    assert balances(lot) == (1, 0)


def test_a_product_is_added_by_its_words_and_shown_next(boss):
    brand, category = BrandFactory(name="Kestrel"), CategoryFactory()

    response = boss.post(
        f"{PRODUCTS}add/",
        {"category": category.pk, "brand": brand.pk, "title": "Varsity jacket", "description": "", "colour": "navy"},
    )

    made = Product.objects.get()
    assert response["Location"] == f"{PRODUCTS}{made.pk}/change/"
    assert made.slug == "kestrel-varsity-jacket"
    assert not made.is_published
    assert set(made.search_words.values_list("word", flat=True)) >= {"varsity", "kestrel", "navy"}


def test_a_product_is_found_by_its_new_title(boss):
    made = product()
    local = timezone.localtime(made.listed_at)
    fields = {
        "category": made.category_id,
        "title": "Bomber jacket",
        "is_published": "on",
        "listed_at_0": f"{local:%Y-%m-%d}",
        "listed_at_1": f"{local:%H:%M:%S}",
    } | unchanged("photos", "stock_items")

    boss.post(f"{PRODUCTS}{made.pk}/change/", fields)

    made.refresh_from_db()
    assert made.title == "Bomber jacket"
    words = set(made.search_words.values_list("word", flat=True))
    assert "bomber" in words
    assert "varsity" not in words


def test_a_title_that_is_too_long_is_refused_and_kept(boss):
    response = boss.post(f"{PRODUCTS}add/", {"category": CategoryFactory().pk, "title": "🧥" * 10_000})

    assert "at most 200 characters" in response.text
    assert "🧥🧥" in response.text
    assert not Product.objects.exists()


def test_a_lot_is_added_with_its_copies(boss):
    made = product(category=CategoryFactory(measurement_names=["Chest", "Length"]))

    response = boss.post(f"{PRODUCTS}{made.pk}/add_lot/", new_lot_fields(), follow=True)

    assert "Lot S2345678 is there" in response.text
    lot = made.stock_items.get()
    assert (lot.size, lot.price, lot.measurements) == ("M", Decimal("38.00"), {"Chest": "58"})
    assert [flaw.text for flaw in lot.flaws.all()] == ["Faint mark on the left cuff"]
    assert balances(lot) == (2, 0)


def test_a_product_leads_to_its_lots(boss):
    lot = shelved()

    assert f'href="{LOTS}{lot.pk}/change/"' in boss.get(f"{PRODUCTS}{lot.product_id}/change/").text


def test_the_form_of_a_new_lot_names_what_is_measured(boss):
    made = product(category=CategoryFactory(measurement_names=["Chest", "Length"]))

    assert "Chest: \nLength: " in boss.get(f"{PRODUCTS}{made.pk}/add_lot/").text


def test_a_size_off_the_scale_is_refused_beside_the_field(boss):
    made = product(category=CategoryFactory(size_scale=SizeScale.SHOES_UK))

    response = boss.post(f"{PRODUCTS}{made.pk}/add_lot/", new_lot_fields(size="8.3"))

    assert response.status_code == 422
    assert "“8.3” is not a UK shoe size like 8 or 8.5." in response.text
    assert "Faint mark on the left cuff" in response.text
    assert not made.stock_items.exists()


def test_a_second_press_adds_one_lot(boss):
    made = product()

    boss.post(f"{PRODUCTS}{made.pk}/add_lot/", new_lot_fields())
    response = boss.post(f"{PRODUCTS}{made.pk}/add_lot/", new_lot_fields())

    assert "There is a lot with this stock number already." in response.text
    assert made.stock_items.count() == 1


def test_photos_are_added_in_the_order_of_choosing(boss):
    made = product()
    files = [picture("one.png"), picture("two.png")]

    boss.post(f"{PRODUCTS}{made.pk}/add_photos/", {"pictures": files, "alt": "Front"})

    assert list(made.photos.values_list("position", "alt")) == [(1, "Front"), (2, "Front")]


def test_a_file_that_is_no_picture_is_named_and_the_others_are_kept(boss):
    made = product()
    files = [picture(), SimpleUploadedFile("list.txt", b"no picture")]

    response = boss.post(f"{PRODUCTS}{made.pk}/add_photos/", {"pictures": files})

    assert response.status_code == 422
    assert "list.txt: Add a JPEG, PNG or WebP picture." in response.text
    assert made.photos.count() == 1


def test_no_picture_at_all_is_said_so(boss):
    response = boss.post(f"{PRODUCTS}{product().pk}/add_photos/", {})

    assert response.status_code == 422
    assert "This field is required." in response.text


def photo_fields(made, **changes):
    fields = {"photos-TOTAL_FORMS": made.photos.count(), "photos-INITIAL_FORMS": made.photos.count()}
    for index, photo in enumerate(made.photos.all()):
        prefix = f"photos-{index}"
        fields |= {f"{prefix}-id": photo.pk, f"{prefix}-product": made.pk, f"{prefix}-alt": photo.alt}
        fields[f"{prefix}-place"] = photo.position
    local = timezone.localtime(made.listed_at)
    return (
        fields
        | unchanged("stock_items")
        | {
            "title": made.title,
            "category": made.category_id,
            "listed_at_0": f"{local:%Y-%m-%d}",
            "listed_at_1": f"{local:%H:%M:%S}",
        }
        | changes
    )


def three_photos():
    made = product()
    for name in ("front", "back", "cuff"):
        products.add_photo(product=made, picture=picture(), alt=name)
    return made


def test_a_photo_moved_to_the_first_place_comes_first(boss):
    made = three_photos()

    boss.post(f"{PRODUCTS}{made.pk}/change/", photo_fields(made, **{"photos-2-place": "1"}))

    assert list(made.photos.values_list("alt", "position")) == [("cuff", 1), ("front", 2), ("back", 3)]


def test_a_photo_is_taken_away(boss):
    made = three_photos()

    boss.post(f"{PRODUCTS}{made.pk}/change/", photo_fields(made, **{"photos-0-DELETE": "on", "photos-1-alt": "Behind"}))

    assert list(made.photos.values_list("alt", "position")) == [("Behind", 1), ("cuff", 2)]
    assert Photo.objects.count() == 2


def test_whoever_may_only_look_adds_no_lots_and_no_photos(client):
    client.force_login(staff("inventory.view_product"))
    made = product()

    for name in ("add_lot", "add_photos"):
        assert f"/{name}/" not in client.get(f"{PRODUCTS}{made.pk}/change/").text
        assert client.post(f"{PRODUCTS}{made.pk}/{name}/", new_lot_fields()).status_code == 403
    assert not made.stock_items.exists()


def category_fields(**changes):
    fields = {"name": "Coats", "slug": "coats", "parent": "", "size_scale": "clothes", "position": "0"}
    return fields | {"measurement_names": "Chest, Length"} | changes


def test_a_category_is_added_with_what_is_measured(boss):
    boss.post("/admin/inventory/category/add/", category_fields())

    assert Category.objects.get().measurement_names == ["Chest", "Length"]


def test_a_category_cannot_lie_below_itself(boss):
    top = CategoryFactory()
    below = CategoryFactory(parent=top)

    response = boss.post(f"/admin/inventory/category/{top.pk}/change/", category_fields(parent=below.pk))

    assert "A category cannot lie below itself." in response.text
    top.refresh_from_db()
    assert top.parent is None


def test_a_category_with_lots_keeps_its_scale(boss):
    category = shelved().product.category

    response = boss.post(f"/admin/inventory/category/{category.pk}/change/", category_fields(size_scale="shoes_uk"))

    assert "whose sizes are on the present scale" in response.text


def test_a_product_is_found_by_the_new_name_of_a_category_above_its_own(boss):
    top = CategoryFactory(name="Outerwear", slug="outerwear")
    made = product(category=CategoryFactory(parent=top))

    boss.post(f"/admin/inventory/category/{top.pk}/change/", category_fields(name="Coats", slug="outerwear"))

    assert made.search_words.filter(word="coats").exists()
    assert not made.search_words.filter(word="outerwear").exists()


def brand_fields(**changes):
    fields = {"name": "Kestrel", "slug": "kestrel", "aliases-TOTAL_FORMS": "1", "aliases-INITIAL_FORMS": "0"}
    return fields | {"aliases-0-name": ""} | changes


def test_a_product_is_found_by_a_new_alias_of_its_brand(boss):
    brand = BrandFactory(name="Kestrel", slug="kestrel")
    made = product(brand=brand)

    boss.post(f"/admin/inventory/brand/{brand.pk}/change/", brand_fields(**{"aliases-0-name": "Kestrell"}))

    assert made.search_words.filter(word="kestrell").exists()


def test_a_name_leads_to_one_brand_only(boss):
    other = BrandFactory(name="Marlow", slug="marlow")
    BrandAlias.objects.create(brand=other, name="Marlowe")

    assert (
        "There is a brand of this name already."
        in boss.post("/admin/inventory/brand/add/", brand_fields(name="MARLOW")).text
    )
    assert (
        "Another brand has this name as an alias."
        in boss.post("/admin/inventory/brand/add/", brand_fields(name="marlowe")).text
    )
    assert (
        "This alias leads to a brand already."
        in boss.post("/admin/inventory/brand/add/", brand_fields(**{"aliases-0-name": "MARLOWE"})).text
    )
    assert Brand.objects.count() == 1


def test_one_word_alone_means_the_same_as_nothing(boss):
    page = boss.post(reverse("admin:inventory_synonyms_add"), {"words": "plimsolls, !!"})

    assert "Enter two words or more, with commas between." in page.content.decode()


def test_words_that_mean_the_same_are_kept_tidy(boss):
    boss.post(reverse("admin:inventory_synonyms_add"), {"words": " plimsolls,,gym   shoes , "})

    assert Synonyms.objects.filter(words="plimsolls, gym shoes").exists()
