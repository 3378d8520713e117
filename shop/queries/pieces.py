"""One product as its page shows it: what can be bought, what is known about it, what else there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.money import format_eur
from inventory.models import Flaw, Photo, Product, StockItem
from inventory.pictures import GALLERY_WIDTHS, Picture, picture_of
from inventory.queries import catalogue
from inventory.queries.catalogue import Lot
from shop.models import ShopSettings
from shop.queries import holds, wishes
from shop.queries.cards import Card, alike_products, card_of, size_words, sizes_named

ALIKE, ALIKE_WHEN_SOLD = 4, 8
OWN_HOLD = ("pk", "unit_price", "expires_at")
# Which drawing fits, by what its letters A, B and C measure.
DRAWINGS = {
    "top": ({"chest"}, {"length", "back length"}, {"sleeve"}),
    "trousers": ({"waist"}, {"inside leg", "inseam"}, {"hem", "leg opening"}),
}


@dataclass(frozen=True)
class Choice:
    """One lot as an answer of the size picker."""

    value: int
    label: str
    note: str
    is_disabled: bool
    # Whether it is worth waiting for: it was here, and may be again.
    is_missed: bool = False


@dataclass(frozen=True)
class PagePhoto:
    """A photo with its anchor on the page."""

    id: str
    picture: Picture
    alt: str
    large_url: str


@dataclass(frozen=True)
class FlawLine:
    """One honest line, with the photo that shows it."""

    text: str
    photo_id: str = ""
    photo_number: int = 0


@dataclass(frozen=True)
class Measured:
    """One line of what the tape read; `letter` is its place on the drawing."""

    name: str
    value: str
    letter: str = ""


@dataclass(frozen=True)
class Facts:
    """What is known of one or several lots alike: grade, flaws, measurements. `heading` names the sizes if need be."""

    heading: str
    condition: str
    flaws: tuple[FlawLine, ...]
    measured: tuple[Measured, ...]
    drawing: str

    @property
    def grades(self) -> list[dict[str, object]]:
        """The condition scale, worst first."""
        words = catalogue.condition_words()
        return [{"name": words[code][0], "is_current": code == self.condition} for code in reversed(words)]

    @property
    def meaning(self) -> str:
        """What the grade means."""
        return catalogue.condition_words()[self.condition][1]


@dataclass(frozen=True)
class OwnHold:
    """What is held for the very shopper who looks: a reservation, EUR for one, and until when."""

    pk: int
    unit_price: Decimal
    expires_at: datetime | None


@dataclass(frozen=True)
class Piece:
    """The page of a product. `state` is "", "reserved", "packing", "sold" or "awaited"; `item` is its only lot."""

    product: Product
    card: Card
    is_kept: bool
    state: str
    photos: Sequence[PagePhoto]
    choices: Sequence[Choice]
    item: StockItem | None
    quantities: Sequence[int]
    has_prices: bool
    is_back_soon: bool
    size: str
    grade: str
    stock: str
    facts: Sequence[Facts]
    alike: Sequence[Card]
    own_hold: OwnHold | None = None
    lots: Sequence[Lot] = ()

    @property
    def missed(self) -> list[Choice]:
        """The sizes that are not to be had now."""
        return [choice for choice in self.choices if choice.is_missed]

    @property
    def can_be_added(self) -> bool:
        """Whether there is a copy with a price."""
        return self.state == "" and self.card.price is not None

    @property
    def only_choice(self) -> int | None:
        """The one answer there is, so that nobody has to choose it."""
        possible = [choice.value for choice in self.choices if not choice.is_disabled]
        return possible[0] if len(possible) == 1 else None


def piece_page(*, slug: str, now: datetime, visitor: str = "", user: User | None = None) -> Piece:
    """Everything the page of a published product shows, in five queries (Product.DoesNotExist)."""
    a_size = StockItem.objects.filter(product=OuterRef("pk")).order_by("-on_shelf", "pk").values("size")[:1]
    published = Product.objects.filter(is_published=True).select_related("brand").annotate(a_size=Subquery(a_size))
    published = published.annotate(
        is_kept=Exists(wishes.wishes_of(visitor=visitor, user=user).filter(product=OuterRef("pk")))
    )
    if user:
        held = holds.held_for(user=user, now=now).filter(stock_item__product=OuterRef("pk"))
        published = published.annotate(**{f"own_{name}": Subquery(held.values(name)[:1]) for name in OWN_HOLD})
    product = published.get(slug=slug)
    sizes = [product.a_size] if product.a_size else []
    others = list(alike_products(product=product, sizes=sizes, limit=ALIKE_WHEN_SOLD))
    pks = [product.pk, *(other.pk for other in others)]
    lots = catalogue.lots_by_product(product_ids=pks, now=now)
    photos = catalogue.photos_by_product(product_ids=pks)
    cards = [card_of(product=each, lots=lots[each.pk], photos=photos[each.pk], now=now) for each in [product, *others]]
    own = lots[product.pk]
    free = [lot for lot in own if lot.free > 0]
    state = "packing" if cards[0].state == "sold" and any(lot.item.reserved for lot in own) else cards[0].state
    shown = free or own
    return Piece(
        product=product,
        card=cards[0],
        is_kept=product.is_kept,
        state=state,
        photos=_photos(product, photos[product.pk]),
        choices=_choices(own) if len(own) > 1 else [],
        item=own[0].item if len(own) == 1 else None,
        quantities=_quantities(free),
        has_prices=len({lot.item.price for lot in shown}) > 1,
        is_back_soon=bool(cards[0].back_at and cards[0].back_at - now < timedelta(hours=1)),
        size=sizes_named(lot.item for lot in shown),
        grade=", ".join(dict.fromkeys(catalogue.condition_words()[lot.item.condition][0] for lot in shown)),
        stock=_stock_words(free, own),
        facts=_facts(shown, photos[product.pk]),
        alike=cards[1 : 1 + (ALIKE if free else ALIKE_WHEN_SOLD)],
        own_hold=_own_hold(product),
        lots=own,
    )


def _own_hold(product: Product) -> OwnHold | None:
    """What the product's query found to be held for the user who asked, if anything."""
    pk, unit_price, expires_at = (getattr(product, f"own_{name}", None) for name in OWN_HOLD)
    return OwnHold(pk, unit_price, expires_at) if pk is not None and unit_price is not None else None


def _photos(product: Product, photos: Sequence[Photo]) -> list[PagePhoto]:
    return [
        PagePhoto(
            f"photo-{number}",
            picture_of(photo, GALLERY_WIDTHS),
            f"{product.title}: {photo.alt}"
            if photo.alt
            else _("%(title)s, photo %(number)s") % {"title": product.title, "number": number},
            photo.image.url,
        )
        for number, photo in enumerate(photos, 1)
    ]


def _choices(lots: Sequence[Lot]) -> list[Choice]:
    """An answer a lot: by size, and by grade and price too where one size has several lots."""
    sizes = [size_words(lot.item) for lot in lots]
    is_graded = len({lot.item.condition for lot in lots}) > 1 or len(set(sizes)) < len(sizes)
    words = catalogue.condition_words()
    return [
        Choice(
            lot.item.pk,
            f"{size}, {words[lot.item.condition][0].lower()}" if is_graded else size,
            _choice_note(lot, len({other.item.price for other in lots}) > 1),
            lot.free < 1 or lot.item.price is None,
            lot.free < 1,
        )
        for size, lot in zip(sizes, lots, strict=True)
    ]


def _choice_note(lot: Lot, has_own_price: bool) -> str:
    if lot.free < 1:
        return _("reserved") if lot.item.reserved else _("sold out")
    if lot.item.price is None:
        return _("on request")
    notes = [format_eur(lot.item.price)] if has_own_price else []
    notes += [_("last one")] if lot.free == 1 and lot.item.taken_in > 1 else []
    return ", ".join(notes)


def _quantities(free: Sequence[Lot]) -> list[int]:
    """How many can be asked for at once; empty where one is all there is."""
    most = min(max((lot.free for lot in free), default=0), ShopSettings.current().max_quantity)
    return list(range(1, most + 1)) if most > 1 else []


def _stock_words(free: Sequence[Lot], lots: Sequence[Lot]) -> str:
    left = sum(lot.free for lot in free)
    if left == 0:
        return _("None left")
    if sum(lot.item.taken_in for lot in lots) == 1:
        return _("One of one")
    return _("One left") if left == 1 else ngettext("%(count)s left", "%(count)s left", left) % {"count": left}


def _facts(lots: Sequence[Lot], photos: Sequence[Photo]) -> list[Facts]:
    """The lots grouped by what is known of them, so that five sizes of one new piece say it once."""
    numbers = {photo.pk: number for number, photo in enumerate(photos, 1)}
    flaws: dict[int, list[FlawLine]] = {lot.item.pk: [] for lot in lots}
    for flaw in Flaw.objects.filter(stock_item__in=flaws):
        number = numbers.get(flaw.photo_id or 0, 0)
        flaws[flaw.stock_item_id].append(FlawLine(flaw.text, f"photo-{number}" if number else "", number))
    groups: dict[tuple[object, ...], list[StockItem]] = {}
    for lot in lots:
        key = (lot.item.condition, tuple(flaws[lot.item.pk]), tuple(lot.item.measurements.items()))
        groups.setdefault(key, []).append(lot.item)
    return [
        Facts(
            ", ".join(size_words(item) for item in items) if len(groups) > 1 else "",
            items[0].condition,
            tuple(flaws[items[0].pk]),
            *_measured(items[0]),
        )
        for items in groups.values()
    ]


def _measured(item: StockItem) -> tuple[tuple[Measured, ...], str]:
    """What the tape read, with letters where a drawing shows all of them."""
    names = {name.lower() for name in item.measurements}
    drawing, letters = "", dict[str, str]()
    for candidate, places in DRAWINGS.items():
        found = [name for place in places for name in sorted(place & names)[:1]]
        if len(found) == len(places):
            drawing, letters = candidate, dict(zip(found, "ABC", strict=True))
    rows = [Measured(name, str(value), letters.get(name.lower(), "")) for name, value in item.measurements.items()]
    return tuple(sorted(rows, key=lambda row: row.letter or "Z")), drawing
