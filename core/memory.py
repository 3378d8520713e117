"""What a process remembers for some seconds, so that a busy page does not ask the database again."""

from collections.abc import Callable
from typing import TypeVar, cast

from django.core.cache import caches

T = TypeVar("T")


def remembered(*, key: str, make: Callable[[], T], seconds: float) -> T:
    """What `make` answered, at most so many seconds ago. Never for rows somebody may buy."""
    return cast(T, caches["process"].get_or_set(key, make, seconds))
