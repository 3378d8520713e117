"""Tables that are only ever added to: a model says so with `is_append_only = True`, the database refuses the rest.

The triggers are put in place after every `migrate`, not by one migration: SQLite makes a table anew when it is
altered, and would lose them.
"""

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.db import connections
from django.db.models import Model

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END$$
"""


def append_only_models(app: AppConfig | None = None) -> list[type[Model]]:
    """The models whose rows may be neither changed nor deleted."""
    models = app.get_models() if app else all_apps.get_models()
    return [model for model in models if getattr(model, "is_append_only", False)]


def trigger_names(model: type[Model]) -> list[str]:
    """What the model's triggers are called."""
    return [f"{model._meta.db_table}_refuses_{verb}" for verb in ("update", "delete")]


def install_triggers(app: AppConfig | None = None, *, using: str = "default") -> None:
    """Make the database refuse update and delete of append-only rows."""
    connection = connections[using]
    models = append_only_models(app)
    with connection.cursor() as cursor:
        if models and connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for model in models:
            table = model._meta.db_table
            for name in trigger_names(model):
                verb = name.rsplit("_", 1)[1].upper()
                if connection.vendor == "postgresql":
                    cursor.execute(
                        f"CREATE OR REPLACE TRIGGER {name} BEFORE {verb} ON {table} "
                        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                    )
                else:
                    cursor.execute(
                        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} "
                        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                    )


def drop_triggers(*, using: str = "default") -> None:
    """Take the triggers away: only for emptying a test database."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in append_only_models():
            for name in trigger_names(model):
                on_table = f" ON {model._meta.db_table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
