"""Draw the photos of the demo shop; their WebP files are committed, so only a changed drawing needs this."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from shop.demo.catalogue import PICTURES, PRODUCTS
from shop.demo.drawing import pictures


class Command(BaseCommand):
    help = "Draw the photos of the demo shop (needs resvg_py from requirements-dev.txt; a few seconds a photo)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", nargs="+", metavar="KEY", help="draw these products only")
        parser.add_argument("--out", type=Path, default=PICTURES, metavar="DIR", help="where the files go")

    def handle(self, *, only: list[str] | None, out: Path, **options: object) -> None:
        unknown = sorted(set(only or []) - {product.key for product in PRODUCTS})
        if unknown:
            raise CommandError(f"No such demo product: {', '.join(unknown)}")
        out.mkdir(parents=True, exist_ok=True)
        count = size = 0
        for product in PRODUCTS:
            if only and product.key not in only:
                continue
            for name, webp in pictures.photos(product):
                (out / name).write_bytes(webp)
                count, size = count + 1, size + len(webp)
        self.stdout.write(f"{count} photos drawn into {out}, {size / 1e6:.2f} MB together.")
