"""A language that marks every text it knows, and a reader who finds what is shown without a mark."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import allauth
import django
import polib
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from core.models import SiteSettings
from inventory.rules.sizes import LETTERS
from offers.models import BuyingSettings
from shop.models import ShopSettings

CODE = "xx"
CATALOGUE = Path(settings.BASE_DIR) / "locale/pl/LC_MESSAGES/django.po"
# What stays as it is in every language: places for values, and tags.
PLACES = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]*>|&\w+;|\s*\n\s*)")
MARKED = re.compile("⟦[^⟦⟧]*(?:⟧|$)")
READ_ALOUD = {"title", "label", "placeholder", "aria-label", "alt"}
SILENT = {"script", "style", "svg", "code"}
# Scripts show what they find in a page's data, but for these.
STATES = {
    "data-upload",
    "data-slot",
    "data-refresh",
    "data-countdown",
    "data-suggest",
    "data-state",
    "data-notice",
    "data-close",
    "data-theme",
}
ABOUT_PAGES = {"description", "og:title", "og:description"}


def marked(text: str) -> str:
    """The text with each of its literal parts between ⟦ and ⟧."""
    return "".join(part if not part.strip() or PLACES.fullmatch(part) else f"⟦{part}⟧" for part in PLACES.split(text))


def write_catalogue(folder: Path) -> None:
    """Make a catalogue in which every text of ours, of Django and of the sign-in library is marked."""
    theirs = [
        Path(django.__file__).parent / f"{part}/locale/pl/LC_MESSAGES/django.mo"
        for part in ("conf", "contrib/auth", "contrib/humanize")
    ]
    theirs.append(Path(allauth.__file__).parent / "locale/pl/LC_MESSAGES/django.mo")
    made = polib.POFile()
    made.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    known: set[tuple[str | None, str]] = set()
    for entry in (*polib.pofile(str(CATALOGUE)), *(each for path in theirs for each in polib.mofile(str(path)))):
        if (entry.msgctxt, entry.msgid) in known:
            continue
        known.add((entry.msgctxt, entry.msgid))
        copy = polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, msgid_plural=entry.msgid_plural)
        if entry.msgid_plural:
            copy.msgstr_plural = {0: marked(entry.msgid), 1: marked(entry.msgid_plural)}
        else:
            copy.msgstr = marked(entry.msgid)
        made.append(copy)
    target = folder / CODE / "LC_MESSAGES"
    target.mkdir(parents=True)
    made.save_as_mofile(str(target / "django.mo"))


class Page(HTMLParser):
    """A page as it is read: its texts and what is read aloud of it; and its forms, as they would be sent."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self._silent: list[str] = []
        self._in_main = False
        self._form: dict[str, Any] | None = None
        self._select: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in SILENT or (tag == "a" and "hreflang" in given):
            self._silent.append(tag)
        self._in_main |= tag == "main"
        if not self._silent:
            self.texts += [value for name, value in given.items() if name in READ_ALOUD]
            self.texts += [value for name, value in given.items() if name.startswith("data-") and name not in STATES]
        if tag == "meta" and (given.get("name") or given.get("property")) in ABOUT_PAGES:
            self.texts.append(given["content"])
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.texts.append(given.get("value", ""))
        self._note_form(tag, given)

    def _note_form(self, tag: str, given: dict[str, str]) -> None:
        if tag == "form" and given.get("method") == "post" and self._in_main:
            self._form = {"action": given.get("action", ""), "sent": {}}
            self.forms.append(self._form)
        if self._form is None:
            return
        name, sent = given.get("name", ""), self._form["sent"]
        if tag == "input" and name and (given.get("type") not in ("checkbox", "radio", "file") or "checked" in given):
            sent[name] = given.get("value", "")
        elif tag == "textarea" and name:
            sent[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in sent or "selected" in given):
            sent[self._select] = given.get("value", "")
        elif tag == "button" and name and given.get("type") != "button":
            sent.setdefault(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()
        if tag == "form":
            self._form = None
        self._in_main &= tag != "main"

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _strings(name)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def data() -> set[str]:
    """Every text in the database that people wrote, in small letters; codes of choices are not among them."""
    rows: list[Model] = [SiteSettings.current(), ShopSettings.current(), BuyingSettings.current()]
    for label in ("accounts", "inventory", "shop", "offers", "account"):
        for model in apps.get_app_config(label).get_models():
            rows += model._default_manager.all()
    found = {letter.lower() for letter in LETTERS}
    for row in rows:
        for field in row._meta.concrete_fields:
            if not field.choices:
                for text in _strings(getattr(row, field.attname)):
                    found |= {text.lower(), *(line.strip().lower() for line in text.splitlines())}
    return {" ".join(text.split()) for text in found if re.search(r"[^\W\d_]", text)}


def unmarked(texts: Iterable[str], known: set[str]) -> list[str]:
    """The texts in which something is neither marked nor data."""
    phrases = sorted((text for text in known if len(text) > 1), key=len, reverse=True)
    wrong = []
    for text in texts:
        rest = text
        while MARKED.search(rest):
            rest = MARKED.sub(" ", rest)
        rest = rest.lower().replace("\xa0", " ")
        if re.search(r"[^\W\d_]", rest):
            for phrase in phrases:
                if phrase in rest:
                    rest = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", " ", rest)
        words = [word for word in re.findall(r"[^\W_][\w@-]*(?:\.[\w@-]+)*", rest) if re.search(r"[^\W\d_]", word)]
        # Letters name lines of a drawing, words with digits are numbers; an address may be typed and not kept yet.
        if [word for word in words if word not in known and len(word) > 1 and not re.search(r"[@\d]", word)]:
            wrong.append(f"{text!r} leaves {' '.join(words)!r}")
    return wrong
