"""The map for search engines: an index of small maps, each of one kind of page."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from core.languages import versions_of
from core.markup import whole_address
from inventory.models import PriceChange, Product, StockItem
from inventory.queries import catalogue
from shop.models import ContentPage
from shop.queries import facets
from shop.queries.listing import Filters

SOLD_STAYS = timedelta(days=90)
HOUR = 3600


class Map(Sitemap):
    """Some pages, a thousand to a file; their addresses begin as the settings say."""

    limit = 1000
    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_urls(self, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """Each page with its versions. Django's own way of this would read all pages to count them."""
        urls = super().get_urls(*args, **kwargs)
        for url in urls:
            versions = versions_of(url["location"].removeprefix(settings.SITE_URL))
            url["versions"] = [each._replace(path=whole_address(each.path)) for each in versions]
        return urls


class Pieces(Map):
    """What can be had, may come back, or was sold not long ago; in the order it was made."""

    def items(self) -> QuerySet[Product]:
        recent = Q(sold_out_at__gte=timezone.now() - SOLD_STAYS)
        lots = StockItem.objects.filter(product=OuterRef("pk")).order_by()
        prices = PriceChange.objects.filter(stock_item__product=OuterRef("pk")).order_by("-made_at").values("made_at")
        sales = lots.values("product").annotate(last=Max("sold_out_at")).values("last")
        shown = Product.objects.filter(Exists(lots.filter(catalogue.IN_SHOP | recent)), is_published=True)
        dated = shown.annotate(priced_at=Subquery(prices[:1]), sold_at=Subquery(sales))
        return dated.only("slug", "listed_at").prefetch_related("photos").order_by("pk")

    def lastmod(self, product: Product) -> datetime:
        """When it was last seen to change: it came, got another price, or was sold."""
        moments = [product.listed_at, getattr(product, "priced_at", None), getattr(product, "sold_at", None)]
        return max(moment for moment in moments if moment)


class Addresses(Map):
    """Pages known by their addresses alone."""

    def location(self, item: str) -> str:
        return item


class Categories(Addresses):
    """Categories with something in them."""

    def items(self) -> list[str]:
        counts = facets.counts_for(Filters()).categories
        return [branch.get_absolute_url() for slug, branch in catalogue.category_tree().items() if counts.get(slug)]


class Brands(Addresses):
    """Brands of which there is something."""

    def items(self) -> list[str]:
        return [reverse("shop:brand", args=[slug]) for slug in facets.counts_for(Filters()).brands]


class Pages(Addresses):
    """What every shop has."""

    def items(self) -> list[str]:
        return [reverse(name) for name in ("shop:home", "shop:list", "offers:gate")]


class Texts(Map):
    """Pages of words."""

    def items(self) -> QuerySet[ContentPage]:
        return ContentPage.objects.filter(is_published=True).order_by("pk")

    def lastmod(self, page: ContentPage) -> datetime:
        return page.updated_at


KINDS: dict[str, type[Map]] = {
    "texts": Texts,
    "pages": Pages,
    "categories": Categories,
    "brands": Brands,
    "pieces": Pieces,
}


@require_safe
@cache_control(public=True, max_age=HOUR)
@views.x_robots_tag
def index(request: HttpRequest) -> HttpResponse:
    """Where the maps are. It counts pages and reads none of them."""
    found = []
    for section, kind in KINDS.items():
        address = whole_address(reverse("machines:sitemap_of", args=[section]))
        pages: Sequence[int] = kind().paginator.page_range
        found += [views.SitemapIndexItem(f"{address}?p={page}" if page > 1 else address) for page in pages]
    return render(request, "sitemap_index.xml", {"sitemaps": found}, content_type="application/xml")


@require_safe
@cache_control(public=True, max_age=HOUR)
def one(request: HttpRequest, section: str) -> HttpResponse:
    """One map, or a page of it."""
    return views.sitemap(request, {**KINDS}, section, template_name="shop/sitemap.xml")
