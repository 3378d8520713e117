"""What staff type in the admin about categories, pieces and stock."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils import timezone
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from core.forms import ListField, StepForm
from inventory.errors import SizeUnknown
from inventory.models import Brand, BrandAlias, Category, Condition, Photo, Product, StockItem, Synonyms
from inventory.rules import sizes
from inventory.rules.words import words_of
from inventory.services import products

MAX_COPIES = 10_000
CENT = Decimal("0.01")


def _amount(*, at_least: Decimal = CENT, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=at_least, max_digits=10, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget, **kwargs
    )


def _copies(*, at_least: int = 1, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        min_value=at_least, max_value=MAX_COPIES, widget=UnfoldAdminIntegerFieldWidget, initial=1, **kwargs
    )


def _line(max_length: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(max_length=max_length, widget=UnfoldAdminTextInputWidget, **kwargs)


class SlugForm(StepForm):
    """The last part of an address."""

    slug = forms.SlugField(
        max_length=220,
        label="Address",
        help_text="Letters, digits and hyphens. Its present address will lead to the new one.",
        widget=UnfoldAdminTextInputWidget,
    )

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"].lower()


class SluggedForm(forms.ModelForm):
    """A row with a part of an address, in lower case, so that an address in other letters can lead there."""

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"].lower()


class CategoryForm(SluggedForm):
    """A branch of the tree; it cannot hang from itself, and lots keep the scale their sizes are on."""

    measurement_names = ListField(
        longest=30, required=False, help_text="What is measured, in centimetres, with commas: Chest, Length."
    )

    class Meta:
        model = Category
        fields = ("name", "slug", "parent", "size_scale", "measurement_names", "merchant_category", "position")

    def clean_parent(self) -> Category | None:
        parent = above = self.cleaned_data["parent"]
        while above:
            if above.pk == self.instance.pk:
                raise ValidationError("A category cannot lie below itself.")
            above = above.parent
        return parent

    def clean_size_scale(self) -> str:
        lots = StockItem.objects.filter(product__category=self.instance.pk)
        if "size_scale" in self.changed_data and lots.exists():
            raise ValidationError("There are lots in this category whose sizes are on the present scale.")
        return self.cleaned_data["size_scale"]


class SynonymsForm(forms.ModelForm):
    """Words that mean the same: two at the least."""

    class Meta:
        model = Synonyms
        fields = ("words",)

    def clean_words(self) -> str:
        entries = [" ".join(entry.split()) for entry in self.cleaned_data["words"].split(",") if words_of(entry)]
        if len(entries) < 2:
            raise ValidationError("Enter two words or more, with commas between.")
        return ", ".join(entries)


class BrandForm(SluggedForm):
    """A maker; its name is nobody else's name or alias, in any case."""

    class Meta:
        model = Brand
        fields = ("name", "slug")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if Brand.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is a brand of this name already.")
        if BrandAlias.objects.filter(name__iexact=name).exclude(brand=self.instance.pk).exists():
            raise ValidationError("Another brand has this name as an alias.")
        return name


class BrandAliasForm(forms.ModelForm):
    """Another spelling; it leads to one brand only."""

    class Meta:
        model = BrandAlias
        fields = ("name",)

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if BrandAlias.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("This alias leads to a brand already.")
        if Brand.objects.filter(name__iexact=name).exclude(pk=self.instance.brand_id).exists():
            raise ValidationError("There is a brand of this name.")
        return name


class MeasurementsField(forms.CharField):
    """Centimetres by name, one to a line: "Chest: 58". A name without a number is left out."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{name}: {size}" for name, size in value.items()) if isinstance(value, dict) else value

    def clean(self, value: Any) -> dict[str, str]:
        return self._read(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self._read(data or "") != (initial or {})
        except ValidationError:
            return True

    @staticmethod
    def _read(text: str) -> dict[str, str]:
        found = {}
        for line in text.splitlines():
            name, _, size = (part.strip() for part in line.partition(":"))
            if not size:
                continue
            if not name or len(name) > 30:
                raise ValidationError("Give each measurement a name of at most 30 letters: “Chest: 58”.")
            found[name] = str(forms.DecimalField(min_value=0, max_digits=5, decimal_places=1).clean(size))
        return found


class _SizeOnScale(forms.Form):
    """Reads the field `size` on the scale of `category`."""

    parsed: sizes.Size | None = None

    def read_size(self, category: Category) -> str:
        try:
            self.parsed = sizes.parse_size(self.cleaned_data["size"], category.size_scale)
        except SizeUnknown as refusal:
            raise ValidationError(refusal.message) from refusal
        return self.parsed.label


class NewLotForm(_SizeOnScale, StepForm):
    """A lot of a product, with the copies that are here."""

    row: Product

    sku = _line(60, label="Stock number", help_text="Write it on the label, or take the one proposed.")
    size = _line(30)
    condition = forms.ChoiceField(choices=Condition, widget=UnfoldAdminSelectWidget, initial=Condition.MINT)
    price = _amount(required=False, help_text="EUR, taxes included. Empty: only by offer.")
    unit_cost = _amount(at_least=Decimal(0), required=False, label="Cost", help_text="EUR we paid for one copy.")
    vat_scheme = forms.ChoiceField(
        label="VAT scheme", choices=StockItem.VatScheme, widget=UnfoldAdminSelectWidget, initial="margin"
    )
    quantity = _copies(at_least=0, label="Copies", help_text="How many are on the shelf now.")
    shelf_place = _line(30, required=False, help_text="Where it lies in the house.")
    measurements = MeasurementsField(
        widget=UnfoldAdminTextareaWidget({"rows": 4}), required=False, help_text="In centimetres, one to a line."
    )
    flaws = forms.CharField(
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text="One honest sentence to a line.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sku"].initial = products.new_sku()
        self.fields["measurements"].initial = dict.fromkeys(self.row.category.measurement_names, "")

    def clean_sku(self) -> str:
        if StockItem.objects.filter(sku=self.cleaned_data["sku"]).exists():
            raise ValidationError("There is a lot with this stock number already.")
        return self.cleaned_data["sku"]

    def clean_size(self) -> str:
        return self.read_size(self.row.category)

    def clean_flaws(self) -> list[tuple[str, None]]:
        """Each with its photo, of which there are none yet."""
        flaws = [line.strip() for line in self.cleaned_data["flaws"].splitlines() if line.strip()]
        if any(len(flaw) > 160 for flaw in flaws):
            raise ValidationError("A line has at most 160 letters.")
        return [(flaw, None) for flaw in flaws]


class LotForm(_SizeOnScale, forms.ModelForm):
    """What may be set right on a lot; its balances change by moves, and its price keeps a history."""

    measurements = MeasurementsField(
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        required=False,
        help_text="In centimetres, one to a line: Chest: 58.",
    )

    class Meta:
        model = StockItem
        fields = ("sku", "size", "condition", "price", "unit_cost", "vat_scheme", "shelf_place", "measurements")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "price" in self.fields:
            self.fields["price"].validators.append(MinValueValidator(CENT))
            self.fields["unit_cost"].validators.append(MinValueValidator(0))

    def clean_size(self) -> str:
        if "size" not in self.changed_data:
            return self.cleaned_data["size"]
        self._refuse_if_promised()
        return self.read_size(self.instance.product.category)

    def clean_condition(self) -> str:
        if "condition" in self.changed_data:
            self._refuse_if_promised()
        return self.cleaned_data["condition"]

    def _refuse_if_promised(self) -> None:
        if self.instance.reserved:
            raise ValidationError("Somebody has been promised this piece as it is described now.")


class TakeInForm(StepForm):
    """More copies of a lot."""

    row: StockItem

    quantity = _copies(label="Copies")
    unit_cost = _amount(at_least=Decimal(0), required=False, label="Cost", help_text="EUR we paid for one copy.")
    delivery = _line(60, help_text="Number of the delivery note, or who brought them and when. Booked once a lot.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_cost"].initial = self.row.unit_cost
        self.fields["delivery"].initial = f"{timezone.localdate():%Y-%m-%d}"


class CountForm(StepForm):
    """What was counted in the house."""

    counted = _copies(at_least=0, label="Copies counted", help_text="All in the house, reserved ones included.")


class _OnceForm(StepForm):
    """Copies that leave the shelf; the hidden ticket makes a second press book nothing."""

    quantity = _copies(label="Copies")
    ticket = forms.RegexField(r"^[A-Z0-9]{8}$", widget=forms.HiddenInput, initial=products.new_sku)


class WriteOffForm(_OnceForm):
    """Copies that are lost or broken."""

    reason = _line(50, help_text="What happened: “moths”, “not found at the stocktake”.")


class CounterSaleForm(_OnceForm):
    """Copies sold to somebody in the shop."""

    row: StockItem

    unit_price = _amount(label="Price", help_text="EUR paid for one copy.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_price"].initial = self.row.price


class PhotoForm(forms.ModelForm):
    """What a photo shows, and where it stands among the others."""

    place = forms.IntegerField(min_value=1, max_value=999, widget=UnfoldAdminIntegerFieldWidget, label="order")

    class Meta:
        model = Photo
        fields = ("alt",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "place" in self.fields:
            self.fields["place"].initial = self.instance.position

    def wish(self) -> tuple[int, bool, int]:
        """How it sorts: whoever is moved to a place goes before the one that has it."""
        return self.cleaned_data["place"], "place" not in self.changed_data, self.instance.position


class _ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class _ManyFilesField(forms.FileField):
    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(_ManyFilesField, self).clean(one, initial) for one in (data or [None])]


class PhotosForm(StepForm):
    """Pictures of a product, in the order of choosing."""

    pictures = _ManyFilesField(
        widget=_ManyFilesInput({"accept": "image/jpeg,image/png,image/webp", "class": " ".join(INPUT_CLASSES)}),
        help_text="JPEG, PNG or WebP, each under 10 MB. The first picture of a product is the one in the lists.",
    )
    alt = _line(150, required=False, label="What they show", help_text="Read aloud to people who cannot see them.")
