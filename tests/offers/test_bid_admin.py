"""Staff at work on shoppers' offers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from inventory.models import Reservation
from inventory.queries.ledger import stock_findings
from offers.models import OfferBan, OfferRule, ProductOffer
from offers.services import bidding
from tests.factories.accounts import owner, staff
from tests.factories.bids import accepted, basket_of, bid, countered, shopper
from tests.factories.inventory import shelved
from tests.factories.shop import place
from tests.offers.pages import words

BY_PIECE = reverse("admin:offers_productoffer_by_piece")
HELD = reverse("admin:offers_productoffer_held")
pytestmark = pytest.mark.django_db
LOOKS, ANSWERS = "offers.view_productoffer", "offers.answer_productoffer"


@pytest.fixture
def seller(client):
    client.force_login(staff(LOOKS, ANSWERS))
    return client


def step(offer, name):
    return reverse(f"admin:offers_productoffer_{name}", args=[offer.pk])


def status_of(offer):
    return ProductOffer.objects.values_list("status", flat=True).get(pk=offer.pk)


def test_offers_are_grouped_by_piece_with_cost_margin_days_and_history(seller):
    now = timezone.now()
    item = shelved(title="Varsity jacket", price="185.00", unit_cost="90.00")
    ana = shopper(email="ana@example.com")
    bid(item, "150.00", now=now)
    bid(item, "160.00", by=ana, note="For my sister", now=now)
    bid(shelved(title="Sunset print tee", price="38.00"), "30.00", now=now)

    text = words(seller.get(BY_PIECE))

    assert "Varsity jacket, M" in text
    assert "Asked €185 · cost €90 ·" in text
    assert "days in stock" in text
    assert text.index("€160") < text.index("€150")
    assert "leaves us €70" in text
    assert "leaves us €60" in text
    assert "ana@example.com 1 made, 0 bought" in text
    assert "For my sister" in text
    assert "cost not known" in text


def test_the_list_leads_to_the_pieces_and_all_offers_stay_in_reach(seller):
    offer = bid(now=timezone.now())
    changelist = reverse("admin:offers_productoffer_changelist")

    assert seller.get(changelist).headers["Location"] == BY_PIECE
    assert offer.number in words(seller.get(f"{changelist}?q="))
    assert offer.number in words(seller.get(f"{changelist}?status__exact=live"))
    assert offer.number in words(seller.get(reverse("admin:offers_productoffer_change", args=[offer.pk])))


def test_B3_one_press_accepts(seller):
    offer = bid(now=timezone.now())

    page = seller.post(step(offer, "accept"), follow=True)

    assert "is accepted: the piece is held for" in words(page)
    assert status_of(offer) == "accepted"
    assert AuditEntry.objects.filter(subject=offer.cause, action="accepted", channel="admin").exists()


def test_X14_the_second_accept_is_told_of_the_winner(seller):
    item, now = shelved(price="38.00"), timezone.now()
    first, second = bid(item, now=now), bid(item, "31.00", now=now)
    accepted(second, now=now)

    page = seller.post(step(first, "accept"))

    assert page.status_code == 409
    assert second.number in words(page)
    assert Reservation.objects.count() == 1


def test_B4_the_suggested_price_lies_half_way(seller):
    offer = bid(shelved(price="185.00"), "160.00", now=timezone.now())

    assert 'value="172"' in seller.get(step(offer, "counter")).content.decode()
    seller.post(step(offer, "counter"), {"amount": "175", "note": "As it is so well kept"})

    made = ProductOffer.objects.get(party="shop")
    assert (made.amount, made.note, status_of(offer)) == (Decimal("175.00"), "As it is so well kept", "countered")


@pytest.mark.parametrize("amount", ["30", "39", "abc", ""])
def test_B4_a_price_that_makes_no_sense_is_refused(seller, amount):
    offer = bid(shelved(price="38.00"), "30.00", now=timezone.now())

    assert seller.post(step(offer, "counter"), {"amount": amount}).status_code == 422
    assert status_of(offer) == "live"


def test_B6_declining(seller):
    offer = bid(now=timezone.now())
    assert seller.get(step(offer, "decline")).status_code == 200
    assert status_of(offer) == "live"
    seller.post(step(offer, "decline"))

    assert status_of(offer) == "declined"


def test_our_price_is_taken_back(seller):
    made = countered(bid(now=timezone.now()), now=timezone.now())
    seller.post(step(made, "take_back"))

    assert status_of(made) == "withdrawn"


def test_B8_after_an_unpaid_hold_the_runner_up_is_marked_and_accepted_with_one_press(seller):
    then = timezone.now() - timedelta(hours=25)
    item = shelved(title="Varsity jacket", price="38.00")
    winner, other, third = bid(item, "36.00", now=then), bid(item, "34.00", now=then), bid(item, "33.00", now=then)
    accepted(winner, now=then)

    before_the_job = words(seller.get(BY_PIECE))
    bidding.settle_ended(now=timezone.now())
    text = words(seller.get(BY_PIECE))

    for page in (before_the_job, text):
        assert "A hold on it was not paid." in page
        assert "€34 runner-up" in page
        assert page.count("runner-up") == 2
    seller.post(step(other, "accept"))
    assert (status_of(other), status_of(third)) == ("accepted", "live")


def test_while_a_piece_is_held_the_others_wait(seller):
    item, now = shelved(price="38.00"), timezone.now()
    accepted(bid(item, "36.00", by=shopper(email="ana@example.com"), now=now), now=now)
    other = bid_before_the_hold(item, now)

    page = seller.get(BY_PIECE)

    assert "Held for ana@example.com at €36" in words(page)
    assert step(other, "accept") not in page.content.decode()


def bid_before_the_hold(item, now):
    """A live offer beside the accepted one."""
    return ProductOffer.objects.create(
        number="OF-OTHER1",
        stock_item=item,
        shopper=shopper(),
        party="shopper",
        amount=Decimal("30.00"),
        made_at=now,
        expires_at=now + timedelta(days=1),
    )


def test_INV_17_by_the_clock_nothing_waits_that_has_run_out(seller):
    bid(now=timezone.now() - timedelta(days=3))

    assert "No offer waits for an answer." in words(seller.get(BY_PIECE))


def test_holds_are_listed_with_their_time_and_released(seller):
    now = timezone.now()
    offer = accepted(bid(shelved(title="Varsity jacket", price="38.00"), now=now), now=now)
    ordered = accepted(bid(shelved(title="Sunset print tee", price="38.00"), now=now), now=now)
    place(basket_of(ordered, now=now), now=now)

    page = seller.get(HELD)
    text = words(page)
    assert "Varsity jacket, M €30" in text
    assert "hours" in text
    assert step(offer, "end_hold") in page.content.decode()
    assert step(ordered, "end_hold") not in page.content.decode()

    seller.post(step(offer, "end_hold"))
    assert status_of(offer) == "lapsed"
    assert "Varsity jacket" not in words(seller.get(HELD))
    assert stock_findings() == []


@pytest.mark.parametrize("name", ["accept", "counter", "decline", "take_back", "end_hold"])
def test_SEC_06_who_may_only_look_cannot_answer(client, name):
    client.force_login(staff(LOOKS))
    offer = bid(now=timezone.now())

    assert client.post(step(offer, name), {"amount": "35"}).status_code == 403
    assert status_of(offer) == "live"
    assert step(offer, "accept") not in client.get(BY_PIECE).content.decode()


@pytest.mark.parametrize("url", [BY_PIECE, HELD, reverse("admin:offers_productoffer_changelist")])
def test_SEC_06_nobody_else_sees_the_boards(client, url):
    assert client.get(url).status_code == 302
    client.force_login(shopper())
    assert client.get(url).status_code == 302
    client.force_login(staff("shop.view_order"))
    assert client.get(url).status_code == 403


def test_SEC_14_a_shopper_is_blocked_and_let_back(client):
    client.force_login(owner())
    ban = OfferBan.objects.create(shopper=shopper(), strikes=3)
    address = reverse("admin:offers_offerban_block", args=[ban.pk])
    client.post(address, {"reason": "Writes rude notes"})
    ban.refresh_from_db()
    assert (ban.is_blocked, ban.reason) == (True, "Writes rude notes")

    client.post(reverse("admin:offers_offerban_unblock", args=[ban.pk]))
    ban.refresh_from_db()
    assert (ban.is_blocked, ban.strikes) == (False, 0)
    assert client.get(reverse("admin:offers_offerban_changelist")).status_code == 200


@pytest.mark.parametrize("count", [1, 8])
def test_the_board_asks_the_database_the_same_few_times(seller, count, django_assert_max_num_queries):
    now = timezone.now()
    for _ in range(count):
        item = shelved(price="38.00")
        for _ in range(2):
            bid(item, now=now)
    seller.get(BY_PIECE)

    with django_assert_max_num_queries(16):
        seller.get(BY_PIECE)


def test_a_second_rule_for_all_others_is_refused_by_its_form(client):
    client.force_login(owner())
    OfferRule.objects.create()
    address = reverse("admin:offers_offerrule_add")
    numbers = {"floor_percent": 50, "offers_a_piece": 3, "cooldown_minutes": 5, "validity_hours": 48, "pay_hours": 24}

    page = client.post(address, {"minimum": "5", "maximum": "500", **numbers})

    assert page.status_code == 200
    assert "There is a rule for this already." in words(page)
