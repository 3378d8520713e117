"""The shopkeeper's rules: promises, timers, caps, ways of delivery and payment, all rows that staff may change."""

from datetime import timedelta
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import MoneyField
from core.models import SingleRow


class PaymentMethod(models.TextChoices):
    """How an order is paid; card comes later, as an adapter."""

    ON_COLLECTION = "on_collection", _("Pay when you collect")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    ON_DELIVERY = "on_delivery", _("Pay when it arrives")


class DeliveryKind(models.TextChoices):
    COLLECTION = "collection", "Collection"
    DELIVERY = "delivery", "Delivery"


class ShopSettings(SingleRow):
    """Timers, caps and promises. Hours and days are whole; amounts are EUR."""

    collection_hold_hours = models.PositiveSmallIntegerField(
        default=24,
        validators=[MinValueValidator(1)],
        help_text="An order paid on collection waits this long for our yes.",
    )
    transfer_hold_hours = models.PositiveSmallIntegerField(
        default=72, validators=[MinValueValidator(1)], help_text="A bank transfer has this long to arrive."
    )
    on_delivery_hold_hours = models.PositiveSmallIntegerField(
        default=24,
        validators=[MinValueValidator(1)],
        help_text="An order paid at the door waits this long for our yes.",
    )
    extension_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1)], help_text="A hold can be made longer once, by this."
    )
    extension_offered_minutes = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(1)], help_text="The button for it appears this long before the end."
    )
    next_in_line_minutes = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(5)], help_text="Whoever is next in line has this long to order."
    )
    max_unpaid_orders = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1)], help_text="Unpaid orders one visitor, email or address may hold."
    )
    max_orders_an_hour = models.PositiveSmallIntegerField(
        default=6, validators=[MinValueValidator(1)], help_text="Orders, cancelled ones too, of one person in an hour."
    )
    max_basket_lines = models.PositiveSmallIntegerField(default=50, validators=[MinValueValidator(1)])
    max_quantity = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1)], help_text="Copies of one lot an order may take."
    )
    complete_shipped_days = models.PositiveSmallIntegerField(
        default=14, validators=[MinValueValidator(1)], help_text="A shipped order counts as completed after this."
    )
    return_days = models.PositiveSmallIntegerField(default=14, validators=[MinValueValidator(14)])
    just_in_hours = models.PositiveSmallIntegerField(default=72, validators=[MinValueValidator(1)])
    checked_promise = models.CharField(max_length=80, default="Checked by hand: seams, zips, soles and labels")
    returns_promise = models.CharField(max_length=80, default="14 days to change your mind")
    price_note = models.CharField(max_length=60, default="taxes included")
    bank_account_name = models.CharField(max_length=70, blank=True)
    bank_iban = models.CharField("IBAN", max_length=34, blank=True)
    bank_bic = models.CharField("BIC", max_length=11, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "shop settings"

    def hold_for(self, payment_method: str) -> timedelta:
        """How long a new order holds its pieces."""
        hours = {
            PaymentMethod.ON_COLLECTION: self.collection_hold_hours,
            PaymentMethod.BANK_TRANSFER: self.transfer_hold_hours,
            PaymentMethod.ON_DELIVERY: self.on_delivery_hold_hours,
        }
        return timedelta(hours=hours[PaymentMethod(payment_method)])


class DeliveryMethod(models.Model):
    """One way to get pieces: a place to collect them, or delivery to a zone of countries at a fee."""

    kind = models.CharField(max_length=10, choices=DeliveryKind)
    name = models.CharField(max_length=60, help_text='"Tracked delivery, Ireland"')
    countries = models.JSONField(
        default=list, blank=True, help_text='The zone: two-letter codes, ["IE", "GB"]. Empty for a collection place.'
    )
    fee = MoneyField(default=0, help_text="EUR")
    free_from = MoneyField(null=True, blank=True, help_text="EUR: no fee from this subtotal on.")
    min_days = models.PositiveSmallIntegerField(
        default=1, help_text="Working days until it arrives or is ready, at best."
    )
    max_days = models.PositiveSmallIntegerField(default=3, help_text="The same, at worst.")
    place = models.TextField(blank=True, max_length=300, help_text="Address and hours of a collection place.")
    payment_methods = models.JSONField(
        default=list, help_text='Any of "on_collection", "bank_transfer", "on_delivery".'
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DeliveryKind.values), name="delivery_method_kind_known"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="delivery_method_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(free_from__isnull=True) | Q(free_from__gt=0), name="delivery_method_free_from_positive"
            ),
            models.CheckConstraint(
                condition=Q(max_days__gte=models.F("min_days")), name="delivery_method_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def fee_for(self, subtotal: Decimal) -> Decimal:
        """What it costs for pieces of this sum, in EUR."""
        return Decimal("0.00") if self.free_from is not None and subtotal >= self.free_from else self.fee
