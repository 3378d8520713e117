"""What a process remembers for some seconds, so that a busy page does not ask the database again."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar, cast

from django.core.cache import caches

T = TypeVar("T")

# Somebody else makes it anew: so long may the old one be used meanwhile.
PATIENCE = 60
_kept: dict[str, object] = {}
_making = threading.Lock()


def remembered(*, key: str, make: Callable[[], T], seconds: float) -> T:
    """What `make` answered, at most so many seconds ago. Never for rows somebody may buy."""
    return cast(T, caches["process"].get_or_set(key, make, seconds))


def kept(*, key: str, make: Callable[[], T], seconds: float) -> T:
    """The same for what is too large to be copied at each look: the thing itself, which nobody changes.

    Kept a hundred times as long as it took to make, `seconds` at the most: little is made anew at once, and much costs
    no process more than a hundredth of its time. One thread makes it while the others go on with the one before.
    """
    cache = caches["process"]
    if cache.get(f"{key}-fresh"):
        return cast(T, _kept[key])
    is_usable = bool(cache.get(f"{key}-usable"))
    if not _making.acquire(blocking=not is_usable):
        return cast(T, _kept[key])
    try:
        if not cache.get(f"{key}-fresh"):
            begun = monotonic()
            _kept[key] = make()
            cache.set(f"{key}-usable", True, seconds + PATIENCE)
            cache.set(f"{key}-fresh", True, min(seconds, 100 * (monotonic() - begun)))
        return cast(T, _kept[key])
    finally:
        _making.release()
