"""The whole move: read, plan, write row by row, then prove that nothing is missing.

Each row has a key here and a transaction of its own, so a run that was killed is finished by the next one, and a
repetition makes no doubles. A dry run is the same in one transaction that is rolled back.
"""

from collections import Counter
from datetime import datetime

from django.db import transaction

from inventory.models import Product
from inventory.queries import ledger
from offers.models import ProductOffer, SellSubmission
from old_shop.queries.files import COUNTED, OldFile
from old_shop.rules import copies
from old_shop.rules.report import Money, Report
from old_shop.services import bids, buying, goods, holds, orders, people
from old_shop.services.context import PREFIX, Move
from shop.models import Order

LATER = {
    "images": "pictures are not fetched",
    "analytics_events": "they wait for the reports of a later release",
}


def move_in(*, found: OldFile, now: datetime, is_dry_run: bool = False) -> Report:
    """Bring over what is not here yet, and report on every row, cent and copy."""
    move = Move(found=found, now=now)
    if not is_dry_run:
        _bring_over(move)
        return move.report
    with transaction.atomic():
        _bring_over(move)
        transaction.set_rollback(True)
    return move.report


def _bring_over(move: Move) -> None:
    counts = goods.count_copies(move)
    goods.learn_what_is_here(move)
    found = orders.read(move)
    holding = found.holding_by_name()
    claims = [(f"order {order.row.key}", order.wanted()) for order in found.holding()]
    move.plan = copies.plan(counts, found.done(), claims + holds.claims(move, holding))
    people.bring_over(move)
    goods.bring_over(move, counts, buying.costs(move))
    orders.bring_over(move, found)
    holds.bring_over(move, holding)
    goods.make_up_for_the_rest(move, counts)
    buying.bring_over(move)
    bids.bring_over(move)
    for table in COUNTED:
        move.report.tables[table].read = move.found.counts.get(table, 0)
        if move.found.counts.get(table):
            move.report.tables[table].skipped[LATER[table]].count = move.found.counts[table]
    move.report.rounded = move.found.rounded
    for missing in move.found.missing:
        move.report.note("table is not in the file", missing)
    for other in move.found.others:
        move.report.note("table is not read", other)
    _prove(move, found)


def _prove(move: Move, found: orders.Orders) -> None:
    """Compare the file with our books, not with what this run believes to have done."""
    report = move.report
    for name, table in report.tables.items():
        if table.read != table.made + table.known + table.left_behind:
            report.differences.append(f"{name}: {table.read} rows read, not all accounted for")
    _prove_rows(move)
    _prove_money(move, found)
    _prove_copies(move)
    report.findings = [str(finding) for finding in ledger.stock_findings()]


def _prove_rows(move: Move) -> None:
    for table, kind, model in (
        ("products", "product", Product),
        ("orders", "order", Order),
        ("sell_submissions", "submission", SellSubmission),
        ("customer_offers", "offer", ProductOffer),
    ):
        head = f"{PREFIX}:{kind}:"
        keys = model._default_manager.filter(import_key__startswith=head).values_list("import_key", flat=True)
        in_file = {row.key for row in move.found.rows[table]}
        here = sum(1 for key in keys if str(key).removeprefix(head) in in_file)
        counts = move.report.tables[table]
        if here != counts.made + counts.known:
            move.report.differences.append(f"{table}: {counts.made + counts.known} counted, {here} here")


def _prove_money(move: Move, found: orders.Orders) -> None:
    money: Money = move.report.money
    head = f"{PREFIX}:order:"
    here = dict(Order.objects.filter(import_key__startswith=head).values_list("import_key", "total"))
    for key, total in found.totals.items():
        money.old += total
        new = here.get(f"{head}{key}")
        if new is None:
            money.skipped += total
        else:
            money.new += new
            if new != total:
                move.report.differences.append(f"order {key}: {total} in the file, {new} here")
    if money.difference:
        move.report.differences.append(f"orders differ by {money.difference} EUR")


def _prove_copies(move: Move) -> None:
    before = Counter(move.booked)
    goods.learn_what_is_here(move)
    if +before != +move.booked:
        move.report.differences.append("copies booked are not those counted")
    expected = 0
    for key in move.lots:
        wanted, booked = move.plan.total[key] - move.lost[key], move.booked[key]
        expected += wanted
        if booked > wanted:
            # A newer file: what is here stays as it is.
            move.report.note("product has fewer copies in the file than came over before", key)
        elif booked < wanted:
            move.report.differences.append(f"product {key}: {wanted} copies expected, {booked} booked")
    move.report.copies = (expected, sum(move.booked.values()))
