"""A process that is killed at what it is told to do: each line it reads is an act, the step to die at, and its words.

It answers each line with one of its own: "killed" or "done". Every act is done in a fork, so that the next one need not
load Django again.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import django
from django.db import connection

django.setup()

from analytics.services import capture, purging, rollup  # noqa: E402
from offers.models import SellItem, SellOffer  # noqa: E402
from offers.services import answering, intake, paying  # noqa: E402
from shop.models import Cart, DeliveryMethod  # noqa: E402
from tests.factories.offers import NOON, SELLER, STAFF, listing_of  # noqa: E402
from tests.factories.shop import place  # noqa: E402


class Fate:
    """Counts the steps at the database and kills this process at the given one."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Wrapped around every statement."""
        self.step()
        return execute(*arguments)


@contextmanager
def dying_at(step: int) -> Iterator[None]:
    """Die before a statement, before a commit, or just after it."""
    fate = Fate(step)
    commit = connection.commit

    def commit_in_steps() -> None:
        fate.step()
        commit()
        fate.step()

    connection.ensure_connection()
    connection.commit = commit_in_steps  # type: ignore[method-assign]
    with connection.execute_wrapper(fate):
        yield


def place_order(step: int, cart_id: str) -> None:
    """Place the order of a basket."""
    cart, method = Cart.objects.get(pk=cart_id), DeliveryMethod.objects.get()
    with dying_at(step):
        place(cart, method)


def accept_offer(step: int, offer_id: str) -> None:
    """A seller says yes."""
    offer = SellOffer.objects.get(pk=offer_id)
    with dying_at(step):
        answering.accept(
            submission_id=offer.submission_id, number=offer.number, total=offer.total, actor=SELLER, now=NOON
        )


def settle_cash(step: int, payout_id: str) -> None:
    """A seller is handed the money."""
    with dying_at(step):
        paying.settle_cash(payout_id=int(payout_id), signed_by="Sella Example", actor=STAFF, now=NOON)


def stock_piece(step: int, item_id: str) -> None:
    """A bought piece goes on the shelf, with its photo."""
    item = SellItem.objects.get(pk=item_id)
    listing = listing_of(item)
    with dying_at(step):
        intake.stock_piece(item_id=item.pk, listing=listing, actor=STAFF, now=NOON)


def roll_up(step: int, now: str) -> None:
    """Make the daily figures."""
    with dying_at(step):
        rollup.roll_up(now=datetime.fromisoformat(now))


def purge(step: int, now: str) -> None:
    """Delete the events of more than 90 days ago."""
    with dying_at(step):
        purging.purge(now=datetime.fromisoformat(now), keep_days=90)


def flush(step: int, now: str, count: str) -> None:
    """Write so many events from the buffer."""
    moment = datetime.fromisoformat(now)
    for _ in range(int(count)):
        capture.buffer.events.append(capture.Seen(created_at=moment, event_type="page_view", address="192.0.2.1"))
    with dying_at(step):
        capture.flush()


ACTS = {act.__name__: act for act in (place_order, accept_offer, settle_cash, stock_piece, roll_up, purge, flush)}

if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if not child:
            name, step, *words = line.split()
            ACTS[name](int(step), *words)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "done\n" if status == 0 else "failed\n")
        sys.stdout.flush()
