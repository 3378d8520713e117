"""Being next in line for a piece that somebody else is paying for."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.queries import has_confirmed_email
from core import throttle
from core.errors import DomainError
from inventory.models import StockItem
from shop import links
from shop.errors import LinkNotValid
from shop.forms.wishes import EmailForm, WhatForm
from shop.middleware import remember_visitor
from shop.models import PlaceInLine, ShopSettings
from shop.queries import line as lines
from shop.services import carts, line
from shop.views.visitor import ShopRequest, actor_of, user_of
from shop.views.wishes import ASKED_AN_HOUR, private

ASKED = _("If that address is right, a letter is on its way to it. You are in line once you press the button in it.")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: ShopRequest) -> HttpResponse:
    """Take a place in line: at once when signed in, else after a yes from the mailbox."""
    what = WhatForm(request.GET)
    if not what.is_valid() or not what.cleaned_data["again"]:
        raise Http404
    lots = StockItem.objects.select_related("product").filter(product__is_published=True)
    item = get_object_or_404(lots, pk=what.cleaned_data["again"])
    user, now = user_of(request), timezone.now()
    is_known = user is not None and has_confirmed_email(user)
    form = EmailForm(request.POST or None)
    if request.method != "POST" or not (is_known or form.is_valid()):
        return _join_page(request, item, form, is_known, 422 if request.method == "POST" else 200)
    try:
        if user is not None and is_known:
            return redirect(links.path_of(line.join(stock_item_id=item.pk, user=user, now=now), links.PLACE))
        if not throttle.take("tell me", throttle.address_of(request), most=ASKED_AN_HOUR, seconds=3600):
            return render(request, "429.html", status=429)
        line.ask(stock_item_id=item.pk, email=form.cleaned_data["email"], now=now)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _join_page(request, item, EmailForm(), is_known, refusal.status)
    messages.success(request, ASKED)
    return redirect(item.product)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: ShopRequest, token: str) -> HttpResponse:
    """A place in line, by its link: say yes, see which one it is, put the piece into the basket, or leave."""
    try:
        own = links.opened(token, links.PLACE, PlaceInLine)
    except LinkNotValid:
        own = None
    if own is None:
        return private(render(request, "shop/letters_gone.html", status=404))
    if request.method != "POST":
        return _place_page(request, own)
    now, step = timezone.now(), request.POST.get("step")
    if step == "take":
        return _take(request, own)
    if step == "confirm":
        line.confirm(place=own, now=now)
    elif step == "leave":
        line.leave(place=own, actor=actor_of(request), now=now)
    own.refresh_from_db()
    return _place_page(request, own)


def _take(request: ShopRequest, own: PlaceInLine) -> HttpResponse:
    user = user_of(request)
    if own.user_id and own.user_id != getattr(user, "pk", None):
        return redirect_to_login(request.path)
    visitor = request.visitor or carts.new_visitor()
    try:
        carts.take_up_place(visitor=visitor, user=user, place=own, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _place_page(request, own, status=refusal.status)
    response = redirect("shop:basket")
    remember_visitor(response, visitor)
    return response


def _place_page(request: ShopRequest, own: PlaceInLine, status: int = 200) -> HttpResponse:
    context = {
        "place": own,
        "product": own.stock_item.product,
        "state": lines.state(own, timezone.now()),
        "position": lines.position(own),
        "minutes": ShopSettings.current().next_in_line_minutes,
    }
    return private(render(request, "shop/place.html", context, status=status))


def _join_page(
    request: ShopRequest, item: StockItem, form: EmailForm, is_known: bool, status: int = 200
) -> HttpResponse:
    context = {
        "item": item,
        "form": form,
        "is_known": is_known,
        "waiting": lines.waiting(item.pk).count(),
        "minutes": ShopSettings.current().next_in_line_minutes,
    }
    return render(request, "shop/join_line.html", context, status=status)
