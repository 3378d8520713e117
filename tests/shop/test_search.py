"""Finding pieces by words."""

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import BrandAlias, Synonyms
from inventory.services import products
from tests.factories.inventory import BrandFactory, CategoryFactory, product, shelved
from tests.shop.pages import applied, listed, titles, words

pytestmark = pytest.mark.django_db


def found(client, query: str, **more: str) -> list[str]:
    return listed(client.get("/search/", {"q": query, **more}))


def queries_of(client, url: str) -> int:
    caches["process"].clear()
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


@pytest.mark.parametrize("query", ["varsity", "VARSITY", "vars", "jacket varsity", "  varsity,  jacket  ", "Várs"])
def test_a_piece_is_found_by_the_beginnings_of_its_words_in_any_order(client, query):
    shelved(title="Varsity jacket")
    shelved(title="Sunset tee")

    assert found(client, query) == ["Varsity jacket"]


def test_every_word_must_be_met(client):
    shelved(title="Varsity jacket")

    assert found(client, "varsity tee") == []


def test_a_word_is_not_found_by_its_middle_or_by_what_only_sorts_near_it(client):
    shelved(title="Varsity jacket")
    shelved(title="Jack knife", category=CategoryFactory(name="Tools"))

    assert found(client, "acket", exact="1") == []
    assert found(client, "jacke") == ["Varsity jacket"]


def test_a_half_size_is_not_another_number(client):
    trainers = CategoryFactory(size_scale="shoes_uk")
    shelved(title="Runner 850", category=trainers, size="9")
    shelved(title="Runner", category=trainers, size="8.5")

    assert found(client, "8.5") == ["Runner"]


def test_brand_alias_category_colour_and_size_find_it_too(client):
    brand = BrandFactory(name="Kestrel")
    BrandAlias.objects.create(brand=brand, name="Kes Athletics")
    item = shelved(
        title="Runner",
        brand=brand,
        category=CategoryFactory(name="Trainers", size_scale="shoes_uk"),
        size="8.5",
        colour="Rust",
    )
    products.refresh_words(product=item.product)
    shelved(title="Other")

    for query in ("kestrel", "athletics", "trainers", "rust", "uk 8.5"):
        assert found(client, query) == ["Runner"]


def test_a_hit_in_the_title_ranks_above_one_in_the_brand(client):
    shelved(title="Halden tee")
    shelved(title="Runner", brand=BrandFactory(name="Halden Athletic"))

    assert found(client, "halden") == ["Halden tee", "Runner"]


def test_equal_hits_show_the_newest_first_and_can_be_sorted_by_price(client, now):
    shelved(of=product(title="Jacket old", now=now), price="20.00")
    shelved(of=product(title="Jacket new", now=timezone.now()), price="30.00")

    assert found(client, "jacket") == ["Jacket new", "Jacket old"]
    assert found(client, "jacket", sort="price") == ["Jacket old", "Jacket new"]


def test_filters_narrow_what_was_found(client):
    shelved(title="Jacket L", size="L")
    shelved(title="Jacket M", size="M")

    assert found(client, "jacket", size="L") == ["Jacket L"]


def test_sold_and_unpublished_pieces_are_not_found(client):
    shelved(title="Jacket hidden", is_published=False)
    shelved(title="Jacket awaited", quantity=0)

    assert "Nothing matches all of that." in words(client.get("/search/?q=jacket"))


def test_the_field_remembers_what_was_searched_for(client):
    page = client.get("/search/", {"q": '"><b>jacket'})

    assert 'value="&quot;&gt;&lt;b&gt;jacket"' in page.content.decode()
    assert "<b>jacket" not in page.content.decode()


def test_searching_for_nothing_asks_what_to_look_for(client):
    shelved(title="Here")

    page = client.get("/search/?q=")

    assert page.status_code == 200
    assert titles(page) == ["Here"]


@pytest.mark.parametrize("query", ["😀", "''; drop table", "%", "_", "\\", "a" * 5000, "!!!"])
def test_odd_searches_answer_with_a_page(client, query):
    shelved(title="Varsity jacket")

    assert client.get("/search/", {"q": query}).status_code == 200


def test_a_search_is_not_for_search_engines(client):
    assert 'content="noindex, follow"' in client.get("/search/?q=jacket").content.decode()


def test_a_typing_error_is_put_right_and_said_with_a_way_back(client):
    shelved(title="Varsity jacket")

    page = client.get("/search/?q=jaket&sort=price")

    assert listed(page) == ["Varsity jacket"]
    assert "Showing results for jacket instead of jaket. Search for “jaket”" in words(page)
    assert 'href="/search/?q=jaket&amp;exact=1&amp;sort=price"' in page.content.decode()


def test_what_was_put_right_is_not_said_of_nothing(client):
    shelved(title="Varsity jacket")

    assert "Showing results" not in words(client.get("/search/?q=jaket+zebra"))


def test_a_search_to_the_letter_stays_one_when_it_is_filtered(client):
    shelved(title="Jaket M", size="M")
    shelved(title="Jacket M", size="M")

    page = client.get("/search/?q=jaket&exact=1&size=M")

    assert listed(page) == ["Jaket M"]
    assert '<input type="hidden" name="exact" value="1">' in page.content.decode()
    assert applied(page)["Size M"] == "/search/?q=jaket&exact=1"


def test_a_search_that_finds_nothing_offers_what_meets_some_of_it(client):
    shelved(title="Varsity jacket")
    shelved(title="Sunset tee", category=CategoryFactory(name="Tees"))
    shelved(title="Jacket gone", quantity=0)

    page = client.get("/search/?q=jacket+zebra")

    assert listed(page) == []
    assert "Nothing matches all of that." in words(page)
    assert titles(page) == ["Varsity jacket"]


def test_a_search_that_meets_nothing_at_all_offers_the_newest(client):
    shelved(title="Sunset tee")

    assert titles(client.get("/search/?q=zebra")) == ["Sunset tee"]


@pytest.mark.parametrize("query", ["😀", "!!!"])
def test_a_search_without_a_word_is_no_search_for_everything(client, query):
    shelved(title="Varsity jacket")

    page = client.get("/search/", {"q": query})

    assert listed(page) == []
    assert "Nothing matches all of that." in words(page)


def test_filters_that_leave_nothing_are_there_to_be_taken_off(client):
    shelved(title="Jacket M", size="M")
    shelved(title="Tee L", size="L", category=CategoryFactory(name="Tees"))

    page = client.get("/search/?q=jacket&size=L")

    assert listed(page) == []
    assert applied(page)["Size L"] == "/search/?q=jacket"


def test_words_that_staff_say_mean_the_same_find_each_other_at_once(client):
    shelved(title="Canvas gillies")
    Synonyms.objects.create(words="ghillies, gillies")

    assert found(client, "ghillie") == ["Canvas gillies"]


def test_a_search_takes_as_many_queries_in_a_small_shop_as_in_a_larger_one(client):
    shelved(title="Varsity jacket")
    small = queries_of(client, "/search/?q=varsty")
    for number in range(12):
        shelved(title=f"Varsity jacket {number}")

    assert queries_of(client, "/search/?q=varsty") == small


def test_the_words_of_every_product_can_be_written_anew(client, capsys):
    item = shelved(title="Varsity jacket")
    item.product.search_words.all().delete()

    call_command("rebuild_search")

    assert capsys.readouterr().out == "rebuild_search: 1 products\n"
    assert found(client, "varsity") == ["Varsity jacket"]


def test_filters_that_leave_nothing_are_answered_with_pieces_of_the_same_category(client):
    jackets = CategoryFactory(name="Jackets", slug="jackets")
    shelved(title="Varsity jacket", category=jackets, size="M")
    shelved(title="Sunset tee", size="L")

    page = client.get("/shop/jackets/?size=M&min=500")

    assert listed(page) == []
    assert titles(page) == ["Varsity jacket"]
