"""The shop for machines: new arrivals as RSS and Atom, the catalogue for marketplaces, what crawlers may look at."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import format_html, format_html_join
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, conditional_page, require_safe

from core.languages import in_language
from core.markup import whole_address, xml_signs, xml_text
from core.models import SiteSettings
from core.money import format_eur
from inventory.models import Product
from inventory.queries import catalogue
from inventory.queries.catalogue import Branch
from shop.queries import cards, merchant
from shop.queries.cards import Card
from shop.queries.listing import Filters, page_of_products

LATEST = 24
Arrival = tuple[Product, Card]

for_a_while = cache_control(public=True, max_age=900)


class Arrivals(Feed):
    """What came in last and can be had, in the whole shop or in one category."""

    feed_type: type[SyndicationFeed] = Rss201rev2Feed
    name = "rss"

    @method_decorator([require_safe, conditional_page, for_a_while])
    def __call__(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return super().__call__(request, *args, **kwargs)

    def get_object(self, request: HttpRequest, slug: str = "") -> Branch | None:
        if not slug:
            return None
        try:
            return catalogue.category_tree()[slug]
        except KeyError:
            raise Http404 from None

    def title(self, branch: Branch | None) -> str:
        return xml_signs(f"{branch.name if branch else 'New in'} | {SiteSettings.current().name}")

    def description(self) -> str:
        return xml_signs(SiteSettings.current().introduction)

    def link(self, branch: Branch | None) -> str:
        return whole_address(branch.get_absolute_url() if branch else reverse("shop:list"))

    def feed_url(self, branch: Branch | None) -> str:
        name = "category" if branch else "arrivals"
        return whole_address(reverse(f"machines:{name}_{self.name}", args=[branch.slug] if branch else []))

    def items(self, branch: Branch | None) -> list[Arrival]:
        asked = Filters(scope=branch.pks if branch else (), in_stock=True)
        products = page_of_products(filters=asked, page=1, total=1, among=1)[:LATEST]
        return list(zip(products, cards.cards_for(products=products, now=timezone.now()), strict=True))

    def item_title(self, arrival: Arrival) -> str:
        card = arrival[1]
        return xml_signs(f"{card.brand} {card.title}".strip())

    def item_description(self, arrival: Arrival) -> str:
        product, card = arrival
        price = f", {format_eur(card.price)}" if card.price is not None else ""
        picture = [(whole_address(card.picture.src),)] if card.picture else []
        return xml_signs(
            format_html(
                "{}<p>{}{}</p><p>{}</p>",
                format_html_join("", '<p><img src="{}" alt=""></p>', picture),
                card.meta,
                price,
                product.description,
            )
        )

    def item_link(self, arrival: Arrival) -> str:
        return whole_address(arrival[1].url)

    def item_pubdate(self, arrival: Arrival) -> object:
        return arrival[0].listed_at


class AtomArrivals(Arrivals):
    """The same as Atom."""

    feed_type = Atom1Feed
    name = "atom"
    subtitle = Arrivals.description


def _version(request: HttpRequest) -> str:
    return f'"{merchant.version(now=timezone.now())}"'


@require_safe
@for_a_while
@condition(etag_func=_version)
def products(request: HttpRequest) -> HttpResponseBase:
    """Every lot that can be bought at once, for Google Merchant Center and whoever reads the same."""
    return StreamingHttpResponse(_merchant_feed(), content_type="application/xml; charset=utf-8")


def _merchant_feed() -> Iterator[str]:
    site = SiteSettings.current()
    yield '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>'
    yield f"<title>{xml_text(site.name)}</title><link>{xml_text(whole_address('/'))}</link>"
    yield f"<description>{xml_text(site.introduction)}</description>\n"
    for entry in merchant.entries():
        yield f"<item>{_elements(entry)}</item>\n"
    yield "</channel></rss>\n"


def _elements(entry: merchant.Entry) -> str:
    return "".join(
        f"<g:{name}>{xml_text(said) if isinstance(said, str) else _elements(said)}</g:{name}>" for name, said in entry
    )


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may look at, and where the map is."""
    private = [reverse(name) for name in ("admin:index", "shop:account", "shop:basket", "shop:checkout", "shop:search")]
    private += ["/accounts/", "/orders/", "/staff/", "/sell/", "/pieces/*/offer/"]
    pages = [in_language(path, code) for code, _ in settings.LANGUAGES for path in private]
    opened = [f"{in_language(reverse('offers:gate'), code)}$" for code, _ in settings.LANGUAGES]
    context = {"private": pages, "opened": opened, "map": whole_address(reverse("machines:sitemap"))}
    return render(request, "shop/robots.txt", context, content_type="text/plain; charset=utf-8")
