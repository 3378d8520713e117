"""The report for people: as text, and as Markdown."""

from collections.abc import Iterable, Iterator, Sequence

from analytics.queries.validation.report import Check, Report, TableFacts


def as_text(report: Report) -> str:
    """One line a check, every finding by name, and the verdict."""
    return "\n".join(_text(report))


def as_markdown(report: Report) -> str:
    """Summary, findings, inventory, plans, statistics."""
    return "\n".join(_markdown(report)).strip()


def _text(report: Report) -> Iterator[str]:
    width = max(len(check.name) for check in report.checks)
    yield f"{report.database}, {_versions(report)}"
    for check in report.checks:
        yield f"  {'ok' if check.is_ok else 'WRONG':<6} {check.name:<{width}}  {check.told} ({check.seconds:.2f} s)"
        yield from (f"         {finding}" for finding in check.findings)
        yield from (f"         not asked: {words}" for words in check.not_asked)
    if report.offer_race:
        yield f"  An offer is answered by {report.offer_race['answered_by']}: {report.offer_race['statement']}"
        yield from (f"         raced by {test}" for test in report.offer_race["raced_by"])
    yield f"validate_database: {_verdict(report)}"


def _verdict(report: Report) -> str:
    number = len(report.findings)
    findings = "no findings" if not number else "1 finding" if number == 1 else f"{number} findings"
    return f"{len(report.checks)} checks, {findings}, {report.seconds:.1f} s"


def _versions(report: Report) -> str:
    return ", ".join(f"{name} {version}" for name, version in report.versions.items())


def _markdown(report: Report) -> Iterator[str]:
    yield from ("# Validation of the database", "", f"**{_verdict(report)}**", "")
    facts = {
        "Database": report.database,
        "Versions": _versions(report),
        "Made at": f"{report.made_at:%Y-%m-%d %H:%M:%S} UTC",
        "Size": _size(report.size),
    }
    yield from _table(("", ""), facts.items())
    yield from ("## Findings", "")
    yield from [f"- **{name}**: {finding}" for name, finding in report.findings] or ["None."]
    yield from ("", "## Checks", "")
    yield from _table(("check", "result", "what was asked", "seconds"), map(_check_row, report.checks))
    not_asked = [f"- **{check.name}**: {words}" for check in report.checks for words in check.not_asked]
    if not_asked:
        yield from ("Not asked:", "", *not_asked, "")
    yield from _offer_race(report)
    yield from ("## Inventory", "")
    parts = [(each.name, each.columns, each.indexes, each.constraints, each.triggers) for each in report.tables]
    total = ("**all**", *(sum(column) for column in [*zip(*parts, strict=True)][1:])) if parts else ()
    yield from _table(("table", "columns", "indexes", "constraints", "triggers"), [*parts, *([total] if total else [])])
    yield from ("## Plans of the hot queries", "")
    plans = [(plan.name, plan.wrong or "ok", "<br>".join(plan.steps)) for plan in report.plans]
    yield from _table(("query", "result", "plan"), plans)
    yield from ("## Statistics", "")
    yield from _table(("table", "rows", "size"), map(_size_row, report.tables))


def _check_row(check: Check) -> Sequence[object]:
    return check.name, "ok" if check.is_ok else "**wrong**", check.told, f"{check.seconds:.2f}"


def _size_row(table: TableFacts) -> Sequence[object]:
    return table.name, f"{'about ' if table.is_estimate else ''}{table.rows:,}", _size(table.size)


def _offer_race(report: Report) -> Iterator[str]:
    if not report.offer_race:
        return
    yield from ("## Who answers an offer first", "")
    yield f"`{report.offer_race['answered_by']}` decides by one guarded statement, and was tried twice and too late:"
    yield from ("", f"    {report.offer_race['statement']}", "", "Raced by:", "")
    yield from (f"- `{test}`" for test in report.offer_race["raced_by"])
    yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '¦') for cell in row)} |"
    yield ""


def _size(size: int | None) -> str:
    if size is None:
        return "unknown"
    return f"{size / 1024:,.0f} KiB" if size < 10 << 20 else f"{size / (1 << 20):,.0f} MiB"
