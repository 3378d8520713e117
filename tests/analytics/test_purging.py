"""Old events go, once they are counted; the figures stay."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from analytics.models import DailyFigure, Event, RollupState
from analytics.services import purging, rollup
from tests.analytics.conftest import NOON, Happened

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=100)


def test_events_older_than_that_are_deleted_and_their_figures_stay(happened: Happened) -> None:
    happened("page_view")
    happened("page_view", at=LATER)
    rollup.roll_up(now=LATER)

    done = purging.purge(now=LATER, keep_days=90)

    assert (done.days, done.events, done.left) == ([date(2026, 3, 2)], 1, [])
    assert list(Event.objects.values_list("created_at", flat=True)) == [LATER]
    assert DailyFigure.objects.count() == 2
    assert RollupState.objects.get(day=date(2026, 3, 2)).purged_at == LATER


def test_a_day_that_waits_for_its_rollup_or_whose_count_differs_stays(happened: Happened) -> None:
    happened("page_view")
    happened("page_view", at=NOON + timedelta(days=1))
    rollup.roll_up(now=LATER)
    happened("page_view")
    Event.objects.create(event_type="page_view", created_at=NOON + timedelta(days=1))

    done = purging.purge(now=LATER, keep_days=90)

    assert (done.days, done.left) == ([], [date(2026, 3, 2), date(2026, 3, 3)])
    assert Event.objects.count() == 4


def test_a_dry_run_deletes_nothing(happened: Happened, capsys: pytest.CaptureFixture[str]) -> None:
    happened("page_view")
    rollup.roll_up(now=NOON)

    call_command("purge_analytics", "--keep-days", "0", "--dry-run")

    assert "1 events of 1 days would be deleted." in capsys.readouterr().out
    assert Event.objects.count() == 1
    assert not RollupState.objects.filter(purged_at__isnull=False).exists()


def test_large_days_go_in_blocks(happened: Happened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "BLOCK", 2)
    for _ in range(5):
        happened("page_view")
    rollup.roll_up(now=LATER)

    assert purging.purge(now=LATER, keep_days=90).events == 5
    assert not Event.objects.exists()
