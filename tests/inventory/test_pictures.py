"""Pictures as we keep them."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django_tasks_db.models import DBTaskResult
from PIL import Image

from core import tasks
from inventory.errors import PictureRefused
from inventory.pictures import as_master
from inventory.services.products import add_photo
from tests.factories.inventory import product

ORIENTATION, DESCRIPTION, GPS = 0x0112, 0x010E, 0x8825


def picture(form: str = "JPEG", size: tuple[int, int] = (1600, 1200), **options) -> ContentFile:
    out = BytesIO()
    Image.new("RGB", size, "#1F4A3A").save(out, form, **options)
    return ContentFile(out.getvalue(), name="holiday.jpg")


def opened(file: ContentFile) -> Image.Image:
    return Image.open(BytesIO(file.read()))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_webp_of_a_sensible_size(form):
    kept = opened(as_master(picture(form, (3000, 4000))))

    assert kept.format == "WEBP"
    assert kept.width <= 1200
    assert kept.height <= 1500


def test_where_it_was_taken_is_forgotten():
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010E] = "my home"

    kept = opened(as_master(picture(exif=exif)))

    assert dict(kept.getexif()) == {}


def test_a_picture_on_its_side_stands_up():
    exif = Image.Exif()
    exif[ORIENTATION] = 6

    kept = opened(as_master(picture(size=(400, 300), exif=exif)))

    assert kept.size == (300, 400)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 50, picture().read()[:400]],
    ids=["empty", "text", "svg", "gif", "cut off"],
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(PictureRefused):
        as_master(ContentFile(content, name="front.jpg"))


def test_a_file_of_over_ten_megabytes_is_refused():
    with pytest.raises(PictureRefused, match=r"Too large \(10 MB\)"):
        as_master(ContentFile(b"x" * (10 * 1024 * 1024 + 1), name="front.jpg"))


def test_a_picture_of_over_forty_megapixels_is_refused_unread():
    with pytest.raises(PictureRefused, match="pixels"):
        as_master(picture("PNG", (8000, 5001)))


def test_a_damaged_note_in_a_picture_does_no_harm():
    exif = Image.Exif()
    exif[ORIENTATION], exif[DESCRIPTION] = 6, "x" * 8
    whole = picture("WEBP", exif=exif.tobytes()).read()
    # The description says that it is a number.
    damaged = whole.replace(b"\x01\x0e\x00\x02\x00\x00\x00\x09", b"\x01\x0e\x00\x0c\x00\x00\x00\x01")
    assert damaged != whole

    kept = opened(as_master(ContentFile(damaged)))

    assert kept.size == (1125, 1500)


@pytest.mark.django_db(transaction=True)
def test_the_small_rendition_is_made_by_the_worker():
    photo = add_photo(product=product(), picture=picture(size=(1200, 1500)), alt="front")
    assert (photo.position, photo.width, photo.height, bool(photo.card)) == (1, 1200, 1500, False)

    while tasks.run_next("test"):
        pass

    photo.refresh_from_db()
    with photo.card.open() as card:
        assert Image.open(card).size == (480, 600)
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


@pytest.mark.django_db
def test_photos_are_numbered_as_they_come_and_named_at_random():
    one = product()

    photos = [add_photo(product=one, picture=picture()) for _ in range(2)]

    assert [photo.position for photo in photos] == [1, 2]
    assert not any("holiday" in photo.image.url for photo in photos)
