"""The commands: what they print and how they end."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from analytics.models import DailyFigure, EventBatch
from tests.analytics.conftest import NOON, Happened
from tests.factories.inventory import shelved
from tests.factories.shop import cart_with

pytestmark = pytest.mark.django_db


def test_the_rollup_says_how_much_it_made(happened: Happened, capsys: pytest.CaptureFixture[str]) -> None:
    happened("page_view")
    happened("page_view", at=NOON - timedelta(days=1))

    call_command("rollup_analytics")

    assert capsys.readouterr().out.startswith("2 days, 2 events, 0 days left")


def test_a_dry_run_names_the_days_and_makes_none(happened: Happened, capsys: pytest.CaptureFixture[str]) -> None:
    happened("page_view")

    call_command("rollup_analytics", "--dry-run")

    assert capsys.readouterr().out == "1 days: 2026-03-02\n"
    assert not DailyFigure.objects.exists()


def test_days_can_be_named(happened: Happened, capsys: pytest.CaptureFixture[str]) -> None:
    happened("page_view")
    happened("page_view", at=NOON - timedelta(days=1))

    call_command("rollup_analytics", "--from", "2026-03-01", "--to", "2026-03-01")

    assert list(DailyFigure.objects.values_list("day", flat=True).distinct()) == [(NOON - timedelta(days=1)).date()]


def test_a_check_passes_when_all_is_right(happened: Happened, capsys: pytest.CaptureFixture[str]) -> None:
    happened("page_view")
    call_command("rollup_analytics")
    capsys.readouterr()

    call_command("rollup_analytics", "--check")

    assert capsys.readouterr().out == "1 days match their events and orders.\n"


def test_a_check_names_the_figure_that_is_wrong_and_ends_with_one(
    happened: Happened, capsys: pytest.CaptureFixture[str]
) -> None:
    happened("page_view")
    call_command("rollup_analytics")
    DailyFigure.objects.update(events=9)

    with pytest.raises(CommandError) as refusal:
        call_command("rollup_analytics", "--check")

    assert refusal.value.returncode == 1
    said = capsys.readouterr().err
    assert "2026-03-02 analytics_daily page_view: should be (1, 1, 0, 0), is (9, 1, 0, 0)" in said


def test_a_basket_begun_since_the_last_rollup_waits_and_is_no_fault(
    happened: Happened, capsys: pytest.CaptureFixture[str]
) -> None:
    happened("page_view", at=timezone.now())
    call_command("rollup_analytics")
    cart_with(shelved(), now=timezone.now())

    call_command("rollup_analytics", "--check")

    assert f"{timezone.localdate()} waits for its rollup." in capsys.readouterr().out


def test_a_check_says_of_a_day_that_waits_that_it_waits(happened: Happened, capsys: pytest.CaptureFixture[str]) -> None:
    happened("page_view")
    call_command("rollup_analytics")
    happened("page_view")

    call_command("rollup_analytics", "--check")

    assert "2026-03-02 waits for its rollup." in capsys.readouterr().out
    assert EventBatch.objects.count() == 1
