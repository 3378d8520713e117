"""How many copies of each piece there were, worked out from counts and orders that knew nothing of each other.

An order that was done did happen, so its copies are counted even where the old shop sold one piece twice. An order that
is still open gets a copy only while there is one: the oldest first, the whole order or nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from old_shop.rules.words import LEFT, REMOVED, RESERVED


@dataclass(frozen=True)
class Count:
    """What a product row says: its state (words.LEFT …), copies left, copies sold."""

    state: str
    left: int
    sold: int


@dataclass
class Plan:
    """Copies by product: what goes on the shelf, what was sold without an order, and how many there are in all."""

    shelf: Counter[str] = field(default_factory=Counter)
    sold_otherwise: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    oversold: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)  # open orders and holds for which no copy is left


def plan(counts: Mapping[str, Count], done: Counter[str], open_claims: Sequence[tuple[str, Counter[str]]]) -> Plan:
    """Share copies out: `done` by product, then each open order or hold in turn."""
    made = Plan()
    free = {key: _free(count, done[key]) for key, count in counts.items()}
    granted: Counter[str] = Counter()
    for claim, wanted in open_claims:
        if any(free.get(key, 0) < quantity for key, quantity in wanted.items()):
            made.left_out.add(claim)
            continue
        for key, quantity in wanted.items():
            free[key] -= quantity
            granted[key] += quantity
    for key, count in counts.items():
        is_ours = count.state in {LEFT, RESERVED}
        made.shelf[key] = free[key] if is_ours else 0
        unexplained = max(count.sold - done[key], 0) if is_ours else free[key]
        made.sold_otherwise[key] = 0 if count.state == REMOVED else unexplained
        made.total[key] = done[key] + granted[key] + made.shelf[key] + made.sold_otherwise[key]
        if done[key] > max(count.sold, count.left, 1):
            made.oversold.append(key)
    return made


def _free(count: Count, done: int) -> int:
    """Copies that an open order may still have."""
    if count.state == LEFT:
        return max(count.left, 0)
    if count.state == RESERVED:
        return max(count.left, 1)
    # Sold or removed: the counts stayed as they were, so a copy that no done order explains may be an open one's.
    return max(max(count.sold, count.left, 1) - done, 0)
