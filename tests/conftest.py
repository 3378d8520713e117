"""What all tests share."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
from django.core.cache import caches
from django.db import connection

from config.settings_test import SCRATCH
from core.append_only import drop_triggers
from core.audit import Actor

# Playwright's event loop makes Django believe that the tests are asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# No test may fail because the machine is busy.
hypothesis.settings.register_profile("suite", deadline=None, database=None, max_examples=60)
# pytest --hypothesis-profile=thorough tests/offers/test_submission_machine.py
hypothesis.settings.register_profile("thorough", deadline=None, database=None, max_examples=600)
hypothesis.settings.load_profile("suite")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind: uploads of the tests lie in a folder of this process."""
    shutil.rmtree(SCRATCH, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of the suite; at the end no thread of a live server may hold it for a browser that is still open."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture
def now() -> datetime:
    """The present moment of a test."""
    return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def actor() -> Actor:
    """Somebody who acts."""
    return Actor("user 1", "test")


@pytest.fixture(autouse=True)
def _settings_are_not_remembered() -> None:
    caches["process"].clear()
    caches["moments"].clear()


@pytest.fixture(autouse=True)
def _append_only_tables_can_be_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """Emptying a SQLite database after a transactional test deletes rows; `migrate` signals bring the triggers back."""
    marker = request.node.get_closest_marker("django_db")
    is_transactional = "transactional_db" in request.fixturenames or "live_server" in request.fixturenames
    if marker:
        is_transactional |= bool(marker.kwargs.get("transaction"))
        request.getfixturevalue("transactional_db" if is_transactional else "db")
    yield
    if is_transactional and connection.vendor == "sqlite":
        drop_triggers()
