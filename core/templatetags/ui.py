"""What all templates share: icons, amounts, the summary of what is wrong with forms."""

from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import TypedDict

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import avoid_wrapping, format_html
from django.utils.safestring import SafeString
from django.utils.timesince import TIME_STRINGS
from django.utils.translation import get_language

from core import money
from core.dates import moment_words
from core.languages import Version, here, other_versions
from core.markup import whole_address
from core.origin import page_of_the_form

register = template.Library()


class Problem(TypedDict):
    """One line of the summary; `target` is the id of the control to go to, if there is one."""

    message: str
    target: str


@register.filter
def eur(amount: Decimal | None) -> str:
    """The amount as people read it, empty for none: `{{ lot.price|eur }}`."""
    return "" if amount is None else money.format_eur(amount)


@register.filter
def eur_and_cents(amount: Decimal) -> str:
    """The same with its cents, for a sum that somebody confirms: "€120.00"."""
    return money.format_eur(amount, has_cents=True)


@register.filter
def moment(when: datetime) -> str:
    """A moment as short as it can be said: "14:52" today, "Sat 29 Nov, 14:52" else."""
    return moment_words(when, timezone.now())


@register.filter
def time_left(until: datetime) -> str:
    """How long it is until a moment, in one unit and to the nearest: "7 days" a minute after a week was given.

    static/js/countdown.js says the same; short of two hours nothing is added to what is left.
    """
    left = max(until - timezone.now(), timedelta())
    if left < timedelta(hours=2):
        unit, count = "minute", ceil(left / timedelta(minutes=1))
    elif left < timedelta(hours=47, minutes=30):
        unit, count = "hour", round(left / timedelta(hours=1))
    else:
        unit, count = "day", round(left / timedelta(days=1))
    return avoid_wrapping(TIME_STRINGS[unit] % {"num": count})


@register.filter(name="here")
def in_spoken_language(path: str) -> str:
    """An address that was kept in English, in the language of this page: `{{ search.address|here }}`."""
    return here(path)


@register.simple_tag
def spoken() -> str:
    """The language of this page, as HTML says it: "en"."""
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]


@register.simple_tag(takes_context=True)
def versions(context: Context) -> list[Version]:
    """This page in the other languages; of `here`, where another address than the asked one shows it."""
    return other_versions(context["request"], context.get("here") or "")


@register.simple_tag(takes_context=True)
def form_page(context: Context) -> str:
    """The page that the form which was sent stood on, or the address it was sent to."""
    request = context["request"]
    return page_of_the_form(request) or request.path


@register.filter(name="whole_address")
def whole(path: str) -> str:
    """An address of ours with scheme and host: `{{ photo.image.url|whole_address }}`."""
    return whole_address(path)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A drawing of components/icons/ in the page itself, silent to screen readers: `{% icon "bag" "small" %}`."""
    drawing = render_to_string(f"components/icons/{name}.svg")
    kind = f"icon icon--{size}" if size else "icon"
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">{}</svg>', kind, drawing
    )


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, list[Problem]]:
    """Every error of the forms in page order, each with a link to its control; nothing when all is well."""
    return {"problems": [problem for form in forms if form is not None for problem in _problems(form)]}


def _problems(form: BaseForm) -> list[Problem]:
    found = [Problem(message=str(message), target="") for message in form.non_field_errors()]
    for field in form:
        found += [Problem(message=str(message), target=_target(field)) for message in field.errors]
    return found


def _target(field: BoundField) -> str:
    # A group has no id of its own that could take the focus: its first answer does.
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
