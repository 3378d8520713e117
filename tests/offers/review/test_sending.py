"""The last look and the press that sends an offer."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from inventory.services import stock
from offers.models import BuyingSettings, SellOffer
from offers.services import offering
from tests.factories.accounts import UserFactory, owner
from tests.factories.inventory import STAFF as SHOP
from tests.factories.inventory import CategoryFactory, shelved
from tests.factories.offers import STAFF, decided, submitted
from tests.offers.pages import words
from tests.offers.review.pages import at, fresh, press_send, typed

pytestmark = pytest.mark.django_db


def test_S6_the_last_look_shows_the_offer_as_the_seller_will_see_it_and_one_press_sends_it(buyer, new):
    answer = buyer.post(at(new, "decide"), typed(new, "1,234.50", None, send="1", message="Lovely jacket", days=3))
    assert answer.url == at(new, "offer")
    BuyingSettings(buyer_limit=Decimal("5000"), confirm_above=Decimal("5000")).save()

    sheet = buyer.get(at(new, "offer"))

    text = words(sheet)
    assert "€1,234.50" in text
    assert "one thousand, two hundred and thirty-four euro, fifty cents" in text
    assert "Straight jean, L: We have enough like it" in text
    assert "Lovely jacket" in text
    ends = timezone.localtime(sheet.context["expires_at"])
    assert f"{ends:%H:%M}" in text
    assert f"{ends:%Z}" in text
    assert not SellOffer.objects.exists()

    press_send(buyer, new)

    offer = SellOffer.objects.get()
    assert (offer.total, offer.message, offer.expires_at) == (Decimal("1234.50"), "Lovely jacket", ends)
    assert fresh(new).status == "offered"
    assert [item.status for item in new.items.all()] == ["offered", "submitted"]
    letter = OutboxMessage.objects.get(subject__startswith="Our offer")
    assert "€1,234.50" in letter.text
    assert "We have enough like it" in letter.text


def test_S6_the_terms_are_kept_while_one_goes_back_to_the_pieces(buyer, new):
    buyer.post(at(new, "decide"), typed(new, "60", None, message="Lovely jacket", days=14, is_final="on"))

    terms = buyer.get(at(new)).context["terms"]

    assert (terms["message"].value(), terms["days"].value(), terms["is_final"].value()) == ("Lovely jacket", 14, True)


def test_S6_an_undecided_piece_keeps_an_offer_back(buyer, new):
    page = press_send(buyer, new)

    assert page.status_code == 422
    assert "Decide about every piece first" in page.text
    assert "Undecided: Kestrel Varsity jacket, L; Kestrel Straight jean, L" in words(page)


@pytest.mark.parametrize("days", [0, 31])
def test_S6_an_offer_stands_from_an_hour_to_thirty_days(buyer, new, days):
    decided(new)

    page = press_send(buyer, new, expires_at=(timezone.now() + timedelta(days=days)).isoformat())

    assert page.status_code == 422
    assert "at most 30 days" in page.text
    assert not SellOffer.objects.exists()


@pytest.mark.parametrize("nonsense", ["", "tomorrow", "2026-12-01T12:00:00", "9" * 40])
def test_S6_a_moment_that_is_none_is_refused(buyer, new, nonsense):
    decided(new)

    assert press_send(buyer, new, expires_at=nonsense).status_code == 422
    assert not SellOffer.objects.exists()


def test_S6_above_the_limit_somebody_else_has_to_send_it(buyer, new):
    decided(new, ("400.00", "200.00"))
    BuyingSettings(confirm_above=Decimal("5000")).save()

    page = press_send(buyer, new)

    assert page.status_code == 409
    assert "above your limit" in page.text
    assert not SellOffer.objects.exists()

    buyer.force_login(owner())
    press_send(buyer, new)
    assert SellOffer.objects.get().total == Decimal("600.00")


def test_SEC_19_a_large_total_is_sent_only_when_its_words_were_read(client, new):
    client.force_login(owner())
    decided(new, ("400.00", "200.00"))

    page = press_send(client, new)
    assert page.status_code == 422
    assert "Read the total in words" in page.text
    assert not SellOffer.objects.exists()

    press_send(client, new, is_checked="on")
    assert SellOffer.objects.exists()


def test_X7_an_offer_is_not_sent_when_a_colleague_changed_the_decisions_after_the_last_look(buyer, new):
    decided(new, ("60.00", "40.00"))
    seen = fresh(new).draft_version
    decided(new, ("66.00", "44.00"))

    page = press_send(buyer, new, version=seen)

    assert page.status_code == 409
    assert not SellOffer.objects.exists()


def test_X6_the_second_of_two_sees_the_colleagues_offer(buyer, new):
    decided(new)
    version = fresh(new).draft_version
    colleague = UserFactory(is_staff=True, name="Carl Colleague")
    offering.make_offer(
        submission_id=new.pk,
        version=version,
        expires_at=timezone.now() + timedelta(days=7),
        actor=type(STAFF)(f"user {colleague.pk}", "admin"),
        now=timezone.now(),
    )

    page = press_send(buyer, new, version=version)

    assert page.status_code == 409
    assert "a colleague was first" in page.text
    assert "offer 1, €100, made by Carl Colleague" in words(page)
    assert at(new) in page.text
    assert SellOffer.objects.count() == 1


def test_SEC_27_an_offer_far_above_what_our_sales_say_is_pointed_out(buyer):
    category = CategoryFactory()
    lot = shelved(category=category, price="100.00")
    stock.sell_over_the_counter(
        stock_item_id=lot.pk, quantity=1, unit_price=Decimal(100), cause="sale 1", actor=SHOP, now=timezone.now()
    )
    submission = submitted(["Tee", "Tote"], category=category, now=timezone.now())
    decided(submission, ("58.51", "58.50"))

    assert words(buyer.get(at(submission))).count("More than 30 % above what our sales say") == 1
    assert words(buyer.get(at(submission, "offer"))).count("Far above our sales") == 1
