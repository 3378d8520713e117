"""The only writer of products, lots (but for their balances), prices and photos."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Min
from django.utils.text import slugify

from core.audit import Actor, record
from core.numbers import random_letters
from inventory.models import Brand, BrandAlias, Category, Flaw, Photo, PriceChange, Product, SearchWord, StockItem
from inventory.pictures import RECIPE, as_master, size_of
from inventory.rules.sizes import Size, parse_size
from inventory.rules.words import weighed
from inventory.tasks import make_renditions

# A reduction is shown against the lowest price of this long before it: Directive 98/6/EC, article 6a.
PRICE_MEMORY = timedelta(days=30)


@dataclass(frozen=True)
class NewLot:
    """A lot to be made: its size as people write it, its grade, its price and cost in EUR."""

    size: str
    condition: str
    price: Decimal | None = None
    unit_cost: Decimal | None = None
    sku: str = ""
    vat_scheme: str = StockItem.VatScheme.MARGIN
    measurements: Mapping[str, str] = field(default_factory=dict)
    shelf_place: str = ""
    import_key: str | None = None
    flaws: Sequence[tuple[str, Photo | None]] = ()


@transaction.atomic
def add_product(
    *,
    category: Category,
    title: str,
    actor: Actor,
    now: datetime,
    brand: Brand | None = None,
    description: str = "",
    colour: str = "",
    is_published: bool = True,
    listed_at: datetime | None = None,
    import_key: str | None = None,
) -> Product:
    """A product without copies, findable by its words."""
    product = Product(
        category=category,
        brand=brand,
        title=title,
        description=description,
        colour=colour,
        is_published=is_published,
        listed_at=listed_at or now,
        import_key=import_key,
    )
    _save_with_free_slug(product)
    refresh_words(product=product)
    record(actor=actor, subject=f"product {product.pk}", action="added", after=title, now=now)
    return product


@transaction.atomic
def refresh_words(*, product: Product) -> None:
    """Write anew the words a product is found by: title first, then brand and aliases, category, colour, sizes."""
    # One at a time for each product: two lots added at once both write its words.
    Product.objects.select_for_update().get(pk=product.pk)
    brand = product.brand
    category: Category | None = product.category
    categories = []
    while category:
        categories.append(category.name)
        category = category.parent
    weights = weighed(
        title=product.title,
        brand=[brand.name, *brand.aliases.values_list("name", flat=True)] if brand else [],
        categories=categories,
        colour=product.colour,
        sizes=product.stock_items.values_list("size_system", "size"),
    )
    product.search_words.all().delete()
    SearchWord.objects.bulk_create(
        SearchWord(product=product, word=word, weight=weight) for word, weight in weights.items()
    )


@transaction.atomic
def add_lot(*, product: Product, lot: NewLot, actor: Actor, now: datetime) -> StockItem:
    """A lot without copies yet (SizeUnknown); `stock.take_in` brings them."""
    size: Size = parse_size(lot.size, product.category.size_scale)
    item = StockItem.objects.create(
        product=product,
        sku=lot.sku or new_sku(),
        size=size.label,
        size_order=size.order,
        size_system=size.system,
        size_top=size.top,
        size_bottom=size.bottom,
        condition=lot.condition,
        price=lot.price,
        unit_cost=lot.unit_cost,
        vat_scheme=lot.vat_scheme,
        measurements=dict(lot.measurements),
        shelf_place=lot.shelf_place,
        import_key=lot.import_key,
    )
    Flaw.objects.bulk_create(Flaw(stock_item=item, text=text, photo=photo) for text, photo in lot.flaws)
    PriceChange.objects.create(stock_item=item, price=lot.price, actor=actor.name, made_at=now)
    refresh_words(product=product)
    return item


@transaction.atomic
def change_price(*, stock_item_id: int, price: Decimal | None, actor: Actor, now: datetime) -> StockItem:
    """Give a lot another price in EUR, or none; a reduction remembers the lowest price of the 30 days before it."""
    item = StockItem.objects.select_for_update().get(pk=stock_item_id)
    if item.price == price:
        return item
    lowest = _lowest_price_before(item, now)
    item.price = price
    item.was_price = lowest if price is not None and lowest is not None and lowest > price else None
    item.save(update_fields=["price", "was_price"])
    PriceChange.objects.create(stock_item=item, price=price, actor=actor.name, made_at=now)
    return item


def add_photo(
    *, product: Product, picture: File, position: int | None = None, alt: str = "", source_url: str = ""
) -> Photo:
    """Store a picture re-encoded without metadata (PictureRefused); its renditions are made by the worker."""
    # Decoding takes its time, so it stays outside the transaction.
    master = as_master(picture)
    return keep_photo(
        product=product, master=master, size=size_of(master), position=position, alt=alt, source_url=source_url
    )


@transaction.atomic
def keep_photo(
    *,
    product: Product,
    master: File,
    size: tuple[int, int],
    position: int | None = None,
    alt: str = "",
    source_url: str = "",
) -> Photo:
    """Store a picture that was re-encoded already, with its width and height in pixels."""
    # The product's row orders two uploads at once, so that both find a free position.
    Product.objects.select_for_update().get(pk=product.pk)
    if position is None:
        last = product.photos.order_by("-position").values_list("position", flat=True).first()
        position = 1 if last is None else last + 1
    width, height = size
    photo = Photo(product=product, position=position, width=width, height=height, alt=alt, source_url=source_url)
    photo.image.save(f"{secrets.token_hex(12)}.webp", master, save=False)
    photo.save()
    make_renditions.enqueue(photo.pk)
    return photo


@transaction.atomic
def ask_for_renditions(*, of_all: bool = False) -> int:
    """Have the worker make what pages show of photos that lack it, or of all; of how many."""
    if of_all:
        Photo.objects.update(renditions=0)
    pks = Photo.objects.exclude(renditions=RECIPE).order_by("-pk").values_list("pk", flat=True)
    return len([make_renditions.enqueue(pk) for pk in pks])


def add_category(*, name: str, size_scale: str, parent: Category | None = None) -> Category:
    """A branch of the tree, after those that are there."""
    return Category.objects.create(
        name=name, slug=_free_slug(Category, name, "category"), size_scale=size_scale, parent=parent, position=100
    )


@transaction.atomic
def arrange_photos(*, product: Product, photo_ids: Sequence[int]) -> None:
    """Show a product's photos in this order; the first is the one in the lists."""
    Product.objects.select_for_update().get(pk=product.pk)
    # A position belongs to one photo at every moment, so all of them step aside first.
    product.photos.update(position=F("position") + 10_000)
    others = product.photos.exclude(pk__in=photo_ids).values_list("pk", flat=True)
    for position, pk in enumerate([*photo_ids, *others], start=1):
        product.photos.filter(pk=pk).update(position=position)


def brand_named(*, name: str) -> Brand:
    """The brand of this name or alias, in any case; made when there is none."""
    name = " ".join(name.split())[:80]
    alias = BrandAlias.objects.filter(name__iexact=name).select_related("brand").first()
    if alias:
        return alias.brand
    found = Brand.objects.filter(name__iexact=name).first()
    return found or Brand.objects.create(name=name, slug=_free_slug(Brand, name, "brand"))


def new_sku() -> str:
    """A stock number nobody has yet, easy to read aloud."""
    return "S" + random_letters(7)


def _lowest_price_before(item: StockItem, now: datetime) -> Decimal | None:
    """The lowest price asked in the 30 days up to now, the one in force when they began included."""
    since = now - PRICE_MEMORY
    in_force = item.price_changes.filter(made_at__lte=since).order_by("-made_at", "-pk").first()
    prices = [item.price_changes.filter(made_at__gt=since).aggregate(lowest=Min("price"))["lowest"]]
    if in_force:
        prices.append(in_force.price)
    return min((price for price in prices if price is not None), default=None)


def _save_with_free_slug(product: Product) -> None:
    words = f"{product.brand.name} {product.title}" if product.brand else product.title
    product.slug = _free_slug(Product, words, "piece")
    product.save()


def _free_slug(model: type[Product | Brand | Category], words: str, fallback: str) -> str:
    base = slugify(words)[:50].strip("-") or fallback
    return base if not model._default_manager.filter(slug=base).exists() else f"{base}-{secrets.token_hex(3)}"
