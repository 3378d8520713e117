"""Checks of the ground we stand on: the database must behave as the stock ledger needs it to."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from psycopg import IsolationLevel


def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """What the settings alone give away; asked by `manage.py check` and before every command."""
    return [
        Error(f"The database settings are not safe to sell from: {wrong}.", id="core.E001") for wrong in _settings()
    ]


def unsafe_database_settings() -> list[str]:
    """What is wrong with the settings and with the open connection's guarantees; an empty list when all is well."""
    found = _settings()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The server's default outside a transaction, the settings' choice inside one.
            cursor.execute("SHOW transaction_isolation")
            levels = {cursor.fetchone()[0]}
            with transaction.atomic():
                cursor.execute("SHOW transaction_isolation")
                levels.add(cursor.fetchone()[0])
            found += [
                f'transactions are "{level}", not "read committed"' for level in sorted(levels - {"read committed"})
            ]
            if getattr(connection, "pg_version", 0) < 150000:
                found.append("PostgreSQL is older than 15")
        else:
            cursor.execute("PRAGMA foreign_keys")
            if cursor.fetchone()[0] != 1:
                found.append("foreign keys are off")
    return found


def refuse_unsafe_database() -> None:
    """Stop the start when a piece could be sold twice here (ImproperlyConfigured)."""
    if found := unsafe_database_settings():
        raise ImproperlyConfigured("This database is not safe to sell from: " + "; ".join(found) + ".")


def _settings() -> list[str]:
    database = settings.DATABASES["default"]
    options = database.get("OPTIONS", {})
    found = []
    if database["ENGINE"].endswith("postgresql"):
        if options.get("isolation_level") != IsolationLevel.READ_COMMITTED:
            found.append('OPTIONS["isolation_level"] is not READ COMMITTED')
    elif options.get("transaction_mode") != "IMMEDIATE":
        found.append("transactions do not begin IMMEDIATE")
    if database.get("ATOMIC_REQUESTS"):
        found.append("ATOMIC_REQUESTS is on")
    return found
