"""Looking around: home, lists by category, brand or search, and the page of one piece."""

from dataclasses import asdict, replace
from datetime import timedelta

from django.db import Error as DatabaseFailure
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from core import throttle
from core.languages import Words
from core.memory import remembered
from inventory.models import Brand, Category, Condition, Product
from inventory.queries import catalogue
from inventory.queries.addresses import led_to
from inventory.queries.catalogue import Branch
from shop import links
from shop.forms import filters as asking
from shop.forms.filters import Asked
from shop.models import ShopSettings
from shop.queries import cards, delivery, facets, heads, line, pieces
from shop.queries.cards import Card
from shop.queries.listing import PAGE_SIZE, nearest, page_of_products
from shop.queries.suggestions import suggestions_for
from shop.views.visitor import ShopRequest, tell, user_of

SOLD_PAGE_STAYS = timedelta(days=365)
RAIL, NEVER_WORN, NEAREST, LOST = 5, 4, 4, 4
SUGGESTIONS_SECONDS = LOST_SECONDS = 60
# A script that waits for a pause of 150 ms cannot ask more often than this; a whole office behind one address may.
SUGGESTED_AT_ONCE, AT_ONCE_SECONDS = 80, 10


@require_safe
def home(request: ShopRequest) -> HttpResponse:
    """Taste and today's stock in one view."""
    now = timezone.now()
    rail, new = cards.newest_rows(now=now, rows=[(RAIL, ""), (NEVER_WORN, Condition.NEW_TAGGED)])
    context = {"rail": rail, "never_worn": new, "new_condition": Condition.NEW_TAGGED}
    head = heads.of_home(picture=rail[0].picture if rail else None)
    return render(request, "shop/home.html", context | {"head": head})


@require_safe
def everything(request: ShopRequest) -> HttpResponse:
    """The list of all pieces, newest first."""
    return _listing(request, title=gettext_lazy("New in"), tree=catalogue.category_tree())


@require_safe
def category(request: ShopRequest, slug: str) -> HttpResponse:
    """The list of a category with all its branches."""
    tree = catalogue.category_tree()
    if slug not in tree:
        return _moved(request, Category, slug)
    return _listing(request, title=tree[slug].name, tree=tree, branch=tree[slug])


@require_safe
def brand(request: ShopRequest, slug: str) -> HttpResponse:
    """The list of a brand."""
    found = Brand.objects.filter(slug=slug).first()
    if found is None:
        return _moved(request, Brand, slug)
    return _listing(request, title=found.name, tree=catalogue.category_tree(), brand=slug)


@require_safe
def search(request: ShopRequest) -> HttpResponse:
    """The list of what somebody searched for."""
    return _listing(request, title=gettext_lazy("Search"), tree=catalogue.category_tree(), is_search=True)


@require_safe
def suggest(request: ShopRequest) -> JsonResponse:
    """Suggestions for what is typed into the search field, the same for everybody; none for who asks too often."""
    asks, headers = throttle.address_of(request), {"X-Robots-Tag": "noindex"}
    if not throttle.take("suggest", asks, most=SUGGESTED_AT_ONCE, seconds=AT_ONCE_SECONDS, kept_in="moments"):
        headers |= {"Retry-After": f"{AT_ONCE_SECONDS}", "Cache-Control": "no-store"}
        return JsonResponse({"suggestions": []}, status=429, headers=headers)
    found = suggestions_for(request.GET.get("q", ""))
    headers |= {"Cache-Control": f"public, max-age={SUGGESTIONS_SECONDS}"}
    return JsonResponse({"suggestions": [asdict(suggestion) for suggestion in found]}, headers=headers)


@require_safe
def product(request: ShopRequest, slug: str) -> HttpResponse:
    """The page of one published piece; a sold one stays reachable for a year, then its category takes its place."""
    now = timezone.now()
    try:
        piece = pieces.piece_page(slug=slug, visitor=request.visitor, user=user_of(request), now=now)
    except Product.DoesNotExist:
        return _moved(request, Product, slug)
    tree = catalogue.category_tree()
    branch = next((each for each in tree.values() if each.pk == piece.product.category_id), None)
    if branch and piece.card.sold_at and piece.card.sold_at < now - SOLD_PAGE_STAYS:
        return redirect(branch, permanent=True)
    crumbs: list[dict[str, Words]] = [_root(), *_trail(tree, branch), {"name": piece.product.title}]
    promise = delivery.promise(today=timezone.localdate())
    tell(request, "product_view", product_id=piece.product.pk)
    context = {"piece": piece, "crumbs": crumbs, "shop": ShopSettings.current(), "delivery": promise}
    context |= {"department": branch.get_absolute_url() if branch else ""}
    if (
        piece.state == "reserved"
        and piece.item
        and (place := line.place_of(user=user_of(request), stock_item_id=piece.item.pk))
    ):
        context |= {"place_url": links.path_of(place, links.PLACE), "position": line.position(place)}
    return render(request, "shop/product.html", context | {"head": heads.of_piece(piece=piece, crumbs=crumbs)})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that is not here: the search, and what came in last; without either while the database is away.

    Most who ask for such a page are programs that try addresses out: what they see is remembered for a minute.
    """
    try:
        newest = remembered(key=f"lost-{translation.get_language()}", make=_newest_to_look_at, seconds=LOST_SECONDS)
        return render(request, "404.html", {"newest": newest, "here": reverse("shop:home")}, status=404)
    except DatabaseFailure:
        return HttpResponseNotFound(render_to_string("404_plain.html"))


def _newest_to_look_at() -> list[Card]:
    """Without buttons: whoever presses them a minute later should have seen the piece as it is."""
    return [replace(card, add_item_id=None) for card in cards.newest(now=timezone.now(), limit=LOST)]


def _moved(request: ShopRequest, model: type[Product | Category | Brand], slug: str) -> HttpResponse:
    """Lead to where this lives, if it is only asked for by a former slug or in other letters."""
    path = led_to(model, slug)
    # The tree is remembered for some seconds: a new slug may be live before it is known there.
    if path in ("", request.path):
        raise Http404
    return redirect(f"{path}?{request.GET.urlencode()}" if request.GET else path, permanent=True)


def _listing(
    request: ShopRequest,
    *,
    title: Words,
    tree: dict[str, Branch],
    branch: Branch | None = None,
    brand: str = "",
    is_search: bool = False,
) -> HttpResponse:
    """A list with its filters; asked by htmx, only the parts that change."""
    asked = asking.read(params=request.GET, path=request.path, tree=tree, branch=branch, brand=brand)
    counts = facets.counts_for(asked.filters)
    page = _page_number(request)
    products = []
    # A search for no word at all, such as an empty one or a smile, is not a search for everything.
    if asked.filters.words or not is_search:
        products = page_of_products(filters=asked.filters, page=page, total=counts.total, among=asked.choice.total)
    if page > 1 and not products:
        return render(request, "shop/no_such_page.html", {"first_url": asked.address()}, status=404)
    shown = cards.cards_for(products=products[:PAGE_SIZE], now=timezone.now())
    seen = (page - 1) * PAGE_SIZE + len(shown)
    has_more = len(products) > PAGE_SIZE
    # The count may be a minute old; what is on the page is not.
    total = max(counts.total, seen + has_more) if has_more else seen
    if page == 1 and asked.query:
        tell(request, "search", term=asked.query, quantity=total)
    elif page == 1 and request.GET:
        tell(request, "filter_used")
    crumbs = [_root(), *_trail(tree, branch)[:-1], {"name": title}]
    path = asked.address_to_find if total and not is_search else ""
    if path and page > 1:
        path += f"{'&' if '?' in path else '?'}page={page}"
    head = heads.of_list(
        title=f"“{asked.query}”" if is_search and asked.query else asked.name or str(title),
        total=total,
        page=page,
        path=path,
        crumbs=crumbs,
        picture=shown[0].picture if shown else None,
        feed=reverse("machines:category_rss", args=[branch.slug]) if branch else reverse("machines:arrivals_rss"),
    )
    context = {
        "asked": asked,
        "title": title,
        "head": head,
        "page": page,
        "crumbs": crumbs,
        "cards": shown,
        "nearest": [] if shown else _nearest(asked),
        "seen": seen,
        "total": total,
        "are_mostly_one_offs": counts.one_offs * 2 > counts.total,
        "next_url": asked.address(page=page + 1) if has_more else "",
        "next_count": min(PAGE_SIZE, total - seen),
        "groups": asking.groups(asked=asked, counts=counts),
        "in_stock": counts.in_stock,
        "applied": asking.applied(asked=asked),
        "clear_url": asked.address_without_filters,
        "sorts": [(value, label) for value, label in asking.SORTS.items() if value != "best" or asked.filters.words],
        "chips": _chips(tree, branch) if not (brand or is_search) else [],
        "is_search": is_search,
        "search_query": asked.query,
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    response = render(request, "shop/_swap.html" if is_part else "shop/list.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return push_url(response, asked.address()) if is_part and page == 1 else response


def _nearest(asked: Asked) -> list[Card]:
    """What to show in place of nothing: pieces that come near to it, else the newest."""
    now = timezone.now()
    near = nearest(filters=asked.filters, limit=NEAREST)
    return cards.cards_for(products=near, now=now) if near else cards.newest(now=now, limit=NEAREST)


def _page_number(request: ShopRequest) -> int:
    """The page asked for; anything that is no page is the first."""
    typed = request.GET.get("page", "1")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def _root() -> dict[str, Words]:
    return {"name": gettext_lazy("Shop"), "url": reverse("shop:list")}


def _trail(tree: dict[str, Branch], branch: Branch | None) -> list[dict[str, Words]]:
    """The way down to a category."""
    if branch is None:
        return []
    return [*_trail(tree, tree.get(branch.parent)), {"name": branch.name, "url": branch.get_absolute_url()}]


def _chips(tree: dict[str, Branch], here: Branch | None) -> list[dict[str, object]]:
    """Where one can go from this list, itself marked; from the tip of a branch, to its neighbours."""
    top = tree.get(here.parent) if here and not here.children else here
    chips: list[dict[str, object]] = [
        {
            "name": _("All %(category)s") % {"category": top.name.lower()},
            "url": top.get_absolute_url(),
            "is_current": top is here,
        }
        if top
        else {"name": _("Everything"), "url": reverse("shop:list"), "is_current": here is None}
    ]
    for each in asking.branches(tree, top):
        chips.append({"name": each.name, "url": each.get_absolute_url(), "is_current": each is here})
    return chips if len(chips) > 1 else []
