"""Pages speak the language of their address; all that is no page speaks English."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.services import personal_data
from analytics.models import Event
from analytics.services import capture
from core.errors import AmountUnclear
from core.languages import english_path, in_language
from core.models import AuditEntry, OutboxMessage
from core.money import format_eur, parse_eur
from core.templatetags.ui import moment
from inventory.models import Condition
from shop.models import Order, SavedSearch
from shop.queries.wishes import same_again
from shop.services import searches
from tests.factories.accounts import UserFactory
from tests.factories.inventory import CategoryFactory, shelved
from tests.factories.offers import submitted
from tests.factories.shop import CollectionFactory, cart_with, order_of
from tests.offers.pages import owner_of, url

pytestmark = pytest.mark.django_db


def links(text: str) -> set[str]:
    """Where the anchors and forms of a page lead, within the site and its language."""
    found = re.findall(r"<(?:a|form)\b[^>]*>", text)
    return {path for tag in found if "hreflang" not in tag for path in re.findall(r' (?:href|action)="(/[^"#]*)', tag)}


@pytest.mark.parametrize(
    ("english", "polish"),
    [("/", "/pl/"), ("/shop/?size=M&page=2", "/pl/shop/?size=M&page=2"), ("/?q=1", "/pl/?q=1")],
)
def test_an_address_has_a_sister_in_each_language(english, polish):
    assert (in_language(english, "pl"), in_language(polish, "pl")) == (polish, polish)
    assert (english_path(english), english_path(polish)) == (english, english)


def test_the_address_decides_the_language(client):
    english, polish = client.get("/shop/"), client.get("/pl/shop/")

    assert '<html lang="en"' in english.text
    assert '<html lang="pl"' in polish.text
    assert (english.headers["Content-Language"], polish.headers["Content-Language"]) == ("en-ie", "pl")


@pytest.mark.parametrize("path", ["/", "/shop/", "/nowhere/", "/accounts/login/"])
def test_neither_header_nor_cookie_changes_a_page(path):
    shelved()
    browser = Client()
    plain = browser.get(path)
    browser.cookies["django_language"] = "pl"

    answer = browser.get(path, headers={"Accept-Language": "pl"})

    assert answer.status_code == plain.status_code
    assert answer.headers.get("ETag") == plain.headers.get("ETag")
    assert "Accept-Language" not in answer.headers.get("Vary", "")
    assert '<html lang="en"' in answer.text


@pytest.mark.parametrize(
    "path", ["/pl/admin/", "/pl/healthz/", "/pl/robots.txt", "/pl/feeds/new-in.rss", "/pl/theme/", "/en-ie/shop/"]
)
def test_what_is_no_page_has_no_polish_address(client, path):
    assert client.get(path).status_code == 404


def test_a_polish_address_without_its_last_stroke_is_led_to_the_page(client):
    assert client.get("/pl").headers["Location"] == "/pl/"
    assert client.get("/pl/shop").headers["Location"] == "/pl/shop/"


@pytest.mark.parametrize("path", ["/pl-PL/shop/", "/PL/shop/", "/plants/"])
def test_what_only_begins_like_a_language_is_none(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert '<html lang="en"' in answer.text
    assert english_path(path) == path


def test_each_page_leads_to_itself_in_the_other_language(client):
    assert 'lang="pl" hreflang="pl" href="/pl/shop/?stock=1"' in client.get("/shop/?stock=1").text
    assert 'lang="en" hreflang="en" href="/shop/?stock=1"' in client.get("/pl/shop/?stock=1").text


def test_a_page_that_nobody_has_leads_to_the_front_page(client):
    assert 'hreflang="pl" href="/pl/"' in client.get("/nowhere/").text
    assert 'hreflang="en" href="/"' in client.get("/pl/nowhere/").text


def test_what_a_form_was_sent_to_leads_to_a_page_that_can_be_opened(client):
    client.force_login(UserFactory())

    answer = client.post(reverse("shop:basket_take_up"), {"reservation": 1})

    assert answer.status_code == 409
    assert 'hreflang="pl" href="/pl/basket/"' in answer.text


@pytest.mark.parametrize("path", ["/", "/shop/", "piece", "/basket/", "/checkout/", "/accounts/login/", "/nowhere/"])
def test_a_polish_page_leads_to_polish_pages_alone(client, path):
    item = shelved()
    path = item.product.get_absolute_url() if path == "piece" else path
    client.get(path)  # what is remembered of the English one must not show

    found = links(client.get(f"/pl{path}", follow=True).text)

    assert [link for link in found if not link.startswith(("/pl/", "/theme/", "/feeds/", "/media/"))] == []
    assert len(found) > 3


def test_search_engines_are_told_of_both_languages(client):
    path = shelved().product.get_absolute_url()

    for asked, own in ((path, path), (f"/pl{path}", f"/pl{path}")):
        text = client.get(asked).text
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{own}">' in text
        for code, there in (("en", path), ("pl", f"/pl{path}"), ("x-default", path)):
            assert f'<link rel="alternate" hreflang="{code}" href="http://127.0.0.1:8000{there}">' in text


def test_a_page_that_is_not_to_be_found_names_no_versions(client):
    assert 'rel="alternate" hreflang' not in client.get("/pl/basket/").text


def test_the_maps_name_each_page_in_both_languages(client):
    path = shelved().product.get_absolute_url()

    text = client.get("/sitemap-pieces.xml").text

    assert re.findall(r"<loc>[^<]*8000([^<]*)</loc>", text) == [path, f"/pl{path}"]
    assert text.count(f'hreflang="pl" href="http://127.0.0.1:8000/pl{path}"/>') == 2


def test_robots_are_kept_out_of_the_polish_pages_too(client):
    said = client.get("/robots.txt").text.splitlines()

    assert {"Disallow: /pl/basket/", "Disallow: /pl/orders/", "Disallow: /pl/sell/", "Allow: /pl/sell/$"} <= set(said)


def test_machines_read_the_same_of_a_polish_page(client):
    path = shelved().product.get_absolute_url()

    facts = [re.findall(r"ld\+json\">(.*?)</script>", client.get(f"{start}{path}").text) for start in ("", "/pl")]

    assert facts[0] == facts[1] != []


def test_an_order_from_a_polish_page_is_written_about_in_english(client):
    item = shelved()
    CollectionFactory()
    client.cookies["basket"] = cart_with(item, now=timezone.now()).visitor
    client.post("/pl/checkout/", {"email": "buyer@example.com", "name": "Buya Example"})
    ways = client.get("/pl/checkout/delivery/").context["form"].fields["delivery"].choices
    client.post("/pl/checkout/delivery/", {"delivery": ways[0][0], "payment": "on_collection"})
    page = client.get("/pl/checkout/review/").text
    sent = dict(re.findall(r'name="(checkout_token|reviewed)" value="([^"]*)"', page))

    answer = client.post("/pl/checkout/review/", sent)

    order, letter = Order.objects.get(), OutboxMessage.objects.get()
    assert answer.headers["Location"] == f"/pl/orders/{order.number}/{order.secret}/"
    assert f"/orders/{order.number}/" in letter.text
    assert "/pl/" not in letter.text + letter.html
    assert [entry.action for entry in AuditEntry.objects.filter(subject=order.cause)] == ["placed"]


def test_whoever_signs_out_on_a_polish_page_is_led_to_one(client):
    client.force_login(UserFactory())

    assert client.post("/pl/accounts/logout/").headers["Location"] == "/pl/"


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/accounts/login/code/"])
def test_the_sign_in_library_writes_in_english_from_a_polish_page(client, path):
    UserFactory(email="somebody@example.com")

    client.post(f"/pl{path}", {"email": "somebody@example.com"})

    letter = OutboxMessage.objects.get()
    assert "/pl/" not in letter.text + letter.html


def test_a_polish_page_counts_as_the_page_it_is(client, settings):
    settings.ANALYTICS_MODE = "none"
    order = order_of(shelved(), now=timezone.now())

    for path in ("/shop/", "/pl/shop/", order.secret_link, f"/pl{order.secret_link}"):
        client.get(path, headers={"User-Agent": "Mozilla/5.0"})
    capture.flush()

    secret = "/orders/<slug:number>/<slug:secret>/"
    assert list(Event.objects.values_list("path", flat=True)) == ["/shop/", "/shop/", secret, secret]


def test_what_signed_in_people_see_of_their_account_is_kept_nowhere_in_polish_either(client):
    client.force_login(UserFactory())

    assert "no-store" in client.get("/pl/account/addresses/").headers["Cache-Control"]


def test_what_is_remembered_of_an_english_page_speaks_polish_on_a_polish_one(client):
    path = shelved(condition=Condition.MINT).product.get_absolute_url()

    assert "Light wear you have to look for." in client.get(path).text
    assert "Lekkie ślady noszenia" in client.get(f"/pl{path}").text
    assert "Light wear you have to look for." in client.get(path).text


def test_what_is_waited_for_from_a_polish_page_is_kept_and_written_about_in_english(client):
    shelved(category=CategoryFactory(name="Hats", slug="hats"), size="M")

    page = client.get("/pl/tell-me/?list=/pl/shop/hats/%3Fsize%3DM%26max%3D90").text
    client.post("/pl/tell-me/?list=/pl/shop/hats/%3Fsize%3DM%26max%3D90", {"email": "guest@example.com"})

    search, letter = SavedSearch.objects.get(), OutboxMessage.objects.get()
    assert "Hats, Rozmiar M, Do 90,00\N{NO-BREAK SPACE}€" in page
    assert (search.label, search.address) == ("Hats, Size M, Up to €90", "/shop/hats/?size=M&max=90")
    assert "Hats, Size M" in letter.text
    assert "/pl/" not in letter.text + letter.html


def test_an_address_that_was_kept_in_english_leads_to_the_polish_page(client):
    client.force_login(user := UserFactory(email="somebody@example.com"))
    searches.save(sought=same_again(item := shelved()), user=user, now=timezone.now())

    assert f'href="/pl{item.product.get_absolute_url()}"' in client.get("/pl/wishlist/").text


@pytest.mark.parametrize(
    ("amount", "english", "polish"),
    [("185", "€185", "185,00 €"), ("1185.5", "€1,185.50", "1 185,50 €"), ("-3", "-€3", "-3,00 €")],
)
def test_an_amount_is_written_as_the_language_writes_it(amount, english, polish):
    assert format_eur(Decimal(amount)) == english
    with override("pl"):
        assert format_eur(Decimal(amount)).replace("\N{NO-BREAK SPACE}", " ") == polish


@pytest.mark.parametrize("typed", ["1.234,50", "12,345", "1 234"])
def test_an_amount_that_could_be_two_is_refused_in_either_language(typed):
    for language in ("en-ie", "pl"):
        with override(language), pytest.raises(AmountUnclear):
            parse_eur(typed)


def test_a_refusal_speaks_the_language_of_its_page(client):
    answer = client.post("/pl/basket/add/", {"item": "x"}, follow=True)

    assert "Tej rzeczy nie ma w sklepie." in answer.text


@pytest.mark.parametrize(("count", "words"), [(1, "1 rzecz"), (2, "2 rzeczy"), (5, "5 rzeczy")])
def test_polish_counts_in_three_ways(client, count, words):
    for _ in range(count):
        shelved()

    assert words in re.sub("<[^>]*>", "", client.get("/pl/shop/").text)


def test_what_is_held_about_somebody_is_told_in_english():
    sent = submitted(now=timezone.now())
    client, user = owner_of(sent)
    english, polish = (client.get(f"{start}{url(sent, 'data')}").json() for start in ("", "/pl"))
    with override("pl"):
        exported = personal_data(user=user, now=timezone.now())

    assert polish == english
    assert exported["submissions"] == [english]


@pytest.mark.parametrize(
    ("language", "words"), [("en-ie", "Fri 4 Dec, Friday 4 December"), ("pl", "pt 4 gru, piątek 4 grudnia")]
)
def test_names_of_days_and_months_are_written_as_the_language_does(language, words):
    with override(language):
        source = '{{ day|date:"D j M" }}, {{ day|date:"l j E" }}'
        assert engines["django"].from_string(source).render({"day": date(2026, 12, 4)}) == words
        assert moment(datetime(2026, 12, 4, 12, tzinfo=UTC)) == words.partition(",")[0] + ", 12:00"
