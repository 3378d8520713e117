"""Asking for more than was offered."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from tests.factories.offers import offered
from tests.offers.answers.pages import counter, press, state, status_of
from tests.offers.pages import by_link, url, words

pytestmark = pytest.mark.django_db


def test_asking_for_more_leads_to_its_page_with_the_ticks(browser, offer):
    first, second = offer.submission.items.all()

    answer = press(browser, offer, "more", take=[second.pk])

    assert answer.headers["Location"] == f"{url(offer.submission, 'counter')}?take={second.pk}"
    source = browser.get(answer.headers["Location"]).content.decode()
    assert f'value="{second.pk}" checked' in source
    assert f'value="{first.pk}" checked' not in source


def test_S9_one_total_is_shared_out_and_waits_for_us(browser, offer):
    counter(browser, offer, asked="150", message="They are barely worn.")

    made = offer.submission.offers.get(party="seller")
    assert sorted(made.lines.values_list("amount", flat=True)) == [Decimal("60.00"), Decimal("90.00")]
    assert status_of(offer.submission) == "countered"
    text = words(browser.get(url(offer.submission)))
    assert "You asked for €150 for 2 pieces" in text
    assert "This is one total for all of them. The pieces share it in proportion to our prices." in text
    assert "They are barely worn." in text
    assert "Waiting for us: we answer by" in text


def test_S9_an_amount_for_each_piece_and_one_piece_kept(browser, offer):
    first, second = offer.submission.items.all()

    counter(browser, offer, take=[first.pk], **{f"amount_{first.pk}": "75.50"})

    made = offer.submission.offers.get(party="seller")
    assert list(made.lines.values_list("item_id", "amount")) == [(first.pk, Decimal("75.50"))]
    assert not made.lines.filter(item=second).exists()


@pytest.mark.parametrize(("first_asked", "second_asked"), [("80", "45"), ("90", "60")])
def test_amounts_that_the_seller_named_are_not_called_one_total(browser, offer, first_asked, second_asked):
    first, second = offer.submission.items.all()

    counter(browser, offer, **{f"amount_{first.pk}": first_asked, f"amount_{second.pk}": second_asked})

    text = words(browser.get(url(offer.submission)))
    assert re.search(r"You asked for €1\d\d for 2 pieces", text)
    assert "This is one total" not in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "Enter what you would take"),
        ("100", "That is not more than our offer for these pieces, €100. Accept it instead"),
        ("99", "That is not more than our offer"),
        ("300.01", "for no more than you hoped for or three times our offer"),
        ("1.234,50", "Enter an amount like 45 or 1234.50."),
        ("12.345", "Enter an amount like 45 or 1234.50."),
        ("-5", "Enter an amount like 45 or 1234.50."),
        ("NaN", "Enter an amount like 45 or 1234.50."),
        ("1e9", "Enter an amount like 45 or 1234.50."),
        ("0", "Enter an amount from"),
    ],
)
def test_S9_D11_an_amount_that_will_not_do_is_said_beside_the_field_and_stays_typed(browser, offer, asked, said):
    before = state(offer.submission)

    answer = counter(browser, offer, asked=asked, message="Barely worn")

    assert answer.status_code == 422
    source = answer.content.decode()
    assert said in words(answer)
    assert f'name="asked" value="{asked}"' in source or not asked
    assert "Barely worn" in source
    assert state(offer.submission) == before


def test_S9_a_total_and_amounts_that_differ_are_not_guessed_at(browser, offer):
    first = offer.submission.items.all()[0]

    answer = counter(browser, offer, asked="150", **{f"amount_{first.pk}": "80"})

    assert answer.status_code == 422
    assert "Your amounts for each piece come to €120." in words(answer)


def test_a_seller_is_told_that_the_amount_is_in_EUR_and_for_all_pieces_together(browser, offer):
    of_two = words(browser.get(url(offer.submission, "counter")))
    single = offered(amounts=("60.00", None), now=timezone.now())
    of_one = words(by_link(single.submission).get(url(single.submission, "counter")))

    assert "How much would you take? In EUR, for all ticked pieces together." in of_two
    assert "In EUR." in of_one
    assert "together" not in of_one


def test_S9_a_final_offer_can_only_be_accepted_or_refused():
    offer = offered(now=timezone.now(), is_final=True)
    browser = by_link(offer.submission)
    text = words(browser.get(url(offer.submission)))
    assert "This is our last offer." in text
    assert "Ask for more" not in text

    assert browser.get(url(offer.submission, "counter")).status_code == 302
    assert counter(browser, offer, asked="150").status_code == 409
    assert status_of(offer.submission) == "offered"
