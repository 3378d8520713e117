"""What is held for a user at an agreed price, and is not an order's: the shop does not ask who agreed to it."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from inventory.models import Reservation

# How the reservations of orders are called; all others are there to be bought.
OF_AN_ORDER = "order "


def held_for(*, user: User, now: datetime) -> QuerySet[Reservation]:
    """Live reservations of a user that can be bought, the next to end first."""
    live = Reservation.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), status=Reservation.Status.ACTIVE)
    own = live.filter(holder=f"user {user.pk}").exclude(cause__startswith=OF_AN_ORDER)
    return own.select_related("stock_item__product__brand").order_by("expires_at", "pk")


def is_held(reservation: Reservation, now: datetime) -> bool:
    """Whether it still holds its copies, whether or not a job has been by."""
    is_over = reservation.expires_at is not None and reservation.expires_at <= now
    return reservation.status == Reservation.Status.ACTIVE and not is_over


def guest_of(hold: Reservation | None) -> str:
    """The holder of what is held for a guest, who came by a link: the basket it was put into is theirs."""
    return hold.holder if hold and hold.holder.startswith("guest ") else ""
