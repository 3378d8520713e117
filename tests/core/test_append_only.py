"""History is only ever added to, whoever asks the database to change it."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from core.append_only import append_only_models, trigger_names
from core.audit import Actor, record
from core.models import AuditEntry
from inventory.services import products
from offers.services import reviewing
from tests.factories.inventory import shelved
from tests.factories.offers import paid

HISTORIES = pytest.mark.parametrize("model", append_only_models(), ids=lambda model: model.__name__)
VERBS = pytest.mark.parametrize(
    "sql", ["UPDATE {table} SET id = id + 1000000", "DELETE FROM {table}"], ids=["update", "delete"]
)


def refusal(sql: str, model: type[models.Model]) -> str:
    """What the database says to this statement about the model's table; "" when it does as it is told."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(table=model._meta.db_table))
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def test_moves_prices_and_audit_are_append_only() -> None:
    assert {"StockMove", "PriceChange", "AuditEntry"} <= {model.__name__ for model in append_only_models()}


@HISTORIES
@VERBS
@pytest.mark.django_db
def test_history_can_be_neither_changed_nor_deleted(
    model: type[models.Model], sql: str, actor: Actor, now: datetime
) -> None:
    item = shelved()
    products.change_price(stock_item_id=item.pk, price=Decimal("30.00"), actor=actor, now=now)
    reviewing.write_note(submission_id=paid().pk, text="Nice jacket.", actor=actor, now=now)
    before = list(model._default_manager.values())
    assert before

    assert refusal(sql, model) == f"{model._meta.db_table} is append-only"
    assert list(model._default_manager.values()) == before


@pytest.mark.skipif(not settings.IS_EMBEDDED, reason="only SQLite has REPLACE")
@pytest.mark.django_db
def test_history_cannot_be_replaced_by_an_insert(actor: Actor, now: datetime) -> None:
    record(actor=actor, subject="order UN-1", action="placed", now=now)

    assert refusal("REPLACE INTO {table} SELECT * FROM {table}", AuditEntry) == "core_auditentry is append-only"


@pytest.mark.skipif(not settings.IS_EMBEDDED, reason="only SQLite remakes a table to alter it")
@pytest.mark.django_db(transaction=True)
def test_a_remade_table_gets_its_protection_back_after_migrate(actor: Actor, now: datetime) -> None:
    record(actor=actor, subject="order UN-1", action="placed", now=now)
    usual = AuditEntry._meta.get_field("action")
    wider = models.CharField(max_length=61)
    wider.set_attributes_from_name("action")
    with connection.schema_editor() as editor:
        editor.alter_field(AuditEntry, usual, wider, strict=True)
        editor.alter_field(AuditEntry, wider, usual, strict=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        left = {name for (name,) in cursor.fetchall()}
    assert not left & set(trigger_names(AuditEntry))

    call_command("migrate", verbosity=0)

    assert refusal("DELETE FROM {table}", AuditEntry) == "core_auditentry is append-only"
