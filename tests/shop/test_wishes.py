"""Keeping pieces, asking to be told, and the links of such letters."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from core import outbox
from core.models import OutboxMessage
from inventory.models import StockItem
from shop.models import SavedSearch, Wish, Wishlist
from shop.services import telling
from tests.factories.accounts import PASSWORD
from tests.factories.bids import shopper
from tests.factories.inventory import BrandFactory, shelved
from tests.factories.shop import order_of
from tests.factories.wishes import JACKETS, asking, confirmed, keeping, waiting
from tests.shop.pages import titles, words

pytestmark = pytest.mark.django_db
WISHLIST, KEEP, TELL_ME = reverse("shop:wishlist"), reverse("shop:wishlist_keep"), reverse("shop:tell_me")


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> None:
    cache.clear()


def keep(client, item: StockItem):
    return client.post(KEEP, {"slug": item.product.slug, "keep": "1", "next": item.product.get_absolute_url()})


def path_in(letter: OutboxMessage, purpose: str) -> str:
    found = re.search(rf"/letters/{purpose}/[^\s]+", letter.text)
    assert found
    return found[0]


def test_looking_sets_no_cookie_and_keeping_does(client):
    item = shelved()
    client.get(item.product.get_absolute_url())
    client.get(WISHLIST)
    assert "basket" not in client.cookies

    assert keep(client, item).headers["Location"] == item.product.get_absolute_url()

    assert client.cookies["basket"].value
    assert titles(client.get(WISHLIST)) == ["Varsity jacket"]
    assert "Kept" in words(client.get(item.product.get_absolute_url()))


def test_keeping_twice_keeps_once_and_taking_off_takes_off(client):
    item = shelved()
    keep(client, item)
    keep(client, item)
    assert Wish.objects.count() == 1

    client.post(KEEP, {"slug": item.product.slug})

    assert "Nothing kept yet" in words(client.get(WISHLIST))


def test_a_stranger_sees_nothing_of_another_visitors_list(client):
    keep(client, shelved())
    client.cookies.clear()

    assert titles(client.get(WISHLIST)) == []


def test_what_a_guest_keeps_is_theirs_after_signing_in(client):
    user, known, new = shopper(), shelved(), shelved(title="Down jacket")
    keeping(user, known.product)
    for item in (known, new):
        keep(client, item)

    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert titles(client.get(WISHLIST)) == ["Down jacket", "Varsity jacket"]
    assert Wishlist.objects.count() == 1


def test_the_list_says_what_became_of_each_piece(client):
    sold, reserved, cheaper = shelved(title="Sold one"), shelved(title="Reserved one"), shelved(title="Cheap one")
    for item in (sold, reserved, cheaper):
        keep(client, item)
    order_of(reserved, now=timezone.now())
    StockItem.objects.filter(pk=cheaper.pk).update(price="30.00")
    StockItem.objects.filter(pk=sold.pk).update(on_shelf=0, sold_out_at=timezone.now())

    text = words(client.get(WISHLIST))

    assert "Sold" in text
    assert "Reserved" in text
    assert "€8 less than when you kept it" in text


def test_somebody_signed_in_saves_a_list_with_one_press(client):
    brand = BrandFactory()
    shelved(brand=brand, size="L")
    client.force_login(shopper())
    shown = client.get(f"{brand.get_absolute_url()}?size=L&max=50")
    link = re.search(r'href="(/tell-me/[^"]+)"', shown.content.decode())
    assert link
    page = client.get(link[1].replace("&amp;", "&"))
    assert f"{brand.name}, Size L, Up to €50" in words(page)

    for _ in range(2):
        client.post(link[1].replace("&amp;", "&"))

    search = SavedSearch.objects.get()
    assert search.confirmed_at
    assert search.criteria == {"brand": [brand.slug], "size": [["", "L"]], "max": "50.00"}
    assert search.label in words(client.get(WISHLIST))
    assert not OutboxMessage.objects.exists()


def test_a_search_without_result_leads_to_a_saved_one(client):
    client.force_login(shopper())
    page = client.get("/search/?q=zzyzx").content.decode()
    link = re.search(r'href="(/tell-me/[^"]+)"', page)
    assert link

    client.post(link[1])

    assert SavedSearch.objects.get().criteria == {"q": "zzyzx"}


def test_everything_is_no_search(client):
    client.force_login(shopper())

    response = client.post(f"{TELL_ME}?list=/shop/")

    assert response.status_code == 422
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?list=/admin/", "?list=https://evil.example/", "?list=//[", "?again=999999", "?again=x"]
)
def test_what_is_not_in_the_shop_cannot_be_waited_for(client, query):
    assert client.get(TELL_ME + query).status_code == 404


def test_nobody_can_put_lines_or_links_of_their_own_into_a_letter_to_somebody_else(client):
    typed = "/search/?" + urlencode({"q": "jacket 8.5\n\nYou won: https://evil.example/x a@evil.example"})

    client.post(f"{TELL_ME}?{urlencode({'list': typed})}", {"email": "victim@example.com"})

    letter = OutboxMessage.objects.get(to="victim@example.com")
    assert "for: “jacket 8.5 You won https evil example x a evil example”." in letter.text
    assert "evil.example" not in letter.subject + letter.text + letter.html


def test_a_sold_out_size_and_a_sold_piece_offer_to_tell(client):
    small = shelved(size="S")
    large = shelved(size="L", of=small.product)
    order_of(large, now=timezone.now())
    page = client.get(small.product.get_absolute_url())
    assert "Tell me when L comes in" in words(page)
    assert f"{TELL_ME}?again={large.pk}" in page.content.decode()
    alone = shelved()
    order_of(alone, now=timezone.now())
    assert f"{TELL_ME}?again={alone.pk}" in client.get(alone.product.get_absolute_url()).content.decode()


def test_a_guest_gets_one_letter_and_a_look_at_its_link_says_no_yes(client):
    item = shelved()
    client.post(f"{TELL_ME}?again={item.pk}", {"email": "Guest@Example.com"})
    letter = OutboxMessage.objects.get()
    assert letter.to == "guest@example.com"
    page = client.get(path_in(letter, "confirm"))
    assert page.headers["Cache-Control"] == "private, no-store"
    assert SavedSearch.objects.get().confirmed_at is None

    assert "We will write" in words(client.post(path_in(letter, "confirm")))

    assert SavedSearch.objects.get().confirmed_at


def test_the_answer_is_the_same_whoever_is_known(client):
    item = shelved()
    confirmed("known@example.com")
    user = shopper()
    for _ in range(4):
        client.post(f"{TELL_ME}?again={item.pk}", {"email": "full@example.com"}, follow=True)

    emails = ("known@example.com", "new@example.com", user.email, "full@example.com")
    answers = [client.post(f"{TELL_ME}?again={item.pk}", {"email": email}, follow=True) for email in emails]

    assert len({words(answer) for answer in answers}) == 1


def test_one_network_cannot_have_letters_sent_for_ever(client):
    item = shelved()
    answers = [client.post(f"{TELL_ME}?again={item.pk}", {"email": f"g{n}@example.com"}) for n in range(22)]

    assert [answer.status_code for answer in answers[-2:]] == [429, 429]
    assert OutboxMessage.objects.count() == 20


def test_a_wrong_address_is_told_at_its_field(client):
    response = client.post(f"{TELL_ME}?again={shelved().pk}", {"email": "nobody"})

    assert response.status_code == 422
    assert "Enter an email address with an @" in words(response)


def test_a_link_to_confirm_ends_after_seven_days_and_opens_nothing_else(client):
    search = asking("guest@example.com")
    link = path_in(OutboxMessage.objects.get(), "confirm")
    assert client.get(link.replace("/confirm/", "/stop/")).status_code == 404
    assert client.get(link[:-3] + "abc/").status_code == 404
    search.delete()

    assert client.get(link).status_code == 404


@pytest.fixture
def told_letter(db) -> OutboxMessage:
    """A letter about what came in for a guest."""
    past = timezone.now() - timedelta(days=2)
    confirmed("guest@example.com", now=past)
    StockItem.objects.get(pk=shelved().pk).product.__class__.objects.update(listed_at=timezone.now())
    telling.tell_searches(now=timezone.now())
    return OutboxMessage.objects.get(dedupe_key__startswith="search_found")


def test_the_letter_carries_what_mail_programs_need_to_stop_it(told_letter):
    outbox.send_due(now=timezone.now())

    headers = next(each for each in mail.outbox if "came in" in each.subject).extra_headers
    assert headers["List-Unsubscribe"] == f"<{told_letter.unsubscribe_url}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    asked = next(each for each in mail.outbox if "shall we" in each.subject)
    assert "List-Unsubscribe" not in asked.extra_headers


def test_the_stop_link_asks_first_and_the_button_stops(client, told_letter):
    link = path_in(told_letter, "stop")
    assert "Stop these letters" in words(client.get(link))
    assert SavedSearch.objects.exists()

    assert "We do not write about this any more" in words(client.post(link))

    assert not SavedSearch.objects.exists()
    assert "Stopped" in words(client.get(link))
    assert client.post(link).status_code == 200


def test_a_mail_program_stops_letters_by_one_post_without_cookie_or_token(client, told_letter):
    client.handler.enforce_csrf_checks = True

    response = client.post(path_in(told_letter, "stop"), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert not SavedSearch.objects.exists()


def test_nobody_deletes_another_ones_search(client):
    search = waiting(shopper())
    client.force_login(shopper())

    assert client.post(reverse("shop:forget_search", args=[search.pk])).status_code == 404
    assert SavedSearch.objects.exists()


def test_what_a_guest_confirmed_is_theirs_after_signing_in(client):
    search = confirmed("ana@example.com")
    asking("ana@example.com", sought=replace(JACKETS, criteria={"q": "coat"}))
    user = shopper(email="ana@example.com")

    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    search.refresh_from_db()
    assert (search.user, search.email) == (user, "")
    assert SavedSearch.objects.filter(user=user).count() == 1
