"""Decisions about pieces: saved, refused as typed, and never over a colleague's."""

from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from offers.models import InternalNote, SellOffer
from tests.factories.offers import decided
from tests.offers.pages import words
from tests.offers.review.pages import at, typed

pytestmark = pytest.mark.django_db


def test_decisions_and_a_note_are_saved_and_nothing_is_sent(buyer, new):
    sent_before = OutboxMessage.objects.count()

    page = buyer.post(at(new, "decide"), typed(new, "60", None, note="She is nice"), follow=True)

    jacket, jean = new.items.all()
    assert (jacket.decision, jacket.proposed_amount) == ("wanted", Decimal("60.00"))
    assert (jean.decision, jean.decline_reason) == ("declined", "enough")
    assert InternalNote.objects.get().text == "She is nice"
    assert "Nothing was sent." in page.text
    assert OutboxMessage.objects.count() == sent_before
    assert not SellOffer.objects.exists()


def test_a_piece_may_stay_undecided_while_saving(buyer, new):
    jacket, jean = new.items.all()

    buyer.post(
        at(new, "decide"),
        {
            "version": 0,
            "days": 7,
            f"piece-{jacket.pk}-decision": "declined",
            f"piece-{jacket.pk}-decline_reason": "brand",
        },
    )

    jean.refresh_from_db()
    assert jean.decision == "undecided"


@pytest.mark.parametrize("amount", ["1.234,50", "12.345", "-5", "NaN", "1e9", "Infinity", "1,234", "0", "", "999999"])
def test_D11_an_amount_that_could_mean_two_things_is_refused_and_kept_as_typed(buyer, new, amount):
    page = buyer.post(at(new, "decide"), typed(new, amount, "40"))

    assert page.status_code == 422
    assert page.context["cards"][0].form["amount"].value() == amount
    assert page.context["cards"][1].form["amount"].value() == "40"
    assert set(new.items.values_list("decision", flat=True)) == {"undecided"}
    assert not SellOffer.objects.exists()


@pytest.mark.parametrize(("typed_amount", "kept"), [("1,234.50", "1234.50"), ("€60", "60.00"), ("0.5", "0.50")])
def test_SEC_19_an_amount_is_read_as_it_was_meant(buyer, new, typed_amount, kept):
    buyer.post(at(new, "decide"), typed(new, typed_amount, None))

    assert new.items.all()[0].proposed_amount == Decimal(kept)


def test_wanting_needs_an_amount_and_declining_a_reason(buyer, new):
    jean = new.items.all()[1]
    answers = typed(new, "", None) | {f"piece-{jean.pk}-decline_reason": ""}

    page = buyer.post(at(new, "decide"), answers)

    assert page.status_code == 422
    assert "Say what we pay for it." in page.text
    assert "Choose why: the seller reads it." in page.text


def test_X7_what_a_colleague_saved_meanwhile_is_shown_and_nothing_typed_is_lost(buyer, new):
    answers = typed(new, "61", None, message="Lovely jacket", note="Mind the cuff")
    decided(new, ("55.00", "40.00"), now=timezone.now())

    page = buyer.post(at(new, "decide"), answers)

    assert page.status_code == 409
    assert "A colleague has saved other decisions" in page.text
    assert "A colleague saved: Want, €55, Mint" in words(page)
    assert "A colleague saved: Want, €40, Mint" in words(page)
    jacket, jean = (card.form for card in page.context["cards"])
    assert (jacket["amount"].value(), jean["decline_reason"].value()) == ("61", "enough")
    assert page.context["terms"]["message"].value() == "Lovely jacket"
    assert page.context["terms"]["note"].value() == "Mind the cuff"
    assert new.items.all()[0].proposed_amount == Decimal("55.00")
    assert not InternalNote.objects.exists()

    # Pressed again, now knowing, it is saved.
    buyer.post(at(new, "decide"), answers | {"version": page.context["version"]})
    assert new.items.all()[0].proposed_amount == Decimal("61.00")


def test_X7_a_mistyped_amount_does_not_hide_what_a_colleague_saves_meanwhile(buyer, new):
    answers = typed(new, "x", None)
    decided(new, now=timezone.now())
    page = buyer.post(at(new, "decide"), answers)
    assert page.status_code == 422

    again = buyer.post(at(new, "decide"), answers | typed(new, "61", None) | {"version": page.context["version"]})

    assert again.status_code == 409
