"""Pieces to describe, stock to look at and to move by steps, the ledger to read."""

from inventory.admin import ledger, lots, products

__all__ = ["ledger", "lots", "products"]
