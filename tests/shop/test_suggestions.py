"""Suggestions while somebody types."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import BrandAlias
from tests.factories.inventory import BrandFactory, CategoryFactory, product, shelved

pytestmark = pytest.mark.django_db


def suggested(client, query: str) -> list[tuple[str, str]]:
    answer = client.get("/search/suggest/", {"q": query})
    assert answer.status_code == 200
    return [(each["kind"], each["label"]) for each in answer.json()["suggestions"]]


@pytest.fixture
def kestrel():
    brand = BrandFactory(name="Kestrel", slug="kestrel")
    BrandAlias.objects.create(brand=brand, name="Kes Athletics")
    shelved(title="Trail runner", brand=brand, category=CategoryFactory(name="Kettle bells", slug="kettle-bells"))
    return brand


def test_brands_come_before_categories_and_categories_before_pieces(client, kestrel):
    shelved(title="Kettle", category=CategoryFactory(name="Tools"))

    assert suggested(client, "ke") == [
        ("Brand", "Kestrel"),
        ("Category", "Kettle bells"),
        ("Piece", "Kestrel Trail runner"),
        ("Piece", "Kettle"),
    ]


@pytest.mark.parametrize("query", ["kestral", "athletics", "KÉSTREL", " kes "])
def test_a_brand_is_suggested_by_other_names_and_with_errors(client, kestrel, query):
    assert suggested(client, query)[0] == ("Brand", "Kestrel")


def test_a_brand_is_not_suggested_for_what_only_its_pieces_have(client, kestrel):
    assert suggested(client, "kestrel runner") == [("Piece", "Kestrel Trail runner")]


def test_a_suggestion_leads_to_its_page(client, kestrel):
    found = client.get("/search/suggest/?q=kestrel").json()["suggestions"]

    assert found[0]["url"] == "/brands/kestrel/"
    assert [client.get(each["url"]).status_code for each in found] == [200, 200]


def test_what_is_sold_out_or_hidden_is_not_suggested(client):
    shelved(title="Kettle hidden", is_published=False, brand=BrandFactory(name="Kettle & Co"))
    shelved(title="Kettle awaited", quantity=0)

    assert suggested(client, "kettle") == []


@pytest.mark.parametrize("query", ["", "k", " ", "😀", "%%", "zz", "k" * 5000])
def test_too_little_and_too_odd_bring_no_suggestions(client, kestrel, query):
    assert suggested(client, query) == []


def test_suggestions_are_the_same_for_everybody_and_not_for_search_engines(client, kestrel):
    answer = client.get("/search/suggest/?q=kestrel")

    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies


def test_suggestions_take_as_many_queries_however_many_there_are(client, kestrel):
    def queries() -> int:
        caches["process"].clear()
        with CaptureQueriesContext(connection) as captured:
            suggested(client, "kestrel")
        return len(captured)

    few = queries()
    for number in range(6):
        shelved(of=product(title=f"Kestrel {number}", brand=kestrel))

    assert queries() == few


def test_without_a_script_there_is_a_plain_field_and_no_list(client):
    page = client.get("/").content.decode()

    assert '<input id="search" type="search" name="q"' in page
    assert "listbox" not in page


def test_who_asks_for_suggestions_without_end_gets_none_for_a_while(client, kestrel, monkeypatch):
    monkeypatch.setattr("shop.views.catalogue.SUGGESTED_AT_ONCE", 2)

    answers = [client.get("/search/suggest/?q=kestrel") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json() == {"suggestions": []}
    assert answers[2].headers["Retry-After"] == "10"
    assert answers[2].headers["Cache-Control"] == "no-store"
    assert client.get("/search/suggest/?q=kestrel", REMOTE_ADDR="192.0.2.7").status_code == 200
