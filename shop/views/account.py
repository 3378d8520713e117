"""What belongs to somebody who has signed in."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from shop.queries import orders

ORDERS_A_PAGE = 20


@require_safe
@never_cache
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """The orders of a user, newest first, and the ways to their addresses and sign-in."""
    now = timezone.now()
    page = Paginator(orders.orders_of(user=cast(User, request.user)), ORDERS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(order, orders.state_words(order, now)) for order in page]
    return render(request, "shop/account.html", {"page": page, "rows": rows})
