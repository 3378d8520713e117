"""What the worker does for the figures from time to time."""

from datetime import datetime, timedelta

from analytics.services import capture, purging, rollup
from core import jobs

KEEP_DAYS = 90


def roll_up(now: datetime) -> dict[str, int]:
    """Make the figures of days that are out of date."""
    done = rollup.roll_up(now=now, max_seconds=60)
    return {"days": len(done.rolled), "events": done.events, "left": done.left}


def purge(now: datetime) -> dict[str, int]:
    """Delete old events, and the keys of visitor hashes."""
    done = purging.purge(now=now, keep_days=KEEP_DAYS)
    return {"events": done.events, "days left": len(done.left), "salts": capture.delete_old_salts(now=now)}


jobs.register("roll up analytics", roll_up, every=timedelta(minutes=10))
jobs.register("purge analytics", purge, every=timedelta(hours=6), lease=jobs.LONG_LEASE)
