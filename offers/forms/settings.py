"""What staff type in the admin about what the shop buys, and on which terms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.forms import ListField
from inventory.errors import SizeUnknown
from inventory.rules.sizes import parse_size
from offers.models import BuyingRule, BuyingSettings, OfferRule
from offers.rules import buying


class BuyingSettingsForm(forms.ModelForm):
    """Timers, limits and words; limits are amounts, so none is below nothing."""

    class Meta:
        model = BuyingSettings
        exclude: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("buyer_limit", "cash_limit", "id_above", "confirm_above"):
            if (cleaned.get(name) or 0) < 0:
                self.add_error(name, "An amount is not below nothing.")
        if (cleaned.get("missing_days") or 0) < (cleaned.get("ship_by_days") or 0):
            self.add_error("missing_days", "A piece cannot be missing before it should be here.")
        needed = max((len(rule.required_slots) for rule in BuyingRule.objects.all()), default=0)
        if cleaned.get("max_photos_a_piece", needed) < needed:
            self.add_error("max_photos_a_piece", f"Of some pieces we need {needed}.")
        if cleaned.get("opens_at") and cleaned.get("closes_at") and cleaned["opens_at"] >= cleaned["closes_at"]:
            self.add_error("closes_at", "The shop closes after it opens.")
        return cleaned


class BuyingRuleForm(forms.ModelForm):
    """What we buy of a category; its sizes are on the category's scale."""

    photo_slots = ListField(longest=30, required=False, help_text="Which photos we ask for, with commas: Front, Back.")
    required_slots = ListField(
        longest=30, required=False, help_text="Those of them without which a piece cannot be sent: Front."
    )
    checklist = ListField(longest=60, required=False, help_text="What is checked, with commas: Zip, Seams, Smell.")

    class Meta:
        model = BuyingRule
        fields = (
            "category",
            "is_bought",
            "only_brands",
            "refused_brands",
            "smallest_size",
            "largest_size",
            "exclusions",
            "photo_slots",
            "required_slots",
            "checklist",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        orders = {name: self._order(name) for name in ("smallest_size", "largest_size")}
        least, most = orders["smallest_size"], orders["largest_size"]
        if least is not None and most is not None and least > most:
            self.add_error("largest_size", "The largest size is smaller than the smallest.")
        only, refused = cleaned.get("only_brands"), cleaned.get("refused_brands")
        if only and refused and set(only) & set(refused):
            self.add_error("refused_brands", "A brand cannot be both bought and refused.")
        asked, needed = cleaned.get("photo_slots") or buying.USUAL_SLOTS, cleaned.get("required_slots") or []
        if unasked := [slot for slot in needed if slot not in asked]:
            self.add_error("required_slots", f"We do not ask for this: {', '.join(unasked)}.")
        if len(needed) > (most := BuyingSettings.current().max_photos_a_piece):
            self.add_error("required_slots", f"Of a piece we take {most} at most.")
        return cleaned

    def _order(self, name: str) -> Any:
        size, category = self.cleaned_data.get(name), self.cleaned_data.get("category")
        if not size or category is None:
            return None
        try:
            return parse_size(size, category.size_scale).order
        except SizeUnknown as refusal:
            self.add_error(name, refusal.message)
            return None


class OfferRuleForm(forms.ModelForm):
    """How far shoppers may bargain; what declines by itself lies below what accepts by itself."""

    class Meta:
        model = OfferRule
        exclude: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        low, high = cleaned.get("decline_below_percent"), cleaned.get("accept_from_percent")
        if low is not None and high is not None and low > high:
            self.add_error("decline_below_percent", "An offer cannot be declined and accepted at once.")
        if (
            cleaned.get("category") is None
            and OfferRule.objects.filter(category=None).exclude(pk=self.instance.pk).exists()
        ):
            raise ValidationError("There is a rule for all other categories already.")
        return cleaned
