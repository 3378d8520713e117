"""What a piece may be worth to us, from our own sales of the like in the last half year. It only ever suggests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Min, OuterRef, Q, Subquery

from core.money import round_eur
from inventory.errors import SizeUnknown
from inventory.models import Reason, SizeScale, StockItem, StockMove
from inventory.rules.sizes import UNORDERED, parse_size
from offers.models import BuyingSettings, SellItem

WINDOW = timedelta(days=180)
LEAST_SALES = 3  # fewer say too little, so the likeness is widened
TOO_HIGH = Decimal("1.3")  # from this share of the suggestion on, an offer is pointed out


class Likeness(NamedTuple):
    """What two pieces have in common."""

    category: int
    brand: int | None = None
    size: str | None = None
    grade: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """What sales of the like say; `basis` says how like. Amounts are EUR."""

    basis: str
    sold: int
    median_price: Decimal
    sell_through: int | None  # sold of a hundred taken in; None when nothing was taken in
    median_days: int | None
    in_stock: int
    price: Decimal

    def is_far_exceeded_by(self, amount: Decimal) -> bool:
        """SEC-27: whether an amount is above the suggestion by more than 30 %."""
        return amount > self.price * TOO_HIGH


@dataclass(frozen=True)
class _Lot:
    likeness: Likeness
    quantity: int
    price: Decimal | None = None
    days: int | None = None


def suggest(*, pieces: Iterable[SellItem], now: datetime) -> dict[int, Suggestion]:
    """A suggestion for each piece that we have sold the like of, by pk; three queries, however many pieces."""
    pieces = [piece for piece in pieces if piece.category_id]
    categories = {piece.category_id for piece in pieces}
    if not categories:
        return {}
    of_these = {"product__category__in": categories}
    sold, taken_in = _sales(of_these, now), _intakes(of_these, now)
    in_stock = _stock(of_these)
    keep = 1 - Decimal(BuyingSettings.current().target_margin_percent) / 100
    found = {piece.pk: _first(_widening(piece), sold, taken_in, in_stock, keep) for piece in pieces}
    return {pk: suggestion for pk, suggestion in found.items() if suggestion}


def size_group(order: Decimal, label: str, scale: str) -> str:
    """Sizes that sell alike: XS to S, M to L, XL to XXL; a whole UK shoe size with its half."""
    if order == UNORDERED:
        return label.casefold()
    return str(int(order)) if scale == SizeScale.SHOES_UK else str(int(order) // 2)


def _widening(piece: SellItem) -> list[tuple[str, Likeness]]:
    """From the closest likeness to the widest, each with its words; what is not known cannot be alike."""
    assert piece.category is not None  # noqa: S101  pieces without one were left out
    category, brand = piece.category.pk, piece.brand_id
    size, grade = _group_of(piece), piece.proposed_grade or piece.declared_grade or None
    widening = []
    if brand and size and grade:
        widening.append(("same brand, category, size and grade", Likeness(category, brand, size, grade)))
    if brand and size:
        widening.append(("same brand, category and size, any grade", Likeness(category, brand, size)))
    if brand:
        widening.append(("same brand and category, any size and grade", Likeness(category, brand)))
    return [*widening, ("same category only, any brand, size and grade", Likeness(category))]


def _group_of(piece: SellItem) -> str | None:
    assert piece.category is not None  # noqa: S101
    try:
        size = parse_size(piece.size, piece.category.size_scale)
    except SizeUnknown:
        return None
    return size_group(size.order, size.label, piece.category.size_scale)


def _first(
    widening: Sequence[tuple[str, Likeness]],
    sold: list[_Lot],
    taken_in: list[_Lot],
    in_stock: list[_Lot],
    keep: Decimal,
) -> Suggestion | None:
    """What the closest likeness with enough sales says; the widest says it with fewer."""
    for basis, likeness in widening:
        sales = _like(likeness, sold)
        count = sum(lot.quantity for lot in sales)
        is_widest = likeness == widening[-1][1]
        if count < (1 if is_widest else LEAST_SALES):
            continue
        price = round_eur(median([lot.price for lot in sales for _ in range(lot.quantity) if lot.price is not None]))
        arrived = sum(lot.quantity for lot in _like(likeness, taken_in))
        days = [lot.days for lot in sales for _ in range(lot.quantity) if lot.days is not None]
        return Suggestion(
            basis=basis,
            sold=count,
            median_price=price,
            sell_through=round(100 * count / arrived) if arrived else None,
            median_days=round(median(days)) if days else None,
            in_stock=sum(lot.quantity for lot in _like(likeness, in_stock)),
            price=round_eur(price * keep),
        )
    return None


def _like(likeness: Likeness, lots: list[_Lot]) -> list[_Lot]:
    return [lot for lot in lots if _is_like(likeness, lot.likeness)]


def _is_like(wanted: Likeness, found: Likeness) -> bool:
    return all(want is None or want == have for want, have in zip(wanted, found, strict=True))


_KEYS = ("product__category", "product__category__size_scale", "product__brand", "size_order", "size", "condition")


def _likeness(values: Sequence[Any]) -> Likeness:
    category, scale, brand, order, label, grade = values
    return Likeness(category, brand, size_group(order, label, scale), grade)


def _sales(of_these: dict[str, Any], now: datetime) -> list[_Lot]:
    """What was sold in the window, with how long it lay here."""
    arrived = StockMove.objects.filter(stock_item=OuterRef("stock_item"), reason=Reason.INTAKE).order_by()
    first = Subquery(arrived.values("stock_item").annotate(first=Min("made_at")).values("first"))
    rows = (
        _moves(Reason.SALE, of_these, now)
        .filter(unit_amount__gt=0)
        .annotate(arrived_at=first)
        .values_list("quantity", "unit_amount", "made_at", "arrived_at", *(f"stock_item__{key}" for key in _KEYS))
    )
    return [
        _Lot(_likeness(key), quantity, price, (made_at - arrived_at).days if arrived_at else None)
        for quantity, price, made_at, arrived_at, *key in rows
    ]


def _intakes(of_these: dict[str, Any], now: datetime) -> list[_Lot]:
    """What was taken in during the window."""
    rows = _moves(Reason.INTAKE, of_these, now).values_list("quantity", *(f"stock_item__{key}" for key in _KEYS))
    return [_Lot(_likeness(key), quantity) for quantity, *key in rows]


def _moves(reason: Reason, of_these: dict[str, Any], now: datetime) -> Any:
    lots = {f"stock_item__{name}": value for name, value in of_these.items()}
    return StockMove.objects.filter(reason=reason, made_at__gte=now - WINDOW, made_at__lte=now, **lots).order_by()


def _stock(of_these: dict[str, Any]) -> list[_Lot]:
    """What lies here now, promised or not."""
    here = StockItem.objects.filter(Q(on_shelf__gt=0) | Q(reserved__gt=0), **of_these).order_by()
    return [
        _Lot(_likeness(key), on_shelf + reserved)
        for on_shelf, reserved, *key in here.values_list("on_shelf", "reserved", *_KEYS)
    ]
