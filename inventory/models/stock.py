"""The stock ledger: lots with balances, reservations, and the moves that prove both. Written by services.stock."""

from django.db import models
from django.db.models import F, Q

from core.fields import MoneyField
from inventory.models.products import Condition, Photo, Product


class Place(models.TextChoices):
    """Where a copy can be. The places of a lot always add up to zero."""

    OUTSIDE = "outside", "Outside, before we own it"
    SHELF = "shelf", "On the shelf, free to sell"
    RESERVED = "reserved", "Reserved"
    CUSTOMER = "customer", "With a customer"
    LOST = "lost", "Lost or written off"


class Reason(models.TextChoices):
    """Why copies moved; `ROUTES` says from where to where."""

    INTAKE = "intake", "Taken in"
    RESERVE = "reserve", "Reserved"
    RELEASE = "release", "Released"
    SALE = "sale", "Sold"
    RETURN = "return", "Returned by a customer"
    SUPPLIER_RETURN = "supplier_return", "Given back to the seller"
    WRITE_OFF = "write_off", "Written off"
    FOUND = "found", "Found"


ROUTES: dict[str, set[tuple[str, str]]] = {
    Reason.INTAKE: {(Place.OUTSIDE, Place.SHELF)},
    Reason.RESERVE: {(Place.SHELF, Place.RESERVED)},
    Reason.RELEASE: {(Place.RESERVED, Place.SHELF)},
    Reason.SALE: {(Place.RESERVED, Place.CUSTOMER), (Place.SHELF, Place.CUSTOMER)},
    Reason.RETURN: {(Place.CUSTOMER, Place.SHELF), (Place.CUSTOMER, Place.LOST)},
    Reason.SUPPLIER_RETURN: {(Place.SHELF, Place.OUTSIDE)},
    Reason.WRITE_OFF: {(Place.SHELF, Place.LOST)},
    Reason.FOUND: {(Place.LOST, Place.SHELF)},
}


def _route_is_known() -> Q:
    known = Q()
    for reason, routes in ROUTES.items():
        for origin, target in sorted(routes):
            known |= Q(reason=reason, from_place=origin, to_place=target)
    return known


class StockItem(models.Model):
    """One lot: a product in one size, one condition, one price. A one-off piece is a lot of one.

    Balances change only together with a StockMove. "Available" is `on_shelf`, nothing else.
    """

    class VatScheme(models.TextChoices):
        MARGIN = "margin", "Margin scheme"
        STANDARD = "standard", "Standard VAT"
        NONE = "none", "No VAT"

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stock_items")
    sku = models.CharField("stock number", max_length=60, unique=True)
    size_system = models.CharField(max_length=12, blank=True, help_text="UK, EU, US …; empty for letter sizes.")
    size = models.CharField(max_length=30, help_text='As people read it: "L", "8.5", "M top, L bottom".')
    size_top = models.CharField(max_length=4, blank=True)
    size_bottom = models.CharField(max_length=4, blank=True)
    size_order = models.DecimalField(max_digits=6, decimal_places=2, default=0, editable=False)
    condition = models.CharField(max_length=12, choices=Condition)
    price = MoneyField(null=True, blank=True, help_text="EUR, taxes included; empty: only by offer.")
    was_price = MoneyField(
        null=True, blank=True, editable=False, help_text="EUR, lowest price of the 30 days before the last reduction."
    )
    unit_cost = MoneyField(null=True, blank=True, help_text="EUR we paid for one copy.")
    vat_scheme = models.CharField(max_length=10, choices=VatScheme, default=VatScheme.MARGIN)
    measurements = models.JSONField(default=dict, blank=True, help_text='In centimetres: {"Chest": "58"}.')
    shelf_place = models.CharField(max_length=30, blank=True, help_text="Where it lies in the house.")
    on_shelf = models.IntegerField(default=0, editable=False)
    reserved = models.IntegerField(default=0, editable=False)
    taken_in = models.IntegerField(default=0, editable=False, help_text="Copies ever taken in.")
    sold_out_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its last copy was handed over; empty while we have any."
    )
    import_key = models.CharField(max_length=260, unique=True, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "lot"
        ordering = ["size_order", "size", "condition", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(on_shelf__gte=0), name="stock_item_on_shelf_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_item_reserved_not_negative"),
            models.CheckConstraint(condition=Q(taken_in__gte=0), name="stock_item_taken_in_not_negative"),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gt=0), name="stock_item_price_positive"),
            models.CheckConstraint(
                condition=Q(was_price__isnull=True) | Q(was_price__gt=F("price")),
                name="stock_item_was_price_above_price",
            ),
            models.CheckConstraint(
                condition=Q(unit_cost__isnull=True) | Q(unit_cost__gte=0), name="stock_item_cost_not_negative"
            ),
            models.CheckConstraint(condition=Q(condition__in=Condition.values), name="stock_item_condition_known"),
            models.CheckConstraint(
                condition=Q(size_top="", size_bottom="") | (~Q(size_top="") & ~Q(size_bottom="")),
                name="stock_item_set_has_both_sizes",
            ),
            models.CheckConstraint(
                condition=Q(vat_scheme__in=["margin", "standard", "none"]), name="stock_item_vat_scheme_known"
            ),
        ]
        indexes = [
            models.Index(fields=["size", "product"], condition=Q(on_shelf__gt=0), name="stock_item_size_on_shelf"),
            models.Index(
                fields=["condition", "product"], condition=Q(on_shelf__gt=0), name="stock_item_grade_on_shelf"
            ),
            models.Index(fields=["price", "product"], condition=Q(on_shelf__gt=0), name="stock_item_price_on_shelf"),
        ]

    def __str__(self) -> str:
        return f"{self.sku}: {self.size}, {self.get_condition_display()}"

    @property
    def is_last_one(self) -> bool:
        """Whether one copy is left of what were several; never true of a one-off piece."""
        return self.on_shelf == 1 and self.taken_in > 1

    @property
    def is_one_off(self) -> bool:
        """Whether there has only ever been this one copy."""
        return self.taken_in == 1


class Flaw(models.Model):
    """One honest line about a lot, with the photo that shows it."""

    stock_item = models.ForeignKey(StockItem, on_delete=models.CASCADE, related_name="flaws")
    text = models.CharField(max_length=160)
    photo = models.ForeignKey(Photo, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class PriceChange(models.Model):
    """One price a lot has had, from `made_at` on."""

    is_append_only = True

    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="price_changes")
    price = MoneyField(null=True)
    actor = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["stock_item", "-made_at"], name="price_change_of_item")]

    def __str__(self) -> str:
        return f"{self.price} from {self.made_at:%Y-%m-%d}"


class Reservation(models.Model):
    """Copies promised to somebody at a price until a moment; `expires_at` is null once paid or confirmed."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        CONSUMED = "consumed", "Handed over"
        RELEASED = "released", "Released"
        EXPIRED = "expired", "Expired"

    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    unit_price = MoneyField(help_text="EUR agreed for one copy.")
    cause = models.CharField(max_length=80, db_index=True, help_text='What it is for: "order UN-7K3F9Q"')
    line = models.PositiveIntegerField(default=0)
    holder = models.CharField(max_length=80, help_text='For whom: "user 3" or "visitor 5f0c…"')
    is_single_copy = models.BooleanField(help_text="Whether it holds the only copy in the house.")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    successor = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessor",
        help_text="Which one took its copies over, such as that of an order.",
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_quantity_positive"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(status="released"),
                name="reservation_successor_of_released",
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="reservation_price_not_negative"),
            models.CheckConstraint(
                condition=Q(status="active", ended_at__isnull=True)
                | Q(status__in=["consumed", "released", "expired"], ended_at__isnull=False),
                name="reservation_ended_iff_not_active",
            ),
            models.UniqueConstraint(
                fields=["stock_item"],
                condition=Q(status="active", is_single_copy=True),
                name="reservation_one_active_on_a_single_copy",
            ),
            models.UniqueConstraint(fields=["stock_item", "cause", "line"], name="reservation_once_a_cause"),
        ]
        indexes = [
            models.Index(
                fields=["stock_item", "expires_at"], condition=Q(status="active"), name="reservation_active_of_item"
            ),
            models.Index(fields=["expires_at"], condition=Q(status="active"), name="reservation_due"),
            models.Index(fields=["holder"], condition=Q(status="active"), name="reservation_active_of_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.stock_item_id} for {self.cause}"


class StockMove(models.Model):
    """So many copies of one lot from one place to another."""

    is_append_only = True

    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="moves")
    quantity = models.PositiveIntegerField()
    from_place = models.CharField(max_length=10, choices=Place)
    to_place = models.CharField(max_length=10, choices=Place)
    reason = models.CharField(max_length=16, choices=Reason)
    cause = models.CharField(max_length=80, db_index=True, help_text='What made it: "order UN-7K3F9Q"')
    line = models.PositiveIntegerField(default=0)
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, null=True, related_name="moves")
    unit_amount = MoneyField(null=True, help_text="EUR for one copy: cost at intake, price at sale.")
    actor = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_move_quantity_positive"),
            models.CheckConstraint(condition=_route_is_known(), name="stock_move_route_known"),
            models.CheckConstraint(
                condition=Q(from_place="reserved", reservation__isnull=False)
                | Q(to_place="reserved", reservation__isnull=False)
                | (~Q(from_place="reserved") & ~Q(to_place="reserved") & Q(reservation__isnull=True)),
                name="stock_move_reserved_names_reservation",
            ),
            models.UniqueConstraint(fields=["stock_item", "reason", "cause", "line"], name="stock_move_once_a_cause"),
            models.UniqueConstraint(
                fields=["reservation"],
                condition=Q(reason__in=["release", "sale"], reservation__isnull=False),
                name="stock_move_reservation_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(to_place="shelf"), name="stock_move_to_shelf"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.stock_item_id} {self.from_place} → {self.to_place}"
