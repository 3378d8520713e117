"""The basket: see it, put pieces in, change how many, go on after something changed."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from core.errors import DomainError
from core.languages import Words
from inventory.models import StockItem
from shop.forms.basket import AddForm, ChangeForm, TakeUpForm
from shop.middleware import remember_visitor
from shop.models import CartLine, DeliveryKind, DeliveryMethod
from shop.queries import baskets
from shop.services import carts
from shop.views.visitor import ShopRequest, tell, user_of


@require_safe
@never_cache
def show(request: ShopRequest) -> HttpResponse:
    """The basket as it is now; what became of a piece stands on its line."""
    return _page(request)


def _page(request: ShopRequest, status: int = 200) -> HttpResponse:
    basket = baskets.open_basket(visitor=request.visitor, user=user_of(request), now=timezone.now())
    methods = DeliveryMethod.objects.filter(is_active=True, kind=DeliveryKind.DELIVERY) if basket.count else []
    fees = [method.fee_for(basket.subtotal) for method in methods]
    context = {"here": reverse("shop:basket"), "basket": basket, "delivery_from": min(fees, default=None)}
    return render(request, "shop/basket.html", context, status=status)


@require_POST
def add(request: ShopRequest) -> HttpResponse:
    """Put copies of a lot into the basket, and say so on the page the shopper is on."""
    form = AddForm(request.POST)
    if not form.is_valid():
        return _say(request, messages.ERROR, " ".join(form.problems()), status=422)
    wanted = form.cleaned_data["quantity"]
    visitor = request.visitor or carts.new_visitor()
    try:
        line = carts.add(
            visitor=visitor,
            user=user_of(request),
            stock_item_id=form.cleaned_data["item"],
            quantity=wanted,
            now=timezone.now(),
        )
    except DomainError as refusal:
        item = StockItem.objects.select_related("product").filter(pk=form.cleaned_data["item"]).first()
        return _say(request, messages.ERROR, refusal.message, item=item, status=refusal.status)
    request.visitor = visitor
    tell(request, "add_to_cart", product_id=line.stock_item.product_id, quantity=wanted)
    text = render_to_string("shop/_added.html", {"item": line.stock_item, "is_all": line.quantity < wanted})
    response = _say(request, messages.SUCCESS, text, item=line.stock_item)
    remember_visitor(response, visitor)
    return response


@require_POST
@login_required
def take_up(request: ShopRequest) -> HttpResponse:
    """Put what is held for this user into the basket, at the agreed price."""
    form, visitor = TakeUpForm(request.POST), request.visitor or carts.new_visitor()
    if not form.is_valid():
        return _say(request, messages.ERROR, " ".join(form.problems()), status=422)
    try:
        carts.take_up(
            visitor=visitor,
            user=cast(User, request.user),
            reservation_id=form.cleaned_data["reservation"],
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _page(request, status=refusal.status)
    response = redirect("shop:basket")
    remember_visitor(response, visitor)
    return response


@require_POST
def change(request: ShopRequest) -> HttpResponse:
    """Change how many copies a line has; what was taken out can be put back from the notice."""
    form = ChangeForm(request.POST)
    line = _own_line(request, form.cleaned_data["line"]) if form.is_valid() else None
    if form.errors:
        messages.error(request, " ".join(form.problems()))
    elif line is None:
        messages.error(request, _("That piece is not in your basket any more."))
    else:
        quantity = form.cleaned_data["quantity"]
        carts.set_quantity(cart=line.cart, line_id=line.pk, quantity=quantity, now=timezone.now())
        if not quantity:
            tell(request, "remove_from_cart", product_id=line.stock_item.product_id, quantity=line.quantity)
            messages.info(request, render_to_string("shop/_removed.html", {"line": line}))
    return redirect("shop:basket")


@require_POST
def carry_on(request: ShopRequest) -> HttpResponse:
    """Say yes to what became of the basket, and go on to the checkout with what is left."""
    cart = baskets.open_carts(visitor=request.visitor, user=user_of(request)).first()
    if cart is None:
        return redirect("shop:basket")
    carts.accept_changes(cart=cart, now=timezone.now())
    return redirect("shop:checkout_review")


def _own_line(request: ShopRequest, line_id: int) -> CartLine | None:
    owner = baskets.open_carts(visitor=request.visitor, user=user_of(request))
    return CartLine.objects.filter(cart__in=owner, pk=line_id).select_related("cart", "stock_item__product").first()


def _say(
    request: ShopRequest, level: int, text: Words, *, item: StockItem | None = None, status: int = 200
) -> HttpResponse:
    """Tell what happened: in the page for a script, else on the page that the shopper came from."""
    messages.add_message(request, level, text)
    if request.htmx:
        return render(request, "shop/_told.html", status=status)
    target = request.POST.get("next", "")
    # A path, not the name of a page, which `redirect` would look for.
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, None):
        return HttpResponseRedirect(target)
    return redirect(item.product if item and item.product.is_published else "shop:basket")
