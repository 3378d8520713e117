"""The proof of the ledger: every balance equals its moves, every promise has its copy."""

from dataclasses import dataclass

from django.db import connection

FINDINGS = {
    "on_shelf": "the shelf balance differs from its moves",
    "reserved": "the reserved balance differs from its moves",
    "taken_in": "the count of copies taken in differs from its moves",
    "promises": "the reserved balance differs from the active reservations",
    "customer": "more copies came back from customers than were sold",
    "sold_out_at": "the moment of selling out does not fit the balances",
    "not_reserved": "a reservation without the move that made it",
    "not_sold": "a consumed reservation without its sale",
    "not_released": "a released or expired reservation whose copies were not put back",
    "ended_twice": "an active reservation whose copies have left",
}

SQL = """
WITH moved AS (
    SELECT stock_item_id,
        SUM(CASE WHEN to_place = 'shelf' THEN quantity WHEN from_place = 'shelf' THEN -quantity ELSE 0 END) AS shelf,
        SUM(CASE WHEN to_place = 'reserved' THEN quantity WHEN from_place = 'reserved' THEN -quantity ELSE 0 END)
            AS reserved,
        SUM(CASE WHEN to_place = 'customer' THEN quantity WHEN from_place = 'customer' THEN -quantity ELSE 0 END)
            AS customer,
        SUM(CASE WHEN reason = 'intake' THEN quantity ELSE 0 END) AS taken_in
    FROM inventory_stockmove GROUP BY stock_item_id
), held AS (
    SELECT stock_item_id, SUM(quantity) AS quantity
    FROM inventory_reservation WHERE status = 'active' GROUP BY stock_item_id
), item AS (
    SELECT i.id, i.on_shelf, i.reserved, i.taken_in, i.sold_out_at,
        COALESCE(moved.shelf, 0) AS m_shelf, COALESCE(moved.reserved, 0) AS m_reserved,
        COALESCE(moved.customer, 0) AS m_customer, COALESCE(moved.taken_in, 0) AS m_taken_in,
        COALESCE(held.quantity, 0) AS promised
    FROM inventory_stockitem i
    LEFT JOIN moved ON moved.stock_item_id = i.id
    LEFT JOIN held ON held.stock_item_id = i.id
), ends AS (
    SELECT reservation_id,
        SUM(CASE WHEN reason = 'reserve' THEN quantity ELSE 0 END) AS reserved,
        SUM(CASE WHEN reason = 'release' THEN quantity ELSE 0 END) AS released,
        SUM(CASE WHEN reason = 'sale' THEN quantity ELSE 0 END) AS sold
    FROM inventory_stockmove WHERE reservation_id IS NOT NULL GROUP BY reservation_id
), promise AS (
    SELECT r.id, r.quantity, r.status, COALESCE(ends.reserved, 0) AS reserved,
        COALESCE(ends.released, 0) AS released, COALESCE(ends.sold, 0) AS sold
    FROM inventory_reservation r LEFT JOIN ends ON ends.reservation_id = r.id
)
SELECT 'on_shelf' AS kind, 'lot' AS thing, id, m_shelf AS expected, on_shelf AS found
    FROM item WHERE on_shelf <> m_shelf
UNION ALL SELECT 'reserved', 'lot', id, m_reserved, reserved FROM item WHERE reserved <> m_reserved
UNION ALL SELECT 'taken_in', 'lot', id, m_taken_in, taken_in FROM item WHERE taken_in <> m_taken_in
UNION ALL SELECT 'promises', 'lot', id, promised, reserved FROM item WHERE reserved <> promised
UNION ALL SELECT 'customer', 'lot', id, 0, m_customer FROM item WHERE m_customer < 0
UNION ALL SELECT 'sold_out_at', 'lot', id, CASE WHEN on_shelf + reserved > 0 THEN 0 ELSE 1 END,
        CASE WHEN sold_out_at IS NULL THEN 0 ELSE 1 END
    FROM item WHERE (sold_out_at IS NULL) <> (on_shelf + reserved > 0 OR (taken_in = 0 AND m_taken_in = 0))
UNION ALL SELECT 'not_reserved', 'reservation', id, quantity, reserved FROM promise WHERE reserved <> quantity
UNION ALL SELECT 'not_sold', 'reservation', id, quantity, sold FROM promise
    WHERE status = 'consumed' AND (sold <> quantity OR released <> 0)
UNION ALL SELECT 'not_released', 'reservation', id, quantity, released FROM promise
    WHERE status IN ('released', 'expired') AND (released <> quantity OR sold <> 0)
UNION ALL SELECT 'ended_twice', 'reservation', id, 0, released + sold FROM promise
    WHERE status = 'active' AND released + sold <> 0
ORDER BY 2, 3, 1
"""


@dataclass(frozen=True)
class Finding:
    """One thing that does not add up; `expected` is what the moves say."""

    kind: str
    thing: str
    pk: int
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.thing} {self.pk}: {FINDINGS[self.kind]} (expected {self.expected}, found {self.found})"


def stock_findings() -> list[Finding]:
    """Everything in the ledger that does not add up, found in one statement; empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        return [Finding(*row) for row in cursor.fetchall()]
