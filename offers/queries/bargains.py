"""Shoppers' offers as staff see them: by piece with what each would leave us, and what is held."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Min, Q, QuerySet

from inventory.models import Photo, Reason, StockItem, StockMove
from inventory.pictures import CARD_WIDTHS, Picture, picture_of
from inventory.queries.catalogue import photos_by_product
from offers.models import OfferBan, ProductOffer
from offers.queries import bids

Status = ProductOffer.Status
Party = ProductOffer.Party
# So long a lapsed hold makes the others on its piece runners-up.
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class History:
    """What a shopper has done so far, in whole numbers."""

    made: int = 0
    bought: int = 0
    strikes: int = 0

    def __str__(self) -> str:
        words = f"{self.made} made, {self.bought} bought"
        return f"{words}, {self.strikes} not paid" if self.strikes else words


@dataclass(frozen=True)
class Bargain:
    """One live offer; `margin` is EUR that it leaves us above what we paid, None where that is not known."""

    offer: ProductOffer
    margin: Decimal | None
    history: History
    is_ours: bool
    is_runner_up: bool


@dataclass(frozen=True)
class Pile:
    """All live offers on one lot, the highest first; `holding` is the accepted one that keeps them waiting."""

    item: StockItem
    picture: Picture | None
    days: int
    holding: ProductOffer | None
    has_lapsed: bool
    bargains: Sequence[Bargain]


@dataclass(frozen=True)
class Hold:
    """A piece that is held for an accepted offer, unpaid; `is_ordered` once an order took it over."""

    offer: ProductOffer
    until: datetime | None
    is_ordered: bool


def lots_with_offers(*, now: datetime) -> QuerySet:
    """The keys of lots with live offers, first the one where something runs out first."""
    live = ProductOffer.objects.filter(status=Status.LIVE, expires_at__gt=now)
    soonest = live.order_by().values("stock_item").annotate(soonest=Min("expires_at")).order_by("soonest", "stock_item")
    return soonest.values_list("stock_item", flat=True)


def piles(*, lot_ids: Sequence[int], now: datetime) -> list[Pile]:
    """These lots with their live offers, in six queries whatever there is."""
    found = StockItem.objects.select_related("product__brand").in_bulk(list(lot_ids))
    rows = ProductOffer.objects.filter(stock_item__in=found).filter(
        Q(status__in=[Status.LIVE, Status.ACCEPTED]) | Q(status=Status.LAPSED, ended_at__gt=now - LATELY)
    )
    offers = list(rows.select_related("shopper", "reservation__successor").order_by("-amount", "made_at"))
    photos = photos_by_product(product_ids={item.product_id for item in found.values()})
    since = _in_since(found)
    histories = histories_of({offer.shopper_id for offer in offers})
    return [
        _pile(
            found[pk],
            [offer for offer in offers if offer.stock_item_id == pk],
            photos[found[pk].product_id],
            (now - since.get(pk, now)).days,
            histories,
            now,
        )
        for pk in lot_ids
        if pk in found
    ]


def holds(*, now: datetime) -> list[Hold]:
    """Everything that is held for an accepted offer and not paid or sold yet, the next to end first."""
    accepted = ProductOffer.objects.filter(status=Status.ACCEPTED).select_related(
        "stock_item__product__brand", "shopper", "reservation__successor"
    )
    found = []
    for offer in accepted:
        if offer.reservation is None:
            continue
        last = bids.end_of(offer.reservation)
        if bids.is_holding(last, now):
            found.append(Hold(offer, last.expires_at, last.pk != offer.reservation.pk))
    return sorted(found, key=lambda hold: (hold.until is None, hold.until or now))


def histories_of(shopper_ids: Collection[int]) -> dict[int, History]:
    """What these shoppers have done so far."""
    strikes = dict(OfferBan.objects.filter(shopper__in=shopper_ids).values_list("shopper_id", "strikes"))
    counted = (
        ProductOffer.objects.filter(shopper__in=shopper_ids)
        .order_by()
        .values("shopper_id")
        .annotate(
            made=Count("pk", filter=Q(party=Party.SHOPPER)), bought=Count("pk", filter=Q(status=Status.CONVERTED))
        )
    )
    return {
        row["shopper_id"]: History(row["made"], row["bought"], strikes.get(row["shopper_id"], 0)) for row in counted
    }


def _in_since(lot_ids: Collection[int]) -> dict[int, datetime]:
    """When the first copy of each lot came in."""
    intakes = StockMove.objects.filter(stock_item__in=lot_ids, reason=Reason.INTAKE).order_by()
    return {row["stock_item"]: row["first"] for row in intakes.values("stock_item").annotate(first=Min(F("made_at")))}


def _pile(
    item: StockItem,
    offers: Sequence[ProductOffer],
    photos: Sequence[Photo],
    days: int,
    histories: dict[int, History],
    now: datetime,
) -> Pile:
    live = [offer for offer in offers if offer.status == Status.LIVE and offer.expires_at > now]
    accepted = [offer for offer in offers if offer.status == Status.ACCEPTED and offer.reservation]
    holding = [
        offer for offer in accepted if offer.reservation and bids.is_holding(bids.end_of(offer.reservation), now)
    ]
    has_lapsed = not holding and (
        len(accepted) > len(holding) or any(offer.status == Status.LAPSED for offer in offers)
    )
    theirs = [offer for offer in live if offer.party == Party.SHOPPER]
    return Pile(
        item=item,
        picture=picture_of(photos[0], CARD_WIDTHS[:1]) if photos else None,
        days=days,
        holding=holding[0] if holding else None,
        has_lapsed=has_lapsed,
        bargains=[
            Bargain(
                offer=offer,
                margin=None if item.unit_cost is None else offer.amount - item.unit_cost,
                history=histories.get(offer.shopper_id, History()),
                is_ours=offer.party == Party.SHOP,
                is_runner_up=has_lapsed and offer == theirs[0],
            )
            for offer in live
        ],
    )
