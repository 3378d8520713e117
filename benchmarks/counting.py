"""How counting holds up at 10 million events over 90 days, against what one would have instead: `make bench-analytics`.

Everything is measured in one run on each database and compared as ratios. QUICK=1 takes 1 million events. CPU seconds
are those of this process and, on PostgreSQL, of the server's backend. A "*" marks what misses its goal.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from statistics import median
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count, Sum  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from analytics.models import DailyFigure, Event, EventBatch  # noqa: E402
from analytics.queries import checking  # noqa: E402
from analytics.queries.dimensions import DIMENSIONS  # noqa: E402
from analytics.rules import days  # noqa: E402
from analytics.services import capture, purging, rollup  # noqa: E402
from benchmarks.database import scratch  # noqa: E402
from benchmarks.events import DAYS, EVENTS, IS_QUICK, MIX, fill, sell_some, without_index  # noqa: E402
from benchmarks.meters import (  # noqa: E402
    IS_POSTGRESQL,
    cpu,
    longest_wait,
    milliseconds,
    peak,
    peak_of,
    table_bytes,
)
from benchmarks.run import conditions, on_both_databases  # noqa: E402

SAMPLE = 2  # days the slow ways are measured on, and scaled from


def main() -> int:
    """Both databases, or with --here the configured one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", action="store_true")
    if not parser.parse_args().here:
        return on_both_databases("benchmarks.counting", [])
    with scratch():
        measure()
    return 0


def measure() -> None:
    """Fill the tables, then one line a goal."""
    now = timezone.now()
    last = days.day_of(now) - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    say(f"\nmake bench-analytics: {conditions()}")
    if IS_POSTGRESQL:
        with connection.cursor() as cursor:
            # Helpers of the backend would work beside the clock.
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    begun = time.monotonic()
    fill(first)
    say(f"{EVENTS:,} events over {DAYS} days, {Event._meta.db_table} filled in {time.monotonic() - begun:.0f} s\n")
    sell_some(first)

    ten = peak_of(lambda: roll(now, last - timedelta(days=9), last))
    _, rolled = cpu(lambda: roll(now, first, last))
    ninety = peak()
    _, raw = cpu(lambda: raw_statements(first))
    row(1, "rollup, CPU s, against the same aggregates in raw SQL", rolled / raw, 1.2, f"{rolled:.1f} / {raw:.1f}")
    types_only = types_alone(first)
    for words, least, scale, call in slow_ways(first):
        with without_index() if "type index" in words else nullcontext():
            _, took = cpu(call)
        row(
            3,
            f"{words} against the rollup by type",
            took * scale / types_only,
            least,
            f"{took * scale:.0f} s",
            at_least=True,
        )
    row(4, "memory at 90 days against 10 days", ninety / ten, 1.05, f"{ninety:.0f} / {ten:.0f} MB")
    newest(now)
    page_view_cost()
    if not IS_POSTGRESQL:
        row(7, "longest wait for SQLite's write lock in a rollup, ms", longest_wait(lambda: roll(now, last, last)), 50)
    wrong = [str(each) for day in (first, last) for each in checking.differences(day)]
    row(9, "figures that differ from events and orders", len(wrong) + (not checking.money_matches(first, last)), 0)
    late_event(now, last)
    size_of_events()
    chart(first, last)
    if not IS_POSTGRESQL:
        wait = longest_wait(lambda: purging.purge(now=now, keep_days=DAYS - 1))
        row(7, "longest wait for SQLite's write lock in a purge, ms", wait, 50)
    say("8 and 13: tests/crash/test_counting.py and tests/analytics/ (no figure). 2 (DuckDB) is not measured here.")


def roll(now: Any, first: date, last: date) -> None:
    rollup.roll_up(now=now, first=first, last=last)


def raw_statements(first: date) -> None:
    """The same aggregates, written nowhere."""
    with connection.cursor() as cursor:
        for day in days.days_between(first, first + timedelta(days=DAYS - 1)):
            for dimension in DIMENSIONS:
                sql, parameters = dimension.select(day)
                cursor.execute(f"CREATE TEMPORARY TABLE raw_figures AS {sql}", parameters)
                cursor.execute("DROP TABLE raw_figures")


def types_alone(first: date) -> float:
    """CPU seconds of the type dimension alone, 90 days: what the slow ways answer."""

    def ask() -> None:
        with connection.cursor() as cursor:
            for day in days.days_between(first, first + timedelta(days=DAYS - 1)):
                sql, parameters = DIMENSIONS[0].select(day)
                cursor.execute(sql, parameters)
                cursor.fetchall()

    return cpu(ask)[1]


def slow_ways(first: date) -> Iterator[tuple[str, float, float, Callable[[], object]]]:
    """What one would otherwise write: its words, how many times slower it should be, its scale, and the call."""
    some = list(days.days_between(first, first + timedelta(days=SAMPLE - 1)))
    figures = {"events": Count("pk"), "visitors": Count("visitor", distinct=True), "quantity": Sum("quantity")}
    kinds = list(MIX)

    def by_date() -> None:
        for day in some[:1]:
            for kind in kinds[:2]:
                Event.objects.filter(event_type=kind, created_at__date=day).aggregate(**figures)

    def by_range() -> None:
        for day in some:
            low, high = days.bounds(day)
            for kind in kinds:
                Event.objects.filter(event_type=kind, created_at__gte=low, created_at__lt=high).aggregate(**figures)

    def by_loop() -> None:
        low, high = days.bounds(some[0])[0], days.bounds(some[-1])[1]
        found: Counter[str] = Counter()
        rows = Event.objects.filter(created_at__gte=low, created_at__lt=high)
        for event in rows.values_list("event_type", "visitor", "quantity").iterator():
            found[event[0]] += 1

    # Two of the types hold 82 of a hundred events, so their time is scaled by rows.
    yield "ORM loop with created_at__date", 250, DAYS * 100 / 82, by_date
    yield "ORM loop over a type index alone", 50, DAYS / SAMPLE, by_range
    yield "Python loop over .iterator()", 20, DAYS / SAMPLE, by_loop


def newest(now: Any) -> None:
    """The old report's query: the last 7 days of one type, the newest 50."""

    def ask() -> float:
        since = now - timedelta(days=7)
        query = Event.objects.filter(event_type="checkout_start", created_at__gte=since).order_by("-created_at")[:50]
        return milliseconds(lambda: list(query.values_list("pk", flat=True)))

    ask()
    with_index = median(ask() for _ in range(9))
    with without_index():
        alone = median(ask() for _ in range(1 if not IS_QUICK else 3))
    words = f"newest 50 of a type in 7 days: {alone:.0f} ms with (event_type) alone, {with_index:.2f} ms with ours"
    row(5, words, alone / with_index, 1000, at_least=True)


def page_view_cost() -> None:
    """What counting adds to a page, paired: the same page with it and without, in turns."""
    client = Client(headers={"host": "127.0.0.1", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"})
    settings.ANALYTICS_FLUSH_SECONDS = 1.0
    request = client.get("/healthz/").wsgi_request
    taken = []
    for _ in range(2000):
        begun = time.perf_counter()
        capture.track(request, "page_view")
        taken.append(time.perf_counter() - begun)
    time.sleep(4)  # until the buffer is empty and its connection closed
    row(6, "counting one page view, median µs", median(taken) * 1e6, 50)


def late_event(now: Any, last: date) -> None:
    """One event more: only its day is made anew."""
    day = last - timedelta(days=5)
    Event.objects.create(event_type="page_view", created_at=days.bounds(day)[0], visitor=1)
    EventBatch.objects.create(day=day, events=1)
    begun = time.perf_counter()
    done = rollup.roll_up(now=now)
    words = f"days made anew for one late event, in {(time.perf_counter() - begun) * 1000:.0f} ms"
    row(10, words, len([each for each in done.rolled if each <= last]), 1)


def size_of_events() -> None:
    """Bytes of table and indexes an event, against the old shop's row: JSON, agent, address, UUIDs, three indexes."""
    ours = table_bytes("analytics_events") / Event.objects.count()
    count = 50_000
    payload = '{"type":"page_view","session":"' + "0" * 36 + '","agent":"' + "x" * 110 + '","url":"' + "y" * 80 + '"}'
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE old_events (id text PRIMARY KEY, event_type text, event_data text, session_id text,"
            " user_id text, product_id text, ip_address text, user_agent text, timestamp text)"
        )
        rows = (f"SELECT generate_series(1, {count}) AS n" if IS_POSTGRESQL else None) or (
            f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT {count}) SELECT n FROM c"
        )
        cursor.execute(
            f"INSERT INTO old_events SELECT 'evt_1760000000000_' || n || 'abcdefgh', 'page_view', '{payload}',"
            f" '{'0' * 30}' || n, NULL, 'PROD-' || n, '192.0.2.1', '{'x' * 110}', '2026-03-02T12:00:00.000Z'"
            f" FROM ({rows}) AS numbered"
        )
        for column in ("event_type", "session_id", "timestamp"):
            cursor.execute(f"CREATE INDEX old_{column} ON old_events ({column})")
        theirs = table_bytes("old_events") / count
        cursor.execute("DROP TABLE old_events")
    row(11, f"bytes an event: {ours:.0f}, the old shop's {theirs:.0f}", ours / theirs, 0.2)


def chart(first: date, last: date) -> None:
    """Ninety days by type from the daily table, against the events themselves."""
    daily = median(
        milliseconds(lambda: list(DailyFigure.objects.filter(day__range=(first, last)).values_list())) for _ in range(9)
    )

    def from_events() -> None:
        with connection.cursor() as cursor:
            for day in days.days_between(first, last):
                sql, parameters = DIMENSIONS[0].select(day)
                cursor.execute(sql, parameters)
                cursor.fetchall()

    raw = milliseconds(from_events)
    row(
        12,
        f"90 days by type: {daily:.1f} ms from daily figures, {raw:.0f} ms from events",
        raw / daily,
        1000,
        at_least=True,
    )


def row(goal: int, words: str, reached: float, aim: float, more: str = "", *, at_least: bool = False) -> None:
    """One line: the goal's number, what was measured, what was reached and what was aimed at."""
    is_met = reached >= aim if at_least else reached <= aim
    sign = "≥" if at_least else "≤"
    say(f"{goal:>3}  {words:<98} {reached:>12,.2f} (goal {sign} {aim:,}){'' if is_met else ' *'}  {more}")


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
