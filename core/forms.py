"""Forms, fields and refusals that several apps use."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from core.errors import AmountUnclear
from core.money import CENT, format_eur, parse_eur

TOO_LONG = _("Use at most %(limit_value)d characters; this has %(show_value)d")


class StepForm(forms.Form):
    """What a step asks; without fields it asks for a yes. `row` is what it is about."""

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row


class LineField(forms.CharField):
    """Text on one line: it stands in letters and on labels, where a script could write lines of its own."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class ListField(forms.CharField):
    """A list of short texts, typed with commas between them."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(validators=[MaxLengthValidator(longest)], **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        parts = (" ".join(part.split()) for part in (super().to_python(value) or "").split(","))
        return list(dict.fromkeys(part for part in parts if part))

    def run_validators(self, value: Any) -> None:
        for part in value:
            super().run_validators(part)


class EuroField(forms.CharField):
    """An amount in EUR as people type it, read strictly: "1,234.50" and "60,50" yes, "1.234,50" and "12.345" no."""

    def __init__(self, *, least: Decimal = CENT, most: Decimal = Decimal("100000.00"), **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, Decimal):
            return value
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_eur(text)
        except AmountUnclear as refusal:
            raise ValidationError(refusal.message, code="unclear") from refusal

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}".removesuffix(".00") if isinstance(value, Decimal) else value

    def validate(self, value: Any) -> None:
        if value is None:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
        elif value > self.most:
            raise ValidationError(gettext("Enter %(most)s at the most.") % {"most": format_eur(self.most)})
        elif value < self.least:
            text = gettext("Enter an amount from %(least)s to %(most)s.")
            raise ValidationError(text % {"least": format_eur(self.least), "most": format_eur(self.most)})

    def run_validators(self, value: Any) -> None:
        """The range is checked above; the validators of text do not fit an amount."""
