"""What is in a basket right now, and what became of it since it was put there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from accounts.models import User
from core.money import ZERO, format_eur
from inventory.models import Photo
from inventory.queries.catalogue import Lot, condition_words, lots_by_product, photos_by_product
from shop.models import Cart, CartLine, ShopSettings
from shop.queries.cards import size_words
from shop.queries.pictures import Picture, picture_of


@dataclass(frozen=True)
class BasketLine:
    """One line as its page shows it: at today's price, with as many copies as there are; amounts in EUR."""

    pk: int
    stock_item_id: int
    brand: str
    title: str
    url: str
    meta: str
    quantity: int
    choices: Sequence[int]
    price: Decimal | None
    picture: Picture | None
    note: str
    note_kind: str
    is_gone: bool


@dataclass(frozen=True)
class Basket:
    """All lines of an open basket; the sums count what can still be had."""

    cart: Cart | None
    lines: Sequence[BasketLine]
    count: int
    subtotal: Decimal

    @property
    def has_changed(self) -> bool:
        """Whether something became of a line that its owner has not said yes to."""
        return any(line.note for line in self.lines)


def open_carts(*, visitor: str, user: User | None) -> QuerySet[Cart]:
    """The open basket of a user, else of a visitor; nobody's without a key."""
    carts = Cart.objects.filter(status=Cart.Status.OPEN)
    if user:
        return carts.filter(user=user)
    return carts.filter(visitor=visitor, user=None) if visitor else carts.none()


def basket_count(*, visitor: str, user: User | None) -> int:
    """How many copies are in the basket."""
    count: int | None = open_carts(visitor=visitor, user=user).aggregate(count=Sum("lines__quantity"))["count"]
    return count or 0


def open_basket(*, visitor: str, user: User | None, now: datetime) -> Basket:
    """The basket with what became of its lines, in three queries whatever it holds."""
    lines = list(
        CartLine.objects.filter(cart__in=open_carts(visitor=visitor, user=user)).select_related(
            "cart", "stock_item__product__brand"
        )
    )
    if not lines:
        return Basket(None, [], 0, ZERO)
    product_ids = {line.stock_item.product_id for line in lines}
    found = lots_by_product(product_ids=product_ids, now=now)
    lots = {lot.item.pk: lot for of_product in found.values() for lot in of_product}
    photos = photos_by_product(product_ids=product_ids)
    shown = [_shown(line, lots[line.stock_item_id], photos[line.stock_item.product_id]) for line in lines]
    left = [line for line in shown if not line.is_gone]
    return Basket(
        cart=lines[0].cart,
        lines=shown,
        count=sum(line.quantity for line in left),
        subtotal=sum((line.price for line in left if line.price is not None), ZERO),
    )


def promised_subtotal(cart: Cart) -> Decimal:
    """What the lines come to at the prices their owner last saw (EUR): an order costs this or is refused."""
    return sum((price * quantity for price, quantity in cart.lines.values_list("seen_price", "quantity")), ZERO)


def _shown(line: CartLine, lot: Lot, photos: Sequence[Photo]) -> BasketLine:
    item, product = line.stock_item, line.stock_item.product
    gone = _why_gone(line, lot)
    quantity = line.quantity if gone else min(line.quantity, lot.free)
    changes = [gone] if gone else _changes(line, lot)
    return BasketLine(
        pk=line.pk,
        stock_item_id=item.pk,
        brand=product.brand.name if product.brand else "",
        title=product.title,
        url=product.get_absolute_url() if product.is_published else "",
        meta=f"{size_words(item)} · {condition_words()[item.condition][0]}",
        quantity=quantity,
        choices=range(1, 1 + min(lot.free, ShopSettings.current().max_quantity)),
        price=None if gone or item.price is None else item.price * quantity,
        picture=picture_of(photos[0]) if photos else None,
        note=" ".join(changes),
        note_kind="bad" if gone else "",
        is_gone=bool(gone),
    )


def _why_gone(line: CartLine, lot: Lot) -> str:
    """Why nothing of this line can be had, if so."""
    if not line.stock_item.product.is_published or line.stock_item.price is None:
        return "Not for sale any more."
    if lot.free:
        return ""
    return "Somebody else is paying for it." if lot.back_at else "Sold while it was here."


def _changes(line: CartLine, lot: Lot) -> list[str]:
    """What is different from what its owner last said yes to."""
    changes = []
    if lot.free < line.quantity:
        changes.append(f"Only {lot.free} left.")
    price = line.stock_item.price
    if price is not None and price != line.seen_price:
        changes.append(f"Now {format_eur(price)}, was {format_eur(line.seen_price)}.")
    return changes
