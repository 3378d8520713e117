"""Sizes as people and files write them."""

from decimal import Decimal

import pytest

from inventory.errors import SizeUnknown
from inventory.models import SizeScale
from inventory.rules.sizes import parse_size


@pytest.mark.parametrize(
    ("typed", "scale", "label"),
    [
        ("m", SizeScale.CLOTHES, "M"),
        ("Extra Large", SizeScale.CLOTHES, "XL"),
        ("2XL", SizeScale.CLOTHES, "XXL"),
        ("8", SizeScale.SHOES_UK, "8"),
        ("8.5", SizeScale.SHOES_UK, "8.5"),
        ("8-5", SizeScale.SHOES_UK, "8.5"),
        ("UK 9,0", SizeScale.SHOES_UK, "9"),
        ("M-TOP-L-BOTTOM", SizeScale.SET, "M top, L bottom"),
        ("M top, M bottom", SizeScale.SET, "M"),
        ("S", SizeScale.SET, "S"),
        ("whatever", SizeScale.ONE_SIZE, "One size"),
        ("W32 L34", SizeScale.FREE, "W32 L34"),
        ("Medium", SizeScale.FREE, "M"),
        ("xl", SizeScale.FREE, "XL"),
    ],
)
def test_a_size_is_known_by_one_label(typed: str, scale: str, label: str) -> None:
    assert parse_size(typed, scale).label == label


@pytest.mark.parametrize(
    ("typed", "scale"),
    [
        ("XXXL", SizeScale.CLOTHES),
        ("", SizeScale.CLOTHES),
        ("8.3", SizeScale.SHOES_UK),
        ("2", SizeScale.SHOES_UK),
        ("15.5", SizeScale.SHOES_UK),
        ("EU 42", SizeScale.SHOES_UK),
        ("S-TOP-L-BOTTOM", SizeScale.SET),
        ("S-TOP", SizeScale.SET),
        ("", SizeScale.FREE),
        ("x" * 31, SizeScale.FREE),
    ],
)
def test_what_is_not_on_the_scale_is_refused(typed: str, scale: str) -> None:
    with pytest.raises(SizeUnknown):
        parse_size(typed, scale)


def test_a_set_keeps_both_sizes_and_sorts_between_them() -> None:
    size = parse_size("M-TOP-L-BOTTOM", SizeScale.SET)

    assert (size.top, size.bottom, size.order) == ("M", "L", Decimal("2.5"))


def test_letters_sort_from_small_to_large_on_every_scale_that_has_them() -> None:
    for scale in (SizeScale.CLOTHES, SizeScale.FREE):
        orders = [parse_size(letter, scale).order for letter in ("XS", "S", "M", "L", "XL", "XXL")]
        assert orders == sorted(orders)
