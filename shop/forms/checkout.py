"""What a shopper types at the checkout. Prices, fees and totals never come from here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.countries import COUNTRIES
from accounts.postcodes import tidy_postcode
from core.forms import TOO_LONG, LineField
from core.languages import Words
from shop.models import DeliveryKind, DeliveryMethod, PaymentMethod

ADDRESS = ("street", "postcode", "town", "country")


@dataclass(frozen=True)
class Way:
    """A way of delivery as it stands to choose: what it costs for this basket (EUR), and when it is there."""

    method: DeliveryMethod
    fee: Decimal
    when: str

    def __str__(self) -> str:
        return self.method.name

    @property
    def is_delivery(self) -> bool:
        """Whether it needs an address."""
        return self.method.kind == DeliveryKind.DELIVERY


@dataclass(frozen=True)
class Payment:
    """A way to pay as it stands to choose, with the ways of delivery it goes with, unless it goes with all."""

    method: PaymentMethod
    ways: Sequence[Way]

    def __str__(self) -> str:
        return str(self.method.label)

    @property
    def named(self) -> str:
        """The ways of delivery in words: "Collection, Tracked delivery and Courier"."""
        return get_text_list([way.method.name for way in self.ways], gettext("and"))


def _text(label: Words, missing: Words, length: int, autocomplete: str, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **options.pop("attrs", {})})
    words: dict[str, Words] = {"required": missing, "max_length": TOO_LONG}
    return LineField(label=label, max_length=length, widget=widget, error_messages=words, **options)


class DetailsForm(forms.Form):
    """Who orders."""

    email = forms.EmailField(
        label=_("Email"),
        max_length=254,
        help_text=_("For your receipt and tracking."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your email address"),
            "invalid": _("Enter an email address with an @, like name@example.com"),
            "max_length": TOO_LONG,
        },
    )
    name = _text(_("Full name"), _("Enter your full name"), 120, "name")
    phone = _text(
        _("Phone"),
        "",
        30,
        "tel",
        required=False,
        help_text=_("Only used by the courier on the day."),
        attrs={"type": "tel"},
    )


class DeliveryForm(forms.Form):
    """How the pieces get there, where that is, and how they are paid. A collection needs no address."""

    # An address may not be asked for by the browser before it is known whether it is needed.
    use_required_attribute = False

    delivery = forms.ChoiceField(
        label=_("How do you want to get it?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how you want to get it")),
    )
    street = _text(_("Street and number"), _("Enter your street and number"), 200, "street-address")
    postcode = _text(_("Eircode or postcode"), "", 12, "postal-code", required=False)
    town = _text(_("Town or city"), _("Enter your town or city"), 80, "address-level2")
    country = forms.ChoiceField(
        label=_("Country"),
        widget=forms.Select(attrs={"autocomplete": "country"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a country we deliver to")),
    )
    payment = forms.ChoiceField(
        label=_("How do you want to pay?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how you want to pay")),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, ways: Sequence[Way], **options: Any) -> None:
        super().__init__(data, **options)
        self._ways = {str(way.method.pk): way for way in ways}
        zone = {code for way in ways if way.is_delivery for code in way.method.countries}
        known = [code for code in COUNTRIES if code in zone]
        self._choose("delivery", list(self._ways.items()))
        self._choose("country", [(code, COUNTRIES.get(code, code)) for code in [*known, *sorted(zone - {*known})]])
        self._choose("payment", [(payment.method.value, payment) for payment in _payments(ways)])
        if not zone or (self.is_bound and self.way and not self.way.is_delivery):
            for name in ADDRESS:
                self.fields[name].required = False

    @property
    def way(self) -> Way | None:
        """The way of delivery that was chosen, by what was typed or is known."""
        return self._ways.get(str(self["delivery"].value()))

    @property
    def chosen_way(self) -> Way:
        """The way of delivery of a valid form."""
        return self._ways[self.cleaned_data["delivery"]]

    @property
    def needs_address(self) -> bool:
        """Whether any way of delivery does."""
        return any(way.is_delivery for way in self._ways.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "postcode" in cleaned:
            cleaned["postcode"] = tidy_postcode(cleaned["postcode"], cleaned.get("country", ""))
        way = self._ways.get(cleaned.get("delivery", ""))
        if way:
            self._refuse_elsewhere(way, cleaned.get("country", ""))
            self._refuse_payment(way, cleaned.get("payment", ""))
        return cleaned

    def _refuse_elsewhere(self, way: Way, country: str) -> None:
        if way.is_delivery and country and country not in way.method.countries:
            place = COUNTRIES.get(country, country)
            text = gettext("%(way)s does not go to %(place)s. Choose another way or another country")
            self.add_error("delivery", text % {"way": way, "place": place})

    def _refuse_payment(self, way: Way, payment: str) -> None:
        if payment and payment not in way.method.payment_methods:
            label = PaymentMethod(payment).label
            text = gettext("%(payment)s is not offered with %(way)s. Choose another way to pay")
            self.add_error("payment", text % {"payment": label, "way": way})

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


def _payments(ways: Sequence[Way]) -> list[Payment]:
    """Every way to pay that goes with some way of delivery."""
    fitting = {method: [way for way in ways if method in way.method.payment_methods] for method in PaymentMethod}
    return [Payment(method, some if len(some) < len(ways) else []) for method, some in fitting.items() if some]
