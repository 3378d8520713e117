"""Orders and their steps, baskets and wishes to look at, the shop's rules, pages of words."""

from shop.admin import baskets, orders, settings, texts, wishes

__all__ = ["baskets", "orders", "settings", "texts", "wishes"]
