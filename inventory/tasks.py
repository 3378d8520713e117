"""Work done off the request path, by the worker."""

import secrets

from django_tasks import task

from inventory.models import Photo
from inventory.pictures import as_card


@task()
def make_card(photo_id: int) -> None:
    """Make a photo's small rendition; done again, it stays as it is."""
    photo = Photo.objects.filter(pk=photo_id, card="").first()
    if photo is None:
        return
    with photo.image.open() as master:
        card = as_card(master)
    photo.card.save(f"{secrets.token_hex(12)}.webp", card, save=False)
    photo.save(update_fields=["card"])
