"""Cells of a file that a spreadsheet opens."""

import pytest

from core.spreadsheets import plain


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@x", "\tx", "=HYPERLINK(1)", "--1"])
def test_SEC_24_a_cell_is_never_a_formula(cell):
    assert plain(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Tee", "", "-12.50", "0.10", "Anna-Lena"])
def test_SEC_24_other_cells_stay_as_they_are(cell):
    assert plain(cell) == cell
