"""Receiving, inspecting and giving back, through the services; their pages are tested in offers/desk."""

from decimal import Decimal
from typing import Any

import pytest

from core.models import AuditEntry
from inventory.models import Condition
from offers.errors import AboveLimit, NotChecked, ReasonMissing
from offers.models import BuyingSettings, SellItem
from offers.services import giving_back, receiving
from tests.factories.inventory import CategoryFactory
from tests.factories.offers import NOON, SELLER, STAFF, agreed, picture, received, settling

pytestmark = pytest.mark.django_db
FINDING = receiving.Finding(Condition.MINT, is_authentic=True)


def statuses(submission):
    return list(submission.items.values_list("status", flat=True))


def test_I3_what_was_received_already_stays_where_it_is():
    submission = agreed()
    first, _ = submission.items.all()

    for _ in range(2):
        receiving.receive(submission_id=submission.pk, item_ids=[first.pk], actor=STAFF, now=NOON)

    assert statuses(submission) == ["received", "agreed"]
    assert AuditEntry.objects.filter(subject=first.cause, action="received").count() == 1


@pytest.mark.parametrize("service", [receiving.send_back, receiving.hold])
def test_I9_I10_a_piece_goes_back_or_is_held_with_a_reason(service):
    item = received().items.all()[0]

    with pytest.raises(ReasonMissing):
        service(item_id=item.pk, reason=" ", actor=STAFF, now=NOON)


def test_I10_a_held_piece_is_neither_paid_nor_given_back_by_itself():
    submission = received()
    held, passed = submission.items.all()

    receiving.hold(item_id=held.pk, reason="Odd label", actor=STAFF, now=NOON)
    receiving.pass_piece(item_id=passed.pk, finding=FINDING, actor=STAFF, now=NOON)

    assert statuses(submission) == ["held", "passed"]
    assert submission.payouts.get().amount == Decimal("40.00")


def test_SEC_26_a_fake_does_not_pass():
    item = received().items.all()[0]
    receiving.hold(item_id=item.pk, reason="Odd label", actor=STAFF, now=NOON)

    with pytest.raises(NotChecked):
        receiving.judge(
            item_id=item.pk, verdict=SellItem.Status.PASSED, reason="Hm", actor=STAFF, now=NOON, is_fake=True
        )


def test_I12_a_passed_piece_goes_back_and_less_is_due():
    submission = settling()
    item = submission.items.all()[0]

    giving_back.walk_away(item_id=item.pk, actor=SELLER, now=NOON)

    rows = submission.payouts.order_by("attempt").values_list("status", "amount")
    assert list(rows) == [("cancelled", Decimal("100.00")), ("due", Decimal("40.00"))]


def limit(amount):
    BuyingSettings(buyer_limit=Decimal(amount)).save()


def test_SEC_27_a_better_price_above_a_buyers_limit_needs_somebody_who_may_exceed_it():
    item = received().items.all()[0]
    limit("120")
    better: dict[str, Any] = {"item_id": item.pk, "finding": FINDING, "actor": STAFF, "now": NOON}

    with pytest.raises(AboveLimit):
        receiving.pass_piece(uplift_to=Decimal("80.01"), **better)
    item.refresh_from_db()
    assert item.status == "received"
    receiving.pass_piece(uplift_to=Decimal("80.01"), may_exceed_limit=True, **better)


def test_SEC_27_a_better_price_within_the_limit_needs_nobody_else():
    item = received().items.all()[0]
    limit("120")

    passed = receiving.pass_piece(
        item_id=item.pk, finding=FINDING, uplift_to=Decimal("80.00"), actor=STAFF, now=NOON
    )  # fmt: skip

    assert passed.agreed_amount == Decimal("80.00")


def test_SEC_27_the_price_of_an_extra_piece_counts_against_the_limit():
    submission = received()
    extra = receiving.add_extra(
        submission_id=submission.pk, title="Belt", category=CategoryFactory(), actor=STAFF, now=NOON
    )
    receiving.add_evidence(item_id=extra.pk, picture=picture(), actor=STAFF, now=NOON)
    limit("120")
    asked: dict[str, Any] = {
        "item_id": extra.pk,
        "reason": "It was in the parcel",
        "finding": FINDING,
        "actor": STAFF,
        "now": NOON,
    }

    with pytest.raises(AboveLimit):
        receiving.requote(amount=Decimal("20.01"), **asked)
    assert receiving.requote(amount=Decimal("20.00"), **asked).status == "requoted"
