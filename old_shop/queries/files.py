"""The old database as a file: read whole, never written."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from old_shop.errors import FileRefused
from old_shop.rules.rows import Row

TABLES = (
    "users",
    "products",
    "orders",
    "order_items",
    "sell_submissions",
    "sell_items",
    "customer_offers",
    "product_reservations",
    "images",
    "analytics_events",
)
COUNTED = ("images", "analytics_events")  # nothing is read from them, so they are not kept in memory


@dataclass
class OldFile:
    """What is in the file: rows by table, in the order of their keys; tables it has besides; rounded amounts."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    rounded: list[str] = field(default_factory=list)

    def note_rounded(self, text: str) -> None:
        """Remember an amount that was rounded, once."""
        if text not in self._known:
            self._known.add(text)
            self.rounded.append(text)

    _known: set[str] = field(default_factory=set, repr=False)


def read(path: Path) -> OldFile:
    """Everything in the file that we read (FileRefused)."""
    found = OldFile()
    if not path.is_file():
        raise FileRefused(f"There is no file {path}.")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)) as database:
            # The old shop stored what browsers sent; a broken letter must not stop the move.
            database.text_factory = lambda raw: raw.decode("utf-8", "replace")
            _read_tables(database, found)
    except sqlite3.Error as error:
        raise FileRefused(f"{path.name} cannot be read as a SQLite database: {error}.") from error
    if len(found.missing) == len(TABLES):
        raise FileRefused(f"{path.name} has none of the tables of the old shop.")
    return found


def _read_tables(database: sqlite3.Connection, found: OldFile) -> None:
    names = {name.lower(): name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    found.others = sorted(set(names) - set(TABLES) - {name for name in names if name.startswith(("sqlite_", "_cf_"))})
    for table in TABLES:
        if table not in names:
            found.missing.append(table)
            continue
        quoted = '"' + names[table].replace('"', '""') + '"'
        if table in COUNTED:
            (found.counts[table],) = database.execute(f"SELECT COUNT(*) FROM {quoted}").fetchone()  # noqa: S608
            continue
        cursor = database.execute(f"SELECT * FROM {quoted}")  # noqa: S608 (a name that the file itself gave)
        columns = [str(column[0]).lower() for column in cursor.description]
        for place, values in enumerate(cursor, start=1):
            named = {
                name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
                for name, value in zip(columns, values, strict=True)
            }
            key = named.get("id")
            found.rows[table].append(Row(table, str(place if key is None else key)[:40], named, found.note_rounded))
        found.rows[table].sort(key=_order)
        found.counts[table] = len(found.rows[table])


def _order(row: Row) -> tuple[int, int, str]:
    return (0, int(row.key), "") if row.key.isdecimal() else (1, 0, row.key)
