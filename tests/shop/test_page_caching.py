"""How long pages keep: browsers ask each time, nobody else keeps one, and what comes back is never out of date."""

import gzip
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inventory.models import StockItem
from inventory.services import products, stock
from tests.factories.accounts import UserFactory
from tests.factories.inventory import STAFF, shelved

pytestmark = pytest.mark.django_db
PAGES = ["/", reverse("shop:list"), "piece"]


def address(name: str, item: StockItem) -> str:
    return item.product.get_absolute_url() if name == "piece" else name


def again(client: Client, path: str, **headers: str):
    """The page as a browser asks for it that has it: the answer, and whether its copy may still be shown."""
    kept = client.get(path, headers=headers)
    return kept, lambda: client.get(path, headers={"If-None-Match": kept.headers["ETag"]} | headers)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_still_the_same_is_not_sent_twice(client, name):
    kept, ask = again(client, address(name, shelved()))

    answer = ask()

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == kept.headers["ETag"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_after_a_sale_never_shows_what_was_there_before(client, name):
    item = shelved(title="Varsity jacket")
    kept, ask = again(client, address(name, item))
    assert "Sold" not in kept.text

    stock.sell_over_the_counter(
        stock_item_id=item.pk, quantity=1, unit_price=item.price, cause="till 1", actor=STAFF, now=timezone.now()
    )

    assert ask().status_code == 200
    assert f'name="item" value="{item.pk}"' in kept.text
    assert f'name="item" value="{item.pk}"' not in ask().text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_after_a_change_of_price_shows_the_new_one(client, name):
    item = shelved(price="50.00")
    _, ask = again(client, address(name, item))

    products.change_price(stock_item_id=item.pk, price=Decimal(40), actor=STAFF, now=timezone.now())

    assert "€40" in ask().text


@pytest.mark.parametrize("name", PAGES)
def test_the_basket_s_count_is_that_of_the_moment(client, name):
    item = shelved()
    _, ask = again(client, address(name, item))
    client.post(reverse("shop:basket_add"), {"item": item.pk})
    told = ask()
    assert "In your basket" in told.text

    answer = ask()

    assert '<span class="header__count">1</span>' in answer.text
    assert "In your basket" not in answer.text


def test_a_browser_s_copy_is_not_shown_once_its_forms_would_be_refused():
    item = shelved()
    browser = Client(enforce_csrf_checks=True)
    path = item.product.get_absolute_url()
    _, ask = again(browser, path)
    assert ask().status_code == 304

    del browser.cookies["csrftoken"]
    answer = ask()

    assert answer.status_code == 200
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text)[0]
    added = browser.post(reverse("shop:basket_add"), {"item": item.pk, "csrfmiddlewaretoken": token})
    assert added.status_code == 302


def test_the_form_of_a_copy_still_works(client):
    item = shelved()
    browser = Client(enforce_csrf_checks=True)
    kept, ask = again(browser, item.product.get_absolute_url())
    assert ask().status_code == 304

    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', kept.text)[0]

    added = browser.post(reverse("shop:basket_add"), {"item": item.pk, "csrfmiddlewaretoken": token})
    assert added.status_code == 302


def test_who_signs_in_is_not_sent_back_to_the_page_of_before(client):
    _, ask = again(client, shelved().product.get_absolute_url())

    client.force_login(UserFactory())

    assert ask().status_code == 200


@pytest.mark.parametrize("name", [*PAGES, "/nowhere/"])
@pytest.mark.parametrize("is_signed_in", [False, True], ids=["nobody", "signed in"])
def test_no_page_is_for_a_proxy_to_keep_or_for_a_browser_to_show_unasked(client, name, is_signed_in):
    item = shelved()
    if is_signed_in:
        client.force_login(UserFactory())

    keeping = client.get(address(name, item)).headers["Cache-Control"]

    assert set(keeping.split(", ")) == {"private", "no-cache"}


@pytest.mark.parametrize("name", ["shop:basket", "shop:account"])
def test_what_is_somebody_s_own_is_kept_nowhere(client, name):
    client.force_login(UserFactory())

    answer = client.get(reverse(name))

    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


def test_a_page_travels_compressed_and_is_recognised_all_the_same(client):
    path = shelved().product.get_absolute_url()
    kept, ask = again(client, path, **{"Accept-Encoding": "gzip"})

    assert b"<h1" in gzip.decompress(kept.content)
    assert ask().status_code == 304


def test_what_htmx_was_sent_is_not_taken_for_the_page(client):
    shelved()
    kept = client.get(reverse("shop:list"), headers={"HX-Request": "true"})

    answer = client.get(reverse("shop:list"), headers={"If-None-Match": kept.headers["ETag"]})

    assert answer.status_code == 200
    assert "HX-Request" in answer.headers["Vary"]
