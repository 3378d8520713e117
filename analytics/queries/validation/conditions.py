"""Conditions of constraints, applied to made-up rows as SQL would: true, false, or unknown (None).

Only what the models' constraints use is understood. A mistake here cannot hide anything: whether a row is refused is
the database's word, and a row that is refused or taken against expectation is reported.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Round

Row = Mapping[str, Any]


class NotUnderstood(Exception):
    """A condition says something that is not known here."""


LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda left, right: left == right,
    "in": lambda left, right: left in right,
    "range": lambda left, right: right[0] <= left <= right[1],
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}


def holds(condition: Any, row: Row) -> bool | None:
    """Whether the condition is true of the row (NotUnderstood)."""
    if not isinstance(condition, Q):
        raise NotUnderstood(repr(condition))
    answers = [
        _leaf(*child, row=row) if isinstance(child, tuple) else holds(child, row) for child in condition.children
    ]
    decisive = condition.connector == Q.OR
    if condition.connector == Q.XOR:
        raise NotUnderstood("XOR")
    answer = decisive if decisive in answers else (None if None in answers else not decisive)
    return not answer if condition.negated and answer is not None else answer


def mentions(condition: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a condition, each with what it is compared with (NotUnderstood)."""
    if not isinstance(condition, Q):
        raise NotUnderstood(repr(condition))
    for child in condition.children:
        if not isinstance(child, tuple):
            yield from mentions(child)
            continue
        name, lookup = _path(child[0])
        values = child[1] if lookup in {"in", "range"} else [child[1]]
        for compared in values if lookup != "isnull" else [None]:
            if hasattr(compared, "resolve_expression"):
                yield name, None
                yield from ((other, None) for other in _fields(compared))
            else:
                yield name, compared


@cache
def _path(path: str) -> tuple[str, str]:
    name, *lookups = path.split("__")
    lookup = lookups[0] if lookups else "exact"
    if len(lookups) > 1 or lookup not in {*LOOKUPS, "isnull"}:
        raise NotUnderstood(path)
    return name, lookup


def _leaf(path: str, compared: Any, *, row: Row) -> bool | None:
    name, lookup = _path(path)
    left = row[name]
    if lookup == "isnull":
        return (left is None) == compared
    right = _value(compared, row)
    return None if left is None or right is None else LOOKUPS[lookup](left, right)


def _value(expression: Any, row: Row) -> Any:
    if isinstance(expression, F):
        return row[_name(expression)]
    if isinstance(expression, Value):
        return expression.value
    if isinstance(expression, CombinedExpression) and expression.connector in {"+", "-"}:
        left, right = _value(expression.lhs, row), _value(expression.rhs, row)
        if left is None or right is None:
            return None
        return left + right if expression.connector == "+" else left - right
    if isinstance(expression, Round):
        number, places = (_value(each, row) for each in expression.source_expressions)
        return None if number is None else round(number, places)
    if hasattr(expression, "resolve_expression"):
        raise NotUnderstood(repr(expression))
    return expression


def _name(expression: F) -> str:
    return str(expression.deconstruct()[1][0])


def _fields(expression: Any) -> Iterator[str]:
    if isinstance(expression, F):
        yield _name(expression)
    elif isinstance(expression, CombinedExpression):
        yield from _fields(expression.lhs)
        yield from _fields(expression.rhs)
    elif isinstance(expression, Round):
        for each in expression.source_expressions:
            yield from _fields(each)
