"""Asking for a link."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LinkAgainForm(forms.Form):
    """The reference of a submission, as somebody reads it from a letter."""

    reference = forms.CharField(
        label=_("Reference of your submission"),
        help_text=_("It starts with SB and stands in every message we sent you."),
        max_length=20,
        error_messages={"required": _("Enter the reference, like SB-4QX8-2KD7-9MHTV")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_reference(self) -> str:
        """As we write it."""
        return "-".join(self.cleaned_data["reference"].upper().replace("-", " ").split())
