"""Baskets. Written by services.carts, and emptied by services.checkout."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.fields import MoneyField
from inventory.models import Reservation, StockItem


class Cart(models.Model):
    """A basket of a visitor (known by a cookie) or of a user; nothing in it is held."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        ORDERED = "ordered", "Ordered"
        MERGED = "merged", "Merged into another"

    visitor = models.CharField(max_length=32, help_text="Random key kept in the visitor's cookie.")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    checkout_token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "basket"
        ordering = ["-updated_at"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["open", "ordered", "merged"]), name="cart_status_known"),
            models.UniqueConstraint(
                fields=["visitor"], condition=Q(status="open", user__isnull=True), name="cart_one_open_a_visitor"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(status="open", user__isnull=False), name="cart_one_open_a_user"
            ),
        ]

    def __str__(self) -> str:
        return f"Basket {self.pk}"


class CartLine(models.Model):
    """So many copies of one lot, with the price its owner last saw (EUR).

    With a `reservation` the copies are held for its owner already, at an agreed price; their number is fixed.
    """

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    stock_item = models.ForeignKey(StockItem, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)
    seen_price = MoneyField()
    reservation = models.OneToOneField(
        Reservation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = "basket line"
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "stock_item"],
                condition=Q(reservation__isnull=True),
                name="cart_line_once_an_item_not_held",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.stock_item_id}"
