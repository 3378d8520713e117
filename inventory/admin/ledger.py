"""The ledger, to read: moves, reservations and prices."""

from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.backoffice import ReadOnly
from inventory.models import PriceChange, Reservation, StockMove

RESERVATION_COLOURS = {
    Reservation.Status.ACTIVE: "info",
    Reservation.Status.CONSUMED: "success",
    Reservation.Status.EXPIRED: "warning",
}


@admin.register(StockMove)
class StockMoveAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "stock_item", "reason", "quantity", "from_place", "to_place", "cause", "unit_amount")
    list_display_links = ("made_at", "stock_item")
    list_select_related = ("stock_item",)
    list_filter = ("reason",)
    search_fields = ("cause", "stock_item__sku")
    search_help_text = "Cause, such as an order's number, or stock number"
    show_full_result_count = False


@admin.register(Reservation)
class ReservationAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "stock_item", "state", "quantity", "unit_price", "cause", "expires_at", "ended_at")
    list_display_links = ("made_at", "stock_item")
    list_select_related = ("stock_item",)
    list_filter = ("status",)
    search_fields = ("cause", "stock_item__sku")
    search_help_text = "Cause, such as an order's number, or stock number"
    show_full_result_count = False

    @display(description="status", ordering="status", label=RESERVATION_COLOURS)
    def state(self, reservation: Reservation) -> tuple[str, str]:
        return reservation.status, reservation.get_status_display()


@admin.register(PriceChange)
class PriceChangeAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "stock_item", "price", "actor")
    list_display_links = ("made_at", "stock_item")
    list_select_related = ("stock_item",)
    search_fields = ("stock_item__sku", "stock_item__product__title")
    search_help_text = "Stock number or title"
    show_full_result_count = False
