"""What the head of a page tells search engines and whoever shares it: title, address, picture, facts as JSON-LD."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.contrib.humanize.templatetags.humanize import intcomma
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.heads import DESCRIPTION_LENGTH, TITLE_LENGTH, Facts, Head, cut, title_of
from core.languages import Words, english_path, in_english
from core.markup import whole_address
from core.models import SiteSettings
from core.money import format_eur
from inventory.models import Condition
from inventory.pictures import Picture
from inventory.queries.catalogue import Lot
from shop.models import DeliveryMethod, ShopSettings
from shop.queries import delivery
from shop.queries.cards import sizes_named
from shop.queries.pieces import Piece

IN_STOCK, LAST_ONES, OUT, SOLD = ("InStock", "LimitedAvailability", "OutOfStock", "SoldOut")
Crumbs = Sequence[Mapping[str, Words]]


def of_home(*, picture: Picture | None) -> Head:
    """Who we are, and that we can be searched."""
    return Head(
        cut(_("%(shop)s: streetwear, new and pre-owned") % {"shop": SiteSettings.current().name}, TITLE_LENGTH),
        cut(SiteSettings.current().introduction, DESCRIPTION_LENGTH),
        reverse("shop:home"),
        picture=picture,
        facts=_shop(),
        feed=reverse("machines:arrivals_rss"),
    )


@in_english
def _shop() -> list[Facts]:
    site = SiteSettings.current()
    organisation: Facts = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": whole_address("/#shop"),
        "name": site.name,
        "legalName": site.legal_name,
        "url": whole_address("/"),
        "logo": whole_address(static("icon.svg")),
        "email": site.contact_email,
        "telephone": site.contact_phone,
        "address": " ".join(site.address.split()),
    }
    searching = f"{whole_address(reverse('shop:search'))}?q={{search_term_string}}"
    website: Facts = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": site.name,
        "url": whole_address("/"),
        "publisher": {"@id": whole_address("/#shop")},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": searching},
            "query-input": "required name=search_term_string",
        },
    }
    return [_said(organisation), website]


def of_list(
    *, title: str, total: int, page: int, path: str, crumbs: Crumbs, picture: Picture | None, feed: str
) -> Head:
    """A list of so many pieces; without a `path` it is for people only."""
    about = ngettext(
        "%(title)s: %(count)s piece, new and pre-owned. Each one checked and measured by hand.",
        "%(title)s: %(count)s pieces, new and pre-owned. Each one checked and measured by hand.",
        total,
    ) % {"title": title, "count": intcomma(total)}
    return Head(
        title_of(
            title, _("page %(number)s") % {"number": page} if page > 1 else _("new and pre-owned") if path else ""
        ),
        cut(about, DESCRIPTION_LENGTH),
        path,
        picture=picture,
        facts=[_trail(crumbs, path)] if path else [],
        feed=feed,
    )


def of_piece(*, piece: Piece, crumbs: Crumbs) -> Head:
    """A piece with what it costs, in which state it is, and how it gets to people."""
    product, card = piece.product, piece.card
    brand = product.brand.name if product.brand else ""
    name = product.title if product.title.lower().startswith(brand.lower()) else f"{brand} {product.title}"
    colour = "" if product.colour.lower() in product.title.lower() else product.colour.lower()
    price = f", {format_eur(card.price)}" if card.price is not None else ""
    return Head(
        title_of(name, colour, piece.size if piece.item else ""),
        cut(f"{card.meta}{price}. {piece.stock}. {product.description}", DESCRIPTION_LENGTH),
        card.url,
        kind="product",
        picture=piece.photos[0].picture if piece.photos else None,
        price=card.price if piece.can_be_added else None,
        facts=[_product(piece), _trail(crumbs, card.url)],
    )


@in_english
def _product(piece: Piece) -> Facts:
    product = piece.product
    return _said(
        {
            "@context": "https://schema.org",
            "@type": "Product",
            "name": product.title,
            "url": whole_address(english_path(piece.card.url)),
            "brand": {"@type": "Brand", "name": product.brand.name} if product.brand else "",
            "sku": piece.item.sku if piece.item else "",
            "image": [whole_address(photo.large_url) for photo in piece.photos],
            "description": product.description,
            "size": sizes_named(lot.item for lot in [lot for lot in piece.lots if lot.free > 0] or piece.lots),
            "color": product.colour,
            "itemCondition": _condition(piece.item.condition) if piece.item else "",
            "offers": [_offer(piece, lot) for lot in piece.lots if lot.item.price is not None],
        }
    )


def _offer(piece: Piece, lot: Lot) -> Facts:
    return _said(
        {
            "@type": "Offer",
            "url": whole_address(english_path(piece.card.url)),
            "sku": lot.item.sku,
            "price": str(lot.item.price),
            "priceCurrency": "EUR",
            "itemCondition": _condition(lot.item.condition),
            "availability": f"https://schema.org/{_availability(lot)}",
            "seller": {"@type": "Organization", "name": SiteSettings.current().name},
            "shippingDetails": [_shipping(method, lot.item.price or Decimal()) for method in delivery.deliveries()],
            "hasMerchantReturnPolicy": _returns(),
        }
    )


def _availability(lot: Lot) -> str:
    if lot.free > 0:
        return LAST_ONES if lot.free == 1 and lot.item.taken_in > 1 else IN_STOCK
    # Promised copies may come back while their moment has not come.
    return SOLD if lot.item.taken_in and not lot.back_at else OUT


def _condition(code: str) -> str:
    return f"https://schema.org/{'New' if code == Condition.NEW_TAGGED else 'Used'}Condition"


def _shipping(method: DeliveryMethod, price: Decimal) -> Facts:
    days = {"@type": "QuantitativeValue", "unitCode": "DAY", "minValue": method.min_days, "maxValue": method.max_days}
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {
            "@type": "MonetaryAmount",
            "value": str(method.fee_for(price)),
            "currency": "EUR",
        },
        "shippingDestination": [{"@type": "DefinedRegion", "addressCountry": each} for each in method.countries],
        "deliveryTime": {"@type": "ShippingDeliveryTime", "transitTime": days},
    }


def _returns() -> Facts:
    countries = {country for method in delivery.deliveries() for country in method.countries}
    return _said(
        {
            "@type": "MerchantReturnPolicy",
            "applicableCountry": sorted(countries),
            "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": ShopSettings.current().return_days,
            "returnMethod": "https://schema.org/ReturnByMail",
        }
    )


@in_english
def _trail(crumbs: Crumbs, path: str) -> Facts:
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": str(crumb["name"]),
                "item": whole_address(english_path(str(crumb.get("url", path)))),
            }
            for place, crumb in enumerate(crumbs, start=1)
        ],
    }


def _said(facts: Facts) -> Facts:
    """Only what there is something to say about."""
    return {name: value for name, value in facts.items() if value not in ("", [], None)}
