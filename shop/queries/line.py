"""Who is next for a piece, and where a turn has come."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from inventory.models import Reservation, StockItem
from inventory.queries import catalogue
from shop.models import PlaceInLine
from shop.queries import holds


def waiting(stock_item_id: int) -> QuerySet[PlaceInLine]:
    """Those who wait for a lot and have not had their turn, the first first."""
    places = PlaceInLine.objects.filter(stock_item=stock_item_id, ended_at=None, reservation=None)
    return places.filter(confirmed_at__isnull=False).order_by("confirmed_at", "pk")


def position(place: PlaceInLine) -> int:
    """Which one somebody is, from 1 on."""
    pks = list(waiting(place.stock_item_id).values_list("pk", flat=True))
    return pks.index(place.pk) + 1 if place.pk in pks else 0


def state(place: PlaceInLine, now: datetime) -> str:
    """ "asked", "waiting", "turn" or "over", by the clock."""
    if place.ended_at:
        return "over"
    if place.reservation:
        return "turn" if holds.is_held(place.reservation, now) else "over"
    return "waiting" if place.confirmed_at else "asked"


def place_of(*, user: User | None, stock_item_id: int) -> PlaceInLine | None:
    """The open place of a user for a lot."""
    if user is None:
        return None
    return PlaceInLine.objects.filter(user=user, stock_item=stock_item_id, ended_at=None).first()


def is_being_paid_for(item: StockItem, now: datetime) -> bool:
    """Whether every copy in the house is promised to somebody, and one may come back."""
    if not item.product.is_published or item.price is None:
        return False
    lots = catalogue.lots_by_product(product_ids=[item.product_id], now=now)[item.product_id]
    return any(lot.item.pk == item.pk and lot.free < 1 and lot.back_at for lot in lots)


def lots_to_see_to(*, now: datetime) -> list[int]:
    """Lots where somebody's turn has come or is over, or for which nobody can wait any more."""
    overdue = Reservation.objects.filter(
        stock_item=OuterRef("stock_item"), status=Reservation.Status.ACTIVE, expires_at__lte=now
    )
    is_over = Q(reservation__isnull=False) & ~Q(reservation__status=Reservation.Status.ACTIVE)
    has_come = Q(stock_item__on_shelf__gt=0, reservation__isnull=True) | Exists(overdue)
    is_gone = Q(stock_item__on_shelf=0, stock_item__reserved=0)
    places = PlaceInLine.objects.filter(is_over | has_come | is_gone, ended_at=None, confirmed_at__isnull=False)
    return sorted(set(places.values_list("stock_item_id", flat=True)))
