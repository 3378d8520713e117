"""What the demo catalogue is made of: plain records, no database and no drawing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

BRAND_NEW = "new_tagged"


@dataclass(frozen=True)
class Lot:
    """One size of a product: how many came in, and how many of those the seed sells over the counter again."""

    size: str
    came_in: int = 1
    sold: int = 0
    bottom: str = ""  # sets only: the size of the lower half

    @property
    def left(self) -> int:
        return self.came_in - self.sold


@dataclass(frozen=True)
class Flaw:
    """One honest line under the condition, the photo that shows it, and what is drawn there."""

    text: str
    photo: int | None
    kind: str
    at: tuple[int, int]


@dataclass(frozen=True)
class Recipe:
    """How the pictures of a product are drawn: garment, cloth and studio paper."""

    garment: str
    paper: str
    seed: int
    body: str
    second: str = ""
    accent: str = ""
    pattern: str = ""
    print: str = ""


@dataclass(frozen=True)
class Product:
    """One product of the demo shop."""

    key: str
    title: str
    brand: str
    category: str
    colour: str
    description: str
    grade: str
    lots: tuple[Lot, ...]
    price: Decimal | None
    cost: Decimal
    recipe: Recipe
    shots: tuple[str, ...]
    flaws: tuple[Flaw, ...] = ()
    measurements: Mapping[str, Decimal] = field(default_factory=dict)
    was: Decimal | None = None
    is_reserved: bool = False
    is_sold: bool = False

    @property
    def is_one_off(self) -> bool:
        return len(self.lots) == 1 and self.lots[0].came_in == 1

    @property
    def is_last_one(self) -> bool:
        return not self.is_one_off and sum(lot.left for lot in self.lots) == 1

    @property
    def pictures(self) -> tuple[str, ...]:
        """The file names of its photos, in order."""
        return tuple(f"{self.key}-{number}.webp" for number in range(1, len(self.shots) + 1))


def eur(whole: int) -> Decimal:
    """A price in whole euros."""
    return Decimal(whole).quantize(Decimal("0.01"))


def cm(**lengths: float) -> dict[str, Decimal]:
    """Lengths measured flat, in centimetres, by the name people read."""
    return {name.replace("_", " ").capitalize(): Decimal(str(length)) for name, length in lengths.items()}


def sizes(**came_in: int) -> tuple[Lot, ...]:
    """Lots by letter size."""
    return tuple(Lot(size, quantity) for size, quantity in came_in.items())


def uk(**came_in: int) -> tuple[Lot, ...]:
    """Lots by UK shoe size, written ``_8=2, _8_5=1``."""
    return tuple(Lot(size.strip("_").replace("_", "."), quantity) for size, quantity in came_in.items())
