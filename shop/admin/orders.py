"""Orders: read, and moved on by steps; their payments."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import qrcode
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from accounts.countries import COUNTRIES
from core.audit import Actor
from core.backoffice import (
    AuditPanel,
    LetterPanel,
    NamedPanel,
    Panel,
    ReadOnly,
    StepsAdmin,
    row_address,
    staff,
    step,
    take_all,
)
from core.forms import StepForm
from core.money import format_eur
from inventory.models import Reservation, StockMove
from shop import rules
from shop.errors import OrderMoved
from shop.forms.admin import CancelForm, ConfirmForm, ShipForm
from shop.models import DeliveryKind, Order, OrderLine, Payment, ShopSettings
from shop.services import orders

Status = Order.Status
CHANGE = "shop.change_order"
STATUS_COLOURS = {
    Status.PENDING: "warning",
    Status.CONFIRMED: "info",
    Status.PACKED: "info",
    Status.SHIPPED: "primary",
    Status.READY: "primary",
    Status.COMPLETED: "success",
    Status.CANCELLED: "danger",
    Status.EXPIRED: "danger",
}
PAYMENT_COLOURS = {
    Payment.Status.PENDING: "warning",
    Payment.Status.AUTHORISED: "info",
    Payment.Status.PAID: "success",
    Payment.Status.FAILED: "danger",
}


class LinePanel(Panel):
    model = OrderLine
    fields = ("stock_item", "quantity", "title", "brand", "size", "condition", "unit_price")

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("stock_item")


class PaymentPanel(Panel):
    model = Payment
    fields = ("method", "amount", "status", "reference", "made_at", "paid_at")


class ReservationPanel(NamedPanel):
    model = Reservation
    fields = ("stock_item", "quantity", "unit_price", "status", "made_at", "expires_at", "ended_at")

    def get_form_queryset(self, obj: Order) -> QuerySet[Reservation]:
        return super().get_form_queryset(obj).select_related("stock_item")


class MovePanel(NamedPanel):
    model = StockMove
    fields = ("made_at", "stock_item", "reason", "quantity", "from_place", "to_place", "unit_amount", "actor")

    def get_form_queryset(self, obj: Order) -> QuerySet[StockMove]:
        return super().get_form_queryset(obj).select_related("stock_item")


def _can_become(status: Status) -> Callable[[Order], bool]:
    return lambda order: rules.can_become(order, status, timezone.now())


def _pack(order: Order, actor: Actor, now: datetime) -> Order:
    return orders.pack(order_id=order.pk, actor=actor, now=now)


def _mark_ready(order: Order, actor: Actor, now: datetime) -> Order:
    return orders.mark_ready(order_id=order.pk, actor=actor, now=now)


def _complete(order: Order, actor: Actor, now: datetime) -> Order:
    return orders.complete(order_id=order.pk, actor=actor, now=now)


@admin.register(Order)
class OrderAdmin(ReadOnly, StepsAdmin):
    list_display = ("number", "state", "money", "amount", "name", "delivery_name", "placed_at", "expires_at")
    list_filter = ("status", "delivery_kind", "payment_method")
    search_fields = ("number", "email", "name")
    search_help_text = "Number, email or name"
    show_full_result_count = False
    compressed_fields = False
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("status", "placed_at", "expires_at"),
                    ("total", "subtotal", "delivery_fee"),
                    ("payment_method", "delivery_name", "tracking"),
                    ("note", "cancel_reason"),
                )
            },
        ),
        ("Buyer", {"fields": (("name", "email", "phone"), ("street", "town", "postcode", "country"), "user")}),
    )
    inlines = (LinePanel, PaymentPanel, ReservationPanel, MovePanel, LetterPanel, AuditPanel)
    actions = ("pack_all", "mark_all_ready", "complete_all")
    actions_detail = ("confirm", "pack", "ship", "mark_ready", "complete", "cancel", "packing_slip")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        return super().get_queryset(request).prefetch_related("payments")

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def state(self, order: Order) -> tuple[str, str]:
        return order.status, order.get_status_display()

    @display(description="payment", label=PAYMENT_COLOURS)
    def money(self, order: Order) -> tuple[str, str]:
        latest = list(order.payments.all())[-1]
        return latest.status, latest.get_status_display()

    @display(description="total", ordering="total")
    def amount(self, order: Order) -> str:
        return format_eur(order.total)

    def has_step_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(CHANGE)

    @step(
        label="Confirm",
        permission=CHANGE,
        about="The pieces are kept for the buyer, who gets a letter. A bank transfer counts as paid.",
        form=ConfirmForm,
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        is_offered=_can_become(Status.CONFIRMED),
    )
    def confirm(self, request: HttpRequest, order: Order, form: StepForm) -> str:
        return _take(orders.confirm, order, Status.CONFIRMED, request, **form.cleaned_data)

    @step(
        label="Pack",
        permission=CHANGE,
        about="The pieces are in the parcel, or in the bag behind the counter.",
        icon="package_2",
        variant=ActionVariant.PRIMARY,
        is_offered=_can_become(Status.PACKED),
    )
    def pack(self, request: HttpRequest, order: Order, form: StepForm) -> str:
        return _take(orders.pack, order, Status.PACKED, request)

    @step(
        label="Ship",
        permission=CHANGE,
        about="The parcel left the house. Its pieces count as sold, and the buyer gets a letter.",
        form=ShipForm,
        icon="local_shipping",
        variant=ActionVariant.PRIMARY,
        is_offered=_can_become(Status.SHIPPED),
    )
    def ship(self, request: HttpRequest, order: Order, form: StepForm) -> str:
        return _take(orders.ship, order, Status.SHIPPED, request, **form.cleaned_data)

    @step(
        label="Ready to collect",
        permission=CHANGE,
        about="The buyer gets a letter that it can be collected.",
        icon="storefront",
        variant=ActionVariant.PRIMARY,
        is_offered=_can_become(Status.READY),
    )
    def mark_ready(self, request: HttpRequest, order: Order, form: StepForm) -> str:
        return _take(orders.mark_ready, order, Status.READY, request)

    @step(
        label="Handed over",
        permission=CHANGE,
        about="The pieces are with the buyer, and what was due then is paid.",
        icon="handshake",
        variant=ActionVariant.PRIMARY,
        is_offered=_can_become(Status.COMPLETED),
    )
    def complete(self, request: HttpRequest, order: Order, form: StepForm) -> str:
        return _take(orders.complete, order, Status.COMPLETED, request)

    @step(
        label="Cancel the order",
        permission=CHANGE,
        about="The pieces go back on sale, and the buyer gets a letter. Money that has come is for you to send back.",
        form=CancelForm,
        icon="cancel",
        variant=ActionVariant.DANGER,
        is_offered=_can_become(Status.CANCELLED),
    )
    def cancel(self, request: HttpRequest, order: Order, form: StepForm) -> str:
        return _take(orders.cancel, order, Status.CANCELLED, request, **form.cleaned_data)

    @admin.action(description="Pack", permissions=["step"])
    def pack_all(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        take_all(self, request, chosen, _pack, done="Packed")

    @admin.action(description="Ready to collect", permissions=["step"])
    def mark_all_ready(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        take_all(self, request, chosen, _mark_ready, done="Ready to collect")

    @admin.action(description="Handed over", permissions=["step"])
    def complete_all(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        take_all(self, request, chosen, _complete, done="Handed over")

    @action(description="Packing slip", permissions=["view"], icon="print", attrs={"target": "_blank"})
    def packing_slip(self, request: HttpRequest, object_id: str) -> TemplateResponse:
        """A page to print and put into the parcel: no prices, it may be a gift."""
        order = self.get_object(request, object_id)
        if order is None:
            raise Http404
        context = {
            "order": order,
            "lines": order.lines.select_related("stock_item"),
            "is_collection": order.delivery_kind == DeliveryKind.COLLECTION,
            "country": COUNTRIES.get(order.country, order.country),
            "printed_at": timezone.now(),
            "return_days": ShopSettings.current().return_days,
            "code": _code(settings.SITE_URL + row_address(order)),
        }
        return TemplateResponse(request, "shop/packing_slip.html", context)


def _take(service: Callable[..., Order], order: Order, status: Status, request: HttpRequest, **answers: Any) -> str:
    """Call one service; a second press finds the step taken and is told so."""
    try:
        service(order_id=order.pk, actor=staff(request), now=timezone.now(), **answers)
    except OrderMoved:
        if not Order.objects.filter(pk=order.pk, status=status).exists():
            raise
        return f"{order} is there already: {status.label}."
    return f"{order}: {status.label}."


def _code(address: str) -> SafeString:
    """The order's page in the admin, to be scanned from the slip; it opens for staff only."""
    drawing = qrcode.make(address, image_factory=SvgPathImage, border=0)
    return mark_safe(drawing.to_string(encoding="unicode"))  # noqa: S308  drawn here, from an address of ours


@admin.register(Payment)
class PaymentAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "order", "method", "amount", "state", "reference", "paid_at")
    list_display_links = ("made_at", "order")
    list_select_related = ("order",)
    list_filter = ("status", "method")
    search_fields = ("order__number", "reference")
    search_help_text = "Order number or the bank's reference"
    show_full_result_count = False

    @display(description="status", ordering="status", label=PAYMENT_COLOURS)
    def state(self, payment: Payment) -> tuple[str, str]:
        return payment.status, payment.get_status_display()
