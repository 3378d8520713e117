"""A move that dies in the middle: what has come over is whole, nothing sold is on sale, the next run finishes it."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from accounts.models import User
from benchmarks.database import environment
from core.models import OutboxMessage
from inventory.models import Reservation, StockItem, StockMove
from inventory.queries.ledger import stock_findings
from offers.models import ProductOffer, SellItem, SellSubmission
from old_shop.queries import files
from old_shop.services import moving
from shop.models import Order, OrderLine, Payment
from tests.factories.old_shop import OldShop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# It dies at its users, its products, its orders and its submissions.
STEPS = (40, 200, 450, 600)
# The pieces nobody had bought or been promised.
AVAILABLE = [f"unity_v3:product:{number}" for number in (1, 4, 7, 10)]


@pytest.fixture
def old(tmp_path: Path) -> OldShop:
    shop = OldShop(tmp_path / "old.sqlite")
    for number in range(3):
        shop.add("users", email=f"shopper{number}@example.com")
    for number in range(4):
        left, sold, promised = (shop.add("products", status=word) for word in ("available", "sold", "reserved"))
        shop.order_of(sold, status="completed", order_number=f"ORD-A{number}")
        shop.order_of(promised, status="confirmed", order_number=f"ORD-B{number}")
        shop.add("sell_submissions", items_json=[{"brand": "Kestrel"}, {"brand": "Osprey"}])
        shop.add("customer_offers", product_id=left, customer_contact="shopper0@example.com")
    return shop


def die(old: OldShop, now: datetime, steps: int) -> int:
    """How the process ended that moved in so far."""
    command = [sys.executable, "-m", "tests.old_shop.mover", str(old.path), now.isoformat(), str(steps)]
    return subprocess.run(command, env=environment(), check=False).returncode


def everything() -> Counter[str]:
    models = (User, StockItem, StockMove, Reservation, Order, OrderLine, Payment, SellSubmission, SellItem)
    return Counter({model.__name__: model._default_manager.count() for model in (*models, ProductOffer, OutboxMessage)})


@pytest.mark.parametrize("steps", STEPS)
def test_whatever_it_dies_at_all_that_came_is_whole_and_the_next_run_ends_as_if_it_had_been_one(old, now, steps):
    assert die(old, now, steps) == -signal.SIGKILL

    orders = Order.objects.count()
    assert OrderLine.objects.count() == Payment.objects.count() == Reservation.objects.count() == orders
    assert SellItem.objects.count() == 2 * SellSubmission.objects.count()
    assert User.objects.count() == OutboxMessage.objects.count()
    assert not StockItem.objects.filter(on_shelf__gt=0).exclude(import_key__in=AVAILABLE).exists()
    assert stock_findings() == []

    report = moving.move_in(found=files.read(old.path), now=now)

    assert report.is_clean
    assert StockItem.objects.filter(on_shelf=1, import_key__in=AVAILABLE).count() == 4
    assert everything() == Counter(
        User=3,
        StockItem=12,
        StockMove=4 + 4 * 3 + 4 * 2,
        Reservation=8,
        Order=8,
        OrderLine=8,
        Payment=8,
        SellSubmission=4,
        SellItem=8,
        ProductOffer=4,
        OutboxMessage=3,
    )
