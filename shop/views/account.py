"""What belongs to somebody who has signed in."""

from datetime import datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Address, User
from core.progress import Step
from shop.models import Order, Wish
from shop.queries import orders, wishes
from shop.queries.personal import UNDER_WAY

ORDERS_A_PAGE, WISHES = 20, 5


@require_safe
@never_cache
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Everything of a user in one view: orders and their way, what they keep and wait for, offers, sales, addresses."""
    now = timezone.now()
    page = Paginator(orders.orders_of(user=cast(User, request.user)), ORDERS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(order, orders.state_words(order, now), *_way(order, now)) for order in page]
    user = cast(User, request.user)
    context = {
        "page": page,
        "rows": rows,
        "wishes": Wish.objects.filter(wishlist__user=user).select_related("product")[:WISHES],
        "searches": wishes.searches_of(user),
        "addresses": Address.objects.filter(user=user),
    }
    return render(request, "shop/account.html", context)


def _way(order: Order, now: datetime) -> tuple[list[Step], str]:
    """How far an order under way has come, and whom it waits for; nothing of those that are done."""
    if order.status not in UNDER_WAY:
        return [], ""
    return orders.timeline(order, now), orders.waiting_for(order, now)
