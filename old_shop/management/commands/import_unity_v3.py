"""Bring over a database of the old shop."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from old_shop.errors import FileRefused
from old_shop.queries import files
from old_shop.services import moving


class Command(BaseCommand):
    help = "Read a database of Unity v3 (SQLite, from D1). Repeating it makes no doubles; exit code 1 on differences."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would be made, and make nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = files.read(options["file"])
        except FileRefused as refusal:
            raise CommandError(refusal.message) from refusal
        report = moving.move_in(found=found, now=timezone.now(), is_dry_run=options["dry_run"])
        for line in report.lines():
            self.stdout.write(line)
        verdict = "no unexplained differences, all stock adds up" if report.is_clean else "DIFFERENCES, see above"
        self.stdout.write(f"import_unity_v3: {verdict}{' (dry run, nothing was kept)' if options['dry_run'] else ''}")
        if not report.is_clean:
            sys.exit(1)
