"""What a shopper offers for a piece. Category, price and time never come from here."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from core.forms import EuroField
from inventory.models import StockItem


class OfferForm(forms.Form):
    """An amount, the size where there are several, and a note."""

    item = forms.TypedChoiceField(
        label="Size",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a size.", "invalid_choice": "This size cannot be had any more."},
    )
    amount = EuroField(
        label="Your offer",
        help_text="In euro, for one piece.",
        error_messages={"required": "Enter an amount like 45 or 1234.50."},
    )
    note = forms.CharField(
        label="Note", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
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
