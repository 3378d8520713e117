"""The only writer of balances, reservations and moves.

Locks: stock items by ascending pk, read into a list, after the rows of the caller's own document. Every change of a
balance is a conditional update beside its move, so a wrong number has a row that made it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from core.audit import Actor
from inventory.errors import AlreadyExtended, OutOfStock, PieceIsReserved, ReservationEnded, Shortage
from inventory.models import Place, Reason, Reservation, StockItem, StockMove

EXPIRY = Actor("expiry", "worker")


@dataclass(frozen=True)
class Wanted:
    """So many copies of one lot at a price (EUR for one); `instead_of` is the reservation that it takes over.

    `held_by` is for whom that one was, when it is not the same: a guest has another name in each document.
    """

    stock_item_id: int
    quantity: int
    unit_price: Decimal
    instead_of: int | None = None
    held_by: str = ""


@dataclass(frozen=True)
class _Booking:
    """What all moves of one call share."""

    cause: str
    actor: Actor
    now: datetime


@transaction.atomic
def take_in(
    *,
    stock_item_id: int,
    quantity: int,
    cause: str,
    actor: Actor,
    now: datetime,
    line: int = 0,
    unit_cost: Decimal | None = None,
) -> StockMove:
    """Put bought copies on the shelf, at a cost in EUR for one; the same cause and line books nothing twice."""
    return _book_once(
        stock_item_id, Reason.INTAKE, Place.OUTSIDE, Place.SHELF, quantity, _Booking(cause, actor, now), line, unit_cost
    )


@transaction.atomic
def reserve(
    *, wanted: Sequence[Wanted], cause: str, holder: str, expires_at: datetime | None, actor: Actor, now: datetime
) -> list[Reservation]:
    """Hold copies for one holder, all or none, one reservation for each of `wanted` in its order (OutOfStock).

    What a want is `instead_of` is released and names the new one as its successor, in the same locked block, so that
    nobody gets in between; it must be live and of the same holder, copies and price (ReservationEnded).
    """
    items = {item.pk: item for item in _locked(want.stock_item_id for want in wanted)}
    _expire_overdue(items, now)
    former = _taken_over(wanted, holder, now)
    for reservation in former.values():
        _end(items[reservation.stock_item_id], reservation, Reservation.Status.RELEASED, actor, now)
    _refuse_shortage(items, wanted)
    held = []
    for line, want in enumerate(wanted):
        item = items[want.stock_item_id]
        reservation = Reservation.objects.create(
            stock_item=item,
            quantity=want.quantity,
            unit_price=want.unit_price,
            cause=cause,
            line=line,
            holder=holder,
            is_single_copy=item.on_shelf + item.reserved == 1,
            made_at=now,
            expires_at=expires_at,
        )
        booking = _Booking(cause, actor, now)
        _book(item, Reason.RESERVE, Place.SHELF, Place.RESERVED, want.quantity, booking, line, reservation=reservation)
        if want.instead_of is not None:
            former[want.instead_of].successor = reservation
            former[want.instead_of].save(update_fields=["successor"])
        held.append(reservation)
    return held


@transaction.atomic
def release(*, reservation_ids: Collection[int], actor: Actor, now: datetime) -> list[Reservation]:
    """Put promised copies back on the shelf; returns those released now, the others had ended already."""
    items, active = _locked_active(reservation_ids)
    _expire_overdue(items, now)
    running = [each for each in active if each.expires_at is None or each.expires_at > now]
    for reservation in running:
        _end(items[reservation.stock_item_id], reservation, Reservation.Status.RELEASED, actor, now)
    return running


@transaction.atomic
def expire_due(*, now: datetime, limit: int = 200) -> int:
    """Put copies back whose reservation has run out; returns how many reservations."""
    due = Reservation.objects.filter(status=Reservation.Status.ACTIVE, expires_at__lte=now).order_by("expires_at")
    item_ids = list(due.values_list("stock_item_id", flat=True)[:limit])
    return _expire_overdue({item.pk: item for item in _locked(item_ids)}, now)


@transaction.atomic
def extend(*, reservation_ids: Collection[int], by: timedelta, now: datetime) -> None:
    """Make live reservations longer, once each (ReservationEnded, AlreadyExtended)."""
    _, active = _locked_live(reservation_ids, now)
    for reservation in active:
        if reservation.extended_at:
            raise AlreadyExtended
        if reservation.expires_at:
            reservation.expires_at += by
        reservation.extended_at = now
        reservation.save(update_fields=["expires_at", "extended_at"])


@transaction.atomic
def keep(*, reservation_ids: Collection[int], now: datetime) -> None:
    """Take the end off live reservations: they are paid or confirmed (ReservationEnded)."""
    _, active = _locked_live(reservation_ids, now)
    for reservation in active:
        reservation.expires_at = None
        reservation.save(update_fields=["expires_at"])


@transaction.atomic
def hand_over(*, reservation_ids: Collection[int], actor: Actor, now: datetime) -> list[StockMove]:
    """Book promised copies as sold at their agreed price (ReservationEnded)."""
    items, active = _locked_live(reservation_ids, now)
    return [
        _end(items[reservation.stock_item_id], reservation, Reservation.Status.CONSUMED, actor, now)
        for reservation in active
    ]


@transaction.atomic
def sell_over_the_counter(
    *,
    stock_item_id: int,
    quantity: int,
    unit_price: Decimal | None,
    cause: str,
    actor: Actor,
    now: datetime,
    line: int = 0,
) -> StockMove:
    """Book copies sold straight from the shelf at EUR for one (OutOfStock); the same cause books nothing twice.

    The price is None where nobody knows it: of sales before our time.
    """
    return _book_once(
        stock_item_id, Reason.SALE, Place.SHELF, Place.CUSTOMER, quantity, _Booking(cause, actor, now), line, unit_price
    )


@transaction.atomic
def put_back(
    *,
    stock_item_id: int,
    quantity: int,
    is_sellable: bool,
    cause: str,
    actor: Actor,
    now: datetime,
    line: int = 0,
    unit_amount: Decimal | None = None,
) -> StockMove:
    """Take copies back from a customer, on the shelf or written off; `unit_amount` is the EUR given back for one."""
    target = Place.SHELF if is_sellable else Place.LOST
    return _book_once(
        stock_item_id, Reason.RETURN, Place.CUSTOMER, target, quantity, _Booking(cause, actor, now), line, unit_amount
    )


@transaction.atomic
def give_back(
    *, stock_item_id: int, quantity: int, cause: str, actor: Actor, now: datetime, line: int = 0
) -> StockMove:
    """Return copies from the shelf to whoever sent them (OutOfStock)."""
    return _book_once(
        stock_item_id, Reason.SUPPLIER_RETURN, Place.SHELF, Place.OUTSIDE, quantity, _Booking(cause, actor, now), line
    )


@transaction.atomic
def write_off(
    *, stock_item_id: int, quantity: int, cause: str, actor: Actor, now: datetime, line: int = 0
) -> StockMove:
    """Book copies on the shelf as lost or broken (OutOfStock)."""
    return _book_once(
        stock_item_id, Reason.WRITE_OFF, Place.SHELF, Place.LOST, quantity, _Booking(cause, actor, now), line
    )


@transaction.atomic
def count(*, stock_item_id: int, counted: int, cause: str, actor: Actor, now: datetime) -> StockMove | None:
    """Bring the book to what was counted in the house, reserved copies included (PieceIsReserved when fewer).

    Returns the move that made up the difference, or None when the book was right.
    """
    (item,) = _locked([stock_item_id])
    _expire_overdue({item.pk: item}, now)
    surplus = counted - item.on_shelf - item.reserved
    booking = _Booking(cause, actor, now)
    if surplus == 0:
        return None
    if counted < item.reserved:
        raise PieceIsReserved(f"{item.reserved} promised, {counted} counted. Cancel an order first.")
    # A lot may be counted more than once in one stocktake.
    line = StockMove.objects.filter(stock_item=item, cause=cause).count()
    if surplus > 0:
        return _book(item, Reason.FOUND, Place.LOST, Place.SHELF, surplus, booking, line)
    return _book(item, Reason.WRITE_OFF, Place.SHELF, Place.LOST, -surplus, booking, line)


def _locked(item_ids: Iterable[int]) -> list[StockItem]:
    """The lots, locked in pk order. A list, because a queryset that nobody reads locks nothing."""
    return list(StockItem.objects.select_for_update().filter(pk__in=set(item_ids)).order_by("pk"))


def _locked_active(reservation_ids: Collection[int]) -> tuple[dict[int, StockItem], list[Reservation]]:
    """The lots, locked, and those of the reservations that are active now that nobody else can end them."""
    wanted = Reservation.objects.filter(pk__in=reservation_ids)
    items = {item.pk: item for item in _locked(list(wanted.values_list("stock_item_id", flat=True)))}
    return items, list(wanted.filter(status=Reservation.Status.ACTIVE).order_by("pk"))


def _locked_live(reservation_ids: Collection[int], now: datetime) -> tuple[dict[int, StockItem], list[Reservation]]:
    """As `_locked_active`, but all of them must be active and none past its end (ReservationEnded)."""
    items, active = _locked_active(reservation_ids)
    has_run_out = any(reservation.expires_at and reservation.expires_at <= now for reservation in active)
    if has_run_out or len(active) != len(set(reservation_ids)):
        raise ReservationEnded
    return items, active


def _expire_overdue(items: dict[int, StockItem], now: datetime) -> int:
    """Release what has run out on locked lots: expiry is a fact of time, whether or not a job has been by."""
    overdue = Reservation.objects.filter(
        stock_item__in=items, status=Reservation.Status.ACTIVE, expires_at__lte=now
    ).order_by("pk")
    ended = 0
    for reservation in overdue:
        _end(items[reservation.stock_item_id], reservation, Reservation.Status.EXPIRED, EXPIRY, now)
        ended += 1
    return ended


def _taken_over(wanted: Sequence[Wanted], holder: str, now: datetime) -> dict[int, Reservation]:
    """The reservations that others take the place of, by pk; their lots are locked (ReservationEnded)."""
    takers = {want.instead_of: want for want in wanted if want.instead_of is not None}
    live = Reservation.objects.filter(pk__in=takers, status=Reservation.Status.ACTIVE)
    former = {
        each.pk: each
        for each in live.order_by("pk")
        if (each.expires_at is None or each.expires_at > now)
        and each.holder == (takers[each.pk].held_by or holder)
        and (each.stock_item_id, each.quantity, each.unit_price)
        == (takers[each.pk].stock_item_id, takers[each.pk].quantity, takers[each.pk].unit_price)
    }
    if len(former) != sum(want.instead_of is not None for want in wanted):
        raise ReservationEnded
    return former


def _refuse_shortage(items: dict[int, StockItem], wanted: Sequence[Wanted]) -> None:
    """Demand is summed per lot before it is compared: two lines of one piece are two copies."""
    demand: Counter[int] = Counter()
    for want in wanted:
        demand[want.stock_item_id] += want.quantity
    shortages = [
        Shortage(item_id, quantity, items[item_id].on_shelf if item_id in items else 0)
        for item_id, quantity in demand.items()
        if item_id not in items or items[item_id].on_shelf < quantity
    ]
    if shortages:
        raise OutOfStock(shortages)


def _end(
    item: StockItem, reservation: Reservation, status: Reservation.Status, actor: Actor, now: datetime
) -> StockMove:
    """Close one reservation of a locked lot, with the move that empties it."""
    reservation.status = status
    reservation.ended_at = now
    reservation.save(update_fields=["status", "ended_at"])
    is_sale = status == Reservation.Status.CONSUMED
    return _book(
        item,
        Reason.SALE if is_sale else Reason.RELEASE,
        Place.RESERVED,
        Place.CUSTOMER if is_sale else Place.SHELF,
        reservation.quantity,
        _Booking(reservation.cause, actor, now),
        reservation.line,
        reservation.unit_price if is_sale else None,
        reservation,
    )


def _book_once(
    item_id: int,
    reason: Reason,
    origin: Place,
    target: Place,
    quantity: int,
    booking: _Booking,
    line: int = 0,
    unit_amount: Decimal | None = None,
) -> StockMove:
    """Lock the lot and book, unless the same cause has booked before: then that move."""
    (item,) = _locked([item_id])
    _expire_overdue({item.pk: item}, booking.now)
    made = StockMove.objects.filter(stock_item=item, reason=reason, cause=booking.cause, line=line).first()
    return made or _book(item, reason, origin, target, quantity, booking, line, unit_amount)


def _book(
    item: StockItem,
    reason: Reason,
    origin: Place,
    target: Place,
    quantity: int,
    booking: _Booking,
    line: int = 0,
    unit_amount: Decimal | None = None,
    reservation: Reservation | None = None,
) -> StockMove:
    """Change a locked lot's balances and write the move that says why (OutOfStock)."""
    shelf = quantity * ((target == Place.SHELF) - (origin == Place.SHELF))
    reserved = quantity * ((target == Place.RESERVED) - (origin == Place.RESERVED))
    taken_in = quantity * (reason == Reason.INTAKE)
    is_gone = item.on_shelf + shelf + item.reserved + reserved == 0
    # The lock has decided already; the condition is the second guard and the check constraint the third.
    changed = StockItem.objects.filter(pk=item.pk, on_shelf__gte=-shelf, reserved__gte=-reserved).update(
        on_shelf=F("on_shelf") + shelf,
        reserved=F("reserved") + reserved,
        taken_in=F("taken_in") + taken_in,
        sold_out_at=(item.sold_out_at or booking.now) if is_gone else None,
    )
    if not changed:
        raise OutOfStock([Shortage(item.pk, quantity, item.on_shelf)])
    item.refresh_from_db(fields=["on_shelf", "reserved", "taken_in", "sold_out_at"])
    return StockMove.objects.create(
        stock_item=item,
        quantity=quantity,
        from_place=origin,
        to_place=target,
        reason=reason,
        cause=booking.cause,
        line=line,
        reservation=reservation,
        unit_amount=unit_amount,
        actor=booking.actor.name,
        made_at=booking.now,
    )
