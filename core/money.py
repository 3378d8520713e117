"""Amounts in EUR: rounding and formatting. An amount is a Decimal with two places, never a float."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def round_eur(amount: Decimal) -> Decimal:
    """The amount to the cent, halves away from zero."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def format_eur(amount: Decimal) -> str:
    """The amount as people read it: "€185", "€1,185.50"."""
    amount = round_eur(amount)
    sign = "-" if amount < 0 else ""
    amount = abs(amount)
    return f"{sign}€{amount:,.0f}" if amount == amount.to_integral_value() else f"{sign}€{amount:,.2f}"
