"""Pictures that lie on somebody else's server, fetched only when asked for."""

import urllib.request
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.files.base import ContentFile

from inventory.errors import PictureRefused
from inventory.models import Product
from inventory.pictures import MAX_BYTES
from inventory.rules.shopify import Imported
from inventory.services import products as catalogue

TIMEOUT_SECONDS = 15


def fetch_pictures(*, found: Sequence[Imported]) -> tuple[int, list[str]]:
    """Fetch what imported products have pictures of; how many came, and a line for each that did not."""
    fetched, refused = 0, []
    for imported in found:
        product = Product.objects.filter(import_key=f"shopify:{imported.handle}").first()
        if product is None:
            continue
        known = set(product.photos.values_list("source_url", flat=True))
        for picture in imported.pictures:
            if picture.url in known:
                continue
            try:
                file = _download(picture.url)
                catalogue.add_photo(product=product, picture=file, alt=picture.alt, source_url=picture.url)
            except (PictureRefused, OSError, ValueError) as error:
                refused.append(f"{picture.url}: {error}")
            else:
                fetched += 1
    return fetched, refused


def _download(url: str) -> ContentFile:
    if urlsplit(url).scheme not in ("http", "https") or len(url) > 500:
        raise ValueError("not an http address of at most 500 letters")
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 (the scheme was looked at)
        # One byte more than allowed, so that a larger picture is refused and not cut.
        return ContentFile(answer.read(MAX_BYTES + 1), name="picture")
