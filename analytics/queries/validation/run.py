"""All checks, one after the other."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.db import connections
from django.db.utils import DatabaseError

from analytics.queries.validation import attacks, books, environment, foreign_keys, plans, schema, statistics
from analytics.queries.validation.report import Check, Plan, Report, TableFacts


def validate(alias: str, *, now: datetime) -> Report:
    """Ask the database everything; a question that the database cannot answer is a finding as well."""
    begun = time.monotonic()
    found: schema.Schema = {}
    hot: list[Plan] = []
    race: dict[str, object] = {}

    def compare_schema() -> Check:
        found.update(schema.read(alias))
        return schema.check_schema(alias, schema.expected(alias), found)

    def look_at_plans() -> Check:
        hot.extend(plans.plans(alias, now))
        return plans.check_plans(hot)

    def race_for_offers() -> Check:
        check, facts = books.check_offer_race(alias, now)
        race.update(facts)
        return check

    checks = (
        ("settings", lambda: environment.check_settings(alias)),
        ("migrations", lambda: environment.check_migrations(alias)),
        ("clock", lambda: environment.check_clock(alias)),
        ("schema", compare_schema),
        ("rows", lambda: environment.check_rows(alias)),
        ("foreign keys enforced", lambda: foreign_keys.check_enforced(alias)),
        ("foreign keys armed", lambda: foreign_keys.check_armed(alias)),
        ("dangling rows", lambda: foreign_keys.check_dangling(alias)),
        ("check constraints", lambda: attacks.check_constraints(alias)),
        ("unique constraints", lambda: attacks.check_uniques(alias)),
        ("triggers", lambda: attacks.check_triggers(alias)),
        ("query plans", look_at_plans),
        ("offer race", race_for_offers),
        ("stock", lambda: books.check_stock(alias)),
        ("buying in", lambda: books.check_buying(alias)),
        ("daily figures", lambda: books.check_figures(alias, now)),
    )
    answers = tuple(_timed(name, check) for name, check in checks)
    return Report(
        database=_words_for(alias),
        versions=environment.versions(alias),
        made_at=now,
        seconds=time.monotonic() - begun,
        checks=answers,
        plans=tuple(hot),
        tables=tuple(_facts(alias, found)),
        size=statistics.database_size(alias),
        offer_race=race,
    )


def _timed(name: str, check: Callable[[], Check]) -> Check:
    begun = time.monotonic()
    try:
        answer = check()
    except DatabaseError as error:
        answer = Check(name, "not answered", (f"the database could not be asked: {str(error).splitlines()[0]}",))
    return replace(answer, seconds=time.monotonic() - begun)


def _facts(alias: str, found: schema.Schema) -> list[TableFacts]:
    try:
        return statistics.tables(alias, found)
    except DatabaseError:
        return []


def _words_for(alias: str) -> str:
    settings = connections[alias].settings_dict
    host = f" on {settings['HOST']}" if settings.get("HOST") else ""
    return f"{connections[alias].display_name} {settings['NAME']}{host} ({alias})"
