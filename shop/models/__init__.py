"""Selling."""

from shop.models.carts import Cart, CartLine
from shop.models.line import PlaceInLine
from shop.models.orders import Order, OrderLine, Payment
from shop.models.settings import DeliveryKind, DeliveryMethod, PaymentMethod, ShopSettings
from shop.models.texts import ContentPage
from shop.models.wishes import SavedSearch, SearchHit, Wish, Wishlist

__all__ = [
    "Cart",
    "CartLine",
    "ContentPage",
    "DeliveryKind",
    "DeliveryMethod",
    "Order",
    "OrderLine",
    "Payment",
    "PaymentMethod",
    "PlaceInLine",
    "SavedSearch",
    "SearchHit",
    "ShopSettings",
    "Wish",
    "Wishlist",
]
