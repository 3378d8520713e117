"""Constraints and triggers under attack: for each a row that breaks it alone, which the database must refuse.

The rows are made up and put in by plain SQL, inside transactions that are rolled back. Foreign keys are checked at the
end of a transaction, so a made-up row needs no parents.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, product

from django.db import IntegrityError
from django.db.models import Model
from django.db.utils import DatabaseError

from analytics.queries.validation import ground
from analytics.queries.validation.conditions import Row
from analytics.queries.validation.made_up import Maker, Rule, Unique
from analytics.queries.validation.report import Check
from core.append_only import Changeable, guarded_models

SELF, OTHER = 1, 2
# So many first rows of a pair are tried; where two rules forbid the same, no other finds a second one alone.
FIRST_ROWS = 500


@dataclass
class Attacks:
    """How it went so far."""

    made: int = 0
    findings: list[str] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)

    def as_check(self, name: str, told: str) -> Check:
        """The check of these attacks."""
        return Check(name, f"{self.made} {told}", tuple(self.findings), tuple(self.not_asked))


def refusal(alias: str, act: Callable[[], object]) -> str | None:
    """Whether and why the database says no (the constraint's name, or its words); whatever was done is undone."""
    try:
        with ground.rolled_back(alias):
            act()
    except IntegrityError as error:
        return _reason(error)
    return None


def check_constraints(alias: str) -> Check:
    """Every check constraint refuses a row that breaks it, and a row that breaks none is taken."""
    attacks = Attacks()
    for model in ground.models_there(alias):
        _attack_table(alias, model, attacks, _attack_checks)
    return attacks.as_check("check constraints", "rows that each break one check constraint")


def check_uniques(alias: str) -> Check:
    """Everything that may be there once is refused the second time: keys, unique columns, partial unique indexes."""
    attacks = Attacks()
    for model in ground.models_there(alias):
        _attack_table(alias, model, attacks, _attack_uniques)
    return attacks.as_check("unique constraints", "duplicates of what may be there once")


def check_triggers(alias: str) -> Check:
    """Append-only rows can be neither changed nor deleted, and of others the frozen columns cannot be changed."""
    attacks = Attacks()
    here = ground.models_there(alias)
    for model in guarded_models():
        if model in here:
            _attack_table(alias, model, attacks, _attack_triggers)
    return attacks.as_check("triggers", "changes, replacements and deletions of guarded rows")


def _attack_table(alias: str, model: type[Model], attacks: Attacks, attack: Callable[[Maker, Attacks], None]) -> None:
    """Attack one table in a transaction of its own, so that nothing is locked for long."""
    changeable: Changeable | None = getattr(model, "changeable", None)
    texts = ("", *re.findall(r"'([^']*)'", changeable.only_if)) if changeable else ()
    maker = Maker(model, alias, texts)
    if attack is _attack_checks:
        attacks.not_asked += [f"{maker.table}: {words}" for words in maker.not_understood]
    try:
        with ground.rolled_back(alias):
            attack(maker, attacks)
    except DatabaseError as error:
        attacks.findings.append(f"{maker.table} cannot be attacked: {_first_line(error)}")


def _attack_checks(maker: Maker, attacks: Attacks) -> None:
    valid = maker.row(SELF)
    if valid is None:
        attacks.not_asked.append(f"{maker.table}: no row could be made up that keeps all rules")
        return
    over_strict = refusal(maker.alias, lambda: maker.insert(valid))
    if over_strict and not _is_about_duplicates(over_strict, maker):
        attacks.findings.append(f"{maker.table}: {over_strict} refuses a row that the models allow")
        return
    for rule in maker.rules:
        row = next(maker.rows(SELF, broken=rule), None)
        if row is None:
            _attack_shadowed(maker, rule, attacks)
            continue
        attacks.made += 1
        reason = refusal(maker.alias, partial(maker.insert, row))
        if reason is None:
            attacks.findings.append(f"{maker.table}: check constraint {rule.name} lets a row through that breaks it")
        elif not rule.is_of_column and rule.name not in reason:
            attacks.findings.append(f"{maker.table}: {reason} refuses what only {rule.name} should")


def _attack_shadowed(maker: Maker, rule: Rule, attacks: Attacks) -> None:
    """A rule that cannot be broken alone, since a stricter one says the same: both together must refuse."""
    weaker = [other for other in maker.rules if other is not rule and not other.fields & rule.fields]
    lone = Maker(maker.model, maker.alias, maker.texts)
    lone.rules = [rule, *weaker]
    row = next(lone.rows(SELF, broken=rule), None)
    if row is None:
        attacks.not_asked.append(f"{maker.table}: no row could be made up that breaks {rule.name}")
        return
    attacks.made += 1
    if refusal(maker.alias, lambda: maker.insert(row)) is None:
        attacks.findings.append(f"{maker.table}: check constraint {rule.name} lets a row through that breaks it")


def _attack_uniques(maker: Maker, attacks: Attacks) -> None:
    for unique in maker.uniques:
        pair = next(_pairs(maker, unique, alone=True), None) or next(_pairs(maker, unique, alone=False), None)
        if pair is None:
            attacks.not_asked.append(f"{maker.table}: no two rows could be made up that break {unique.name}")
            continue
        attacks.made += 1
        reason = refusal(maker.alias, partial(_insert_all, maker, pair))
        if reason is None:
            attacks.findings.append(f"{maker.table}: unique constraint {unique.name} lets a duplicate through")


def _pairs(maker: Maker, unique: Unique, *, alone: bool) -> Iterator[tuple[Row, Row]]:
    """Two rows that this forbids to be there together; alone: and nothing else does."""
    inside = Rule("among", frozenset(unique.fields) | unique.among, unique.holds_for)
    others = [each for each in maker.uniques if each is not unique] if alone else []
    # Nothing in a column forbids nothing else, so what stands for it is tried with that.
    none = {column.name: None for column in unique.columns if column.if_none is not None}
    for first in islice(maker.rows(SELF, fixed=none, also=[inside]), FIRST_ROWS):
        shared = {column.name: column.twin(first) for column in unique.columns}
        apart = [
            Rule("apart", frozenset(other.fields) | other.among, partial(_are_apart, other, first)) for other in others
        ]
        second = next(maker.rows(OTHER, fixed=shared, also=[inside, *apart]), None)
        if second:
            yield first, second


def _insert_all(maker: Maker, rows: Iterable[Row]) -> None:
    for row in rows:
        maker.insert(row)


def _are_apart(unique: Unique, first: Row, second: Row) -> bool:
    return not unique.forbids(first, second)


def _attack_triggers(maker: Maker, attacks: Attacks) -> None:
    changeable: Changeable | None = getattr(maker.model, "changeable", None)
    only_if = changeable.only_if if changeable else "1 = 0"
    open_row = _guarded_row(maker, only_if, wanted=True) if changeable else None
    shut_row = _guarded_row(maker, only_if, wanted=False)
    if shut_row is None or (changeable and open_row is None):
        attacks.not_asked.append(f"{maker.table}: no row could be made up to attack its triggers with")
        return
    if changeable and open_row:
        frozen = [name for name, each in maker.fields.items() if each.column not in changeable.columns]
        _attack_row(maker, attacks, open_row, frozen, " of a row that is still open")
    _attack_row(maker, attacks, shut_row, list(maker.fields), "")


def _attack_row(maker: Maker, attacks: Attacks, row: Row, frozen: list[str], which: str) -> None:
    pk = row[maker.model._meta.pk.name]
    acts: dict[str, Callable[[], object]] = {
        f"an update of {name}{which}": partial(maker.update, pk, _changed(maker, row, name)) for name in frozen
    }
    acts[f"a deletion{which}"] = partial(maker.delete, pk)
    if not ground.is_postgresql(maker.alias):
        acts[f"a replacement{which}"] = partial(maker.replace, row)
    for what, act in acts.items():
        attacks.made += 1
        reason = refusal(maker.alias, partial(_insert_and_act, maker, row, act))
        if reason is None or "append-only" not in reason:
            attacks.findings.append(f"{maker.table}: {what} is not refused by its triggers")


def _insert_and_act(maker: Maker, row: Row, act: Callable[[], object]) -> None:
    maker.insert(row)
    act()


def _guarded_row(maker: Maker, only_if: str, *, wanted: bool) -> Row | None:
    """A row for which the condition of the trigger is true, or is not, in the database's own eyes."""
    key, table = maker.model._meta.pk, ground.quoted(maker.alias, maker.table)
    sql = f"SELECT count(*) FROM {table} WHERE {ground.quoted(maker.alias, str(key.column))} = %s AND {only_if}"
    spoken_of = [name for name in maker.fields if name in only_if.split()]
    values = [maker.candidates(name, SELF) for name in spoken_of]
    for chosen in product(*values):
        row = maker.row(SELF, **dict(zip(spoken_of, chosen, strict=True)))
        if row is None:
            continue
        with ground.rolled_back(maker.alias):
            maker.insert(row)
            if bool(ground.value(maker.alias, sql, [maker.prepared(key.name, row[key.name])])) == wanted:
                return row
    return None


def _changed(maker: Maker, row: Row, name: str) -> Row:
    value = row[name]
    return {name: not value if isinstance(value, bool) else maker.fresh(name, OTHER)}


def _is_about_duplicates(reason: str, maker: Maker) -> bool:
    """Whether only a real row is in the way, such as the one row of the settings."""
    names = {unique.name for unique in maker.uniques}
    return "UNIQUE" in reason or reason in names or reason.endswith("_pkey") or "_uniq" in reason


def _reason(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return (diagnosis.constraint_name if diagnosis else None) or _first_line(error)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
