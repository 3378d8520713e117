"""What the shopkeeper decides: timers, caps, promises, ways of delivery."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from core.backoffice import SingleRowAdmin
from shop.forms.admin import DeliveryMethodForm, ShopSettingsForm
from shop.models import DeliveryMethod, ShopSettings


@admin.register(ShopSettings)
class ShopSettingsAdmin(SingleRowAdmin):
    form = ShopSettingsForm
    fieldsets = (
        (
            "How long pieces are held",
            {
                "fields": (
                    "collection_hold_hours",
                    "transfer_hold_hours",
                    "on_delivery_hold_hours",
                    "extension_minutes",
                    "extension_offered_minutes",
                    "next_in_line_minutes",
                )
            },
        ),
        (
            "How much one person may hold",
            {"fields": ("max_unpaid_orders", "max_orders_an_hour", "max_basket_lines", "max_quantity")},
        ),
        ("After the sale", {"fields": ("complete_shipped_days", "return_days")}),
        ("Words", {"fields": ("checked_promise", "returns_promise", "price_note", "just_in_hours")}),
        ("Where transfers go", {"fields": ("bank_account_name", "bank_iban", "bank_bic")}),
    )


@admin.register(DeliveryMethod)
class DeliveryMethodAdmin(ModelAdmin):
    form = DeliveryMethodForm
    list_display = ("name", "kind", "fee", "free_from", "min_days", "max_days", "is_active", "position")
    list_filter = ("kind", "is_active")
