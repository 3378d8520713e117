"""What we promise about delivery before anybody has chosen one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.memory import remembered
from shop.models import DeliveryMethod
from shop.models.settings import DeliveryKind

REMEMBERED_SECONDS = 10
SATURDAY = 5


@dataclass(frozen=True)
class Promise:
    """The cheapest delivery with the day it arrives at the latest, and where pieces can be collected. EUR."""

    name: str
    fee: Decimal
    free_from: Decimal | None
    by: date
    collection: str


def promise(*, today: date) -> Promise | None:
    """What a page may promise on this day; nothing while no delivery is offered."""
    if not deliveries():
        return None
    cheapest = min(deliveries(), key=lambda method: (method.fee, method.position))
    places = [method.name for method in methods() if method.kind == DeliveryKind.COLLECTION]
    return Promise(
        cheapest.name,
        cheapest.fee,
        cheapest.free_from,
        working_days_after(today, cheapest.max_days),
        places[0] if places else "",
    )


def methods() -> list[DeliveryMethod]:
    """Every way to get pieces that is offered; remembered for some seconds."""
    return remembered(key="delivery-methods", make=_active_methods, seconds=REMEMBERED_SECONDS)


def deliveries() -> list[DeliveryMethod]:
    """Those of them that bring pieces to people."""
    return [method for method in methods() if method.kind == DeliveryKind.DELIVERY]


def working_days_after(day: date, count: int) -> date:
    """The day so many working days later."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day


def _active_methods() -> list[DeliveryMethod]:
    return list(DeliveryMethod.objects.filter(is_active=True))
