from typing import Any

from django.db import migrations

USUAL = (
    "trainers, sneakers, runners, kicks",
    "hoodie, hoody, hooded sweatshirt",
    "jumper, sweater, pullover",
    "tee, t-shirt",
    "sweatshirt, crewneck, crew sweat",
    "trousers, pants, slacks",
    "joggers, track pants, sweatpants, tracksuit bottoms",
    "jeans, denims",
    "beanie, woolly hat",
    "cap, baseball cap, snapback",
    "puffer, down jacket, padded jacket",
    "gilet, bodywarmer",
    "anorak, windbreaker, cagoule",
    "grey, gray",
    "beige, sand",
)


def add(apps: Any, schema_editor: Any) -> None:
    synonyms = apps.get_model("inventory", "Synonyms")
    synonyms.objects.bulk_create(synonyms(words=words) for words in USUAL)


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_synonyms"),
    ]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
