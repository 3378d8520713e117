"""Write the words of every product anew."""

from typing import Any

from django.core.management.base import BaseCommand

from inventory.models import Product
from inventory.services import products


class Command(BaseCommand):
    help = "Write anew the words that every product is found by; harmless while the shop is open."

    def handle(self, *args: Any, **options: Any) -> None:
        written = 0
        for product in Product.objects.select_related("brand", "category").iterator(chunk_size=500):
            products.refresh_words(product=product)
            written += 1
        self.stdout.write(f"rebuild_search: {written} products")
