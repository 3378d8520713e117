"""Daily figures come out exactly, again and again, whatever happened meanwhile."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from analytics.models import DailyFigure, DailyFunnel, DailyProduct, DailySearch, Event, EventBatch, RollupState
from analytics.queries import checking
from analytics.rules import days
from analytics.services import rollup
from inventory.models import StockItem
from shop.models import Cart, Order
from shop.services import orders
from tests.analytics.conftest import NOON, Happened
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import order_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def figures(day: date = TODAY) -> dict[str, tuple[int, int, int, int]]:
    rows = DailyFigure.objects.filter(day=day)
    return {row.event_type: (row.events, row.visitors, row.quantity, row.value_cents) for row in rows}


def everything() -> list[list[tuple[object, ...]]]:
    return [
        list(model.objects.order_by("pk").values_list(*fields))
        for model, fields in (
            (DailyFigure, ("day", "event_type", "events", "visitors", "quantity", "value_cents")),
            (DailyProduct, ("day", "product_id", "views", "viewers", "carts", "units", "value_cents")),
            (DailySearch, ("day", "term", "searches", "searchers", "zero_results")),
        )
    ] + [list(DailyFunnel.objects.order_by("day").values_list())]


def differences() -> list[str]:
    return [str(each) for day in checking.days_to_check() for each in checking.differences(day)]


def sold(item: StockItem, now: datetime = NOON) -> Order:
    """An order that was paid when it was collected."""
    order = order_of(item, now=now)
    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=now)
    return order


def test_a_day_is_counted_by_type(happened: Happened) -> None:
    happened("page_view", visitor=1)
    happened("page_view", visitor=1)
    happened("page_view", visitor=2)
    happened("add_to_cart", visitor=2, product_id=5, quantity=3)

    done = rollup.roll_up(now=NOON)

    assert (done.rolled, done.events) == ([TODAY], 4)
    assert figures() == {"page_view": (3, 2, 0, 0), "add_to_cart": (1, 1, 3, 0)}
    assert not EventBatch.objects.exists()
    assert differences() == []


def test_money_comes_from_paid_orders_and_not_from_events(happened: Happened) -> None:
    item = shelved(quantity=5, price="38.10")
    sold(item)
    sold(item)
    order_of(item)
    happened("purchase", order_id=1)

    rollup.roll_up(now=NOON)

    assert figures()["purchase"] == (2, 2, 2, 7620)
    row = DailyProduct.objects.get()
    assert (row.product_id, row.units, row.value_cents) == (item.product_id, 2, 7620)
    assert checking.money_matches(TODAY, TODAY)


def test_a_cancelled_order_leaves_the_day_it_was_placed_on() -> None:
    item = shelved(quantity=2, price="38.00")
    order = order_of(item)
    orders.confirm(order_id=order.pk, actor=STAFF, now=NOON)
    sold(item)
    order.payments.update(status="paid", paid_at=NOON)
    rollup.roll_up(now=NOON)
    assert figures()["purchase"][3] == 7600

    orders.cancel(order_id=order.pk, reason="changed their mind", actor=STAFF, now=NOON + timedelta(days=1))
    rollup.roll_up(now=NOON + timedelta(days=1))

    assert figures()["purchase"] == (1, 1, 1, 3800)
    assert differences() == []


def test_an_order_paid_days_later_counts_on_the_day_it_was_placed() -> None:
    order = order_of(shelved(price="38.00"))
    rollup.roll_up(now=NOON)
    assert "purchase" not in figures()

    later = NOON + timedelta(hours=20)
    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=later)
    done = rollup.roll_up(now=later)

    assert done.rolled == [TODAY]
    assert figures()["purchase"] == (1, 1, 1, 3800)


def test_an_order_paid_while_no_worker_ran_is_counted_when_one_runs_again() -> None:
    order = order_of(shelved(price="38.00"))
    rollup.roll_up(now=NOON)
    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=NOON + timedelta(hours=20))

    rollup.roll_up(now=NOON + timedelta(days=9))

    assert figures()["purchase"] == (1, 1, 1, 3800)


def test_a_day_whose_orders_changed_waits_on_when_a_run_ends_before_it() -> None:
    sold(shelved(price="38.00"))

    assert rollup.roll_up(now=NOON, max_seconds=0).left == 1

    assert checking.waiting_days() == [TODAY]


def test_money_matches_around_midnight_in_summer_time() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    sold(shelved(price="38.00"), late)

    rollup.roll_up(now=late)

    assert figures(date(2026, 7, 2))["purchase"] == (1, 1, 1, 3800)
    assert checking.money_matches(date(2026, 7, 1), date(2026, 7, 2))


def test_a_second_run_has_nothing_to_do_and_making_all_anew_changes_nothing(happened: Happened) -> None:
    happened("search", term="jacket", quantity=0)
    happened("product_view", product_id=7)
    rollup.roll_up(now=NOON)
    before = everything()

    assert rollup.roll_up(now=NOON).rolled == []
    assert rollup.roll_up(now=NOON, first=TODAY, last=TODAY).rolled == [TODAY]
    assert everything() == before


def test_a_late_event_makes_its_own_day_alone_anew(happened: Happened) -> None:
    for back in range(3):
        happened("page_view", at=NOON - timedelta(days=back))
    rollup.roll_up(now=NOON)

    happened("page_view", at=NOON - timedelta(days=1), visitor=9)

    assert rollup.roll_up(now=NOON).rolled == [TODAY - timedelta(days=1)]
    assert figures(TODAY - timedelta(days=1))["page_view"][:2] == (2, 2)


def test_figures_whose_events_are_gone_vanish(happened: Happened) -> None:
    gone = happened("search", term="jacket", quantity=3)
    happened("page_view")
    rollup.roll_up(now=NOON)
    gone.delete()

    rollup.roll_up(now=NOON, first=TODAY, last=TODAY)

    assert set(figures()) == {"page_view"}
    assert not DailySearch.objects.exists()


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_a_day_is_a_local_day_whatever_its_length(happened: Happened, day: date, hours: int) -> None:
    low, high = days.bounds(day)
    assert high - low == timedelta(hours=hours)
    for moment in (low - timedelta(microseconds=1), low, high - timedelta(microseconds=1), high):
        happened("page_view", at=moment)

    rollup.roll_up(now=high)

    assert figures(day)["page_view"][0] == 2
    assert differences() == []


def test_searches_are_counted_by_term_with_those_that_found_nothing(happened: Happened) -> None:
    happened("search", term="jacket", quantity=3, visitor=1)
    happened("search", term="jacket", quantity=0, visitor=1)
    happened("search", term="uk 9", quantity=0, visitor=2)

    rollup.roll_up(now=NOON)

    rows = DailySearch.objects.values_list("term", "searches", "searchers", "zero_results")
    assert set(rows) == {("jacket", 2, 1, 1), ("uk 9", 1, 1, 1)}


def test_the_funnel_counts_each_visitor_once_a_step_and_a_session_ends_after_half_an_hour(happened: Happened) -> None:
    for minutes in (0, 10, 45):
        happened("page_view", visitor=1, at=NOON + timedelta(minutes=minutes))
    for _ in range(3):
        happened("product_view", visitor=1, product_id=5)
    happened("page_view", visitor=2)
    happened("sell_start", visitor=2)
    happened("page_view", visitor=None)

    rollup.roll_up(now=NOON)

    row = DailyFunnel.objects.get()
    assert (row.visitors, row.sessions, row.viewed, row.carted, row.sell_started) == (2, 3, 1, 0, 1)


def test_baskets_count_on_the_day_they_were_begun_and_so_do_the_orders_they_became(happened: Happened) -> None:
    item = shelved(quantity=3)
    order = order_of(item)
    Cart.objects.create(visitor="a" * 32, created_at=NOON, updated_at=NOON)
    rollup.roll_up(now=NOON)

    row = DailyFunnel.objects.get()
    assert (row.baskets, row.baskets_ordered) == (2, 1)
    assert order.cart is not None


def test_a_purged_day_is_never_made_again(happened: Happened) -> None:
    happened("page_view")
    rollup.roll_up(now=NOON)
    RollupState.objects.update(purged_at=NOON)
    Event.objects.all().delete()

    assert rollup.roll_up(now=NOON, first=TODAY, last=TODAY).rolled == []
    assert figures()["page_view"][0] == 1


@pytest.mark.parametrize("damage", ["event", "order", "figure"])
def test_what_was_changed_by_hand_is_found(happened: Happened, damage: str) -> None:
    event = happened("page_view")
    sold(shelved(price="38.00"))
    rollup.roll_up(now=NOON)
    assert differences() == []

    if damage == "event":
        Event.objects.filter(pk=event.pk).update(event_type="filter_used")
    elif damage == "order":
        Order.objects.update(total=Decimal("39.00"), subtotal=Decimal("39.00"))
    else:
        DailyFigure.objects.filter(event_type="page_view").update(visitors=7)

    found = differences()
    assert found
    assert all("2026-03-02 analytics_daily" in each for each in found)


def test_time_that_is_up_leaves_the_rest_for_the_next_run(happened: Happened) -> None:
    for back in range(3):
        happened("page_view", at=NOON - timedelta(days=back))

    done = rollup.roll_up(now=NOON, max_seconds=0)

    assert (done.rolled, done.left) == ([], 3)
    assert len(rollup.roll_up(now=NOON).rolled) == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_runs_at_once_the_one_that_began_later_has_the_last_word(happened: Happened) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("there the second waits until the first has ended")
    happened("page_view")
    overtaken: list[bool] = []

    def later() -> None:
        happened("page_view", visitor=2)
        rollup.roll_up(now=NOON)
        connection.close()

    def overtake(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Let the other run from its beginning to its end, once this one has read its events."""
        answer = execute(sql, *rest)
        if sql.startswith("SELECT COUNT(*) FROM analytics_events") and not overtaken:
            overtaken.append(True)
            (other := Thread(target=later)).start()
            other.join()
        return answer

    with connection.execute_wrapper(overtake):
        rollup.roll_up(now=NOON)

    assert overtaken
    assert figures()["page_view"][:2] == (2, 2)


def test_no_day_that_is_still_to_come_is_made() -> None:
    done = rollup.roll_up(now=NOON, first=TODAY - timedelta(days=1), last=date.max)

    assert done.rolled == [TODAY - timedelta(days=1), TODAY]


def test_a_slower_run_gives_way_to_one_that_came_later(happened: Happened) -> None:
    happened("page_view", at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    version = rollup._claim(TODAY)
    rollup._claim(TODAY)

    with pytest.raises(rollup.AnotherRun):
        rollup._refuse_stale(TODAY, version)
