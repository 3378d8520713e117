"""Photos as the picture component wants them."""

from dataclasses import dataclass

from inventory.models import Photo
from inventory.pictures import CARD_SIZE


@dataclass(frozen=True)
class Picture:
    """Addresses and size of one picture; `srcset` and `avif` may be empty."""

    src: str
    width: int
    height: int
    srcset: str = ""
    avif: str = ""


def picture_of(photo: Photo) -> Picture:
    """A photo with its small rendition, once the worker has made that."""
    if not photo.card:
        return Picture(photo.image.url, photo.width, photo.height)
    scale = min(CARD_SIZE[0] / photo.width, CARD_SIZE[1] / photo.height, 1)
    srcset = f"{photo.card.url} {round(photo.width * scale)}w, {photo.image.url} {photo.width}w"
    return Picture(photo.card.url, photo.width, photo.height, srcset)
