"""Prove that a database is what the models, the rules and the books say."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from analytics.queries.validation import run, words


class Command(BaseCommand):
    help = "Ask the database for its schema, constraints, triggers, plans, settings and books; exit code 1 on findings."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="the report as JSON")
        form.add_argument("--markdown", action="store_true", help="the report as Markdown, with plans and statistics")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, metavar="ALIAS", help="which database (default)")

    def handle(self, *, database: str, **options: Any) -> None:
        report = run.validate(database, now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(report.as_data(), indent=2))
        else:
            self.stdout.write(words.as_markdown(report) if options["markdown"] else words.as_text(report))
        if report.findings:
            sys.exit(1)
