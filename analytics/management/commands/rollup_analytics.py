"""Make the daily figures that are out of date, or check that they are right."""

import sys
import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from analytics.queries import checking
from analytics.services import rollup

BAR = 30
SHOWN = 50  # differences named one by one


class Command(BaseCommand):
    help = "Make the daily figures of every day that is out of date, or of the days given; --check proves them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="D", help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="D", help="last day")
        parser.add_argument("--check", action="store_true", help="compare with events and orders; exit code 1")
        parser.add_argument("--dry-run", action="store_true", help="say which days would be made")
        parser.add_argument("--max-seconds", type=float, metavar="N", help="begin no day after so long")

    def handle(self, *args: Any, **options: Any) -> None:
        now, first, last = timezone.now(), options["first"], options["last"]
        if options["check"]:
            self._check(first, last)
        elif options["dry_run"]:
            waiting = rollup.days_to_do(now=now, first=first, last=last)
            self.stdout.write(f"{len(waiting)} days: {', '.join(map(str, waiting)) or 'none'}")
        else:
            done = rollup.roll_up(
                now=now, first=first, last=last, max_seconds=options["max_seconds"], tell=_bar(self.stdout)
            )
            self.stdout.write(
                f"{len(done.rolled)} days, {done.events} events, {done.left} days left "
                f"({done.took.total_seconds():.2f} s)"
            )

    def _check(self, first: date | None, last: date | None) -> None:
        checked = checking.days_to_check(first, last)
        waiting = set(checking.waiting_days())
        wrong = 0
        for day in checked:
            if day in waiting:
                self.stdout.write(f"{day} waits for its rollup.")
                continue
            for difference in checking.differences(day):
                wrong += 1
                if wrong <= SHOWN:
                    self.stderr.write(str(difference))
        if wrong:
            raise CommandError(f"{wrong} figures are not what events and orders say.", returncode=1)
        self.stdout.write(f"{len(checked)} days match their events and orders.")


def _bar(out: Any) -> Any:
    """Progress on a terminal: a bar, events per second, and how long it may still take."""
    begun = time.monotonic()

    def tell(done: int, of: int, events: int) -> None:
        took = max(time.monotonic() - begun, 0.001)
        bar = "#" * (BAR * done // of)
        left = took / done * (of - done)
        out.write(f"\r[{bar:<{BAR}}] {done}/{of} days, {events / took:,.0f} events/s, {left:,.0f} s left", ending="")
        if done == of:
            out.write("")

    return tell if sys.stdout.isatty() else lambda done, of, events: None
