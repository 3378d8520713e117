"""Pictures as we keep them."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from PIL import Image

from core import tasks
from inventory.errors import PictureRefused
from inventory.models import Photo
from inventory.pictures import GALLERY_WIDTHS, RECIPE, Picture, as_master, picture_of
from inventory.services.products import add_photo
from inventory.tasks import make_renditions
from tests.factories.inventory import product

ORIENTATION, DESCRIPTION, GPS = 0x0112, 0x010E, 0x8825
SIZES = {"1-240": (240, 300), "1-360": (360, 450)}


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
    assert kept.size == (1500, 2000)


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

    assert kept.size == (1200, 1600)


@pytest.fixture
def photo() -> Photo:
    """A small one, because encoding takes its time."""
    return add_photo(product=product(), picture=picture(size=(400, 450)), alt="front")


def work() -> None:
    """The waiting tasks, without the worker around them."""
    for task in DBTaskResult.objects.ready():
        make_renditions.func(*task.args_kwargs["args"])
        task.delete()


def files_of(photo: Photo) -> list[str]:
    folder = Path(photo.image.path).with_suffix("")
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_a_photo_in_every_width_that_it_fills_cut_to_four_by_five(photo):
    while tasks.run_next("test"):
        pass

    assert files_of(photo) == ["1-240.avif", "1-240.webp", "1-360.avif", "1-360.webp"]
    for path in Path(photo.image.path).with_suffix("").iterdir():
        with Image.open(path) as made:
            assert (made.format, made.size) == (path.suffix[1:].upper(), SIZES[path.stem])
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


@pytest.mark.django_db
def test_a_page_shows_the_whole_photo_until_the_worker_has_made_its_renditions(photo):
    assert picture_of(photo) == Picture(photo.image.url, 400, 450)

    work()

    photo.refresh_from_db()
    stem = photo.image.url.removesuffix(".webp")
    assert picture_of(photo) == Picture(
        f"{stem}/1-360.webp",
        360,
        450,
        f"{stem}/1-240.webp 240w, {stem}/1-360.webp 360w",
        f"{stem}/1-240.avif 240w, {stem}/1-360.avif 360w",
    )


@pytest.mark.parametrize(
    ("size", "made"),
    [((1600, 2000), [480, 720, 960, 1200]), ((1500, 2000), [480, 720, 960, 1200]), ((1600, 1200), [480, 720, 960])],
    ids=["4:5", "upright camera", "camera on its side"],
)
def test_a_gallery_offers_what_a_photo_fills_and_no_more(size, made):
    photo = Photo(image="products/a.webp", width=size[0], height=size[1], renditions=RECIPE)

    assert picture_of(photo, GALLERY_WIDTHS).avif == ", ".join(f"/media/products/a/1-{w}.avif {w}w" for w in made)


def test_a_photo_too_small_for_any_width_is_shown_in_its_own():
    photo = Photo(image="products/a.webp", width=90, height=100, renditions=RECIPE)

    assert picture_of(photo).srcset == "/media/products/a/1-80.webp 80w"


@pytest.mark.django_db
def test_a_worker_killed_half_way_leaves_nothing_that_pages_show_or_that_stays(photo):
    folder = Path(photo.image.path).with_suffix("")
    folder.mkdir()
    (folder / "1-240.avif").write_bytes(b"half a fi")
    assert picture_of(photo).avif == ""

    work()

    assert files_of(photo) == ["1-240.avif", "1-240.webp", "1-360.avif", "1-360.webp"]
    with Image.open(folder / "1-240.avif") as made:
        assert made.size == (240, 300)


@pytest.mark.django_db
def test_a_photo_deleted_before_the_worker_comes_leaves_no_file(photo, django_capture_on_commit_callbacks):
    path = Path(photo.image.path)
    with django_capture_on_commit_callbacks(execute=True):
        Photo.objects.get().delete()

    work()

    assert not path.exists()
    assert files_of(photo) == []


@pytest.mark.django_db
def test_the_files_of_a_photo_go_with_its_product(photo, django_capture_on_commit_callbacks):
    work()

    with django_capture_on_commit_callbacks(execute=True):
        photo.product.delete()

    assert not Path(photo.image.path).exists()
    assert not Path(photo.image.path).with_suffix("").exists()


@pytest.mark.django_db
def test_a_deletion_that_is_taken_back_keeps_the_files(photo, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        Photo.objects.get().delete()
        transaction.set_rollback(True)

    assert Path(photo.image.path).exists()


@pytest.mark.django_db
def test_make_renditions_makes_what_is_lacking_and_clears_what_an_older_recipe_left(photo, capsys):
    work()
    folder = Path(photo.image.path).with_suffix("")
    (folder / "0-240.webp").write_bytes(b"older")
    call_command("make_renditions")
    Photo.objects.update(renditions=0)
    call_command("make_renditions")

    work()

    assert files_of(photo) == ["1-240.avif", "1-240.webp", "1-360.avif", "1-360.webp"]
    assert Photo.objects.get().renditions == RECIPE
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["0", "1"]


@pytest.mark.django_db
def test_make_renditions_of_all_brings_back_lost_files(photo):
    work()
    for path in Path(photo.image.path).with_suffix("").iterdir():
        path.unlink()

    call_command("make_renditions", all=True)
    work()

    assert files_of(photo) == ["1-240.avif", "1-240.webp", "1-360.avif", "1-360.webp"]


@pytest.mark.django_db
def test_photos_are_numbered_as_they_come_and_named_at_random():
    one = product()

    photos = [add_photo(product=one, picture=picture()) for _ in range(2)]

    assert [photo.position for photo in photos] == [1, 2]
    assert not any("holiday" in photo.image.url for photo in photos)
