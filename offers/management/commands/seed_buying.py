"""Say what the demo shop buys."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from inventory.models import Category
from offers.models import BuyingRule, BuyingSettings, OfferRule

CLOTHES = ["Front", "Back", "Label", "Flaw"]
WORN = ["Zips and buttons", "Seams", "Smell", "Label"]
CLOTHING: dict[str, Any] = {"photo_slots": CLOTHES, "checklist": WORN}
THING: dict[str, Any] = {
    "photo_slots": ["Front", "Back", "Inside", "Flaw"],
    "checklist": ["Seams", "Hardware", "Inside", "Smell"],
}
# By the slug of a demo category.
RULES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("jackets", "hoodies", "trousers", "shorts", "sets"), CLOTHING),
    "tees": CLOTHING | {"exclusions": "Plain tees without a label"},
    "trainers": {
        "photo_slots": ["Side", "Front", "Sole", "Size label", "Flaw"],
        "required_slots": ["Side", "Sole"],
        "checklist": ["Soles", "Insoles", "Stitching", "Smell", "Label"],
        "smallest_size": "6",
        "largest_size": "12",
        "exclusions": "Trainers with worn-through soles",
    },
    "bags": THING,
    "hats": THING | {"is_bought": False},
}


class Command(BaseCommand):
    """Does nothing where there are rules already: staff may have changed or deleted some."""

    help = "Say what the demo shop buys, and how far shoppers may bargain. Safe to repeat."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not BuyingSettings.objects.exists():
            BuyingSettings().save()
        OfferRule.objects.get_or_create(category=None)
        if not BuyingRule.objects.exists():
            for category in Category.objects.filter(slug__in=RULES):
                BuyingRule.objects.create(category=category, **RULES[category.slug])
        self.stdout.write(f"seed_buying: {BuyingRule.objects.count()} buying rules.")
