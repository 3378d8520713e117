"""What the database itself refuses, even to hand-written SQL."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.audit import Actor
from inventory.models import PriceChange, Reason, Reservation, StockItem, StockMove
from inventory.queries import ledger
from inventory.services import stock
from tests.factories.inventory import shelved

pytestmark = pytest.mark.django_db


@pytest.fixture
def piece(now: datetime, actor: Actor) -> StockItem:
    """A one-off piece, reserved for somebody."""
    item = shelved(quantity=1)
    stock.reserve(
        wanted=[stock.Wanted(item.pk, 1, Decimal("38.00"))],
        cause="order first",
        holder="visitor 1",
        expires_at=now + timedelta(hours=1),
        actor=actor,
        now=now,
    )
    return item


def copy_row(model: type[Reservation | StockMove], pk: int, **changes: str) -> str:
    """SQL that inserts a row like an existing one, but for the changes, given as SQL."""
    columns = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changes.get(column, column) for column in columns)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE id = {pk}"


@transaction.atomic
def run(sql: str) -> None:
    """Run one hand-written statement and look at its foreign keys at once: the test's transaction never ends."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
    connection.check_constraints()


def is_refused(sql: str, because: str) -> bool:
    """Whether the database refuses the statement, for this reason, and nothing is changed by it."""
    with pytest.raises(IntegrityError, match=because):
        run(sql)
    return not ledger.stock_findings()


def test_the_shelf_cannot_hold_less_than_nothing(piece: StockItem) -> None:
    assert is_refused("UPDATE inventory_stockitem SET on_shelf = -1", because="stock_item_on_shelf_not_negative")


def test_taking_one_more_from_an_empty_shelf_is_refused(piece: StockItem) -> None:
    assert is_refused(
        "UPDATE inventory_stockitem SET on_shelf = on_shelf - 1, reserved = reserved + 1",
        because="stock_item_on_shelf_not_negative",
    )


def test_no_less_than_nothing_can_be_reserved(piece: StockItem) -> None:
    assert is_refused("UPDATE inventory_stockitem SET reserved = -1", because="stock_item_reserved_not_negative")


def test_no_less_than_nothing_can_have_been_taken_in(piece: StockItem) -> None:
    assert is_refused("UPDATE inventory_stockitem SET taken_in = -1", because="stock_item_taken_in_not_negative")


def test_INV_10_a_single_copy_cannot_be_promised_twice(piece: StockItem) -> None:
    first = Reservation.objects.get()

    # SQLite names the columns of the index, PostgreSQL the index.
    assert is_refused(
        copy_row(Reservation, first.pk, cause="'order second'"),
        because="reservation_one_active_on_a_single_copy|inventory_reservation.stock_item_id$",
    )


def test_one_cause_cannot_reserve_twice(piece: StockItem) -> None:
    first = Reservation.objects.get()

    assert is_refused(
        copy_row(Reservation, first.pk, is_single_copy="(1 = 0)"),
        because="reservation_once_a_cause|cause, inventory_reservation.line",
    )


def test_nothing_cannot_be_reserved(piece: StockItem) -> None:
    assert is_refused("UPDATE inventory_reservation SET quantity = 0", because="reservation_quantity_positive")


def test_an_ended_reservation_has_its_moment(piece: StockItem) -> None:
    assert is_refused("UPDATE inventory_reservation SET status = 'released'", because="ended_iff_not_active")


def test_an_unknown_status_is_refused(piece: StockItem) -> None:
    assert is_refused("UPDATE inventory_reservation SET status = 'sold'", because="ended_iff_not_active")


def test_INV_13_a_move_cannot_be_changed(piece: StockItem) -> None:
    assert is_refused("UPDATE inventory_stockmove SET quantity = 2", because="append-only")


def test_INV_13_a_move_cannot_be_deleted(piece: StockItem) -> None:
    assert is_refused("DELETE FROM inventory_stockmove", because="append-only")


def test_a_price_change_cannot_be_changed(piece: StockItem) -> None:
    assert PriceChange.objects.exists()
    assert is_refused("UPDATE inventory_pricechange SET price = 1", because="append-only")


def test_a_price_change_cannot_be_deleted(piece: StockItem) -> None:
    assert is_refused("DELETE FROM inventory_pricechange", because="append-only")


def test_one_cause_cannot_take_in_twice(piece: StockItem) -> None:
    intake = StockMove.objects.get(reason=Reason.INTAKE)

    assert is_refused(copy_row(StockMove, intake.pk), because="stock_move_once_a_cause|cause, inventory_stockmove.line")


def test_one_cause_cannot_sell_twice(piece: StockItem, now: datetime, actor: Actor) -> None:
    (sale,) = stock.hand_over(reservation_ids=[Reservation.objects.get().pk], actor=actor, now=now)

    assert is_refused(copy_row(StockMove, sale.pk), because="UNIQUE|unique")


def test_a_reservation_cannot_end_twice(piece: StockItem, now: datetime, actor: Actor) -> None:
    (sale,) = stock.hand_over(reservation_ids=[Reservation.objects.get().pk], actor=actor, now=now)

    assert is_refused(
        copy_row(StockMove, sale.pk, reason="'release'", to_place="'shelf'"),
        because="stock_move_reservation_ends_once|inventory_stockmove.reservation_id$",
    )


@pytest.mark.parametrize(
    ("reason", "origin", "target"),
    [
        ("sale", "outside", "customer"),
        ("sale", "shelf", "shelf"),
        ("intake", "customer", "shelf"),
        ("found", "outside", "shelf"),
        ("gift", "outside", "shelf"),
        ("intake", "outside", "attic"),
    ],
)
def test_a_move_by_an_unknown_route_is_refused(piece: StockItem, reason: str, origin: str, target: str) -> None:
    intake = StockMove.objects.get(reason=Reason.INTAKE)
    sql = copy_row(
        StockMove, intake.pk, cause="'by hand'", reason=f"'{reason}'", from_place=f"'{origin}'", to_place=f"'{target}'"
    )

    assert is_refused(sql, because="stock_move_route_known")


def test_a_move_of_nothing_is_refused(piece: StockItem) -> None:
    intake = StockMove.objects.get(reason=Reason.INTAKE)

    assert is_refused(
        copy_row(StockMove, intake.pk, cause="'by hand'", quantity="0"), because="stock_move_quantity_positive"
    )


def test_a_reserving_move_names_its_reservation(piece: StockItem) -> None:
    reserving = StockMove.objects.get(reason=Reason.RESERVE)

    assert is_refused(
        copy_row(StockMove, reserving.pk, cause="'by hand'", reservation_id="NULL"),
        because="stock_move_reserved_names_reservation",
    )


def test_a_lot_with_moves_cannot_be_deleted(piece: StockItem) -> None:
    assert is_refused("DELETE FROM inventory_stockitem", because="foreign key|FOREIGN KEY")


def test_a_reservation_with_moves_cannot_be_deleted(piece: StockItem) -> None:
    assert is_refused("DELETE FROM inventory_reservation", because="foreign key|FOREIGN KEY")
