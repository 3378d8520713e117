"""Whose days something happened to: the next rollup looks at them."""

from datetime import date, datetime

from analytics.rules import days
from core.models import AuditEntry
from shop.models import Cart, Order

AT_ONCE = 500


def days_of_orders(since: datetime) -> set[date]:
    """The days of the orders that have had an audit entry since then, on which they were placed."""
    subjects = AuditEntry.objects.filter(made_at__gt=since, subject__startswith="order ")
    numbers = [subject.removeprefix("order ") for subject in subjects.values_list("subject", flat=True).distinct()]
    touched: set[date] = set()
    for start in range(0, len(numbers), AT_ONCE):
        moments = Order.objects.filter(number__in=numbers[start : start + AT_ONCE]).values_list("placed_at", flat=True)
        touched |= {days.day_of(moment) for moment in moments}
    return touched


def days_of_baskets(since: datetime) -> set[date]:
    """The days on which the baskets that changed since then were begun."""
    changed = Cart.objects.filter(updated_at__gt=since).exclude(status=Cart.Status.MERGED)
    return {days.day_of(moment) for moment in changed.values_list("created_at", flat=True)}
