"""Pictures that lie on somebody else's server, fetched only when asked for."""

import urllib.request
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.files.base import ContentFile

from core.uploads import MAX_BYTES
from inventory.errors import PictureRefused
from inventory.models import Product
from inventory.rules.shopify import Imported
from inventory.services import products as catalogue

TIMEOUT_SECONDS = 15


def fetch_pictures(*, found: Sequence[Imported], from_private: bool = False) -> tuple[int, list[str]]:
    """Fetch what imported products have pictures of; how many came, and a line for each that did not.

    The file is somebody else's, so it may send us to public servers only, unless told that ours are meant.
    """
    anywhere = (urllib.request.HTTPHandler(), urllib.request.HTTPSHandler())
    opener = _opener(*(anywhere if from_private else (_PublicHTTP(), _PublicHTTPS())))
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
                file = _download(picture.url, opener)
                catalogue.add_photo(product=product, picture=file, alt=picture.alt, source_url=picture.url)
            except (PictureRefused, HTTPException, OSError, ValueError) as error:
                refused.append(f"{picture.url}: {error}")
            else:
                fetched += 1
    return fetched, refused


def _download(url: str, opener: urllib.request.OpenerDirector) -> ContentFile:
    if urlsplit(url).scheme not in ("http", "https") or len(url) > 500:
        raise ValueError("not an http address of at most 500 letters")
    with opener.open(url, timeout=TIMEOUT_SECONDS) as answer:
        # One byte more than allowed, so that a larger picture is refused and not cut.
        return ContentFile(answer.read(MAX_BYTES + 1), name="picture")


def _opener(*ways: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
    """What follows these ways and nothing else: the usual opener would follow a redirect to ftp."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        *ways,
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


class _PublicConnection(HTTPConnection):
    """Asked of the open connection, so that neither a redirect nor a name that changes its address gets past it."""

    def connect(self) -> None:
        super().connect()
        if not ip_address(self.sock.getpeername()[0]).is_global:
            self.close()
            raise ValueError("not a public server (--from-private takes pictures of your own network)")


class _PublicSecureConnection(HTTPSConnection, _PublicConnection):
    """The same, before anything is said about whom we look for."""


class _PublicHTTP(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> HTTPResponse:
        # A proxy of the environment lies in our own network, and decides by itself where it goes.
        return self.do_open(HTTPConnection if request.has_proxy() else _PublicConnection, request)


class _PublicHTTPS(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> HTTPResponse:
        is_tunnel = getattr(request, "_tunnel_host", None)
        return self.do_open(HTTPSConnection if is_tunnel else _PublicSecureConnection, request)
