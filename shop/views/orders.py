"""The page of an order, behind its secret link, and what its shopper can do there."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.countries import COUNTRIES
from core.dates import moment_words
from core.errors import DomainError
from shop import rules
from shop.models import Order, PaymentMethod, ShopSettings
from shop.queries import orders as order_queries
from shop.services import orders
from shop.views.visitor import ShopRequest, actor_of


@require_safe
@never_cache
def show(request: ShopRequest, number: str, secret: str) -> HttpResponse:
    """The order for whoever has its link."""
    return _page(request, _order(number, secret))


@require_POST
@never_cache
def cancel(request: ShopRequest, number: str, secret: str) -> HttpResponse:
    """Call the order off."""
    order = _order(number, secret)
    try:
        orders.withdraw(order_id=order.pk, actor=actor_of(request), now=timezone.now())
    except DomainError as refusal:
        return _page(request, _order(number, secret), refusal)
    messages.success(
        request, _("Order %(number)s is cancelled. Its pieces are back on sale.") % {"number": order.number}
    )
    return redirect(order.secret_link)


@require_POST
@never_cache
def extend(request: ShopRequest, number: str, secret: str) -> HttpResponse:
    """Hold the order's pieces a little longer, once."""
    order = _order(number, secret)
    try:
        order = orders.extend(order_id=order.pk, actor=actor_of(request), now=timezone.now())
    except DomainError as refusal:
        return _page(request, _order(number, secret), refusal)
    return redirect(order.secret_link)


def _order(number: str, secret: str) -> Order:
    order = Order.objects.filter(number=number).first()
    if order is None or not constant_time_compare(order.secret, secret):
        raise Http404
    return order


def _page(request: ShopRequest, order: Order, refusal: DomainError | None = None) -> HttpResponse:
    now, shop = timezone.now(), ShopSettings.current()
    has_run_out = order.status == Order.Status.EXPIRED or rules.has_run_out(order, now)
    context = {
        "order": order,
        "here": order.secret_link,
        "refusal": refusal,
        "news": f"{order.status} {'over' if has_run_out else order.expires_at}",
        "shop": shop,
        "lines": order_queries.order_lines(order),
        "timeline": order_queries.timeline(order, now),
        "waiting": order_queries.waiting_for(order, now),
        "country": COUNTRIES.get(order.country, order.country),
        "is_transfer": order.payment_method == PaymentMethod.BANK_TRANSFER,
        "has_run_out": has_run_out,
        "still_free": order_queries.still_free(order, now) if has_run_out else [],
        "can_withdraw": rules.can_be_withdrawn(order, now),
    }
    response = render(
        request, "shop/order.html", context | _hold(order, now), status=refusal.status if refusal else 200
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _hold(order: Order, now: datetime) -> dict[str, object]:
    """How long the pieces are still held, while that ends."""
    if order.expires_at is None or not rules.can_be_withdrawn(order, now):
        return {}
    left = order.expires_at - now
    offered = timedelta(minutes=ShopSettings.current().extension_offered_minutes)
    return {
        "held_until": moment_words(order.expires_at, now),
        "seconds_left": int(left.total_seconds()),
        "seconds_all": int((order.expires_at - order.placed_at).total_seconds()),
        "can_extend": rules.can_be_extended(order, now) and left <= offered,
    }
