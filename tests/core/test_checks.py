"""The shop refuses to start on a database on which a piece could be sold twice."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from psycopg import IsolationLevel

from core.checks import refuse_unsafe_database

postgresql_only = pytest.mark.skipif(
    settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="isolation levels are PostgreSQL's"
)
sqlite_only = pytest.mark.skipif(
    not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), reason="transaction modes are SQLite's"
)


def errors() -> list[str]:
    """What `manage.py check` finds wrong with the database settings."""
    return [error.msg for error in run_checks() if error.id == "core.E001"]


@pytest.mark.django_db
def test_the_shop_s_own_database_is_accepted() -> None:
    refuse_unsafe_database()

    assert errors() == []


def test_atomic_requests_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)

    assert errors() == ["The database settings are not safe to sell from: ATOMIC_REQUESTS is on."]


@sqlite_only
def test_transactions_that_do_not_begin_immediate_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(settings.DATABASES["default"]["OPTIONS"], "transaction_mode")

    assert errors() == ["The database settings are not safe to sell from: transactions do not begin IMMEDIATE."]


@sqlite_only
@pytest.mark.django_db
def test_what_was_committed_outlives_a_power_cut() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_a_connection_without_foreign_keys_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
    try:
        with pytest.raises(ImproperlyConfigured, match="foreign keys are off"):
            refuse_unsafe_database()
    finally:
        connection.close()


@postgresql_only
def test_another_isolation_level_in_the_settings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"]["OPTIONS"], "isolation_level", IsolationLevel.REPEATABLE_READ)

    assert errors() == [
        'The database settings are not safe to sell from: OPTIONS["isolation_level"] is not READ COMMITTED.'
    ]


@postgresql_only
@pytest.mark.django_db(transaction=True)
def test_transactions_of_another_isolation_level_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "isolation_level", IsolationLevel.SERIALIZABLE)
    try:
        with pytest.raises(ImproperlyConfigured, match='transactions are "serializable"'):
            refuse_unsafe_database()
    finally:
        connection.close()


@postgresql_only
@pytest.mark.parametrize("start", [["-c", "import config.wsgi"], ["manage.py", "worker", "--once"]])
def test_neither_pages_nor_worker_start_on_a_serializable_postgresql(start: list[str]) -> None:
    address = os.environ["DATABASE_URL"]
    options = "options=-c%20default_transaction_isolation%3Dserializable"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"{address}{'&' if '?' in address else '?'}{options}",
    }

    ended = subprocess.run(
        [sys.executable, *start], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode != 0
    assert 'not safe to sell from: transactions are "serializable", not "read committed".' in ended.stderr
