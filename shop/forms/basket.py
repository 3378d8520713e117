"""What is put into a basket, and how many. Prices never come from here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.languages import Words

# The largest key a database column takes.
MAX_KEY = 2**63 - 1
# Far above what any shop allows; the basket itself knows how many there are.
MAX_NUMBER = 1_000_000


def _whatever_is_wrong(text: Words) -> dict[str, Words]:
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), text)


class _ShortForm(forms.Form):
    """A form of a button or two, whose errors are told in a notice."""

    def problems(self) -> list[str]:
        """Everything that is wrong, once."""
        return list(dict.fromkeys(str(text) for texts in self.errors.values() for text in texts))


class AddForm(_ShortForm):
    """A lot and a number of copies; one copy unless told."""

    item = forms.IntegerField(
        min_value=1,
        max_value=MAX_KEY,
        error_messages=_whatever_is_wrong(_("This piece is not in the shop.")) | {"required": _("Choose a size.")},
    )
    quantity = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_NUMBER,
        error_messages=_whatever_is_wrong(_("Choose how many: a whole number from 1 up.")),
    )

    def clean_quantity(self) -> int:
        return self.cleaned_data["quantity"] or 1


class ChangeForm(_ShortForm):
    """A line of the basket and its new number of copies; none takes it out."""

    line = forms.IntegerField(
        min_value=1,
        max_value=MAX_KEY,
        error_messages=_whatever_is_wrong(_("That piece is not in your basket any more.")),
    )
    quantity = forms.IntegerField(
        min_value=0,
        max_value=MAX_NUMBER,
        error_messages=_whatever_is_wrong(_("Choose how many: a whole number from 0 up.")),
    )


class TakeUpForm(_ShortForm):
    """A reservation of the shopper's own, to be bought."""

    reservation = forms.IntegerField(
        min_value=1,
        max_value=MAX_KEY,
        error_messages=_whatever_is_wrong(_("Nothing is held for you by that name.")),
    )
