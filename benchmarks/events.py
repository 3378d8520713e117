"""Events as 90 days of a busy shop leave them, and the orders beside them."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from analytics.models import EventBatch
from analytics.rules import days
from benchmarks.meters import IS_POSTGRESQL
from shop.models import Order, Payment

IS_QUICK = os.environ.get("QUICK", "") not in ("", "0")
EVENTS, DAYS = (1_000_000 if IS_QUICK else 10_000_000), 90
VISITORS = 13_000  # a day
PRODUCTS, TERMS = 20_000, 5_000
INDEX = "analytics_event_type_time"
# Out of a hundred events: seven in ten are page views.
MIX = {
    "page_view": 70,
    "product_view": 12,
    "search": 6,
    "filter_used": 4,
    "add_to_cart": 3,
    "remove_from_cart": 1,
    "checkout_start": 1,
    "purchase": 1,
    "sell_start": 1,
    "offer_view": 1,
}


def fill(first: date) -> None:
    """Events in one statement: skewed types, visitors, products and terms, spread over each local day."""
    kinds = [kind for kind, share in MIX.items() for _ in range(share)]
    low = days.bounds(first)[0]
    step = DAYS * 86_400 / EVENTS
    array = ", ".join(f"({number}, '{kind}')" for number, kind in enumerate(kinds))
    moment = (
        "%s::timestamptz + make_interval(secs => n * %s)"
        if IS_POSTGRESQL
        else "strftime('%%Y-%%m-%%d %%H:%%M:%%f', %s, '+' || (n * %s) || ' seconds')"
    )
    numbers = (
        f"SELECT generate_series(0::bigint, {EVENTS - 1}) AS n"
        if IS_POSTGRESQL
        else f"WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c LIMIT {EVENTS}) SELECT n FROM c"
    )
    start = low if IS_POSTGRESQL else low.strftime("%Y-%m-%d %H:%M:%S")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {INDEX}")
        cursor.execute(
            f"""
            INSERT INTO analytics_events
                (created_at, visitor, user_id, product_id, order_id, quantity, event_type, term, path)
            SELECT {moment}, (n * 7919) %% {VISITORS} * 4611686018427 + 1, NULL,
                CASE WHEN k.kind IN ('product_view', 'add_to_cart') THEN 1 + (n * 31) %% {PRODUCTS} END, NULL,
                CASE WHEN k.kind = 'search' THEN n %% 9 WHEN k.kind = 'add_to_cart' THEN 1 END,
                k.kind, CASE WHEN k.kind = 'search' THEN 'term ' || (n * 17) %% {TERMS} ELSE '' END,
                '/pieces/piece-' || n %% {PRODUCTS} || '/'
            FROM ({numbers}) AS numbered
            JOIN (SELECT column1 AS number, column2 AS kind FROM (VALUES {array}) AS v) AS k
                ON k.number = (n * 37) %% 100
            """,
            [start, step],
        )
        cursor.execute(f"CREATE INDEX {INDEX} ON analytics_events (event_type, created_at)")
        cursor.execute("ANALYZE analytics_events")
    EventBatch.objects.bulk_create(
        EventBatch(day=day, events=1) for day in days.days_between(first, first + timedelta(days=DAYS - 1))
    )


def sell_some(first: date) -> None:
    """Ten paid orders a day, so that money has something to match."""
    orders = [
        Order(
            number=f"UN-{day:%y%m%d}{number}",
            secret=f"{day}-{number}",
            checkout_token=uuid.uuid4(),
            visitor="0" * 32,
            status=Order.Status.COMPLETED,
            email=f"buyer-{number}@example.com",
            name="Buya Example",
            delivery_kind="collection",
            delivery_name="Collection",
            payment_method="on_collection",
            subtotal=Decimal("38.10"),
            delivery_fee=Decimal("4.90"),
            total=Decimal("43.00"),
            placed_at=days.bounds(day)[0] + timedelta(hours=number),
        )
        for day in days.days_between(first, first + timedelta(days=DAYS - 1))
        for number in range(10)
    ]
    Order.objects.bulk_create(orders)
    Payment.objects.bulk_create(
        Payment(
            order=order,
            method="on_collection",
            amount=order.total,
            status=Payment.Status.PAID,
            idempotency_key=order.number,
            made_at=order.placed_at,
            paid_at=order.placed_at,
        )
        for order in orders
    )


@contextmanager
def without_index() -> Iterator[None]:
    """The old shop's index on the type alone, in place of ours."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")
        cursor.execute("CREATE INDEX old_event_type ON analytics_events (event_type)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX old_event_type")
            cursor.execute(f"CREATE INDEX {INDEX} ON analytics_events (event_type, created_at)")
