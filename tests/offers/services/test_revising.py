"""New prices after inspection, through the services; their pages are tested in offers/desk and offers/answers."""

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.models import Condition
from offers.errors import ItemMoved, NotChecked, OfferExpired, OfferNotLive
from offers.services import receiving, revising, timers
from tests.factories.inventory import CategoryFactory
from tests.factories.offers import NOON, SELLER, STAFF, picture, received, revised

pytestmark = pytest.mark.django_db
FINDING = receiving.Finding(Condition.MINT, is_authentic=True)


def statuses(submission):
    return list(submission.items.values_list("status", flat=True))


def answer(offer, *answers, now=NOON):
    pks = offer.lines.values_list("item_id", flat=True)
    return revising.answer_revision(
        submission_id=offer.submission_id,
        number=offer.number,
        total=offer.total,
        answers=dict(zip(pks, answers, strict=False)),
        actor=SELLER,
        now=now,
    )


def test_X16_a_revision_is_answered_for_every_piece_or_not_at_all():
    offer = revised()

    with pytest.raises(NotChecked):
        answer(offer, "take")
    assert statuses(offer.submission) == ["requoted", "requoted"]
    assert set(offer.lines.values_list("answer", flat=True)) == {""}


def test_X16_I8_silence_gives_every_piece_back():
    offer = revised()

    timers.expire_offers(now=offer.expires_at)

    assert statuses(offer.submission) == ["to_return", "to_return"]


def test_I8_a_yes_after_its_time_is_none():
    offer = revised()

    with pytest.raises(OfferExpired):
        answer(offer, "take", "take", now=offer.expires_at + timedelta(seconds=1))


def test_I7_the_new_price_is_what_we_owe_and_the_old_one_stays_on_the_old_line():
    offer = revised()

    answer(offer, "take", "give_back")

    piece = offer.submission.items.all()[0]
    assert (piece.agreed_amount, offer.lines.all()[0].old_amount) == (Decimal("20.00"), Decimal("60.00"))
    assert offer.submission.payouts.get().amount == Decimal("20.00")


def test_I7_another_answer_later_is_refused():
    offer = revised()
    answer(offer, "take", "take")

    with pytest.raises(OfferNotLive):
        answer(offer, "give_back", "give_back")


def test_X18_an_extra_piece_is_bought_at_a_price_the_seller_takes():
    submission = received()
    extra = receiving.add_extra(
        submission_id=submission.pk, title="Scarf", category=CategoryFactory(), actor=STAFF, now=NOON
    )

    with pytest.raises(ItemMoved):
        receiving.pass_piece(item_id=extra.pk, finding=FINDING, actor=STAFF, now=NOON)
    offer = revised(submission)
    answer(offer, "give_back", "give_back", "take")

    assert submission.payouts.get().amount == Decimal("20.00")


def test_I8_silence_gives_back_only_what_was_asked_about():
    offer = revised()
    extra = receiving.add_extra(
        submission_id=offer.submission_id, title="Belt", category=CategoryFactory(), actor=STAFF, now=NOON
    )
    receiving.add_evidence(item_id=extra.pk, picture=picture(), actor=STAFF, now=NOON)
    receiving.requote(
        item_id=extra.pk,
        amount=Decimal("5.00"),
        reason="It was in the parcel",
        finding=receiving.Finding(Condition.MINT, is_authentic=True),
        actor=STAFF,
        now=NOON,
    )

    timers.expire_offers(now=offer.expires_at)

    statuses = dict(offer.submission.items.values_list("pk", "status"))
    assert statuses.pop(extra.pk) == "requoted"
    assert set(statuses.values()) == {"to_return"}
