"""What search engines, feed readers and whoever shares a page read: heads, JSON-LD, maps, feeds, former addresses."""

import gc
import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.models import SiteSettings
from inventory.models import Category, Condition, FormerSlug, Photo, Product, StockItem
from inventory.services import addresses, products, stock
from shop.queries import merchant
from tests.factories.accounts import owner
from tests.factories.inventory import STAFF, BrandFactory, CategoryFactory, product, shelved
from tests.factories.shop import CollectionFactory, DeliveryFactory, cart_with

pytestmark = pytest.mark.django_db
OURS = "http://127.0.0.1:8000"
HOSTILE = "</script><script>alert(1)</script> & Co"


def page(client: Client, path: str) -> str:
    answer: Any = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def canonical(source: str) -> str:
    """The canonical address of a page, or what it tells robots."""
    found = re.search(r'<link rel="canonical" href="([^"]*)">|<meta name="robots" content="([^"]*)">', source)
    return unescape(found[1] or found[2]) if found else ""


def facts(source: str) -> dict[str, Any]:
    """The JSON-LD of a page by its type."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', source, re.DOTALL)
    return {block["@type"]: block for block in map(json.loads, blocks)}


def shared(source: str) -> dict[str, str]:
    """What a page says to whoever shares it."""
    return {name: unescape(said) for name, said in re.findall(r'<meta property="([^"]*)" content="([^"]*)">', source)}


def title(source: str) -> str:
    found = re.search(r"<title>(.*?)</title>", source)
    return unescape(found[1]) if found else ""


def with_photo(item: StockItem, name: str = "one") -> StockItem:
    Photo.objects.create(
        product=item.product, position=item.product.photos.count() + 1, image=f"products/{name}.webp", width=4, height=5
    )
    return item


def sell(item: StockItem, *, days: int = 0) -> None:
    moment = timezone.now() - timedelta(days=days)
    stock.sell_over_the_counter(
        stock_item_id=item.pk, quantity=1, unit_price=Decimal(38), cause="till 1", actor=STAFF, now=moment
    )


def xml(client: Client, path: str) -> ElementTree.Element:
    answer: Any = client.get(path)
    assert answer.status_code == 200, path
    return ElementTree.fromstring(answer.getvalue())


def texts(root: ElementTree.Element, name: str) -> list[str]:
    return [str(each.text) for each in root.iter() if each.tag.rpartition("}")[2] == name]


# --- Titles and canonical addresses -----------------------------------------------------------------------------------


def test_a_title_says_what_fits_and_never_more_than_sixty_letters(client: Client) -> None:
    kestrel = BrandFactory(name="Halden Athletic")
    jacket = shelved(title="Varsity jacket", colour="Bottle green", size="L", brand=kestrel)
    long = shelved(title="Hooded jacket " * 12, colour="Bottle green", brand=kestrel)

    assert title(page(client, f"/pieces/{jacket.product.slug}/")) == (
        "Halden Athletic Varsity jacket, bottle green, L | Unity"
    )
    cut = title(page(client, f"/pieces/{long.product.slug}/"))
    assert len(cut) <= 60
    assert cut.endswith("… | Unity")


def test_a_description_is_made_of_facts(client: Client) -> None:
    jacket = shelved(title="Varsity jacket", size="L", condition=Condition.MINT, price="185.00")

    assert 'name="description" content="Size L · Mint, €185. One of one."' in page(
        client, f"/pieces/{jacket.product.slug}/"
    )


def test_a_piece_is_canonical_without_its_query_and_under_the_shop_s_own_address(client: Client) -> None:
    slug = shelved().product.slug

    assert canonical(page(client, f"/pieces/{slug}/?utm_source=mail")) == f"{OURS}/pieces/{slug}/"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/shop/", "/shop/"),
        ("/shop/?sort=price", "/shop/"),
        ("/shop/jackets/", "/shop/jackets/"),
        ("/shop/?category=jackets", "/shop/jackets/"),
        ("/shop/?brand=kestrel", "/brands/kestrel/"),
        ("/brands/kestrel/?sort=-price", "/brands/kestrel/"),
        ("/brands/kestrel/?category=jackets", "/shop/jackets/?brand=kestrel"),
        ("/shop/jackets/?brand=kestrel", "/shop/jackets/?brand=kestrel"),
    ],
)
def test_lists_of_one_category_and_one_brand_have_one_address_each(client: Client, path: str, expected: str) -> None:
    kestrel = BrandFactory(name="Kestrel", slug="kestrel")
    jackets = CategoryFactory(name="Jackets", slug="jackets")
    shelved(brand=kestrel, category=jackets)
    shelved()

    assert canonical(page(client, path)) == f"{OURS}{expected}"


@pytest.mark.parametrize(
    "query", ["size=M", "condition=mint", "min=10", "max=99", "stock=1", "sold=1", "category=a&category=b", "q=jacket"]
)
def test_every_narrower_list_is_followed_and_not_indexed(client: Client, query: str) -> None:
    shelved(category=CategoryFactory(slug="a"))
    shelved(category=CategoryFactory(slug="b"), title="Varsity jacket")

    assert canonical(page(client, f"/shop/?{query}")) == "noindex, follow"


def test_a_list_of_nothing_is_not_indexed(client: Client) -> None:
    CategoryFactory(slug="hats")

    assert canonical(page(client, "/shop/hats/")) == "noindex, follow"


def test_the_second_page_of_a_list_is_its_own(client: Client) -> None:
    hats = CategoryFactory(name="Hats", slug="hats")
    for _ in range(25):
        shelved(category=hats)

    second = page(client, "/shop/hats/?page=2")

    assert canonical(second) == f"{OURS}/shop/hats/?page=2"
    assert title(second) == "Hats, page 2 | Unity"
    assert title(page(client, "/shop/hats/")) == "Hats, new and pre-owned | Unity"


def test_a_list_of_a_brand_in_a_category_is_called_after_both(client: Client) -> None:
    kestrel, jackets = BrandFactory(name="Kestrel", slug="kestrel"), CategoryFactory(name="Jackets", slug="jackets")
    shelved(brand=kestrel, category=jackets)
    shelved(category=jackets)

    assert title(page(client, "/shop/jackets/?brand=kestrel")) == "Kestrel jackets, new and pre-owned | Unity"


@pytest.mark.parametrize(
    "path", ["/basket/", "/accounts/login/", "/sell/submissions/", "/no-such-page/", "/shop/?page=9"]
)
def test_what_is_for_one_person_or_for_nobody_is_not_indexed(client: Client, path: str) -> None:
    answer: Any = client.get(path, follow=True)

    assert canonical(answer.content.decode()) == "noindex"
    assert shared(answer.content.decode())["og:title"] == "Unity"


def test_the_basket_and_the_checkout_are_kept_by_nobody(client: Client) -> None:
    cart = cart_with(shelved())
    client.cookies["basket"] = cart.visitor

    for path in ("/basket/", "/checkout/"):
        answer: Any = client.get(path)
        assert "no-store" in answer.headers["Cache-Control"], path
        assert canonical(answer.content.decode()) == "noindex"


# --- JSON-LD ----------------------------------------------------------------------------------------------------------


def test_a_piece_tells_its_facts_and_how_it_gets_to_people(client: Client) -> None:
    DeliveryFactory(fee=Decimal("4.90"), free_from=Decimal(50), countries=["IE", "GB"])
    CollectionFactory()
    kestrel = BrandFactory(name="Kestrel")
    item = with_photo(shelved(title="Varsity jacket", colour="Green", size="L", price="38.00", brand=kestrel))

    said = facts(page(client, f"/pieces/{item.product.slug}/"))["Product"]

    address = f"{OURS}/pieces/{item.product.slug}/"
    assert {name: said[name] for name in ("name", "sku", "size", "color", "url", "image")} == {
        "name": "Varsity jacket",
        "sku": item.sku,
        "size": "L",
        "color": "Green",
        "url": address,
        "image": [f"{OURS}/media/products/one.webp"],
    }
    assert said["brand"] == {"@type": "Brand", "name": "Kestrel"}
    assert said["itemCondition"] == "https://schema.org/UsedCondition"
    (offer,) = said["offers"]
    assert (offer["price"], offer["priceCurrency"], offer["url"]) == ("38.00", "EUR", address)
    (shipping,) = offer["shippingDetails"]
    assert shipping["shippingRate"]["value"] == "4.90"
    assert [each["addressCountry"] for each in shipping["shippingDestination"]] == ["IE", "GB"]
    assert offer["hasMerchantReturnPolicy"]["merchantReturnDays"] == 14
    assert offer["hasMerchantReturnPolicy"]["applicableCountry"] == ["GB", "IE"]


def test_a_dear_piece_says_that_its_delivery_is_free(client: Client) -> None:
    DeliveryFactory(fee=Decimal("4.90"), free_from=Decimal(50))
    item = shelved(price="60.00")

    (offer,) = facts(page(client, f"/pieces/{item.product.slug}/"))["Product"]["offers"]

    assert offer["shippingDetails"][0]["shippingRate"]["value"] == "0.00"


@pytest.mark.parametrize(
    ("quantity", "sold", "expected"),
    [(1, 0, "InStock"), (3, 0, "InStock"), (2, 1, "LimitedAvailability"), (1, 1, "SoldOut")],
)
def test_availability_is_as_the_page_says_it(client: Client, quantity: int, sold: int, expected: str) -> None:
    item = shelved(quantity=quantity)
    for _ in range(sold):
        sell(item)

    (offer,) = facts(page(client, f"/pieces/{item.product.slug}/"))["Product"]["offers"]

    assert offer["availability"] == f"https://schema.org/{expected}"


def test_a_promised_piece_is_out_of_stock_and_not_sold(client: Client) -> None:
    item = shelved()
    stock.reserve(
        wanted=[stock.Wanted(item.pk, 1, Decimal(38))],
        cause="order UN-1",
        holder="visitor 1",
        expires_at=timezone.now() + timedelta(minutes=9),
        actor=STAFF,
        now=timezone.now(),
    )

    (offer,) = facts(page(client, f"/pieces/{item.product.slug}/"))["Product"]["offers"]

    assert offer["availability"] == "https://schema.org/OutOfStock"


def test_each_lot_with_a_price_is_an_offer_and_one_without_is_none(client: Client) -> None:
    tee = product(title="Tee")
    for size, price, grade in (
        ("S", "20.00", Condition.NEW_TAGGED),
        ("M", "15.00", Condition.MINT),
        ("L", None, "mint"),
    ):
        shelved(of=tee, size=size, price=price, condition=grade)
    unpriced = shelved(price=None)

    offers = facts(page(client, f"/pieces/{tee.slug}/"))["Product"]["offers"]

    assert [(each["price"], each["itemCondition"].rpartition("/")[2]) for each in offers] == [
        ("20.00", "NewCondition"),
        ("15.00", "UsedCondition"),
    ]
    assert "offers" not in facts(page(client, f"/pieces/{unpriced.product.slug}/"))["Product"]


def test_no_word_of_a_title_ends_the_data_or_leaves_its_attribute(client: Client) -> None:
    item = shelved(title=HOSTILE, brand=BrandFactory(name='"><b>', slug="tag"))

    for path in (f"/pieces/{item.product.slug}/", "/", "/shop/", "/brands/tag/"):
        source = page(client, path)
        assert "<script>alert" not in source, path
        assert '"><b>' not in source, path
    assert facts(page(client, f"/pieces/{item.product.slug}/"))["Product"]["name"] == HOSTILE


def test_lists_and_pieces_tell_the_way_to_them(client: Client) -> None:
    clothing = CategoryFactory(name="Clothing", slug="clothing")
    item = shelved(title="Jacket", category=CategoryFactory(name="Jackets", slug="jackets", parent=clothing))

    trail = facts(page(client, f"/pieces/{item.product.slug}/"))["BreadcrumbList"]["itemListElement"]

    assert [(each["position"], each["name"], each["item"].removeprefix(OURS)) for each in trail] == [
        (1, "Shop", "/shop/"),
        (2, "Clothing", "/shop/clothing/"),
        (3, "Jackets", "/shop/jackets/"),
        (4, "Jacket", f"/pieces/{item.product.slug}/"),
    ]


def test_home_says_who_we_are_and_how_to_search(client: Client) -> None:
    SiteSettings(name="Rail", legal_name="Rail Limited", contact_email="rail@example.com").save()

    said = facts(page(client, "/"))

    assert said["Organization"]["legalName"] == "Rail Limited"
    assert said["WebSite"]["potentialAction"]["target"]["urlTemplate"] == f"{OURS}/search/?q={{search_term_string}}"


# --- Sharing ----------------------------------------------------------------------------------------------------------


def test_a_shared_piece_shows_its_name_its_picture_and_its_price(client: Client) -> None:
    item = with_photo(shelved(title="Varsity jacket", size="L", price="185.00"))

    said = shared(page(client, f"/pieces/{item.product.slug}/"))

    assert said["og:title"] == "Varsity jacket, L | Unity"
    assert said["og:type"] == "product"
    assert said["og:image"] == f"{OURS}/media/products/one.webp"
    assert (said["product:price:amount"], said["product:price:currency"]) == ("185.00", "EUR")


def test_a_sold_piece_is_shared_without_a_price(client: Client) -> None:
    item = shelved()
    sell(item)

    assert "product:price:amount" not in shared(page(client, f"/pieces/{item.product.slug}/"))


# --- Addresses that were ----------------------------------------------------------------------------------------------


def rename(row: Any, slug: str) -> None:
    addresses.change_slug(row=row, slug=slug, actor=STAFF, now=timezone.now())


def goes_to(client: Client, path: str) -> str:
    answer: Any = client.get(path)
    return answer.headers["Location"] if answer.status_code == 301 else str(answer.status_code)


def test_a_former_address_leads_to_the_present_one_in_one_step(client: Client) -> None:
    item = shelved(title="Jacket", brand=BrandFactory(slug="kestrel"), category=CategoryFactory(slug="jackets"))
    for row, at in ((item.product, "pieces"), (item.product.brand, "brands"), (item.product.category, "shop")):
        assert row
        first = row.slug
        rename(row, "second")
        rename(row, "third")

        assert goes_to(client, f"/{at}/{first}/?page=2") == f"/{at}/third/?page=2"
        assert goes_to(client, f"/{at}/second/") == f"/{at}/third/"


def test_a_former_slug_may_be_taken_by_a_new_piece_and_taken_back(client: Client) -> None:
    old = shelved(title="Jacket").product
    rename(old, "old-jacket")
    new = shelved(title="Jacket").product

    assert new.slug == "jacket"
    assert "Jacket" in page(client, "/pieces/jacket/")
    rename(new, "new-jacket")
    assert goes_to(client, "/pieces/jacket/") == "/pieces/new-jacket/"
    rename(old, "jacket")
    assert client.get("/pieces/jacket/").status_code == 200
    assert not FormerSlug.objects.filter(slug="jacket").exists()


def test_a_slug_that_another_row_has_is_refused(client: Client) -> None:
    first, second = shelved(title="Jacket").product, shelved(title="Coat").product
    client.force_login(owner())

    answer: Any = client.post(
        f"/admin/inventory/product/{second.pk}/change_address/", {"slug": first.slug}, follow=True
    )

    assert answer.status_code == 409
    assert client.get("/pieces/coat/").status_code == 200


def test_staff_change_an_address_and_the_old_one_still_leads_there(client: Client) -> None:
    jacket, kestrel = shelved(title="Jacket").product, BrandFactory(name="Kestrel", slug="kestrel")
    client.force_login(owner())

    client.post(f"/admin/inventory/product/{jacket.pk}/change_address/", {"slug": "Better-Jacket"}, follow=True)
    typed = {"name": "Kestrel", "slug": "kestrel-dublin", "aliases-TOTAL_FORMS": 0, "aliases-INITIAL_FORMS": 0}
    client.post(f"/admin/inventory/brand/{kestrel.pk}/change/", typed)

    assert goes_to(client, "/pieces/jacket/") == "/pieces/better-jacket/"
    assert goes_to(client, "/brands/kestrel/") == "/brands/kestrel-dublin/"


def test_other_letters_and_a_missing_slash_lead_to_the_one_address(client: Client) -> None:
    shelved(title="Jacket", category=CategoryFactory(slug="jackets"))

    assert goes_to(client, "/pieces/JACKET/") == "/pieces/jacket/"
    assert goes_to(client, "/shop/Jackets/?sort=price") == "/shop/jackets/?sort=price"
    assert goes_to(client, "/pieces/jacket") == "/pieces/jacket/"


def test_an_unpublished_piece_is_led_to_by_nothing(client: Client) -> None:
    hidden = shelved(title="Jacket", is_published=False).product
    rename(hidden, "secret-jacket")

    assert goes_to(client, "/pieces/jacket/") == "404"
    assert goes_to(client, "/pieces/Secret-jacket/") == "404"


def test_a_new_slug_that_is_not_known_everywhere_yet_leads_nowhere_in_a_circle(client: Client) -> None:
    hats = CategoryFactory(slug="hats")
    client.get("/shop/hats/")
    Category.objects.filter(pk=hats.pk).update(slug="caps")

    assert goes_to(client, "/shop/caps/") == "404"


def test_a_sold_piece_stays_for_a_year_and_then_leads_to_its_category(client: Client) -> None:
    young, old = shelved(), shelved(category=CategoryFactory(slug="hats"))
    sell(young, days=364)
    sell(old, days=366)

    assert goes_to(client, f"/pieces/{young.product.slug}/") == "200"
    assert goes_to(client, f"/pieces/{old.product.slug}/") == "/shop/hats/"


# --- Maps -------------------------------------------------------------------------------------------------------------


def test_the_index_names_the_maps_and_the_maps_name_what_is_there(client: Client) -> None:
    kestrel, hats = BrandFactory(slug="kestrel"), CategoryFactory(slug="hats")
    BrandFactory(slug="nothing-of-it")
    item = with_photo(shelved(brand=kestrel, category=hats))
    shelved(is_published=False)

    maps = texts(xml(client, "/sitemap.xml"), "loc")
    found = [address for each in maps for address in texts(xml(client, each.removeprefix(OURS)), "loc")]

    assert {
        f"{OURS}{path}"
        for path in ("/", "/shop/", "/sell/", "/brands/kestrel/", "/shop/hats/", f"/pieces/{item.product.slug}/")
    } <= set(found)
    assert f"{OURS}/media/products/one.webp" in found
    assert not [address for address in found if "nothing-of-it" in address]
    assert [address for address in found if "/pieces/" in address] == [
        f"{OURS}/pieces/{item.product.slug}/",
        f"{OURS}/pl/pieces/{item.product.slug}/",
    ]


def test_a_sold_piece_leaves_the_map_after_ninety_days(client: Client) -> None:
    young, old = shelved(), shelved()
    sell(young, days=89)
    sell(old, days=91)

    found = texts(xml(client, "/sitemap-pieces.xml"), "loc")

    assert set(found) == {f"{OURS}/pieces/{young.product.slug}/", f"{OURS}/pl/pieces/{young.product.slug}/"}


def test_a_piece_was_last_changed_when_it_got_its_price(client: Client) -> None:
    item, now = shelved(), timezone.now().replace(microsecond=0)
    products.change_price(stock_item_id=item.pk, price=Decimal(30), actor=STAFF, now=now)

    said = texts(xml(client, "/sitemap-pieces.xml"), "lastmod")

    assert said == [timezone.localtime(now).isoformat()] * 2  # in English and in Polish


@pytest.mark.parametrize("count", [1, 3])
def test_a_map_costs_the_same_few_queries(client: Client, count: int, django_assert_max_num_queries: Any) -> None:
    for _ in range(count):
        with_photo(shelved())

    with django_assert_max_num_queries(4):
        client.get("/sitemap-pieces.xml")


def test_robots_are_told_what_is_closed_and_where_the_map_is(client: Client) -> None:
    said = page(client, "/robots.txt").splitlines()

    assert {"Disallow: /admin/", "Disallow: /account/", "Disallow: /basket/", "Disallow: /*?*size="} <= set(said)
    assert f"Sitemap: {OURS}/sitemap.xml" in said
    assert "Disallow: /shop/" not in said


# --- Feeds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_new_arrivals_can_be_read_as_a_feed(client: Client, kind: str) -> None:
    hats = CategoryFactory(name="Hats", slug="hats")
    shelved(title="Beanie & Co\x0b", category=hats)
    shelved(title="Jacket")
    sell(shelved(title="Sold jacket"))

    whole, part = xml(client, f"/feeds/new-in.{kind}"), xml(client, f"/feeds/new-in/hats.{kind}")

    assert texts(whole, "title") == ["New in | Unity", "Jacket", "Beanie & Co"]
    assert texts(part, "title") == ["Hats | Unity", "Beanie & Co"]
    assert client.get(f"/feeds/new-in/nowhere.{kind}").status_code == 404


def test_a_feed_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    shelved()
    first = client.get("/feeds/new-in.rss")

    assert client.get("/feeds/new-in.rss", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.headers["Cache-Control"] == "public, max-age=900"


def test_pages_name_the_feed_that_belongs_to_them(client: Client) -> None:
    shelved(category=CategoryFactory(slug="hats"))

    assert 'href="/feeds/new-in.rss"' in page(client, "/")
    assert 'href="/feeds/new-in/hats.rss"' in page(client, "/shop/hats/")


def test_the_catalogue_for_marketplaces_has_what_they_ask_for(client: Client) -> None:
    DeliveryFactory(fee=Decimal("4.90"), countries=["IE"])
    clothing = CategoryFactory(name="Clothing", merchant_category="1604")
    jackets = CategoryFactory(name="Jackets", parent=clothing)
    kestrel = BrandFactory(name="Kestrel")
    item = shelved(title=f"Jacket {HOSTILE}\x0b", colour="Green", size="L", category=jackets, brand=kestrel)
    with_photo(with_photo(item), "two")

    (entry,) = xml(client, "/feeds/products.xml").iter("item")

    said = [(each.tag.rpartition("}")[2], each.text) for each in entry]
    assert said == [
        ("id", item.sku),
        ("item_group_id", f"piece-{item.product.pk}"),
        ("title", f"Kestrel Jacket {HOSTILE}"),
        ("description", "Mint: Light wear you have to look for."),
        ("link", f"{OURS}/pieces/{item.product.slug}/"),
        ("image_link", f"{OURS}/media/products/one.webp"),
        ("additional_image_link", f"{OURS}/media/products/two.webp"),
        ("availability", "in_stock"),
        ("price", "38.00 EUR"),
        ("condition", "used"),
        ("brand", "Kestrel"),
        ("identifier_exists", "no"),
        ("size", "L"),
        ("color", "Green"),
        ("product_type", "Clothing > Jackets"),
        ("google_product_category", "1604"),
        ("shipping", None),
    ]
    assert [part.text for part in entry[-1]] == ["IE", "Tracked delivery, Ireland", "4.90 EUR"]


def test_the_catalogue_leaves_out_what_cannot_be_bought_or_seen(client: Client) -> None:
    with_photo(shelved(price=None))
    with_photo(shelved(is_published=False))
    shelved(title="Without a photo")
    sell(with_photo(shelved()))
    kept = with_photo(shelved())

    assert texts(xml(client, "/feeds/products.xml"), "id") == [kept.sku]


def test_the_catalogue_asks_twice_a_chunk_however_much_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(chunk: int) -> int:
        monkeypatch.setattr(merchant, "CHUNK", chunk)
        with CaptureQueriesContext(connection) as queries:
            assert len(list(merchant.entries())) == 6
        return len(queries)

    for _ in range(6):
        with_photo(shelved())
    list(merchant.entries())  # what is remembered for some seconds

    assert asked(2) - asked(6) == 2 * 2


def test_the_catalogue_leaves_nothing_in_memory_of_what_was_sent() -> None:
    for _ in range(3):
        with_photo(shelved())

    def held() -> int:
        return sum(isinstance(each, (Photo, StockItem, Product)) for each in gc.get_objects())

    gc.collect()
    before = held()
    gc.disable()
    try:
        assert len(list(merchant.entries())) == 3
        assert held() == before
    finally:
        gc.enable()


def test_the_catalogue_is_sent_again_once_a_piece_is_sold(client: Client) -> None:
    item = with_photo(shelved())
    etag = client.get("/feeds/products.xml").headers["ETag"]

    assert client.get("/feeds/products.xml", headers={"If-None-Match": etag}).status_code == 304
    sell(item)
    assert client.get("/feeds/products.xml", headers={"If-None-Match": etag}).status_code == 200
