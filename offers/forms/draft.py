"""What a seller tells us about a piece, one question each, and shows of it. Brands are found, never made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from core.forms import TOO_LONG, EuroField, LineField
from core.languages import Words
from inventory.errors import SizeUnknown
from inventory.models import Category, Condition, SizeScale
from inventory.queries.catalogue import condition_words
from inventory.rules.sizes import LETTERS, ONE_SIZE, parse_size
from offers.forms.answers import PhotosField, SeveralFiles
from offers.models import BuyingRule, SellItem
from offers.queries import drafts
from offers.rules import buying

ACCEPT = "image/jpeg,image/png,image/webp"
FLAWS = (
    gettext_noop("Mark or stain"),
    gettext_noop("Hole or tear"),
    gettext_noop("Broken zip or button"),
    gettext_noop("Faded"),
    gettext_noop("Smell"),
    gettext_noop("Something missing"),
)
BETWEEN = " · "


class QuestionForm(forms.Form):
    """One question about a piece; `answers` is what is kept."""

    heading: Words = ""
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

    def is_refused(self) -> bool:
        """Whether something was typed that cannot be kept; what is only missing may be left for later."""
        return bool(self.errors) and any(self[name].data for name in self.fields)

    def refuse(self, field: str, **facts: Any) -> None:
        """Say beside the field that we do not buy this, if we do not."""
        scale = self.item.category.size_scale if self.item.category else SizeScale.FREE
        known = {"brand_id": None, "size": "", "scale": scale}
        if reason := buying.why_not(self.rule, **(known | facts)):
            self.add_error(field, gettext("%(reason)s Thank you for showing it.") % {"reason": reason})


class CategoryForm(QuestionForm):
    """Which kind of piece it is."""

    heading = _("What do you want to sell?")
    category: Any = forms.ModelChoiceField(
        queryset=Category.objects.none(),
        label=_("Kind of piece"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what it is")),
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

    heading = _("Which brand, and what is it?")
    brand_name = LineField(
        label=_("Brand"),
        required=False,
        max_length=80,
        help_text=_("As on the label. Leave it empty if there is none."),
        error_messages={"max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"list": "brands", "autocomplete": "off"}),
    )
    title = LineField(
        label=_("What is it?"),
        max_length=120,
        help_text=_("In a few words: Varsity jacket, bottle green."),
        error_messages={"required": _("Say what it is, in a few words"), "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever presses another button is not done: a brand is kept before it is said what it is.
        self.fields["title"].required = not self.is_bound or "continue" in self.data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.brand = drafts.known_brand(cleaned.get("brand_name", ""))
        self.refuse("brand_name", brand_id=self.brand.pk if self.brand else None)
        return cleaned

    def answers(self) -> dict[str, Any]:
        return self.cleaned_data | {"brand": self.brand}


class SizeForm(QuestionForm):
    """Its size, on the scale of its kind."""

    heading = _("Which size?")
    size = LineField(
        label=_("Size on the label"),
        max_length=30,
        error_messages={"required": _("Give the size on the label"), "max_length": TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    top = forms.ChoiceField(
        label=_("Top"),
        choices=[("", _("Choose")), *((letter, letter) for letter in LETTERS)],
        error_messages={"required": _("Choose the size of the top")},
    )
    bottom = forms.ChoiceField(
        label=_("Bottom"),
        choices=[("", _("Choose")), *((letter, letter) for letter in LETTERS)],
        error_messages={"required": _("Choose the size of the bottom")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale = self.item.category.size_scale if self.item.category else SizeScale.FREE
        for name in ("size",) if self.scale == SizeScale.SET else ("top", "bottom"):
            del self.fields[name]
        if self.scale == SizeScale.CLOTHES:
            words = _("Choose the size on the label")
            self.fields["size"] = forms.ChoiceField(
                label=_("Size on the label"),
                choices=[(letter, letter) for letter in LETTERS],
                widget=forms.RadioSelect,
                error_messages=dict.fromkeys(("required", "invalid_choice"), words),
            )
        elif self.scale == SizeScale.SHOES_UK:
            self.fields["size"].label = _("UK size")
            self.fields["size"].help_text = _("Like 8 or 8.5. It stands on the label inside the tongue.")
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

    heading = _("How is it worn?")
    declared_grade = forms.ChoiceField(
        label=_("Condition"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose how it is worn")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field, words = cast(forms.ChoiceField, self.fields["declared_grade"]), condition_words()
        field.choices = [(code, Grade(*said)) for code, said in words.items()]
        mint = words[Condition.MINT][0]
        field.help_text = gettext(
            "The one question that decides: worn more than a few times? Then it is %(grade)s or below."
        ) % {"grade": mint}


class FlawsForm(QuestionForm):
    """What is wrong with it: words to tick, and what else."""

    heading = _("Anything wrong with it?")
    flaws = forms.MultipleChoiceField(
        label=_("Flaws"),
        required=False,
        choices=[(flaw, _(flaw)) for flaw in FLAWS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the list")},
    )
    defects = forms.CharField(
        label=_("Anything we should know?"),
        required=False,
        max_length=380,
        help_text=_("Where it is, how large. An honest word here saves a lower price later."),
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
            self.add_error("defects", _("You said it is broken, stained or faded. Say how"))
        return cleaned

    def answers(self) -> dict[str, Any]:
        told = [*self.cleaned_data["flaws"], self.cleaned_data["defects"]]
        return {"defects": BETWEEN.join(part for part in told if part)}


class PriceForm(QuestionForm):
    """What they hope for."""

    heading = _("What do you hope for?")
    asking_amount = EuroField(
        label=_("Price you hope for"), required=False, help_text=_("In euro. It helps us, and binds nobody.")
    )


class PhotosForm(forms.Form):
    """A named place for each photo we ask for, and one for more at once."""

    heading = _("Photos")
    use_required_attribute = False

    def __init__(self, *args: Any, empty: Sequence[str], needed: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needed = needed
        self.slots = {f"slot_{index}": slot for index, slot in enumerate(empty)}
        for name, slot in self.slots.items():
            widget = forms.FileInput(
                attrs={
                    "accept": ACCEPT,
                    "capture": "environment",
                    "data-slot": slot,
                    "data-name": buying.slot_words(slot),
                }
            )
            hints = (gettext("Needed") if slot in needed else "", str(drafts.SLOT_HINTS.get(slot, "")))
            self.fields[name] = forms.FileField(
                label=buying.slot_words(slot),
                help_text=". ".join(filter(None, hints)),
                required=False,
                widget=widget,
                allow_empty_file=True,
            )
        self.fields["more"] = PhotosField(
            label=_("More photos"),
            required=False,
            allow_empty_file=True,
            widget=SeveralFiles(attrs={"accept": ACCEPT, "data-slot": "", "data-name": ""}),
        )

    def is_refused(self) -> bool:
        """Whether a photo was sent that cannot be kept."""
        return bool(self.errors)

    def chosen(self) -> list[tuple[str, Any]]:
        """Every file that was chosen, with its slot."""
        found = [(slot, self.cleaned_data.get(name)) for name, slot in self.slots.items()]
        found += [("", file) for file in self.cleaned_data.get("more", [])]
        return [each for each in found if each[1]]


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
