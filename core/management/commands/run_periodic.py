"""Everything that is due, once: for cron."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core import jobs, tasks


class Command(BaseCommand):
    help = "Run the waiting tasks and every periodic job once, now; exit code 1 when a job failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--job", default="", choices=jobs.names(), help="Run only this one.")

    def handle(self, *, job: str, **options: Any) -> None:
        while not job and tasks.run_next("run_periodic"):
            pass
        results = jobs.run_due(now=timezone.now(), only_due=False, chosen=job)
        for result in results:
            self.stdout.write(str(result))
        if any(not result.is_ok for result in results):
            raise CommandError("A job failed.")
