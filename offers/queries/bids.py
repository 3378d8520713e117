"""What is read of shoppers' offers: the rule of a piece, how a reservation ended, who still has to pay."""

from collections.abc import Mapping
from datetime import datetime

from core.memory import remembered
from inventory.models import Category, Reservation
from inventory.queries.catalogue import REMEMBERED_SECONDS
from offers.models import OfferRule, ProductOffer
from offers.rules import bids as rules

Status = ProductOffer.Status
Ruling = tuple[Mapping[int | None, OfferRule], Mapping[int, int | None]]


def ruling() -> Ruling:
    """All rules by category, and the way up the tree."""
    found = {rule.category_id: rule for rule in OfferRule.objects.all()}
    return found, dict(Category.objects.values_list("pk", "parent_id"))


def rule_for(*, category_id: int) -> OfferRule:
    """The rule of a category as it is now."""
    return rules.nearest(*ruling(), category_id)


def takes_offers(*, category_id: int) -> bool:
    """Whether pieces of a category show that one may offer; remembered for some seconds."""
    return rules.nearest(
        *remembered(key="offer-rules", make=ruling, seconds=REMEMBERED_SECONDS), category_id
    ).is_enabled


def end_of(reservation: Reservation) -> Reservation:
    """The last one of a chain: what took its copies over, such as an order's, or itself."""
    while reservation.successor is not None:
        reservation = reservation.successor
    return reservation


def is_holding(reservation: Reservation, now: datetime) -> bool:
    """Whether it still holds its copy, whether or not a job has been by."""
    is_over = reservation.expires_at is not None and reservation.expires_at <= now
    return reservation.status == Reservation.Status.ACTIVE and not is_over


def is_unpaid(offer: ProductOffer, now: datetime) -> bool:
    """Whether an accepted offer holds a piece that nobody has paid for, or been trusted to."""
    if offer.status != Status.ACCEPTED or offer.reservation is None:
        return False
    last = end_of(offer.reservation)
    return is_holding(last, now) and last.expires_at is not None


def has_unpaid(*, shopper_id: int, now: datetime) -> bool:
    """Whether a shopper has an accepted offer to pay for."""
    accepted = ProductOffer.objects.filter(shopper=shopper_id, status=Status.ACCEPTED)
    return any(is_unpaid(offer, now) for offer in accepted.select_related("reservation__successor"))


def lots_to_settle(*, now: datetime) -> list[int]:
    """The lots on whose offers time, or somebody, has decided something that nobody has written down yet."""
    offers = ProductOffer.objects.filter(status__in=rules.OPEN).order_by("stock_item")
    every_rule = ruling()
    return list(
        dict.fromkeys(
            offer.stock_item_id
            for offer in offers.select_related("stock_item__product", "reservation__successor")
            if needs_settling(offer, every_rule, now)
        )
    )


def needs_settling(offer: ProductOffer, every_rule: Ruling, now: datetime) -> bool:
    """Whether an open offer is over."""
    if offer.status == Status.ACCEPTED:
        return offer.reservation is not None and not is_holding(end_of(offer.reservation), now)
    return not rules.is_live(offer, now) or not can_be_had(offer, every_rule)


def can_be_had(offer: ProductOffer, every_rule: Ruling) -> bool:
    """Whether its piece is still here, shown, and at a price that this amount fits."""
    item = offer.stock_item
    if not item.product.is_published or item.on_shelf + item.reserved < 1:
        return False
    if offer.party == ProductOffer.Party.SHOP:
        return item.price is None or offer.amount <= item.price
    return rules.fits(rules.nearest(*every_rule, item.product.category_id), item.price, offer.amount)
