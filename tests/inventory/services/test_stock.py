"""The ledger's verbs."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.audit import Actor
from inventory.errors import AlreadyExtended, OutOfStock, PieceIsReserved, ReservationEnded
from inventory.models import Reservation, StockItem, StockMove
from inventory.queries.ledger import stock_findings
from inventory.services import stock
from tests.factories.inventory import shelved

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_ledger_adds_up_afterwards(db: None):
    yield
    assert stock_findings() == []


def balances(item: StockItem) -> tuple[int, int]:
    item.refresh_from_db()
    return item.on_shelf, item.reserved


def hold(item: StockItem, now: datetime, actor: Actor, quantity: int = 1, **changes) -> Reservation:
    fields: dict[str, Any] = {
        "cause": "order A",
        "holder": "visitor a",
        "expires_at": now + timedelta(hours=1),
    } | changes
    wanted = [stock.Wanted(item.pk, quantity, Decimal("38.00"))]
    (reservation,) = stock.reserve(wanted=wanted, actor=actor, now=now, **fields)
    return reservation


def test_taking_in_puts_copies_on_the_shelf_with_their_cost(now, actor):
    item = shelved(quantity=0)

    move = stock.take_in(
        stock_item_id=item.pk, quantity=3, cause="delivery 7", unit_cost=Decimal("12.50"), actor=actor, now=now
    )

    assert balances(item) == (3, 0)
    assert (move.from_place, move.to_place, move.quantity, move.unit_amount) == (
        "outside",
        "shelf",
        3,
        Decimal("12.50"),
    )


def test_taking_in_twice_by_one_cause_books_once(now, actor):
    item = shelved(quantity=0)
    again = {"stock_item_id": item.pk, "quantity": 3, "cause": "delivery 7", "actor": actor, "now": now}

    first, second = stock.take_in(**again), stock.take_in(**again)

    assert first == second
    assert balances(item) == (3, 0)


def test_reserving_moves_copies_off_the_shelf(now, actor):
    item = shelved(quantity=2)

    reservation = hold(item, now, actor)

    assert balances(item) == (1, 1)
    assert reservation.status == Reservation.Status.ACTIVE


def test_reserving_more_than_there_is_changes_nothing(now, actor):
    item, other = shelved(quantity=1), shelved(quantity=5)
    wanted = [stock.Wanted(other.pk, 1, Decimal("38")), stock.Wanted(item.pk, 2, Decimal("38"))]

    with pytest.raises(OutOfStock) as refusal:
        stock.reserve(wanted=wanted, cause="order A", holder="visitor a", expires_at=None, actor=actor, now=now)

    (shortage,) = refusal.value.shortages
    assert (shortage.stock_item_id, shortage.wanted, shortage.available) == (item.pk, 2, 1)
    assert balances(other) == (5, 0)


def test_two_lines_of_one_piece_are_two_copies(now, actor):
    item = shelved(quantity=1)
    wanted = [stock.Wanted(item.pk, 1, Decimal("38"))] * 2

    with pytest.raises(OutOfStock):
        stock.reserve(wanted=wanted, cause="order A", holder="visitor a", expires_at=None, actor=actor, now=now)

    assert balances(item) == (1, 0)


def test_a_lot_that_is_not_there_is_a_shortage(now, actor):
    with pytest.raises(OutOfStock):
        stock.reserve(
            wanted=[stock.Wanted(404, 1, Decimal("1"))], cause="x", holder="h", expires_at=None, actor=actor, now=now
        )


def test_releasing_touches_that_one_promise_only(now, actor):
    item = shelved(quantity=2)
    first = hold(item, now, actor)
    second = hold(item, now, actor, cause="order B")

    stock.release(reservation_ids=[first.pk], actor=actor, now=now)

    second.refresh_from_db()
    assert balances(item) == (1, 1)
    assert second.status == Reservation.Status.ACTIVE


def test_releasing_twice_puts_copies_back_once(now, actor):
    item = shelved()
    reservation = hold(item, now, actor)

    released = [stock.release(reservation_ids=[reservation.pk], actor=actor, now=now) for _ in range(2)]

    assert [len(each) for each in released] == [1, 0]
    assert balances(item) == (1, 0)


def test_handing_over_books_the_sale_at_the_agreed_price(now, actor):
    item = shelved()
    reservation = hold(item, now, actor)

    (move,) = stock.hand_over(reservation_ids=[reservation.pk], actor=actor, now=now)

    assert balances(item) == (0, 0)
    assert (move.reason, move.from_place, move.to_place, move.unit_amount) == (
        "sale",
        "reserved",
        "customer",
        Decimal("38.00"),
    )
    assert item.sold_out_at == now


def test_a_promise_that_has_run_out_cannot_be_handed_over(now, actor):
    item = shelved()
    reservation = hold(item, now, actor, expires_at=now + timedelta(minutes=30))

    with pytest.raises(ReservationEnded):
        stock.hand_over(reservation_ids=[reservation.pk], actor=actor, now=now + timedelta(minutes=30))

    assert balances(item) == (0, 1)


def test_an_overdue_promise_does_not_keep_the_next_buyer_out(now, actor):
    item = shelved()
    overdue = hold(item, now, actor, expires_at=now + timedelta(minutes=30))

    hold(item, now + timedelta(minutes=30), actor, cause="order B", expires_at=None)

    overdue.refresh_from_db()
    assert overdue.status == Reservation.Status.EXPIRED
    assert balances(item) == (0, 1)


def test_a_promise_still_running_keeps_the_next_buyer_out(now, actor):
    item = shelved()
    hold(item, now, actor, expires_at=now + timedelta(minutes=30))

    with pytest.raises(OutOfStock):
        hold(item, now + timedelta(minutes=29), actor, cause="order B")


def test_what_is_due_is_put_back_and_the_rest_stays(now, actor):
    due, running, kept = shelved(), shelved(), shelved()
    hold(due, now, actor, cause="a", expires_at=now + timedelta(minutes=1))
    hold(running, now, actor, cause="b", expires_at=now + timedelta(minutes=9))
    hold(kept, now, actor, cause="c", expires_at=None)

    assert stock.expire_due(now=now + timedelta(minutes=5)) == 1

    assert [balances(item) for item in (due, running, kept)] == [(1, 0), (0, 1), (0, 1)]


def test_a_promise_is_made_longer_once(now, actor):
    reservation = hold(shelved(), now, actor)
    by = timedelta(minutes=15)

    stock.extend(reservation_ids=[reservation.pk], by=by, now=now)
    with pytest.raises(AlreadyExtended):
        stock.extend(reservation_ids=[reservation.pk], by=by, now=now)

    reservation.refresh_from_db()
    assert reservation.expires_at == now + timedelta(hours=1, minutes=15)


def test_a_kept_promise_never_runs_out(now, actor):
    item = shelved()
    reservation = hold(item, now, actor)

    stock.keep(reservation_ids=[reservation.pk], now=now)

    assert stock.expire_due(now=now + timedelta(days=900)) == 0
    assert balances(item) == (0, 1)


def test_a_counter_sale_comes_from_the_shelf(now, actor):
    item = shelved(quantity=2)
    sale = {"stock_item_id": item.pk, "unit_price": Decimal("30"), "actor": actor, "now": now}

    stock.sell_over_the_counter(quantity=1, cause="till 1", **sale)
    with pytest.raises(OutOfStock):
        stock.sell_over_the_counter(quantity=2, cause="till 2", **sale)

    assert balances(item) == (1, 0)


def test_the_counter_sells_what_nobody_is_promised_any_more(now, actor):
    item = shelved()
    overdue = hold(item, now, actor, expires_at=now + timedelta(minutes=30))

    stock.sell_over_the_counter(
        stock_item_id=item.pk,
        quantity=1,
        unit_price=Decimal("30"),
        cause="till 1",
        actor=actor,
        now=now + timedelta(hours=5),
    )

    overdue.refresh_from_db()
    assert overdue.status == Reservation.Status.EXPIRED
    assert balances(item) == (0, 0)


def test_a_stocktake_writes_off_what_nobody_is_promised_any_more(now, actor):
    item = shelved()
    hold(item, now, actor, expires_at=now + timedelta(minutes=30))

    stock.count(stock_item_id=item.pk, counted=0, cause="stocktake", actor=actor, now=now + timedelta(hours=5))

    assert balances(item) == (0, 0)


def test_releasing_what_has_run_out_says_that_it_expired(now, actor):
    reservation = hold(shelved(), now, actor, expires_at=now + timedelta(minutes=30))

    stock.release(reservation_ids=[reservation.pk], actor=actor, now=now + timedelta(hours=5))

    reservation.refresh_from_db()
    assert reservation.status == Reservation.Status.EXPIRED


@pytest.mark.parametrize(("is_sellable", "on_shelf"), [(True, 1), (False, 0)])
def test_a_return_goes_back_on_the_shelf_only_if_it_can_be_sold(now, actor, is_sellable, on_shelf):
    item = shelved()
    stock.sell_over_the_counter(
        stock_item_id=item.pk, quantity=1, unit_price=Decimal("30"), cause="till 1", actor=actor, now=now
    )

    stock.put_back(stock_item_id=item.pk, quantity=1, is_sellable=is_sellable, cause="return 1", actor=actor, now=now)

    assert balances(item) == (on_shelf, 0)
    assert (item.sold_out_at is None) == is_sellable


def test_giving_back_takes_copies_out_of_the_house(now, actor):
    item = shelved()

    stock.give_back(stock_item_id=item.pk, quantity=1, cause="submission SB-1", actor=actor, now=now)

    assert balances(item) == (0, 0)


@pytest.mark.parametrize(("counted", "moves"), [(5, []), (7, [("found", 2)]), (2, [("write_off", 3)])])
def test_counting_brings_the_book_to_what_is_there(now, actor, counted, moves):
    item = shelved(quantity=5)
    hold(item, now, actor)

    stock.count(stock_item_id=item.pk, counted=counted, cause="stocktake 2026-03-02", actor=actor, now=now)

    booked = StockMove.objects.filter(stock_item=item, cause="stocktake 2026-03-02")
    assert [(move.reason, move.quantity) for move in booked] == moves
    assert sum(balances(item)) == counted


def test_one_stocktake_may_count_a_lot_twice(now, actor):
    item = shelved(quantity=5)

    for counted in (3, 2):
        stock.count(stock_item_id=item.pk, counted=counted, cause="stocktake 2026-03-02", actor=actor, now=now)

    assert balances(item) == (2, 0)


def test_counting_never_takes_away_what_is_promised(now, actor):
    item = shelved(quantity=1)
    hold(item, now, actor)

    with pytest.raises(PieceIsReserved):
        stock.count(stock_item_id=item.pk, counted=0, cause="stocktake", actor=actor, now=now)
