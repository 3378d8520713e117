"""Pages of words: about, delivery, returns, terms. A few of their paragraphs are made of what the shop knows itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from core.heads import Head, title_of
from core.markup import html_of
from core.views import YEAR
from inventory.queries import catalogue
from shop import middleware
from shop.models import ContentPage
from shop.queries import cards, delivery, texts
from shop.views.visitor import ShopRequest

DAY = 24 * 60 * 60
PART = re.compile(r"<p>\{(\w+)\}</p>")


@dataclass(frozen=True)
class Cookie:
    """One cookie of ours: its name, what for, and how long a browser keeps it."""

    name: str
    purpose: str
    kept: str


@require_safe
def show(request: ShopRequest, slug: str) -> HttpResponse:
    """One published page; staff who may see such pages see the others too."""
    rows = ContentPage.objects.all()
    if not request.user.has_perm("shop.view_contentpage"):
        rows = rows.filter(is_published=True)
    page = get_object_or_404(rows, slug=slug)
    head = Head(title_of(page.title), page.description, page.get_absolute_url()) if page.is_published else None
    return render(request, "shop/text.html", {"page": page, "body": body_of(page), "head": head})


def body_of(page: ContentPage) -> SafeString:
    """A page's words as HTML, with the facts of the settings and the parts that the shop makes itself."""
    body = page.body
    for name, fact in texts.facts().items():
        body = body.replace(f"{{{name}}}", fact)

    def part(found: re.Match[str]) -> str:
        make = MAKERS.get(found[1])
        return render_to_string(f"shop/texts/_{found[1]}.html", make()) if make else found[0]

    return SafeString(PART.sub(part, html_of(body)))


def cookies() -> list[Cookie]:
    """Every cookie that a browser can get from us; none needs a banner."""
    return [
        Cookie(
            middleware.COOKIE,
            _("Remembers which basket is yours. Set when you put something in."),
            _days(middleware.COOKIE_SECONDS),
        ),
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _("Remembers that you are signed in, or what you have typed in a form so far."),
            _days(settings.SESSION_COOKIE_AGE),
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Proves that a form comes from our own pages and not from somebody else's."),
            _days(settings.CSRF_COOKIE_AGE),
        ),
        Cookie("theme", _("Remembers that you chose light or dark. Set when you choose."), _days(YEAR)),
        Cookie("messages", _("Carries one notice to the next page, such as that something was saved."), _("One page")),
    ]


def _days(seconds: int) -> str:
    days = seconds // DAY
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def _grades() -> dict[str, object]:
    """Each grade with its meaning and the newest piece that has it."""
    words = catalogue.condition_words()
    rows = cards.newest_rows(now=timezone.now(), rows=[(1, code) for code in words])
    scale = [{"name": words[code][0], "code": code} for code in reversed(words)]
    examples = [
        {
            "name": label,
            "meaning": meaning,
            "grades": [{"name": grade["name"], "is_current": grade["code"] == code} for grade in scale],
            "card": row[0] if row else None,
        }
        for (code, (label, meaning)), row in zip(words.items(), rows, strict=True)
    ]
    return {"examples": examples}


# Of texts.PARTS.
MAKERS: dict[str, Callable[[], dict[str, object]]] = {
    "delivery": lambda: {"methods": delivery.methods()},
    "grades": _grades,
    "cookies": lambda: {"cookies": cookies()},
    "buying": dict,
}
