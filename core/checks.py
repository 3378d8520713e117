"""Checks of the ground we stand on: the database must behave as the stock ledger needs it to."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection


def unsafe_database_settings() -> list[str]:
    """What is wrong with the open connection's guarantees; an empty list when all is well."""
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW transaction_isolation")
            if (level := cursor.fetchone()[0]) != "read committed":
                found.append(f'transactions are "{level}", not "read committed"')
            if getattr(connection, "pg_version", 0) < 150000:
                found.append("PostgreSQL is older than 15")
        else:
            cursor.execute("PRAGMA foreign_keys")
            if cursor.fetchone()[0] != 1:
                found.append("foreign keys are off")
            if connection.settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE":
                found.append("transactions do not begin IMMEDIATE")
    if connection.settings_dict["ATOMIC_REQUESTS"]:
        found.append("ATOMIC_REQUESTS is on")
    return found


def refuse_unsafe_database() -> None:
    """Stop the start when a piece could be sold twice here (ImproperlyConfigured)."""
    if found := unsafe_database_settings():
        raise ImproperlyConfigured("This database is not safe to sell from: " + "; ".join(found) + ".")
