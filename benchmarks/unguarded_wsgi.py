"""The control of the race: the shop with its guards taken away from outside. It must oversell, else the proof is void.

What is left is what a shop does that has not thought of two buyers at once: look at the shelf, then take from it.
The third guard, what the database refuses by itself, is taken away by `benchmarks.race` from its own scratch database.
"""

from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from config.wsgi import application
from inventory.models import StockItem

__all__ = ["application"]

CONDITIONS = ("on_shelf__gte", "reserved__gte")
_filter = QuerySet.filter


def _without_lock(self: QuerySet, *args: Any, **options: Any) -> QuerySet:
    """The first guard: rows are read without a lock."""
    return self.all()


def _without_condition(self: QuerySet, *args: Any, **conditions: Any) -> QuerySet:
    """The second guard: a balance is changed whatever it has become."""
    if self.model is StockItem:
        conditions = {name: value for name, value in conditions.items() if name not in CONDITIONS}
    return _filter(self, *args, **conditions)


def _without_transaction(*args: Any) -> None:
    """On SQLite a transaction that begins IMMEDIATE is the lock: each statement stands alone."""


QuerySet.select_for_update = _without_lock  # type: ignore[method-assign, assignment]
QuerySet.filter = _without_condition  # type: ignore[method-assign, assignment]
if connection.vendor == "sqlite":
    transaction.Atomic.__enter__ = _without_transaction  # type: ignore[method-assign]
    transaction.Atomic.__exit__ = _without_transaction  # type: ignore[method-assign]
