"""The whole way of a submission through the services."""

from decimal import Decimal

import pytest

from inventory.models import Condition, Photo
from inventory.queries import ledger
from offers.models import SellSubmission
from offers.services import answering, intake, receiving, reviewing, revising
from tests.factories.offers import NOON, SELLER, STAFF, offered, paid, picture, received, submitted

pytestmark = pytest.mark.django_db


def test_two_pieces_are_bought_after_a_counter_and_a_new_price_and_stand_on_the_shelf() -> None:
    offer = offered(submitted())
    made = answering.counter(
        submission_id=offer.submission_id,
        number=1,
        total=Decimal("100.00"),
        asked=Decimal("125.01"),
        actor=SELLER,
        now=NOON,
    )
    assert sorted(made.lines.values_list("amount", flat=True)) == [Decimal("50.00"), Decimal("75.01")]
    reviewing.accept_counter(
        submission_id=offer.submission_id, number=2, total=Decimal("125.01"), actor=STAFF, now=NOON
    )
    submission = received(SellSubmission.objects.get())
    first, second = submission.items.all()
    finding = receiving.Finding(Condition.DECENT, is_authentic=True)
    receiving.pass_piece(item_id=first.pk, finding=finding, actor=STAFF, now=NOON)
    receiving.add_evidence(item_id=second.pk, picture=picture(), actor=STAFF, now=NOON)
    receiving.requote(
        item_id=second.pk, amount=Decimal("30.00"), reason="The zip is broken", finding=finding, actor=STAFF, now=NOON
    )
    revision = revising.send_revision(submission_id=submission.pk, actor=STAFF, now=NOON)
    revising.answer_revision(
        submission_id=submission.pk,
        number=revision.number,
        total=Decimal("30.00"),
        answers={second.pk: "take"},
        actor=SELLER,
        now=NOON,
    )
    submission.refresh_from_db()
    assert submission.status == "settling"
    assert submission.payouts.get().amount == Decimal("105.01")

    paid(submission)
    for item in submission.items.all():
        listing = intake.Listing(
            title=item.title,
            price=Decimal("99.00"),
            size="L",
            condition=Condition.DECENT,
            photo_ids=[photo.pk for photo in item.photos.all()[:1]],
            is_published=True,
        )
        intake.stock_piece(item_id=item.pk, listing=listing, actor=STAFF, now=NOON)

    submission.refresh_from_db()
    assert (submission.status, submission.close_reason) == ("closed", "completed")
    costs = submission.items.values_list("stock_item__unit_cost", flat=True)
    assert list(costs) == [Decimal("75.01"), Decimal("30.00")]
    assert Photo.objects.values("product").distinct().count() == 2
    assert ledger.stock_findings() == []
    assert submission.payouts.get().document.number == 1
