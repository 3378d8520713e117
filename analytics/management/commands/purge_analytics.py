"""Delete events that are old and counted."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from analytics.services import purging


class Command(BaseCommand):
    help = "Delete the events of old days that are rolled up and match; their daily figures stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-days", type=int, default=90, metavar="N", help="days whose events stay (90)")
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted")

    def handle(self, *args: Any, **options: Any) -> None:
        done = purging.purge(now=timezone.now(), keep_days=options["keep_days"], is_dry_run=options["dry_run"])
        verb = "would be deleted" if options["dry_run"] else "deleted"
        self.stdout.write(f"{done.events} events of {len(done.days)} days {verb}.")
        for day in done.left:
            self.stderr.write(f"{day} stays: it is not rolled up, or its count does not match.")
