"""Limits on how often something may happen."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory

from core import throttle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_was_counted() -> None:
    cache.clear()


def test_it_may_happen_so_often_and_not_more():
    assert [throttle.take("knock", "aine", most=2, seconds=60) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("what", "who"), [("knock", "brid"), ("ring", "aine")])
def test_others_and_other_things_are_counted_apart(what, who):
    throttle.take("knock", "aine", most=1, seconds=60)

    assert throttle.take(what, who, most=1, seconds=60)


def test_each_time_is_forgotten_after_its_seconds():
    start = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    for second, allowed in [(0, True), (30, True), (59, False), (61, True), (62, False), (91, True)]:
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            assert throttle.take("knock", "aine", most=2, seconds=60) is allowed


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
    ],
)
def test_a_household_is_one_address(address, counted):
    assert throttle.address_of(RequestFactory().get("/", REMOTE_ADDR=address)) == counted


def test_D20_what_was_counted_lies_where_every_process_sees_it():
    throttle.take("knock", "aine", most=1, seconds=60)

    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM core_cache")
        assert cursor.fetchone() == (1,)
