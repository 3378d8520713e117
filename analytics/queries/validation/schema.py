"""Tables, columns, indexes, constraints and triggers: as they are, and as the models want them.

What is wanted is not written down anywhere: the models' tables are made anew, empty, in memory (SQLite) or as temporary
tables of a transaction that is rolled back (PostgreSQL), and read in the same way as the real ones.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from analytics.queries.validation import ground
from analytics.queries.validation.report import Check
from core.append_only import guarded_models, install_triggers


@dataclass(frozen=True, order=True)
class Part:
    """A column, an index, a constraint or a trigger; the definition is the database's own words without the name."""

    kind: str
    name: str
    definition: str


Schema = dict[str, list[Part]]


def check_schema(alias: str, expected: Schema, found: Schema) -> Check:
    """Every table, column, index, constraint and trigger is there, is what the models say, and there is no other."""
    findings = [f"table {table} is missing" for table in sorted(expected.keys() - found.keys())]
    findings += [f"table {table} is unexpected" for table in sorted(found.keys() - expected.keys())]
    declared = _declared_names(alias)
    for table in sorted(expected.keys() & found.keys()):
        findings += [f"{table}: {words}" for words in _differences(expected[table], found[table], declared)]
    parts = sum(len(parts) for parts in expected.values())
    return Check("schema", f"{len(expected)} tables with {parts} parts compared with the models", tuple(findings))


def read(alias: str) -> Schema:
    """The schema of the database."""
    if ground.is_postgresql(alias):
        return _read_postgresql(alias, "current_schema()::regnamespace")
    return _read_sqlite(alias)


def expected(alias: str) -> Schema:
    """The schema that the models of this code ask for."""
    if not ground.is_postgresql(alias):
        with ground.in_memory(alias) as beside:
            _make_tables(alias, beside)
            install_triggers(using=beside)
            return _read_sqlite(beside)
    with _temporary_tables(alias):
        return _read_postgresql(alias, "pg_my_temp_schema()")


@contextmanager
def _temporary_tables(alias: str) -> Iterator[None]:
    schema = ground.quoted(alias, str(ground.value(alias, "SELECT current_schema()")))
    with ground.rolled_back(alias):
        # Only temporary tables can be seen: what the models make now can be no other.
        ground.execute(alias, "SET LOCAL search_path = pg_temp")
        _make_tables(alias, alias)
        # PostgreSQL finds no function in pg_temp: triggers use the real one, or one that goes away with all this.
        ground.execute(alias, f"SET LOCAL search_path = {schema}, pg_temp")
        if not ground.value(alias, "SELECT count(*) FROM pg_proc WHERE proname = 'refuse_change'"):
            from_models = "RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
            ground.execute(alias, f"CREATE FUNCTION refuse_change() {from_models}")
        ground.execute(alias, f"SET LOCAL search_path = pg_temp, {schema}")
        install_triggers(using=alias)
        yield


def _make_tables(alias: str, target: str) -> None:
    MigrationRecorder(connections[target]).ensure_schema()
    # As migrations see the models: tables between two models get the usual key there, whatever their app says.
    as_migrated = ProjectState.from_apps(apps).apps
    with connections[target].schema_editor(atomic=False) as editor:
        for model in ground.models_of(alias):
            if not model._meta.auto_created:
                editor.create_model(as_migrated.get_model(model._meta.label))
    call_command("createcachetable", database=target, verbosity=0)


def _declared_names(alias: str) -> set[str]:
    named = {
        thing.name
        for model in ground.models_of(alias)
        for thing in [*model._meta.constraints, *model._meta.indexes]
        if thing.name
    }
    return named | {part for model in guarded_models() for part in _trigger_names(model._meta.db_table)}


def _trigger_names(table: str) -> set[str]:
    return {f"{table}_refuses_{verb}" for verb in ("update", "delete")}


def _differences(expected: list[Part], found: list[Part], declared: set[str]) -> Iterator[str]:
    missing, unexpected = [*expected], [*found]
    for part in expected:
        if part in unexpected:
            missing.remove(part)
            unexpected.remove(part)
    # Names that Django makes up depend on what a table was once called: there the definition alone counts.
    for part in [*missing]:
        twin = next((other for other in unexpected if _is_same_by_another_name(part, other, declared)), None)
        if twin:
            missing.remove(part)
            unexpected.remove(twin)
    for part in [*missing]:
        changed = next((other for other in unexpected if (other.kind, other.name) == (part.kind, part.name)), None)
        if changed:
            unexpected.remove(changed)
            yield f"{part.kind} {part.name} is {changed.definition!r}, not {part.definition!r}"
        else:
            yield f"{part.kind} {part.name} is missing ({part.definition})"
    for part in unexpected:
        yield f"{part.kind} {part.name} is unexpected ({part.definition})"


def _is_same_by_another_name(part: Part, other: Part, declared: set[str]) -> bool:
    is_free = part.kind in {"index", "constraint"} and part.name not in declared and other.name not in declared
    return is_free and (part.kind, part.definition) == (other.kind, other.definition)


# --- PostgreSQL -----------------------------------------------------------------------------------------------------

_PARTS = """
SELECT c.relname, 'column', a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END,
        CASE WHEN a.attnotnull THEN 'NOT NULL' END,
        CASE a.attidentity WHEN 'd' THEN 'IDENTITY BY DEFAULT' WHEN 'a' THEN 'IDENTITY ALWAYS' END,
        'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
    FROM tables c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
UNION ALL SELECT c.relname, 'constraint', k.conname, pg_get_constraintdef(k.oid, true)
    FROM tables c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL SELECT c.relname, 'index', i.relname, pg_get_indexdef(x.indexrelid, 0, true)
        || CASE WHEN x.indisvalid AND x.indisready THEN '' ELSE ' (invalid)' END
    FROM tables c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL SELECT c.relname, 'trigger', g.tgname, pg_get_triggerdef(g.oid, true)
        || CASE g.tgenabled WHEN 'O' THEN '' WHEN 'D' THEN ' (disabled)' ELSE ' (enabled otherwise)' END
    FROM tables c JOIN pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal
UNION ALL SELECT c.relname, 'kind', 'relation', c.relkind::text FROM tables c
"""


def _read_postgresql(alias: str, namespace: str) -> Schema:
    tables = f"""
        WITH tables AS (
            SELECT oid, relname, relkind FROM pg_class c
            WHERE relnamespace = {namespace} AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (
                SELECT 1 FROM pg_depend d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
            )
        )
    """
    found: Schema = {}
    for table, kind, name, definition in ground.rows(alias, tables + _PARTS):
        found.setdefault(table, [])
        if kind == "index" or kind == "trigger":
            definition = re.sub(rf'^(CREATE (?:UNIQUE )?\w+) "?{re.escape(name)}"? ', r"\1 ", definition)
        found[table].append(Part(kind, name, definition))
    return found


# --- SQLite ---------------------------------------------------------------------------------------------------------


def _read_sqlite(alias: str) -> Schema:
    found: Schema = {}
    statements = ground.rows(
        alias,
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%%' ESCAPE '\\' "
        "ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, name",
        [],
    )
    for kind, name, table, sql in statements:
        if kind == "table":
            found[name] = list(_parts_of_table(sql))
        elif kind == "view":
            found[name] = [Part("kind", "relation", "view")]
        else:
            definition = re.sub(rf'^(CREATE (?:UNIQUE )?\w+) "?{re.escape(name)}"? ', r"\1 ", _in_one_line(sql))
            found.setdefault(table, []).append(Part(kind, name, definition))
    return found


def _parts_of_table(sql: str) -> Iterator[Part]:
    """Columns and named constraints, read from what SQLite keeps of a table: the text it was made with."""
    items, rest = _split(sql)
    for item in items:
        named = re.match(r'CONSTRAINT "?(\w+)"? (.*)', item)
        if named:
            yield Part("constraint", named[1], named[2])
        elif re.match(r"(UNIQUE|CHECK|PRIMARY KEY|FOREIGN KEY)\b", item):
            yield Part("constraint", "without a name", item)
        else:
            name, _, definition = item.partition(" ")
            definition, *constraints = re.split(r" (?=REFERENCES |CHECK )", definition)
            yield Part("column", name.strip('"'), definition)
            for constraint in constraints:
                yield Part("constraint", f"of column {name}".replace('"', ""), constraint)
    yield Part("kind", "relation", rest or "table")


def _split(sql: str) -> tuple[list[str], str]:
    """The parts between a table's brackets, and what follows them."""
    items, depth, begun, quote = [], 0, 0, ""
    for at, character in enumerate(sql):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        elif character == "(":
            depth += 1
            begun = at + 1 if depth == 1 else begun
        elif character in "),":
            if depth == 1:
                items.append(_in_one_line(sql[begun:at]))
                begun = at + 1
            depth -= character == ")"
            if not depth and character == ")":
                return items, sql[at + 1 :].strip()
    return items, ""


def _in_one_line(sql: str) -> str:
    return " ".join(sql.split())
