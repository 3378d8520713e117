"""Pictures as we keep them: upright, without metadata, in a sensible size."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from core.uploads import MAX_BYTES
from inventory.errors import PictureRefused
from inventory.models import Photo

MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
# An upright photo of any camera still gives the widest rendition when it is cut to 4:5.
MASTER_SIZE, MASTER_QUALITY = (1600, 2000), 84
SMALL_SIZE, SMALL_QUALITY = (480, 600), 78
# Widths of the renditions in pixels, each 4:5. Whoever changes these or the encoders raises the recipe's number.
CARD_WIDTHS = (240, 360, 480, 720)
GALLERY_WIDTHS = (480, 720, 960, 1200)
WIDTHS = sorted({*CARD_WIDTHS, *GALLERY_WIDTHS})
ENCODERS: dict[str, dict[str, int]] = {"avif": {"quality": 52, "speed": 8}, "webp": {"quality": 74, "method": 4}}
RECIPE = 1
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
    """An upload as the WebP we keep, at most 1600 × 2000 pixels (PictureRefused). Type by content, not by name."""
    if picture.size > MAX_BYTES:
        size = f"{picture.size / 1024 / 1024:.0f}"
        raise PictureRefused(_("Too large (%(size)s MB). Add one under 10 MB.") % {"size": size})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(picture, formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise PictureRefused(_("Too many pixels. Add one under 40 megapixels."))
        return _webp(image, MASTER_SIZE, MASTER_QUALITY)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureRefused from error
    except Image.DecompressionBombWarning as error:
        raise PictureRefused(_("Too many pixels. Add one under 40 megapixels.")) from error


def as_small(master: File) -> ContentFile:
    """A whole picture made small, at most 480 × 600 pixels."""
    return _webp(Image.open(master, formats=FORMATS), SMALL_SIZE, SMALL_QUALITY)


def renditions_of(photo: Photo, master: File) -> Iterator[tuple[str, ContentFile]]:
    """Name and content of each file that pages show in place of a photo: 4:5 from its middle, never enlarged."""
    folder = folder_of(photo)
    with Image.open(master, formats=FORMATS) as image:
        widths = _widths(*image.size, WIDTHS)
        largest = ImageOps.fit(image, (widths[-1], _height(widths[-1])), Image.Resampling.LANCZOS)
    for width in widths:
        picture = largest.resize((width, _height(width)), Image.Resampling.LANCZOS)
        for kind, options in ENCODERS.items():
            out = BytesIO()
            picture.save(out, kind, **options)
            yield f"{folder}/{RECIPE}-{width}.{kind}", ContentFile(out.getvalue())


def folder_of(photo: Photo) -> str:
    """Where a photo's renditions lie, beside its master."""
    return str(PurePosixPath(photo.image.name or "").with_suffix(""))


def size_of(picture: File) -> tuple[int, int]:
    """Width and height in pixels of a picture of ours."""
    with Image.open(picture, formats=FORMATS) as image:
        return image.size


def _webp(image: Image.Image, size: tuple[int, int], quality: int) -> ContentFile:
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
    clean.save(out, "WEBP", quality=quality, method=4)
    return ContentFile(out.getvalue())


@dataclass(frozen=True)
class Picture:
    """Addresses and size of one picture; `srcset` and `avif` may be empty."""

    src: str
    width: int
    height: int
    srcset: str = ""
    avif: str = ""


def picture_of(photo: Photo, widths: Sequence[int] = CARD_WIDTHS) -> Picture:
    """A photo in these widths; until the worker has made them, its master alone."""
    if photo.renditions != RECIPE:
        return Picture(photo.image.url, photo.width, photo.height)
    stem = f"{photo.image.url.rpartition('.')[0]}/{RECIPE}-"
    made = _widths(photo.width, photo.height, widths)
    webp, avif = (", ".join(f"{stem}{width}.{kind} {width}w" for width in made) for kind in ("webp", "avif"))
    return Picture(f"{stem}{made[-1]}.webp", made[-1], _height(made[-1]), webp, avif)


def _widths(width: int, height: int, wanted: Sequence[int]) -> list[int]:
    """Which of these widths a picture of this size can fill when it is cut to 4:5; its own where it is smaller."""
    own = max(1, min(width, height * 4 // 5))
    return [each for each in wanted if each <= own] or [own]


def _height(width: int) -> int:
    return max(1, round(width * 5 / 4))
