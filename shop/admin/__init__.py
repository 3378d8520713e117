"""Orders and their steps, baskets and wishes to look at, the shop's rules."""

from shop.admin import baskets, orders, settings, wishes

__all__ = ["baskets", "orders", "settings", "wishes"]
