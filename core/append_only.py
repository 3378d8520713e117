"""Tables that are only ever added to, or changed in a few columns only; the database refuses the rest.

A model says `is_append_only = True`, or `changeable = Changeable(columns, only_if)`: then these columns may be written
while the old row fulfils the condition, and no row is deleted.

The triggers are put in place after every `migrate`, not by one migration: SQLite makes a table anew when it is
altered, and would lose them.
"""

from dataclasses import dataclass

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.db import connections
from django.db.models import Model

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END$$
"""


@dataclass(frozen=True)
class Changeable:
    """Which columns may be written after the row was made, and a condition on the old row, in plain SQL."""

    columns: tuple[str, ...]
    only_if: str


def append_only_models(app: AppConfig | None = None) -> list[type[Model]]:
    """The models whose rows may be neither changed nor deleted."""
    return [model for model in _models(app) if getattr(model, "is_append_only", False)]


def guarded_models(app: AppConfig | None = None) -> list[type[Model]]:
    """The models with triggers: those that are append-only, and those of which only a few columns may be written."""
    return [*append_only_models(app), *(model for model in _models(app) if hasattr(model, "changeable"))]


def _models(app: AppConfig | None) -> list[type[Model]]:
    return list(app.get_models() if app else all_apps.get_models())


def _forbidden(model: type[Model], is_postgresql: bool) -> str:
    """When an update is refused, as the WHEN of a trigger; always, for what is append-only."""
    changeable: Changeable | None = getattr(model, "changeable", None)
    if changeable is None:
        return ""
    differs = "IS DISTINCT FROM" if is_postgresql else "IS NOT"
    frozen = [
        f"OLD.{field.column} {differs} NEW.{field.column}"
        for field in model._meta.concrete_fields
        if field.column not in changeable.columns
    ]
    return f"WHEN (NOT (OLD.{changeable.only_if}) OR {' OR '.join(frozen)}) "


def trigger_names(model: type[Model]) -> list[str]:
    """What the model's triggers are called."""
    return [f"{model._meta.db_table}_refuses_{verb}" for verb in ("update", "delete")]


def install_triggers(app: AppConfig | None = None, *, using: str = "default") -> None:
    """Make the database refuse update and delete of append-only rows."""
    connection = connections[using]
    models = guarded_models(app)
    with connection.cursor() as cursor:
        if models and connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for model in models:
            table = model._meta.db_table
            for name in trigger_names(model):
                verb = name.rsplit("_", 1)[1].upper()
                when = _forbidden(model, connection.vendor == "postgresql") if verb == "UPDATE" else ""
                if connection.vendor == "postgresql":
                    cursor.execute(
                        f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} "
                        f"FOR EACH ROW {when}EXECUTE FUNCTION refuse_change()"
                    )
                else:
                    cursor.execute(
                        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} {when}"
                        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                    )


def drop_triggers(*, using: str = "default") -> None:
    """Take the triggers away: only for emptying a test database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in guarded_models():
            for name in trigger_names(model):
                on_table = f" ON {model._meta.db_table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
