"""Events and what they come to."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.conf import LazySettings

from analytics.models import Event, EventBatch
from analytics.rules import days
from analytics.services import capture

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
Happened = Callable[..., Event]


@pytest.fixture(autouse=True)
def _counting(settings: LazySettings) -> Iterator[None]:
    settings.ANALYTICS_MODE = "daily-hash"
    capture._salts.clear()
    yield
    capture.buffer._start_anew()


@pytest.fixture
def happened() -> Happened:
    """An event with its ledger row, as a flush writes them."""

    def note(event_type: str, *, at: datetime = NOON, visitor: int | None = 1, **facts: object) -> Event:
        EventBatch.objects.create(day=days.day_of(at), events=1)
        return Event.objects.create(event_type=event_type, created_at=at, visitor=visitor, **facts)

    return note
