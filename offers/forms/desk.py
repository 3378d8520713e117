"""What staff type at the desk: pieces received and looked at, money approved and sent, pieces put on the shelf."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounts.countries import COUNTRIES
from accounts.postcodes import tidy_postcode
from core.forms import EuroField, StepForm
from inventory.errors import SizeUnknown
from inventory.models import Brand, Category, Condition
from inventory.rules.sizes import parse_size
from offers.models import BuyingSettings, Payout, Seller, SellItem, SellOffer, SellOfferLine
from offers.queries import desk
from offers.rules.payouts import may_be_paid
from offers.services.banking import Address

GRADES = [("", "Choose a grade"), *Condition.choices]


def line(label: str, longest: int, *, help_text: str = "", required: bool = True, **attrs: Any) -> forms.CharField:
    """One line of text."""
    widget = UnfoldAdminTextInputWidget(attrs=attrs)
    return forms.CharField(label=label, max_length=longest, help_text=help_text, required=required, widget=widget)


def tick(label: str, *, help_text: str = "", required: bool = False) -> forms.BooleanField:
    """One box to tick."""
    return forms.BooleanField(label=label, help_text=help_text, required=required, widget=UnfoldBooleanWidget)


def why(help_text: str) -> forms.CharField:
    """A reason in words."""
    return line("Why", 300, help_text=help_text)


# --- Money --------------------------------------------------------------------------------------------------------


class AddressForm(StepForm):
    """Where the seller lives, when we do not know: the buy-in document names it."""

    row: Payout

    street = line("Street and number", 200)
    town = line("Town", 80)
    postcode = line("Eircode or postcode", 12, required=False)
    country = forms.ChoiceField(choices=list(COUNTRIES.items()), initial="IE", widget=UnfoldAdminSelectWidget)

    @property
    def seller(self) -> Seller | None:
        """Whose money it is."""
        return self.row.submission.seller

    def forget_known(self) -> None:
        """Do not ask for an address that we have."""
        if self.seller and self.seller.street and self.seller.town:
            for name in ("street", "town", "postcode", "country"):
                del self.fields[name]

    def clean_postcode(self) -> str:
        """As it is written on a letter."""
        return tidy_postcode(self.cleaned_data["postcode"], self.data.get("country", "IE"))

    @property
    def address(self) -> Address | None:
        """The address, if it was asked for."""
        names = ("street", "town", "postcode", "country")
        if "street" not in self.fields:
            return None
        return Address(**{name: self.cleaned_data[name] for name in names})


class ApproveForm(StepForm):
    """How it may be paid."""

    method = forms.ChoiceField(label="Pay by", choices=Payout.Method, widget=UnfoldAdminSelectWidget)


class CashForm(AddressForm):
    """That the cash is in the seller's hand: they said so on their own phone, or sign here.

    SEC-26: asks for the kind of ID that was seen, where the sum is large.
    """

    signed_by = line(
        "Signed by",
        60,
        required=False,
        help_text="The seller types their name here, unless they have confirmed on their own phone.",
        autocomplete="off",
    )
    id_seen = forms.ChoiceField(
        label="ID seen",
        choices=[("", "Choose"), *Payout.IdSeen.choices],
        widget=UnfoldAdminSelectWidget,
        help_text="Which kind: no number, no copy.",
    )

    row: Payout

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["signed_by", "id_seen"])
        self.forget_known()
        if self.row.amount <= BuyingSettings.current().id_above:
            del self.fields["id_seen"]
        if self.row.confirmed_at:
            del self.fields["signed_by"]

    @property
    def answers(self) -> dict[str, str]:
        """For the service."""
        return {name: self.cleaned_data[name] for name in ("signed_by", "id_seen") if name in self.fields}


class SentForm(StepForm):
    """What the bank calls the transfer."""

    reference = line("The bank's reference", 120, help_text="As it stands on the statement.")


class FailForm(StepForm):
    """What the bank says."""

    reason = line("What the bank says", 300, help_text="The seller is asked for other details.")


class CancelPayoutForm(StepForm):
    """Why, and which pieces go back."""

    row: Payout

    reason = why("Kept with the payout.")
    item_ids = forms.TypedMultipleChoiceField(
        label="Give back",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What stays is due anew.",
    )

    is_surely_unpaid = tick(
        "I know that it was not paid",
        help_text="It was in a bank file, or the seller has confirmed the cash: what is due anew would be paid twice.",
        required=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_be_paid(self.row):
            del self.fields["is_surely_unpaid"]
        passed = self.row.submission.items.filter(status=SellItem.Status.PASSED)
        self.fields["item_ids"].choices = [(item.pk, item.words) for item in passed]  # type: ignore[attr-defined]
        if not passed:
            del self.fields["item_ids"]


class StaffAccountForm(AddressForm):
    """Bank details of somebody in front of us, or on the phone of theirs that we know."""

    holder_name = line("Name on the account", 70, help_text="Exactly as on the account: banks compare it.")
    iban = line("IBAN", 42, autocomplete="off", spellcheck="false")
    is_seen = tick("I have seen the person, or called the number on file", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["holder_name", "iban"])
        if self.seller and not self.is_bound:
            self.initial = {name: getattr(self.seller, name) for name in ("street", "town", "postcode", "country")}


class RevealForm(StepForm):
    """Why somebody wants to see the whole number."""

    reason = why("Kept on record with your name.")


class SepaForm(forms.Form):
    """Which approved transfers go into a file."""

    payouts = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "Choose at least one transfer."})
    is_again = tick("Also those that were in a file before")

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payouts"].choices = [(row.pk, str(row.pk)) for row in rows]  # type: ignore[attr-defined]


# --- Pieces -------------------------------------------------------------------------------------------------------


class HandBackForm(StepForm):
    """How it went back."""

    tracking = line(
        "How", 120, help_text="The tracking number, or “in person”. The seller reads it in the letter.",
    )  # fmt: skip


class JudgeForm(StepForm):
    """What becomes of a held piece."""

    verdict = forms.TypedChoiceField(
        coerce=SellItem.Status,
        choices=[
            (SellItem.Status.TO_RETURN, "Give it back"),
            (SellItem.Status.PASSED, "It passes"),
            (SellItem.Status.DISPOSED, "Dispose of it"),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    reason = why("Kept with the piece.")
    is_fake = tick("It is a confirmed fake", help_text="Two of one seller, and we take nothing from them any more.")


class DisposeForm(StepForm):
    """Why nobody gets it back."""

    reason = why("Kept with the piece.")
    is_wish = tick("The seller asked for it")


class ReceiveForm(forms.Form):
    """Which pieces are here."""

    items = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": "Tick at least one piece."})
    location = forms.CharField(max_length=30, required=False)

    def __init__(self, *args: Any, pieces: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [(item.pk, item.words) for item in pieces]  # type: ignore[attr-defined]


class ExtraForm(forms.Form):
    """Something that was never offered."""

    title = line("What it is", 120)
    brand_name = line("Brand", 80, required=False)
    size = line("Size", 30, required=False)
    category = forms.ModelChoiceField(
        queryset=Category.objects.all(), empty_label="Choose", widget=UnfoldAdminSelectWidget
    )


class LookForm(forms.Form):
    """What an inspector saw of one piece; what a verdict needs of it is the service's to say."""

    grade = forms.ChoiceField(choices=GRADES, required=False, widget=UnfoldAdminSelectWidget)
    is_authentic = tick("It is genuine")
    amount = EuroField(required=False, label="Another price (€)", widget=UnfoldAdminTextInputWidget())
    reason = line("Why", 300, required=False, help_text="The seller reads it.")
    photo = forms.FileField(
        required=False,
        label="Photo of ours",
        widget=UnfoldAdminFileFieldWidget(
            attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}
        ),
    )

    def __init__(self, *args: Any, item: SellItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.points = desk.checklist_of(item)
        self.fields["checked"] = forms.MultipleChoiceField(
            label="Checked",
            choices=[(point, point) for point in self.points],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["grade"].initial = item.declared_grade

    @property
    def checklist(self) -> dict[str, bool]:
        """Each point of the category's, ticked or not."""
        return {point: point in self.cleaned_data["checked"] for point in self.points}


class ConsentForm(forms.Form):
    """That a seller in front of us says yes, and how we know."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    total = EuroField(widget=forms.HiddenInput)
    note = line("How they said so", 300, help_text="“Said yes at the door”, or the name they signed with.")


class AnswerForm(ConsentForm):
    """What a seller in front of us says to each new price."""

    def __init__(self, *args: Any, offer: SellOffer | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(offer.lines.select_related("item")) if offer else []
        if offer:
            self.initial = {"number": offer.number, "total": offer.total}
        choices = [(SellOfferLine.Answer.TAKE, "Takes it"), (SellOfferLine.Answer.GIVE_BACK, "Wants it back")]
        for each in self.lines:
            self.fields[f"answer-{each.item_id}"] = forms.ChoiceField(
                label=f"{each.item.words}: €{each.amount}", choices=choices, widget=forms.RadioSelect
            )

    @property
    def questions(self) -> list[Any]:
        """One question a piece."""
        return [self[f"answer-{each.item_id}"] for each in self.lines]


# --- The shelf ----------------------------------------------------------------------------------------------------


class IntakeForm(forms.Form):
    """How a piece will stand in the shop."""

    title = line("Title", 200)
    brand = forms.ModelChoiceField(
        queryset=Brand.objects.all(), required=False, empty_label="No brand", widget=UnfoldAdminSelectWidget
    )
    price = EuroField(label="Price (€)", required=False, widget=UnfoldAdminTextInputWidget(), help_text="")
    size = line("Size", 30)
    condition = forms.ChoiceField(label="Grade", choices=GRADES, widget=UnfoldAdminSelectWidget)
    colour = line("Colour", 40, required=False)
    description = forms.CharField(max_length=5000, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))
    flaws = forms.CharField(
        max_length=1000,
        required=False,
        help_text="One a line. Shoppers read them.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    shelf_place = line("Shelf place", 30, required=False)
    photos = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, item: SellItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.fields["photos"].choices = [(photo.pk, str(photo)) for photo in item.photos.all()]  # type: ignore[attr-defined]
        self.fields["photos"].error_messages["invalid_choice"] = "That photo is not one of this piece."

    def clean_size(self) -> str:
        """A size of the category's scale."""
        size: str = self.cleaned_data["size"]
        if self.item.category:
            try:
                parse_size(size, self.item.category.size_scale)
            except SizeUnknown as refusal:
                raise ValidationError(refusal.message) from refusal
        return size

    def clean_flaws(self) -> list[str]:
        """One line each."""
        lines = [line.strip() for line in self.cleaned_data["flaws"].splitlines()]
        if any(len(line) > 160 for line in lines):
            raise ValidationError("A flaw has at most 160 signs.")
        return [line for line in lines if line]
