"""A day is a local day of the shop's zone: 23, 24 or 25 hours."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def zone() -> ZoneInfo:
    """The shop's zone."""
    return ZoneInfo(settings.TIME_ZONE)


def day_of(moment: datetime) -> date:
    """The local day of a moment."""
    return moment.astimezone(zone()).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """The UTC moments at which a local day begins and the next one does."""
    return _midnight(day), _midnight(day + timedelta(days=1))


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone()).astimezone(UTC)
