"""Who sells and how to reach them, and the last page before a draft is sent."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import TOO_LONG, LineField
from offers.models import Seller, SellSubmission

PHONE = re.compile(r"\+?[\d ()./-]{6,29}")
NEEDS = {
    Seller.Channel.EMAIL: ("email", _("Enter an email address, or choose another way")),
    Seller.Channel.WHATSAPP: ("phone", _("Enter a phone number, or choose another way")),
    Seller.Channel.PHONE: ("phone", _("Enter a phone number, or choose another way")),
    Seller.Channel.INSTAGRAM: ("handle", _("Enter your name there, or choose another way")),
    Seller.Channel.SNAPCHAT: ("handle", _("Enter your name there, or choose another way")),
}


class ContactForm(forms.Form):
    """Who sells, and one way to reach them: an email or a phone number."""

    name = LineField(
        label=_("Your name"),
        max_length=120,
        error_messages={"required": _("Enter your name"), "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Email"),
        required=False,
        max_length=254,
        help_text=_("An email or a phone number: one is enough."),
        error_messages={
            "invalid": _("Enter an email address with an @, like name@example.com"),
            "max_length": TOO_LONG,
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = LineField(
        label=_("Phone"),
        required=False,
        max_length=30,
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    handle = LineField(
        label=_("Name on Instagram or Snapchat"),
        required=False,
        max_length=60,
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    channel = forms.ChoiceField(
        label=_("How do you like to hear from us?"),
        choices=Seller.Channel.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how we write to you")),
    )
    area = LineField(
        label=_("Area"),
        required=False,
        max_length=60,
        help_text=_("Dublin 8, or D08. We ask for an address only when we collect or pay."),
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    # People do not see it; programs fill in everything.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_phone(self) -> str:
        """A number that can be called."""
        phone: str = self.cleaned_data["phone"]
        if phone and (not PHONE.fullmatch(phone) or sum(sign.isdigit() for sign in phone) < 6):
            raise forms.ValidationError(_("Enter a phone number like +353 86 000 0000"))
        return phone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors.keys() & {"email", "phone"} and not (cleaned["email"] or cleaned["phone"]):
            self.add_error("email", _("Enter an email address or a phone number, so that we can answer"))
        channel = cleaned.get("channel")
        if channel:
            name, words = NEEDS[channel]
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, words)
        return cleaned


class SendForm(forms.Form):
    """The last page: nothing is ticked beforehand."""

    use_required_attribute = False

    hand_over = forms.ChoiceField(
        label=_("How do we get the pieces, if we agree?"),
        choices=SellSubmission.HandOver.choices,
        initial=SellSubmission.HandOver.DROP_OFF,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how we get them")),
    )
    message = forms.CharField(
        label=_("Anything else?"),
        required=False,
        max_length=500,
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    is_adult = forms.BooleanField(
        label=_("I am 18 or older"),
        error_messages={"required": _("Tick that you are 18 or older, or ask somebody who is")},
    )
    is_mine = forms.BooleanField(
        label=_("The pieces are mine to sell, and I agree to the terms below"),
        error_messages={"required": _("Tick that the pieces are yours to sell and that you agree to the terms")},
    )
