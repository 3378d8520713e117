"""Orders: at their old prices and moments, each as far as it had come."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from core.errors import DomainError
from core.money import ZERO
from inventory.models import Condition, SizeScale, StockItem
from inventory.services import products
from old_shop.errors import RowRefused
from old_shop.rules import words
from old_shop.rules.rows import Row
from old_shop.services.context import ACTOR, KNOWN, MADE, PREFIX, Move
from old_shop.services.goods import NO_SIZE
from old_shop.services.people import email_of
from shop.models import DeliveryKind, Order
from shop.services import history

HOLD = timedelta(hours=24)  # what the old shop promised an order that nobody had looked at
MOST_COPIES = 1000
PIECE = "Piece of the old shop"


@dataclass(frozen=True)
class Line:
    """What the file says about one line; `product` is None where it names none that we know. EUR for one."""

    product: str | None
    quantity: int
    price: Decimal
    title: str
    brand: str
    size: str
    condition: str


@dataclass(frozen=True)
class Read:
    """An order as read."""

    row: Row
    status: Order.Status
    placed_at: datetime
    reached_at: datetime
    total: Decimal
    fee: Decimal
    lines: Sequence[Line]
    expires_at: datetime | None = None
    cancel_reason: str = ""

    @property
    def key(self) -> str:
        """What it is known by here."""
        return f"{PREFIX}:order:{self.row.key}"

    def wanted(self) -> Counter[str]:
        """Copies it takes, by product."""
        copies: Counter[str] = Counter()
        for line in self.lines:
            if line.product:
                copies[line.product] += line.quantity
        return copies


@dataclass
class Orders:
    """All orders of the file: those read, why the others were not, and what each comes to where that can be read."""

    read: dict[str, Read] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    totals: dict[str, Decimal] = field(default_factory=dict)
    items: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def done(self) -> Counter[str]:
        """Copies that have gone out, by product."""
        return sum((order.wanted() for order in self.read.values() if order.status in history.GONE), Counter())

    def holding(self) -> list[Read]:
        """Orders that still hold their pieces, oldest first."""
        return sorted(
            (order for order in self.read.values() if order.status in history.HOLDING),
            key=lambda order: (order.placed_at, order.row.key),
        )

    def holding_by_name(self) -> dict[str, set[str]]:
        """The products such orders hold, by the order's key and by its number."""
        names: dict[str, set[str]] = defaultdict(set)
        for order in self.holding():
            for name in (order.row.key, order.row.text("order_number", most=60)):
                names[name] |= set(order.wanted())
        return names


def read(move: Move) -> Orders:
    """Every order of the file, before anything is written."""
    orders = Orders()
    for row in move.found.rows["order_items"]:
        orders.items[row.text("order_id", most=40)].append(row)
    holds = _ends_of_holds(move)
    for row in move.found.rows["orders"]:
        if row.key in orders.read or row.key in orders.refused:
            continue
        with suppress(RowRefused):  # said below
            orders.totals[row.key] = _told_total(row) or ZERO
        try:
            order = _read(move, row, orders.items[row.key], holds)
        except RowRefused as refusal:
            orders.refused[row.key] = refusal.message
        else:
            orders.read[row.key] = order
            orders.totals[row.key] = order.total
    return orders


def bring_over(move: Move, orders: Orders) -> None:
    """Every order of the file, its pieces moved as far as it had come; those that had ended move nothing."""
    here = dict(Order.objects.filter(import_key__startswith=f"{PREFIX}:order:").values_list("import_key", "pk"))

    taken: dict[str, str] = {}

    def take(row: Row) -> str:
        if row.key in orders.refused:
            raise RowRefused(orders.refused[row.key])
        order = orders.read[row.key]
        if order.key in here:
            taken[row.key] = KNOWN
            return KNOWN
        try:
            _write(move, _judged(move, order))
        except DomainError as refusal:
            move.lost += order.wanted()
            raise RowRefused(f"its pieces have gone since: {refusal.message}") from refusal
        taken[row.key] = MADE
        return MADE

    def account(row: Row) -> str:
        if outcome := taken.get(row.text("order_id", most=40)):
            return outcome
        raise RowRefused("its order was left behind, or is none")

    move.take("orders", move.found.rows["orders"], take)
    move.take("order_items", move.found.rows["order_items"], account)


def _ends_of_holds(move: Move) -> dict[str, datetime]:
    """Until when the pieces of an order were held, by its key and by its number."""
    ends: dict[str, datetime] = {}
    for row in move.found.rows["product_reservations"]:
        if expires_at := row.moment("expires_at"):
            for name in filter(None, (row.text("order_id", most=40), row.text("order_number", most=60))):
                ends[name] = max(expires_at, ends.get(name, expires_at))
    return ends


def _read(move: Move, row: Row, items: Sequence[Row], holds: Mapping[str, datetime]) -> Read:
    status = words.ORDERS.get(row.word("status") or "pending")
    if status is None:
        raise RowRefused(f"status “{row.text('status', most=30)}” is unknown")
    lines = [_line(move, each) for each in items or row.things("items_json", "items")]
    if not lines:
        raise RowRefused("no pieces")
    lines, total, fee = _settled(row, lines)
    placed_at = move.moment(row, "created_at") or move.now
    reached_at = max(move.moment(row, "completed_at", "updated_at") or placed_at, placed_at)
    order = Read(row, status, placed_at, reached_at, total, fee, lines)
    if status == Order.Status.SHIPPED and _kind(row) == DeliveryKind.COLLECTION:
        return replace(order, status=Order.Status.READY)
    if status == Order.Status.READY and _kind(row) == DeliveryKind.DELIVERY:
        return replace(order, status=Order.Status.PACKED)
    if status != Order.Status.PENDING:
        return order
    ends = holds.get(row.key) or holds.get(row.text("order_number", most=60)) or placed_at + HOLD
    if ends > move.now:
        return replace(order, expires_at=ends)
    return replace(order, status=Order.Status.EXPIRED, reached_at=max(ends, placed_at))


def _line(move: Move, row: Row) -> Line:
    quantity = row.whole("quantity", "qty", default=1)
    if not 0 < quantity <= MOST_COPIES:
        raise RowRefused("a line of no copies, or of too many")
    code = row.text("product_category", "category", most=60)
    price = row.value("price", "unit_price")
    return Line(
        product=move.product_key(row, "product_id", "productid", *(() if "order_id" in row.values else ("id",))),
        quantity=quantity,
        # "TBD" is what the old shop wrote for a piece without a price.
        price=_NO_PRICE if price is None or str(price).upper() == "TBD" else row.amount("price", "unit_price") or ZERO,
        title=row.text("product_name", "name", "title", most=200) or PIECE,
        brand=row.text("product_brand", "brand", most=80),
        size=row.text("product_size", "size", most=30),
        condition=words.grade_of(code, row.word("condition")),
    )


_NO_PRICE = Decimal(-1)


def _told_total(row: Row) -> Decimal | None:
    total = row.amount("total", "total_amount")
    if total is None and (subtotal := row.amount("subtotal")) is not None:
        total = subtotal + (row.amount("delivery_fee") or ZERO)
    return total


def _settled(row: Row, lines: Sequence[Line]) -> tuple[list[Line], Decimal, Decimal]:
    """Lines, total and delivery fee that add up; the total is what the customer was told."""
    fee = row.amount("delivery_fee") or ZERO
    total = _told_total(row)
    known = sum((line.price * line.quantity for line in lines if line.price != _NO_PRICE), ZERO)
    unpriced = [line for line in lines if line.price == _NO_PRICE]
    rest = max((total or ZERO) - fee - known, ZERO)
    # The one line without a price is the rest of the total; of several nobody can say.
    share = rest if len(unpriced) == 1 and unpriced[0].quantity == 1 else ZERO
    lines = [replace(line, price=share) if line.price == _NO_PRICE else line for line in lines]
    worth = sum((line.price * line.quantity for line in lines), ZERO)
    if total is None:
        return lines, worth + fee, fee
    # Totals came from the browser: what is above the pieces went into delivery.
    return lines, total, total - worth if total >= worth and not unpriced else min(fee, total)


def _judged(move: Move, order: Read) -> Read:
    """The order, or its cancellation where the old shop had promised its piece to an earlier one too."""
    if f"order {order.row.key}" not in move.plan.left_out:
        return order
    move.report.note(
        "open order was cancelled, its piece is sold or promised to an earlier one: write to its customer",
        order.row.key,
    )
    return replace(
        order,
        status=Order.Status.CANCELLED,
        expires_at=None,
        cancel_reason="The old shop had sold or promised this piece to somebody else.",
    )


def _write(move: Move, order: Read) -> None:
    row = order.row
    if sum((line.price * line.quantity for line in order.lines), order.fee) != order.total:
        move.report.note("order whose lines do not come to its total: the total was kept", row.key)
    email = email_of(row, "customer_email", "email") or _email_of_user(move, row)
    if not email and order.status in history.HOLDING:
        move.report.note("open order without an email: reach its customer by phone", row.key)
    if row.word("payment_status") == "refunded":
        move.report.note("order was refunded in the old shop: here it only says paid", row.key)
    booked = Counter(move.booked)
    with transaction.atomic():
        lines = [_past_line(move, order, position, line, booked) for position, line in enumerate(order.lines, start=1)]
        history.bring_over(past=_past(move, order, lines, email), actor=ACTOR, now=move.now)
    move.booked = booked


def _past(move: Move, order: Read, lines: list[history.PastLine], email: str) -> history.PastOrder:
    row = order.row
    kind = _kind(row)
    contact = {
        "email": email,
        "name": row.text("customer_name", most=120),
        "phone": row.text("customer_phone", "delivery_phone", most=30),
        "note": row.text("customer_notes", most=500),
    }
    if kind == DeliveryKind.DELIVERY:
        contact |= {
            "street": row.text("delivery_address", most=200),
            "town": row.text("delivery_city", most=80),
            "postcode": row.text("delivery_eircode", most=12),
            "country": "IE",
        }
    return history.PastOrder(
        import_key=order.key,
        number=row.text("order_number", most=60),
        status=order.status,
        placed_at=order.placed_at,
        reached_at=order.reached_at,
        lines=lines,
        total=order.total,
        delivery_fee=order.fee,
        delivery_kind=kind,
        is_paid=row.word("payment_status") in {"paid", "refunded"} or row.word("status") == "paid",
        expires_at=order.expires_at,
        user_id=move.users.get(row.text("user_id", most=40)),
        cancel_reason=order.cancel_reason,
        status_there=row.text("status", most=30),
        contact=contact,
    )


def _past_line(move: Move, order: Read, position: int, line: Line, booked: Counter[str]) -> history.PastLine:
    """A line on its lot; copies that our books do not have yet come in with it."""
    is_moving = order.status in history.HOLDING | history.GONE
    if line.product and line.product in move.lots:
        item = StockItem.objects.select_related("product__brand").get(pk=move.lots[line.product])
        missing = max(move.plan.total[line.product] - booked[line.product], 0)
        to_take_in = min(line.quantity, missing) if is_moving else 0
        booked[line.product] += to_take_in
    else:
        item = _stand_in(move, order, position, line)
        to_take_in = line.quantity if is_moving else 0
    brand = item.product.brand
    return history.PastLine(
        stock_item_id=item.pk,
        quantity=line.quantity,
        unit_price=line.price,
        title=line.title if line.title != PIECE else item.product.title,
        brand=line.brand or (brand.name if brand else ""),
        size=(line.size or f"{item.size_system} {item.size}").strip()[:50],
        condition=item.condition,
        to_take_in=to_take_in,
        unit_cost=item.unit_cost,
    )


def _stand_in(move: Move, order: Read, position: int, line: Line) -> StockItem:
    """A hidden product for what was sold without the file knowing what it was."""
    key = f"{order.key}:{position}"
    product = products.add_product(
        category=move.category(words.UNSORTED, SizeScale.FREE),
        title=line.title,
        brand=move.brand(line.brand),
        is_published=False,
        listed_at=order.placed_at,
        import_key=key,
        actor=ACTOR,
        now=order.placed_at,
    )
    lot = products.NewLot(
        size=line.size or NO_SIZE,
        condition=line.condition or Condition.DECENT,
        price=line.price or None,
        vat_scheme=StockItem.VatScheme.NONE,
        import_key=key,
    )
    move.report.note("order line of an unknown product: a hidden product stands in for it", key)
    return products.add_lot(product=product, lot=lot, actor=ACTOR, now=order.placed_at)


def _email_of_user(move: Move, row: Row) -> str:
    return move.emails.get(move.users.get(row.text("user_id", most=40), 0), "")


def _kind(row: Row) -> DeliveryKind:
    is_delivery = row.word("delivery_method") in {"delivery", "post", "shipping"} or (
        not row.word("delivery_method") and bool(row.text("delivery_address"))
    )
    return DeliveryKind.DELIVERY if is_delivery else DeliveryKind.COLLECTION
