"""Sellers and staff press the same thing, or things that touch each other, at once."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from inventory.models import Condition, Product, StockItem
from inventory.queries import ledger
from offers.models import BuyInDocument, Payout, SellSubmission
from offers.queries.findings import buying_findings
from offers.services import answering, banking, giving_back, intake, paying, submitting
from tests.factories.offers import IBAN, NOON, SELLER, STAFF, agreed, draft, offered, paid, received, settling
from tests.races.conftest import AtOnce, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
OTHER_IBAN = "DE89370400440532013000"


def deals_of_one_seller(count: int) -> list[SellSubmission]:
    """Deals whose transfers are approved to the same bank details."""
    deals = [settling(received(agreed(offered(new(number))))) for number in range(count)]
    seller = deals[0].seller
    SellSubmission.objects.update(seller=seller)
    keep(deals[0], IBAN)
    for payout in Payout.objects.filter(status="due"):
        paying.approve(payout_id=payout.pk, method="bank_transfer", actor=STAFF, now=NOON)
    return deals


def new(number: int) -> SellSubmission:
    made = draft(email=f"seller{number}@example.com", phone="")
    return submitting.submit(submission_id=made.pk, has_agreed=True, actor=SELLER, now=NOON)


def keep(deal: SellSubmission, iban: str) -> Any:
    return banking.save_account(
        submission_id=deal.pk, holder_name="Sella Example", iban=iban, code=None, actor=STAFF, now=NOON
    )


def test_X12_details_changed_on_two_deals_of_one_seller_at_once_do_not_block_each_other(at_once: AtOnce) -> None:
    first, second = deals_of_one_seller(2)

    outcomes = at_once(*[partial(keep, deal, OTHER_IBAN) for deal in [first, second] * 3])

    assert names(outcomes) == ["PayoutAccount"] * 6
    assert Payout.objects.filter(status="approved").count() == 0
    assert Payout.objects.filter(status="due").count() == 2


def test_X11_cash_handed_over_twice_is_settled_once_and_documents_have_no_gaps(at_once: AtOnce) -> None:
    deals = [settling(received(agreed(offered(new(number))))) for number in range(4)]
    payouts = list(Payout.objects.all())
    for payout in payouts:
        paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=NOON)

    settle = partial(paying.settle_cash, actor=STAFF, now=NOON, signed_by="Sella Example")
    outcomes = at_once(*[partial(settle, payout_id=payout.pk) for payout in payouts * 2])

    assert names(outcomes) == ["Payout"] * 4 + ["PayoutMoved"] * 4
    assert sorted(BuyInDocument.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert len(deals) == 4
    assert buying_findings() == []


def test_X10_a_piece_stocked_many_times_at_once_is_one_product(at_once: AtOnce) -> None:
    item = paid().items.all()[0]
    listing = intake.Listing(
        title="Varsity jacket", price=Decimal("99.00"), size="L", condition=Condition.MINT, is_published=True
    )

    outcomes = at_once(*[partial(intake.stock_piece, item_id=item.pk, listing=listing, actor=STAFF, now=NOON)] * 6)

    assert names(outcomes) == ["SellItem"] * 6
    assert (Product.objects.count(), StockItem.objects.get().on_shelf) == (1, 1)
    assert ledger.stock_findings() == []
    assert buying_findings() == []


def test_I12_walking_away_and_paying_cash_at_once_ends_in_one_of_both(at_once: AtOnce) -> None:
    submission = settling()
    payout = submission.payouts.get()
    paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=NOON)

    walk = [
        partial(giving_back.walk_away, item_id=item.pk, actor=SELLER, now=NOON) for item in submission.items.all()
    ]  # fmt: skip
    pay = partial(paying.settle_cash, payout_id=payout.pk, actor=STAFF, now=NOON, signed_by="Sella Example")
    at_once(pay, *walk)

    paid_for = Payout.objects.filter(status="settled").values_list("amount", flat=True)
    bought = submission.items.filter(status="passed").values_list("agreed_amount", flat=True)
    assert sum(paid_for) in {Decimal(0), sum(amount or Decimal(0) for amount in bought)}
    assert buying_findings() == []


def test_X2_accepting_countering_refusing_and_withdrawing_at_once_is_one_answer(at_once: AtOnce) -> None:
    offer = offered(new(1))
    seen: dict[str, Any] = {"submission_id": offer.submission_id, "number": offer.number, "total": offer.total}
    who: dict[str, Any] = {"actor": SELLER, "now": NOON}

    outcomes = at_once(
        partial(answering.accept, **seen, **who),
        partial(answering.refuse, **seen, **who),
        partial(answering.counter, asked=Decimal("150.00"), **seen, **who),
    )

    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 2
    assert offer.submission.offers.exclude(number=1).count() <= 1
    assert buying_findings() == []


def test_SEC_13_many_submissions_of_one_contact_at_once_are_no_more_than_may_be_open(at_once: AtOnce) -> None:
    drafts = [draft(email="seller@example.com") for _ in range(6)]

    send = partial(submitting.submit, has_agreed=True, actor=SELLER, now=NOON)
    outcomes = at_once(*[partial(send, submission_id=each.pk) for each in drafts])

    assert names(outcomes) == ["SellSubmission"] * 3 + ["TooManySubmissions"] * 3
