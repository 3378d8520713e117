"""Files that pretend: what a seller's upload may be, and what is left of it."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from offers.models import SellPhoto
from tests.factories.offers import picture
from tests.offers.selling import file, page, writing

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def jpeg(size: tuple[int, int] = (80, 100), **how: object) -> bytes:
    return bytes(picture(size, **how).read())  # type: ignore[arg-type]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def huge_png() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def moving(kind: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue", "green")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


REFUSED = {
    "SEC-06 an SVG named .jpg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "SEC-06 HTML named .jpg": b"<!doctype html><script>alert(1)</script>",
    "SEC-06 a truncated JPEG": jpeg((800, 800))[:900],
    "SEC-06 60,000 x 60,000 pixels": huge_png(),
    "SEC-06 a moving GIF": moving("GIF"),
    "SEC-06 a FITS header": b"SIMPLE  =                    T".ljust(2880),
    "SEC-06 a PDF": b"%PDF-1.7\n%%EOF",
    "SEC-10 HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200,
    "empty": b"",
    "10 MB and one byte": jpeg() + b"\0" * (10 * MEGABYTE + 1 - len(jpeg())),
}
TAKEN = {
    "SEC-06 a JPEG with HTML behind": jpeg() + b"<html><script>alert(1)</script></html>",
    "SEC-06 a JPEG with a ZIP behind": jpeg() + b"PK\x03\x04" + b"evil.php" * 20,
    "SEC-06 a moving WebP": moving("WEBP"),
    "SEC-06 a moving PNG": moving("PNG"),
    "a JPEG named .exe": jpeg(),
}


@pytest.mark.parametrize("way", ["script", "form"])
@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_SEC_06_SEC_10_it_is_refused_in_words_and_nothing_is_kept(content, way):
    client, _, item = writing(has_photos=False)
    refused = (
        client.post(page("upload", item.pk), {"slot": "Front", "photo": file(content)})
        if way == "script"
        else client.post(page("question", item.pk, "photos"), {"slot_0": file(content), "add": "1"})
    )

    assert refused.status_code == 422
    told = refused.json()["error"] if way == "script" else refused.content.decode()
    assert "Add a JPEG, PNG or WebP picture." in told or "Too " in told or "No photo arrived" in told
    assert not SellPhoto.objects.exists()


@pytest.mark.parametrize(("name", "content"), TAKEN.items(), ids=TAKEN)
def test_SEC_06_it_is_kept_as_one_still_picture_of_ours_under_a_name_of_ours(name, content):
    client, _, item = writing(has_photos=False)
    sent_as = "evil.exe" if ".exe" in name else "../../etc/passwd.html"

    assert client.post(page("upload", item.pk), {"slot": "Front", "photo": file(content, sent_as)}).status_code == 200

    photo = SellPhoto.objects.get()
    with photo.image.open() as stored:
        kept = stored.read()
    shown = Image.open(BytesIO(kept))
    assert (shown.format, getattr(shown, "n_frames", 1)) == ("WEBP", 1)
    assert not any(trace in kept for trace in (b"script", b"PK\x03\x04", b"evil"))
    assert Path(str(photo.image.name)).parent == Path("pieces")
    assert len(Path(str(photo.image.name)).stem) == 32


def test_SEC_08_where_it_was_taken_is_in_no_stored_file_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "my home"
    exif.get_ifd(0x8825)[1] = "N"
    client, _, item = writing(has_photos=False)

    client.post(page("upload", item.pk), {"photo": file(jpeg((400, 300), exif=exif))})

    photo = SellPhoto.objects.get()
    with photo.image.open() as stored:
        kept = stored.read()
    assert dict(Image.open(BytesIO(kept)).getexif()) == {}
    assert b"my home" not in kept
    assert b"EXIF" not in kept
    assert (photo.width, photo.height) == (300, 400)


def test_SEC_07_a_slot_that_is_none_of_ours_is_no_name():
    client, _, item = writing(has_photos=False)

    client.post(page("upload", item.pk), {"slot": "../../front", "photo": file()})

    assert SellPhoto.objects.get().slot == ""
