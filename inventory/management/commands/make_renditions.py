"""Have photos made anew in the sizes that pages show."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inventory.services import products


class Command(BaseCommand):
    help = "Put photos without today's renditions on the worker's list; pages show the whole photo meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="those that have them as well")

    def handle(self, *args: Any, **options: Any) -> None:
        count = products.ask_for_renditions(of_all=options["all"])
        self.stdout.write(f"make_renditions: {count} photos given to the worker")
