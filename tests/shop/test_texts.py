"""Pages of words: what a new shop has, what staff write, what the shop says in them itself."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.markup import html_of
from core.models import AuditEntry, SiteSettings
from inventory.models import Condition
from offers.models import BuyingRule
from shop.models import ContentPage, ShopSettings
from tests.factories.accounts import UserFactory, owner
from tests.factories.inventory import CategoryFactory, shelved
from tests.factories.shop import DeliveryFactory
from tests.shop.pages import words

pytestmark = pytest.mark.django_db


def read(client: Client, slug: str) -> str:
    answer: Any = client.get(f"/pages/{slug}/")
    assert answer.status_code == 200
    return words(answer)


def typed(**changes: Any) -> dict[str, Any]:
    fields = {"title": "Gifts", "slug": "gifts", "description": "Wrapped.", "body": "We wrap.", "position": 9}
    return fields | {"footer": "help", "is_published": "on"} | changes


def test_every_page_in_the_footer_of_a_new_shop_is_there(client: Client) -> None:
    home: Any = client.get("/")
    footer = home.content.decode().partition("<footer")[2]

    links = re.findall(r'href="(/[^"]*)"', footer)

    assert {f"/pages/{slug}/" for slug in ("about", "delivery", "returns", "condition", "what-we-buy")} <= set(links)
    assert {f"/pages/{slug}/" for slug in ("privacy", "terms", "cookies")} <= set(links)
    assert [path for path in links if client.get(path, follow=True).status_code != 200] == []


def test_no_text_of_a_new_shop_leaves_a_brace_or_a_fact_open(client: Client) -> None:
    for page in ContentPage.objects.all():
        assert "{" not in read(client, page.slug), page.slug
        assert not page.is_checked


def test_numbers_come_from_the_settings(client: Client) -> None:
    ShopSettings(return_days=30).save()
    SiteSettings(legal_name="Rail Limited", contact_email="rail@example.com").save()
    DeliveryFactory(name="Tracked, Ireland", fee=Decimal("4.90"), free_from=Decimal(80))

    returns = read(client, "returns")
    assert "You have 30 days to change your mind" in returns
    assert "To Rail Limited" in returns
    assert "hereby give notice" in returns
    assert "Tracked, Ireland : €4.90, free from €80, 1 to 3 working days." in read(client, "delivery")


def test_the_condition_guide_shows_a_piece_of_each_grade_that_is_here(client: Client) -> None:
    shelved(title="Mint jacket", condition=Condition.MINT).product.photos.create(
        position=1, image="products/one.webp", width=4, height=5
    )

    guide = read(client, "condition")

    assert "Light wear you have to look for." in guide
    assert "Mint jacket" in guide


def test_what_we_buy_is_said_as_at_the_gate(client: Client) -> None:
    BuyingRule.objects.create(category=CategoryFactory(name="Hats"))
    gate: Any = client.get("/sell/")

    assert "What we buy Hats" in words(gate)
    assert "What we buy Hats" in read(client, "what-we-buy")


def test_every_cookie_that_a_shopper_gets_is_named(client: Client) -> None:
    piece = shelved()
    client.get("/sell/")
    client.post("/sell/")
    client.post("/basket/add/", {"item": piece.pk, "quantity": 1})
    client.get("/checkout/")
    client.post("/theme/", {"theme": "dark"})
    client.force_login(UserFactory())
    client.get("/account/")

    guide = read(client, "cookies")

    assert {"basket", "sessionid", "theme"} <= set(client.cookies)
    assert [name for name in client.cookies if name not in guide] == []


def test_words_of_staff_cannot_become_code() -> None:
    made = html_of(
        "# Top\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](https://a.example) ![z](//b.example/c.png)"
    )

    assert made.startswith("<h2>Top</h2>")
    assert "<script" not in made
    assert "javascript:" not in made.replace("[x](javascript:alert(1))", "")
    assert "<img" not in made
    assert '<a href="https://a.example" rel="noopener noreferrer">y</a>' in made


def test_an_unpublished_page_is_for_staff_alone(client: Client) -> None:
    ContentPage.objects.filter(slug="about").update(is_published=False)

    assert client.get("/pages/about/").status_code == 404
    assert "/pages/about/" not in client.get("/").content.decode()
    client.force_login(owner())
    assert "This page is not published. Only staff see it." in read(client, "about")


def test_what_staff_write_is_shown_at_once_and_on_record(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client.get("/")
    client.force_login(owner())

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/shop/contentpage/add/", typed(body="We wrap within {return_days} days."))

    assert "We wrap within 14 days." in read(client, "gifts")
    assert 'href="/pages/gifts/"' in client.get("/").content.decode()
    page = ContentPage.objects.get(slug="gifts")
    client.post(f"/admin/shop/contentpage/{page.pk}/change/", typed(title="Presents"))
    said = AuditEntry.objects.filter(subject="page gifts").values_list("action", "before", "after")
    assert said[0] == ("changed", "title: Gifts, body: 34 letters", "title: Presents, body: 8 letters")


def test_a_name_that_nothing_stands_for_is_refused(client: Client) -> None:
    client.force_login(owner())

    answer: Any = client.post("/admin/shop/contentpage/add/", typed(body="In {retrun_days} days."))

    assert "Nothing is known by this name: retrun_days." in answer.content.decode()
    assert not ContentPage.objects.filter(slug="gifts").exists()


def test_staff_see_a_page_as_it_will_look(client: Client) -> None:
    client.force_login(owner())
    page = ContentPage.objects.get(slug="returns")

    assert "<h2>Model withdrawal form</h2>" in client.get(f"/admin/shop/contentpage/{page.pk}/change/").content.decode()


def test_pages_of_words_may_be_found(client: Client) -> None:
    source = client.get("/pages/returns/").content.decode()

    assert 'rel="canonical" href="http://127.0.0.1:8000/pages/returns/"' in source
    assert "/pages/returns/" in client.get("/sitemap-texts.xml").content.decode()


@pytest.mark.parametrize("count", [0, 3])
def test_the_condition_guide_costs_the_same_few_queries(
    client: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        shelved()
    client.get("/pages/condition/")

    with django_assert_max_num_queries(10):
        client.get("/pages/condition/")
