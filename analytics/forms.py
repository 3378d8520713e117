"""Which days the page of figures is about."""

from datetime import date, timedelta
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from analytics.queries.dashboard import Period

PRESETS = {"7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days"}
MOST_DAYS = 800
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class DayInput(UnfoldAdminTextInputWidget):
    """The browser's own choice of a day, in the theme's clothes."""

    input_type = "date"


class PeriodForm(forms.Form):
    """The last so many days, or from one day to another."""

    days = forms.ChoiceField(
        choices=[*PRESETS.items(), ("own", "Own days")],
        required=False,
        label="Period",
        initial="30",
        widget=UnfoldAdminSelectWidget,
    )
    first = forms.DateField(required=False, label="From", widget=DayInput)
    last = forms.DateField(required=False, label="To", widget=DayInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if cleaned.get("days") == "own" and not self.errors:
            if not first or not last or first > last:
                raise forms.ValidationError("Choose a first day and a last day that is not before it.")
            if first < EARLIEST or last >= LATEST:
                raise forms.ValidationError(f"Choose days from 1 January {EARLIEST.year} on, before {LATEST.year}.")
            if (last - first).days >= MOST_DAYS:
                raise forms.ValidationError(f"Choose at most {MOST_DAYS} days.")
        return cleaned

    def period(self, today: date) -> Period:
        """The days chosen; the last 30 when nothing sensible was."""
        if self.is_valid() and self.cleaned_data.get("days") == "own":
            return Period(self.cleaned_data["first"], self.cleaned_data["last"])
        chosen = self.cleaned_data.get("days") if self.is_bound and self.is_valid() else ""
        length = int(chosen) if chosen in PRESETS else 30
        return Period(today - timedelta(days=length - 1), today)
