"""What staff type about a seller in front of them, and the pieces on the counter."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from core.forms import EuroField
from inventory.errors import SizeUnknown
from inventory.models import Category, Condition
from inventory.rules.sizes import parse_size
from offers.models import BuyingSettings, Seller
from offers.services.counter import Piece
from offers.services.drafting import Contact

ROWS = 3


class _PicturesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        # A set of forms hands on a plain dictionary when no file came at all.
        return files.getlist(name) if isinstance(files, MultiValueDict) else []


class PicturesField(forms.FileField):
    """Several pictures chosen at once; what they are is looked at when they are decoded."""

    widget = _PicturesInput(attrs={"accept": "image/jpeg,image/png,image/webp", "class": " ".join(INPUT_CLASSES)})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """An empty row has no pictures, and is none."""
        return bool(data)

    def clean(self, value: Any, initial: Any = None) -> list[Any]:
        most = BuyingSettings.current().max_photos_a_piece
        if len(value or []) > most:
            raise ValidationError(f"At most {most} photos of a piece.")
        clean = super().clean
        return [clean(each, initial) for each in value or [None] if each or self.required]


def _line(longest: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(max_length=longest, widget=UnfoldAdminTextInputWidget, **kwargs)


def _amount(label: str) -> EuroField:
    return EuroField(required=False, label=label, widget=UnfoldAdminTextInputWidget)


class SellerForm(forms.Form):
    """Who is here, one way to reach them, and what they declare."""

    name = _line(120)
    email = forms.EmailField(required=False, label="Email", widget=UnfoldAdminTextInputWidget)
    phone = _line(30, required=False)
    handle = _line(60, required=False, help_text="Without the @.")
    channel = forms.ChoiceField(choices=Seller.Channel, label="Likes best", widget=UnfoldAdminSelectWidget)
    has_agreed = forms.BooleanField(
        label="The seller says: 18 or older, the pieces are theirs, and the terms are fine",
        widget=UnfoldBooleanWidget,
        error_messages={"required": "Ask the seller, then tick this."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            raise ValidationError("Ask for an email or a phone number.")
        return cleaned

    @property
    def contact(self) -> Contact:
        """For the service."""
        return Contact(**{name: value for name, value in self.cleaned_data.items() if name != "has_agreed"})


class PieceForm(forms.Form):
    """One piece on the counter."""

    category = forms.ModelChoiceField(Category.objects.all(), widget=UnfoldAdminSelectWidget)
    brand_name = _line(80, required=False, label="Brand")
    title = _line(120, label="What it is")
    size = _line(30)
    grade = forms.ChoiceField(choices=[("", "Choose"), *Condition.choices], widget=UnfoldAdminSelectWidget)
    asking = _amount("The seller asks, EUR")
    amount = _amount("Our price, EUR")
    pictures = PicturesField(label="Photos", help_text="At least one: JPEG, PNG or WebP.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("category") and cleaned.get("size"):
            try:
                parse_size(cleaned["size"], cleaned["category"].size_scale)
            except SizeUnknown as refusal:
                self.add_error("size", refusal.message)
        return cleaned

    @property
    def piece(self) -> Piece:
        """For the service."""
        return Piece(**self.cleaned_data)


class _Pieces(forms.BaseFormSet):
    """Rows of pieces; an empty row is none."""

    def clean(self) -> None:
        if not any(self.errors) and not self.filled:
            raise ValidationError("Put down at least one piece.")

    @property
    def filled(self) -> list[Any]:
        return [form for form in self.forms if form.has_changed()]

    def problems(self) -> ErrorList:
        """What is wrong with the rows as a whole."""
        return self.non_form_errors()


def more_rows(typed: QueryDict) -> tuple[SellerForm, Any]:
    """What was typed so far, not judged yet, with more rows for pieces."""
    rows = pieces_formset()(typed, prefix="piece").total_form_count() + ROWS
    seller, pieces = SellerForm(), pieces_formset(rows)(prefix="piece")
    for form in (seller, *pieces.forms):
        form.initial = {name: typed.get(form.add_prefix(name), "") for name in form.fields}
    return seller, pieces


def pieces_formset(rows: int = ROWS) -> Any:
    """So many rows, within what one submission takes."""
    most = BuyingSettings.current().max_pieces
    return forms.formset_factory(PieceForm, formset=_Pieces, extra=min(rows, most), max_num=most, absolute_max=most)
