"""The present moment of long work."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta


def ticking(now: datetime) -> Callable[[], datetime]:
    """A clock that was set to `now` and goes on from there: a lease taken late in long work is not born stale."""
    begun = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - begun)
