"""Offers on pieces: made, looked at, answered by their shopper."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.audit import Actor
from core.errors import DomainError
from inventory.models import Product
from inventory.queries.addresses import row_led_to
from offers.forms.bids import OfferForm
from offers.models import ProductOffer
from offers.queries import bids
from offers.services import bidding
from offers.views.access import user_of

# An offer that was typed before signing in, in the session.
TYPED = "offer"
ENDED_A_PAGE = 20
# The refusal where there is no price that the piece could be bought at.
NOT_NOW = gettext_lazy("We cannot take this offer right now. You can offer again later.")
ANSWERS = {
    "withdraw": (bidding.withdraw, gettext_lazy("You took your offer back.")),
    "accept": (bidding.accept_counter, gettext_lazy("It is held for you.")),
    "refuse": (
        bidding.refuse_counter,
        gettext_lazy("You said no. You can make another offer while the piece is here."),
    ),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def make_offer(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer a price for a piece; who has not signed in does so before it is sent, and finds what they typed."""
    user = user_of(request)
    try:
        page = bids.offer_page(slug=slug, user=user, now=timezone.now())
    except Product.DoesNotExist:
        return _moved(request, slug)
    if request.method != "POST":
        if page.live:
            return redirect("offers:offer", page.live.number)
        return _form_page(request, page, OfferForm(lots=page.lots, initial=_typed(request, slug)))
    form = OfferForm(request.POST, lots=page.lots)
    if not form.is_valid():
        return _form_page(request, page, form, status=422)
    if user is None:
        request.session[TYPED] = {"slug": slug} | {name: form[name].value() for name in form.fields}
        messages.info(request, _("Sign in to send your offer. What you typed is kept."))
        return redirect_to_login(request.path)
    return _send(request, page, form, user)


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the same page of a piece that has another address by now; what was typed goes along."""
    piece = row_led_to(Product, slug)
    if piece is None or piece.slug == slug:
        raise Http404
    return redirect("offers:make_offer", piece.slug, permanent=True, preserve_request=request.method == "POST")


def _send(request: HttpRequest, page: bids.OfferPage, form: OfferForm, user: User) -> HttpResponse:
    try:
        offer = bidding.propose(
            shopper=user,
            stock_item_id=form.chosen_item,
            amount=form.cleaned_data["amount"],
            note=form.cleaned_data["note"],
            actor=_actor(user),
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error("amount", refusal.message if page.price is not None else NOT_NOW)
        return _form_page(request, page, form, status=refusal.status)
    request.session.pop(TYPED, None)
    return redirect("offers:offer", offer.number)


@require_safe
@never_cache
@login_required
def show(request: HttpRequest, number: str) -> HttpResponse:
    """One offer as it is now."""
    return _offer_page(request, _own(request, number))


@require_POST
@never_cache
@login_required
def answer(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Withdraw an offer, or say yes or no to a price of ours."""
    offer, user = _own(request, number), cast(User, request.user)
    if step not in ANSWERS:
        raise Http404
    act, told = ANSWERS[step]
    try:
        act(offer_id=offer.pk, shopper=user, actor=_actor(user), now=timezone.now())
    except DomainError as refusal:
        return _offer_page(request, _own(request, number), status=refusal.status, refusal=refusal)
    messages.success(request, told)
    return redirect("offers:offer", number)


@require_safe
@never_cache
@login_required
def my_offers(request: HttpRequest) -> HttpResponse:
    """The offers of a shopper: what waits for somebody, then what is over."""
    user, now = cast(User, request.user), timezone.now()
    page = Paginator(bids.ended_offers_of(user), ENDED_A_PAGE).get_page(request.GET.get("page"))
    going = list(bids.open_offers_of(user))
    rows = bids.shown([*going, *page], now)
    context = {
        "going": [row for row in rows if row.state != "over"],
        "over": [row for row in rows if row.state == "over"],
        "page": page,
    }
    return render(request, "offers/bids/my_offers.html", context)


def _own(request: HttpRequest, number: str) -> ProductOffer:
    """The offer, if it is theirs; nobody learns whether it is somebody else's."""
    related = ProductOffer.objects.select_related("stock_item__product__brand", "reservation__successor", "answers")
    return get_object_or_404(related, number=number, shopper=cast(User, request.user))


def _offer_page(request: HttpRequest, offer: ProductOffer, status: int = 200, **more: Any) -> HttpResponse:
    (row,) = bids.shown([offer], timezone.now())
    return render(
        request,
        "offers/bids/offer.html",
        {"row": row, "here": reverse("offers:offer", args=[offer.number]), **more},
        status=status,
    )


def _form_page(request: HttpRequest, page: bids.OfferPage, form: OfferForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "page": page, "is_signed_in": user_of(request) is not None}
    return render(request, "offers/bids/make_offer.html", context, status=status)


def _typed(request: HttpRequest, slug: str) -> dict[str, str]:
    """What was typed for this piece before signing in."""
    typed: dict[str, str] = request.session.get(TYPED, {})
    return typed if typed.get("slug") == slug else {}


def _actor(user: User) -> Actor:
    return Actor(f"user {user.pk}", "web")
