"""What is written in the tables, proved by the apps' own proofs: stock, daily figures, and the answering of offers."""

import re
from datetime import UTC, datetime, timedelta

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from analytics.queries import checking
from analytics.queries.validation import ground
from analytics.queries.validation.made_up import Maker
from analytics.queries.validation.report import Check
from analytics.rules import days
from inventory.models import StockItem, StockMove
from inventory.queries import ledger
from offers.models import SellOffer, SellSubmission
from offers.queries.findings import buying_findings

LAST_DAYS = 7
SHOWN = 20
A_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
ANSWERED_BY = "offers.services.steps.answer_offer"
RACED_BY = (
    "tests/races/test_buying_in.py::test_X1_eight_presses_on_accept_make_one_deal_and_one_letter",
    "tests/races/test_buying_in.py::test_X2_accept_against_withdraw_has_one_winner",
    "tests/races/test_buying_in.py::test_X4_the_expiry_job_against_accept_has_one_winner",
    "tests/races/test_buying_in.py::test_X2_X4_processes_accept_withdraw_and_expire_with_one_winner",
    "tests/races/test_selling.py::test_X2_accepting_countering_refusing_and_withdrawing_at_once_is_one_answer",
    "tests/races/test_bargaining.py::test_X1_one_offer_accepted_many_times_is_one_hold",
    "tests/races/test_bargaining.py::test_X2_accepting_and_withdrawing_at_once_ends_in_one_of_both",
)


def check_stock(alias: str) -> Check:
    """`check_stock`: every balance equals its moves, every promise has its copy."""
    if alias != DEFAULT_DB_ALIAS:
        return _only_default("stock")
    findings = [str(finding) for finding in ledger.stock_findings()]
    told = f"{StockItem.objects.count()} lots and {StockMove.objects.count()} moves add up"
    return Check("stock", told, _shown(findings))


def check_buying(alias: str) -> Check:
    """`check_buying`: statuses, sums, payouts and letters say the same as the history they came from."""
    if alias != DEFAULT_DB_ALIAS:
        return _only_default("buying in")
    findings = [str(finding) for finding in buying_findings()]
    return Check("buying in", f"{SellSubmission.objects.count()} submissions fit their history", _shown(findings))


def check_figures(alias: str, now: datetime) -> Check:
    """`rollup_analytics --check` of the last days: the daily figures are what events and orders say."""
    if alias != DEFAULT_DB_ALIAS:
        return _only_default("daily figures")
    first = days.day_of(now) - timedelta(days=LAST_DAYS)
    waiting = set(checking.waiting_days())
    checked = [day for day in checking.days_to_check(first) if day not in waiting]
    findings = [str(difference) for day in checked for difference in checking.differences(day)]
    return Check("daily figures", f"{len(checked)} days since {first} match their events and orders", _shown(findings))


def check_offer_race(alias: str, now: datetime) -> tuple[Check, dict[str, object]]:
    """An offer is answered once, and in time: the guarded statement, tried twice and too late on a made-up offer."""
    maker, findings = Maker(SellOffer, alias), []
    row = next((row for row in maker.rows(1) if row["status"] == SellOffer.Status.LIVE), None)
    if row is None:
        return Check("offer race", "the statement that answers an offer", not_asked=("no offer could be made up",)), {}
    answer = {"status": SellOffer.Status.ACCEPTED, "answered_at": now, "answered_by": "validation"}
    with ground.rolled_back(alias):
        maker.insert({**row, "expires_at": now + timedelta(days=1)})
        met = [guarded(row["id"], now).using(alias).update(**answer) for _ in range(2)]
        if met != [1, 0]:
            findings.append(f"an offer that is answered twice is taken {met[0]} and {met[1]} times, not 1 and 0 times")
    with ground.rolled_back(alias):
        maker.insert({**row, "expires_at": now - timedelta(seconds=1)})
        if guarded(row["id"], now).using(alias).update(**answer):
            findings.append("an offer that has run out can still be accepted")
    race: dict[str, object] = {"answered_by": ANSWERED_BY, "statement": _statement(alias), "raced_by": list(RACED_BY)}
    return Check("offer race", "the guarded statement takes one answer, and none that is late", tuple(findings)), race


def guarded(offer_id: int, now: datetime) -> QuerySet[SellOffer]:
    """What `answer_offer` updates: decided by the database, whoever else answers at the same moment."""
    return SellOffer.objects.filter(pk=offer_id, status=SellOffer.Status.LIVE, expires_at__gt=now)


def _statement(alias: str) -> str:
    query = str(guarded(1, A_MOMENT).using(alias).order_by().values("pk").query)
    where = query.split(" WHERE ")[1].replace('"offers_selloffer".', "").replace('"', "")
    where = re.sub(r"2000-01-01 00:00:00(\+00:00)?", "now", where).replace("id = 1", "id = this offer")
    return f"UPDATE offers_selloffer SET status = …, answered_at = … WHERE {where}"


def _only_default(name: str) -> Check:
    return Check(name, "", not_asked=("asked of the default database only",))


def _shown(findings: list[str]) -> tuple[str, ...]:
    more = [f"and {len(findings) - SHOWN} more"] if len(findings) > SHOWN else []
    return (*findings[:SHOWN], *more)
