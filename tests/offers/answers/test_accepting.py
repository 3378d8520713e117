"""An offer on its page: accepted whole or in part, or refused, once, as it was seen."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.models import AuditEntry, SiteSettings
from offers.models import SellSubmission
from offers.services import reviewing
from tests.factories.offers import STAFF, agreed, offered
from tests.offers.answers.pages import ask, in_three_sizes, press, state, status_of
from tests.offers.pages import by_link, owner_of, url, words

pytestmark = pytest.mark.django_db


def test_the_offer_shows_total_deadline_prices_hopes_and_what_happens_without_an_answer(browser, offer):
    text = words(browser.get(url(offer.submission)))

    for part in ("Our offer: €100 for 2 pieces", "Until", "€60", "€40", "You hoped for €100.", "Accept", "Refuse"):
        assert part in text
    assert "If you do nothing the offer closes and you keep your pieces." in text
    assert "Waiting for you: answer our offer by" in text


def test_S7_accepting_makes_the_deal_and_shows_what_comes_next(browser, offer):
    answer = press(browser, offer)

    assert answer.headers["Location"] == url(offer.submission)
    assert status_of(offer.submission) == "agreed"
    offer.refresh_from_db()
    assert (offer.status, offer.answer_channel) == ("accepted", "link")
    assert offer.answered_by == f"seller {offer.submission.seller_id}"
    text = words(browser.get(url(offer.submission)))
    assert "Agreed. Hand the pieces over by" in text
    assert "We agreed on €100 for 2 pieces." in text


def test_O2_an_answer_keeps_where_it_came_from_but_not_the_address(browser, offer):
    press(browser, offer)

    offer.refresh_from_db()
    assert re.fullmatch("[0-9a-f]{16}", offer.answer_place)
    assert offer.answer_place not in AuditEntry.objects.values_list("reason", flat=True)


def test_S7_an_owner_accepts_by_account(offer):
    client, user = owner_of(offer.submission)

    press(client, offer)

    offer.refresh_from_db()
    assert (offer.answer_channel, offer.answered_by) == ("account", f"user {user.pk}")


def test_S7_unticking_a_piece_keeps_it_and_sells_the_rest_at_the_listed_price(browser, offer):
    first, second = offer.submission.items.all()

    press(browser, offer, take=[first.pk])

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.agreed_amount, second.status) == ("agreed", Decimal("60.00"), "excluded")
    assert offer.submission.offers.get(status="accepted").total == Decimal("60.00")
    assert "The part you accepted" in words(browser.get(url(offer.submission)))


def test_S7_an_offer_for_all_pieces_together_has_nothing_to_untick():
    offer = offered(now=timezone.now(), is_severable=False)
    browser = by_link(offer.submission)
    assert 'name="take"' not in browser.get(url(offer.submission)).content.decode()

    part = press(browser, offer, take=[offer.submission.items.all()[0].pk])

    assert (part.status_code, status_of(offer.submission)) == (422, "offered")
    assert press(browser, offer, has_ticks=None, take=None).status_code == 302
    assert status_of(offer.submission) == "agreed"


def test_S7_with_every_piece_unticked_nothing_is_accepted(browser, offer):
    before = state(offer.submission)

    answer = press(browser, offer, take=[], note="Only the jacket")

    assert 'value="Only the jacket"' in answer.content.decode()
    assert answer.status_code == 422
    assert "Choose at least one piece, or refuse the offer." in words(answer)
    assert state(offer.submission) == before


def test_the_total_follows_the_ticks_and_nothing_changes(browser, offer):
    before = state(offer.submission)

    answer = press(browser, offer, "sum", take=[offer.submission.items.all()[0].pk])

    assert answer.status_code == 200
    assert "You accept €60 for 1 of 2 pieces." in words(answer)
    assert state(offer.submission) == before


@pytest.mark.parametrize("answer", ["accept", "refuse", "counter", "new_offer", "withdraw"])
def test_X1_a_second_press_shows_the_finished_page_and_does_nothing(browser, offer, answer):
    if answer == "new_offer":
        reviewing.withdraw_offer(submission_id=offer.submission_id, reason="a slip", actor=STAFF, now=timezone.now())

    def once_more() -> Any:
        if answer == "counter":
            return browser.post(url(offer.submission, "counter"), ask(offer, asked="150"))
        if answer in {"new_offer", "withdraw"}:
            return browser.post(url(offer.submission, answer))
        return press(browser, offer, answer)

    once_more()
    after_first = state(offer.submission)
    second = once_more()

    assert second.headers["Location"] == url(offer.submission)
    assert state(offer.submission) == after_first


def test_S8_refusing_leaves_the_pieces_with_their_owner(browser, offer):
    press(browser, offer, "refuse", note="I paid more for it.")

    assert status_of(offer.submission) == "stalled"
    offer.refresh_from_db()
    assert (offer.status, offer.answer_note) == ("refused", "I paid more for it.")
    text = words(browser.get(url(offer.submission)))
    assert "You said no to our offer. We may make you another one." in text
    assert "Ask for a new offer" in text
    assert "If nothing happens, this is closed on" in text


def test_pieces_that_differ_in_size_alone_are_told_apart_wherever_they_are_named() -> None:
    offer = in_three_sizes(("60.00", "40.00", None))
    seller = by_link(offer.submission)

    status = words(seller.get(url(offer.submission, "submission")))
    assert "Sell Kestrel Court low, M for €40" in status
    assert "Kestrel Court low, XL: We have enough like it" in status
    assert "Kestrel Court low, M our price €40" in words(seller.get(url(offer.submission, "counter")))


def test_the_sum_that_a_script_puts_in_anew_keeps_the_space_between_its_sentences(browser, offer) -> None:
    page = press(browser, offer, "sum").content.decode()

    swapped = page.partition('id="offer-sum"')[2].partition(">")[2].partition("</p>")[0]
    assert "2 pieces. Untick" in re.sub("<[^>]*>", "", re.sub(r">\s+<", "><", swapped))


@pytest.mark.parametrize(
    ("how", "told", "has_address"),
    [
        ("drop_off", "Bring the pieces to the shop", True),
        ("collection", "We collect them at your door, at a time we agree with you.", False),
        ("post", "You send them by post.", True),
    ],
)
def test_a_deal_says_how_the_pieces_get_to_us_as_the_seller_chose(how, told, has_address):
    SiteSettings(address="1 Example Lane").save()
    deal = agreed(offered(now=timezone.now()), now=timezone.now())
    SellSubmission.objects.update(hand_over=how)

    page = words(by_link(deal).get(url(deal)))

    panel = page.split("Agreed. Hand the pieces over by")[1].split("Have this reference ready")[0]
    assert told in panel
    assert ("1 Example Lane" in panel) == has_address
    assert ("Bring" in panel) == (how == "drop_off")
