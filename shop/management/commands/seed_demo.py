"""Load the demo shop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from inventory.models import Product
from shop.demo import seed
from shop.models import Order


class Command(BaseCommand):
    help = "Load the demo shop: sixty pieces, some sold, some held, with people who can sign in. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing where the demo, or a shop of one's own, is")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once and not seed.is_loaded() and (seed.has_own_goods() or seed.has_real_orders()):
            self.stdout.write("seed_demo: this shop has goods of its own, the demo stays out.")
            return
        if not (once and seed.is_loaded()):
            if seed.has_real_orders():
                raise CommandError("This database has real orders. The demo has no place here.")
            seed.load(now=timezone.now())
        self.stdout.write(f"seed_demo: {Product.objects.count()} products, {Order.objects.count()} orders.")
        self.stdout.write("Demo sign-ins, all with the password " + seed.PASSWORD)
        self.stdout.write(f"  {seed.OWNER}   may do everything in the admin")
        self.stdout.write(f"  {seed.PACKER}  packs orders in the admin")
        self.stdout.write(f"  {next(iter(seed.SHOPPERS))}     a shopper")
