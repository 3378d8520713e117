"""The worker as a process of its own: it sends, survives, and ends when told to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core import outbox
from core.letters import Letter
from core.models import OutboxMessage

PATIENCE = 30  # seconds


def _address_of_the_test_database() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password, port = database["USER"], quote(database["PASSWORD"] or ""), database["PORT"] or 5432
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    return f"postgres://{user}:{password}@/{database['NAME']}?host={quote(host)}&port={port}"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running worker on the test database; its log and letters are in tmp_path."""
    environment = os.environ | {
        "DATABASE_URL": _address_of_the_test_database(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "EMAIL_URL": "consolemail://",
        "LOCK_WAIT_SECONDS": "1",
    }
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"], cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log
        )
        yield process
        process.kill()
        process.wait()


def _wait_until(is_true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def _post(key: str) -> Callable[[], bool]:
    """Queue a letter; what is returned says whether it was sent."""
    outbox.post(dedupe_key=key, about="a test", to="a@example.com", letter=Letter(key, "Hi.", ""), now=timezone.now())
    return OutboxMessage.objects.filter(dedupe_key=key, status="sent").exists


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_sends_letters_and_ends_when_told_to(
    worker: subprocess.Popen[bytes], number: signal.Signals, tmp_path: Path
) -> None:
    _wait_until(_post("first"))

    worker.send_signal(number)

    assert worker.wait(PATIENCE) == 0
    assert b"Traceback" not in (tmp_path / "log").read_bytes()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_worker_outlives_a_database_that_does_not_answer(worker: subprocess.Popen[bytes], tmp_path: Path) -> None:
    _wait_until(_post("before"))

    if connection.vendor == "sqlite":
        with transaction.atomic():
            _post("during")
            _wait_until(lambda: b"database is locked" in (tmp_path / "log").read_bytes())
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    _wait_until(_post("after"))
    assert worker.poll() is None
