"""Size scales: which sizes a category has, how they read and how they sort.

Clothes run XS to XXL. A set is a top and a bottom, at most one step apart. Shoes are UK sizes in half steps.
The four codes of the old shop's taxonomy fuse newness and kind; they are understood on import only.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.errors import SizeUnknown
from inventory.models import Condition, SizeScale

LETTERS = ("XS", "S", "M", "L", "XL", "XXL")
LETTER_WORDS = {"extra small": "XS", "small": "S", "medium": "M", "large": "L", "extra large": "XL", "2xl": "XXL"}
MAX_SET_STEPS = 1
SHOES_UK_RANGE = (Decimal("3"), Decimal("15"))
ONE_SIZE = "One size"
# Sorts after every size that has a number of its own.
UNORDERED = Decimal("999")

OLD_CODES = {
    "BN-CLOTHES": (Condition.NEW_TAGGED, SizeScale.CLOTHES),
    "BN-SHOES": (Condition.NEW_TAGGED, SizeScale.SHOES_UK),
    "PO-CLOTHES": (Condition.MINT, SizeScale.SET),
    "PO-SHOES": (Condition.MINT, SizeScale.SHOES_UK),
}
_SET = re.compile(r"^([A-Z]+)[ -]TOP[ ,-]+([A-Z]+)[ -]BOTTOM$")


@dataclass(frozen=True)
class Size:
    """A size as a lot keeps it."""

    label: str
    order: Decimal
    system: str = ""
    top: str = ""
    bottom: str = ""


def parse_size(text: str, scale: str) -> Size:
    """The size a person or a file means on a scale (SizeUnknown)."""
    text = " ".join(text.split())
    if scale == SizeScale.CLOTHES:
        letter = _letter(text)
        return Size(letter, Decimal(LETTERS.index(letter)))
    if scale == SizeScale.SET:
        return _set(text)
    if scale == SizeScale.SHOES_UK:
        return _shoe(text)
    if scale == SizeScale.ONE_SIZE:
        return Size(ONE_SIZE, Decimal(0))
    if not text or len(text) > 30:
        raise SizeUnknown(_("Give a size of at most 30 letters."))
    # Files write "Medium" or "m" for what the filters call M.
    letter = LETTER_WORDS.get(text.lower(), text.upper())
    return Size(letter, Decimal(LETTERS.index(letter))) if letter in LETTERS else Size(text, UNORDERED)


def _letter(text: str) -> str:
    letter = LETTER_WORDS.get(text.lower(), text.upper())
    if letter not in LETTERS:
        raise SizeUnknown(_("“%(text)s” is not one of %(sizes)s.") % {"text": text[:30], "sizes": ", ".join(LETTERS)})
    return letter


def _set(text: str) -> Size:
    match = _SET.match(text.upper())
    top, bottom = (_letter(match[1]), _letter(match[2])) if match else (_letter(text), _letter(text))
    if abs(LETTERS.index(top) - LETTERS.index(bottom)) > MAX_SET_STEPS:
        raise SizeUnknown(_("Top and bottom of a set may be one size apart, no more."))
    label = top if top == bottom else f"{top} top, {bottom} bottom"
    order = Decimal(LETTERS.index(top) + LETTERS.index(bottom)) / 2
    return Size(label, order, top=top, bottom=bottom)


def _shoe(text: str) -> Size:
    # "8-5" is how the old shop's picture names spelled 8.5.
    number = re.fullmatch(r"(?:UK ?)?(\d{1,2})(?:[.,-]([05]))?", text.upper())
    if not number:
        raise SizeUnknown(_("“%(text)s” is not a UK shoe size like 8 or 8.5.") % {"text": text[:30]})
    value = Decimal(f"{number[1]}.{number[2] or 0}")
    if not SHOES_UK_RANGE[0] <= value <= SHOES_UK_RANGE[1]:
        words = {"least": SHOES_UK_RANGE[0], "most": SHOES_UK_RANGE[1]}
        raise SizeUnknown(_("UK shoe sizes run from %(least)s to %(most)s.") % words)
    label = f"{value:f}".removesuffix(".0")
    return Size(label, value, system="UK")
