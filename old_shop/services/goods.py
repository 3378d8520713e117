"""Products: each a product with one lot, its copies on the shelf or sold without an order."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import Sum

from inventory.errors import SizeUnknown
from inventory.models import Category, Reason, SizeScale, StockItem, StockMove
from inventory.rules.sizes import parse_size
from inventory.services import intake, products, stock
from old_shop.errors import RowRefused
from old_shop.rules import words
from old_shop.rules.copies import Count
from old_shop.rules.rows import Row
from old_shop.services.context import ACTOR, KNOWN, MADE, PREFIX, Move

NO_SIZE = "Not given"
CALLED = ("id", "sku", "image_id", "cloudflare_image_id")


def key_of(product: str) -> str:
    """What a product of the file and its lot are known by here."""
    return f"{PREFIX}:product:{product}"


def count_copies(move: Move) -> dict[str, Count]:
    """What the product rows say about their copies, by key; also learns what each product may be called by."""
    counts: dict[str, Count] = {}
    for row in move.found.rows["products"]:
        try:
            counts.setdefault(row.key, _count(row))
        except RowRefused:
            continue
        for name in CALLED:
            if called := row.text(name, most=200).lower():
                move.names.setdefault(called, row.key)
    return counts


def learn_what_is_here(move: Move) -> None:
    """Which lots have come over before, with how many copies."""
    head = key_of("")
    for pk, key in StockItem.objects.filter(import_key__startswith=head).values_list("pk", "import_key"):
        move.lots[str(key).removeprefix(head)] = pk
    taken = StockMove.objects.filter(reason=Reason.INTAKE, actor=ACTOR.name, stock_item__import_key__startswith=head)
    for key, copies in taken.values_list("stock_item__import_key").annotate(copies=Sum("quantity")).order_by():
        move.booked[str(key).removeprefix(head)] = copies


def bring_over(move: Move, counts: Mapping[str, Count], costs: Mapping[str, Decimal]) -> None:
    """Every product of the file; those whose order is to come get that copy with the order."""
    move.take("products", move.found.rows["products"], partial(_take, move, counts, costs))


def make_up_for_the_rest(move: Move, counts: Mapping[str, Count]) -> None:
    """Copies that were meant for an order which has ended since an earlier, broken run: on the shelf, or sold."""
    for key, count in counts.items():
        missing = move.plan.total[key] - move.booked[key] - move.lost[key]
        if missing <= 0 or key not in move.lots:
            continue
        pk, cause = move.lots[key], f"{PREFIX} product {key} late {move.booked[key]}"
        with transaction.atomic():
            stock.take_in(stock_item_id=pk, quantity=missing, cause=cause, actor=ACTOR, now=move.now)
            if count.state in {words.SOLD, words.REMOVED}:
                stock.sell_over_the_counter(
                    stock_item_id=pk, quantity=missing, unit_price=None, cause=cause, actor=ACTOR, now=move.now
                )
        move.booked[key] += missing


def _count(row: Row) -> Count:
    state = words.PRODUCTS.get(row.word("status") or "available", words.LEFT)
    left = row.whole("quantity_available", "stock", "quantity", "quantity_total", default=1)
    return Count(state, max(left, 0), max(row.whole("quantity_sold"), 0))


def _take(move: Move, counts: Mapping[str, Count], costs: Mapping[str, Decimal], row: Row) -> str:
    if row.key not in counts:
        _count(row)  # says what is wrong
    if row.key in move.lots:
        return KNOWN
    is_shown = row.word("status") not in words.NOT_SHOWN
    if (row.word("status") or "available") not in words.PRODUCTS:
        move.report.note(f"product status “{row.text('status', most=30)}” is unknown: not shown", row.key)
        is_shown = False
    try:
        price = row.amount("price") or None
    except RowRefused as refusal:
        move.report.note(f"product without a price, not shown: {refusal.message}", row.key)
        price, is_shown = None, False
    cost = costs.get(row.key) if move.plan.total[row.key] == 1 else None
    with transaction.atomic():
        item = _make(move, row, price, cost, is_shown=is_shown)
        _sell_the_unexplained(move, row, item, price)
    move.lots[row.key] = item.pk
    move.booked[row.key] += move.plan.shelf[row.key] + move.plan.sold_otherwise[row.key]
    if any(row.value(name) for name in ("image_url", "additional_images", "image_id", "cloudflare_image_id")):
        move.report.note("product has pictures in the old shop: they are not fetched", row.key)
    if row.key in move.plan.oversold:
        move.report.note("product was sold more often than it was there: a copy is booked for each sale", row.key)
    return MADE


def _make(move: Move, row: Row, price: Decimal | None, cost: Decimal | None, *, is_shown: bool) -> StockItem:
    code = row.text("category", most=60)
    category, size = _category_and_size(move, row, code)
    brand = move.brand(row.text("brand", most=80))
    made_at = move.moment(row, "created_at") or move.now
    product = products.add_product(
        category=category,
        title=_title(row, category),
        brand=brand,
        description=row.paragraphs("description"),
        colour=row.text("colour", "color", most=40),
        is_published=is_shown,
        listed_at=made_at,
        import_key=key_of(row.key),
        actor=ACTOR,
        now=made_at,
    )
    sku = row.text("sku", most=60)
    lot = products.NewLot(
        size=size,
        condition=words.grade_of(code, row.word("condition")),
        price=price,
        unit_cost=cost,
        sku="" if StockItem.objects.filter(sku=sku).exists() else sku,
        # Without a record of the purchase the margin scheme is not open to it.
        vat_scheme=StockItem.VatScheme.NONE if cost is None else StockItem.VatScheme.MARGIN,
        import_key=key_of(row.key),
    )
    quantity = move.plan.shelf[row.key] + move.plan.sold_otherwise[row.key]
    cause = f"{PREFIX} product {row.key}"
    return intake.shelve(product=product, lot=lot, quantity=quantity, cause=cause, actor=ACTOR, now=made_at)


def _sell_the_unexplained(move: Move, row: Row, item: StockItem, price: Decimal | None) -> None:
    if not (copies := move.plan.sold_otherwise[row.key]):
        return
    stock.sell_over_the_counter(
        stock_item_id=item.pk,
        quantity=copies,
        unit_price=price,
        cause=f"{PREFIX} product {row.key}",
        actor=ACTOR,
        now=move.moment(row, "sold_at", "updated_at", "created_at") or move.now,
    )
    move.report.note("product was sold without an order: booked at its listed price", row.key)


def _category_and_size(move: Move, row: Row, code: str) -> tuple[Category, str]:
    size = words.size_of(row.text("size", most=30))
    name, scale = words.category_of(code, size)
    try:
        parse_size(size, scale)
    except SizeUnknown:
        move.report.note(f"size is not on the scale of its category: put under {words.UNSORTED}", row.key)
        name, scale = (name, scale) if scale == SizeScale.FREE else (words.UNSORTED, SizeScale.FREE)
    return move.category(name, scale), size or NO_SIZE


def _title(row: Row, category: Category) -> str:
    told = row.text("title", "name", most=200)
    return told or row.text("description").partition(". ")[0][:80].strip() or category.name
