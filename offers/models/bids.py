"""Shoppers' offers on pieces. Written by services.bidding."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from core.fields import MoneyField
from inventory.models import Reservation, StockItem


class ProductOffer(models.Model):
    """A price for one copy of a lot, proposed by a shopper or, as a counter, by the shop. Amounts are EUR."""

    class Party(models.TextChoices):
        SHOPPER = "shopper", "Shopper"
        SHOP = "shop", "Us"

    class Status(models.TextChoices):
        LIVE = "live", pgettext_lazy("offer", "Waiting for an answer")
        ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
        CONVERTED = "converted", pgettext_lazy("offer", "Bought")
        LAPSED = "lapsed", pgettext_lazy("offer", "Not paid in time")
        COUNTERED = "countered", pgettext_lazy("offer", "Countered")
        DECLINED = "declined", pgettext_lazy("offer", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("offer", "Withdrawn")
        EXPIRED = "expired", pgettext_lazy("offer", "Expired")
        CLOSED_SOLD = "closed_sold", pgettext_lazy("offer", "Sold to somebody else")
        CLOSED_UNAVAILABLE = "closed_unavailable", pgettext_lazy("offer", "No longer available")

    number = models.CharField(max_length=12, unique=True)
    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="+")
    shopper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=7, choices=Party)
    amount = MoneyField()
    note = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=18, choices=Status, default=Status.LIVE)
    answers = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="counter")
    reservation = models.OneToOneField(Reservation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    import_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="When it can no longer be accepted.")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "shopper's offer"
        verbose_name_plural = "shoppers' offers"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["shopper", "stock_item"], condition=Q(status="live"), name="product_offer_one_live_each"
            ),
            models.UniqueConstraint(
                fields=["stock_item"], condition=Q(status="accepted"), name="product_offer_one_accepted"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="product_offer_amount_positive"),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "live",
                        "accepted",
                        "converted",
                        "lapsed",
                        "countered",
                        "declined",
                        "withdrawn",
                        "expired",
                        "closed_sold",
                        "closed_unavailable",
                    ]
                ),
                name="product_offer_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "converted", "lapsed"]) | Q(reservation__isnull=False),
                name="product_offer_accepted_has_reservation",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status="live"), name="product_offer_due"),
            models.Index(fields=["stock_item", "-amount"], condition=Q(status="live"), name="product_offer_live_on"),
            models.Index(fields=["shopper", "-made_at"], name="product_offer_of_shopper"),
        ]
        permissions = [("answer_productoffer", "Can accept, counter and decline shoppers' offers")]

    def __str__(self) -> str:
        return f"{self.number}: €{self.amount}"

    @property
    def cause(self) -> str:
        """How the ledger and the audit name it."""
        return f"offer {self.number}"


class OfferBan(models.Model):
    """A shopper who may not bargain: after strikes, or because we say so."""

    shopper = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    strikes = models.PositiveSmallIntegerField(default=0, help_text="Accepted offers that were not paid.")
    is_blocked = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "bargaining record"

    def __str__(self) -> str:
        return f"{self.shopper_id}: {self.strikes} strikes"
