"""What we have."""

from inventory.models.products import (
    Brand,
    BrandAlias,
    Category,
    Condition,
    ConditionWording,
    FormerSlug,
    Photo,
    Product,
    SearchWord,
    SizeScale,
    Synonyms,
)
from inventory.models.stock import Flaw, Place, PriceChange, Reason, Reservation, StockItem, StockMove

__all__ = [
    "Brand",
    "BrandAlias",
    "Category",
    "Condition",
    "ConditionWording",
    "Flaw",
    "FormerSlug",
    "Photo",
    "Place",
    "PriceChange",
    "Product",
    "Reason",
    "Reservation",
    "SearchWord",
    "SizeScale",
    "StockItem",
    "StockMove",
    "Synonyms",
]
