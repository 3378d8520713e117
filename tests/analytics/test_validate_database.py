"""The proof of the database: green after `migrate`, and red, naming the damage, for each kind of it."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from analytics.models import DailyFigure
from analytics.queries.validation import books
from analytics.services import rollup
from core.models import AuditEntry
from inventory.models import StockItem
from tests.analytics.conftest import Happened
from tests.factories.inventory import shelved
from tests.factories.offers import paid
from tests.factories.shop import order_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _cache_table(db: None) -> None:
    call_command("createcachetable", verbosity=0)


@pytest.fixture
def furnished() -> StockItem:
    """A shop with something in most of its tables."""
    paid()
    order_of(item := shelved(quantity=2))
    return item


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def said(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    try:
        call_command("validate_database", *options)
    except (CommandError, SystemExit) as end:
        code = end.returncode if isinstance(end, CommandError) else end.code
        return int(code or 0), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_it_is_green_after_migrate(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys)

    assert code == 0, out
    assert "no findings" in out


def test_it_is_green_with_data_and_leaves_none_behind(furnished: StockItem, capsys: pytest.CaptureFixture[str]) -> None:
    before = AuditEntry.objects.count(), StockItem.objects.count()
    if connection.vendor == "postgresql":
        sql("ANALYZE")  # with statistics of so few rows any index is as good as another
    code, out = said(capsys)

    assert code == 0, out
    assert (AuditEntry.objects.count(), StockItem.objects.count()) == before


DAMAGE = {
    "an index is gone": ["DROP INDEX analytics_event_type_time"],
    "an index is on other columns": [
        "DROP INDEX analytics_batch_day",
        "CREATE INDEX analytics_batch_day ON analytics_batches (events)",
    ],
    "a partial unique index is gone": ["DROP INDEX sell_offer_one_live_a_submission"],
    "the index of a hot query is gone": ["DROP INDEX reservation_due"],
    "a table is missing": ["DROP TABLE analytics_bots"],
    "a table is too many": ["CREATE TABLE stray (id integer)"],
    "a column is missing": ["ALTER TABLE accounts_address DROP COLUMN phone"],
    "a column is too many": ["ALTER TABLE accounts_address ADD COLUMN stray integer"],
    "a migration is not applied": [
        "DELETE FROM django_migrations"
        " WHERE app = 'shop' AND name = (SELECT max(name) FROM django_migrations WHERE app = 'shop')"
    ],
    "a balance was changed": ["UPDATE inventory_stockitem SET on_shelf = on_shelf + 1"],
    "a status was changed": ["UPDATE offers_sellsubmission SET status = 'received'"],
    "one rule for all others became two": ["DROP INDEX offer_rule_one_a_category"],
}
NAMED = {
    "an index is gone": "analytics_event_type_time",
    "an index is on other columns": "analytics_batch_day",
    "a partial unique index is gone": "sell_offer_one_live_a_submission",
    "the index of a hot query is gone": "reservation_due",
    "a table is missing": "analytics_bots",
    "a table is too many": "stray",
    "a column is missing": "phone",
    "a column is too many": "stray",
    "a migration is not applied": "shop.0",
    "a balance was changed": "lot",
    "a status was changed": "the status is not where the audit ends",
    "one rule for all others became two": "offer_rule_one_a_category lets a duplicate through",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_found_and_named(kind: str, furnished: StockItem, capsys: pytest.CaptureFixture[str]) -> None:
    sql(*DAMAGE[kind])

    code, out = said(capsys)

    assert code == 1
    assert "WRONG" in out
    assert NAMED[kind] in out


def test_a_trigger_that_is_gone_is_found_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    name = "inventory_stockmove_refuses_delete"
    sql(f"DROP TRIGGER {name}" + (" ON inventory_stockmove" if connection.vendor == "postgresql" else ""))

    code, out = said(capsys)

    assert code == 1
    assert "inventory_stockmove" in out


def test_a_check_that_is_gone_is_found_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite cannot drop a check constraint")
    sql("ALTER TABLE inventory_stockitem DROP CONSTRAINT stock_item_on_shelf_not_negative")

    code, out = said(capsys)

    assert code == 1
    assert "stock_item_on_shelf_not_negative" in out


@pytest.fixture
def dangling(furnished: StockItem) -> Iterator[None]:
    """A row that refers to nothing; such keys are looked at when a transaction ends, so it is put right before that."""
    before = furnished.product.category_id
    sql(f"UPDATE inventory_product SET category_id = 987654 WHERE id = {furnished.product_id}")
    yield
    sql(f"UPDATE inventory_product SET category_id = {before} WHERE id = {furnished.product_id}")


def test_a_row_that_refers_to_nothing_is_found_and_named(dangling: None, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys)

    assert code == 1
    assert "inventory_product" in out
    assert "category" in out


def test_a_daily_figure_that_was_changed_is_found_and_named(
    happened: Happened, capsys: pytest.CaptureFixture[str]
) -> None:
    happened("page_view", at=timezone.now())
    rollup.roll_up(now=timezone.now())
    DailyFigure.objects.update(events=9)

    code, out = said(capsys)

    assert code == 1
    assert "analytics_daily" in out


def test_a_connection_that_does_not_guard_is_found_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("only SQLite has pragmas")
    sql("PRAGMA recursive_triggers = OFF")
    try:
        code, out = said(capsys)
    finally:
        sql("PRAGMA recursive_triggers = ON")

    assert code == 1
    assert "recursive_triggers" in out


def test_a_clock_that_is_off_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no clock but that of its process")
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        code, out = said(capsys)

    assert code == 1
    assert "WRONG  clock" in out


@pytest.mark.parametrize(("table", "hot"), [("inventory_stockmove", "cause"), ("core_auditentry", "subject")])
def test_the_index_of_a_column_that_is_gone_is_missed_by_its_hot_query(
    table: str, hot: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sql(*(f"DROP INDEX {name}" for name in indexes_of(table, hot)))

    _, out = said(capsys)

    assert f"does not use {table}_{hot}_" in out or "reads a whole table" in out


def indexes_of(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return [name for name, parts in found.items() if parts["index"] and name.startswith(f"{table}_{column}_")]


def test_every_race_that_the_report_names_is_a_test() -> None:
    for path, name in (each.split("::") for each in books.RACED_BY):
        assert f"def {name}(" in (settings.BASE_DIR / path).read_text()


def test_nothing_is_left_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    assert "not asked" not in said(capsys)[1]


def test_the_report_can_be_had_as_data_and_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    _, as_data = said(capsys, "--json")
    _, as_text = said(capsys, "--markdown")

    assert isinstance(json.loads(as_data), dict)
    assert as_text.startswith("#")
