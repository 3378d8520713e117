"""No text is beyond the reach of translators, and what they wrote is whole and compiled.

The pages are walked in a language that marks each text it knows: what is shown without a mark, and is no data, was
forgotten.
"""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings as live
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.languages import in_language
from core.models import AuditEntry, OutboxMessage
from inventory.models import StockMove
from shop.models import ContentPage
from tests import marked
from tests.audit.scenes import AREAS, Scene, jackets, signed_in
from tests.factories.accounts import UserFactory

LOCALE = Path(live.BASE_DIR) / "locale"
LANGUAGES = sorted(path.name for path in LOCALE.iterdir() if path.is_dir())
PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}|%([sd])")


@pytest.fixture
def _marked(settings, tmp_path) -> Iterator[None]:
    """The site with one language more, in which every text is marked."""
    marked.write_catalogue(tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [*settings.LANGUAGES, (marked.CODE, "Marked")]
    yield
    translation.deactivate_all()


def looked_at(text: str, where: str, wrong: dict[str, list[str]], typed: str) -> marked.Page:
    """Note what the page says without a mark."""
    page = marked.Page(text)
    if found := marked.unmarked(dict.fromkeys(page.texts), marked.data() | {*re.findall(r"\w+", typed)}):
        wrong[where] = found
    return page


def walk(scenes: Iterator[Scene]) -> dict[str, list[str]]:
    """Everything that is shown without a mark, by scene; where something is to be pressed, every form is sent."""
    wrong: dict[str, list[str]] = {}
    for scene in scenes:
        path = in_language(scene.path, marked.CODE)
        answer = scene.client.get(path, follow=True)
        assert f'lang="{marked.CODE}"' in answer.text, scene.name
        page = looked_at(answer.text, scene.name, wrong, scene.path.partition("?")[2])
        for number, form in enumerate(page.forms if scene.act else [], 1):
            answer = scene.client.post(form["action"] or path, form["sent"], follow=True)
            looked_at(answer.text, f"{scene.name}, form {number}", wrong, "")
    return wrong


def elsewhere() -> Iterator[Scene]:
    """What the audit does not look at: a guest's list, searches gone wrong, the library's pages, words with parts."""
    now, guest, user = timezone.now(), Client(), UserFactory()
    best = jackets(2)
    yield Scene("nothing kept", "/wishlist/", guest)
    yield Scene("piece kept", best.get_absolute_url(), guest, act=sent)
    yield Scene("kept by a guest", "/wishlist/", guest)
    for query in (f"?like={best.stock_items.get().pk}", "?list=/shop/jackets/%3Fsize%3DM%26max%3D90"):
        yield Scene(f"tell me {query}", f"/tell-me/{query}", act=sent)
    yield Scene("no word at all", "/search/?q=")
    yield Scene("a word mistyped", "/search/?q=varsty")
    yield Scene("prices that are none", "/shop/?min=x&condition=mint&sold=1&stock=1&size=L&brand=kestrel")
    for name in ("mfa_activate_totp", "account_set_password"):
        yield Scene(name, reverse(name), signed_in(user))
    text = ContentPage.objects.create(
        title="How it works", slug="how", body="{delivery}\n\n{grades}\n\n{cookies}", is_published=True, updated_at=now
    )
    yield Scene("a page of words", text.get_absolute_url())
    yield Scene("code for signing in", "/accounts/login/code/", act=sent)
    yield Scene("new account", "/accounts/signup/", act=sent)


def sent(page: object) -> None:
    """Have every form of the page sent."""


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("_marked")
# What staff write stays in their language.
@pytest.mark.parametrize("area", [*(area for area in AREAS if area != "words"), "elsewhere"])
def test_no_page_shows_a_text_that_cannot_be_translated(area: str):
    wrong = walk((AREAS | {"elsewhere": elsewhere})[area]())

    assert wrong == {}
    for letter in OutboxMessage.objects.all():
        assert "⟦" not in letter.subject + letter.text + letter.html
        assert f"/{marked.CODE}/" not in letter.text + letter.html
    for entry in AuditEntry.objects.all():
        assert "⟦" not in entry.action + entry.before + entry.after + entry.reason
    assert [move for move in StockMove.objects.all() if "⟦" in move.cause] == []


@pytest.mark.usefixtures("_marked")
@pytest.mark.parametrize("status", ["400", "403", "403_csrf", "404", "405", "429", "500", "503"])
def test_no_page_of_trouble_shows_a_text_that_cannot_be_translated(status: str, rf, db):
    asked = rf.post("/checkout/", {"name": "Buya"})
    with translation.override(marked.CODE):
        text = render_to_string(f"{status}.html", {"repeat": [("name", "Buya")], "page": "/"}, asked)

    assert marked.unmarked(marked.Page(text).texts, marked.data()) == []
    assert "⟦" in text


def entries(language: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES/django.po"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_a_guess(language: str):
    catalogue = entries(language)

    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_text(language: str):
    for entry in entries(language):
        forms = list(entry.msgstr_plural.values()) or [entry.msgstr]
        places = set(PLACES.findall(entry.msgid)) | set(PLACES.findall(entry.msgid_plural))
        for form in forms:
            # A form of plural may say "one" instead of the number.
            missing = places - set(PLACES.findall(form)) - ({("count", "", "")} if entry.msgid_plural else set())
            assert set(PLACES.findall(form)) <= places, entry.msgid
            assert not missing, entry.msgid
            assert re.findall("<[^>]*>", form) == re.findall("<[^>]*>", entry.msgid), entry.msgid


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_forms_of_the_plural_are_there(language: str):
    catalogue = entries(language)

    count = int(re.findall(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"])[0])
    for entry in catalogue:
        if entry.msgid_plural:
            assert [bool(form) for _, form in sorted(entry.msgstr_plural.items())] == [True] * count


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str):
    compiled = polib.mofile(str(LOCALE / language / "LC_MESSAGES/django.mo"))

    def texts(catalogue: polib.POFile | polib.MOFile) -> dict[object, object]:
        return {(each.msgctxt, each.msgid): each.msgstr_plural or each.msgstr for each in catalogue}

    assert texts(compiled) == texts(entries(language))


@pytest.mark.skipif(not shutil.which("xgettext"), reason="GNU gettext is not installed: texts cannot be gathered anew")
def test_the_catalogues_have_the_texts_of_the_sources(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    tree = Path(settings.BASE_DIR)
    for app in ("accounts", "core", "inventory", "offers", "shop", "templates", "locale"):
        for path in (tree / app).rglob("*"):
            if path.suffix in {".py", ".html", ".po"}:
                target = tmp_path / path.relative_to(tree)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    makefile = (tree / "Makefile").read_text()
    options = re.findall(r"makemessages (.*?) \$\(", makefile)[0].split()
    ignored = re.findall(r"UNTRANSLATED := (.*)", makefile)[0].split()
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.chdir(tmp_path)

    call_command("makemessages", *options, *(f"--ignore={name}" for name in ignored), stdout=io.StringIO())

    for language in LANGUAGES:
        gathered = polib.pofile(str(tmp_path / "locale" / language / "LC_MESSAGES/django.po"))
        known = {(each.msgctxt, each.msgid, each.msgid_plural) for each in entries(language)}
        assert {(each.msgctxt, each.msgid, each.msgid_plural) for each in gathered} ^ known == set(), "make messages"
