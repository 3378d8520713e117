"""check_stock: damage of every kind, done by hand in SQL, turns it red."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from core.append_only import drop_triggers
from core.audit import Actor
from inventory.models import Reservation, StockItem
from inventory.queries import ledger
from inventory.services import stock
from tests.factories.inventory import shelved

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)

# What is damaged, how, and everything that check_stock then has to say about it.
DAMAGE: dict[str, tuple[str, set[str]]] = {
    "on_shelf": ("UPDATE inventory_stockitem SET on_shelf = on_shelf + 1", {"on_shelf"}),
    "reserved": ("UPDATE inventory_stockitem SET reserved = reserved + 1", {"reserved", "promises"}),
    "taken_in": ("UPDATE inventory_stockitem SET taken_in = taken_in - 1", {"taken_in"}),
    "promises": ("UPDATE inventory_reservation SET quantity = 5 WHERE status = 'active'", {"promises", "not_reserved"}),
    "customer": (
        "UPDATE inventory_stockmove SET from_place = 'customer', reason = 'return' WHERE reason = 'intake'",
        {"customer", "taken_in"},
    ),
    "sold_out_at": ("UPDATE inventory_stockitem SET sold_out_at = '2026-03-02 12:00:00+00:00'", {"sold_out_at"}),
    "not_reserved": (
        "UPDATE inventory_stockmove SET quantity = 5 WHERE reason = 'reserve' AND cause = 'order released'",
        {"not_reserved", "on_shelf", "reserved"},
    ),
    "not_sold": (
        "UPDATE inventory_reservation SET status = 'consumed' WHERE status = 'released'",
        {"not_sold"},
    ),
    "not_released": (
        "UPDATE inventory_reservation SET status = 'expired' WHERE status = 'consumed'",
        {"not_released"},
    ),
    "ended_twice": (
        "UPDATE inventory_reservation SET status = 'active', ended_at = NULL WHERE status = 'released'",
        {"ended_twice", "promises"},
    ),
}


@pytest.fixture
def lot(now: datetime, actor: Actor) -> StockItem:
    """Four copies, of which one is reserved, one sold, and one was reserved and released."""
    item = shelved(quantity=4)
    held = {
        name: stock.reserve(
            wanted=[stock.Wanted(item.pk, 1, Decimal("38.00"))],
            cause=f"order {name}",
            holder="visitor 1",
            expires_at=now + LATER,
            actor=actor,
            now=now,
        )[0].pk
        for name in ("open", "sold", "released")
    }
    stock.hand_over(reservation_ids=[held["sold"]], actor=actor, now=now)
    stock.release(reservation_ids=[held["released"]], actor=actor, now=now)
    return item


def damage(kind: str) -> None:
    """Change the rows behind the services' backs."""
    drop_triggers()
    with connection.cursor() as cursor:
        cursor.execute(DAMAGE[kind][0])
        assert cursor.rowcount == 1


def check_stock(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """The command's exit code and what it printed."""
    capsys.readouterr()
    try:
        call_command("check_stock", *options)
    except SystemExit as leaving:
        return int(str(leaving.code)), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_sound_stock_is_green(lot: StockItem, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = check_stock(capsys)

    assert code == 0
    assert printed == "check_stock: 1 lots, 6 moves: all stock adds up\n"


def test_an_empty_shop_is_green(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_stock(capsys)[0] == 0


def test_a_lot_that_never_had_a_copy_is_green(capsys: pytest.CaptureFixture[str]) -> None:
    shelved(quantity=0)

    assert check_stock(capsys)[0] == 0


def test_every_kind_of_finding_is_tried() -> None:
    assert set(DAMAGE) == set(ledger.FINDINGS)


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_by_hand_is_found(kind: str, lot: StockItem) -> None:
    damage(kind)

    assert {finding.kind for finding in ledger.stock_findings()} == DAMAGE[kind][1]


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_by_hand_ends_with_exit_code_1_and_is_named(
    kind: str, lot: StockItem, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(kind)

    code, printed = check_stock(capsys)

    assert code == 1
    assert ledger.FINDINGS[kind] in printed
    assert f"{len(DAMAGE[kind][1])} findings" in printed


def test_json_gives_every_finding_with_both_numbers(lot: StockItem, capsys: pytest.CaptureFixture[str]) -> None:
    damage("on_shelf")

    code, printed = check_stock(capsys, "--json")

    assert code == 1
    finding: dict[str, Any] = {"kind": "on_shelf", "thing": "lot", "pk": lot.pk, "expected": 2, "found": 3}
    assert json.loads(printed) == {"lots": 1, "moves": 6, "findings": [finding]}


def test_json_of_sound_stock_has_no_findings(lot: StockItem, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = check_stock(capsys, "--json")

    assert code == 0
    assert json.loads(printed) == {"lots": 1, "moves": 6, "findings": []}


def test_a_reservation_is_named_by_its_own_number(lot: StockItem) -> None:
    damage("not_sold")

    (finding,) = ledger.stock_findings()

    assert finding.thing == "reservation"
    assert finding.pk == Reservation.objects.get(cause="order released").pk
