"""What somebody keeps or waits for, as it is typed or pressed."""

import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop.forms import filters as asking
from shop.forms.basket import MAX_KEY
from shop.forms.filters import Asked
from shop.queries.wishes import Sought

EMAIL_WRONG = _("Enter an email address with an @, like name@example.com")
# Letters that only look like others (ſ, K) would let one address pass for another.
PLAIN = RegexValidator(r"\A[\x00-\x7f]+\Z", EMAIL_WRONG)
# Whether sold pieces are shown says nothing about what is to come.
NOT_SOUGHT = {"stock": "", "sold": "", "sort": ""}
# What makes an address of words; the point of "8.5" does not.
NO_WORDS = re.compile(r"[/:@\\]|\.(?!\d)")


class KeepForm(forms.Form):
    """A piece to keep, or not to."""

    slug = forms.SlugField(max_length=220)
    keep = forms.BooleanField(required=False)


class WhatForm(forms.Form):
    """What somebody wants to hear of: a lot to come back, one like it, or a list by its address."""

    again = forms.IntegerField(required=False, min_value=1, max_value=MAX_KEY)
    like = forms.IntegerField(required=False, min_value=1, max_value=MAX_KEY)
    list = forms.CharField(required=False, max_length=1500)


class EmailForm(forms.Form):
    """Where to write to."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        validators=[PLAIN],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": EMAIL_WRONG, "invalid": EMAIL_WRONG},
    )


def sought_in(*, asked: Asked, title: str) -> Sought:
    """What a list shows, to be told of when more comes in."""
    filters = asked.filters
    criteria: dict[str, Any] = {
        "q": asked.query if filters.words else "",
        "exact": asked.is_exact,
        "scope": asked.branch.slug if asked.branch else "",
        "category": asked.chosen["category"],
        "brand": list(filters.brands),
        "size": [list(size) for size in filters.sizes],
        "condition": list(filters.conditions),
        "min": str(filters.price_from) if filters.price_from is not None else "",
        "max": str(filters.price_to) if filters.price_to is not None else "",
    }
    # It stands in a letter to whatever address somebody types: on one line, and nothing that becomes a link.
    typed = " ".join(NO_WORDS.sub(" ", asked.query).split())
    quoted = [f"“{typed[:60]}”"] if filters.words else []
    seen = {gettext("In stock now"), gettext("Sold shown")}
    names = [applied.name for applied in asking.applied(asked=asked) if applied.name not in seen]
    return Sought(
        label=", ".join([*quoted, *([title] if title else []), *names])[:200],
        criteria={name: value for name, value in criteria.items() if value},
        address=asked.address(**NOT_SOUGHT),
    )
