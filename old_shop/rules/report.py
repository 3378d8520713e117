"""What a move did: by table the rows read, made, known before and left behind with their reasons; what differs."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from core.money import ZERO

SHOWN = 12  # keys of rows named for one reason
MOST_ROUNDED = 40


@dataclass
class Keys:
    """How many rows, and the first of them by name."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, key: str) -> None:
        """One row more."""
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(key)

    def __str__(self) -> str:
        more = self.count - len(self.first)
        if not self.first:
            return "all"
        return ", ".join(self.first) + (f" and {more} more" if more else "")


@dataclass
class Table:
    """The rows of one table."""

    read: int = 0
    made: int = 0
    known: int = 0
    skipped: dict[str, Keys] = field(default_factory=lambda: defaultdict(Keys))

    @property
    def left_behind(self) -> int:
        """How many rows were skipped."""
        return sum(keys.count for keys in self.skipped.values())


@dataclass
class Money:
    """Sums in EUR of the orders: in the file, of those left behind, and in our books."""

    old: Decimal = ZERO
    skipped: Decimal = ZERO
    new: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        """What nothing explains."""
        return self.old - self.skipped - self.new


@dataclass
class Report:
    """Everything a run has to tell; it is clean when nothing differs and the stock adds up."""

    tables: dict[str, Table] = field(default_factory=lambda: defaultdict(Table))
    notes: dict[str, Keys] = field(default_factory=lambda: defaultdict(Keys))
    rounded: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    money: Money = field(default_factory=Money)
    copies: tuple[int, int] = (0, 0)

    @property
    def is_clean(self) -> bool:
        """Whether every row, cent and copy is explained."""
        return not self.differences and not self.findings

    def skip(self, table: str, key: str, reason: str) -> None:
        """Leave a row behind, and say why."""
        self.tables[table].skipped[reason].add(key)

    def note(self, text: str, key: str) -> None:
        """Say something about a row that was taken."""
        self.notes[text].add(key)

    def lines(self) -> Iterator[str]:
        """The report as people read it."""
        yield f"{'table':<22}{'read':>8}{'made':>8}{'known':>8}{'skipped':>9}"
        for name, table in self.tables.items():
            yield f"{name:<22}{table.read:>8}{table.made:>8}{table.known:>8}{table.left_behind:>9}"
            for reason, keys in table.skipped.items():
                yield f"  {keys.count} skipped, {reason}: {keys}"
        for text, keys in self.notes.items():
            yield f"note: {keys.count} × {text}: {keys}"
        for text in self.rounded[:MOST_ROUNDED]:
            yield f"rounded: {text}"
        yield f"amounts rounded: {len(self.rounded)}"
        money = self.money
        yield (
            f"orders in EUR: {money.old} in the file, {money.skipped} left behind, {money.new} here, "
            f"difference {money.difference}"
        )
        yield f"copies brought over: {self.copies[0]} expected, {self.copies[1]} booked"
        for text in self.differences:
            yield f"UNEXPLAINED: {text}"
        for text in self.findings:
            yield f"check_stock: {text}"
