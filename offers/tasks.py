"""Work done off the request path, by the worker."""

import secrets

from django_tasks import task

from inventory.pictures import as_small
from offers.models import SellPhoto


@task()
def make_thumbnail(photo_id: int) -> None:
    """Make a photo's small rendition; done again, it stays as it is."""
    photo = SellPhoto.objects.filter(pk=photo_id, thumbnail="").first()
    if photo is None:
        return
    with photo.image.open() as master:
        small = as_small(master)
    photo.thumbnail.save(f"{secrets.token_hex(16)}.webp", small, save=False)
    # The photo may have been deleted meanwhile: then nothing may stay behind.
    if not SellPhoto.objects.filter(pk=photo.pk).update(thumbnail=photo.thumbnail.name):
        photo.thumbnail.delete(save=False)
