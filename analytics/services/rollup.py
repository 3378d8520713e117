"""Daily figures, a whole local day at a time, in set-based SQL.

A day is out of date while a ledger row (EventBatch) says so, or its orders or baskets differ from its figures. Made
again it comes out the same. PostgreSQL makes a day in one transaction under an advisory lock. SQLite aggregates into
temporary tables first, which holds nobody up, then writes each dimension in a short transaction of its own; a version
on the day, taken before anything is read, makes the earlier of two runs at once give way. A killed run leaves the day
out of date.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Max

from analytics.models import EventBatch, RollupState
from analytics.queries import changes, dimensions
from analytics.queries.dimensions import DIMENSIONS, Dimension
from analytics.rules import days

LOCK_CLASS = 0x554E  # PostgreSQL's advisory locks of this app: "UN"
BLOCK = 1_000  # rows of a transaction on SQLite
LOOK_BACK = timedelta(hours=48)  # before the last rollup: orders that changed since are compared with the figures
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What a run did; `left` days are still out of date, because time was up."""

    rolled: list[date]
    left: int
    events: int
    took: timedelta


class AnotherRun(Exception):
    """Somebody else rolled the same day up meanwhile: theirs stands."""


def roll_up(
    *,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    max_seconds: float | None = None,
    tell: Callable[[int, int, int], None] = lambda done, of, events: None,
) -> Outcome:
    """Make the figures of every day that is out of date, or of all days from the first to the last.

    A day whose events were purged is never made again. `tell` hears how many days are done, of how many, and how many
    events they had.
    """
    begun, events = time.monotonic(), 0
    rolled: list[date] = []
    waiting = days_to_do(now=now, first=first, last=last)
    if first is None and last is None:
        _keep_waiting(waiting)
    for number, day in enumerate(waiting):
        if max_seconds is not None and time.monotonic() - begun >= max_seconds:
            return Outcome(rolled, len(waiting) - number, events, timedelta(seconds=time.monotonic() - begun))
        try:
            events += _roll_day(day, now)
        except AnotherRun:
            continue
        rolled.append(day)
        tell(number + 1, len(waiting), events)
    return Outcome(rolled, 0, events, timedelta(seconds=time.monotonic() - begun))


def days_to_do(*, now: datetime, first: date | None = None, last: date | None = None) -> list[date]:
    """The days a run would make: those asked for, else those out of date; never one that was purged."""
    if first is not None or last is not None:
        known = RollupState.objects.order_by("day").values_list("day", flat=True).first()
        start = first or known or last
        end = min(last or date.max, days.day_of(now))
        wanted = set(days.days_between(start, end)) if start and start <= end else set()
    else:
        wanted = set(EventBatch.objects.values_list("day", flat=True).distinct())
        since = _last_rolled(now) - LOOK_BACK
        wanted |= {day for day in changes.days_of_orders(since) if dimensions.money_differs(day)}
        wanted |= {day for day in changes.days_of_baskets(since) if dimensions.baskets_differ(day)}
        zone = settings.TIME_ZONE
        wanted |= set(
            RollupState.objects.filter(purged_at=None).exclude(zone__in=["", zone]).values_list("day", flat=True)
        )
    purged = RollupState.objects.filter(day__in=wanted, purged_at__isnull=False)
    return sorted(wanted - set(purged.values_list("day", flat=True)))


def _last_rolled(now: datetime) -> datetime:
    """When figures were made last: nothing rolled up since, however long that is, and orders may have changed."""
    last = RollupState.objects.aggregate(last=Max("rolled_at"))["last"]
    return min(last, now) if last else BEFORE_ALL


def _keep_waiting(waiting: list[date]) -> None:
    """Give each day a ledger row, lest a run that ends early forgets those whose orders changed long ago."""
    noted = set(EventBatch.objects.filter(day__in=waiting).values_list("day", flat=True))
    EventBatch.objects.bulk_create(EventBatch(day=day, events=0) for day in waiting if day not in noted)


def _roll_day(day: date, now: datetime) -> int:
    """Make one day's figures; how many events they count (AnotherRun)."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, day.toordinal()])
            # Before the events are read: a batch that commits later keeps its row, and the day is made once more.
            EventBatch.objects.filter(day=day).delete()
            events = _aggregate(cursor, day)
            version = _claim(day)
            for dimension in DIMENSIONS:
                cursor.execute(dimension.upsert)
                cursor.execute(dimension.delete_vanished, [day])
            _note(day, version, events, now)
            _drop(cursor)
        return events
    highest = EventBatch.objects.filter(day=day).aggregate(highest=Max("pk"))["highest"] or 0
    with connection.cursor() as cursor:
        version = _claim(day)
        events = _aggregate(cursor, day)
        for dimension in DIMENSIONS:
            _write_in_blocks(cursor, dimension, day, version)
        with transaction.atomic():
            _refuse_stale(day, version)
            EventBatch.objects.filter(day=day, pk__lte=highest).delete()
            _note(day, version, events, now)
        _drop(cursor)
    return events


def _aggregate(cursor: CursorWrapper, day: date) -> int:
    """Each dimension of a day into its temporary table; how many events there were."""
    _drop(cursor)
    for dimension in DIMENSIONS:
        sql, parameters = dimension.select(day)
        cursor.execute(f"CREATE TEMPORARY TABLE {dimension.temporary} AS {sql}", parameters)
    sql, parameters = dimensions.count_events(day)
    cursor.execute(sql, parameters)
    return int(cursor.fetchone()[0])


def _drop(cursor: CursorWrapper) -> None:
    for dimension in DIMENSIONS:
        cursor.execute(f"DROP TABLE IF EXISTS {dimension.temporary}")


def _write_in_blocks(cursor: CursorWrapper, dimension: Dimension, day: date, version: int) -> None:
    """Bring a day's rows of one table to what was aggregated, a block a transaction: SQLite has one write lock."""
    cursor.execute(f"SELECT COUNT(*) FROM {dimension.temporary}")  # noqa: S608  a name of ours
    for start in range(0, cursor.fetchone()[0] or 1, BLOCK):
        with transaction.atomic():
            _refuse_stale(day, version)
            cursor.execute(dimension.upsert, [start, start + BLOCK])
    with transaction.atomic():
        _refuse_stale(day, version)
        cursor.execute(dimension.delete_vanished, [day])


@transaction.atomic
def _claim(day: date) -> int:
    """Take the day's next version; whoever has an older one gives way."""
    RollupState.objects.get_or_create(day=day, defaults={"zone": settings.TIME_ZONE})
    RollupState.objects.filter(day=day).update(version=F("version") + 1)
    return int(RollupState.objects.values_list("version", flat=True).get(day=day))


def _refuse_stale(day: date, version: int) -> None:
    if not RollupState.objects.filter(day=day, version=version, purged_at=None).exists():
        raise AnotherRun


def _note(day: date, version: int, events: int, now: datetime) -> None:
    changed = RollupState.objects.filter(day=day, version=version, purged_at=None)
    if not changed.update(events=events, rolled_at=now, zone=settings.TIME_ZONE):
        raise AnotherRun
