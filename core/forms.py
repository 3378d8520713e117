"""Forms and fields that the admin of every app uses."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Model
from unfold.widgets import UnfoldAdminTextInputWidget


class StepForm(forms.Form):
    """What a step asks; without fields it asks for a yes. `row` is what it is about."""

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row


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
