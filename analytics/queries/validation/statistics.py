"""How much there is: rows, sizes, and the parts of each table."""

from contextlib import suppress
from typing import cast

from django.db.utils import DatabaseError

from analytics.queries.validation import ground
from analytics.queries.validation.report import TableFacts
from analytics.queries.validation.schema import Part, Schema

COUNTED_UP_TO = 1_000_000  # PostgreSQL estimates bigger tables
MEASURED_UP_TO = 1 << 30  # SQLite reads its whole file to tell the size of a table


def database_size(alias: str) -> int:
    """Bytes of the whole database."""
    if ground.is_postgresql(alias):
        return cast(int, ground.value(alias, "SELECT pg_database_size(current_database())"))
    pages, size = ground.value(alias, "PRAGMA page_count"), ground.value(alias, "PRAGMA page_size")
    return cast(int, pages) * cast(int, size)


def tables(alias: str, schema: Schema) -> list[TableFacts]:
    """What each table of the database has."""
    sizes, estimates = _sizes(alias)
    found = []
    for name, parts in sorted(schema.items()):
        estimate = estimates.get(name, 0)
        is_estimate = estimate > COUNTED_UP_TO
        rows = estimate if is_estimate else _count(alias, name)
        found.append(TableFacts(name, rows, is_estimate, sizes.get(name), **_numbers(parts)))
    return found


def _numbers(parts: list[Part]) -> dict[str, int]:
    kinds = [part.kind for part in parts]
    # A column of SQLite says itself that it is the key, or unique.
    inline = sum(part.kind == "column" and ("PRIMARY KEY" in part.definition) for part in parts)
    inline += sum(part.kind == "column" and part.definition.endswith(" UNIQUE") for part in parts)
    return {
        "columns": kinds.count("column"),
        "indexes": kinds.count("index"),
        "constraints": kinds.count("constraint") + inline,
        "triggers": kinds.count("trigger"),
    }


def _count(alias: str, table: str) -> int:
    return cast(int, ground.value(alias, f"SELECT count(*) FROM {ground.quoted(alias, table)}"))


def _sizes(alias: str) -> tuple[dict[str, int], dict[str, int]]:
    if ground.is_postgresql(alias):
        found = ground.rows(
            alias,
            "SELECT relname, pg_total_relation_size(oid), reltuples::bigint FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'm')",
        )
        return {name: size for name, size, _ in found}, {name: rows for name, _, rows in found}
    sizes: dict[str, int] = {}
    # Not every SQLite is built with it.
    with suppress(DatabaseError):
        if database_size(alias) <= MEASURED_UP_TO:
            sql = (
                "SELECT m.tbl_name, SUM(d.pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name "
                "WHERE d.aggregate = TRUE GROUP BY m.tbl_name"
            )
            sizes = dict(ground.rows(alias, sql))
    return sizes, {}
