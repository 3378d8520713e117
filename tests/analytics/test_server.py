"""Counting in real server processes: a page waits for nothing, and a stopped server loses nothing."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test import Client

from analytics.models import Event, EventBatch
from analytics.services import capture
from benchmarks.server import Server, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PATIENCE = 30  # seconds
PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"}


def get(server: Server, path: str = "/shop/") -> int:
    call = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    call.request("GET", path, headers=PERSON)
    try:
        return call.getresponse().status
    finally:
        call.close()


def wait_until(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@contextmanager
def locked() -> Iterator[None]:
    """Nobody else can write an event: the table's lock, or SQLite's one write lock."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE analytics_events IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_server_that_is_stopped_writes_what_it_has_seen() -> None:
    with serving(ANALYTICS_MODE="daily-hash", ANALYTICS_FLUSH_SECONDS="3600") as server:
        for _ in range(20):
            assert get(server) == 200
        assert not Event.objects.exists()

    assert Event.objects.filter(event_type="page_view").count() == 20
    assert sum(EventBatch.objects.values_list("events", flat=True)) == Event.objects.count()


def test_pages_are_answered_while_nobody_can_write_events_and_nothing_is_lost() -> None:
    with serving(ANALYTICS_MODE="daily-hash", ANALYTICS_FLUSH_SECONDS="0.1", LOCK_WAIT_SECONDS="1") as server:
        with locked():
            # Answered while the lock is held: none of them can have waited for it.
            assert [get(server) for _ in range(10)] == [200] * 10
        wait_until(lambda: Event.objects.filter(event_type="page_view").count() == 10)


@pytest.fixture
def no_writes() -> Iterator[None]:
    """This connection can read, and nothing else."""
    is_sqlite = connection.vendor == "sqlite"
    statement = "PRAGMA query_only = {}" if is_sqlite else "SET default_transaction_read_only = {}"
    with connection.cursor() as cursor:
        cursor.execute(statement.format("on"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(statement.format("off"))


def test_a_database_that_takes_no_writes_breaks_no_page(no_writes: None, settings: LazySettings) -> None:
    settings.ANALYTICS_MODE = "daily-hash"

    assert Client(headers=PERSON).get("/shop/").status_code == 200
    assert len(capture.buffer.events) == 1
