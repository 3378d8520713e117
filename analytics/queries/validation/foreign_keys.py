"""Foreign keys: whether the connection enforces them, whether each one is armed, and whether any row dangles."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, connections
from django.db.models import ForeignKey, Model
from django.db.utils import DatabaseError

from analytics.queries.validation import ground
from analytics.queries.validation.attacks import Attacks, refusal
from analytics.queries.validation.made_up import Maker
from analytics.queries.validation.report import Check

UNIVERSE, NOWHERE = 1, 9
SHOWN = 5


def check_enforced(alias: str) -> Check:
    """A bad row is refused on this very connection."""

    def refer_to_nothing() -> None:
        ground.execute(alias, "CREATE TEMPORARY TABLE validated_parent (id integer PRIMARY KEY)")
        ground.execute(
            alias, "CREATE TEMPORARY TABLE validated_child (parent_id integer REFERENCES validated_parent (id))"
        )
        ground.execute(alias, "INSERT INTO validated_child (parent_id) VALUES (1)")

    findings = () if refusal(alias, refer_to_nothing) else ("foreign keys are not enforced on this connection",)
    return Check("foreign keys enforced", "a bad insert on this connection", findings)


def check_armed(alias: str) -> Check:
    """Every foreign key of the models refuses a row that refers to nothing."""
    attacks = Attacks()
    if ground.is_postgresql(alias):
        _attack_on_postgresql(alias, attacks)
    else:
        _attack_on_sqlite(alias, attacks)
    return attacks.as_check("foreign keys armed", "rows that refer to nothing")


def check_dangling(alias: str) -> Check:
    """No row refers to one that is not there."""
    findings, asked = [], 0
    if not ground.is_postgresql(alias):
        found: dict[tuple[str, str], list[str]] = {}
        for table, pk, parent, _ in ground.rows(alias, "PRAGMA foreign_key_check"):
            found.setdefault((table, parent), []).append(str(pk))
        findings = [_dangling(table, parent, keys, len(keys)) for (table, parent), keys in sorted(found.items())]
        asked = sum(len(_foreign_keys(model)) for model in ground.models_there(alias))
    else:
        for model in ground.models_there(alias):
            for key in _foreign_keys(model):
                asked += 1
                findings += _dangling_on_postgresql(alias, model, key)
    return Check("dangling rows", f"the rows of {asked} foreign keys looked up", tuple(findings))


def _foreign_keys(model: type[Model]) -> list[ForeignKey]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and getattr(field, "db_constraint", True)
    ]


def _dangling(table: str, parent: str, keys: list[str], number: int) -> str:
    shown = ", ".join(keys[:SHOWN]) + (", …" if number > SHOWN else "")
    return f"{table}: {number} dangling rows refer to no row of {parent} (keys {shown})"


def _dangling_on_postgresql(alias: str, model: type[Model], key: ForeignKey) -> list[str]:
    table, parent = model._meta.db_table, key.related_model._meta.db_table
    child_column, parent_column = key.column, key.target_field.column
    pk = model._meta.pk.column
    found = ground.rows(
        alias,
        f'SELECT child."{pk}", count(*) OVER () FROM "{table}" child WHERE child."{child_column}" IS NOT NULL AND NOT '
        f'EXISTS (SELECT 1 FROM "{parent}" parent WHERE parent."{parent_column}" = child."{child_column}") '
        f"LIMIT {SHOWN}",
    )
    return [_dangling(table, parent, [str(row[0]) for row in found], found[0][1])] if found else []


def _attack_on_postgresql(alias: str, attacks: Attacks) -> None:
    named = {
        (table, column): name
        for table, column, name in ground.rows(
            alias,
            "SELECT r.relname, a.attname, c.conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
            "WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace",
        )
    }
    for model in ground.models_there(alias):
        maker = Maker(model, alias)
        for key in _foreign_keys(model):
            name = named.get((maker.table, key.column))
            row = maker.row(UNIVERSE, **{key.name: maker.fresh(key.name, NOWHERE)})
            if name is None:
                attacks.findings.append(f"{maker.table}: the foreign key of {key.column} is missing")
            elif row is None:
                attacks.not_asked.append(f"{maker.table}: no row could be made up with {key.column}")
            else:
                attacks.made += 1
                _attack_one(alias, maker, row, key, name, attacks)


def _attack_one(alias: str, maker: Maker, row: Mapping[str, Any], key: ForeignKey, name: str, attacks: Attacks) -> None:
    def refer_to_nothing() -> None:
        maker.insert(row)
        # The others stay deferred, so it is this one that refuses.
        ground.execute(alias, f'SET CONSTRAINTS "{name}" IMMEDIATE')

    try:
        if refusal(alias, refer_to_nothing) != name:
            attacks.findings.append(f"{maker.table}: foreign key {name} lets a row through that refers to nothing")
    except DatabaseError as error:
        attacks.findings.append(f"{maker.table}: {key.column} cannot be attacked: {str(error).splitlines()[0]}")


def _attack_on_sqlite(alias: str, attacks: Attacks) -> None:
    """On the tables' real definitions, in memory: SQLite looks at deferred keys at the commit, and we never commit.

    Each table gets one row, and all rows refer to each other's; then each key in turn is pointed at nothing.
    """
    definitions = ground.rows(
        alias, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%%'", []
    )
    with ground.in_memory(alias) as beside:
        for (sql,) in definitions:
            ground.execute(beside, sql)
        made = {}
        ground.execute(beside, "PRAGMA foreign_keys = OFF")
        for model in ground.models_there(alias):
            maker = Maker(model, beside)
            made[model] = maker, maker.row(UNIVERSE)
            try:
                if row := made[model][1]:
                    maker.insert(row)
            except DatabaseError as error:
                attacks.findings.append(f"{maker.table} cannot be attacked: {error}")
                del made[model]
        # As the real connection has it.
        is_on = ground.value(alias, "PRAGMA foreign_keys")
        ground.execute(beside, f"PRAGMA foreign_keys = {is_on}")
        for model, (maker, row) in made.items():
            for key in _foreign_keys(model):
                bad = maker.row(UNIVERSE, **{key.name: maker.fresh(key.name, NOWHERE)})
                if row is None or bad is None:
                    attacks.not_asked.append(f"{maker.table}: no row could be made up with {key.column}")
                    continue
                attacks.made += 1
                try:
                    maker.update(row[model._meta.pk.name], bad)
                except IntegrityError:
                    continue
                attacks.findings.append(f"{maker.table}: {key.column} lets a row through that refers to nothing")
                maker.update(bad[model._meta.pk.name], row)
    connections[alias].ensure_connection()
