"""The checkout: details, delivery and payment, review; the last press places the order."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.countries import COUNTRIES
from accounts.models import Address
from core.errors import DomainError
from core.money import ZERO
from core.progress import steps_at
from inventory.models import StockItem
from shop.errors import (
    BasketChanged,
    CartIsEmpty,
    DeliveryNotOffered,
    LineProblem,
    PaymentNotOffered,
    ReviewOutdated,
    TooManyUnpaidOrders,
)
from shop.forms.checkout import ADDRESS, DeliveryForm, DetailsForm, Way
from shop.models import Cart, DeliveryMethod, Order, PaymentMethod, ShopSettings
from shop.queries import baskets, cards, orders
from shop.queries.baskets import Basket
from shop.services import checkout
from shop.views.visitor import ShopRequest, actor_of, tell, user_of

STEPS = [
    (gettext_lazy("Details"), "shop:checkout"),
    (gettext_lazy("Delivery"), "shop:checkout_delivery"),
    (gettext_lazy("Review"), "shop:checkout_review"),
]
# What was typed so far, and where the last order is, in the session.
TYPED, LAST_ORDER = "checkout", "last_order"

StepView = Callable[[ShopRequest, Basket], HttpResponse]
form_page = require_http_methods(["GET", "HEAD", "POST"])


def with_basket(view: StepView) -> Callable[[ShopRequest], HttpResponse]:
    """Lead back to the basket when there is nothing to order, or something to look at first."""

    @wraps(view)
    def checked(request: ShopRequest) -> HttpResponse:
        basket = _basket(request)
        if not basket.lines:
            order = request.session.get(LAST_ORDER)
            messages.info(request, render_to_string("shop/_nothing_to_order.html", {"order": order}))
            return redirect("shop:basket")
        if basket.has_changed and request.method != "POST":
            messages.warning(request, _("Something in your basket has changed. Look at it before you go on."))
            return redirect("shop:basket")
        return view(request, basket)

    return checked


@never_cache
@form_page
@with_basket
def details(request: ShopRequest, basket: Basket) -> HttpResponse:
    """Who orders."""
    if request.method != "POST":
        tell(request, "checkout_start")
        return _page(request, 0, basket, DetailsForm(initial=_known(request)))
    form = DetailsForm(request.POST)
    is_valid = form.is_valid()
    _keep(request, form)
    return redirect("shop:checkout_delivery") if is_valid else _page(request, 0, basket, form, status=422)


@never_cache
@form_page
@with_basket
def choose_delivery(request: ShopRequest, basket: Basket) -> HttpResponse:
    """How the pieces get there, where that is, and how they are paid."""
    ways = _ways(basket.subtotal, timezone.now())
    if request.method != "POST":
        return _page(request, 1, basket, DeliveryForm(ways=ways, initial=_known(request)))
    form = DeliveryForm(request.POST, ways=ways)
    is_valid = form.is_valid()
    _keep(request, form)
    return redirect("shop:checkout_review") if is_valid else _page(request, 1, basket, form, status=422)


@never_cache
@form_page
def review(request: ShopRequest) -> HttpResponse:
    """Everything once more; a POST places the order."""
    return _place(request) if request.method == "POST" else _review(request)


@with_basket
def _review(request: ShopRequest, basket: Basket) -> HttpResponse:
    who, how = _answers(request, basket.subtotal, timezone.now())
    return _to_first_open(who, how) or _review_page(request, basket, who, how)


def _place(request: ShopRequest) -> HttpResponse:
    """Place the order of this basket once: a second press, a reload and another tab get the first order."""
    now, token = timezone.now(), _token(request)
    if token and (placed := Order.objects.filter(checkout_token=token).first()):
        return redirect(placed.secret_link)
    cart = baskets.open_carts(visitor=request.visitor, user=user_of(request)).first()
    if cart is None:
        return redirect("shop:checkout_review")
    subtotal = baskets.promised_subtotal(cart)
    who, how = _answers(request, subtotal, now)
    if to_first_open := _to_first_open(who, how):
        return to_first_open
    if token != cart.checkout_token:
        return _refused(request, ReviewOutdated(), who, how)
    try:
        order = _order(request, cart, who, how, now)
    except BasketChanged as refusal:
        return _conflict(request, refusal.problems)
    except (DeliveryNotOffered, PaymentNotOffered, TooManyUnpaidOrders, ReviewOutdated, CartIsEmpty) as refusal:
        return _refused(request, refusal, who, how)
    tell(request, "purchase", order_id=order.pk)
    request.session.pop(TYPED, None)
    request.session[LAST_ORDER] = {"number": order.number, "url": order.secret_link}
    return redirect(order.secret_link)


def _order(request: ShopRequest, cart: Cart, who: DetailsForm, how: DeliveryForm, now: datetime) -> Order:
    return checkout.place_order(
        **_agreed(cart, who, how),
        delivery_method_id=how.chosen_way.method.pk,
        checkout_token=cart.checkout_token,
        # A form without it has shown nothing that could be agreed to.
        reviewed=request.POST.get("reviewed", "") or "nothing",
        actor=actor_of(request),
        now=now,
    )


def _agreed(cart: Cart, who: DetailsForm, how: DeliveryForm) -> dict[str, Any]:
    """What the review page shows and the order says."""
    answers, way = how.cleaned_data, how.chosen_way
    address = {name: answers[name] for name in ADDRESS} if way.is_delivery else {}
    return {
        "cart_id": cart.pk,
        "details": checkout.Details(**who.cleaned_data, **address),
        "payment_method": answers["payment"],
    }


def _summary(cart: Cart, who: DetailsForm, how: DeliveryForm) -> str:
    return checkout.summary(**_agreed(cart, who, how), method=how.chosen_way.method)


def _refused(request: ShopRequest, refusal: DomainError, who: DetailsForm, how: DeliveryForm) -> HttpResponse:
    """The page where what was refused can be put right; what was typed stays."""
    basket = _basket(request)
    if isinstance(refusal, TooManyUnpaidOrders) and basket.lines:
        unpaid = orders.unpaid_orders(visitor=request.visitor, user=user_of(request), now=timezone.now())
        return _review_page(request, basket, who, how, status=refusal.status, refusal=refusal, unpaid_orders=unpaid)
    if isinstance(refusal, DeliveryNotOffered | PaymentNotOffered):
        how.add_error("delivery" if isinstance(refusal, DeliveryNotOffered) else "payment", refusal.message)
        return _page(request, 1, basket, how, status=refusal.status)
    if isinstance(refusal, ReviewOutdated):
        messages.warning(request, refusal.message)
    return redirect("shop:checkout_review")


def _conflict(request: ShopRequest, problems: Sequence[LineProblem]) -> HttpResponse:
    """What is gone, what is left, and what is like it."""
    lost = [problem for problem in problems if problem.kind not in ("price", "lapsed")]
    context = {"problems": problems, "lost": lost, "basket": _basket(request), "alike": []}
    if lost:
        item = StockItem.objects.select_related("product").get(pk=lost[0].stock_item_id)
        context["alike"] = cards.alike(product=item.product, sizes=[item.size], now=timezone.now())
    return render(request, "shop/conflict.html", context, status=409)


def _page(request: ShopRequest, step: int, basket: Basket, form: Form, status: int = 200) -> HttpResponse:
    template = ("shop/checkout_details.html", "shop/checkout_delivery.html")[step]
    way = form.way if isinstance(form, DeliveryForm) else None
    context = {"form": form, "steps": steps_at(STEPS, step), "aside_lines": basket.lines, **_sums(basket, way)}
    return render(request, template, context, status=status)


def _review_page(
    request: ShopRequest, basket: Basket, who: DetailsForm, how: DeliveryForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    payment = how.cleaned_data["payment"]
    context = {
        "who": request.session[TYPED],
        "how": how,
        "reviewed": _summary(basket.cart, who, how) if basket.cart else "",
        "payment": PaymentMethod(payment).label,
        "country": COUNTRIES.get(how.cleaned_data["country"], ""),
        "held_until": timezone.now() + ShopSettings.current().hold_for(payment),
        "shop": ShopSettings.current(),
        "steps": steps_at(STEPS, 2),
        **_sums(basket, how.chosen_way),
        **more,
    }
    return render(request, "shop/checkout_review.html", context, status=status)


def _basket(request: ShopRequest) -> Basket:
    return baskets.open_basket(visitor=request.visitor, user=user_of(request), now=timezone.now())


def _sums(basket: Basket, way: Way | None) -> dict[str, Any]:
    """The basket with what it comes to (EUR), delivery once that is chosen."""
    fee = way.fee if way else None
    return {"basket": basket, "way": way, "delivery_fee": fee, "total": basket.subtotal + (fee or ZERO)}


def _ways(subtotal: Decimal, now: datetime) -> list[Way]:
    """Every way of delivery that is offered, with its fee for this subtotal (EUR) and its days."""
    return [
        Way(
            method=method,
            fee=method.fee_for(subtotal),
            when=orders.expected(since=now, min_days=method.min_days, max_days=method.max_days),
        )
        for method in DeliveryMethod.objects.filter(is_active=True)
    ]


def _known(request: ShopRequest) -> dict[str, str]:
    """What was typed before, else what a user's address book says."""
    typed: dict[str, str] = request.session.get(TYPED, {})
    user = user_of(request)
    if user is None:
        return typed
    known = {"email": user.email, "name": user.name}
    if address := Address.objects.filter(user=user).first():
        known |= {name: getattr(address, name) for name in ("name", "phone", *ADDRESS)}
    return known | typed


def _keep(request: ShopRequest, form: Form) -> None:
    """Remember the answers that are in order, until the order is placed."""
    request.session[TYPED] = request.session.get(TYPED, {}) | form.cleaned_data


def _answers(request: ShopRequest, subtotal: Decimal, now: datetime) -> tuple[DetailsForm, DeliveryForm]:
    """What was typed, asked again whether it is in order: the shop may have changed since."""
    typed = request.session.get(TYPED, {})
    return DetailsForm(typed), DeliveryForm(typed, ways=_ways(subtotal, now))


def _to_first_open(who: DetailsForm, how: DeliveryForm) -> HttpResponse | None:
    """The way to the first page with a question that has no answer yet, if any."""
    if not who.is_valid():
        return redirect("shop:checkout")
    return None if how.is_valid() else redirect("shop:checkout_delivery")


def _token(request: ShopRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("checkout_token", ""))
    except ValueError:
        return None
