"""What a shopper offers for a piece, and what staff answer. Category, price and time never come from here."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from core.forms import EuroField, StepForm
from core.money import format_eur
from inventory.models import StockItem
from offers.models import ProductOffer
from offers.rules.bids import midpoint


class OfferForm(forms.Form):
    """An amount, the size where there are several, and a note."""

    item = forms.TypedChoiceField(
        label=_("Size"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a size."), "invalid_choice": _("This size cannot be had any more.")},
    )
    amount = EuroField(
        label=_("Your offer"),
        help_text=_("In euro, for one piece."),
        error_messages={"required": _("Enter an amount like 45 or 1234.50.")},
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
    )

    def __init__(self, *args: Any, lots: Sequence[tuple[StockItem, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only = lots[0][0].pk if len(lots) == 1 else None
        if len(lots) < 2:
            del self.fields["item"]
        else:
            cast(forms.TypedChoiceField, self.fields["item"]).choices = [(item.pk, words) for item, words in lots]

    @property
    def chosen_item(self) -> int:
        """The lot that is meant; zero when nothing is left."""
        return self.cleaned_data.get("item") or self.only or 0


class CounterForm(StepForm):
    """A price of ours; half-way between the offer and the asked price is suggested."""

    amount = EuroField(label="Our price", widget=UnfoldAdminTextInputWidget())
    note = forms.CharField(
        label="A word to the shopper",
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, row: ProductOffer, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        price = row.stock_item.price
        if price is not None and price > row.amount:
            self.fields["amount"].initial = midpoint(row.amount, price)
            self.fields["amount"].help_text = f"Offered {format_eur(row.amount)}, asked {format_eur(price)}."


class BlockForm(StepForm):
    """Why somebody may not bargain any more."""

    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget(), help_text="For us, not for them.")
