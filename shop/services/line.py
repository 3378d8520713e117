"""The only writer of places in line.

Locks: the places of the lots concerned by pk, after an order and before the lots. A copy that becomes free is promised
to the next in line in the very transaction that frees it, so nobody gets in between; `see_to_lines` does it where time
alone, or somebody else, has freed one.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import User
from core import throttle
from core.audit import Actor
from core.errors import DomainError
from inventory.errors import OutOfStock
from inventory.models import StockItem
from inventory.services import stock
from shop import letters
from shop.errors import LineIsFull, NobodyIsPaying
from shop.links import UNCONFIRMED
from shop.models import PlaceInLine, ShopSettings
from shop.queries import holds, line
from shop.services.searches import LETTERS_A_DAY

TURN = Actor("next in line", "worker")
MOST_PLACES = 5  # of one person
LONGEST = 20  # for one lot
ENDED_DAYS = 30  # an ended place is known for so long, with its guest's address


@transaction.atomic
def join(*, stock_item_id: int, user: User, now: datetime) -> PlaceInLine:
    """Wait for a copy as a user; again it is the same place (NobodyIsPaying, LineIsFull)."""
    item = _awaited(stock_item_id, now)
    User.objects.select_for_update().get(pk=user.pk)
    if known := line.place_of(user=user, stock_item_id=item.pk):
        return known
    own = PlaceInLine.objects.filter(user=user, ended_at=None).count()
    if own >= MOST_PLACES or line.waiting(item.pk).count() >= LONGEST:
        raise LineIsFull
    return PlaceInLine.objects.create(stock_item=item, user=user, made_at=now, confirmed_at=now)


@transaction.atomic
def ask(*, stock_item_id: int, email: str, now: datetime) -> None:
    """Send a guest the letter that asks for a yes, unless the address had enough of them (NobodyIsPaying)."""
    item = _awaited(stock_item_id, now)
    email = email.strip().lower()
    own = PlaceInLine.objects.filter(user=None, email=email, ended_at=None)
    place = own.filter(stock_item=item).first()
    if place is None and (own.count() >= MOST_PLACES or line.waiting(item.pk).count() >= LONGEST):
        return
    if not throttle.take("ask for a yes", email, most=LETTERS_A_DAY, seconds=24 * 3600):
        return
    if place is None:
        try:
            with transaction.atomic():
                place = PlaceInLine.objects.create(stock_item=item, email=email, made_at=now)
        except IntegrityError:
            return  # a second press at the same moment: the first one's letter is on its way
    letters.line_asked(place, now)


@transaction.atomic
def confirm(*, place: PlaceInLine, now: datetime) -> None:
    """A guest's yes: from now on they are in line; pressed again it stays so."""
    PlaceInLine.objects.filter(pk=place.pk, confirmed_at=None, ended_at=None).update(confirmed_at=now)
    hand_on(stock_item_ids=[place.stock_item_id], now=now)


@transaction.atomic
def leave(*, place: PlaceInLine, actor: Actor, now: datetime) -> None:
    """Give a place up; what was held for it goes to the next in line."""
    own = next((each for each in locked([place.stock_item_id]) if each.pk == place.pk), None)
    if own is None:
        PlaceInLine.objects.filter(pk=place.pk, ended_at=None).update(ended_at=now)
        return
    if own.reservation_id and own.reservation and own.reservation.successor_id is None:
        stock.release(reservation_ids=[own.reservation_id], actor=actor, now=now)
    _end(own, now)
    hand_on(stock_item_ids=[own.stock_item_id], now=now)


@transaction.atomic
def hand_on(*, stock_item_ids: Collection[int], now: datetime) -> int:
    """Promise free copies of these lots to those who are next, each at today's price for a while; returns how many.

    One person has one turn: a reservation that was not used ends its place.
    """
    places = locked(stock_item_ids)
    turns = 0
    for item_id in sorted({place.stock_item_id for place in places}):
        of_lot = [place for place in places if place.stock_item_id == item_id]
        item = StockItem.objects.select_for_update(of=("self",)).select_related("product").get(pk=item_id)
        for place in of_lot:
            if place.reservation and not holds.is_held(place.reservation, now):
                _end(place, now)
        queue = [place for place in of_lot if place.ended_at is None and place.reservation is None]
        queue.sort(key=lambda place: (place.confirmed_at, place.pk))
        if item.on_shelf + item.reserved < 1:
            for place in queue:
                _end(place, now)
                letters.line_over(place, now)
            continue
        for place in queue:
            if not _turn(place, item, now):
                break
            turns += 1
    return turns


def see_to_lines(*, now: datetime) -> int:
    """The same wherever time or somebody else has freed a copy; returns how many turns."""
    turns = 0
    for stock_item_id in line.lots_to_see_to(now=now):
        try:
            turns += hand_on(stock_item_ids=[stock_item_id], now=now)
        except DomainError:
            continue
    return turns


def forget_old(*, now: datetime) -> int:
    """Delete places nobody said yes to, and those that ended some time ago; returns how many."""
    unconfirmed = PlaceInLine.objects.filter(confirmed_at=None, made_at__lt=now - UNCONFIRMED)
    ended = PlaceInLine.objects.filter(ended_at__lt=now - timedelta(days=ENDED_DAYS))
    return unconfirmed.delete()[0] + ended.delete()[0]


def locked(stock_item_ids: Collection[int]) -> list[PlaceInLine]:
    """The open places of these lots, locked by pk; whoever frees a copy takes them before the lots."""
    places = PlaceInLine.objects.select_for_update(of=("self",)).select_related("reservation", "user")
    wanted = places.filter(stock_item__in=stock_item_ids, ended_at=None, confirmed_at__isnull=False)
    return list(wanted.order_by("pk"))


def _awaited(stock_item_id: int, now: datetime) -> StockItem:
    item = StockItem.objects.select_related("product").filter(pk=stock_item_id).first()
    if item is None or not line.is_being_paid_for(item, now):
        raise NobodyIsPaying
    return item


def _turn(place: PlaceInLine, item: StockItem, now: datetime) -> bool:
    """Hold a copy of a locked lot for a place; False when none is free, or it is not for sale."""
    if not item.product.is_published or item.price is None:
        return False
    wanted = stock.Wanted(item.pk, 1, item.price)
    until = now + timedelta(minutes=ShopSettings.fresh().next_in_line_minutes)
    try:
        (held,) = stock.reserve(
            wanted=[wanted], cause=place.cause, holder=place.holder, expires_at=until, actor=TURN, now=now
        )
    except OutOfStock:
        return False
    place.reservation = held
    place.save(update_fields=["reservation"])
    letters.line_turn(place, now)
    return True


def _end(place: PlaceInLine, now: datetime) -> None:
    place.ended_at = now
    place.save(update_fields=["ended_at"])
