"""How soon we mean to answer, and whether we are on time. A first answer has so many opening hours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils import timezone

from offers.models import BuyingSettings, SellSubmission

Status = SellSubmission.Status
COUNTER_TIME = timedelta(hours=24)
SOON = 0.75  # from this share of the time on it is due soon
DAYS = 60  # how far we look ahead and back


class Pace(StrEnum):
    """Whether something is on time."""

    IN_TIME = "In time"
    SOON = "Due soon"
    LATE = "Late"


@dataclass(frozen=True)
class Target:
    """From when it is due soon, and from when it is late."""

    soon_at: datetime
    due_at: datetime

    def pace(self, now: datetime) -> Pace:
        """Where we are by now."""
        if now >= self.due_at:
            return Pace.LATE
        return Pace.SOON if now >= self.soon_at else Pace.IN_TIME


def target_of(submission: SellSubmission, settings: BuyingSettings) -> Target | None:
    """When the next step of ours is due: None while it is somebody else's turn.

    A first answer after the shop's opening hours for it, a counter within a day, an inspection on the day of receipt, a
    payout on the next day that we are open.
    """
    if submission.waiting_on != SellSubmission.WaitingOn.SHOP:
        return None
    since = submission.waiting_since
    if submission.status == Status.COUNTERED:
        return _within(since, since + COUNTER_TIME)
    if submission.status == Status.RECEIVED:
        return _within(since, _closing(since, settings, 0))
    if submission.status == Status.SETTLING:
        since = submission.settled_at or since
        return _within(since, _closing(since, settings, 1))
    hours = timedelta(hours=settings.answer_hours)
    return Target(_open_after(since, hours * SOON, settings), _open_after(since, hours, settings))


def late(now: datetime, settings: BuyingSettings) -> Q:
    """Those that `target_of` finds late: what has waited since the last moment that was time enough, or before."""
    inspect_before, pay_before = (_closed_before(now, settings, further) for further in (0, 1))
    answer = ~Q(status__in=[Status.COUNTERED, Status.RECEIVED, Status.SETTLING])
    return Q(waiting_on=SellSubmission.WaitingOn.SHOP) & (
        answer & Q(waiting_since__lte=_open_before(now, timedelta(hours=settings.answer_hours), settings))
        | Q(status=Status.COUNTERED, waiting_since__lte=now - COUNTER_TIME)
        | Q(status=Status.RECEIVED, waiting_since__lt=inspect_before)
        | Q(status=Status.SETTLING, settled_at__lt=pay_before)
        | Q(status=Status.SETTLING, settled_at=None, waiting_since__lt=pay_before)
    )


def _within(since: datetime, due: datetime) -> Target:
    return Target(since + (due - since) * SOON, due)


def _open_after(since: datetime, left: timedelta, settings: BuyingSettings) -> datetime:
    """The moment at which the shop has been open for so long."""
    for opens, closes in _open_spans(since, settings):
        opens = max(opens, since)
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return since + left


def _closing(since: datetime, settings: BuyingSettings, further: int) -> datetime:
    """When the shop closes next, or so many open days after that."""
    closings = [closes for _, closes in _open_spans(since, settings)]
    return closings[further] if further < len(closings) else since + timedelta(days=further + 1)


def _open_spans(since: datetime, settings: BuyingSettings) -> Iterator[tuple[datetime, datetime]]:
    """When the shop opens and closes from then on, by its own clock."""
    today = timezone.localdate(since)
    for opens, closes in _hours(settings, (today + timedelta(days=days) for days in range(DAYS))):
        if max(opens, since) < closes:
            yield opens, closes


def _open_before(now: datetime, left: timedelta, settings: BuyingSettings) -> datetime:
    """The last moment from which on the shop has been open for so long by now."""
    for opens, closes in _past_spans(now, settings):
        closes = min(closes, now)
        if closes - opens >= left:
            return closes - left
        left -= closes - opens
    return now - left


def _closed_before(now: datetime, settings: BuyingSettings, further: int) -> datetime:
    """When the shop closed last, or so many open days before that."""
    closings = [closes for _, closes in _past_spans(now, settings) if closes <= now]
    return closings[further] if further < len(closings) else now - timedelta(days=further + 1)


def _past_spans(now: datetime, settings: BuyingSettings) -> Iterator[tuple[datetime, datetime]]:
    """When the shop opened and closed up to now, the latest first."""
    today = timezone.localdate(now)
    for opens, closes in _hours(settings, (today - timedelta(days=days) for days in range(DAYS))):
        if opens < now:
            yield opens, closes


def _hours(settings: BuyingSettings, days: Iterable[date]) -> Iterator[tuple[datetime, datetime]]:
    """When the shop opens and closes on those of the days on which it does, by its own clock."""
    for day in days:
        if str(day.isoweekday()) in settings.open_days:
            opens, closes = (datetime.combine(day, at) for at in (settings.opens_at, settings.closes_at))
            yield timezone.make_aware(opens), timezone.make_aware(closes)
