"""Move in from an old shop of 5,000 products, 2,000 orders and 500 submissions: `python -m benchmarks.old_shop`,
and through tools/with_pg.py on PostgreSQL.

The file has what the real one had: totals made up by browsers, pieces sold twice, broken JSON, users in two spellings.
It is brought over dry, for real and once more, into a database that is thrown away; exit code 1 when anything differs.
"""

import json
import os
import random
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
django.setup()

from django.db import connection  # noqa: E402

from benchmarks.database import scratch  # noqa: E402
from inventory.models import StockItem, StockMove  # noqa: E402
from inventory.queries.ledger import stock_findings  # noqa: E402
from old_shop.queries import files  # noqa: E402
from old_shop.rules.report import Report  # noqa: E402
from old_shop.services import moving  # noqa: E402
from shop.models import Order  # noqa: E402
from tests.factories.old_shop import OldShop  # noqa: E402

USERS, PRODUCTS, ORDERS, SUBMISSIONS, OFFERS, HOLDS, EVENTS = 800, 5_000, 2_000, 500, 400, 150, 20_000
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BRANDS = ("Kestrel", "Osprey", "Trailberg", "Trailblazer", "On Cloud", "Plain Signal", "Nørd", "")
SIZES = {
    "BN-CLOTHES": ("XS", "S", "M", "L", "XL"),
    "PO-CLOTHES": ("S", "M", "L", "M-TOP-L-BOTTOM", "S-TOP-M-BOTTOM", "XXXL"),
    "BN-SHOES": ("UK-6", "UK-8-5", "9", "10", "EU 42"),
    "PO-SHOES": ("7", "8-5", "UK 11", None),
}
ORDER_STATUSES = ("completed",) * 6 + (
    "cancelled",
    "cancelled",
    "shipped",
    "confirmed",
    "processing",
    "pending",
    "lost",
)
PRODUCT_STATUSES = ("available",) * 5 + ("sold",) * 3 + ("reserved", "removed", "active", "mystery")
SUBMISSION_STATUSES = ("pending", "reviewing", "offer_sent", "accepted", "counter_offer", "refused", "rejected", "paid")


def main() -> int:
    """Build, bring over, report; the exit code."""
    with tempfile.TemporaryDirectory() as folder, scratch():
        path = Path(folder) / "old.sqlite"
        build(path)
        found = files.read(path)
        dry = _timed("dry run", lambda: moving.move_in(found=files.read(path), now=NOW, is_dry_run=True))
        assert not StockItem.objects.exists()
        first = _timed("first run", lambda: moving.move_in(found=found, now=NOW))
        before = (StockItem.objects.count(), StockMove.objects.count(), Order.objects.count())
        again = _timed("second run", lambda: moving.move_in(found=files.read(path), now=NOW))
        assert before == (StockItem.objects.count(), StockMove.objects.count(), Order.objects.count())
        print("\n".join(first.lines()))
        findings = stock_findings()
        print(f"lots {before[0]}, moves {before[1]}, orders {before[2]}, check_stock: {len(findings)} findings")
        return 0 if all(report.is_clean for report in (dry, first, again)) and not findings else 1


def build(path: Path) -> None:
    """The same file each time."""
    chance = random.Random(8)
    OldShop(path)
    with closing(sqlite3.connect(path)) as database, database:
        _write(database, "users", [_user(chance, number) for number in range(1, USERS + 1)])
        products = [_product(chance, number) for number in range(1, PRODUCTS + 1)]
        _write(database, "products", products)
        orders = [_order(chance, number, products) for number in range(1, ORDERS + 1)]
        _write(database, "orders", [order for order, _ in orders])
        _write(database, "order_items", [item for _, items in orders for item in items])
        _write(database, "sell_submissions", [_submission(chance, number) for number in range(1, SUBMISSIONS + 1)])
        bought = [product["id"] for product in products if product["status"] == "sold"]
        _write(database, "sell_items", [_sell_item(chance, bought, place) for place in range(200)])
        _write(database, "customer_offers", [_offer(chance) for _ in range(OFFERS)])
        _write(database, "product_reservations", [_hold(chance) for _ in range(HOLDS)])
        _write(database, "images", [{"cloudflare_id": f"img-{number}"} for number in range(3_000)])
        _write(database, "analytics_events", [{"event_type": "page_view"}] * EVENTS)


def _write(database: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    marks = ", ".join("?" * len(names))
    database.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", [[row[name] for name in names] for row in rows]
    )


def _day(chance: random.Random, most: int = 300) -> str:
    return f"{NOW - timedelta(minutes=chance.randrange(5, most * 1440)):%Y-%m-%d %H:%M:%S}"


def _user(chance: random.Random, number: int) -> dict[str, Any]:
    email = f"Shopper{number - 1}@example.com" if number % 97 == 0 else f"shopper{number}@example.com"
    return {
        "id": number,
        "email": None if number % 41 == 0 else email,
        "password_hash": "$2a$10$notforus",
        "role": "admin" if number == 1 else "customer",
        "first_name": "Testa",
        "last_name": f"Shopper {number} 🧥",
        "address": f"{number} Example Street" if number % 2 else None,
        "city": "Dublin",
        "is_active": number % 50 != 0,
        "created_at": _day(chance),
    }


def _product(chance: random.Random, number: int) -> dict[str, Any]:
    code = chance.choice(list(SIZES))
    status = chance.choice(PRODUCT_STATUSES)
    price: Any = chance.choice((None, round(chance.uniform(10, 250), 2), chance.uniform(10, 250), "45.00"))
    return {
        "id": number,
        "category": code,
        "size": chance.choice(SIZES[code]),
        "brand": chance.choice(BRANDS),
        "description": f"Piece {number}. Worn in.",
        "condition": chance.choice(("new", "excellent", "good", None)),
        "price": -5.0 if number % 999 == 0 else price,
        "status": status,
        "quantity_available": chance.choice((1, 1, 1, 1, 3)),
        "quantity_sold": chance.choice((0, 0, 0, 2)),
        "sku": f"SKU-{number}" if number % 3 else None,
        "created_at": _day(chance),
        "sold_at": _day(chance) if status == "sold" else None,
    }


def _order(
    chance: random.Random, number: int, products: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    lines = [
        {
            "product_id": product["id"] if chance.random() > 0.15 else None,
            "name": product["description"],
            "price": round(chance.uniform(10, 200), 2),
            "quantity": chance.choice((1, 1, 1, 2)),
        }
        for product in chance.sample(products, chance.choice((1, 1, 2, 3)))
    ]
    worth = sum(line["price"] * line["quantity"] for line in lines)
    is_delivery = chance.random() < 0.5
    total = worth + (5 if is_delivery else 0) + chance.choice((0, 0, 0, 0, -7.5, 3.333))
    has_rows = number % 4 == 0
    day = _day(chance)
    order = {
        "id": number,
        "order_number": f"ORD-{number:06d}" if number % 5 else f"SBS-20260201-{number}",
        "user_id": chance.randrange(1, USERS + 100),
        "customer_name": "Testa Shopper",
        "customer_phone": "0800000001",
        "customer_email": None if number % 3 else f"guest{number}@example.com",
        "items_json": "[{" if number % 199 == 0 else json.dumps(lines),
        "delivery_method": "delivery" if is_delivery else "collection",
        "delivery_address": "1 Example Street" if is_delivery else None,
        "total": None if number % 61 == 0 else total,
        "status": chance.choice(ORDER_STATUSES),
        "payment_status": chance.choice(("pending", "paid", "refunded")),
        "created_at": day,
        "updated_at": day,
    }
    items = [
        {
            "order_id": number,
            "product_id": line["product_id"],
            "product_name": line["name"],
            "price": line["price"],
            "quantity": line["quantity"],
        }
        for line in lines
    ]
    return order, items if has_rows else []


def _submission(chance: random.Random, number: int) -> dict[str, Any]:
    pieces = [
        {"brand": chance.choice(BRANDS), "category": "PO-SHOES", "size": "UK-9", "price": chance.choice((None, 40, -1))}
        for _ in range(chance.randrange(1, 5))
    ]
    return {
        "id": number,
        "batch_id": f"BATCH-20260201-{10_000 + number}",
        "user_id": chance.choice((None, chance.randrange(1, USERS))),
        "contact_name": "Sella Example",
        "contact_phone": "0800000002",
        "contact_email": chance.choice((None, f"seller{number}@example.com")),
        "items_json": chance.choice(("[{", "[]")) if number % 83 == 0 else json.dumps(pieces),
        "status": chance.choice(SUBMISSION_STATUSES),
        "offered_price": chance.choice((None, 33.333)),
        "offer_expires_at": _day(chance),
        "created_at": _day(chance),
    }


def _sell_item(chance: random.Random, bought: list[int], place: int) -> dict[str, Any]:
    return {
        "submission_id": chance.randrange(1, SUBMISSIONS + 20),
        "category": "PO-CLOTHES",
        "brand": "Kestrel",
        "offer_price": round(chance.uniform(5, 60), 2),
        "product_id": bought[place] if place % 2 else None,
    }


def _offer(chance: random.Random) -> dict[str, Any]:
    return {
        "product_id": chance.randrange(1, PRODUCTS + 200),
        "offer_amount": round(chance.uniform(-5, 200), 2),
        "customer_contact": chance.choice(("0800000001", f"shopper{chance.randrange(1, USERS)}@example.com")),
        "status": chance.choice(("pending", "accepted", "rejected", "countered")),
        "counter_offer_amount": 99.995,
        "created_at": _day(chance),
    }


def _hold(chance: random.Random) -> dict[str, Any]:
    return {
        "product_id": chance.randrange(1, PRODUCTS + 100),
        "customer_email": f"shopper{chance.randrange(1, USERS)}@example.com",
        "expires_at": f"{NOW + timedelta(hours=chance.randrange(-24, 24)):%Y-%m-%dT%H:%M:%SZ}",
        "status": chance.choice(("pending", "pending", "cancelled")),
    }


def _timed(name: str, act: Callable[[], Report]) -> Report:
    started = time.monotonic()
    report = act()
    print(f"{connection.vendor}, {name}: {time.monotonic() - started:.1f} s, clean: {report.is_clean}")
    return report


if __name__ == "__main__":
    sys.exit(main())
