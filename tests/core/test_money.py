"""Amounts as people type, read and share them."""

from decimal import Decimal

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from core.errors import AmountUnclear
from core.forms import EuroField
from core.money import format_eur, in_words, parse_eur, spread

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("45", "45.00"),
        ("45.5", "45.50"),
        ("0.01", "0.01"),
        (" €1234.50 ", "1234.50"),
        ("€ 80", "80.00"),
        ("1,234.50", "1234.50"),
        ("1,234,567.89", "1234567.89"),
        ("60,50", "60.50"),
        ("60,5", "60.50"),
        ("€ 1234,05", "1234.05"),
    ],
)
def test_D11_an_amount_is_read_as_it_was_typed(typed: str, amount: str) -> None:
    assert parse_eur(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "1.234,50",
        "12.345",
        "1,234",
        "12,345",
        "1,234,5",
        "1.234.50",
        "60,",
        ",50",
        "60,5.0",
        "60,50,00",
        "1,23.40",
        "-5",
        "NaN",
        "Infinity",
        "1e9",
        "",
        " ",
        "€",
        "5 euro",
        "0x10",
        "٤٥",
        "1_000",
        "+5",
        "1234567890123456",
        "5\u0000",
    ],
)
def test_D11_SEC_19_what_could_mean_two_amounts_or_none_is_refused(typed: str) -> None:
    with pytest.raises(AmountUnclear):
        parse_eur(typed)


@given(AMOUNTS)
def test_every_amount_is_read_back_from_how_it_is_shown(amount: Decimal) -> None:
    shown = format_eur(amount)

    assert parse_eur(shown if "." in shown else shown.replace(",", "")) == amount


@given(AMOUNTS, st.lists(st.decimals(min_value="0.01", max_value=5000, places=2), min_size=1, max_size=20))
def test_shares_of_a_total_add_up_to_the_cent(total: Decimal, weights: list[Decimal]) -> None:
    shares = spread(total, weights)

    assert sum(shares) == total
    assert all(share >= 0 and share == round(share, 2) for share in shares)


def test_shares_are_in_proportion_and_the_left_over_cent_goes_to_the_largest_remainder() -> None:
    assert spread(Decimal("100.00"), [Decimal("60.00"), Decimal("30.00")]) == [Decimal("66.67"), Decimal("33.33")]


def test_an_amount_can_be_read_aloud() -> None:
    assert in_words(Decimal("1234.50")) == "one thousand, two hundred and thirty-four euro, fifty cents"


class Asking(forms.Form):
    amount = EuroField(most=Decimal("500.00"))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1.234,50", "Enter an amount like 45 or 1234.50."),
        ("0", "Enter an amount from €0.01 to €500."),
        ("501", "Enter €500 at the most."),
        ("99999999", "Enter €500 at the most."),
        ("999999999999.00", "Enter €500 at the most."),
        ("", "This field is required."),
    ],
)
def test_a_form_says_what_is_wrong_with_an_amount_and_keeps_it(typed: str, message: str) -> None:
    form = Asking({"amount": typed})

    assert form.errors["amount"] == [message]
    assert form["amount"].value() == typed


def test_a_form_shows_a_known_amount_as_people_write_it() -> None:
    assert 'value="60"' in str(Asking(initial={"amount": Decimal("60.00")})["amount"])
