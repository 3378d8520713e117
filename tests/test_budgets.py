"""What a page may weigh and must not hold: weights compressed, scripts and style in files of our own."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from tests.audit.scenes import basket, in_sizes, jackets, with_delivery
from tests.factories.inventory import product, shelved
from tests.factories.offers import offered
from tests.offers.pages import by_link, url

KB = 1024
HTML, CSS, JS, FONTS = 30 * KB, 15 * KB, 25 * KB, 40 * KB
TAG = re.compile(r"<(script|style|link|img|source|form|iframe|object|embed)\b([^>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r'([\w:-]+)(?:="([^"]*)")?')
INLINE = re.compile(r"""<style\b|\s(?:style|on[a-z]+|hx-on[\w:.-]*)\s*=\s*["']""", re.IGNORECASE)
DATA_BLOCKS = {"application/ld+json", "application/json"}
# Mail programs and the admin's theme read no style sheet of ours; the latter has a policy of its own.
ELSEWHERE = ("letters/", "admin/")


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    call_command("build_static")


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """The pages that people see most, as full as they get, by name: read once, with no trace in the database."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = _pages()
        transaction.set_rollback(True)
    return found


def _pages() -> dict[str, str]:
    best, tee = jackets(count=0), in_sizes()
    for number in range(30):
        shelved(of=product(title=f"Quilted liner jacket, washed black {number}", category=best.category), size="M")
    lots = [shelved(title=f"Sunset print tee {number}") for number in range(3)]
    status = offered(now=timezone.now()).submission
    visits: dict[str, tuple[str, Client]] = {
        "home": ("/", Client()),
        "list": ("/shop/", Client()),
        "search": ("/search/?q=jacket", Client()),
        "product": (best.get_absolute_url(), Client()),
        "product in sizes": (tee.get_absolute_url(), Client()),
        "basket": ("/basket/", basket(*lots)),
        "details": ("/checkout/", basket(*lots)),
        "review": ("/checkout/review/", with_delivery(basket(*lots))),
        "sell": ("/sell/", Client()),
        "status": (url(status), by_link(status)),
        "sign in": ("/accounts/login/", Client()),
        "not here": ("/nothing/", Client()),
    }
    return {name: client.get(path).content.decode() for name, (path, client) in visits.items()}


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6))


def tags(page: str, *names: str) -> list[dict[str, str]]:
    """The attributes of these tags."""
    return [dict(ATTRIBUTE.findall(inner)) for name, inner in TAG.findall(page) if name.lower() in names]


def weight(addresses: list[str]) -> int:
    """What these files of ours weigh together."""
    paths = [str(finders.find(address.removeprefix(settings.STATIC_URL))) for address in addresses]
    return sum(compressed(Path(path).read_bytes()) for path in paths)


def test_no_page_weighs_more_than_it_may(pages: dict[str, str]) -> None:
    assert {name: size for name, page in pages.items() if (size := compressed(page.encode())) > HTML} == {}


def test_two_style_sheets_at_the_most_within_their_budget(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        sheets = [tag["href"] for tag in tags(page, "link") if tag["rel"] == "stylesheet"]
        assert len(sheets) in {1, 2}, name
        assert weight(sheets) <= CSS, name


def test_the_scripts_of_a_page_stay_within_their_budget(pages: dict[str, str]) -> None:
    assert {name: size for name, page in pages.items() if (size := weight(scripts(page))) > JS} == {}


def scripts(page: str) -> list[str]:
    return [tag["src"] for tag in tags(page, "script") if "src" in tag]


def test_the_fonts_stay_within_their_budget() -> None:
    fonts = list((settings.BASE_DIR / "static/build/fonts").glob("*.woff2"))

    assert len(fonts) == 2
    assert sum(font.stat().st_size for font in fonts) <= FONTS


def test_no_page_holds_a_script_or_a_style(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert not INLINE.search(page), name
        assert [tag for tag in tags(page, "script") if "src" not in tag and tag.get("type") not in DATA_BLOCKS] == []


def test_no_template_holds_a_script_or_a_style() -> None:
    root = settings.BASE_DIR / "templates"
    ours = [path for path in root.rglob("*.html") if not path.relative_to(root).as_posix().startswith(ELSEWHERE)]

    assert [path.name for path in ours if INLINE.search(path.read_text("utf-8"))] == []


def test_pages_fetch_from_nowhere_else(pages: dict[str, str]) -> None:
    ours = ("/", "?", "#", "http://testserver/", settings.SITE_URL)
    for name, page in pages.items():
        fetched = [
            address
            for tag in tags(page, "script", "link", "img", "source", "form", "iframe", "object", "embed")
            for key in ("src", "srcset", "href", "action", "data", "imagesrcset")
            if (address := tag.get(key)) and not (key == "href" and tag.get("rel") in {"canonical", "alternate"})
        ]
        assert [address for address in fetched if not address.startswith(ours) or address.startswith("//")] == [], name


def test_every_picture_says_how_large_it_is(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        pictures = tags(page, "img")
        assert [tag for tag in pictures if not {"width", "height", "alt"} <= tag.keys()] == [], name


def test_the_first_picture_of_a_product_is_fetched_at_once(pages: dict[str, str]) -> None:
    first = tags(pages["product"], "img")[0]

    assert (first.get("fetchpriority"), first.get("loading")) == ("high", None)


@pytest.mark.django_db
def test_pages_are_sent_compressed(client: Client) -> None:
    assert client.get("/sell/", headers={"accept-encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
