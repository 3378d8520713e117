"""The SQL of each daily table: what a local day's events, orders and baskets come to.

Written once for both databases. Every day is a range of `created_at` with its types named, so that the one index on
(event_type, created_at) serves it. Money is summed in whole cents: SQLite would sum decimals as floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from analytics.models import EventType
from analytics.rules import days

SESSION_GAP_SECONDS = 30 * 60
FROM_ORDERS = (EventType.PURCHASE, EventType.REFUND)
FROM_EVENTS = tuple(each.value for each in EventType if each not in FROM_ORDERS)
ALL_EVENTS = tuple(each.value for each in EventType)

# What counts as sold: paid, and not called off. On the local day it was placed.
_SOLD = """
    FROM shop_order o
    WHERE o.placed_at >= %s AND o.placed_at < %s AND o.status NOT IN ('cancelled', 'expired')
        AND EXISTS (SELECT 1 FROM shop_payment p WHERE p.order_id = o.id AND p.status = 'paid')
"""

Query = tuple[str, list[Any]]


@dataclass(frozen=True)
class Dimension:
    """One daily table: its key beside the day, its figures, and the rows that a day should have."""

    table: str
    key: tuple[str, ...]
    figures: tuple[str, ...]

    @property
    def temporary(self) -> str:
        """Where a day's rows are gathered."""
        return f"fresh_{self.table}"

    @property
    def columns(self) -> tuple[str, ...]:
        """All but the row's own number."""
        return ("day", *self.key, *self.figures)

    def select(self, day: date) -> Query:
        """The rows of a day."""
        return _SELECTS[self.table](day)

    @property
    def upsert(self) -> str:
        """Write the gathered rows that are new or different; on SQLite those between two row numbers."""
        target = ", ".join(("day", *self.key))
        setting = ", ".join(f"{name} = excluded.{name}" for name in self.figures)
        differs = " OR ".join(f"{self.table}.{name} <> excluded.{name}" for name in self.figures)
        columns = ", ".join(self.columns)
        # A condition there must be, or SQLite takes ON CONFLICT for that of a join.
        rows = "true" if connection.vendor == "postgresql" else "rowid > %s AND rowid <= %s"
        return (
            f"INSERT INTO {self.table} ({columns}) SELECT {columns} FROM {self.temporary} WHERE {rows} "
            f"ON CONFLICT ({target}) DO UPDATE SET {setting} WHERE {differs}"
        )

    @property
    def delete_vanished(self) -> str:
        """Delete a day's rows that were not gathered."""
        key = self.key[0] if self.key else "day"
        return f"DELETE FROM {self.table} WHERE day = %s AND {key} NOT IN (SELECT {key} FROM {self.temporary})"


def _types(day: date) -> Query:
    low, high = _bounds(day)
    sold, units = _cents("o.total"), "(SELECT SUM(l.quantity) FROM shop_orderline l WHERE l.order_id = o.id)"
    return (
        f"""
        SELECT {_day()} AS day, event_type, COUNT(*) AS events, COUNT(DISTINCT visitor) AS visitors,
            COALESCE(SUM(quantity), 0) AS quantity, {_whole("0")} AS value_cents
        FROM analytics_events
        WHERE event_type IN ({_marks(FROM_EVENTS)}) AND created_at >= %s AND created_at < %s
        GROUP BY event_type
        UNION ALL
        SELECT {_day()}, 'purchase', COUNT(*), COUNT(DISTINCT o.email),
            {_whole(f"COALESCE(SUM({units}), 0)")}, {_whole(f"COALESCE(SUM({sold}), 0)")}
        {_SOLD} HAVING COUNT(*) > 0
        """,
        [day, *FROM_EVENTS, low, high, day, low, high],
    )


def _products(day: date) -> Query:
    low, high = _bounds(day)
    seen = ("product_view", "add_to_cart")
    return (
        f"""
        SELECT {_day()} AS day, product_id, SUM(views) AS views, SUM(viewers) AS viewers, SUM(carts) AS carts,
            {_whole("SUM(units)")} AS units, {_whole("SUM(value_cents)")} AS value_cents
        FROM (
            SELECT product_id, SUM(CASE WHEN event_type = 'product_view' THEN 1 ELSE 0 END) AS views,
                COUNT(DISTINCT CASE WHEN event_type = 'product_view' THEN visitor END) AS viewers,
                SUM(CASE WHEN event_type = 'add_to_cart' THEN 1 ELSE 0 END) AS carts,
                0 AS units, {_whole("0")} AS value_cents
            FROM analytics_events
            WHERE event_type IN ({_marks(seen)}) AND created_at >= %s AND created_at < %s AND product_id IS NOT NULL
            GROUP BY product_id
            UNION ALL
            SELECT i.product_id, 0, 0, 0, SUM(l.quantity), SUM({_cents("l.unit_price")} * l.quantity)
            FROM shop_orderline l JOIN inventory_stockitem i ON i.id = l.stock_item_id
            WHERE l.order_id IN (SELECT o.id {_SOLD})
            GROUP BY i.product_id
        ) AS both_kinds GROUP BY product_id
        """,
        [day, *seen, low, high, low, high],
    )


def _searches(day: date) -> Query:
    low, high = _bounds(day)
    return (
        f"""
        SELECT {_day()} AS day, term, COUNT(*) AS searches, COUNT(DISTINCT visitor) AS searchers,
            SUM(CASE WHEN quantity = 0 THEN 1 ELSE 0 END) AS zero_results
        FROM analytics_events
        WHERE event_type = 'search' AND created_at >= %s AND created_at < %s AND term <> ''
        GROUP BY term
        """,
        [day, low, high],
    )


STEPS = {
    "viewed": "product_view",
    "carted": "add_to_cart",
    "checkout": "checkout_start",
    "ordered": "purchase",
    "sell_started": "sell_start",
    "sell_submitted": "sell_submission",
    "offer_viewed": "offer_view",
    "offer_answered": "offer_response",
}


def _funnel(day: date) -> Query:
    low, high = _bounds(day)
    flag = "MAX(CASE WHEN event_type = '{}' THEN 1 ELSE 0 END) AS {}"
    flags = ", ".join(flag.format(kind, step) for step, kind in STEPS.items())
    sums = ", ".join(f"COALESCE(SUM({step}), 0) AS {step}" for step in STEPS)
    return (
        f"""
        SELECT {_day()} AS day, COUNT(*) AS visitors, COALESCE(SUM(sessions), 0) AS sessions, {sums},
            (SELECT COUNT(*) {_BASKETS}) AS baskets,
            (SELECT COUNT(*) {_BASKETS} AND c.status = 'ordered') AS baskets_ordered
        FROM (
            SELECT visitor, {flags},
                SUM(CASE WHEN gap IS NULL OR gap > {SESSION_GAP_SECONDS} THEN 1 ELSE 0 END) AS sessions
            FROM (
                SELECT visitor, event_type, {_gap()} AS gap
                FROM analytics_events
                WHERE event_type IN ({_marks(ALL_EVENTS)}) AND created_at >= %s AND created_at < %s
                    AND visitor IS NOT NULL
            ) AS apart GROUP BY visitor
        ) AS each_visitor
        """,
        [day, low, high, low, high, *ALL_EVENTS, low, high],
    )


_BASKETS = "FROM shop_cart c WHERE c.created_at >= %s AND c.created_at < %s AND c.status <> 'merged'"
_SELECTS = {
    "analytics_daily": _types,
    "analytics_daily_product": _products,
    "analytics_daily_search": _searches,
    "analytics_daily_funnel": _funnel,
}
DIMENSIONS: Sequence[Dimension] = (
    Dimension("analytics_daily", ("event_type",), ("events", "visitors", "quantity", "value_cents")),
    Dimension("analytics_daily_product", ("product_id",), ("views", "viewers", "carts", "units", "value_cents")),
    Dimension("analytics_daily_search", ("term",), ("searches", "searchers", "zero_results")),
    Dimension("analytics_daily_funnel", (), ("visitors", "sessions", *STEPS, "baskets", "baskets_ordered")),
)


def count_events(day: date) -> Query:
    """How many events a local day has."""
    low, high = _bounds(day)
    return (
        f"SELECT COUNT(*) FROM analytics_events WHERE event_type IN ({_marks(ALL_EVENTS)}) "
        "AND created_at >= %s AND created_at < %s",
        [*ALL_EVENTS, low, high],
    )


def money_differs(day: date) -> bool:
    """Whether a day's orders come to something else than its figures say."""
    low, high = _bounds(day)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*), COALESCE(SUM({_cents('o.total')}), 0) {_SOLD}", [low, high])
        orders = tuple(int(each) for each in cursor.fetchone())
        cursor.execute(
            "SELECT COALESCE(SUM(events), 0), COALESCE(SUM(value_cents), 0) FROM analytics_daily "
            "WHERE day = %s AND event_type = 'purchase'",
            [day],
        )
        return orders != tuple(int(each) for each in cursor.fetchone())


def money_by_day(first: date, last: date) -> dict[date, tuple[int, int]]:
    """Orders and cents of each day that has any, from the orders themselves."""
    low, high = _bounds(first)[0], _bounds(last)[1]
    found: dict[date, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT o.placed_at, {_cents('o.total')} {_SOLD}", [low, high])
        while rows := cursor.fetchmany(2000):
            for placed_at, cents in rows:
                day = days.day_of(_aware(placed_at))
                orders, before = found.get(day, (0, 0))
                found[day] = (orders + 1, before + int(cents))
    return found


def baskets_differ(day: date) -> bool:
    """Whether a day's baskets became other than its figures say."""
    low, high = _bounds(day)
    with connection.cursor() as cursor:
        ordered = "COALESCE(SUM(CASE WHEN c.status = 'ordered' THEN 1 ELSE 0 END), 0)"
        cursor.execute(f"SELECT COUNT(*), {ordered} {_BASKETS}", [low, high])
        baskets = tuple(int(each) for each in cursor.fetchone())
        cursor.execute("SELECT baskets, baskets_ordered FROM analytics_daily_funnel WHERE day = %s", [day])
        return baskets != tuple(cursor.fetchone() or (0, 0))


def _aware(moment: datetime) -> datetime:
    """A moment as a raw cursor gives it: SQLite's is UTC without saying so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bounds(day: date) -> tuple[Any, Any]:
    """A day's beginning and end as the columns keep moments."""
    low, high = days.bounds(day)
    adapt = connection.ops.adapt_datetimefield_value
    return adapt(low), adapt(high)


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))


def _day() -> str:
    return "CAST(%s AS date)" if connection.vendor == "postgresql" else "%s"


def _cents(amount: str) -> str:
    """An amount of EUR as whole cents."""
    return _whole(f"ROUND({amount} * 100)")


def _whole(number: str) -> str:
    return f"CAST({number} AS {'bigint' if connection.vendor == 'postgresql' else 'integer'})"


def _gap() -> str:
    """Seconds since the same visitor's event before."""
    before = "LAG(created_at) OVER (PARTITION BY visitor ORDER BY created_at, id)"
    if connection.vendor == "postgresql":
        return f"EXTRACT(EPOCH FROM created_at - {before})"
    return f"(julianday(created_at) - julianday({before})) * 86400"
