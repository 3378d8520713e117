"""The worker: tasks and jobs, through failures, kills and a database that does not answer."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from core.models import JobRun
from tests.core.chores import DONE, note, stumble

# The task library closes connections between tasks, which no test's transaction would outlive.
pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_done_yet() -> None:
    DONE.clear()


def work_once() -> None:
    """What the worker does until nothing is due."""
    call_command("worker", once=True)


def test_the_worker_runs_waiting_tasks_and_due_jobs(only_jobs: Callable[..., None]) -> None:
    only_jobs(sweep=lambda now: {"swept": 1})
    note.enqueue("first")
    note.enqueue("second")

    work_once()

    assert DONE == ["first", "second"]
    assert JobRun.objects.get(name="sweep").outcome == "swept 1"


def test_a_failed_task_is_tried_again_with_growing_pauses(only_jobs: Callable[..., None], now: datetime) -> None:
    only_jobs()
    tries = []
    with time_machine.travel(now, tick=False) as clock:
        stumble.enqueue()
        for _minute in range(60):
            before = len(DONE)
            work_once()
            tries += [round((datetime.now(now.tzinfo) - now) / MINUTE)] * (len(DONE) - before)
            clock.shift(MINUTE)

    assert tries == [0, 1, 3, 7, 15]
    assert DBTaskResult.objects.get().status == "FAILED"


def test_the_task_of_a_killed_worker_is_done_by_another(now: datetime) -> None:
    note.enqueue("late")
    DBTaskResult.objects.update(status="RUNNING", started_at=now, worker_ids=["killed"])
    finished = []

    for minutes in (14, 16, 18):
        with time_machine.travel(now + minutes * MINUTE):
            work_once()
        finished.append(list(DONE))

    assert finished == [[], [], ["late"]]


def test_a_task_that_kills_every_worker_is_given_up(now: datetime) -> None:
    note.enqueue("deadly")
    DBTaskResult.objects.update(status="RUNNING", started_at=now, worker_ids=["a", "b", "c", "d", "e"])

    with time_machine.travel(now + 16 * MINUTE):
        call_command("run_periodic", job="revive tasks")

    assert DBTaskResult.objects.get().status == "FAILED"


def test_run_periodic_does_waiting_tasks_too(only_jobs: Callable[..., None]) -> None:
    only_jobs()
    note.enqueue("by cron")

    call_command("run_periodic")

    assert DONE == ["by cron"]


def test_the_worker_refuses_a_database_that_is_not_safe_to_sell_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)

    with pytest.raises(CommandError, match="not safe to sell from: ATOMIC_REQUESTS is on"):
        work_once()
