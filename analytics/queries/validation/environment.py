"""How the database is set up, its migrations, and its clock."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import django
from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.utils import timezone

from analytics.models import RollupState
from analytics.queries.validation import ground
from analytics.queries.validation.report import Check
from core.checks import unsafe_database_settings

OLDEST_POSTGRESQL = 150000
MAX_SKEW = timedelta(seconds=2)
# What each SQLite connection must be set to, and what the number means.
PRAGMAS = {
    "foreign_keys": (1, "on"),
    "journal_mode": ("wal", "WAL"),
    "synchronous": (2, "FULL"),
    "recursive_triggers": (1, "on"),
    "ignore_check_constraints": (0, "off"),
    "writable_schema": (0, "off"),
}


def versions(alias: str) -> dict[str, str]:
    """What runs here."""
    found = {"Django": django.get_version()}
    if ground.is_postgresql(alias):
        return found | {"PostgreSQL": str(ground.value(alias, "SHOW server_version"))}
    return found | {"SQLite": sqlite3.sqlite_version}


def check_settings(alias: str) -> Check:
    """Isolation, waiting for locks, and SQLite's pragmas, asked of the open connection."""
    if ground.is_postgresql(alias):
        told = "isolation level, lock timeout, time zone and version of PostgreSQL"
        findings = list(_wrong_postgresql(alias))
    else:
        told, findings = "pragmas and transaction mode of SQLite", list(_wrong_sqlite(alias))
    if alias == "default":
        findings = [*findings, *(each for each in unsafe_database_settings() if each not in findings)]
    return Check("settings", told, tuple(findings))


def _wrong_postgresql(alias: str) -> Iterator[str]:
    with transaction.atomic(using=alias):
        level = ground.value(alias, "SHOW transaction_isolation")
    if level != "read committed":
        yield f'transactions are "{level}", not "read committed"'
    if (version := getattr(connections[alias], "pg_version", 0)) < OLDEST_POSTGRESQL:
        yield f"PostgreSQL {version} is older than 15"
    if ground.value(alias, "SHOW lock_timeout") == "0":
        yield "lock_timeout is 0: a page would wait for a lock for ever"
    if (zone := ground.value(alias, "SHOW TimeZone")) != "UTC":
        yield f"the connection's time zone is {zone}, not UTC"
    if (encoding := ground.value(alias, "SHOW server_encoding")) != "UTF8":
        yield f"the encoding is {encoding}, not UTF8"
    if ground.value(alias, "SELECT pg_is_in_recovery()"):
        yield "this is a replica: it cannot be written to"


def _wrong_sqlite(alias: str) -> Iterator[str]:
    for name, (wanted, words) in PRAGMAS.items():
        if (found := ground.value(alias, f"PRAGMA {name}")) != wanted:
            yield f"PRAGMA {name} is {found}, not {wanted} ({words})"
    if not ground.value(alias, "PRAGMA busy_timeout"):
        yield "PRAGMA busy_timeout is 0: whoever meets a lock fails at once"
    if not _begins_immediate(alias):
        yield "transactions do not begin IMMEDIATE: two that read first and write later can fail"


def _begins_immediate(alias: str) -> bool:
    """Whether a transaction that has done nothing yet keeps another from writing."""
    path = str(connections[alias].settings_dict["NAME"])
    other = sqlite3.connect(path, timeout=0, isolation_level=None, uri=path.startswith("file:"))
    try:
        with transaction.atomic(using=alias):
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        other.close()
    return False


def check_rows(alias: str) -> Check:
    """SQLite's own look at every page and row: damage, and rows that a check or a NOT NULL should have refused."""
    if ground.is_postgresql(alias):
        return Check("rows", "PostgreSQL has proved its constraints on every row (see schema: none is NOT VALID)")
    findings = [words for (words,) in ground.rows(alias, "PRAGMA integrity_check(50)") if words != "ok"]
    return Check("rows", "PRAGMA integrity_check: every page, index, NOT NULL and check constraint", tuple(findings))


def check_migrations(alias: str) -> Check:
    """Every migration is applied, none is unknown, and the models need no other."""
    executor = MigrationExecutor(connections[alias])
    loader = executor.loader
    findings = [
        f"migration {migration} is not applied" for migration, _ in executor.migration_plan(loader.graph.leaf_nodes())
    ]
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations) - _replaced(loader))
    findings += [
        f"migration {app}.{name} is applied, and not in this code"
        for app, name in unknown
        if app in loader.migrated_apps
    ]
    findings += [
        f"the migrations of {app} contradict each other: {', '.join(names)}"
        for app, names in loader.detect_conflicts().items()
    ]
    if not findings:
        changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(loader.graph)
        findings = [
            f"the models of {app} need a migration: {operation.describe()}"
            for app, migrations in sorted(changes.items())
            for migration in migrations
            for operation in migration.operations
        ]
    applied = len(loader.applied_migrations)
    return Check("migrations", f"{applied} applied, compared with the code and with the models", tuple(findings))


def _replaced(loader: Any) -> set[tuple[str, str]]:
    return {old for migration in loader.disk_migrations.values() for old in migration.replaces}


def check_clock(alias: str) -> Check:
    """The database's clock is the process's, and the shop's time zone is one."""
    sql = (
        "SELECT clock_timestamp()"
        if ground.is_postgresql(alias)
        else "SELECT strftime('%%Y-%%m-%%dT%%H:%%M:%%f+00:00', 'now')"
    )
    before = timezone.now()
    found = ground.value(alias, sql, [])
    after = timezone.now()
    moment = found if isinstance(found, datetime) else datetime.fromisoformat(str(found))
    # SQLite tells whole milliseconds.
    skew = max(before - moment - timedelta(milliseconds=1), moment - after, timedelta())
    findings = []
    if skew > MAX_SKEW:
        findings.append(f"the database's clock differs from this process's by {skew.total_seconds():.1f} s")
    try:
        ZoneInfo(settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        findings.append(f"SHOP_TIME_ZONE {settings.TIME_ZONE!r} is no time zone")
    zones = RollupState.objects.using(alias).filter(rolled_at__isnull=False).exclude(zone=settings.TIME_ZONE)
    if other := zones.values_list("zone", flat=True).order_by("zone").first():
        findings.append(f"days were counted in {other}, and the shop's time zone is {settings.TIME_ZONE} now")
    told = f"clocks {skew.total_seconds():.3f} s apart, shop's time in {settings.TIME_ZONE}"
    return Check("clock", told, tuple(findings))
