"""Baskets, to look at."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.backoffice import Panel, ReadOnly
from shop.models import Cart, CartLine


class CartLinePanel(Panel):
    model = CartLine
    fields = ("stock_item", "quantity", "seen_price", "added_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CartLine]:
        return super().get_queryset(request).select_related("stock_item")


@admin.register(Cart)
class CartAdmin(ReadOnly, ModelAdmin):
    list_display = ("updated_at", "user", "status", "line_count")
    list_select_related = ("user",)
    list_filter = ("status",)
    search_fields = ("user__email",)
    date_hierarchy = "updated_at"
    show_full_result_count = False
    # Whoever knows the visitor's key has the basket.
    exclude = ("visitor",)
    inlines = (CartLinePanel,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cart]:
        return super().get_queryset(request).annotate(line_count=Count("lines"))

    @display(description="lines")
    def line_count(self, cart: Cart) -> int:
        return cart.line_count  # type: ignore[attr-defined]
