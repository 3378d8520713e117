"""Shopify's product CSV, read into what we mean by it; nothing here writes.

A product takes several rows: the first has its title, the others hold one more variant or one more picture.
Format: https://help.shopify.com/en/manual/products/import-export/using-csv
"""

import csv
import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import nh3

from inventory.errors import FileRefused

NEEDED = ("Handle", "Title", "Variant Price", "Variant Inventory Qty")
OPTIONS = ("Option1", "Option2", "Option3")
NO_OPTION = "Default Title"
MAX_HANDLE = 180
MAX_TITLE = 200
MAX_BODY = 10_000
MAX_SKU = 60
MAX_PRICE = Decimal("1000000")
MAX_QUANTITY = 100_000
MAX_CELL = 1_000_000
_BREAK = re.compile(r"(?i)<\s*(?:br\s*/?|/p|/li|/h[1-6]|/div|/tr)\s*>")
_QUANTITY = re.compile(r"\d{1,9}")
_PRICE = re.compile(r"\d{1,9}(?:\.\d{1,2})?")


@dataclass(frozen=True)
class Problem:
    """What is wrong in which cell; rows count as a spreadsheet counts them, the heading being row 1."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.message}"


@dataclass(frozen=True)
class Variant:
    """One size of a product; no price means that it is sold by offer only. EUR."""

    row: int
    options: tuple[tuple[str, str], ...]
    price: Decimal | None
    quantity: int
    sku: str


@dataclass(frozen=True)
class Picture:
    """Where a picture lies and what it shows."""

    url: str
    alt: str


@dataclass
class Imported:
    """One product of the file with everything wrong about it."""

    row: int
    handle: str
    title: str
    body: str
    vendor: str
    type: str
    is_published: bool
    variants: list[Variant] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_products(content: bytes) -> list[Imported]:
    """The products of a file in its order, with their problems (FileRefused when it is no such file)."""
    products: dict[str, Imported] = {}
    for number, row in _rows(content):
        handle = row["Handle"]
        product = products.get(handle)
        if product is None:
            product = products[handle] = _product(number, row)
        elif row["Title"] and row["Title"] != product.title:
            product.problems.append(
                Problem(
                    number, "Handle", f"“{handle[:60]}” is the handle of “{product.title[:60]}” in row {product.row}"
                )
            )
            continue
        _add_variant(product, number, row)
        if row.get("Image Src"):
            product.pictures.append(Picture(row["Image Src"], row.get("Image Alt Text", "")[:150]))
    return list(products.values())


def plain_text(body: str) -> str:
    """The text of an HTML body: no tags, no scripts, a line for each paragraph."""
    stripped = html.unescape(nh3.clean(_BREAK.sub("\n", body), tags=set()))
    lines = [" ".join(line.split()) for line in stripped.splitlines()]
    return "\n".join(line for line in lines if line)


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused("The file is not UTF-8 text. Export it again as CSV, UTF-8.") from error
    csv.field_size_limit(MAX_CELL)
    reader = csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""), restkey="", restval="")
    if missing := [column for column in NEEDED if column not in (reader.fieldnames or [])]:
        raise FileRefused(f"This is not Shopify's product file: no column {', '.join(missing)}.")
    try:
        for number, row in enumerate(reader, start=2):
            cells = {column: value.strip() for column, value in row.items() if isinstance(value, str)}
            if any(cells.values()):
                yield number, cells
    except csv.Error as error:
        raise FileRefused(f"The file cannot be read as CSV: {error}.") from error


def _product(number: int, row: dict[str, str]) -> Imported:
    status = row.get("Status", "active").lower() or "active"
    product = Imported(
        row=number,
        handle=row["Handle"],
        title=row["Title"],
        body=plain_text(row.get("Body (HTML)", "")),
        vendor=row.get("Vendor", ""),
        type=row.get("Type", "")[:60],
        is_published=row.get("Published", "true").lower() != "false" and status == "active",
    )
    for column, value, most in (("Handle", product.handle, MAX_HANDLE), ("Title", product.title, MAX_TITLE)):
        if not value:
            product.problems.append(Problem(number, column, "is missing"))
        elif len(value) > most:
            product.problems.append(Problem(number, column, f"is longer than {most} letters"))
    if len(product.body) > MAX_BODY:
        product.problems.append(Problem(number, "Body (HTML)", f"is longer than {MAX_BODY} letters"))
    return product


def _add_variant(product: Imported, number: int, row: dict[str, str]) -> None:
    """A row that says neither size nor price nor stock only brings a picture."""
    values = [(row.get(f"{option} Name", ""), row.get(f"{option} Value", "")) for option in OPTIONS]
    options = tuple((name, value) for name, value in values if value and value != NO_OPTION)
    has_variant = any(value for _, value in values) or row["Variant Price"] or row["Variant Inventory Qty"]
    if not has_variant and number != product.row:
        return
    # Only a product's first variant row names the options.
    if product.variants:
        names = [name for name, _ in product.variants[0].options]
        options = tuple(
            (name or known, value) for (name, value), known in zip(options, [*names, *OPTIONS], strict=False)
        )
    sku = row.get("Variant SKU", "").lstrip("'")
    if len(sku) > MAX_SKU:
        product.problems.append(Problem(number, "Variant SKU", f"is longer than {MAX_SKU} letters"))
    if any([value for _, value in known.options] == [value for _, value in options] for known in product.variants):
        product.problems.append(Problem(number, "Option1 Value", "this variant stands in the file twice"))
    price = _price(product, number, row["Variant Price"])
    quantity = _quantity(product, number, row["Variant Inventory Qty"])
    product.variants.append(Variant(number, options, price, quantity, sku))


def _price(product: Imported, number: int, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        price = Decimal(text) if _PRICE.fullmatch(text) else None
    except InvalidOperation:
        price = None
    if price is None or price >= MAX_PRICE:
        product.problems.append(Problem(number, "Variant Price", f"“{text[:30]}” is not an amount like 38 or 38.50"))
        return None
    return price or None


def _quantity(product: Imported, number: int, text: str) -> int:
    if not text:
        return 0
    if not _QUANTITY.fullmatch(text) or int(text) > MAX_QUANTITY:
        product.problems.append(
            Problem(number, "Variant Inventory Qty", f"“{text[:30]}” is not a whole number from 0 to {MAX_QUANTITY}")
        )
        return 0
    return int(text)
