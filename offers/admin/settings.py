"""What the shop buys and how far shoppers may bargain: rows that the shopkeeper decides."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.backoffice import SingleRowAdmin
from offers.forms.settings import BuyingRuleForm, BuyingSettingsForm, OfferRuleForm
from offers.models import BuyingRule, BuyingSettings, OfferRule


@admin.register(BuyingSettings)
class BuyingSettingsAdmin(SingleRowAdmin):
    form = BuyingSettingsForm
    fieldsets = (
        (None, {"fields": ("is_open", "letters_to", "reply_promise", "hand_over", "terms_version", "terms")}),
        (
            "How soon we answer",
            {"fields": (("answer_hours", "opens_at", "closes_at", "open_days"),)},
        ),
        (
            "How long things stand",
            {
                "fields": (
                    ("offer_days", "counter_hours"),
                    ("stall_days", "question_days"),
                    ("ship_by_days", "missing_days"),
                    ("revision_days", "unclaimed_days"),
                    "max_counters",
                )
            },
        ),
        (
            "Money",
            {
                "fields": (
                    ("buyer_limit", "confirm_above"),
                    ("cash_limit", "id_above"),
                    ("target_margin_percent", "vat_scheme"),
                    ("needs_second_pair_of_eyes", "stock_before_paying", "cooling_hours"),
                    ("payer_name", "payer_iban", "payer_bic"),
                )
            },
        ),
        (
            "How much one submission takes",
            {"fields": (("max_pieces", "max_photos_a_piece", "max_photos"), "max_open_submissions")},
        ),
        ("How long we keep things", {"fields": (("draft_days", "photo_days"), ("contact_months", "iban_days"))}),
    )


@admin.register(BuyingRule)
class BuyingRuleAdmin(ModelAdmin):
    form = BuyingRuleForm
    list_display = ("category", "is_bought", "smallest_size", "largest_size", "brands", "exclusions")
    list_select_related = ("category",)
    list_filter = ("is_bought",)
    search_fields = ("category__name", "exclusions")
    autocomplete_fields = ("category", "only_brands", "refused_brands")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BuyingRule]:
        return super().get_queryset(request).prefetch_related("only_brands")

    @display(description="brands")
    def brands(self, rule: BuyingRule) -> str:
        return ", ".join(brand.name for brand in rule.only_brands.all()) or "every brand"


@admin.register(OfferRule)
class OfferRuleAdmin(ModelAdmin):
    form = OfferRuleForm
    list_display = ("whom", "is_enabled", "minimum", "maximum", "floor_percent", "offers_a_piece", "pay_hours")
    list_select_related = ("category",)
    list_filter = ("is_enabled",)
    autocomplete_fields = ("category",)

    @display(description="category")
    def whom(self, rule: OfferRule) -> str:
        return str(rule.category) if rule.category else "All others"
