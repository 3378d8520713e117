"""Made-up rows of a model: valid ones, and ones that break one rule and no other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import connections, models
from django.db.models import Value
from django.db.models.functions import Coalesce, Lower, Upper

from analytics.queries.validation import ground
from analytics.queries.validation.conditions import NotUnderstood, Row, holds, mentions

EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
# Far from what a sequence gives out, and no parent has it.
FIRST_KEY = -770_000
TRIES = 20_000
_INTEGERS = {"SmallIntegerField": 31_000, "PositiveSmallIntegerField": 31_000}
_TEXTS = (models.CharField, models.TextField, models.FileField)


class Broken(str):
    """Text that goes into the database as it is."""


@dataclass(frozen=True)
class Rule:
    """A condition that a row must not break; None is unknown, and allowed."""

    name: str
    fields: frozenset[str]
    test: Callable[[Row], bool | None]
    is_of_column: bool = False


@dataclass(frozen=True)
class Column:
    """One column of what may be there once: in any case of letters, or with a value in the place of none."""

    name: str
    ignores_case: bool = False
    if_none: Any = None

    def key(self, row: Row) -> Any:
        """What is compared; None is like nothing else."""
        value = self.if_none if row[self.name] is None else row[self.name]
        return value.lower() if self.ignores_case and value is not None else value

    def twin(self, row: Row) -> Any:
        """A value with the same key, another one where there is one."""
        value = row[self.name]
        return value.upper() if self.ignores_case and value is not None else value


@dataclass(frozen=True)
class Unique:
    """Columns that no two rows share, among the rows of the condition, which speaks of the fields of `among`."""

    name: str
    columns: tuple[Column, ...]
    condition: Any = None
    among: frozenset[str] = frozenset()

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the columns' fields."""
        return tuple(column.name for column in self.columns)

    def holds_for(self, row: Row) -> bool:
        """Whether the row is one of those that may be there once."""
        is_in = self.condition is None or holds(self.condition, row) is True
        return is_in and all(column.key(row) is not None for column in self.columns)

    def forbids(self, row: Row, other: Row) -> bool:
        """Whether both rows cannot be there together."""
        is_same = all(column.key(row) == column.key(other) for column in self.columns)
        return is_same and self.holds_for(row) and self.holds_for(other)


@dataclass
class Maker:
    """Makes rows of one model; number `n` tells them apart. `texts` are more values for text columns to try."""

    model: type[models.Model]
    alias: str
    texts: Sequence[str] = ()
    rules: list[Rule] = field(init=False)
    uniques: list[Unique] = field(init=False)
    not_understood: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._values: dict[str, set[Any]] = {}
        self.fields = {each.name: each for each in self.model._meta.concrete_fields if not each.generated}
        self.rules = [*self._checks(), *self._column_checks()]
        self.uniques = list(self._uniques())

    def row(self, n: int, **fixed: Any) -> Row | None:
        """A valid row."""
        return next(self.rows(n, fixed=fixed), None)

    def rows(
        self, n: int, *, fixed: Row | None = None, broken: Rule | None = None, also: Sequence[Rule] = ()
    ) -> Iterator[Row]:
        """Rows that break this rule alone, or none, and have the fixed values."""
        rules = [*([broken] if broken else []), *also, *(rule for rule in self.rules if rule is not broken)]
        fixed = fixed or {}
        varied = list(dict.fromkeys(name for rule in rules for name in sorted(rule.fields) if name not in fixed))
        row = {name: self._plain(each, n) for name, each in self.fields.items() if name not in varied} | {**fixed}
        # A rule is asked as soon as the last of its fields has a value.
        due: list[list[Rule]] = [[] for _ in range(len(varied) + 1)]
        for rule in rules:
            due[max((varied.index(name) + 1 for name in rule.fields if name in varied), default=0)].append(rule)
        yield from islice(self._search(row, varied, due, broken, n), TRIES)

    def fresh(self, name: str, n: int) -> Any:
        """A value of a field that no other row has."""
        return _fresh(self.fields[name], n)

    def insert(self, row: Row) -> None:
        """Put a row into the table."""
        self._write("INSERT INTO {table} ({columns}) VALUES ({places})", row)

    def replace(self, row: Row) -> None:
        """SQLite's way of deleting without saying so."""
        self._write("INSERT OR REPLACE INTO {table} ({columns}) VALUES ({places})", row)

    def update(self, pk: Any, row: Row) -> int:
        """Change the columns of a row; how many rows it met."""
        key = self.model._meta.pk
        settings = ", ".join(f"{self._quoted(self.fields[name].column)} = %s" for name in row)
        sql = f"UPDATE {self._quoted(self.table)} SET {settings} WHERE {self._quoted(key.column)} = %s"
        values = [self.prepared(name, each) for name, each in row.items()]
        return ground.execute(self.alias, sql, [*values, self.prepared(key.name, pk)])

    def delete(self, pk: Any) -> int:
        """Delete a row; how many rows it met."""
        key = self.model._meta.pk
        sql = f"DELETE FROM {self._quoted(self.table)} WHERE {self._quoted(key.column)} = %s"
        return ground.execute(self.alias, sql, [self.prepared(key.name, pk)])

    @property
    def table(self) -> str:
        """The model's table."""
        return self.model._meta.db_table

    def _write(self, sql: str, row: Row) -> None:
        columns = ", ".join(self._quoted(self.fields[name].column) for name in row)
        places = ", ".join(["%s"] * len(row))
        statement = sql.format(table=self._quoted(self.table), columns=columns, places=places)
        ground.execute(self.alias, statement, [self.prepared(name, each) for name, each in row.items()])

    def prepared(self, name: str, value: Any) -> Any:
        """A value as the database wants it."""
        if isinstance(value, Broken):
            return str(value)
        return self.fields[name].get_db_prep_save(value, connections[self.alias])

    def _quoted(self, name: str | None) -> str:
        return ground.quoted(self.alias, str(name))

    def _search(
        self, row: dict[str, Any], varied: list[str], due: list[list[Rule]], broken: Rule | None, n: int
    ) -> Iterator[Row]:
        if any((rule.test(row) is False) != (rule is broken) for rule in due[0]):
            return
        if not varied:
            yield dict(row)
            return
        name, *rest = varied
        for candidate in self.candidates(name, n):
            row[name] = candidate
            yield from self._search(row, rest, due[1:], broken, n)

    def _checks(self) -> Iterator[Rule]:
        for constraint in self.model._meta.constraints:
            if not isinstance(constraint, models.CheckConstraint):
                continue
            try:
                yield Rule(constraint.name, self.note(constraint.condition), partial(holds, constraint.condition))
            except NotUnderstood as unknown:
                self.not_understood.append(f"{constraint.name}: {unknown} is not understood")

    def _column_checks(self) -> Iterator[Rule]:
        for name, each in self.fields.items():
            check = each.db_check(connections[self.alias])
            if check and ">= 0" in check:
                self._values.setdefault(name, set()).update((0, -1))
                yield Rule(f"{each.column} >= 0", frozenset([name]), partial(_is_not_negative, name), True)
            elif check and "JSON_VALID" in check:
                self._values.setdefault(name, set()).add(Broken("{"))
                yield Rule(f"{each.column} is JSON", frozenset([name]), partial(_is_not_broken, name), True)
            elif check:
                self.not_understood.append(f"{each.column}: {check} is not understood")

    def _uniques(self) -> Iterator[Unique]:
        meta = self.model._meta
        for name, each in self.fields.items():
            if each.unique:
                yield Unique(f"{each.column} (once)", (Column(name),))
        for names in meta.unique_together:
            yield Unique(f"{', '.join(names)} (once)", tuple(Column(name) for name in names))
        for constraint in meta.constraints:
            if not isinstance(constraint, models.UniqueConstraint):
                continue
            try:
                among = self.note(constraint.condition) if constraint.condition is not None else frozenset()
                yield Unique(constraint.name, tuple(_columns(constraint)), constraint.condition, among)
            except (NotUnderstood, FieldDoesNotExist) as unknown:
                self.not_understood.append(f"{constraint.name}: {unknown} is not understood")

    def note(self, condition: Any) -> frozenset[str]:
        """The fields of a condition, whose values are tried from now on (NotUnderstood)."""
        found = list(mentions(condition))
        for name, compared in found:
            self._values.setdefault(name, set())
            if compared is not None:
                self._values[name].add(compared)
        return frozenset(name for name, _ in found)

    def _plain(self, each: models.Field, n: int) -> Any:
        return None if each.null else _fresh(each, n)

    def candidates(self, name: str, n: int) -> list[Any]:
        """What to try: a new value, what the conditions speak of and what lies beside it, nothing, and none."""
        each, spoken = self.fields[name], self._values.get(name, set())
        if isinstance(each, models.BooleanField):
            found: list[Any] = [False, True]
        elif isinstance(each, models.DateTimeField):
            found = [EPOCH + timedelta(days=day) for day in (0, 1, 2)]
        elif isinstance(each, models.IntegerField | models.DecimalField) and not each.remote_field:
            steps = sorted({number + step for number in {*spoken, 0} for step in (0, 1, -1, 2)})
            found = [_fresh(each, n), *(step for step in steps if step > 0), *(step for step in steps if step <= 0)]
            found = [Decimal(step) for step in found] if isinstance(each, models.DecimalField) else found
        elif isinstance(each, _TEXTS):
            found = [*sorted(map(str, {*spoken, *self.texts} - {""})), _fresh(each, n), ""]
        else:
            found = [_fresh(each, n), *spoken]
        return [*found, *([None] if each.null else [])]


def _is_not_negative(name: str, row: Row) -> bool | None:
    return None if row[name] is None else row[name] >= 0


def _is_not_broken(name: str, row: Row) -> bool:
    return not isinstance(row[name], Broken)


def _columns(constraint: models.UniqueConstraint) -> Iterator[Column]:
    yield from (Column(name) for name in constraint.fields)
    for expression in constraint.expressions:
        if not isinstance(expression, Lower | Upper | Coalesce):
            raise NotUnderstood(repr(expression))
        field, *others = expression.get_source_expressions()
        if not others:
            yield Column(field.name, ignores_case=True)
        elif len(others) == 1 and isinstance(others[0], Value):
            yield Column(field.name, if_none=others[0].value)
        else:
            raise NotUnderstood(repr(expression))


def _fresh(each: models.Field, n: int) -> Any:
    if each.remote_field:
        return _fresh(each.target_field, n)  # type: ignore[attr-defined]
    kind = each.get_internal_type()
    if isinstance(each, models.AutoField | models.BigAutoField | models.SmallAutoField):
        return FIRST_KEY - n if kind != "SmallAutoField" else -31_000 - n
    made: dict[type[models.Field], Callable[[], Any]] = {
        models.BooleanField: lambda: n % 2 == 0,
        models.IntegerField: lambda: _INTEGERS.get(kind, 1_900_000_000) + n,
        models.DecimalField: lambda: Decimal(n),
        models.DateTimeField: lambda: EPOCH + timedelta(days=n),
        models.DateField: lambda: date(1970, 1, 2) + timedelta(days=n),
        models.TimeField: lambda: time(minute=n),
        models.UUIDField: lambda: UUID(int=n),
        models.JSONField: list,
        models.BinaryField: lambda: b"made up",
        models.FloatField: lambda: float(n),
        models.DurationField: lambda: timedelta(days=n),
        models.GenericIPAddressField: lambda: f"192.0.2.{n}",
    }
    for type_, make in made.items():
        if isinstance(each, type_):
            return make()
    return f"made up~{n}"[-(each.max_length or 20) :]
