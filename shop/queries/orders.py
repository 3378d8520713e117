"""Orders as people see them: whose they are, when they arrive, how far they have come."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from shop.models import Order
from shop.queries.delivery import working_days_after


def orders_of(*, user: User) -> QuerySet[Order]:
    """What somebody ordered while signed in, newest first; an order under the same e-mail alone proves nothing."""
    return Order.objects.filter(user=user).prefetch_related("lines")


def unpaid_orders(*, visitor: str, user: User | None, now: datetime) -> QuerySet[Order]:
    """The orders of this user, else of this guest, that still hold pieces without being paid or agreed."""
    pending = Order.objects.filter(status=Order.Status.PENDING, expires_at__gt=now)
    if user:
        return pending.filter(user=user)
    return pending.filter(visitor=visitor, user=None) if visitor else pending.none()


def expected(*, since: datetime, min_days: int, max_days: int) -> str:
    """When something sent or made ready from a moment on is there: "Thu 26 Nov" or "Wed 25 Nov to Fri 27 Nov"."""
    start = timezone.localdate(since)
    days = sorted({working_days_after(start, min_days), working_days_after(start, max_days)})
    return " to ".join(date_format(day, "D j M") for day in days)
