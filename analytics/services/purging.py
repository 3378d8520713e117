"""Deleting events that are old and counted, in short blocks, so that nobody waits for the lock."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from analytics.models import Event, EventBatch, RollupState
from analytics.queries import dimensions
from analytics.rules import days

BLOCK = 1_000
PAUSE = 0.05  # seconds for others: SQLite lets whoever waits look for its lock only now and then


@dataclass(frozen=True)
class Purge:
    """What a run did, or would do: days and events deleted, and days left because they are not counted right."""

    days: list[date]
    events: int
    left: list[date]


def purge(*, now: datetime, keep_days: int, is_dry_run: bool = False) -> Purge:
    """Delete the events of days older than that, if the day is rolled up, waits for nothing, and its count matches."""
    horizon = days.day_of(now) - timedelta(days=keep_days)
    states = RollupState.objects.filter(day__lt=horizon, rolled_at__isnull=False).order_by("day")
    done: list[date] = []
    left: list[date] = []
    events = 0
    for state in list(states):
        count = _count(state.day)
        if state.purged_at is not None and not count:
            continue
        if state.purged_at is None and (count != state.events or EventBatch.objects.filter(day=state.day).exists()):
            left.append(state.day)
            continue
        if not is_dry_run:
            # Marked first: killed in the middle, the day is not made again from what is left of it.
            RollupState.objects.filter(pk=state.pk, purged_at=None).update(purged_at=now)
            _delete(state.day)
        done.append(state.day)
        events += count
    return Purge(done, events, left)


def _count(day: date) -> int:
    sql, parameters = dimensions.count_events(day)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.fetchone()[0])


def _delete(day: date) -> None:
    low, high = days.bounds(day)
    of_day = Event.objects.filter(event_type__in=dimensions.ALL_EVENTS, created_at__gte=low, created_at__lt=high)
    while block := list(of_day.order_by().values_list("pk", flat=True)[:BLOCK]):
        with transaction.atomic():
            Event.objects.filter(pk__in=block).delete()
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
