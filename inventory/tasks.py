"""Work done off the request path, by the worker."""

from django_tasks import task

from inventory.models import Photo
from inventory.pictures import RECIPE, folder_of, renditions_of


@task()
def make_renditions(photo_id: int) -> None:
    """Make the files that pages show of a photo; done again, they stay as they are."""
    photo = Photo.objects.filter(pk=photo_id).exclude(renditions=RECIPE).first()
    if photo is None:
        return
    storage = photo.image.storage
    with photo.image.open() as master:
        for name, content in renditions_of(photo, master):
            storage.save(name, content)
    # Named to the pages only now: a worker that is killed leaves half a file that nobody asks for, to be overwritten.
    # The photo may have been deleted meanwhile: then nothing may stay behind.
    is_kept = Photo.objects.filter(pk=photo.pk).update(renditions=RECIPE)
    delete_renditions(photo, but_recipe=RECIPE if is_kept else None)


def delete_renditions(photo: Photo, but_recipe: int | None = None) -> None:
    """Delete the files made of a photo, but for those of one recipe."""
    storage, folder = photo.image.storage, folder_of(photo)
    if not storage.exists(folder):
        return
    for name in storage.listdir(folder)[1]:
        if not name.startswith(f"{but_recipe}-"):
            storage.delete(f"{folder}/{name}")
    if but_recipe is None:
        storage.delete(folder)


def delete_files(photo: Photo) -> None:
    """Delete all files of a photo whose row is gone; storage does not roll back, so only after the commit."""
    delete_renditions(photo)
    photo.image.delete(save=False)
