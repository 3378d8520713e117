"""Lots: what may be set right about them, and the steps that move their copies."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import localize
from unfold.admin import TabularInline
from unfold.enums import ActionVariant

from core.backoffice import Panel, StepsAdmin, staff, step
from core.errors import DomainError
from inventory.errors import OutOfStock
from inventory.forms import CounterSaleForm, CountForm, LotForm, TakeInForm, WriteOffForm
from inventory.models import Flaw, Photo, PriceChange, Reservation, StockItem, StockMove
from inventory.services import products, stock

CHANGE = "inventory.change_stockitem"


class FlawInline(TabularInline):
    model = Flaw
    extra = 0

    def get_formset(self, request: HttpRequest, obj: StockItem | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        if obj and "photo" in formset.form.base_fields:
            formset.form.base_fields["photo"].queryset = Photo.objects.filter(product=obj.product_id)
        return formset


class ReservationPanel(Panel):
    model = Reservation
    fields = ("made_at", "status", "quantity", "unit_price", "cause", "expires_at", "ended_at")


class MovePanel(Panel):
    model = StockMove
    fields = ("made_at", "reason", "quantity", "from_place", "to_place", "cause", "unit_amount", "actor")


class PricePanel(Panel):
    model = PriceChange
    fields = ("made_at", "price", "actor")


def _has_copies(lot: StockItem) -> bool:
    return lot.on_shelf > 0


@contextmanager
def _refusing_in_numbers() -> Iterator[None]:
    """Say how many there are, where a shopper would read that the piece is gone."""
    try:
        yield
    except OutOfStock as refusal:
        raise DomainError(f"On the shelf: {refusal.shortages[0].available}. Nothing was booked.") from refusal


@admin.register(StockItem)
class LotAdmin(StepsAdmin):
    form = LotForm
    list_display = ("sku", "product", "size", "condition", "price", "on_shelf", "reserved", "shelf_place")
    list_select_related = ("product",)
    list_filter = ("condition", "vat_scheme", "product__category")
    search_fields = ("sku", "product__title", "product__brand__name", "shelf_place")
    search_help_text = "Stock number, title, brand or shelf place"
    show_full_result_count = False
    readonly_fields = ("product", "on_shelf", "reserved", "taken_in", "sold_out_at", "was_price")
    fieldsets = (
        (None, {"fields": ("product", "sku", ("size", "condition"), "shelf_place", "measurements")}),
        ("Stock", {"fields": (("on_shelf", "reserved"), ("taken_in", "sold_out_at"))}),
        ("Money", {"fields": (("price", "was_price"), ("unit_cost", "vat_scheme"))}),
    )
    inlines = (FlawInline, ReservationPanel, MovePanel, PricePanel)
    actions_detail = ("sell_over_the_counter", "take_in", "count", "write_off")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("product__category")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A lot is added on the page of its product."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StockItem | None = None) -> bool:
        """A lot stays as long as its history."""
        return False

    def save_model(self, request: HttpRequest, obj: StockItem, form: LotForm, change: bool) -> None:
        changed = set(form.changed_data) - {"price"}
        if form.parsed:
            obj.size_order, obj.size_system = form.parsed.order, form.parsed.system
            obj.size_top, obj.size_bottom = form.parsed.top, form.parsed.bottom
            changed |= {"size_order", "size_system", "size_top", "size_bottom"}
        # By name, because a full save would write the balances of a moment ago.
        obj.save(update_fields=changed)
        if form.parsed:
            products.refresh_words(product=obj.product)
        if "price" in form.changed_data:
            products.change_price(
                stock_item_id=obj.pk, price=form.cleaned_data["price"], actor=staff(request), now=timezone.now()
            )

    @step(
        label="Sell over the counter",
        permission=CHANGE,
        about="The copies go with somebody in the shop, who has paid.",
        form=CounterSaleForm,
        icon="point_of_sale",
        is_offered=_has_copies,
    )
    def sell_over_the_counter(self, request: HttpRequest, lot: StockItem, form: CounterSaleForm) -> str:
        answers = form.cleaned_data
        with _refusing_in_numbers():
            move = stock.sell_over_the_counter(
                stock_item_id=lot.pk,
                quantity=answers["quantity"],
                unit_price=answers["unit_price"],
                cause=f"counter sale {answers['ticket']}",
                actor=staff(request),
                now=timezone.now(),
            )
        return f"Sold over the counter: {move.quantity}."

    @step(
        label="Take in copies",
        permission=CHANGE,
        about="More copies of the same size, grade and price go on the shelf.",
        form=TakeInForm,
        icon="move_to_inbox",
    )
    def take_in(self, request: HttpRequest, lot: StockItem, form: TakeInForm) -> str:
        answers, now = form.cleaned_data, timezone.now()
        move = stock.take_in(
            stock_item_id=lot.pk,
            quantity=answers["quantity"],
            unit_cost=answers["unit_cost"],
            cause=f"delivery {answers['delivery']}",
            actor=staff(request),
            now=now,
        )
        if move.made_at != now:
            booked = f"Booked already: {move.quantity} on {localize(timezone.localtime(move.made_at))}."
            form.add_error("delivery", f"{booked} Another delivery needs another name.")
        return f"Taken in: {move.quantity}."

    @step(
        label="Count",
        permission=CHANGE,
        about="The book is brought to what was counted; a difference is found or written off.",
        form=CountForm,
        icon="checklist",
    )
    def count(self, request: HttpRequest, lot: StockItem, form: CountForm) -> str:
        now = timezone.now()
        # Counting the same twice books nothing, so a second press needs no ticket; a second count that day is another.
        cause = f"stocktake {timezone.localdate(now):%Y-%m-%d} {secrets.token_hex(4)}"
        counted = form.cleaned_data["counted"]
        move = stock.count(stock_item_id=lot.pk, counted=counted, cause=cause, actor=staff(request), now=now)
        if move is None:
            return "Counted: the book was right."
        return f"Counted: {counted}. {move.get_reason_display()}: {move.quantity}."

    @step(
        label="Write off",
        permission=CHANGE,
        about="The copies are lost or broken and leave the shelf.",
        form=WriteOffForm,
        icon="delete_sweep",
        variant=ActionVariant.DANGER,
        is_offered=_has_copies,
    )
    def write_off(self, request: HttpRequest, lot: StockItem, form: WriteOffForm) -> str:
        answers = form.cleaned_data
        with _refusing_in_numbers():
            move = stock.write_off(
                stock_item_id=lot.pk,
                quantity=answers["quantity"],
                cause=f"write-off {answers['ticket']}: {answers['reason']}",
                actor=staff(request),
                now=timezone.now(),
            )
        return f"Written off: {move.quantity}."
