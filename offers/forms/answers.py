"""What a seller answers: to an offer, to new prices, to a question."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms import EuroField
from core.money import ZERO, format_eur
from offers.queries.pieces import OfferLine

EXPECTED_ANYWAY = {"csrfmiddlewaretoken"}


class StrictForm(forms.Form):
    """A form that takes what its page asks, and refuses anything else that is sent along."""

    def clean(self) -> dict[str, Any]:
        if unknown := set(self.data) - set(self.fields) - EXPECTED_ANYWAY:
            text = gettext("This page does not ask for %(names)s.")
            raise ValidationError(text % {"names": ", ".join(sorted(unknown))[:80]}, code="unknown")
        return self.cleaned_data

    def problems(self) -> list[str]:
        """Every error, in words."""
        return [str(message) for messages in self.errors.values() for message in messages]


class PiecesField(forms.TypedMultipleChoiceField):
    """Ticked pieces by pk; whether they belong to the offer is for the service to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, required=False, empty_value=[], **kwargs)

    def valid_value(self, value: Any) -> bool:
        text = str(value)
        return text.isascii() and text.isdigit() and len(text) < 16


class SeenForm(StrictForm):
    """An answer to an offer as it was seen: by its number and total (EUR)."""

    number = forms.IntegerField(min_value=1, max_value=32_000, widget=forms.HiddenInput)
    total = forms.DecimalField(min_value=ZERO, max_digits=10, decimal_places=2, widget=forms.HiddenInput)


class AnswerForm(SeenForm):
    """Accept, refuse, ask for more; or only work out what the ticked pieces come to."""

    answer = forms.ChoiceField(choices=[(name, name) for name in ("accept", "more", "refuse", "sum")])
    has_ticks = forms.BooleanField(required=False)
    note = forms.CharField(required=False, max_length=300)
    take = PiecesField()

    @property
    def taken(self) -> list[int] | None:
        """The ticked pieces by pk; None where the page had nothing to tick."""
        return self.cleaned_data["take"] if self.cleaned_data["has_ticks"] else None


class CounterForm(SeenForm):
    """How much the seller asks for: one total, or an amount for each piece (EUR)."""

    take = PiecesField()
    asked = EuroField(
        label=_("How much would you take?"),
        help_text=_("In EUR, for all ticked pieces together."),
        error_messages={"required": _("Enter what you would take, like 150")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "decimal"}),
    )
    message = forms.CharField(
        label=_("Anything we should know"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, lines: Sequence[OfferLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        if len(lines) == 1:
            self.fields["asked"].help_text = gettext("In EUR.")
        for line in lines:
            label = f"{line.piece.brand} {line.piece.title}".strip()
            hint = gettext("Our price is %(price)s.") % {"price": format_eur(line.amount)}
            self.fields[f"amount_{line.piece.pk}"] = EuroField(label=label, help_text=hint, required=False)
        self.fields["asked"].required = not any(self.data.get(f"amount_{line.piece.pk}") for line in lines)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        asked, amounts = cleaned["asked"], self._typed()
        if not amounts and asked is None:
            self.add_error("asked", self.fields["asked"].error_messages["required"])
        elif amounts and asked is not None and asked != self._sum(amounts):
            text = gettext("Your amounts for each piece come to %(sum)s. Leave this empty or make it the same.")
            self.add_error("asked", text % {"sum": format_eur(self._sum(amounts))})
        return cleaned

    @property
    def price(self) -> Decimal | dict[int, Decimal]:
        """One total, or the amounts by pk that were typed."""
        amounts = self._typed()
        asked: Decimal = self.cleaned_data["asked"]
        return amounts or asked

    @property
    def taken(self) -> list[int]:
        """The pieces it is about, by pk; every one where there was nothing to tick."""
        everything = [line.piece.pk for line in self.lines]
        return self.cleaned_data["take"] if len(everything) > 1 else everything

    @property
    def amount_fields(self) -> list[forms.BoundField]:
        """The fields for single pieces."""
        return [self[f"amount_{line.piece.pk}"] for line in self.lines]

    def _typed(self) -> dict[int, Decimal]:
        typed = {line.piece.pk: self.cleaned_data.get(f"amount_{line.piece.pk}") for line in self.lines}
        return {pk: amount for pk, amount in typed.items() if amount is not None and pk in self.taken}

    def _sum(self, amounts: dict[int, Decimal]) -> Decimal:
        kept = [line for line in self.lines if line.piece.pk in self.taken]
        return sum((amounts.get(line.piece.pk, line.amount) for line in kept), ZERO)


class RevisionForm(SeenForm):
    """Take the new price or have it back, for each piece; half of the answers are kept but mean nothing yet."""

    answer = forms.ChoiceField(choices=[("send", "send"), ("sum", "sum")])

    def __init__(self, *args: Any, lines: Sequence[OfferLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, take = lines, gettext("Take %(price)s")
        for line in lines:
            self.fields[f"piece_{line.piece.pk}"] = forms.ChoiceField(
                label=f"{line.piece.brand} {line.piece.title}".strip(),
                choices=[("take", take % {"price": format_eur(line.amount)}), ("give_back", _("Send it back"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Take the new price, or have it sent back")},
            )

    @property
    def choices(self) -> dict[int, str]:
        """What was chosen so far, by pk."""
        chosen = {line.piece.pk: self.cleaned_data.get(f"piece_{line.piece.pk}", "") for line in self.lines}
        return {pk: choice for pk, choice in chosen.items() if choice}


class ReplyForm(StrictForm):
    """The answer to our question."""

    reply = forms.CharField(
        label=_("Your answer"),
        max_length=500,
        error_messages={"required": _("Write an answer")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class WordsForm(StrictForm):
    """A message to us."""

    words = forms.CharField(
        label=_("Your message"),
        max_length=500,
        error_messages={"required": _("Write a few words")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CashForm(StrictForm):
    """The amount somebody has counted, as the page said it (EUR)."""

    amount = forms.DecimalField(min_value=ZERO, max_digits=10, decimal_places=2)


class SeveralFiles(forms.FileInput):
    """A control for more than one file."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """One photo or more."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(PhotosField, self).clean(each, initial) for each in data or [None]]


class MorePhotosForm(StrictForm):
    """More photos of one piece."""

    photos = PhotosField(
        label=_("Add photos"),
        help_text=_("JPEG, PNG or WebP, up to 10 MB each. No faces, no documents."),
        widget=SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": _("Choose a photo")},
    )
