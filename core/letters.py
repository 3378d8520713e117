"""The one renderer of letters: subject, plain text and HTML from templates/letters/<name>.txt and .html."""

import re
from typing import Any, NamedTuple

from django.conf import settings
from django.template import Context, Engine
from django.template.loader import render_to_string

from core.languages import in_english
from core.models import SiteSettings

SUBJECT = "Subject:"
_ROW = re.compile(r"(.+): (€[\d,.]+.*|free)")


class Letter(NamedTuple):
    """What a person receives, ready for the outbox."""

    subject: str
    text: str
    html: str


class Paragraph(str):
    """A paragraph of a text; `rows` has its labels and amounts when it has nothing else."""

    @property
    def rows(self) -> list[tuple[str, str]]:
        found = [_ROW.fullmatch(line) for line in self.splitlines()]
        return [(row[1], row[2]) for row in found if row] if all(found) else []


@in_english
def render_letter(template: str, context: dict[str, Any], *, html_template: str = "") -> Letter:
    """Render a letter by its name ("shop/order_placed"); every letter knows `site` and `site_url`.

    The text template opens with a line "Subject: …", which must stand alone on its line. With `html_template` the HTML
    comes from that one, which finds the text's `paragraphs`.
    """
    known = {"site": SiteSettings.current(), "site_url": settings.SITE_URL} | context
    first_line, _, text = _plain(f"letters/{template}.txt", known).partition("\n")
    if not first_line.startswith(SUBJECT):
        raise ValueError(f'letters/{template}.txt does not open with "{SUBJECT}"')
    subject = " ".join(first_line.removeprefix(SUBJECT).split())
    footer = _plain("letters/_footer.txt", known)
    known |= {"subject": subject, "paragraphs": [Paragraph(words) for words in re.split(r"\n{2,}", text.strip())]}
    html = render_to_string(f"letters/{html_template or template}.html", known)
    return Letter(subject, f"{text.strip()}\n\n-- \n{footer}\n", html)


def _plain(template: str, context: dict[str, Any]) -> str:
    """Plain text escapes nothing: a name keeps its apostrophe."""
    return str(Engine.get_default().get_template(template).render(Context(context, autoescape=False))).strip()
