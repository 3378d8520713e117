"""Read Shopify's product CSV into the shop."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.audit import Actor
from inventory.errors import FileRefused
from inventory.models import Condition
from inventory.rules.shopify import read_products
from inventory.services import fetching, imports

ACTOR = Actor("import_products", "command")


class Command(BaseCommand):
    help = "Read Shopify's product CSV: new products, lots and stock. Repeating it makes no doubles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would be made, and make nothing")
        parser.add_argument("--skip-bad", action="store_true", help="leave out products with a problem, keep the rest")
        parser.add_argument("--fetch-images", action="store_true", help="download the pictures the file names")
        parser.add_argument("--from-private", action="store_true", help="those on servers of your own network too")
        parser.add_argument("--condition", choices=Condition.values, default=Condition.NEW_TAGGED.value)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = read_products(options["file"].read_bytes())
        except (OSError, FileRefused) as error:
            raise CommandError(str(error)) from error
        choices = imports.Choices(options["condition"], options["skip_bad"], options["dry_run"])
        report = imports.import_products(found=found, choices=choices, actor=ACTOR, now=timezone.now())
        for problem in report.problems:
            self.stderr.write(str(problem))
        counts = ", ".join(f"{count} {word}" for word, count in report.counts.items() if count) or "nothing"
        if report.problems and not choices.skip_bad:
            raise CommandError(
                f"{len(report.problems)} problems, nothing was imported. Mend the file or add --skip-bad."
            )
        if choices.dry_run:
            self.stdout.write(f"import_products: would be {counts}")
            return
        self.stdout.write(f"import_products: {counts}")
        if options["fetch_images"]:
            fetched, refused = fetching.fetch_pictures(found=found, from_private=options["from_private"])
            for line in refused:
                self.stderr.write(line)
            self.stdout.write(f"import_products: {fetched} pictures fetched, {len(refused)} not")
