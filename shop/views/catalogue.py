"""Looking around: home, lists by category, brand or search, and the page of one piece."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from inventory.models import Brand, Condition, Product
from inventory.queries import catalogue
from inventory.queries.catalogue import Branch
from shop.forms import filters as asking
from shop.models import ShopSettings
from shop.queries import cards, delivery, facets, pieces
from shop.queries.listing import PAGE_SIZE, page_of_products
from shop.views.visitor import ShopRequest

RAIL, NEVER_WORN = 5, 4


@require_safe
def home(request: ShopRequest) -> HttpResponse:
    """Taste and today's stock in one view."""
    now = timezone.now()
    rail = cards.newest(now=now, limit=RAIL)
    new = cards.newest(now=now, limit=NEVER_WORN, condition=Condition.NEW_TAGGED) if rail else []
    return render(request, "shop/home.html", {"rail": rail, "never_worn": new, "new_condition": Condition.NEW_TAGGED})


@require_safe
def everything(request: ShopRequest) -> HttpResponse:
    """The list of all pieces, newest first."""
    return _listing(request, title="New in", crumbs=[])


@require_safe
def category(request: ShopRequest, slug: str) -> HttpResponse:
    """The list of a category with all its branches."""
    branch = catalogue.category_tree().get(slug)
    if branch is None:
        raise Http404
    return _listing(request, title=branch.name, crumbs=_trail(branch)[:-1], scope=slug)


@require_safe
def brand(request: ShopRequest, slug: str) -> HttpResponse:
    """The list of a brand."""
    found = get_object_or_404(Brand, slug=slug)
    return _listing(request, title=found.name, crumbs=[], brand=slug)


@require_safe
def search(request: ShopRequest) -> HttpResponse:
    """The list of what somebody searched for."""
    return _listing(request, title="Search", crumbs=[], is_search=True)


@require_safe
def product(request: ShopRequest, slug: str) -> HttpResponse:
    """The page of one published piece; a sold one stays reachable."""
    try:
        piece = pieces.piece_page(slug=slug, now=timezone.now())
    except Product.DoesNotExist:
        raise Http404 from None
    branch = next((each for each in catalogue.category_tree().values() if each.pk == piece.product.category_id), None)
    crumbs = [_root(), *(_trail(branch) if branch else []), {"name": piece.product.title}]
    promise = delivery.promise(today=timezone.localdate())
    context = {"piece": piece, "crumbs": crumbs, "shop": ShopSettings.current(), "delivery": promise}
    return render(request, "shop/product.html", context)


def _listing(
    request: ShopRequest,
    *,
    title: str,
    crumbs: list[dict[str, str]],
    scope: str = "",
    brand: str = "",
    is_search: bool = False,
) -> HttpResponse:
    """A list with its filters; asked by htmx, only the parts that change."""
    asked = asking.read(params=request.GET, path=request.path, scope=scope, brand=brand)
    counts = facets.counts_for(asked.filters)
    page = _page_number(request)
    products = page_of_products(filters=asked.filters, page=page, total=counts.total, among=asked.choice.total)
    if page > 1 and not products:
        return render(request, "shop/no_such_page.html", {"first_url": asked.address()}, status=404)
    shown = cards.cards_for(products=products[:PAGE_SIZE], now=timezone.now())
    seen = (page - 1) * PAGE_SIZE + len(shown)
    has_more = len(products) > PAGE_SIZE
    # The count may be a minute old; what is on the page is not.
    total = max(counts.total, seen + has_more) if has_more else seen
    context = {
        "asked": asked,
        "title": title,
        "page": page,
        "crumbs": [_root(), *crumbs, {"name": title}],
        "cards": shown,
        "nearest": [] if shown else cards.newest(now=timezone.now(), limit=4),
        "seen": seen,
        "total": total,
        "next_url": asked.address(page=page + 1) if has_more else "",
        "next_count": min(PAGE_SIZE, total - seen),
        "groups": asking.groups(asked=asked, counts=counts),
        "in_stock": counts.in_stock,
        "applied": asking.applied(asked=asked),
        "clear_url": asked.address_without_filters,
        "sorts": [(value, label) for value, label in asking.SORTS.items() if value != "best" or asked.filters.words],
        "chips": _chips(scope) if not (brand or is_search) else [],
        "is_search": is_search,
        "search_query": asked.query,
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    response = render(request, "shop/_swap.html" if is_part else "shop/list.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return push_url(response, asked.address()) if is_part and page == 1 else response


def _page_number(request: ShopRequest) -> int:
    """The page asked for; anything that is no page is the first."""
    typed = request.GET.get("page", "1")
    return max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1


def _root() -> dict[str, str]:
    return {"name": "Shop", "url": reverse("shop:list")}


def _trail(branch: Branch) -> list[dict[str, str]]:
    """The way down to a category."""
    tree = catalogue.category_tree()
    above = _trail(tree[branch.parent]) if branch.parent else []
    return [*above, {"name": branch.name, "url": branch.get_absolute_url()}]


def _chips(scope: str) -> list[dict[str, object]]:
    """Where one can go from this list, itself marked."""
    tree = catalogue.category_tree()
    here = tree.get(scope)
    top = here if here is None or here.children or not here.parent else tree[here.parent]
    whole = (f"All {top.name.lower()}", top.get_absolute_url()) if top else ("Everything", reverse("shop:list"))
    chips: list[dict[str, object]] = [{"name": whole[0], "url": whole[1], "is_current": top is here}]
    for slug in asking.branches(top.slug if top else ""):
        chips.append({"name": tree[slug].name, "url": tree[slug].get_absolute_url(), "is_current": slug == scope})
    return chips if len(chips) > 1 else []
