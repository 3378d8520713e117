"""What the worker does for the shop from time to time; each job only tidies up what time has decided already."""

from datetime import datetime, timedelta

from django.db import OperationalError

from core import jobs
from core.errors import DomainError
from inventory.services import stock
from shop.models import Cart, Order, PaymentMethod, ShopSettings
from shop.services import line, orders, searches, telling, wishes

BATCH = 200
BASKET_DAYS = 97  # a week longer than the cookie that knows a guest's basket: the day it was begun is still counted


def expire_orders(now: datetime) -> dict[str, int]:
    """Close orders whose time is over, and release every other reservation that has run out."""
    due = Order.objects.filter(status=Order.Status.PENDING, expires_at__lte=now).order_by("expires_at")
    expired = 0
    for order_id in list(due.values_list("pk", flat=True)[:BATCH]):
        try:
            orders.expire(order_id=order_id, now=now)
        except (DomainError, OperationalError):
            continue  # confirmed, cancelled or extended meanwhile, or somebody is at it: the next turn comes soon
        expired += 1
    # Those in line before the shelf: what has run out goes to them in the same step.
    turns = line.see_to_lines(now=now)
    return {"orders": expired, "turns": turns, "reservations": stock.expire_due(now=now, limit=BATCH)}


def complete_shipped_orders(now: datetime) -> dict[str, int]:
    """Count parcels as delivered after the shop's number of days; money due at the door is for staff to say."""
    before = now - timedelta(days=ShopSettings.fresh().complete_shipped_days)
    due = Order.objects.filter(status=Order.Status.SHIPPED, shipped_at__lte=before)
    due = due.exclude(payment_method=PaymentMethod.ON_DELIVERY).order_by("shipped_at")
    completed = 0
    for order_id in list(due.values_list("pk", flat=True)[:BATCH]):
        try:
            orders.complete(order_id=order_id, actor=orders.COMPLETION, now=now)
        except DomainError:
            continue  # completed by staff meanwhile
        completed += 1
    return {"orders": completed}


def tell_what_came_in(now: datetime) -> dict[str, int]:
    """Write to people about what they wait for, and about the pieces they keep."""
    return {"searches": telling.tell_searches(now=now), "wishlists": telling.tell_wishlists(now=now)}


def forget_old_baskets(now: datetime) -> dict[str, int]:
    """Delete guests' baskets and wishlists whose cookie has expired, and what nobody confirmed; orders stay."""
    before = now - timedelta(days=BASKET_DAYS)
    old = Cart.objects.exclude(status=Cart.Status.ORDERED).filter(user=None, updated_at__lt=before)
    return {
        "baskets": old.delete()[1].get("shop.Cart", 0),
        "wishlists": wishes.forget_old(now=now),
        "searches": searches.forget_unconfirmed(now=now),
        "places": line.forget_old(now=now),
    }


jobs.register("expire orders", expire_orders, every=timedelta(seconds=15))
jobs.register("complete shipped orders", complete_shipped_orders, every=timedelta(hours=1))
jobs.register("tell what came in", tell_what_came_in, every=timedelta(minutes=10), lease=jobs.LONG_LEASE)
jobs.register("forget old baskets", forget_old_baskets, every=timedelta(days=1))
