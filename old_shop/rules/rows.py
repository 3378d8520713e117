"""One row of the old database: values found under any of several names, and read into our types or refused."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.money import round_eur
from old_shop.errors import RowRefused

MOST = Decimal("99999999.99")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?")
MILLISECONDS = 100_000_000_000  # a moment after this number of seconds is in the year 5138
YEARS = range(2000, 2100)
Note = Callable[[str], None]


@dataclass(frozen=True)
class Row:
    """A row, or a thing in a JSON column, known by its table and its key in it."""

    table: str
    key: str
    values: Mapping[str, Any]
    note_rounded: Note = field(default=lambda text: None, repr=False)

    def value(self, *names: str) -> Any:
        """The first value that is there and not empty; which name a column has depends on the version."""
        for name in names:
            found = self.values.get(name)
            if found is not None and found != "":
                return found
        return None

    def text(self, *names: str, most: int = 10_000) -> str:
        """Text without what databases refuse, its blanks put in order, cut to so many characters."""
        found = self.value(*names)
        if found is None or isinstance(found, dict | list):
            return ""
        return " ".join(clean(str(found)).split())[:most].strip()

    def paragraphs(self, *names: str, most: int = 10_000) -> str:
        """Text that keeps its lines."""
        found = self.value(*names)
        return "" if found is None else clean(str(found)).strip()[:most]

    def word(self, *names: str) -> str:
        """A status or a kind: lower case, underscores between its parts."""
        return re.sub(r"[\s-]+", "_", self.text(*names, most=60).lower())

    def whole(self, *names: str, default: int = 0) -> int:
        """A count (RowRefused)."""
        found = self.value(*names)
        if found is None:
            return default
        number = _decimal(found)
        if number is None or number != number.to_integral_value() or abs(number) > 100_000:
            raise RowRefused(f"{names[0]} is no count")
        return int(number)

    def amount(self, *names: str) -> Decimal | None:
        """EUR to the cent, halves up; what was rounded is noted (RowRefused when it is no amount or negative)."""
        name = next((each for each in names if self.value(each) is not None), names[0])
        found = self.value(name)
        if found is None:
            return None
        number = _decimal(found)
        if number is None or abs(number) > MOST:
            raise RowRefused(f"{name} is no amount")
        if number < 0:
            raise RowRefused(f"{name} is negative")
        rounded = round_eur(number)
        if rounded != number:
            self.note_rounded(f"{self.table} {self.key}, {name}: {number} became {rounded}")
        return rounded

    def moment(self, *names: str) -> datetime | None:
        """A moment; the old database wrote UTC, with and without saying so, as text or as a number."""
        for name in names:
            if found := _moment(self.value(name)):
                return found
        return None

    def truth(self, *names: str, default: bool) -> bool:
        """Yes or no."""
        found = self.value(*names)
        return default if found is None else str(found).strip().lower() not in {"0", "false", "no", "0.0"}

    def things(self, *names: str) -> list["Row"]:
        """The things in a JSON column, one row each (RowRefused when it is no list of things)."""
        found = self.value(*names)
        if found is None:
            return []
        try:
            listed = json.loads(found) if isinstance(found, str) else found
        except (ValueError, RecursionError) as error:
            raise RowRefused(f"{names[0]} is broken") from error
        if isinstance(listed, dict):
            listed = listed.get("items", [listed])
        if not isinstance(listed, list) or not all(isinstance(thing, dict) for thing in listed if thing is not None):
            raise RowRefused(f"{names[0]} is no list of pieces")
        return [
            Row(
                self.table,
                f"{self.key}:{position}",
                {str(name).lower(): value for name, value in thing.items()},
                self.note_rounded,
            )
            for position, thing in enumerate((thing for thing in listed if thing), start=1)
        ]


def clean(text: str) -> str:
    """Text that both databases take: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _decimal(found: Any) -> Decimal | None:
    if isinstance(found, bool) or (isinstance(found, float) and not math.isfinite(found)):
        return None
    if isinstance(found, int | float):
        # The shortest text that gives this float again: what somebody once typed.
        return Decimal(str(found))
    text = str(found).strip().removeprefix("€").strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _moment(found: Any) -> datetime | None:
    if isinstance(found, str) and re.fullmatch(r"\d{9,14}(\.\d+)?", found.strip()):
        found = float(found)
    try:
        if isinstance(found, int | float) and not isinstance(found, bool):
            moment = datetime.fromtimestamp(found / 1000 if found > MILLISECONDS else found, UTC)
        else:
            moment = datetime.fromisoformat(str(found).strip())
    except (ValueError, OverflowError, OSError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment if moment.year in YEARS else None
