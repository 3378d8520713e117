"""Amounts in EUR: reading, rounding and formatting. An amount is a Decimal with two places, never a float."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language
from num2words import num2words

from core.errors import AmountUnclear

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
# "1234", "1234.5", "1234,5", "1,234.50". A lone separator before three digits has two meanings, so it is not read;
# a lone comma before one or two has one, and the keyboard of a Polish phone offers nothing else.
_AMOUNT = re.compile(
    r"(?:€\s?)?(?P<whole>[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4}(?=\.))(?:[.,](?P<cents>[0-9]{1,2}))?"
)


def round_eur(amount: Decimal) -> Decimal:
    """The amount to the cent, halves away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def parse_eur(text: str) -> Decimal:
    """What a person typed as EUR: "1234.50", "1234,50", "1,234.50"; nothing with two meanings (AmountUnclear)."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise AmountUnclear
    return round_eur(Decimal(f"{match['whole'].replace(',', '')}.{match['cents'] or 0}"))


def format_eur(amount: Decimal, *, has_cents: bool = False) -> str:
    """The amount as people read it: "€185" and "€1,185.50" in English, "1 185,50 €" in Polish."""
    amount = round_eur(amount)
    if (get_language() or settings.LANGUAGE_CODE) != settings.LANGUAGE_CODE:
        return f"{number_format(amount, 2, force_grouping=True)}\N{NO-BREAK SPACE}€"
    sign = "-" if amount < 0 else ""
    amount = abs(amount)
    is_whole = amount == amount.to_integral_value() and not has_cents
    return f"{sign}€{amount:,.0f}" if is_whole else f"{sign}€{amount:,.2f}"


def in_words(amount: Decimal) -> str:
    """The amount as it is read aloud: "one thousand, two hundred and thirty-four euro, fifty cents"."""
    return str(num2words(round_eur(amount), lang="en", to="currency", currency="EUR"))


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """A total in EUR shared out in proportion; the cents left over go to the largest remainders, so it adds up."""
    whole = sum(weights, ZERO)
    shares = [total * weight / whole if whole else total / len(weights) for weight in weights]
    cents = [int(share / CENT) for share in shares]
    left = int(round_eur(total) / CENT) - sum(cents)
    by_remainder = sorted(range(len(shares)), key=lambda index: (cents[index] - shares[index] / CENT, index))
    for index in by_remainder[:left]:
        cents[index] += 1
    return [count * CENT for count in cents]
