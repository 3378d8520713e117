"""What the figures should be and are not: each day made anew from events and orders, and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from analytics.models import DailyFigure, EventBatch, EventType, RollupState
from analytics.queries import changes, dimensions
from analytics.queries.dimensions import DIMENSIONS, Dimension


@dataclass(frozen=True)
class Difference:
    """One row that is not what it should be; None where there is none."""

    day: date
    table: str
    key: str
    expected: tuple[Any, ...] | None
    found: tuple[Any, ...] | None

    def __str__(self) -> str:
        return f"{self.day} {self.table} {self.key}: should be {self.expected}, is {self.found}"


def days_to_check(first: date | None = None, last: date | None = None) -> list[date]:
    """Every day with figures whose events are still there."""
    states = RollupState.objects.filter(purged_at=None, rolled_at__isnull=False)
    if first:
        states = states.filter(day__gte=first)
    if last:
        states = states.filter(day__lte=last)
    return list(states.order_by("day").values_list("day", flat=True))


def differences(day: date) -> Iterator[Difference]:
    """What is wrong with a day's figures; a day that waits for its rollup may differ."""
    for dimension in DIMENSIONS:
        yield from _of_table(dimension, day)


def waiting_days() -> list[date]:
    """Days that the next rollup looks at: with new events, or with orders or baskets changed since the last one."""
    waiting = set(EventBatch.objects.values_list("day", flat=True).distinct())
    last = _last_rolled()
    if last is not None:
        waiting |= changes.days_of_orders(last) | changes.days_of_baskets(last)
    return sorted(waiting)


def money_matches(first: date, last: date) -> bool:
    """Whether the figures of these days equal their orders to the cent, purged days too; not of days that wait."""
    figures = DailyFigure.objects.filter(event_type=EventType.PURCHASE, day__range=(first, last))
    by_day = {day: (events, cents) for day, events, cents in figures.values_list("day", "events", "value_cents")}
    wrong = by_day.items() ^ dimensions.money_by_day(first, last).items()
    return {day for day, _ in wrong} <= _days_of_new_orders()


def _days_of_new_orders() -> set[date]:
    last = _last_rolled()
    return changes.days_of_orders(last) if last is not None else set()


def _last_rolled() -> datetime | None:
    return RollupState.objects.aggregate(last=Max("rolled_at"))["last"]


def _of_table(dimension: Dimension, day: date) -> Iterator[Difference]:
    columns = ", ".join(dimension.columns)
    fresh_sql, parameters = dimension.select(day)
    fresh = f"SELECT {columns} FROM ({fresh_sql}) AS fresh"
    kept = f"SELECT {columns} FROM {dimension.table} WHERE day = %s"
    keys = 1 + len(dimension.key)
    with connection.cursor() as cursor:
        cursor.execute(f"{fresh} EXCEPT {kept}", [*parameters, day])
        expected = {row[1:keys]: row[keys:] for row in cursor.fetchall()}
        cursor.execute(f"{kept} EXCEPT {fresh}", [day, *parameters])
        found = {row[1:keys]: row[keys:] for row in cursor.fetchall()}
    for key in sorted(expected.keys() | found.keys()):
        yield Difference(day, dimension.table, ", ".join(map(str, key)), expected.get(key), found.get(key))
