"""What a validation says."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Check:
    """One question to the database: what was asked, what is wrong, and what could not be asked and why."""

    name: str
    told: str
    findings: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass(frozen=True)
class Plan:
    """How the database means to answer one hot query."""

    name: str
    index: str
    steps: tuple[str, ...]
    wrong: str = ""


@dataclass(frozen=True)
class TableFacts:
    """What a table has; `rows` of a big one are the planner's estimate, `size` is in bytes."""

    name: str
    rows: int
    is_estimate: bool
    size: int | None
    columns: int
    indexes: int
    constraints: int
    triggers: int


@dataclass(frozen=True)
class Report:
    """All of it."""

    database: str
    versions: dict[str, str]
    made_at: datetime
    seconds: float
    checks: tuple[Check, ...]
    plans: tuple[Plan, ...]
    tables: tuple[TableFacts, ...]
    size: int | None
    offer_race: dict[str, Any] = field(default_factory=dict)

    @property
    def findings(self) -> list[tuple[str, str]]:
        """Everything that is wrong, with the check that found it."""
        return [(check.name, finding) for check in self.checks for finding in check.findings]

    def as_data(self) -> dict[str, Any]:
        """The report as plain values, for programs."""
        found = [{"check": name, "finding": text} for name, text in self.findings]
        return asdict(self) | {"made_at": self.made_at.isoformat(), "is_ok": not found, "findings": found}
