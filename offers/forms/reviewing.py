"""What a buyer types about a submission: decisions, the terms of an offer, questions, reasons."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.http import QueryDict
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from core.forms import EuroField, StepForm
from inventory.models import Condition
from offers import letters
from offers.models import BuyingSettings, Seller, SellItem, SellOffer, SellSubmission
from offers.services.offering import Decision

OFFER_DAYS = (1, 3, 7, 14)
QUESTIONS = (
    "Please add a photo of the label.",
    "Please add a photo of every flaw, close up.",
    "Please add a photo of the soles.",
    "Do you have the receipt, the box or the tags?",
    "Which size is printed on the label?",
)


def _words(rows: int = 3, **attrs: Any) -> UnfoldAdminTextareaWidget:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows, **attrs})


class DecisionForm(forms.Form):
    """What we think of one piece; it may stay open until an offer is sent."""

    decision = forms.ChoiceField(
        choices=[(SellItem.Decision.WANTED, "Want"), (SellItem.Decision.DECLINED, "Don't want")],
        widget=forms.RadioSelect,
        required=False,
    )
    amount = EuroField(required=False, label="Our price, EUR", widget=UnfoldAdminTextInputWidget)
    grade = forms.ChoiceField(
        choices=[("", "As the seller says"), *Condition.choices], required=False, widget=UnfoldAdminSelectWidget
    )
    decline_reason = forms.ChoiceField(
        choices=[("", "Choose a reason"), *SellItem.DeclineReason.choices],
        required=False,
        label="Why not",
        help_text="The seller reads it.",
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, typed: QueryDict | None = None, *, item: SellItem) -> None:
        self.item = item
        initial = {
            "decision": "" if item.decision == SellItem.Decision.UNDECIDED else item.decision,
            "amount": item.proposed_amount,
            "grade": item.proposed_grade,
            "decline_reason": item.decline_reason,
        }
        super().__init__(typed, initial=initial, prefix=f"piece-{item.pk}")
        self.fields["amount"].widget.attrs["data-amount"] = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        decision = cleaned.get("decision")
        if decision == SellItem.Decision.WANTED and cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", "Say what we pay for it.")
        if decision == SellItem.Decision.DECLINED and not cleaned.get("decline_reason"):
            self.add_error("decline_reason", "Choose why: the seller reads it.")
        return cleaned

    @property
    def wish(self) -> Decision:
        """What was typed, for the service."""
        typed = self.cleaned_data
        return Decision(
            typed["decision"] or SellItem.Decision.UNDECIDED, typed["amount"], typed["grade"], typed["decline_reason"]
        )


class TermsForm(forms.Form):
    """How an offer stands, and words for the seller and for colleagues."""

    days = forms.TypedChoiceField(coerce=int, label="The offer stands for", widget=UnfoldAdminSelectWidget)
    is_severable = forms.BooleanField(
        required=False, initial=True, label="A part of it may be accepted", widget=UnfoldBooleanWidget
    )
    is_final = forms.BooleanField(required=False, label="Final: it may not be countered", widget=UnfoldBooleanWidget)
    message = forms.CharField(
        required=False, max_length=500, label="Message to the seller", widget=_words(), help_text="Goes with the offer."
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        label="Note for colleagues",
        widget=_words(2),
        help_text="Kept when you save. No seller ever reads it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = BuyingSettings.current().offer_days
        choices = sorted({*OFFER_DAYS, usual})
        self.fields["days"].choices = [(days, "1 day" if days == 1 else f"{days} days") for days in choices]  # type: ignore[attr-defined]
        self.fields["days"].initial = usual


class SendForm(forms.Form):
    """The last look at an offer: exactly what was shown is sent."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    expires_at = forms.CharField(max_length=40, widget=forms.HiddenInput)
    is_severable = forms.BooleanField(required=False, widget=forms.HiddenInput)
    is_final = forms.BooleanField(required=False, widget=forms.HiddenInput)
    message = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
    is_checked = forms.BooleanField(
        label="I have read the total in words, and it is right",
        widget=UnfoldBooleanWidget,
        error_messages={"required": "Read the total in words, then tick this."},
    )

    def __init__(self, *args: Any, total: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if total <= BuyingSettings.current().confirm_above:
            del self.fields["is_checked"]

    def clean_expires_at(self) -> datetime:
        try:
            moment = datetime.fromisoformat(self.cleaned_data["expires_at"])
        except ValueError as error:
            raise ValidationError("Say how long the offer stands.") from error
        if timezone.is_naive(moment):
            raise ValidationError("Say how long the offer stands.")
        return moment

    @property
    def moment(self) -> datetime | None:
        """Until when the offer stands, as the sheet shows it."""
        try:
            return datetime.fromisoformat(str(self["expires_at"].value() or ""))
        except ValueError:
            return None


def ends_after(days: int, now: datetime) -> datetime:
    """When an offer made now ends, on the full minute, because no letter shows seconds."""
    return (now + timedelta(days=days)).replace(second=0, microsecond=0)


class AskForm(StepForm):
    """A question that is often asked, in one's own words, or both."""

    template = forms.ChoiceField(
        choices=[("", "None of these"), *((question, question) for question in QUESTIONS)],
        required=False,
        label="Question",
        widget=UnfoldAdminSelectWidget,
    )
    text = forms.CharField(required=False, max_length=400, label="In your own words", widget=_words())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.question:
            raise ValidationError("Choose a question, or write one.")
        return cleaned

    @property
    def question(self) -> str:
        """All that is asked."""
        return f"{self.cleaned_data.get('template', '')} {self.cleaned_data.get('text', '')}".strip()


class ReasonForm(StepForm):
    """Why, in words."""

    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)


class ToldReasonForm(ReasonForm):
    """Why, in words that the seller reads."""

    reason = forms.CharField(
        max_length=200, widget=UnfoldAdminTextInputWidget, help_text="The seller reads it in the letter."
    )


class CounterForm(StepForm):
    """The counter that was looked at: another one, made meanwhile, is not answered by it."""

    row: SellSubmission

    number = forms.IntegerField(widget=forms.HiddenInput)
    total = forms.DecimalField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counter = live_counter(self.row)
        if counter:
            self.fields["number"].initial, self.fields["total"].initial = counter.number, counter.total


class DeclineCounterForm(CounterForm):
    """The counter that was looked at, and why not."""

    reason = forms.CharField(
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text="The seller reads it in the letter.",
    )


class NoteForm(StepForm):
    """A word for colleagues."""

    text = forms.CharField(max_length=2000, label="Note", widget=_words(4), help_text="No seller ever reads it.")


class ReplyForm(StepForm):
    """What we say to what a seller wrote."""

    text = forms.CharField(max_length=1000, label="Answer", widget=_words(5), help_text="The seller reads it.")


COPIED = {
    "data-copy": "Copy",
    "data-copied": "Copied.",
    "data-look": "border border-base-200 cursor-pointer font-medium mt-2 px-3 py-2 rounded-default shadow-xs "
    "self-start dark:border-base-700",
}


class CopyForm(StepForm):
    """The words of our latest message, to copy into a chat, and which chat it was."""

    row: SellSubmission

    text = forms.CharField(
        disabled=True, required=False, label="Copy this", widget=_words(12, readonly="readonly", **COPIED)
    )
    channel = forms.ChoiceField(
        choices=[choice for choice in Seller.Channel.choices if choice[0] != Seller.Channel.EMAIL],
        label="Where you have sent it",
        widget=UnfoldAdminSelectWidget,
    )

    class Media:
        js = (Script("js/copy.js", type="module"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.occasion, self.fields["text"].initial = letters.to_copy(self.row)
        if self.row.seller:
            self.fields["channel"].initial = self.row.seller.channel


def live_counter(submission: SellSubmission) -> SellOffer | None:
    """The seller's counter that waits for us, run out or not."""
    live = submission.offers.filter(status=SellOffer.Status.LIVE, party=SellOffer.Party.SELLER)
    return live.first()
