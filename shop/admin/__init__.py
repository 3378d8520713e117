"""Orders and their steps, baskets to look at, the shop's rules."""

from shop.admin import baskets, orders, settings

__all__ = ["baskets", "orders", "settings"]
