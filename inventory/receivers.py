"""What follows when a row of ours is gone, whoever deleted it."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from inventory.models import Photo
from inventory.tasks import delete_files


@receiver(post_delete, sender=Photo, dispatch_uid="delete_files_of_photo")
def photo_deleted(sender: type[Photo], instance: Photo, **kwargs: Any) -> None:
    """A photo's files go with it, also where its product was deleted."""
    transaction.on_commit(partial(delete_files, instance))
