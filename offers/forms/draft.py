"""What a seller tells us about a piece, one question each, and about themselves. Brands are found, never made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms

from core.forms import EuroField
from inventory.errors import SizeUnknown
from inventory.models import Category, Condition, SizeScale
from inventory.queries.catalogue import condition_words
from inventory.rules.sizes import LETTERS, ONE_SIZE, parse_size
from offers.forms.answers import PhotosField, SeveralFiles
from offers.models import BuyingRule, Seller, SellItem, SellSubmission
from offers.queries import drafts
from offers.rules import buying

TOO_LONG = "Use at most %(limit_value)d characters; this has %(show_value)d"
ACCEPT = "image/jpeg,image/png,image/webp"
FLAWS = ("Mark or stain", "Hole or tear", "Broken zip or button", "Faded", "Smell", "Something missing")
BETWEEN = " · "
PHONE = re.compile(r"\+?[\d ()./-]{6,29}")
NEEDS = {
    Seller.Channel.EMAIL: ("email", "Enter an email address, or choose another way"),
    Seller.Channel.WHATSAPP: ("phone", "Enter a phone number, or choose another way"),
    Seller.Channel.PHONE: ("phone", "Enter a phone number, or choose another way"),
    Seller.Channel.INSTAGRAM: ("handle", "Enter your name there, or choose another way"),
    Seller.Channel.SNAPCHAT: ("handle", "Enter your name there, or choose another way"),
}


class Line(forms.CharField):
    """Text on one line: it stands in letters, where a script could write lines of its own."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class QuestionForm(forms.Form):
    """One question about a piece; `answers` is what is kept."""

    heading = ""
    use_required_attribute = False

    def __init__(self, *args: Any, item: SellItem, rule: BuyingRule | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = dict(self.known(item))
        self.item, self.rule = item, rule

    def known(self, item: SellItem) -> Mapping[str, Any]:
        """What was answered before."""
        return {name: getattr(item, name) for name in self.base_fields}

    def answers(self) -> dict[str, Any]:
        """What to keep of a valid form."""
        return dict(self.cleaned_data)

    def refuse(self, field: str, **facts: Any) -> None:
        """Say beside the field that we do not buy this, if we do not."""
        scale = self.item.category.size_scale if self.item.category else SizeScale.FREE
        known = {"brand_id": None, "size": "", "scale": scale}
        if reason := buying.why_not(self.rule, **(known | facts)):
            self.add_error(field, f"{reason} Thank you for showing it.")


class CategoryForm(QuestionForm):
    """Which kind of piece it is."""

    heading = "What do you want to sell?"
    category: Any = forms.ModelChoiceField(
        queryset=Category.objects.none(),
        label="Kind of piece",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose what it is"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.queryset = drafts.kinds()
        refused = {kind.pk for kind in drafts.refused_kinds()}
        # What we do not buy cannot be chosen; sent all the same, it is refused below.
        field.widget.choices = [(pk, name) for pk, name in field.choices if pk.value not in refused]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if category := cleaned.get("category"):
            self.rule = drafts.rule_of(category)
            self.refuse("category")
        return cleaned

    def answers(self) -> dict[str, Any]:
        """Sizes are on the scale of the kind: one that is not there is asked for again."""
        category = self.cleaned_data["category"]
        kept = {"category": category}
        if category.size_scale == SizeScale.ONE_SIZE:
            return kept | {"size": ONE_SIZE}
        try:
            parse_size(self.item.size, category.size_scale)
        except SizeUnknown:
            return kept | {"size": ""}
        return kept | ({"size": ""} if self.item.size == ONE_SIZE else {})


class BrandForm(QuestionForm):
    """Whose it is, and what."""

    heading = "Which brand, and what is it?"
    brand_name = Line(
        label="Brand",
        required=False,
        max_length=80,
        help_text="As on the label. Leave it empty if there is none.",
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"list": "brands", "autocomplete": "off"}),
    )
    title = Line(
        label="What is it?",
        max_length=120,
        help_text="In a few words: Varsity jacket, bottle green.",
        error_messages={"required": "Say what it is, in a few words", "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.brand = drafts.known_brand(cleaned.get("brand_name", ""))
        self.refuse("brand_name", brand_id=self.brand.pk if self.brand else None)
        return cleaned

    def answers(self) -> dict[str, Any]:
        return self.cleaned_data | {"brand": self.brand}


class SizeForm(QuestionForm):
    """Its size, on the scale of its kind."""

    heading = "Which size?"
    size = Line(
        label="Size on the label",
        max_length=30,
        error_messages={"required": "Give the size on the label", "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    top = forms.ChoiceField(
        label="Top",
        choices=[("", "Choose"), *((letter, letter) for letter in LETTERS)],
        error_messages={"required": "Choose the size of the top"},
    )
    bottom = forms.ChoiceField(
        label="Bottom",
        choices=[("", "Choose"), *((letter, letter) for letter in LETTERS)],
        error_messages={"required": "Choose the size of the bottom"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale = self.item.category.size_scale if self.item.category else SizeScale.FREE
        for name in ("size",) if self.scale == SizeScale.SET else ("top", "bottom"):
            del self.fields[name]
        if self.scale == SizeScale.CLOTHES:
            words = "Choose the size on the label"
            self.fields["size"] = forms.ChoiceField(
                label="Size on the label",
                choices=[(letter, letter) for letter in LETTERS],
                widget=forms.RadioSelect,
                error_messages=dict.fromkeys(("required", "invalid_choice"), words),
            )
        elif self.scale == SizeScale.SHOES_UK:
            self.fields["size"].label = "UK size"
            self.fields["size"].help_text = "Like 8 or 8.5. It stands on the label inside the tongue."
            self.fields["size"].widget.attrs["inputmode"] = "decimal"

    def known(self, item: SellItem) -> Mapping[str, Any]:
        if item.category is None or item.category.size_scale != SizeScale.SET or not item.size:
            return {"size": item.size}
        try:
            size = parse_size(item.size, SizeScale.SET)
        except SizeUnknown:
            return {}
        return {"top": size.top, "bottom": size.bottom}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        where = "bottom" if self.scale == SizeScale.SET else "size"
        text = cleaned["size"] if where == "size" else f"{cleaned['top']} top, {cleaned['bottom']} bottom"
        try:
            cleaned["size"] = parse_size(text, self.scale).label
        except SizeUnknown as refusal:
            self.add_error(where, refusal.message)
        else:
            brand = self.item.brand_id
            self.refuse(where, size=cleaned["size"], brand_id=brand)
        return cleaned

    def answers(self) -> dict[str, Any]:
        return {"size": self.cleaned_data["size"]}


@dataclass(frozen=True)
class Grade:
    """A grade as it stands to choose."""

    label: str
    meaning: str

    def __str__(self) -> str:
        return self.label


class GradeForm(QuestionForm):
    """How it is worn, in the shop's own words."""

    heading = "How is it worn?"
    declared_grade = forms.ChoiceField(
        label="Condition",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how it is worn"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, words = cast(forms.ChoiceField, self.fields["declared_grade"]), condition_words()
        field.choices = [(code, Grade(*said)) for code, said in words.items()]
        mint = words[Condition.MINT][0]
        field.help_text = f"The one question that decides: worn more than a few times? Then it is {mint} or below."


class FlawsForm(QuestionForm):
    """What is wrong with it: words to tick, and what else."""

    heading = "Anything wrong with it?"
    flaws = forms.MultipleChoiceField(
        label="Flaws",
        required=False,
        choices=[(flaw, flaw) for flaw in FLAWS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from the list"},
    )
    defects = forms.CharField(
        label="Anything we should know?",
        required=False,
        max_length=380,
        help_text="Where it is, how large. An honest word here saves a lower price later.",
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )

    def known(self, item: SellItem) -> Mapping[str, Any]:
        parts = item.defects.split(BETWEEN) if item.defects else []
        ticked = [part for part in parts if part in FLAWS]
        return {"flaws": ticked, "defects": BETWEEN.join(part for part in parts if part not in FLAWS)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_told = cleaned.get("flaws") or cleaned.get("defects")
        if self.item.declared_grade == Condition.POOR and not is_told and not self.errors:
            self.add_error("defects", "You said it is broken, stained or faded. Say how")
        return cleaned

    def answers(self) -> dict[str, Any]:
        told = [*self.cleaned_data["flaws"], self.cleaned_data["defects"]]
        return {"defects": BETWEEN.join(part for part in told if part)}


class PriceForm(QuestionForm):
    """What they hope for."""

    heading = "What do you hope for?"
    asking_amount = EuroField(
        label="Price you hope for", required=False, help_text="In euro. It helps us, and binds nobody."
    )


class PhotosForm(forms.Form):
    """A named place for each photo we ask for, and one for more at once."""

    heading = "Photos"
    use_required_attribute = False

    def __init__(self, *args: Any, empty: Sequence[str], needed: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed = needed
        self.slots = {f"slot_{index}": slot for index, slot in enumerate(empty)}
        for name, slot in self.slots.items():
            widget = forms.FileInput(attrs={"accept": ACCEPT, "capture": "environment", "data-slot": slot})
            hints = ("Needed" if slot in needed else "", drafts.SLOT_HINTS.get(slot, ""))
            self.fields[name] = forms.FileField(
                label=slot,
                help_text=". ".join(filter(None, hints)),
                required=False,
                widget=widget,
                allow_empty_file=True,
            )
        self.fields["more"] = PhotosField(
            label="More photos",
            required=False,
            allow_empty_file=True,
            widget=SeveralFiles(attrs={"accept": ACCEPT, "data-slot": ""}),
        )

    def chosen(self) -> list[tuple[str, Any]]:
        """Every file that was chosen, with its slot."""
        found = [(slot, self.cleaned_data.get(name)) for name, slot in self.slots.items()]
        found += [("", file) for file in self.cleaned_data.get("more", [])]
        return [each for each in found if each[1]]


class ContactForm(forms.Form):
    """Who sells, and one way to reach them: an e-mail or a phone number."""

    name = Line(
        label="Your name",
        max_length=120,
        error_messages={"required": "Enter your name", "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Email",
        required=False,
        max_length=254,
        help_text="An email or a phone number: one is enough.",
        error_messages={
            "invalid": "Enter an email address with an @, like name@example.com",
            "max_length": TOO_LONG,
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = Line(
        label="Phone",
        required=False,
        max_length=30,
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    handle = Line(
        label="Name on Instagram or Snapchat",
        required=False,
        max_length=60,
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    channel = forms.ChoiceField(
        label="How do you like to hear from us?",
        choices=Seller.Channel.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how we write to you"),
    )
    area = Line(
        label="Area",
        required=False,
        max_length=60,
        help_text="Dublin 8, or D08. We ask for an address only when we collect or pay.",
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    # People do not see it; programs fill in everything.
    website = forms.CharField(
        label="Leave this empty",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_phone(self) -> str:
        """A number that can be called."""
        phone: str = self.cleaned_data["phone"]
        if phone and (not PHONE.fullmatch(phone) or sum(sign.isdigit() for sign in phone) < 6):
            raise forms.ValidationError("Enter a phone number like +353 86 000 0000")
        return phone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned["email"] or cleaned["phone"]):
            self.add_error("email", "Enter an email address or a phone number, so that we can answer")
        channel = cleaned.get("channel")
        if channel and not self.errors:
            name, words = NEEDS[channel]
            if not cleaned.get(name):
                self.add_error(name, words)
        return cleaned


class SendForm(forms.Form):
    """The last page: nothing is ticked beforehand."""

    use_required_attribute = False

    hand_over = forms.ChoiceField(
        label="How do we get the pieces, if we agree?",
        choices=SellSubmission.HandOver.choices,
        initial=SellSubmission.HandOver.DROP_OFF,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how we get them"),
    )
    message = forms.CharField(
        label="Anything else?",
        required=False,
        max_length=500,
        error_messages={"max_length": TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    is_adult = forms.BooleanField(
        label="I am 18 or older",
        error_messages={"required": "Tick that you are 18 or older, or ask somebody who is"},
    )
    is_mine = forms.BooleanField(
        label="The pieces are mine to sell, and I agree to the terms below",
        error_messages={"required": "Tick that the pieces are yours to sell and that you agree to the terms"},
    )


# The questions by the word in their address, and their order with the photos among them.
QUESTIONS: dict[str, type[QuestionForm]] = {
    "kind": CategoryForm,
    "brand": BrandForm,
    "size": SizeForm,
    "condition": GradeForm,
    "flaws": FlawsForm,
    "price": PriceForm,
}
ORDER = ("kind", "brand", "size", "condition", "photos", "flaws", "price")


def questions_of(item: SellItem) -> list[str]:
    """Which questions a piece has: what comes in one size is not asked for it."""
    is_one_size = item.category is not None and item.category.size_scale == SizeScale.ONE_SIZE
    return [name for name in ORDER if not (is_one_size and name == "size")]
