"""Cells that a spreadsheet program reads as text, whoever typed them."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(cell: str) -> str:
    """The cell, with an apostrophe before what a program would run as a formula; amounts stay amounts."""
    is_amount = cell.removeprefix("-").replace(".", "", 1).isdecimal()
    return f"'{cell}" if cell.startswith(_FORMULA) and not is_amount else cell
