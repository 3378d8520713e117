"""Databases of the old shop, built from the columns it documented. Code and schema disagreed: nothing is required."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

# What both versions of the schema knew, and what only the code wrote.
TABLES: dict[str, str] = {
    "users": "id INTEGER PRIMARY KEY, email TEXT, password_hash TEXT, role TEXT DEFAULT 'customer', first_name TEXT, "
    "last_name TEXT, phone TEXT, instagram_handle TEXT, address TEXT, city TEXT, eircode TEXT, is_active INTEGER "
    "DEFAULT 1, is_verified INTEGER DEFAULT 0, created_at DATETIME, updated_at DATETIME",
    "products": "id INTEGER PRIMARY KEY, category TEXT, size TEXT, brand TEXT, description TEXT, condition TEXT "
    "DEFAULT 'new', price REAL, original_price REAL, image_url TEXT, cloudflare_image_id TEXT, additional_images TEXT, "
    "status TEXT DEFAULT 'available', quantity_available INTEGER DEFAULT 1, quantity_sold INTEGER DEFAULT 0, "
    "sku TEXT, tags TEXT, created_at DATETIME, updated_at DATETIME, sold_at DATETIME",
    "orders": "id INTEGER PRIMARY KEY, order_number TEXT, user_id INTEGER, customer_name TEXT, customer_phone TEXT, "
    "customer_email TEXT, items_json TEXT, delivery_method TEXT, delivery_fee REAL, delivery_address TEXT, "
    "delivery_city TEXT, delivery_eircode TEXT, subtotal REAL, total REAL, status TEXT DEFAULT 'pending', "
    "payment_status TEXT DEFAULT 'pending', customer_notes TEXT, admin_notes TEXT, created_at DATETIME, "
    "updated_at DATETIME, completed_at DATETIME",
    "order_items": "id INTEGER PRIMARY KEY, order_id INTEGER, product_id INTEGER, product_name TEXT, "
    "product_brand TEXT, product_category TEXT, product_size TEXT, price REAL, quantity INTEGER DEFAULT 1",
    "sell_submissions": "id INTEGER PRIMARY KEY, batch_id TEXT, user_id INTEGER, contact_name TEXT, "
    "contact_phone TEXT, contact_email TEXT, contact_channel TEXT, contact_handle TEXT, address TEXT, city TEXT, "
    "eircode TEXT, notes TEXT, items_json TEXT, item_count INTEGER, status TEXT DEFAULT 'pending', admin_notes TEXT, "
    "seller_price REAL, seller_message TEXT, offered_price REAL, offer_message TEXT, offer_expires_at DATETIME, "
    "seller_response TEXT, seller_response_at DATETIME, final_price REAL, payment_method TEXT, created_at DATETIME, "
    "updated_at DATETIME",
    "sell_items": "id INTEGER PRIMARY KEY, submission_id INTEGER, category TEXT, size TEXT, brand TEXT, "
    "description TEXT, condition TEXT, image_urls TEXT, approved INTEGER, offer_price REAL, rejection_reason TEXT, "
    "product_id INTEGER, created_at DATETIME",
    "customer_offers": "id INTEGER PRIMARY KEY, offer_id TEXT, product_id INTEGER, product_category TEXT, "
    "offer_amount REAL, customer_name TEXT, customer_contact TEXT, status TEXT DEFAULT 'pending', "
    "counter_offer_amount REAL, admin_notes TEXT, created_at DATETIME, responded_at DATETIME",
    "product_reservations": "id INTEGER PRIMARY KEY, product_id INTEGER, order_id INTEGER, order_number TEXT, "
    "customer_name TEXT, customer_phone TEXT, customer_email TEXT, expires_at DATETIME, status TEXT DEFAULT 'pending'",
    "images": "id INTEGER PRIMARY KEY, cloudflare_id TEXT, entity_type TEXT, entity_id INTEGER, public_url TEXT",
    "analytics_events": "id INTEGER PRIMARY KEY, event_type TEXT, event_data TEXT, user_id INTEGER, path TEXT, "
    "timestamp DATETIME",
}
THEN = "2026-01-10 09:00:00"
ROWS: dict[str, dict[str, Any]] = {
    "users": {"email": "ana@example.com", "first_name": "Ana", "last_name": "Sample", "created_at": THEN},
    "products": {
        "category": "BN-CLOTHES",
        "size": "M",
        "brand": "Kestrel",
        "description": "Varsity jacket",
        "price": 80.0,
        "created_at": THEN,
    },
    "orders": {
        "customer_name": "Ana Sample",
        "customer_phone": "0800000001",
        "customer_email": "ana@example.com",
        "delivery_method": "collection",
        "created_at": "2026-02-01 10:00:00",
        "updated_at": "2026-02-03 10:00:00",
    },
    "order_items": {"product_name": "Varsity jacket", "product_brand": "Kestrel", "price": 80.0, "quantity": 1},
    "sell_submissions": {
        "batch_id": "BATCH-20260201-12345",
        "contact_name": "Sella Example",
        "contact_phone": "0800000002",
        "contact_channel": "Instagram",
        "contact_handle": "@sella",
        "created_at": "2026-02-01 12:00:00",
        "updated_at": "2026-02-02 12:00:00",
    },
    "sell_items": {"category": "PO-CLOTHES", "size": "L", "brand": "Kestrel", "description": "Track jacket"},
    "customer_offers": {"offer_amount": 60.0, "customer_contact": "ana@example.com", "created_at": THEN},
    "product_reservations": {"customer_name": "Ana Sample", "customer_phone": "0800000001"},
    "images": {"cloudflare_id": "abc", "entity_type": "product"},
    "analytics_events": {"event_type": "page_view", "timestamp": THEN},
}


class OldShop:
    """A file of the old shop; `add` writes a row, unsurprising where nothing is said."""

    def __init__(self, path: Path, *, without: Sequence[str] = (), extra: Mapping[str, str] | None = None) -> None:
        self.path = path
        with closing(sqlite3.connect(path)) as database, database:
            for table, columns in TABLES.items():
                if table not in without:
                    more = f", {extra[table]}" if extra and table in extra else ""
                    database.execute(f"CREATE TABLE {table} ({columns}{more})")

    def run(self, statement: str, *values: Any) -> None:
        """Any statement, for what `add` cannot."""
        with closing(sqlite3.connect(self.path)) as database, database:
            database.execute(statement, values)

    def add(self, table: str, **values: Any) -> int:
        """One row; lists become JSON. Its id."""
        row = {
            name: json.dumps(value) if isinstance(value, list) else value
            for name, value in (ROWS[table] | values).items()
        }
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        with closing(sqlite3.connect(self.path)) as database, database:
            made = database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
            return int(made.lastrowid or 0)

    def order_of(self, *products: int, price: float = 80.0, **values: Any) -> int:
        """An order of one copy of each of these products, as items_json."""
        items = [{"id": str(product), "name": "Varsity jacket", "price": price, "quantity": 1} for product in products]
        return self.add("orders", **({"items_json": items, "total": price * len(products)} | values))
