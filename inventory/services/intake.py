"""Goods onto the shelf: a new lot with its copies, both or neither."""

from datetime import datetime

from django.db import transaction

from core.audit import Actor
from inventory.models import Product, StockItem
from inventory.services import products, stock


@transaction.atomic
def shelve(
    *, product: Product, lot: products.NewLot, quantity: int, actor: Actor, now: datetime, cause: str = ""
) -> StockItem:
    """Make a lot and take its copies in at its cost (SizeUnknown); without copies it waits for a delivery."""
    item = products.add_lot(product=product, lot=lot, actor=actor, now=now)
    if quantity:
        stock.take_in(
            stock_item_id=item.pk,
            quantity=quantity,
            unit_cost=lot.unit_cost,
            cause=cause or f"delivery {item.sku}",
            actor=actor,
            now=now,
        )
    return item
