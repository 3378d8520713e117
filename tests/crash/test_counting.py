"""Counting, killed (kill -9) at each of its steps: run again it ends right, and nothing is counted twice."""

from datetime import timedelta

import pytest

from analytics.models import DailyFigure, Event, EventBatch, RollupState
from analytics.queries import checking
from analytics.rules import days
from analytics.services import purging, rollup
from tests.crash.conftest import KillAt
from tests.factories.shop import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MOST_STEPS = 200
LATER = NOON + timedelta(days=120)


def happened(count: int = 3) -> None:
    """Events of a day, with their ledger row."""
    EventBatch.objects.create(day=days.day_of(NOON), events=count)
    Event.objects.bulk_create(
        Event(event_type="page_view", created_at=NOON, visitor=visitor) for visitor in range(count)
    )


def forget() -> None:
    for model in (Event, EventBatch, DailyFigure, RollupState):
        model.objects.all().delete()


def views() -> int:
    return sum(DailyFigure.objects.filter(event_type="page_view").values_list("events", flat=True))


def differences() -> list[str]:
    return [str(each) for day in checking.days_to_check() for each in checking.differences(day)]


def test_a_rollup_killed_at_any_step_ends_right_when_run_again(kill_at: KillAt) -> None:
    for step in range(1, MOST_STEPS):
        forget()
        happened()
        outcome = kill_at("roll_up", step, NOON.isoformat())
        if outcome != "killed":
            break
        rollup.roll_up(now=NOON)
        assert views() == 3
        assert differences() == []
        assert not EventBatch.objects.exists()

    assert outcome == "done"
    assert step > 15
    assert views() == 3


def test_a_flush_killed_at_any_step_leaves_events_with_their_ledger_row_or_neither(kill_at: KillAt) -> None:
    for step in range(1, MOST_STEPS):
        forget()
        outcome = kill_at("flush", step, NOON.isoformat(), 5)
        assert Event.objects.count() == sum(EventBatch.objects.values_list("events", flat=True))
        assert Event.objects.count() in {0, 5}
        if outcome != "killed":
            break
        rollup.roll_up(now=NOON)
        assert views() == Event.objects.count()

    assert outcome == "done"
    assert Event.objects.count() == 5
    assert step > 4


def test_a_purge_killed_at_any_step_keeps_the_figures_and_ends_when_run_again(kill_at: KillAt) -> None:
    for step in range(1, MOST_STEPS):
        forget()
        happened()
        rollup.roll_up(now=NOON)
        outcome = kill_at("purge", step, LATER.isoformat())
        if outcome != "killed":
            break
        rollup.roll_up(now=LATER, first=days.day_of(NOON), last=days.day_of(NOON))
        purging.purge(now=LATER, keep_days=90)
        assert not Event.objects.exists()
        assert views() == 3

    assert outcome == "done"
    assert not Event.objects.exists()
    assert step > 5
