"""Things, and copies of them on the shelf."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import factory

from core.audit import Actor
from inventory.models import Brand, Category, Condition, Product, SizeScale, StockItem
from inventory.services import products, stock

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STAFF = Actor("user 1", "test")
_intake = iter(range(1, 1_000_000_000))


class CategoryFactory(factory.django.DjangoModelFactory[Category]):
    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Jackets {n}")
    slug = factory.Sequence(lambda n: f"jackets-{n}")
    size_scale = SizeScale.CLOTHES


class BrandFactory(factory.django.DjangoModelFactory[Brand]):
    class Meta:
        model = Brand

    name = factory.Sequence(lambda n: f"Kestrel {n}")
    slug = factory.Sequence(lambda n: f"kestrel-{n}")


def product(**changes: Any) -> Product:
    """A published product without copies."""
    fields: dict[str, Any] = {"title": "Varsity jacket", "actor": STAFF, "now": LONG_AGO} | changes
    fields.setdefault("category", None)
    fields["category"] = fields["category"] or CategoryFactory()
    return products.add_product(**fields)


def shelved(
    *,
    quantity: int = 1,
    of: Product | None = None,
    size: str = "M",
    condition: str = Condition.MINT,
    price: Decimal | str | None = "38.00",
    unit_cost: str | None = None,
    lot: dict[str, Any] | None = None,
    **changes: Any,
) -> StockItem:
    """A lot with that many copies on the shelf, of a new product unless one is given."""
    new = products.NewLot(
        size=size,
        condition=condition,
        price=None if price is None else Decimal(price),
        unit_cost=None if unit_cost is None else Decimal(unit_cost),
        **(lot or {}),
    )
    item = products.add_lot(product=of or product(**changes), lot=new, actor=STAFF, now=LONG_AGO)
    if quantity:
        stock.take_in(
            stock_item_id=item.pk, quantity=quantity, cause=f"delivery {next(_intake)}", actor=STAFF, now=LONG_AGO
        )
    item.refresh_from_db()
    return item
