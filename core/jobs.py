"""The periodic jobs: each app's jobs.py registers its own, `run_due` runs them, one process at a time for each job."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import InterfaceError, OperationalError, close_old_connections
from django.db.models import Q

from core import outbox, tasks
from core.clock import ticking
from core.models import JobRun

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # a killed process's job is free again after this; longer than a turn takes
LONG_LEASE = timedelta(minutes=15)  # for work that grows with the shop
RETRY = timedelta(hours=1)  # a failed nightly job does not wait for the next night
NOTE_PAUSES = (0.2, 1, 5)  # seconds between the tries to write down how a run ended


@dataclass(frozen=True)
class Job:
    """Work that comes back: `run` gets the moment and answers with counts, such as {"expired": 3}."""

    name: str
    run: Callable[[datetime], dict[str, int]]
    every: timedelta
    lease: timedelta


@dataclass(frozen=True)
class Result:
    """How one run ended."""

    name: str
    is_ok: bool
    outcome: str
    took: timedelta

    def __str__(self) -> str:
        return f"{self.name}: {'ok' if self.is_ok else 'FAILED'}, {self.outcome} ({self.took.total_seconds():.2f} s)"


_registered: dict[str, Job] = {}


def register(name: str, run: Callable[[datetime], dict[str, int]], every: timedelta, lease: timedelta = LEASE) -> None:
    """Have `run` called every so often; called when an app's jobs.py is imported.

    Nobody else starts it during `lease`, which is how long a killed process keeps it from the others.
    """
    _registered[name] = Job(name, run, every, lease)


def names() -> list[str]:
    """What can be run, in the order of running."""
    return list(_registered)


def run_due(
    *, now: datetime, only_due: bool = True, chosen: str = "", is_stopping: Callable[[], bool] = lambda: False
) -> list[Result]:
    """Run each due job that nobody else is running; with `only_due=False` all of them, or the chosen one, at once.

    A job that fails is logged with its traceback and does not stop the rest.
    """
    clock, results = ticking(now), []
    resting = set(JobRun.objects.filter(next_run_at__gt=now).values_list("name", flat=True)) if only_due else set()
    for job in [job for job in _registered.values() if job.name not in resting and chosen in ("", job.name)]:
        if is_stopping():
            break
        started = clock()
        if _take(job, now=started, only_due=only_due):
            results.append(_run(job, started, clock))
    return results


def _take(job: Job, *, now: datetime, only_due: bool) -> bool:
    """Whether this process got the job: one conditional update decides between all of them."""
    JobRun.objects.get_or_create(name=job.name, defaults={"next_run_at": now})
    free = JobRun.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), name=job.name)
    if only_due:
        free = free.filter(next_run_at__lte=now)
    return bool(free.update(leased_until=now + job.lease, started_at=now, finished_at=None))


def _run(job: Job, started: datetime, clock: Callable[[], datetime]) -> Result:
    try:
        counts = job.run(started)
    except Exception as error:  # the one place that catches everything: no job may take the others down with it
        logger.exception('The job "%s" failed', job.name)
        if isinstance(error, OperationalError | InterfaceError):
            close_old_connections()  # a lost connection could not take the result either
        result = Result(job.name, False, f"{type(error).__name__}: {error}"[:300], clock() - started)
    else:
        outcome = ", ".join(f"{word} {count}" for word, count in counts.items()) or "done"
        result = Result(job.name, True, outcome[:300], clock() - started)
        logger.log(logging.INFO if any(counts.values()) else logging.DEBUG, "%s", result)
    _note(job, started, result)
    return result


def _note(job: Job, started: datetime, result: Result) -> None:
    """Write down how a run ended; a database that stays busy leaves the job to its lease."""
    # Only while the run is still ours: somebody who took it up after the lease keeps their own.
    ours = JobRun.objects.filter(name=job.name, started_at=started)
    for pause in (*NOTE_PAUSES, None):
        try:
            ours.update(
                leased_until=None,
                finished_at=started + result.took,
                duration_ms=result.took // timedelta(milliseconds=1),
                is_ok=result.is_ok,
                outcome=result.outcome,
                next_run_at=started + (job.every if result.is_ok else min(job.every, RETRY)),
            )
        except (OperationalError, InterfaceError) as error:
            close_old_connections()
            if pause is None:
                logger.error('The end of the job "%s" could not be noted: %s', job.name, error)
            else:
                time.sleep(pause)
        else:
            return


def _prune_tasks(now: datetime) -> dict[str, int]:
    call_command("prune_db_task_results", queue_name="*")
    return {}


def _clear_sessions(now: datetime) -> dict[str, int]:
    call_command("clearsessions")
    return {}


register("send letters", lambda now: outbox.send_due(now=now), every=timedelta(seconds=5))
register("revive tasks", lambda now: tasks.revive(now=now), every=timedelta(minutes=1))
register("prune tasks", _prune_tasks, every=timedelta(days=1), lease=LONG_LEASE)
register("clear sessions", _clear_sessions, every=timedelta(days=1), lease=LONG_LEASE)
