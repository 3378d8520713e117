"""Offers on pieces, through the pages of their shopper."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from inventory.models import Reservation, StockItem
from inventory.queries.ledger import stock_findings
from inventory.services import addresses, stock
from offers.errors import OfferNotPossible
from offers.models import OfferRule, ProductOffer
from offers.services import bidding
from shop.models import Order
from shop.services import orders
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.bids import accepted, basket_of, bid, countered, shopper
from tests.factories.inventory import STAFF, product, shelved
from tests.factories.shop import CollectionFactory
from tests.offers.pages import words

MINE = reverse("offers:my_offers")
pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return shopper()


@pytest.fixture
def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def form_of(item: StockItem) -> str:
    return reverse("offers:make_offer", args=[item.product.slug])


def page_of(offer: ProductOffer) -> str:
    return reverse("offers:offer", args=[offer.number])


def answer(client: Client, offer: ProductOffer, step: str) -> Any:
    return client.post(reverse("offers:answer_offer", args=[offer.number, step]))


# --- Making one -----------------------------------------------------------------------------------------------------


def test_B1_an_offer_is_sent_and_its_page_says_until_when_we_answer(signed_in, user):
    item = shelved(title="Varsity jacket", price="185.00")

    page = signed_in.post(form_of(item), {"amount": "160", "note": "For my sister"}, follow=True)

    offer = ProductOffer.objects.get()
    assert (offer.shopper, offer.amount, offer.note) == (user, Decimal("160.00"), "For my sister")
    assert "Your offer of €160 is with us We answer by" in words(page)
    assert "Withdraw" in words(page)


def test_the_form_shows_the_piece_and_the_promise_and_changes_nothing(signed_in):
    item = shelved(title="Varsity jacket", size="L", price="185.00")

    text = words(signed_in.get(form_of(item)))

    assert "Varsity jacket" in text
    assert "L · Mint, €185" in text
    assert "We answer within 48 hours. If we say yes, we hold the piece for you and you have 24 hours to pay." in text
    assert not ProductOffer.objects.exists()


def test_an_offer_survives_signing_in(client, user):
    item = shelved(price="185.00")

    sent = client.post(form_of(item), {"amount": "160", "note": "For my sister"})
    assert sent.headers["Location"].startswith(reverse("account_login"))
    back = client.post(sent.headers["Location"], {"login": user.email, "password": PASSWORD}, follow=True)

    assert back.request["PATH_INFO"] == form_of(item)
    page = back.content.decode()
    assert 'value="160"' in page
    assert "For my sister" in page
    assert not ProductOffer.objects.exists()


@pytest.mark.parametrize("typed", ["", "abc", "1.234,50", "12.345", "0", "-5", "1e3", "9999999999"])
def test_D11_an_amount_that_is_none_is_asked_for_again(signed_in, typed):
    page = signed_in.post(form_of(shelved()), {"amount": typed})

    assert page.status_code == 422
    assert "<title>Error: " in page.content.decode()
    assert not ProductOffer.objects.exists()


def test_SEC_16_what_is_too_low_is_refused_beside_the_field_without_a_limit(signed_in):
    page = signed_in.post(form_of(shelved(price="185.00")), {"amount": "10"})

    assert page.status_code == 409
    text = words(page)
    assert str(OfferNotPossible.message) in text
    assert "92" not in text


def test_SEC_16_without_a_price_the_refusal_names_none(signed_in):
    page = signed_in.post(form_of(shelved(price=None)), {"amount": "1"})

    assert page.status_code == 409
    assert "We cannot take this offer right now. You can offer again later." in words(page)


@pytest.mark.parametrize(
    "extra",
    [{"category": "1"}, {"created_at": "2020-01-01"}, {"price": "1"}, {"status": "accepted"}, {"party": "shop"}],
    ids=lambda extra: next(iter(extra)),
)
def test_SEC_18_what_else_is_sent_changes_nothing(signed_in, extra):
    OfferRule.objects.create(minimum=Decimal("30.00"))

    page = signed_in.post(form_of(shelved(price="38.00")), {"amount": "29", **extra})

    assert page.status_code == 409
    assert not ProductOffer.objects.exists()


def test_of_several_sizes_one_is_chosen(signed_in):
    tee = product(title="Sunset print tee")
    small, large = shelved(of=tee, size="S"), shelved(of=tee, size="L")

    unasked = signed_in.post(form_of(small), {"amount": "30"})
    signed_in.post(form_of(small), {"amount": "30", "item": large.pk})

    assert unasked.status_code == 422
    assert "Choose a size." in words(unasked)
    assert ProductOffer.objects.get().stock_item == large


def test_SEC_18_a_lot_of_another_piece_cannot_be_slipped_in(signed_in):
    tee = product()
    items = [shelved(of=tee, size=size) for size in ("S", "L")]
    other = shelved()

    assert signed_in.post(form_of(items[0]), {"amount": "30", "item": other.pk}).status_code == 422
    assert not ProductOffer.objects.exists()


def test_the_last_offer_on_a_piece_is_announced(signed_in, user):
    item, then = shelved(price="38.00"), timezone.now() - timedelta(days=1)
    for hour in range(2):
        now = then + timedelta(hours=hour)
        bidding.decline(offer_id=bid(item, by=user, now=now).pk, actor=STAFF, now=now)
        expected = "This is the last offer you can make for this piece."
        assert (expected in words(signed_in.get(form_of(item)))) == bool(hour)


def test_the_form_at_a_former_address_leads_to_the_present_one(client):
    item = shelved(title="Varsity jacket")
    former = form_of(item)
    addresses.change_slug(row=item.product, slug="letterman-jacket", actor=STAFF, now=timezone.now())

    page = client.get(former)

    assert (page.status_code, page.headers["Location"]) == (301, "/pieces/letterman-jacket/offer/")


def test_an_offer_that_was_typed_at_a_former_address_arrives(signed_in, user):
    item = shelved(title="Varsity jacket", price="185.00")
    former = form_of(item)
    addresses.change_slug(row=item.product, slug="letterman-jacket", actor=STAFF, now=timezone.now())

    signed_in.post(former, {"amount": "160"}, follow=True)

    assert ProductOffer.objects.get().amount == Decimal("160.00")


@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_no_form_at_an_address_that_no_piece_ever_had(signed_in, method):
    assert getattr(signed_in, method)("/pieces/nothing-of-the-kind/offer/").status_code == 404


def test_who_has_an_offer_open_is_led_to_it(signed_in, user):
    offer = bid(by=user, now=timezone.now())

    assert signed_in.get(form_of(offer.stock_item)).headers["Location"] == page_of(offer)


def test_a_piece_that_is_not_published_takes_no_offers(signed_in):
    assert signed_in.get(form_of(shelved(is_published=False))).status_code == 404


def test_a_piece_that_is_held_says_so_and_refuses(signed_in):
    offer = accepted(bid(now=timezone.now()), now=timezone.now())

    assert "No offers on this one right now." in words(signed_in.get(form_of(offer.stock_item)))
    assert signed_in.post(form_of(offer.stock_item), {"amount": "30"}).status_code == 409


# --- Where one is led to it -----------------------------------------------------------------------------------------


def test_the_page_of_a_piece_and_its_card_lead_to_the_form(client):
    item = shelved(title="Varsity jacket", price="38.00")

    piece, cards = client.get(item.product.get_absolute_url()), client.get("/shop/")

    assert form_of(item) in piece.content.decode()
    assert form_of(item) in cards.content.decode()
    assert "or offer for Varsity jacket" in words(cards)


def test_a_piece_without_a_price_is_for_offers(client):
    item = shelved(title="Varsity jacket", price=None)

    assert "Make an offer for Varsity jacket" in words(client.get("/shop/"))
    assert form_of(item) in client.get(item.product.get_absolute_url()).content.decode()


def test_where_no_offers_are_taken_nothing_leads_there(client):
    OfferRule.objects.create(is_enabled=False)
    item = shelved(price=None)

    assert form_of(item) not in client.get("/shop/").content.decode()
    assert "Price on request" in words(client.get("/shop/"))
    assert form_of(item) not in client.get(item.product.get_absolute_url()).content.decode()


def test_a_sold_or_reserved_piece_takes_none(client):
    item = shelved(price="38.00")
    accepted(bid(item, now=timezone.now()), now=timezone.now())

    assert form_of(item) not in client.get("/shop/").content.decode()
    assert form_of(item) not in client.get(item.product.get_absolute_url()).content.decode()


def test_the_account_leads_to_ones_offers(signed_in):
    assert MINE in signed_in.get(reverse("shop:account")).content.decode()


# --- Answers --------------------------------------------------------------------------------------------------------


def test_B2_an_offer_is_withdrawn(signed_in, user):
    offer = bid(by=user, now=timezone.now())

    page = signed_in.post(reverse("offers:answer_offer", args=[offer.number, "withdraw"]), follow=True)

    assert "You took it back" in words(page)


def test_B5_our_price_is_accepted_and_the_page_says_until_when_it_is_held(signed_in, user):
    made = countered(bid(by=user, now=timezone.now()), "35.00", now=timezone.now())
    assert "You offered €30." in words(signed_in.get(page_of(made)))

    answer(signed_in, made, "accept")

    text = words(signed_in.get(page_of(made)))
    assert "Yours at €35 Pay by" in text
    assert "We hold it until then." in text
    assert "Put in my basket at €35" in text


def test_B6_our_price_is_refused(signed_in, user):
    made = countered(bid(by=user, now=timezone.now()), now=timezone.now())
    answer(signed_in, made, "refuse")

    assert "You said no" in words(signed_in.get(page_of(made)))


def test_B5_who_comes_too_late_sees_how_it_stands(signed_in, user):
    item, now = shelved(price="38.00"), timezone.now()
    made = countered(bid(item, by=user, now=now), now=now)
    accepted(bid(item, now=now), now=now)

    page = answer(signed_in, made, "accept")

    assert page.status_code == 409
    assert "Somebody else has this piece reserved" in words(page)
    assert Reservation.objects.count() == 1


@pytest.mark.parametrize("step", ["withdraw", "accept", "refuse"])
def test_INV_02_what_was_answered_already_is_a_conflict(signed_in, user, step):
    offer = bid(by=user, now=timezone.now())
    bidding.decline(offer_id=offer.pk, actor=STAFF, now=timezone.now())

    page = answer(signed_in, offer, step)

    assert page.status_code == 409
    assert "This offer changed while you were looking." in words(page)
    assert "Not this time" in words(page)


def test_X1_accepting_twice_is_the_same_answer(signed_in, user):
    made = countered(bid(by=user, now=timezone.now()), now=timezone.now())

    assert [answer(signed_in, made, "accept").status_code for _ in range(2)] == [302, 302]
    assert Reservation.objects.count() == 1


@pytest.mark.parametrize("step", ["withdraw", "accept", "refuse"])
def test_SEC_01_strangers_find_nothing(client, step):
    offer = bid(now=timezone.now())
    assert client.get(page_of(offer)).status_code == 302
    client.force_login(shopper())

    assert client.get(page_of(offer)).status_code == 404
    assert answer(client, offer, step).status_code == 404
    assert offer.number not in client.get(MINE).content.decode()


def test_an_answer_that_does_not_exist_is_a_404(signed_in, user):
    assert answer(signed_in, bid(by=user, now=timezone.now()), "counter").status_code == 404


def test_looking_changes_nothing(signed_in, user):
    offer = bid(by=user, now=timezone.now())
    for url in (MINE, page_of(offer), form_of(offer.stock_item)):
        signed_in.get(url)
    assert signed_in.get(reverse("offers:answer_offer", args=[offer.number, "withdraw"])).status_code == 405

    offer.refresh_from_db()
    assert offer.status == "live"


# --- The list -------------------------------------------------------------------------------------------------------


def test_the_list_shows_every_state(signed_in, user):
    now = timezone.now()
    paid = accepted(bid(by=user, now=now), now=now)
    orders.confirm(order_id=_ordered(paid).pk, actor=STAFF, now=now)
    bid(shelved(title="Waiting", price="38.00"), by=user, now=now)
    countered(bid(shelved(title="To answer", price="38.00"), by=user, now=now), now=now)
    bidding.decline(offer_id=bid(shelved(title="No", price="38.00"), by=user, now=now).pk, actor=STAFF, now=now)
    accepted(bid(shelved(title="Held", price="38.00"), by=user, now=now), now=now)

    text = words(signed_in.get(MINE))

    for said in (
        "Ordered at €30",
        "With us : Waiting until",
        "We could do €35 : To answer",
        "Not this time",
        "Yours at €30 : Held",
    ):
        assert said in text


def _ordered(offer: ProductOffer) -> Order:
    from tests.factories.shop import place

    return place(basket_of(offer, now=timezone.now()), now=timezone.now())


def test_INV_17_the_list_tells_by_the_clock_what_is_over(signed_in, user):
    then = timezone.now() - timedelta(days=3)
    bid(shelved(title="First", price="38.00"), by=user, now=then)
    accepted(bid(shelved(title="Second", price="38.00"), by=user, now=then), now=then)

    text = words(signed_in.get(MINE))

    assert "Ran out" in text
    assert "Your time to pay is over" in text
    assert "Withdraw" not in text
    assert "Put in my basket" not in text


def test_no_offer_yet(signed_in):
    assert "No offer yet" in words(signed_in.get(MINE))


@pytest.mark.parametrize("count", [1, 6])
def test_the_pages_ask_the_database_the_same_few_times(signed_in, user, count, django_assert_max_num_queries):
    now = timezone.now()
    for _ in range(count):
        waiting = bid(by=user, now=now)
        bidding.decline(offer_id=bid(by=user, now=now).pk, actor=STAFF, now=now)
        countered(bid(by=user, now=now), now=now)
    other = shelved()
    for url in (MINE, page_of(waiting), form_of(other), other.product.get_absolute_url()):
        signed_in.get(url)
        with django_assert_max_num_queries(8):
            signed_in.get(url)


# --- The whole way --------------------------------------------------------------------------------------------------


def test_from_the_offer_to_the_parcel(signed_in, user):
    """An offer is made, accepted, put into the basket, ordered, handed over; the books add up and it is converted."""
    method = CollectionFactory()
    item = shelved(title="Varsity jacket", price="185.00")
    signed_in.post(form_of(item), {"amount": "160"})
    offer = ProductOffer.objects.get()
    rival = bid(item, "150.00", now=timezone.now())
    bidding.accept(offer_id=offer.pk, actor=STAFF, now=timezone.now())

    stranger: Any = Client()
    assert "Someone is paying for it" in words(stranger.get(item.product.get_absolute_url()))
    stranger.post(reverse("shop:basket_add"), {"item": item.pk})
    assert "Varsity jacket" not in words(stranger.get(reverse("shop:basket")))

    held = Reservation.objects.get()
    basket = signed_in.post(reverse("shop:basket_take_up"), {"reservation": held.pk}, follow=True)
    assert "Held for you until" in words(basket)
    details = {"email": user.email, "name": "Testa Shopper", "phone": ""}
    signed_in.post(reverse("shop:checkout"), details)
    signed_in.post(reverse("shop:checkout_delivery"), {"delivery": method.pk, "payment": "on_collection"})
    review = signed_in.get(reverse("shop:checkout_review")).content.decode()
    fields = {name: review.split(f'name="{name}" value="')[1].split('"')[0] for name in ("checkout_token", "reviewed")}
    signed_in.post(reverse("shop:checkout_review"), fields)

    order = Order.objects.get()
    assert order.total == Decimal("160.00")
    assert "Ordered at €160" in words(signed_in.get(MINE))
    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=timezone.now())
    bidding.settle_ended(now=timezone.now())

    offer.refresh_from_db()
    rival.refresh_from_db()
    assert (offer.status, rival.status) == ("converted", "closed_sold")
    assert "Bought at €160" in words(signed_in.get(MINE))
    assert stock_findings() == []


def test_X15_a_hold_that_is_given_free_during_the_checkout_is_told_clearly(signed_in, user):
    now = timezone.now()
    offer = accepted(bid(shelved(title="Varsity jacket", price="38.00"), by=user, now=now), now=now)
    basket_of(offer, now=now)
    assert offer.reservation is not None
    stock.release(reservation_ids=[offer.reservation.pk], actor=STAFF, now=timezone.now())

    text = words(signed_in.get(reverse("shop:basket")))

    assert "Your time at the agreed price is over. Now €38, was €30." in text


def test_staff_are_refused(client):
    client.force_login(shopper(is_staff=True))

    assert client.post(form_of(shelved()), {"amount": "30"}).status_code == 409


def test_who_has_not_confirmed_their_email_is_refused(client):
    client.force_login(UserFactory())

    assert client.post(form_of(shelved()), {"amount": "30"}).status_code == 409
