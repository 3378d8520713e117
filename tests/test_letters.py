"""Every letter the product writes, of made-up examples: what all have in common, and the pages that show them."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.template import Engine
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.letters import SUBJECT, Letter, all_examples, render_letter
from tests.factories.accounts import UserFactory, staff

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.BASE_DIR) / "templates" / "letters"
TEMPLATES = sorted(
    path.relative_to(FOLDER).with_suffix("").as_posix()
    for path in FOLDER.rglob("*.txt")
    if not path.name.startswith("_")
)
NO_END = {"meta", "br", "img", "link", "input", "hr"}
ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


class Reader(HTMLParser):
    """Which elements a document has, and whether each is closed where it was opened."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [name for name, _ in attrs if name in {"src", "srcset", "background", "poster"}]
        if tag not in NO_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> dict[str, Letter]:
    """All of them by name; a variable that an example lacks stands in its letter as a mark."""
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "¿%s?")
    examples = all_examples(now=timezone.now())
    return {name: render_letter(name, example.context) for name, example in examples.items()}


def test_every_letter_has_an_example_and_every_example_a_letter() -> None:
    assert sorted(all_examples(now=timezone.now())) == TEMPLATES


def test_an_example_writes_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        for name, example in all_examples(now=timezone.now()).items():
            render_letter(name, example.context)

    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_a_subject_fits_on_one_line_and_leaves_nothing_out(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        assert 0 < len(letter.subject) <= 78
        assert "\n" not in letter.subject
        assert not letter.subject.endswith("…")


def test_both_parts_say_something_and_lack_nothing(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        for part in (letter.text, letter.html):
            assert len(part.strip()) > 100
            assert "¿" not in part
            assert SUBJECT not in part
            assert "None" not in part


def test_html_is_well_formed(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        assert Reader(letter.html).open == []


def test_a_letter_fetches_nothing_and_runs_nothing(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        html = Reader(letter.html)

        assert html.sources == []
        assert not {"img", "script", "iframe", "link", "form", "object", "video"} & set(html.tags)
        assert not re.search(r"url\(|@import|\son[a-z]+=", letter.html)


def test_both_parts_name_the_same_addresses_and_all_are_ours(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        named = set(ADDRESS.findall(letter.text))

        assert named == set(ADDRESS.findall(letter.html))
        assert all(address.startswith(settings.SITE_URL) for address in named)


def test_every_address_can_be_pressed(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        assert set(re.findall(r'href="(https?:[^"]+)"', letter.html)) == set(ADDRESS.findall(letter.text))


def test_a_letter_has_one_button_at_most(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        assert letter.html.count('class="button"') == (0 if letter.text.count(settings.SITE_URL) == 1 else 1)


def test_light_and_dark_are_declared(letters: dict[str, Letter]) -> None:
    for letter in letters.values():
        assert '<meta name="color-scheme" content="light dark">' in letter.html
        assert "@media (prefers-color-scheme: dark)" in letter.html


def test_staff_see_all_letters_with_when_they_are_sent(client: Client) -> None:
    client.force_login(staff())

    page = client.get("/staff/letters/").content.decode()

    assert page.count('<th scope="row">') == len(TEMPLATES)
    assert "An order is placed and waits for its money" in page


def test_staff_see_a_letter_as_text_and_in_frames_without_rights(client: Client) -> None:
    client.force_login(staff())

    page = client.get("/staff/letters/shop/order_shipped/").content.decode()

    assert "Order UN-7K3F9Q is on its way" in page
    assert "RX 123 456 789 IE" in page
    assert re.findall(r'<iframe sandbox width="(\d+)"', page) == ["600", "390"]


def test_the_document_in_the_frame_may_be_framed_by_us_alone_and_do_nothing(client: Client) -> None:
    client.force_login(staff())

    frame = client.get("/staff/letters/offers/shop/bid/frame/")

    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = frame.headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


def test_a_letter_can_be_looked_at_dark_on_a_light_device(client: Client) -> None:
    client.force_login(staff())

    frame = client.get("/staff/letters/shop/order_placed/frame/?scheme=dark").content.decode()

    assert "@media all {" in frame


@pytest.mark.parametrize("path", ["shop/no_such_letter/", "../base/", "shop/no_such_letter/frame/"])
def test_there_is_no_page_for_what_is_no_letter(client: Client, path: str) -> None:
    client.force_login(staff())

    assert client.get(f"/staff/letters/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "shop/order_placed/", "shop/order_placed/frame/"])
def test_letters_are_for_staff(client: Client, path: str) -> None:
    client.force_login(UserFactory())

    assert client.get(f"/staff/letters/{path}").status_code == 302
