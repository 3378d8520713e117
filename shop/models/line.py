"""Who is next for a piece that somebody else is paying for. Written by services.line."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventory.models import Reservation, StockItem


class PlaceInLine(models.Model):
    """One turn for one copy of a lot: waiting, then with a `reservation` of its own, then ended.

    A guest's counts from the yes in their mailbox. Whether a reservation still holds is a fact of the clock; `ended_at`
    only writes it down.
    """

    stock_item = models.ForeignKey(StockItem, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    email = models.EmailField(blank=True, help_text="A guest's; a user's letters go to the address they have now.")
    made_at = models.DateTimeField(db_index=True)
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="Places are in this order.")
    reservation = models.OneToOneField(
        Reservation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "place in line"
        verbose_name_plural = "places in line"
        ordering = ["confirmed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stock_item", "user"],
                condition=Q(user__isnull=False, ended_at__isnull=True),
                name="place_in_line_one_a_user",
            ),
            models.UniqueConstraint(
                fields=["stock_item", "email"],
                condition=Q(user__isnull=True, ended_at__isnull=True),
                name="place_in_line_one_an_email",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, email="") | (Q(user__isnull=True) & ~Q(email="")),
                name="place_in_line_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(reservation__isnull=True) | Q(confirmed_at__isnull=False),
                name="place_in_line_turn_after_yes",
            ),
        ]
        indexes = [
            models.Index(
                fields=["stock_item", "confirmed_at"],
                condition=Q(ended_at__isnull=True),
                name="place_in_line_open",
            ),
        ]

    def __str__(self) -> str:
        return f"Place {self.pk} for lot {self.stock_item_id}"

    @property
    def cause(self) -> str:
        """How the ledger and letters name it."""
        return f"place {self.pk}"

    @property
    def holder(self) -> str:
        """For whom its reservation is: a guest is known by the link to this place alone."""
        return f"user {self.user_id}" if self.user_id else f"guest {self.pk}"
