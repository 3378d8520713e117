"""The same verbs by processes of their own: on SQLite threads share more than two servers would."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from benchmarks.database import environment
from core.audit import Actor
from core.errors import DomainError
from inventory.models import Condition
from offers.services import answering, bidding, intake, offering, paying, reviewing, timers
from shop.models import Cart
from tests.factories.offers import SELLER
from tests.factories.shop import place

PROGRAM = "import django; django.setup(); from tests.races import processes; processes.take_part()"
LISTING = intake.Listing(title="Jacket", price=Decimal("99.00"), size="L", condition=Condition.MINT)


def in_processes(*calls: tuple[str, int, Any]) -> list[str]:
    """Run each verb in a process of its own, all let go at the same moment; gives what each said."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, verb, str(pk), moment.isoformat(), str(number)],
            # Long: the winner has yet to load what it writes letters with, and the machine may be busy.
            env=environment() | {"PYTHONPATH": os.getcwd(), "LOCK_WAIT_SECONDS": "60"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, (verb, pk, moment) in enumerate(calls)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].strip() for process in started]
    assert {process.returncode for process in started} == {0}
    return sorted(said)


def take_part() -> None:
    """Wait for the start and do one verb; says "done" or what refused it."""
    verb, pk, moment, number = sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]), sys.argv[4]
    by: dict[str, Any] = {"actor": Actor(f"user {number}", "process"), "now": moment}
    deal = by | {"actor": SELLER, "number": 1, "total": Decimal("100.00")}
    ends = moment + timedelta(days=7)
    verbs: dict[str, Callable[[], Any]] = {
        "accept": partial(answering.accept, submission_id=pk, **deal),
        "withdraw": partial(reviewing.withdraw_offer, submission_id=pk, reason="A mistake", **by),
        "expire": partial(timers.expire_offer, submission_id=pk, now=moment),
        "make offer": partial(offering.make_offer, submission_id=pk, version=1, expires_at=ends, **by),
        "stock": partial(intake.stock_piece, item_id=pk, listing=LISTING, **by),
        "send": partial(paying.mark_sent, payout_id=pk, reference=f"B{number}", **by),
        "accept bid": partial(bidding.accept, offer_id=pk, **by),
        "order": lambda: place(Cart.objects.get(pk=pk), now=moment),
    }
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        verbs[verb]()
        sys.stdout.write("done")
    except DomainError as refusal:
        sys.stdout.write(type(refusal).__name__)
