"""Pictures as we keep them: upright, without metadata, in a sensible size."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from django.core.files.base import ContentFile, File
from PIL import ExifTags, Image, UnidentifiedImageError

from inventory.errors import PictureRefused
from inventory.models import Photo

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
MASTER_SIZE = (1200, 1500)
CARD_SIZE = (480, 600)
QUALITY = 78
# How a picture gets upright, by the orientation that its camera noted.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def as_master(picture: File) -> ContentFile:
    """An upload as the WebP we keep, at most 1200 × 1500 pixels (PictureRefused). Type by content, not by name."""
    if picture.size > MAX_BYTES:
        raise PictureRefused(f"Too large ({picture.size / 1024 / 1024:.0f} MB). Add one under 10 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(picture, formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise PictureRefused("Too many pixels. Add one under 40 megapixels.")
        return _webp(image, MASTER_SIZE)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureRefused from error
    except Image.DecompressionBombWarning as error:
        raise PictureRefused("Too many pixels. Add one under 40 megapixels.") from error


def as_card(master: File) -> ContentFile:
    """The small rendition for lists, at most 480 × 600 pixels."""
    return _webp(Image.open(master, formats=FORMATS), CARD_SIZE)


def size_of(picture: File) -> tuple[int, int]:
    """Width and height in pixels of a picture of ours."""
    with Image.open(picture, formats=FORMATS) as image:
        return image.size


def _webp(image: Image.Image, size: tuple[int, int]) -> ContentFile:
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    # Decoding a JPEG straight to about the size wanted saves most of the work.
    image.draft("RGB", (max(size), max(size)))
    # Not `ImageOps.exif_transpose`: that writes the other notes anew, and breaks where one is damaged.
    turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    image = image.convert("RGBA" if has_alpha else "RGB")
    if turn is not None:
        image = image.transpose(turn)
    image.thumbnail(size, Image.Resampling.LANCZOS)
    # A picture of its own, so that nothing the file carried along is written.
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    out = BytesIO()
    clean.save(out, "WEBP", quality=QUALITY, method=4)
    return ContentFile(out.getvalue())


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
