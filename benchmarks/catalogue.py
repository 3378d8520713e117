"""A large shop, made quickly: rows written past the services, with a ledger that adds up all the same."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product as pairs

from django.db import connection, transaction

from inventory.models import (
    Brand,
    Category,
    Condition,
    Photo,
    Place,
    PriceChange,
    Product,
    Reason,
    SearchWord,
    SizeScale,
    StockItem,
    StockMove,
)
from inventory.rules.sizes import LETTERS, parse_size
from inventory.rules.words import weighed

TREE = {
    "Clothing": ("Jackets", "Hoodies", "Tees", "Trousers", "Shorts"),
    "Shoes": ("Trainers", "Boots"),
    "Accessories": ("Hats", "Bags"),
}
COLOURS = ("black", "white", "navy", "green", "sand", "red", "grey", "brown", "blue", "ecru")
STYLES = ("Varsity", "Boxy", "Heavy", "Washed", "Cropped", "Relaxed", "Quilted", "Ribbed", "Striped", "Waxed")
FABRICS = ("cotton", "wool", "denim", "canvas", "nylon", "fleece", "corduroy", "twill")
# A colour of the first pieces alone: so many of each style and fabric, however large the shop.
RARE, FEW = "amber", 2
MADE_OF = tuple(pairs(STYLES, FABRICS))
SHOES = ("6", "7", "8", "8.5", "9", "10", "11")
BRANDS, AT_ONCE = 60, 2_000
SOLD, UNPUBLISHED = 0.25, 0.02


@dataclass(frozen=True)
class _Kind:
    category: Category
    above: str
    word: str


def fill(*, products: int, now: datetime) -> None:
    """So many products, the same each time: new ones and one-off pieces, a quarter of them sold."""
    chance = random.Random(products)
    kinds = _tree()
    brands = Brand.objects.bulk_create(
        Brand(name=f"Brand {number} Works", slug=f"brand-{number}") for number in range(BRANDS)
    )
    for start in range(0, products, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, products))
        with transaction.atomic():
            _write(numbers, chance, kinds, brands, now)
    if connection.vendor == "postgresql":
        # What autovacuum does by itself, but at a moment of its own.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _tree() -> list[_Kind]:
    kinds = []
    for root, leaves in TREE.items():
        scale = {"Shoes": SizeScale.SHOES_UK, "Accessories": SizeScale.ONE_SIZE}.get(root, SizeScale.CLOTHES)
        parent = Category.objects.create(name=root, slug=root.lower(), size_scale=scale)
        for leaf in leaves:
            category = Category.objects.create(name=leaf, slug=leaf.lower(), parent=parent, size_scale=scale)
            kinds.append(_Kind(category, root, leaf.removesuffix("s")))
    return kinds


def _write(
    numbers: range, chance: random.Random, kinds: Sequence[_Kind], brands: Sequence[Brand], now: datetime
) -> None:
    kind_of = {number: chance.choice(kinds) for number in numbers}
    products = Product.objects.bulk_create(
        _product(number, chance, kind_of[number], chance.choice(brands), now) for number in numbers
    )
    made = list(zip(products, kind_of.values(), strict=True))
    lots = StockItem.objects.bulk_create(
        lot for product, kind in made for lot in _lots(product, kind, chance, is_sold=_is_sold(product, chance))
    )
    StockMove.objects.bulk_create(move for lot in lots for move in _moves(lot))
    PriceChange.objects.bulk_create(
        PriceChange(stock_item=lot, price=lot.price, actor="bench", made_at=now) for lot in lots
    )
    Photo.objects.bulk_create(
        Photo(
            product=product, position=position, image=f"products/{product.pk}-{position}.webp", width=960, height=1200
        )
        for product in products
        for position in (1, 2)
    )
    sizes: dict[int, list[tuple[str, str]]] = {product.pk: [] for product in products}
    for lot in lots:
        sizes[lot.product_id].append((lot.size_system, lot.size))
    SearchWord.objects.bulk_create(word for product, kind in made for word in _words(product, kind, sizes[product.pk]))


def _product(number: int, chance: random.Random, kind: _Kind, brand: Brand, now: datetime) -> Product:
    (style, fabric), colour = chance.choice(MADE_OF), chance.choice(COLOURS)
    if number < FEW * len(MADE_OF):
        (style, fabric), colour = MADE_OF[number // FEW], RARE
    title = f"{style} {fabric} {kind.word}"
    return Product(
        category=kind.category,
        brand=brand,
        title=title,
        slug=f"piece-{number}",
        description=f"{title}, seen, measured and worn in. " * 4,
        colour=colour,
        is_published=chance.random() >= UNPUBLISHED or colour == RARE,
        listed_at=now - timedelta(minutes=chance.randrange(1_000_000)),
    )


def _is_sold(product: Product, chance: random.Random) -> bool:
    return chance.random() < SOLD and product.colour != RARE


def _lots(product: Product, kind: _Kind, chance: random.Random, *, is_sold: bool) -> Iterator[StockItem]:
    """One used piece, or a new one in several sizes."""
    is_new = chance.random() < 0.4
    scale = kind.category.size_scale
    sizes = {SizeScale.SHOES_UK: SHOES, SizeScale.ONE_SIZE: ("One size",)}.get(SizeScale(scale), LETTERS)
    price = Decimal(chance.randrange(18, 260))
    for label in chance.sample(sizes, min(len(sizes), 3 if is_new else 1)):
        size = parse_size(label, scale)
        copies = chance.randrange(1, 9) if is_new else 1
        yield StockItem(
            product=product,
            sku=f"B{product.pk}-{size.label}",
            size=size.label,
            size_order=size.order,
            size_system=size.system,
            condition=Condition.NEW_TAGGED if is_new else chance.choice(Condition.values[1:]),
            price=price,
            unit_cost=price / 2,
            measurements={"Chest": "58", "Length": "70"},
            on_shelf=0 if is_sold else copies,
            taken_in=copies,
            sold_out_at=product.listed_at if is_sold else None,
        )


def _moves(lot: StockItem) -> Iterator[StockMove]:
    what = {"stock_item": lot, "quantity": lot.taken_in, "actor": "bench", "made_at": lot.product.listed_at}
    yield StockMove(from_place=Place.OUTSIDE, to_place=Place.SHELF, reason=Reason.INTAKE, cause="delivery", **what)
    if not lot.on_shelf:
        yield StockMove(from_place=Place.SHELF, to_place=Place.CUSTOMER, reason=Reason.SALE, cause="counter", **what)


def _words(product: Product, kind: _Kind, sizes: Sequence[tuple[str, str]]) -> Iterator[SearchWord]:
    weights = weighed(
        title=product.title,
        brand=[product.brand.name] if product.brand else [],
        categories=[kind.category.name, kind.above],
        colour=product.colour,
        sizes=sizes,
    )
    return (SearchWord(product=product, word=word, weight=weight) for word, weight in weights.items())
