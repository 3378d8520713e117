"""Reservations that still run; what has run out or ended holds nothing here."""

from collections import Counter
from collections.abc import Mapping
from functools import partial

from django.db import transaction

from inventory.models import Reservation, StockItem
from inventory.services import stock
from old_shop.errors import RowRefused
from old_shop.rules.rows import Row
from old_shop.services.context import ACTOR, KNOWN, MADE, PREFIX, Move
from old_shop.services.people import email_of


def claim_of(row: Row) -> str:
    """How the plan of copies calls a hold."""
    return f"hold {row.key}"


def claims(move: Move, orders_holding: Mapping[str, set[str]]) -> list[tuple[str, Counter[str]]]:
    """What running holds want, those left out whose order holds the piece anyway."""
    found = []
    for row in move.found.rows["product_reservations"]:
        try:
            product = _runs_for(move, orders_holding, row)
        except RowRefused:
            continue
        found.append((claim_of(row), Counter({product: 1})))
    return found


def bring_over(move: Move, orders_holding: Mapping[str, set[str]]) -> None:
    """Every reservation of the file."""
    move.take("product_reservations", move.found.rows["product_reservations"], partial(_take, move, orders_holding))


def _runs_for(move: Move, orders_holding: Mapping[str, set[str]], row: Row) -> str:
    """The product that it holds now (RowRefused)."""
    expires_at = row.moment("expires_at")
    if row.word("status") not in {"", "pending", "active"}:
        raise RowRefused("it had ended")
    if expires_at is None or expires_at <= move.now:
        raise RowRefused("it had run out")
    product = move.product_key(row, "product_id")
    if product is None:
        raise RowRefused("of an unknown product")
    for name in ("order_id", "order_number"):
        if product in orders_holding.get(row.text(name, most=60), set()):
            raise RowRefused("its order holds the piece")
    return product


def _take(move: Move, orders_holding: Mapping[str, set[str]], row: Row) -> str:
    product = _runs_for(move, orders_holding, row)
    cause = f"{PREFIX} reservation {row.key}"
    if claim_of(row) in move.plan.left_out:
        raise RowRefused("the piece is promised to somebody else")
    if product not in move.lots:
        raise RowRefused("its product was left behind")
    if Reservation.objects.filter(stock_item=move.lots[product], cause=cause).exists():
        return KNOWN
    with transaction.atomic():
        item = StockItem.objects.get(pk=move.lots[product])
        if item.price is None:
            raise RowRefused("no price was agreed")
        missing = move.plan.total[product] > move.booked[product]
        if missing:
            stock.take_in(stock_item_id=item.pk, quantity=1, cause=cause, actor=ACTOR, now=move.now)
        user = move.users_by_email.get(email_of(row, "customer_email"))
        stock.reserve(
            wanted=[stock.Wanted(item.pk, 1, item.price)],
            cause=cause,
            holder=f"user {user}" if user else f"{PREFIX} reservation {row.key}",
            expires_at=row.moment("expires_at"),
            actor=ACTOR,
            now=move.now,
        )
    move.booked[product] += missing
    return MADE
