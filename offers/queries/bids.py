"""What is read of shoppers' offers: the rule of a piece, how a reservation ended, who still has to pay, their pages."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from core.memory import remembered
from core.money import format_eur
from inventory.models import Category, Photo, Product, Reservation, StockItem
from inventory.pictures import Picture, picture_of
from inventory.queries.catalogue import REMEMBERED_SECONDS, condition_words, lots_by_product, photos_by_product
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
    return rules.nearest(*_remembered_ruling(), category_id).is_enabled


def _remembered_ruling() -> Ruling:
    return remembered(key="offer-rules", make=ruling, seconds=REMEMBERED_SECONDS)


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


@dataclass(frozen=True)
class OfferPage:
    """What the form of an offer shows: the piece, its lots that can be had with their words, and the rule's promise."""

    product: Product
    lots: Sequence[tuple[StockItem, str]]
    picture: Picture | None
    price: Decimal | None
    rule: OfferRule
    live: ProductOffer | None
    is_last: bool

    @property
    def meta(self) -> str:
        """The size and grade of the only lot."""
        return self.lots[0][1] if len(self.lots) == 1 else ""


def offer_page(*, slug: str, user: User | None, now: datetime) -> OfferPage:
    """Everything the form shows (Product.DoesNotExist), and the offer that this user has open on it already."""
    product = Product.objects.select_related("brand").get(slug=slug, is_published=True)
    rule = rules.nearest(*_remembered_ruling(), product.category_id)
    free = [lot.item for lot in lots_by_product(product_ids=[product.pk], now=now)[product.pk] if lot.free > 0]
    photos = photos_by_product(product_ids=[product.pk])[product.pk]
    mine = ProductOffer.objects.filter(stock_item__product=product, shopper=user) if user else []
    prices = [item.price for item in free if item.price is not None]
    made = Counter(offer.stock_item_id for offer in mine if offer.party == ProductOffer.Party.SHOPPER)
    return OfferPage(
        product=product,
        lots=[(item, item_words(item)) for item in free] if rule.is_enabled else [],
        picture=picture_of(photos[0]) if photos else None,
        price=min(prices, default=None),
        rule=rule,
        live=next((offer for offer in mine if rules.is_live(offer, now)), None),
        is_last=len(free) == 1 and made[free[0].pk] == rule.offers_a_piece - 1,
    )


def item_words(item: StockItem) -> str:
    """A lot in few words: "UK 8.5 · Mint, €85"."""
    price = f", {format_eur(item.price)}" if item.price is not None else ""
    return f"{item.size_system} {item.size} · {condition_words()[item.condition][0]}{price}".strip()


@dataclass(frozen=True)
class ShownOffer:
    """An offer as its shopper sees it now. `state` is "waiting", "to answer", "held", "ordered" or "over"."""

    offer: ProductOffer
    state: str
    words: str
    url: str
    meta: str
    picture: Picture | None
    seconds_left: int
    seconds_all: int


def open_offers_of(user: User) -> QuerySet[ProductOffer]:
    """What a shopper can still do something about."""
    return _of(user).filter(status__in=rules.OPEN)


def ended_offers_of(user: User) -> QuerySet[ProductOffer]:
    """What is over, newest first."""
    return _of(user).exclude(status__in=rules.OPEN)


def shown(offers: Sequence[ProductOffer], now: datetime) -> list[ShownOffer]:
    """These offers as their shopper sees them: one query for the photos."""
    photos = photos_by_product(product_ids={offer.stock_item.product_id for offer in offers})
    return [_shown(offer, photos[offer.stock_item.product_id], now) for offer in offers]


def _of(user: User) -> QuerySet[ProductOffer]:
    mine = ProductOffer.objects.filter(shopper=user)
    return mine.select_related("stock_item__product__brand", "reservation__successor", "answers")


def _shown(offer: ProductOffer, photos: Sequence[Photo], now: datetime) -> ShownOffer:
    item = offer.stock_item
    state = _state(offer, now)
    hold = offer.reservation
    until = hold.expires_at if state == "held" and hold else None
    return ShownOffer(
        offer=offer,
        state=state,
        words=_words(offer, state, now),
        url=item.product.get_absolute_url() if item.product.is_published else "",
        meta=f"{item.size_system} {item.size} · {condition_words()[item.condition][0]}".strip(),
        picture=picture_of(photos[0]) if photos else None,
        seconds_left=max(0, int((until - now).total_seconds())) if until else 0,
        seconds_all=int((until - hold.made_at).total_seconds()) if until and hold else 0,
    )


def _state(offer: ProductOffer, now: datetime) -> str:
    if rules.is_live(offer, now):
        return "waiting" if offer.party == ProductOffer.Party.SHOPPER else "to answer"
    if offer.status != Status.ACCEPTED or offer.reservation is None:
        return "over"
    if not is_holding(end_of(offer.reservation), now):
        return "over"
    return "ordered" if offer.reservation.successor_id else "held"


def _words(offer: ProductOffer, state: str, now: datetime) -> str:
    """What became of an offer, as its shopper reads it."""
    is_ours = offer.party == ProductOffer.Party.SHOP
    amount = format_eur(offer.amount)
    if state != "over":
        return {
            "waiting": _("With us"),
            "to answer": _("We could do %(amount)s") % {"amount": amount},
            "held": _("Yours at %(price)s") % {"price": amount},
            "ordered": _("Ordered at %(amount)s") % {"amount": amount},
        }[state]
    if offer.status == Status.LIVE:
        return pgettext("offer", "Ran out")
    return {
        Status.ACCEPTED: _("Your time to pay is over"),
        Status.CONVERTED: _("Bought at %(amount)s") % {"amount": amount},
        Status.LAPSED: _("Your time to pay was over"),
        Status.COUNTERED: _("We named another price"),
        Status.DECLINED: _("You said no") if is_ours else _("Not this time"),
        Status.WITHDRAWN: _("We took it back") if is_ours else _("You took it back"),
        Status.EXPIRED: pgettext("offer", "Ran out"),
        Status.CLOSED_SOLD: pgettext("offer", "Sold to somebody else"),
        Status.CLOSED_UNAVAILABLE: pgettext("offer", "No longer available"),
    }[Status(offer.status)]
