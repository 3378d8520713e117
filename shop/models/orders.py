"""Orders, their frozen lines, and what was paid. Written by services.checkout and services.orders."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from core.fields import MoneyField
from inventory.models import Condition, Reservation, StockItem
from shop.models.carts import Cart
from shop.models.settings import DeliveryKind, PaymentMethod


class Order(models.Model):
    """A promise to sell; prices, words and address are frozen on it. Amounts are EUR."""

    class Status(models.TextChoices):
        PENDING = "pending", pgettext_lazy("order", "Placed")
        CONFIRMED = "confirmed", pgettext_lazy("order", "Confirmed")
        PACKED = "packed", pgettext_lazy("order", "Packed")
        SHIPPED = "shipped", pgettext_lazy("order", "On its way")
        READY = "ready", pgettext_lazy("order", "Ready to collect")
        COMPLETED = "completed", pgettext_lazy("order", "Completed")
        CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")
        EXPIRED = "expired", pgettext_lazy("order", "Expired")

    number = models.CharField(max_length=12, unique=True)
    secret = models.CharField(max_length=43, unique=True, help_text="The unguessable part of its link.")
    checkout_token = models.UUIDField(unique=True, help_text="One a basket: a second press finds the first order.")
    cart = models.OneToOneField(Cart, on_delete=models.SET_NULL, null=True, related_name="order")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    visitor = models.CharField(max_length=32, db_index=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)

    email = models.EmailField(db_index=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True)
    street = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, blank=True)
    note = models.CharField(max_length=500, blank=True)

    delivery_kind = models.CharField(max_length=10, choices=DeliveryKind)
    delivery_name = models.CharField(max_length=60)
    delivery_place = models.TextField(blank=True)
    delivery_min_days = models.PositiveSmallIntegerField(default=1)
    delivery_max_days = models.PositiveSmallIntegerField(default=1)
    payment_method = models.CharField(max_length=16, choices=PaymentMethod)
    subtotal = MoneyField()
    delivery_fee = MoneyField()
    total = MoneyField()

    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Until when it is held. Empty once confirmed.")
    extended_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    tracking = models.CharField(max_length=120, blank=True, help_text="Tracking number or address.")
    import_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "pending",
                        "confirmed",
                        "packed",
                        "shipped",
                        "ready",
                        "completed",
                        "cancelled",
                        "expired",
                    ]
                ),
                name="order_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", expires_at__isnull=False) | ~Q(status="pending"),
                name="order_pending_expires",
            ),
            # Rounded, because SQLite adds in binary: 1.03 + 4.90 is not 5.93 there.
            models.CheckConstraint(
                condition=Q(total=Round(F("subtotal") + F("delivery_fee"), precision=2)), name="order_total_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(subtotal__gte=0, delivery_fee__gte=0), name="order_amounts_not_negative"
            ),
        ]
        indexes = [
            # The status again: without it SQLite takes order_by_status, and sorts.
            models.Index(fields=["status", "expires_at"], condition=Q(status="pending"), name="order_due"),
            models.Index(fields=["status", "-placed_at"], name="order_by_status"),
            models.Index(fields=["user", "-placed_at"], name="order_of_user"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def secret_link(self) -> str:
        """Whoever has it may see the order. Not `get_absolute_url`: the admin leads all staff to that, unasked."""
        return reverse("shop:order", args=[self.number, self.secret])

    @property
    def cause(self) -> str:
        """How the ledger and the audit name it."""
        return f"order {self.number}"


class OrderLine(models.Model):
    """One lot on an order, as it was when it was bought."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="+")
    # Null only on orders of another shop that had ended without a sale when they were brought over; nobody asks theirs.
    reservation: "models.OneToOneField[Reservation, Reservation]" = models.OneToOneField(  # type: ignore[misc]
        Reservation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    quantity = models.PositiveIntegerField()
    unit_price = MoneyField(help_text="EUR")
    title = models.CharField(max_length=200)
    brand = models.CharField(max_length=80, blank=True)
    size = models.CharField(max_length=50)
    condition = models.CharField(max_length=12, choices=Condition)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_one_a_position"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity_positive"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="order_line_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.title}"

    @property
    def amount(self):
        """EUR for the whole line."""
        return self.unit_price * self.quantity


class Payment(models.Model):
    """Money for an order, apart from its status; the order's payment state is derived from these rows."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        AUTHORISED = "authorised", "Authorised"
        PAID = "paid", "Paid"
        FAILED = "failed", "Failed"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=16, choices=PaymentMethod)
    amount = MoneyField(help_text="EUR")
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    idempotency_key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=120, blank=True, help_text="What the bank or provider calls it.")
    made_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False) | (~Q(status="paid") & Q(paid_at__isnull=True)),
                name="payment_paid_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} for {self.order_id}: {self.status}"
