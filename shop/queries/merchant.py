"""What can be bought at once, lot by lot, as the catalogue of a marketplace wants to know it."""

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Max, QuerySet
from django.urls import reverse

from core.markup import whole_address
from core.models import SiteSettings
from inventory.models import Category, Condition, Photo, PriceChange, Product, StockItem, StockMove
from inventory.queries import catalogue
from inventory.rules.sizes import ONE_SIZE
from shop.queries import delivery
from shop.queries.cards import size_words

CHUNK = 500
MAX_PHOTOS = 11
TITLE, DESCRIPTION = 150, 5000
# Each a name with its words, or with the names and words inside it.
Entry = list[tuple[str, "str | Entry"]]


def entries() -> Iterator[Entry]:
    """One entry for each priced lot on the shelf that has a photo, by stock number; a chunk at a time in memory."""
    branches, shipping = _branches(), _shipping()
    last = 0
    while chunk := list(_lots().filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        photos = _pictures({lot.product_id for lot in chunk})
        for lot in chunk:
            if pictures := photos.get(lot.product_id):
                yield [*_entry(lot, pictures), *branches[lot.product.category_id], *shipping]


def version(*, now: datetime) -> str:
    """A name for what `entries` says now; words that were edited by hand change it within the hour."""
    latest = [
        StockMove.objects.aggregate(last=Max("pk")),
        PriceChange.objects.aggregate(last=Max("pk")),
        Photo.objects.aggregate(last=Max("pk")),
        Product.objects.filter(is_published=True).count(),
        [(method.name, method.fee, method.countries) for method in delivery.deliveries()],
        SiteSettings.current().name,
        f"{now:%Y-%m-%d %H}",
    ]
    return hashlib.sha256(repr(latest).encode()).hexdigest()[:32]


def _lots() -> QuerySet[StockItem]:
    in_shop = StockItem.objects.filter(catalogue.ON_SHELF, product__is_published=True, price__isnull=False)
    return in_shop.select_related("product__brand").order_by("pk")


def _pictures(product_ids: Collection[int]) -> dict[int, list[str]]:
    """The addresses of these products' photos in their order, in one query.

    A photo holds its file and the file its photo: such rings stay in memory until the collector of garbage comes, which
    in a large process is after hundreds of megabytes.
    """
    found: dict[int, list[str]] = {}
    storage = Photo._meta.get_field("image").storage
    for product_id, image in Photo.objects.filter(product__in=product_ids).values_list("product_id", "image"):
        found.setdefault(product_id, []).append(whole_address(storage.url(image)))
    return found


def _entry(lot: StockItem, pictures: list[str]) -> Entry:
    product = lot.product
    brand = product.brand.name if product.brand else ""
    label, meaning = catalogue.condition_words()[lot.condition]
    is_new = lot.condition == Condition.NEW_TAGGED
    prices: Entry = [("price", _eur(lot.was_price or lot.price))]
    if lot.was_price:
        prices.append(("sale_price", _eur(lot.price)))
    return [
        ("id", lot.sku),
        ("item_group_id", f"piece-{product.pk}"),
        ("title", f"{brand} {product.title}".strip()[:TITLE]),
        ("description", f"{label}: {meaning} {product.description}".strip()[:DESCRIPTION]),
        ("link", whole_address(reverse("shop:product", args=[product.slug]))),
        ("image_link", pictures[0]),
        *(("additional_image_link", address) for address in pictures[1:MAX_PHOTOS]),
        ("availability", "in_stock"),
        *prices,
        ("condition", "new" if is_new else "used"),
        *((("brand", brand),) if brand else ()),
        ("identifier_exists", "no"),
        ("size", "One size" if lot.size == ONE_SIZE else size_words(lot)),
        *((("color", product.colour),) if product.colour else ()),
    ]


def _branches() -> dict[int, Entry]:
    """What an entry says of its category, by the category's key."""
    known = {category.pk: category for category in Category.objects.all()}
    found: dict[int, Entry] = {}
    for pk in known:
        way = [known[pk]]
        while way[-1].parent_id:
            way.append(known[way[-1].parent_id])
        mapped = next((each.merchant_category for each in way if each.merchant_category), "")
        found[pk] = [("product_type", " > ".join(each.name for each in reversed(way)))]
        if mapped:
            found[pk].append(("google_product_category", mapped))
    return found


def _shipping() -> Entry:
    """Each way of delivery to each country; what is free from a sum on counts as if it were not."""
    return [
        ("shipping", [("country", country), ("service", method.name), ("price", _eur(method.fee))])
        for method in delivery.deliveries()
        for country in method.countries
    ]


def _eur(amount: Decimal | None) -> str:
    return f"{amount:.2f} EUR"
