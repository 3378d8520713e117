"""What a buyer sees on the page of a submission."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import OutboxMessage
from inventory.services import stock
from offers.models import SellItem, SellOffer
from offers.services import reviewing, submitting
from tests.factories.accounts import staff
from tests.factories.inventory import STAFF as SHOP
from tests.factories.inventory import CategoryFactory, shelved
from tests.factories.offers import (
    SELLER,
    STAFF,
    countered,
    draft,
    offered,
    paid,
    received,
    settling,
    submitted,
)
from tests.offers.pages import words
from tests.offers.review.pages import LOOK, at

pytestmark = pytest.mark.django_db


def test_the_page_shows_pieces_photos_the_sellers_words_and_what_they_ask(buyer, new):
    SellItem.objects.filter(submission=new).update(defects="A mark on the cuff")

    page = buyer.get(at(new))

    assert page.status_code == 200
    for text in ("Varsity jacket", "Straight jean", "A mark on the cuff", "€100", "€200", "Sella Example", "Mint"):
        assert text in words(page)
    for photo in new.items.all()[0].photos.all():
        assert reverse("offers:photo", args=[photo.pk, "full"]) in page.text
        assert buyer.get(reverse("offers:photo", args=[photo.pk, "small"])).status_code == 200


def test_the_page_takes_no_more_queries_for_twenty_pieces_than_for_two(buyer):
    two, twenty = submitted(now=timezone.now()), submitted(["Tee"] * 20, email="b@example.com", now=timezone.now())
    buyer.get(at(two))
    with CaptureQueriesContext(connection) as few:
        buyer.get(at(two))

    with CaptureQueriesContext(connection) as many:
        buyer.get(at(twenty))

    assert len(many) == len(few)


def test_what_our_sales_say_stands_beside_a_piece_and_fills_in_nothing(buyer):
    category = CategoryFactory()
    lot = shelved(category=category, price="100.00")
    stock.sell_over_the_counter(
        stock_item_id=lot.pk, quantity=1, unit_price=Decimal(100), cause="sale 1", actor=SHOP, now=timezone.now()
    )
    submission = submitted(["Tee"], category=category, now=timezone.now())

    page = buyer.get(at(submission))

    assert "Up to €45 keeps our margin" in words(page)
    assert "1 sold in 180 days at €100 in the middle (same category only, any brand, size and grade)" in words(page)
    assert page.context["cards"][0].form["amount"].value() is None


def test_whoever_may_only_look_has_nothing_to_press(client, new):
    client.force_login(staff(*LOOK))

    page = client.get(at(new))

    assert page.status_code == 200
    assert "Save decisions" not in page.text
    assert "Claim" not in page.text


@pytest.mark.parametrize("name", ["change", "decide", "offer"])
def test_a_draft_and_an_unknown_one_are_not_there(buyer, name):
    assert buyer.get(at(draft(), name)).status_code == 404
    assert buyer.get(f"/admin/offers/sellsubmission/999/{name}/").status_code == 404


def test_the_history_shows_who_did_what_without_the_link_that_lets_in(buyer, new):
    buyer.post(at(new, "claim"))
    OutboxMessage.objects.update(status=OutboxMessage.Status.FAILED, last_error="Mailbox full")

    page = buyer.get(at(new))

    assert "Bea Buyer" in page.text
    assert "To the seller: received" in words(page)
    assert "Letter came back" in page.text
    assert "/sell/link/" not in page.text


def test_a_stale_answer_shows_on_the_page_what_the_seller_said(buyer, new):
    buyer.post(at(new, "claim"))
    buyer.post(at(new, "ask"), {"text": "Is the zip fine?"})
    submitting.answer_question(submission_id=new.pk, answer="It is.", actor=SELLER, now=timezone.now())

    text = words(buyer.get(at(new)))

    assert "We asked: Is the zip fine?" in text
    assert "The seller answered: It is." in text


def test_after_a_deal_the_page_says_what_was_agreed_and_once_it_is_paid_that(buyer):
    now = timezone.now()
    offer = countered(offered(now=now), "137", now=now)
    reviewing.accept_counter(
        submission_id=offer.submission_id, number=offer.number, total=offer.total, actor=STAFF, now=now
    )

    of_deal = words(buyer.get(at(offer.submission)))
    paid(settling(received(offer.submission, now=now), now=now), now=now)
    of_paid = words(buyer.get(at(offer.submission)))

    for text in (of_deal, of_paid):
        assert "Agreed €137 " in text
        assert "What we agreed Total €137 " in text
        assert "Live offer" not in text
    assert "Paid €137 " in of_paid
    assert "Paid €" not in of_deal


def test_what_the_seller_asks_for_stands_above_everything_that_staff_may_do(buyer):
    offer = countered(offered(now=timezone.now()), now=timezone.now())

    text = words(buyer.get(at(offer.submission)))

    asks = text.index("The seller asks for €150")
    assert asks < text.index("Waiting on") < text.index("Offers: 2")
    assert "We offered €100" in text[asks:]
    assert text.count("One total: the pieces share it in proportion to our prices.") == 2  # there, and among all offers
    SellOffer.objects.filter(pk=offer.pk).update(status="expired", answered_at=timezone.now())
    assert "The seller asks for" not in words(buyer.get(at(offer.submission)))
