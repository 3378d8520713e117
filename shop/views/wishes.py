"""What people keep and wait for: the wishlist, "tell me when it comes in", and the links of such letters."""

from typing import cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.queries import has_confirmed_email
from core import throttle
from core.errors import DomainError
from core.languages import here, in_english
from inventory.models import Brand, StockItem
from inventory.queries import catalogue
from shop import links
from shop.errors import LinkNotValid
from shop.forms import filters as asking
from shop.forms.wishes import EmailForm, KeepForm, WhatForm, sought_in
from shop.middleware import remember_visitor
from shop.models import SavedSearch, Wishlist
from shop.queries import wishes as kept
from shop.queries.wishes import Sought
from shop.services import carts, searches, wishes
from shop.views.visitor import ShopRequest, user_of

ASKED_AN_HOUR = 20  # letters that one network may have sent to whatever addresses
ASKED = gettext_lazy(
    "If that address is right, a letter is on its way to it. Press the button in it, and we write when something "
    "comes in. Until then nothing else is sent."
)
LISTS = {"shop:list", "shop:category", "shop:brand", "shop:search"}


@require_safe
@never_cache
def show(request: ShopRequest) -> HttpResponse:
    """The pieces somebody keeps, as they are now, and what they wait for."""
    user = user_of(request)
    context = {
        "kept": kept.kept(visitor=request.visitor, user=user, now=timezone.now()),
        "wishlist": kept.wishlist_of(visitor=request.visitor, user=user).first(),
        "searches": kept.searches_of(user) if user else [],
    }
    return render(request, "shop/wishlist.html", context)


@require_POST
def keep(request: ShopRequest) -> HttpResponse:
    """Put a piece on the list or take it off, and go back to where the shopper was."""
    form, visitor = KeepForm(request.POST), request.visitor or carts.new_visitor()
    if not form.is_valid():
        messages.error(request, _("This piece is not in the shop."))
        return _back(request)
    slug, now = form.cleaned_data["slug"], timezone.now()
    if not form.cleaned_data["keep"]:
        wishes.drop(slug=slug, visitor=request.visitor, user=user_of(request), now=now)
        messages.info(request, _("Taken off your wishlist."))
        return _back(request)
    try:
        wishes.keep(slug=slug, visitor=visitor, user=user_of(request), now=now)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _back(request)
    messages.success(request, render_to_string("shop/_kept.html"))
    response = _back(request)
    if user_of(request) is None:
        remember_visitor(response, visitor)
    return response


@require_POST
@login_required
def letters(request: ShopRequest) -> HttpResponse:
    """Write about kept pieces, or do not."""
    wishlist = kept.wishlist_of(visitor="", user=user_of(request)).first()
    if wishlist:
        wishes.choose_letters(wishlist_id=wishlist.pk, are_wanted="on" in request.POST)
    return redirect("shop:wishlist")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def tell_me(request: ShopRequest) -> HttpResponse:
    """Write when something comes in: to whoever is signed in at once, to a guest after a yes from their mailbox."""
    sought = _sought(request.GET)
    if sought is None:
        raise Http404
    user = user_of(request)
    is_known = user is not None and has_confirmed_email(user)
    form = EmailForm(request.POST or None)
    if request.method != "POST" or not (is_known or form.is_valid()):
        status = 422 if request.method == "POST" else 200
        return _tell_me_page(request, sought, form, is_known, status)
    # Its words and its address stand in letters.
    in_words = in_english(_sought)(request.GET) or sought
    try:
        if user is not None and is_known:
            searches.save(sought=in_words, user=user, now=timezone.now())
        elif not throttle.take("tell me", throttle.address_of(request), most=ASKED_AN_HOUR, seconds=3600):
            return render(request, "429.html", status=429)
        else:
            searches.ask(sought=in_words, email=form.cleaned_data["email"], now=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return _tell_me_page(request, sought, EmailForm(), is_known, refusal.status)
    messages.success(request, _("Saved. We write when something comes in, once a day at most.") if is_known else ASKED)
    return HttpResponseRedirect(sought.address)


@require_POST
@login_required
def forget_search(request: ShopRequest, pk: int) -> HttpResponse:
    """Wait for something no longer."""
    search = get_object_or_404(SavedSearch, pk=pk, user=cast(User, request.user))
    searches.stop(search=search)
    messages.info(request, _("Deleted: %(search)s.") % {"search": search.label})
    return redirect("shop:wishlist")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_letters(request: ShopRequest, token: str) -> HttpResponse:
    """Say yes to letters. Scanners open links, so only the button does it."""
    try:
        search = links.opened(token, links.CONFIRM, SavedSearch)
    except LinkNotValid:
        search = None
    if search is None:
        return private(render(request, "shop/letters_gone.html", status=404))
    if request.method == "POST":
        searches.confirm(search=search, now=timezone.now())
        search.refresh_from_db()
    return private(render(request, "shop/letters_confirm.html", {"search": search}))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop_letters(request: ShopRequest, token: str) -> HttpResponse:
    """Stop letters by the link in one of them, without signing in: by a button, or by the mail program's own POST.

    The signed link is the proof; a mail program brings neither cookie nor form token (RFC 8058).
    """
    try:
        row = links.opened(token, links.STOP, SavedSearch, Wishlist)
    except LinkNotValid:
        return private(render(request, "shop/letters_gone.html", status=404))
    if request.method == "POST" and isinstance(row, SavedSearch):
        searches.stop(search=row)
    elif request.method == "POST" and isinstance(row, Wishlist):
        wishes.choose_letters(wishlist_id=row.pk, are_wanted=False)
    is_stopped = request.method == "POST" or row is None or (isinstance(row, Wishlist) and not row.wants_letters)
    label = row.label if isinstance(row, SavedSearch) else _("your wishlist")
    return private(render(request, "shop/letters_stop.html", {"label": label, "is_stopped": is_stopped}))


def _sought(params: QueryDict) -> Sought | None:
    """What an address asks to be told of, if that is anything in the shop."""
    form = WhatForm(params)
    if not form.is_valid():
        return None
    again, like = form.cleaned_data["again"], form.cleaned_data["like"]
    if again or like:
        lots = StockItem.objects.select_related("product__category").filter(product__is_published=True)
        item = lots.filter(pk=again or like).first()
        return None if item is None else kept.same_again(item) if again else kept.one_like_it(item)
    return _sought_in_list(form.cleaned_data["list"])


def _sought_in_list(address: str) -> Sought | None:
    try:
        parts = urlsplit(here(address))
        match = resolve(parts.path)
    except (ValueError, Resolver404):  # "//[" is no address at all
        return None
    if match.view_name not in LISTS:
        return None
    tree = catalogue.category_tree()
    slug = match.kwargs.get("slug", "")
    branch = tree.get(slug) if match.view_name == "shop:category" else None
    brand = Brand.objects.filter(slug=slug).first() if match.view_name == "shop:brand" else None
    if slug and not (branch or brand):
        return None
    asked = asking.read(
        params=QueryDict(parts.query), path=parts.path, tree=tree, branch=branch, brand=brand.slug if brand else ""
    )
    return sought_in(asked=asked, title=branch.name if branch else brand.name if brand else "")


def _tell_me_page(
    request: ShopRequest, sought: Sought, form: EmailForm, is_known: bool, status: int = 200
) -> HttpResponse:
    context = {"sought": sought, "form": form, "is_known": is_known}
    return render(request, "shop/tell_me.html", context, status=status)


def _back(request: ShopRequest) -> HttpResponse:
    target = request.POST.get("next", "")
    # A path, not the name of a page, which `redirect` would look for.
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, None):
        return HttpResponseRedirect(target)
    return redirect("shop:wishlist")


def private(response: HttpResponse) -> HttpResponse:
    """Have nobody keep or list what a link shows."""
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
