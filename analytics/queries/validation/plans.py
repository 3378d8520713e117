"""Whether each hot query is answered by its index, with no scan of a whole table and no sort: read from the plan."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django.db.utils import DatabaseError

from analytics.queries.validation import ground
from analytics.queries.validation.hot_queries import HOT, Hot
from analytics.queries.validation.report import Check, Plan

# On a table of a few rows reading all of them and sorting is the best plan. What is asked here is whether the index can
# do it once there are many: so the other ways are made too dear, for this transaction alone.
_ONLY_INDEXES = ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort", "enable_hashagg")
# With statistics of so few rows all indexes cost PostgreSQL the same, and which one it takes says nothing.
_FEW = 1_000


def plans(alias: str, now: datetime) -> list[Plan]:
    """The plan of each hot query, and what is wrong with it."""
    return [plan_of(alias, hot, now) for hot in HOT]


def check_plans(found: list[Plan]) -> Check:
    """Every hot query has the plan it should have."""
    findings = tuple(f"{plan.name}: {plan.wrong}" for plan in found if plan.wrong)
    return Check(
        "query plans", f"{len(found)} hot queries, each to be answered by its index without scan or sort", findings
    )


def plan_of(alias: str, hot: Hot, now: datetime) -> Plan:
    """How the database means to answer the query."""
    query = hot.make(now).using(alias)
    any_index = False
    try:
        with ground.rolled_back(alias):
            if ground.is_postgresql(alias):
                for setting in _ONLY_INDEXES:
                    ground.execute(alias, f"SET LOCAL {setting} = off")
                steps = tuple(_steps(json.loads(query.explain(format="json"))[0]["Plan"]))
                any_index = _is_free_to_choose(alias, query.model._meta.db_table, hot.index)
            else:
                steps = tuple(_named(_without_numbers(query.explain()), hot, query.model._meta.db_table))
    except DatabaseError as error:
        return Plan(hot.name, hot.index, (), f"has no plan: {str(error).splitlines()[0]}")
    return Plan(hot.name, hot.index, steps, wrong_with(hot, steps, any_index=any_index))


def wrong_with(hot: Hot, steps: tuple[str, ...], *, any_index: bool = False) -> str:
    """What should not be in the plan, or is not; nothing when all is well."""
    if any(re.search(r"\bSort\b|TEMP B-TREE", step) for step in steps):
        return f"sorts ({'; '.join(steps)})"
    for step in steps:
        if step.startswith("Seq Scan") or re.match(r"SCAN (?!.* USING (COVERING )?INDEX)", step):
            return f"reads a whole table ({'; '.join(steps)})"
    # Django names an index of its own making by the columns and a hash, after the last underscore.
    rest = r"\w*" if hot.index.endswith("_") else ""
    uses = [step for step in steps if re.search(rf"\b{hot.index}{rest}\b", step)]
    if not uses and any_index:
        return ""
    if not uses:
        return f"does not use {hot.index} ({'; '.join(steps)})"
    if uses[0].startswith("SCAN") and not hot.is_walk:
        return f"walks the whole of {hot.index} ({'; '.join(steps)})"
    return ""


def _is_free_to_choose(alias: str, table: str, index: str) -> bool:
    """Whether the index is there, on few rows; so is a table of which nothing is known yet, which counts -1."""
    sql = """
        SELECT count(*) FROM pg_class t JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE t.oid = %s::regclass AND t.reltuples < %s AND starts_with(i.relname::text, %s)
    """
    return cast(int, ground.value(alias, sql, [table, _FEW, index])) > 0


def _steps(node: dict[str, Any]) -> Iterator[str]:
    index = f" using {node['Index Name']}" if "Index Name" in node else ""
    table = f" on {node['Relation Name']}" if "Relation Name" in node else ""
    backward = " backward" if node.get("Scan Direction") == "Backward" else ""
    found = f" ({node['Index Cond']})" if "Index Cond" in node else ""
    yield f"{node['Node Type']}{backward}{index}{table}{found}"
    for child in node.get("Plans", []):
        yield from _steps(child)


def _named(steps: list[str], hot: Hot, table: str) -> Iterator[str]:
    """SQLite has its own name for the index of a unique constraint that stands in the table."""
    for step in steps:
        yield re.sub(rf"\bsqlite_autoindex_{table}_\d+\b", f"(unique) {hot.index}", step)


def _without_numbers(plan: str) -> list[str]:
    return [re.sub(r"^(\d+ )+", "", line) for line in plan.splitlines()]
