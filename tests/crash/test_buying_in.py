"""Steps of buying in, killed (kill -9) wherever they are: all of a step is there, or nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from core.models import AuditEntry, OutboxMessage
from inventory.models import Photo, Product, StockItem, StockMove
from inventory.queries.ledger import stock_findings
from offers.models import BuyInDocument, Payout, SellItem, SellOffer, SellSubmission
from offers.queries.findings import buying_findings
from offers.services import paying
from tests.crash.conftest import KillAt
from tests.factories.offers import NOON, STAFF, offered, paid, settling

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Statements, commit and all; far more than it takes.
MOST_STEPS = 200
TOUCHED = (
    SellSubmission,
    SellItem,
    SellOffer,
    Payout,
    BuyInDocument,
    Product,
    Photo,
    StockItem,
    StockMove,
    AuditEntry,
    OutboxMessage,
)


def approved_in_cash() -> int:
    payout = settling().payouts.get()
    return paying.approve(payout_id=payout.pk, method=Payout.Method.CASH, actor=STAFF, now=NOON).pk


STEPS: dict[str, Callable[[], int]] = {
    "accept_offer": lambda: offered().pk,
    "settle_cash": approved_in_cash,
    "stock_piece": lambda: paid().items.all()[0].pk,
}


def everything() -> list[list[Any]]:
    return [list(model.objects.order_by("pk").values_list()) for model in TOUCHED]


@pytest.mark.parametrize("act", STEPS)
def test_a_step_killed_anywhere_is_whole_or_not_there(act: str, kill_at: KillAt) -> None:
    pk = STEPS[act]()
    before = everything()

    # What was killed before its commit has left nothing, so the same row serves until the step is made.
    for step in range(1, MOST_STEPS):
        assert kill_at(act, step, pk) == "killed"
        assert buying_findings() == []
        assert stock_findings() == []
        if everything() != before:
            break

    assert step > 10
    # It died just after its commit: a step earlier there was nothing yet, and there is nothing more to do now.
    assert kill_at(act, step, pk) != "killed"
