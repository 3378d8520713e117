"""Django's filter `date`, with names as the language writes them; every template has it."""

from datetime import date

from django import template
from django.template import defaultfilters

from core.dates import date_format

register = template.Library()


@register.filter(name="date", expects_localtime=True, is_safe=False)
def date_in_words(value: date | str | None, shape: str | None = None) -> str:
    """A day or moment as `{{ offer.expires_at|date:"D j M" }}` says it; what is no day, as Django has it."""
    return date_format(value, shape) if isinstance(value, date) else str(defaultfilters.date(value, shape))
