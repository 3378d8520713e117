"""What staff type in the admin about orders, ways of delivery and the shop's rules."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from accounts.countries import COUNTRIES
from core.forms import ListField, StepForm
from shop.models import ContentPage, DeliveryKind, DeliveryMethod, Order, PaymentMethod, ShopSettings
from shop.queries import texts

IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
LARGEST = {
    "collection_hold_hours": 24 * 60,
    "transfer_hold_hours": 24 * 60,
    "on_delivery_hold_hours": 24 * 60,
    "extension_minutes": 24 * 60,
    "extension_offered_minutes": 24 * 60,
    "max_unpaid_orders": 100,
    "max_orders_an_hour": 100,
    "max_basket_lines": 200,
    "max_quantity": 100,
    "complete_shipped_days": 365,
    "return_days": 365,
    "just_in_hours": 24 * 60,
}


class ConfirmForm(StepForm):
    """Our yes; a bank transfer has a reference at the bank."""

    row: Order

    reference = forms.CharField(
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        label="The bank's reference",
        help_text="As it stands on the statement, so that the payment can be found again.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.row.payment_method != PaymentMethod.BANK_TRANSFER:
            del self.fields["reference"]


class ShipForm(StepForm):
    """How the parcel can be followed."""

    tracking = forms.CharField(
        required=False,
        max_length=120,
        widget=UnfoldAdminTextInputWidget,
        help_text="Tracking number or address; the buyer reads it in the letter.",
    )


class CancelForm(StepForm):
    """Why it is called off."""

    reason = forms.CharField(
        max_length=200, widget=UnfoldAdminTextInputWidget, help_text="The buyer reads it in the letter."
    )


class DeliveryMethodForm(forms.ModelForm):
    """A place to collect from, or delivery to some countries: what the one needs makes no sense for the other."""

    countries = ListField(longest=2, required=False, help_text="Two-letter codes, with commas: IE, GB.")
    payment_methods = forms.MultipleChoiceField(
        choices=PaymentMethod, widget=UnfoldAdminCheckboxSelectMultipleWidget, label="Ways of paying"
    )

    class Meta:
        model = DeliveryMethod
        fields = (
            "kind",
            "name",
            "is_active",
            "position",
            "place",
            "countries",
            "fee",
            "free_from",
            "min_days",
            "max_days",
            "payment_methods",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, least, most in (("fee", 0, None), ("free_from", Decimal("0.01"), None), ("max_days", 0, 90)):
            if name in self.fields:
                self.fields[name].validators.append(MinValueValidator(least))
                if most:
                    self.fields[name].validators.append(MaxValueValidator(most))

    def clean_countries(self) -> list[str]:
        codes = [code.upper() for code in self.cleaned_data["countries"]]
        for code in codes:
            if code not in COUNTRIES:
                raise ValidationError(f"“{code}” is not the code of a country that addresses can be in, such as IE.")
        return codes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_collection = cleaned.get("kind") == DeliveryKind.COLLECTION
        if is_collection and not cleaned.get("place"):
            self.add_error("place", "Say where and when pieces can be collected.")
        if is_collection and cleaned.get("countries"):
            self.add_error("countries", "A collection place has no countries.")
        if not is_collection and "countries" in cleaned and not cleaned["countries"]:
            self.add_error("countries", "Say which countries it goes to.")
        other = PaymentMethod.ON_DELIVERY if is_collection else PaymentMethod.ON_COLLECTION
        if other in cleaned.get("payment_methods", []):
            self.add_error("payment_methods", f"“{other.label}” does not go with this.")
        if cleaned.get("max_days", 0) < cleaned.get("min_days", 0):
            self.add_error("max_days", "At worst cannot be sooner than at best.")
        return cleaned


class ShopSettingsForm(forms.ModelForm):
    """The shop's rules, within what makes sense."""

    class Meta:
        model = ShopSettings
        exclude: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, most in LARGEST.items():
            if name in self.fields:
                self.fields[name].validators.append(MaxValueValidator(most))

    def clean_bank_iban(self) -> str:
        iban = "".join(self.cleaned_data["bank_iban"].split()).upper()
        if iban and not _is_iban(iban):
            raise ValidationError("This is not a valid IBAN: look for a mistyped character.")
        return iban

    def clean_bank_bic(self) -> str:
        bic = "".join(self.cleaned_data["bank_bic"].split()).upper()
        if bic and not BIC.fullmatch(bic):
            raise ValidationError("A BIC has 8 or 11 characters, such as BOFIIE2D.")
        return bic

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("bank_iban") and not cleaned.get("bank_account_name"):
            self.add_error("bank_account_name", "Say whose account it is.")
        return cleaned


def _is_iban(text: str) -> bool:
    """ISO 13616: country and check digits moved to the end, letters as numbers, the rest by 97 is 1."""
    if not IBAN.fullmatch(text):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


class ContentPageForm(forms.ModelForm):
    """A page of words; what stands between braces must be something that the shop knows."""

    class Meta:
        model = ContentPage
        fields = ("title", "slug", "description", "body", "footer", "position", "is_published", "is_checked")
        help_texts = {
            "body": "Markdown: a line that begins with ## is a heading, one that begins with - a point of a list, "
            "[words](https://example.com) a link. The settings fill in "
            f"{', '.join(f'{{{name}}}' for name in texts.FACTS)}; alone in a paragraph, "
            f"{', '.join(f'{{{name}}}' for name in texts.PARTS)} become lists that the shop keeps itself."
        }

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        if unknown := sorted({*re.findall(r"\{(\w+)\}", body)} - {*texts.FACTS, *texts.PARTS}):
            raise ValidationError(f"Nothing is known by this name: {', '.join(unknown)}.")
        return body
