"""Finding pieces by words."""

import pytest
from django.utils import timezone

from inventory.models import BrandAlias
from inventory.services import products
from tests.factories.inventory import BrandFactory, CategoryFactory, product, shelved
from tests.shop.pages import listed, titles, words

pytestmark = pytest.mark.django_db


def found(client, query: str, **more: str) -> list[str]:
    return listed(client.get("/search/", {"q": query, **more}))


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

    assert found(client, "acket") == []
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
