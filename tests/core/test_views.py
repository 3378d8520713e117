"""Pages of no app: pictures, and what is no picture."""

from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.test import Client


@pytest.fixture(autouse=True)
def _uploads(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    for folder in ("products", "offers"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.webp").write_text(folder)


def test_a_product_s_picture_is_shown(client: Client) -> None:
    answer = client.get("/media/products/a.webp")

    assert answer.getvalue() == b"products"
    assert answer.headers["Content-Type"] == "image/webp"


def test_a_picture_is_kept_for_good_and_sent_as_it_is(client: Client) -> None:
    (settings.MEDIA_ROOT / "products" / "a.avif").write_bytes(b"x" * 1000)

    answer = client.get("/media/products/a.avif", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Type"] == "image/avif"
    assert {"public", "immutable", "max-age=31536000"} == set(answer.headers["Cache-Control"].split(", "))
    assert "Content-Encoding" not in answer.headers
    assert answer.getvalue() == b"x" * 1000


@pytest.mark.parametrize(
    "path",
    [
        "offers/a.webp",
        "products/../offers/a.webp",
        "products/%2e%2e/offers/a.webp",
        "products/..%2foffers/a.webp",
        "products//../../offers/a.webp",
        "products/",
        "products/" + "a" * 300,
    ],
)
@pytest.mark.django_db
def test_nothing_else_is_shown_from_there(client: Client, path: str) -> None:
    assert client.get(f"/media/{path}").status_code == 404
