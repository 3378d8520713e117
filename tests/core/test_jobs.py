"""Periodic jobs: due ones run, one process at a time, whatever happens to the others."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core import jobs
from core.models import JobRun

MINUTE = timedelta(minutes=1)


class Counter:
    """A job that counts its runs."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, now: datetime) -> dict[str, int]:
        self.runs += 1
        return {"counted": self.runs}


def broken(now: datetime) -> dict[str, int]:
    """A job that fails."""
    raise RuntimeError("no paper left")


def killed(now: datetime) -> dict[str, int]:
    """A job whose process ends in the middle."""
    raise SystemExit


@pytest.mark.django_db
def test_a_job_runs_again_only_when_its_time_has_come(only_jobs: Callable[..., None], now: datetime) -> None:
    job = Counter()
    only_jobs(count=job, every=timedelta(hours=1))

    for minutes in (0, 59, 62):
        jobs.run_due(now=now + minutes * MINUTE)

    assert job.runs == 2


@pytest.mark.django_db
def test_the_last_run_is_stored(only_jobs: Callable[..., None], now: datetime) -> None:
    only_jobs(count=Counter(), every=timedelta(hours=1))

    jobs.run_due(now=now)

    run = JobRun.objects.get(name="count")
    assert (run.is_ok, run.outcome, run.leased_until) == (True, "counted 1", None)
    assert run.started_at is not None
    assert run.finished_at is not None
    assert now <= run.started_at <= run.finished_at
    assert run.next_run_at == run.started_at + timedelta(hours=1)


@pytest.mark.django_db
def test_a_failing_job_does_not_stop_the_rest(only_jobs: Callable[..., None], now: datetime) -> None:
    job = Counter()
    only_jobs(broken=broken, count=job)

    results = jobs.run_due(now=now)

    assert [(result.name, result.is_ok) for result in results] == [("broken", False), ("count", True)]
    assert job.runs == 1


@pytest.mark.django_db
def test_a_failure_is_logged_with_its_traceback_and_stored(
    only_jobs: Callable[..., None], now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    only_jobs(broken=broken)

    jobs.run_due(now=now)

    run = JobRun.objects.get(name="broken")
    assert (run.is_ok, run.outcome) == (False, "RuntimeError: no paper left")
    assert "Traceback" in caplog.text


@pytest.mark.django_db
def test_a_nightly_job_that_failed_is_tried_again_within_the_hour(
    only_jobs: Callable[..., None], now: datetime
) -> None:
    only_jobs(broken=broken, every=timedelta(days=1))

    jobs.run_due(now=now)

    assert len(jobs.run_due(now=now + 61 * MINUTE)) == 1


@pytest.mark.django_db
def test_the_job_of_a_killed_process_runs_again_after_its_lease(only_jobs: Callable[..., None], now: datetime) -> None:
    only_jobs(count=killed)
    with pytest.raises(SystemExit):
        jobs.run_due(now=now)
    job = Counter()
    only_jobs(count=job)

    assert jobs.run_due(now=now + MINUTE) == []
    assert len(jobs.run_due(now=now + 3 * MINUTE)) == 1


@pytest.mark.django_db
def test_a_job_can_have_a_longer_lease(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(jobs, "_registered", {})
    jobs.register("count", killed, MINUTE, lease=jobs.LONG_LEASE)
    with pytest.raises(SystemExit):
        jobs.run_due(now=now)
    jobs.register("count", Counter(), MINUTE, lease=jobs.LONG_LEASE)

    assert jobs.run_due(now=now + 14 * MINUTE) == []
    assert len(jobs.run_due(now=now + 16 * MINUTE)) == 1


@pytest.fixture
def locking() -> Iterator[Callable[[float], dict[str, int]]]:
    """A job's work, during which somebody else locks its row for so many seconds; we do not wait long."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50" if connection.vendor == "sqlite" else "SET lock_timeout = '50ms'")
    done, holders = threading.Event(), []

    def work(seconds: float) -> dict[str, int]:
        held = threading.Event()

        def lock() -> None:
            with transaction.atomic():
                JobRun.objects.update(outcome="looking")
                held.set()
                done.wait(seconds)
            connection.close()

        holders.append(threading.Thread(target=lock))
        holders[-1].start()
        held.wait(20)
        return {"counted": 1}

    yield work
    done.set()
    for holder in holders:
        holder.join()
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_run_is_noted_when_the_database_is_free_again(
    only_jobs: Callable[..., None], now: datetime, locking: Callable[[float], dict[str, int]]
) -> None:
    only_jobs(count=lambda now: locking(0.5))

    jobs.run_due(now=now)

    run = JobRun.objects.get(name="count")
    assert (run.outcome, run.leased_until) == ("counted 1", None)


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_end_cannot_be_noted_rests_until_its_lease_is_over(
    only_jobs: Callable[..., None],
    now: datetime,
    locking: Callable[[float], dict[str, int]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(jobs, "NOTE_PAUSES", (0,))
    only_jobs(count=lambda now: locking(20))

    results = jobs.run_due(now=now)

    assert [result.outcome for result in results] == ["counted 1"]
    assert 'The end of the job "count" could not be noted' in caplog.text


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_processes_never_run_the_same_job_at_once(only_jobs: Callable[..., None], now: datetime) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(now: datetime) -> dict[str, int]:
        started.set()
        go_on.wait(20)
        return {}

    only_jobs(slow=slow)

    def other_process() -> None:
        jobs.run_due(now=now)
        connection.close()

    other = threading.Thread(target=other_process)
    other.start()
    started.wait(20)
    results = jobs.run_due(now=now, only_due=False)
    go_on.set()
    other.join()

    assert results == []


@pytest.mark.django_db
def test_run_periodic_runs_everything_at_once_and_prints_a_line_a_job(
    only_jobs: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = Counter(), Counter()
    only_jobs(first=first, second=second, every=timedelta(days=1))

    call_command("run_periodic")
    call_command("run_periodic")

    assert (first.runs, second.runs) == (2, 2)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" (")[0] for line in lines] == [
        "first: ok, counted 1",
        "second: ok, counted 1",
        "first: ok, counted 2",
        "second: ok, counted 2",
    ]


@pytest.mark.django_db
def test_run_periodic_can_be_told_one_job(only_jobs: Callable[..., None]) -> None:
    first, second = Counter(), Counter()
    only_jobs(first=first, second=second)

    call_command("run_periodic", job="second")

    assert (first.runs, second.runs) == (0, 1)


@pytest.mark.django_db
def test_run_periodic_refuses_a_job_it_does_not_know(only_jobs: Callable[..., None]) -> None:
    only_jobs(first=Counter())

    with pytest.raises(CommandError, match="invalid choice: 'dishes'"):
        call_command("run_periodic", "--job", "dishes")


@pytest.mark.django_db
def test_run_periodic_fails_when_a_job_failed(
    only_jobs: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    job = Counter()
    only_jobs(broken=broken, count=job)

    with pytest.raises(CommandError):
        call_command("run_periodic")

    assert "broken: FAILED, RuntimeError: no paper left" in capsys.readouterr().out
    assert job.runs == 1


@pytest.mark.django_db
def test_the_shop_s_own_jobs_all_run_on_an_empty_database() -> None:
    call_command("run_periodic")

    assert set(JobRun.objects.filter(is_ok=True).values_list("name", flat=True)) == set(jobs.names())
    assert {"send letters", "revive tasks", "prune tasks", "clear sessions"} <= set(jobs.names())
