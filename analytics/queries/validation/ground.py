"""What every check stands on: the connection, transactions that leave nothing, and the models of this database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

LOCK_WAIT = "500ms"


def is_postgresql(alias: str) -> bool:
    """Whether it is PostgreSQL; else it is SQLite."""
    return connections[alias].vendor == "postgresql"


def models_of(alias: str) -> list[type[Model]]:
    """The models whose tables belong into this database, those between two models too."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and router.allow_migrate_model(alias, model)
    ]


def models_there(alias: str) -> list[type[Model]]:
    """Those of them whose table is there; the check of the schema names the others."""
    there = set(connections[alias].introspection.table_names())
    return [model for model in models_of(alias) if model._meta.db_table in there]


@contextmanager
def rolled_back(alias: str) -> Iterator[None]:
    """A transaction, or a part of one, of which nothing stays; on PostgreSQL it waits for no lock for long."""
    is_outermost = not connections[alias].in_atomic_block
    with transaction.atomic(using=alias):
        if is_outermost and is_postgresql(alias):
            execute(alias, f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        try:
            yield
        finally:
            transaction.set_rollback(True, using=alias)


@contextmanager
def in_memory(alias: str) -> Iterator[str]:
    """An empty SQLite database in memory beside the real one, set up alike; its alias."""
    real = connections[alias]
    if real.vendor != "sqlite":
        raise ImproperlyConfigured("Only SQLite has databases in memory.")
    beside = f"{alias} in memory"
    wrapper: type[BaseDatabaseWrapper] = type(real)
    connection = wrapper({**real.settings_dict, "NAME": ":memory:"}, alias=beside)
    connections[beside] = connection
    try:
        yield beside
    finally:
        # Django keeps databases in memory open on `close`, for tests.
        if connection.connection is not None:
            connection.connection.close()
        del connections[beside]


def execute(alias: str, sql: str, parameters: Sequence[Any] | None = None) -> int:
    """Run a statement; how many rows it met."""
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def rows(alias: str, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple]:
    """The rows of a statement."""
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def value(alias: str, sql: str, parameters: Sequence[Any] | None = None) -> object:
    """The one value of a statement."""
    return rows(alias, sql, parameters)[0][0]


def quoted(alias: str, name: str) -> str:
    """A name as the database wants it."""
    return connections[alias].ops.quote_name(name)
