"""Products as cards: everything a template needs to show one in a grid, decided here."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.money import format_eur
from inventory.models import Photo, Product, StockItem
from inventory.pictures import Picture, picture_of
from inventory.queries import catalogue
from inventory.queries.catalogue import Lot
from inventory.rules.sizes import ONE_SIZE
from shop.models import ShopSettings

# More sizes than this are named by the first and the last.
MAX_SIZES_NAMED = 4


@dataclass(frozen=True)
class Tag:
    """One word on the picture."""

    label: str
    kind: str = ""


@dataclass(frozen=True)
class Card:
    """A product in a grid. `state` is "", "reserved", "sold" or "awaited"; one press can add `add_item_id`."""

    url: str
    slug: str
    category_id: int
    brand: str
    title: str
    meta: str
    price: Decimal | None
    was_price: Decimal | None
    state: str
    tag: Tag | None
    picture: Picture | None
    back_at: datetime | None = None
    sold_at: datetime | None = None
    add_item_id: int | None = None
    has_choice: bool = False


def newest(*, now: datetime, limit: int) -> list[Card]:
    """What came in last and can be had."""
    return newest_rows(now=now, rows=[(limit, "")])[0]


def newest_rows(*, now: datetime, rows: Sequence[tuple[int, str]]) -> list[list[Card]]:
    """Rows of what came in last, each of so many and of one grade (any for ""); all their cards in two queries."""
    found = [list(_newest_products(condition)[:limit]) for limit, condition in rows]
    cards = iter(cards_for(products=[product for row in found for product in row], now=now))
    return [list(islice(cards, len(row))) for row in found]


def _newest_products(condition: str) -> QuerySet[Product]:
    lots = StockItem.objects.filter(catalogue.ON_SHELF, product=OuterRef("pk"))
    if condition:
        lots = lots.filter(condition=condition)
    return Product.objects.select_related("brand").filter(Exists(lots), is_published=True)


def alike(*, product: Product, now: datetime, sizes: Collection[str] = (), limit: int = 4) -> list[Card]:
    """Pieces that can be had instead: same category and size, then same size, then same brand, then same category."""
    return cards_for(products=alike_products(product=product, sizes=sizes, limit=limit), now=now)


def alike_products(*, product: Product, sizes: Collection[str] = (), limit: int = 4) -> QuerySet[Product]:
    """The products behind `alike`, best first."""
    on_shelf = StockItem.objects.filter(catalogue.ON_SHELF)
    published = Product.objects.filter(is_published=True).exclude(pk=product.pk)
    in_stock = published.filter(Exists(on_shelf.filter(product=OuterRef("pk"))))
    has_size = Exists(on_shelf.filter(product=OuterRef("pk"), size__in=sizes))
    in_category = in_stock.filter(category=product.category_id)
    of_brand = in_stock.filter(brand=product.brand_id, brand__isnull=False)
    of_size = on_shelf.filter(product__is_published=True).exclude(product=product.pk).order_by("-product")
    ways = [
        in_category.filter(has_size).values("pk"),
        *(of_size.filter(size=size).values("product") for size in sizes),
        of_brand.values("pk"),
        in_category.values("pk"),
    ]
    # Each way brings its own few by an index, so that the catalogue is never walked or sorted as a whole.
    few = [Product.objects.filter(pk__in=way[:limit]).order_by().values("pk") for way in ways]
    candidates = few[0].union(*few[1:])
    nearness = Case(
        When(Q(category=product.category_id) & has_size, then=Value(0)),
        When(has_size, then=Value(1)),
        When(brand=product.brand_id, brand__isnull=False, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return published.filter(pk__in=candidates).select_related("brand").order_by(nearness, "-listed_at", "-pk")[:limit]


def cards_for(*, products: Collection[Product] | QuerySet[Product], now: datetime) -> list[Card]:
    """The cards of these products, in their order: two queries, however many."""
    products = list(products)
    pks = [product.pk for product in products]
    lots = catalogue.lots_by_product(product_ids=pks, now=now)
    photos = catalogue.photos_by_product(product_ids=pks)
    return [card_of(product=product, lots=lots[product.pk], photos=photos[product.pk], now=now) for product in products]


def card_of(*, product: Product, lots: Sequence[Lot], photos: Sequence[Photo], now: datetime) -> Card:
    """One product as a card, from its lots and photos as they are now."""
    free = [lot for lot in lots if lot.free > 0]
    promised = [lot for lot in lots if lot.item.reserved > 0 and lot.free < 1]
    shown = free or promised or lots
    priced = [lot.item for lot in shown if lot.item.price is not None]
    cheapest = min(priced, key=lambda item: item.price or 0, default=None)
    back_at = min((lot.back_at for lot in promised if lot.back_at), default=None)
    sold_at = max((lot.item.sold_out_at for lot in lots if lot.item.sold_out_at), default=None)
    state = "" if free else "reserved" if back_at else "sold" if promised or sold_at else "awaited"
    return Card(
        url=product.get_absolute_url(),
        slug=product.slug,
        category_id=product.category_id,
        brand=product.brand.name if product.brand else "",
        title=product.title,
        meta=_meta(shown, is_last=bool(free) and _is_last(lots)),
        price=cheapest.price if cheapest else None,
        was_price=cheapest.was_price if cheapest else None,
        state=state,
        tag=_tag(product, state, lots, cheapest, now),
        picture=picture_of(photos[0]) if photos else None,
        back_at=back_at if state == "reserved" else None,
        sold_at=sold_at if state == "sold" and not promised else None,
        add_item_id=free[0].item.pk if len(free) == 1 and priced else None,
        has_choice=len(free) > 1 and bool(priced),
    )


def size_words(item: StockItem) -> str:
    """A size as people read it: "L", "UK 8.5"."""
    return f"{item.size_system} {item.size}".strip()


def sizes_named(items: Iterable[StockItem]) -> str:
    """Several sizes in few words: "S, M, XL", "UK 7 to UK 10"."""
    sizes = list(dict.fromkeys(size_words(item) for item in items))
    return (
        ", ".join(sizes)
        if len(sizes) <= MAX_SIZES_NAMED
        else _("%(first)s to %(last)s") % {"first": sizes[0], "last": sizes[-1]}
    )


def _is_last(lots: Sequence[Lot]) -> bool:
    """One copy left where there were several; never said of a one-off piece."""
    return sum(lot.free for lot in lots) == 1 and sum(lot.item.taken_in for lot in lots) > 1


def _tag(product: Product, state: str, lots: Sequence[Lot], cheapest: StockItem | None, now: datetime) -> Tag | None:
    """The one word on the picture: the first that fits."""
    if state == "awaited":
        return None
    if state == "sold":
        return Tag(pgettext("a piece", "Sold"), "ink")
    if state == "reserved":
        return Tag(pgettext("a piece", "Reserved"))
    if _is_last(lots):
        return Tag(_("Last one"), "tape")
    if cheapest and cheapest.was_price and cheapest.price:
        return Tag(_("Now %(price)s") % {"price": format_eur(cheapest.price)})
    if product.listed_at > now - timedelta(hours=ShopSettings.current().just_in_hours):
        return Tag(pgettext("a piece", "Just in"))
    return None


def _meta(lots: Sequence[Lot], *, is_last: bool) -> str:
    """Sizes and grade in one short line: "Size L · Mint", "Brand new · S, M, XL"."""
    words = catalogue.condition_words()
    items = [lot.item for lot in lots]
    grades = [label for code, (label, _) in words.items() if any(item.condition == code for item in items)]
    if not items:
        return ""
    if is_last:
        left = 1 if items[0].size == ONE_SIZE else size_words(items[0])
        # Translators: what is left of a product: "1", or a size such as "UK 8"
        only = _("only %(left)s left") % {"left": left}
        return f"{grades[0]} · {only}"
    if len(items) == 1:
        return size_and_grade(items[0])
    return f"{', '.join(grades)} · {sizes_named(items)}"


def size_and_grade(item: StockItem) -> str:
    """One copy in a short line: "Size L · Mint"."""
    # "Size M" and "UK 8.5", but "One size" and "M top, L bottom" speak for themselves.
    is_bare = not item.size_system and " " not in item.size
    size = _("Size %(size)s") % {"size": item.size} if is_bare else size_words(item)
    return f"{size} · {catalogue.condition_words()[item.condition][0]}"
