"""Many buyers press “place order” for the same piece at once, over HTTP against real processes: `make race`.

With the guards each copy is sold once and everybody else gets a 409. Then the control, the same shop with its guards
taken away from outside: it must oversell, or the race proves nothing. Exit code 1 when either is not so.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from statistics import quantiles
from threading import Barrier

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.database import scratch  # noqa: E402
from benchmarks.run import conditions, on_both_databases  # noqa: E402
from benchmarks.server import Server, serving  # noqa: E402
from benchmarks.shopper import Answer, Shopper  # noqa: E402
from core.audit import Actor  # noqa: E402
from inventory.models import Category, Condition, Reservation, StockItem  # noqa: E402
from inventory.queries import ledger  # noqa: E402
from inventory.services import products, stock  # noqa: E402
from shop.models import DeliveryKind, DeliveryMethod, PaymentMethod  # noqa: E402

RACES = [(pieces, buyers) for pieces in (1, 100) for buyers in (2, 50, 200)]
SMALL_RACES = [(1, 8)]
CONTROL, SMALL_CONTROL = (1, 50), (1, 8)
# Without guards it is chance that decides who looks at the shelf meanwhile.
CHANCES = 5
DATABASE_GUARDS = {"stock_item_on_shelf_not_negative", "reservation_one_active_on_a_single_copy"}
HEADINGS = ("guards", "pieces", "buyers", "orders", "409", "busy", "errors", "p50 ms", "p95 ms", "check_stock")
ROW = "{:<6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>8} {:>7} {:>7}  {}"
ME = Actor("race", "command")


@dataclass(frozen=True)
class Outcome:
    """What became of everybody."""

    pieces: int
    buyers: int
    orders: int
    conflicts: int
    busy: int
    errors: dict[int, int]
    p50: float
    p95: float
    promised: int
    findings: list[ledger.Finding]

    @property
    def is_right(self) -> bool:
        """Whether each copy was sold once, and everybody else was told so."""
        sold = min(self.pieces, self.buyers)
        return (
            self.orders == self.promised == sold
            and self.conflicts == self.buyers - sold
            and not self.errors
            and not self.findings
        )

    @property
    def is_oversold(self) -> bool:
        """Whether more copies were promised than there were."""
        return self.orders > self.pieces

    def row(self, guards: str) -> str:
        """Its line of the table."""
        verdict = f"{len(self.findings)} findings" if self.findings else "adds up"
        errors = " ".join(f"{status}×{count}" for status, count in self.errors.items()) or 0
        times = f"{self.p50 * 1000:.0f}", f"{self.p95 * 1000:.0f}"
        ends = self.orders, self.conflicts, self.busy, errors
        return ROW.format(guards, self.pieces, self.buyers, *ends, *times, verdict)


def main() -> int:
    """Race on the databases asked for; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", action="store_true", help="beside the database of DATABASE_URL only")
    parser.add_argument("--small", action="store_true", help="eight buyers, in seconds")
    options = parser.parse_args()
    if not options.here:
        return on_both_databases("benchmarks.race", ["--small"] if options.small else [])
    with scratch():
        print(f"\n{conditions()}\n{ROW.format(*HEADINGS)}")
        is_won = with_guards(SMALL_RACES if options.small else RACES)
        is_lost = without_guards(*(SMALL_CONTROL if options.small else CONTROL))
    if not is_won:
        print("WRONG: with the guards every copy must be sold once, and every other buyer must get a 409.")
    if not is_lost:
        print("The proof is void: without the guards the same race must oversell.")
    return 0 if is_won and is_lost else 1


def with_guards(races: Sequence[tuple[int, int]]) -> bool:
    """Run the races in the shop as it is; whether all went right."""
    with serving() as server:
        outcomes = [race(server, pieces, buyers, "all") for pieces, buyers in races]
        is_right = all(outcome.is_right for outcome in outcomes)
        if not is_right:
            print(server.complaints())
    return is_right


def without_guards(pieces: int, buyers: int) -> bool:
    """Run the control; whether it oversold."""
    drop_database_guards()
    with serving("benchmarks.unguarded_wsgi") as server:
        return any(race(server, pieces, buyers, "none").is_oversold for _ in range(CHANCES))


def race(server: Server, pieces: int, buyers: int, guards: str) -> Outcome:
    """Bring everybody to the till, let all press at once, and print what came of it."""
    item, method = shelve(pieces)
    shoppers = [Shopper(server.port) for _ in range(buyers)]
    with ThreadPoolExecutor(8) as pool:
        forms = list(
            pool.map(
                lambda shopper: shopper.go_to_the_till(
                    product=item.product.get_absolute_url(),
                    item=item.pk,
                    method=method.pk,
                    email=f"buyer-{id(shopper)}@example.com",
                ),
                shoppers,
            )
        )
    answers, busy = press_at_once(shoppers, forms)
    statuses = Counter(200 if answer.is_order else answer.status for answer in answers)
    times = quantiles([answer.seconds for answer in answers], n=20, method="inclusive")
    outcome = Outcome(
        pieces=pieces,
        buyers=buyers,
        orders=statuses.pop(200, 0),
        conflicts=statuses.pop(409, 0),
        busy=busy,
        errors=dict(statuses),
        p50=times[9],
        p95=times[18],
        promised=Reservation.objects.filter(stock_item=item).count(),
        findings=ledger.stock_findings(),
    )
    print(outcome.row(guards), flush=True)
    return outcome


def press_at_once(shoppers: Sequence[Shopper], forms: Sequence[dict[str, str]]) -> tuple[list[Answer], int]:
    """Everybody's answer to “place order”, and how often “the till is busy” made somebody press once more."""
    start = Barrier(len(shoppers), timeout=60)

    def press(shopper: Shopper, form: dict[str, str]) -> list[Answer]:
        start.wait()
        answers = [shopper.place_order(form)]
        while answers[-1].status == 503 and len(answers) < CHANCES:
            answers.append(shopper.place_order(form))
        return answers

    with ThreadPoolExecutor(len(shoppers)) as pool:
        pressed = list(pool.map(press, shoppers, forms))
    return [answers[-1] for answers in pressed], sum(len(answers) - 1 for answers in pressed)


def shelve(pieces: int) -> tuple[StockItem, DeliveryMethod]:
    """A lot of so many copies, and a way to get them."""
    now = timezone.now()
    category, _ = Category.objects.get_or_create(slug="jackets", defaults={"name": "Jackets"})
    add = partial(products.add_product, category=category, actor=ME, now=now)
    lot = products.NewLot(size="M", condition=Condition.MINT, price=Decimal("38.00"))
    item = products.add_lot(product=add(title="Varsity jacket"), lot=lot, actor=ME, now=now)
    stock.take_in(stock_item_id=item.pk, quantity=pieces, cause=f"delivery {item.pk}", actor=ME, now=now)
    method, _ = DeliveryMethod.objects.get_or_create(
        kind=DeliveryKind.COLLECTION, name="Collect", payment_methods=[PaymentMethod.ON_COLLECTION]
    )
    return item, method


def drop_database_guards() -> None:
    """The third guard: what the database refuses by itself."""
    with connection.schema_editor() as editor:
        for model in (StockItem, Reservation):
            guards = [constraint for constraint in model._meta.constraints if constraint.name in DATABASE_GUARDS]
            # SQLite makes the table anew from what the model says.
            model._meta.constraints = [rule for rule in model._meta.constraints if rule not in guards]
            for guard in guards:
                editor.remove_constraint(model, guard)


if __name__ == "__main__":
    sys.exit(main())
