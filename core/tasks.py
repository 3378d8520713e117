"""What the task library leaves to us: failed tasks get another turn, and so do those whose worker died."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from django_tasks import TaskResult, TaskResultStatus
from django_tasks.signals import task_finished
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # longer than any task takes
MAX_ATTEMPTS = 5


def _pause(attempts: int) -> timedelta:
    return timedelta(seconds=30 * 2**attempts)


@receiver(task_finished, dispatch_uid="retry_failed_task")
def retry_failed(sender: Any, task_result: TaskResult[Any], **kwargs: Any) -> None:
    """Give a task that has just failed another turn later, unless it used them all up."""
    if task_result.status == TaskResultStatus.FAILED and task_result.attempts < MAX_ATTEMPTS:
        again = timezone.now() + _pause(task_result.attempts)
        DBTaskResult.objects.filter(pk=task_result.id, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY, run_after=again, finished_at=None
        )


def revive(*, now: datetime) -> dict[str, int]:
    """Give tasks whose worker was killed another turn, or give them up."""
    counts = {"revived": 0, "given up": 0}
    for task in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lte=now - LEASE):
        attempts = len(task.worker_ids)
        # Compare and set: the task may have ended, or been taken up again, since it was read.
        same = DBTaskResult.objects.filter(pk=task.pk, status=task.status, started_at=task.started_at)
        if attempts < MAX_ATTEMPTS:
            counts["revived"] += same.update(status=TaskResultStatus.READY, run_after=now + _pause(attempts))
        else:
            counts["given up"] += same.update(
                status=TaskResultStatus.FAILED, finished_at=now, traceback="The worker died each time."
            )
    return counts


def run_next(worker_id: str) -> bool:
    """Run one ready task, if there is one; whether there was."""
    # Asked first, because the library takes SQLite's one write lock even to find nothing.
    if not DBTaskResult.objects.ready().exists():
        return False
    Worker(
        queue_names=["*"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id=worker_id,
    ).run()
    return True
