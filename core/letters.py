"""The one renderer of letters: subject, plain text and HTML out of templates/letters/<name>.txt."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils.module_loading import autodiscover_modules
from django.utils.text import Truncator

from core.languages import in_english
from core.models import SiteSettings

SUBJECT = "Subject:"
SUBJECT_LENGTH = 78  # what a mail program shows, and a line of a mail's head
_ROW = re.compile(r"(.+): (€[\d,.]+.*|free)")


class Letter(NamedTuple):
    """What a person receives, ready for the outbox."""

    subject: str
    text: str
    html: str


class Part(NamedTuple):
    """A paragraph of a letter; `kind` says how its HTML shows it.

    "amounts" are labels with an amount each, "links" are words with an address of ours each, "link" is one of them
    alone, "code" is to be copied, "words" is anything else.
    """

    kind: str
    words: str
    rows: list[tuple[str, str]]


class Example(NamedTuple):
    """One letter that the product writes: when it does, and what its template is given then, made up."""

    when: str
    context: dict[str, Any]


Examples = Callable[[datetime], dict[str, Example]]
_examples: list[Examples] = []


@in_english
def render_letter(template: str, context: dict[str, Any]) -> Letter:
    """Render a letter by its name ("shop/order_placed"), in English; every letter knows `site` and `site_url`.

    The template opens with a line "Subject: …", which must stand alone on its line. The HTML is made of the text, so
    that both say the same: the first paragraph that is "words: address" becomes the button, and one that is nothing but
    the context's `code` is shown large. Only addresses of ours become links, whoever's words a letter repeats.
    """
    known = {"site": SiteSettings.current(), "site_url": settings.SITE_URL} | context
    first_line, _, text = _plain(f"letters/{template}.txt", known).partition("\n")
    if not first_line.startswith(SUBJECT):
        raise ValueError(f'letters/{template}.txt does not open with "{SUBJECT}"')
    subject = Truncator(" ".join(first_line.removeprefix(SUBJECT).split())).chars(SUBJECT_LENGTH)
    text = in_paragraphs(text)
    footer = _plain("letters/_footer.txt", known)
    parts = [_part(paragraph, str(context.get("code", ""))) for paragraph in text.split("\n\n")]
    links = [part for part in parts if part.kind == "link"]
    known |= {"subject": subject, "parts": parts, "main": links[0] if links else None}
    html = render_to_string("letters/letter.html", known)
    return Letter(subject, f"{text}\n\n-- \n{footer}\n", html)


def in_paragraphs(text: str) -> str:
    """The text as a letter has it: one blank line between paragraphs, however it was typed."""
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", "\n".join(text.strip().splitlines()))


def made_up(examples: Examples) -> Examples:
    """Declare what an app's letters look like: its letter_examples.py gives one for each, about the given moment."""
    _examples.append(examples)
    return examples


def all_examples(*, now: datetime) -> dict[str, Example]:
    """Every letter of the product by its name; nothing is written for it."""
    autodiscover_modules("letter_examples")
    return {name: example for examples in _examples for name, example in examples(now).items()}


def _part(paragraph: str, code: str) -> Part:
    if code and paragraph == code:
        return Part("code", paragraph, [])
    lines = paragraph.splitlines()
    amounts = [_ROW.fullmatch(line) for line in lines]
    if all(amounts):
        return Part("amounts", paragraph, [(row[1], row[2]) for row in amounts if row])
    ours = re.escape(settings.SITE_URL)
    if one := re.fullmatch(rf"(.+): ({ours}/\S*)", paragraph):
        return Part("link", paragraph, [(one[1], one[2])])
    if pairs := re.fullmatch(rf"(?:.+\n{ours}/\S*\n?)+", paragraph):
        return Part("links", pairs[0], list(zip(lines[::2], lines[1::2], strict=True)))
    return Part("words", paragraph, [])


def _plain(template: str, context: dict[str, Any]) -> str:
    """Plain text escapes nothing: a name keeps its apostrophe."""
    return str(Engine.get_default().get_template(template).render(Context(context, autoescape=False))).strip()
