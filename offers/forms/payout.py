"""Where a seller's money goes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.countries import COUNTRIES
from accounts.postcodes import tidy_postcode
from core.forms import LineField
from offers.errors import IbanRefused
from offers.forms.answers import StrictForm
from offers.services.banking import tidy_iban


class AccountForm(StrictForm):
    """Bank details, with the code that shows who is asking, and the address for the buy-in document."""

    code = forms.CharField(
        label=_("The code we sent you"),
        max_length=6,
        error_messages={"required": _("Enter the six digits")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    holder_name = LineField(
        label=_("Name on the account"),
        help_text=_("Exactly as on the account: banks compare it."),
        max_length=70,
        error_messages={"required": _("Enter the name on the account")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    iban = forms.CharField(
        label=_("IBAN"),
        max_length=42,
        error_messages={"required": _("Enter your IBAN")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    street = LineField(
        label=_("Street and number"),
        max_length=200,
        error_messages={"required": _("Enter the street and number")},
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    town = LineField(
        label=_("Town"),
        max_length=80,
        error_messages={"required": _("Enter the town")},
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    postcode = forms.CharField(
        label=_("Eircode or postcode"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=list(COUNTRIES.items()), widget=forms.Select(attrs={"autocomplete": "country"})
    )

    def clean_iban(self) -> str:
        """As it is kept; a slip in it is told along with all others."""
        try:
            return tidy_iban(self.cleaned_data["iban"])
        except IbanRefused as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean_postcode(self) -> str:
        """As it is written on a letter."""
        return tidy_postcode(self.cleaned_data["postcode"], self.data.get("country", "IE"))
