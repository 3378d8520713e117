"""The only writer of shoppers' offers, and of their bargaining records.

Locks: bargaining records by shopper, then the open offers of one lot by pk, then inventory's lot. Every step begins by
writing down what has been decided about that lot already (`_settled`), so a dead job makes no expired offer acceptable.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.queries import has_confirmed_email
from core.audit import Actor, record
from core.errors import DomainError
from core.numbers import random_letters
from inventory.errors import OutOfStock
from inventory.models import Reservation, StockItem
from inventory.queries import catalogue
from inventory.services import stock
from offers import letters
from offers.errors import AnswerOutOfRange, OfferNotPossible, PieceNotFree, ProductOfferMoved, StillUnpaid
from offers.models import OfferBan, OfferRule, ProductOffer
from offers.queries import bids
from offers.rules import bids as rules

Status = ProductOffer.Status
Party = ProductOffer.Party
TIMER = Actor("settle offers", "worker")
AT_ONCE = Actor("offer rule", "worker")


@transaction.atomic
def propose(
    *, shopper: User, stock_item_id: int, amount: Decimal, actor: Actor, now: datetime, note: str = ""
) -> ProductOffer:
    """B1: offer EUR for one copy of a lot; its rule may answer at once (OfferNotPossible, whatever the reason).

    Category, price, rule and time are read here; nothing but the lot, the amount and the note comes from the shopper.
    """
    item = StockItem.objects.select_related("product").filter(pk=stock_item_id).first()
    if item is None or shopper.is_staff or not has_confirmed_email(shopper):
        raise OfferNotPossible
    offers = _settled(stock_item_id, {shopper.pk}, now)
    rule = bids.rule_for(category_id=item.product.category_id)
    _refuse_person(shopper, offers, item, rule, now)
    if not rules.fits(rule, item.price, amount) or not _is_free(item, now):
        raise OfferNotPossible
    offer = _write(item, shopper, Party.SHOPPER, amount, rule, actor, now, note=rules.plain_note(note))
    if rules.is_accepted_at_once(rule, item.price, amount):
        _hold(offer, offers, rule, AT_ONCE, now)
    elif rules.is_declined_at_once(rule, item.price, amount):
        _decline(offer, AT_ONCE, now)
    else:
        letters.tell_shop(offer, "bid", now, piece=item.product, item=item)
    return offer


@transaction.atomic
def withdraw(*, offer_id: int, shopper: User, actor: Actor, now: datetime) -> ProductOffer:
    """B2: take one's own offer back before it is answered; pressed again it stays so (ProductOfferMoved)."""
    offer, _ = _taken(offer_id, Party.SHOPPER, now, shopper=shopper, done=Status.WITHDRAWN, actor=actor)
    if offer.status == Status.LIVE:
        _move(offer, Status.WITHDRAWN, actor, now)
    return offer


@transaction.atomic
def accept(*, offer_id: int, actor: Actor, now: datetime) -> ProductOffer:
    """B3: say yes to a shopper: the piece is held for them at their price.

    Refuses with ProductOfferMoved, PieceNotFree (also when a colleague accepted another's offer) or StillUnpaid. The
    other live offers stay live, to be accepted should this one not be paid.
    """
    offer, offers = _taken(offer_id, Party.SHOPPER, now, done=Status.ACCEPTED, actor=actor)
    if offer.status == Status.LIVE:
        winner = next((other for other in offers if other.status == Status.ACCEPTED), None)
        if winner:
            raise PieceNotFree(f"Offer {winner.number} on this piece is accepted already.")
        if bids.has_unpaid(shopper_id=offer.shopper_id, now=now):
            raise StillUnpaid("This shopper has not paid yet for another piece that is held for them.")
        _hold(offer, offers, _rule_of(offer), actor, now)
    return offer


@transaction.atomic
def counter(*, offer_id: int, amount: Decimal, actor: Actor, now: datetime, note: str = "") -> ProductOffer:
    """B4: answer a shopper's offer with EUR of ours, for them to accept (ProductOfferMoved, AnswerOutOfRange)."""
    offer, _ = _taken(offer_id, Party.SHOPPER, now)
    item = offer.stock_item
    if amount <= offer.amount or (item.price is not None and amount > item.price):
        raise AnswerOutOfRange
    _move(offer, Status.COUNTERED, actor, now)
    made = _write(item, offer.shopper, Party.SHOP, amount, _rule_of(offer), actor, now, note=note[:500], answers=offer)
    letters.tell_shopper(made, "bid_countered", now)
    return made


@transaction.atomic
def accept_counter(*, offer_id: int, shopper: User, actor: Actor, now: datetime) -> ProductOffer:
    """B5: take the price we named (ProductOfferMoved, PieceNotFree, StillUnpaid); pressed again it stays so."""
    offer, offers = _taken(offer_id, Party.SHOP, now, shopper=shopper, done=Status.ACCEPTED, actor=actor)
    if offer.status == Status.LIVE:
        _hold(offer, offers, _rule_of(offer), actor, now)
    return offer


@transaction.atomic
def refuse_counter(*, offer_id: int, shopper: User, actor: Actor, now: datetime) -> ProductOffer:
    """B6: say no to the price we named (ProductOfferMoved); pressed again it stays so."""
    offer, _ = _taken(offer_id, Party.SHOP, now, shopper=shopper, done=Status.DECLINED, actor=actor)
    if offer.status == Status.LIVE:
        _move(offer, Status.DECLINED, actor, now)
    return offer


@transaction.atomic
def decline(*, offer_id: int, actor: Actor, now: datetime) -> ProductOffer:
    """B6: say no to a shopper, naming no limit (ProductOfferMoved)."""
    offer, _ = _taken(offer_id, Party.SHOPPER, now, done=Status.DECLINED, actor=actor)
    if offer.status == Status.LIVE:
        _decline(offer, actor, now)
    return offer


@transaction.atomic
def take_back(*, offer_id: int, actor: Actor, now: datetime) -> ProductOffer:
    """Take a counter of ours back before it is accepted (ProductOfferMoved)."""
    offer, _ = _taken(offer_id, Party.SHOP, now, done=Status.WITHDRAWN, actor=actor)
    if offer.status == Status.LIVE:
        _move(offer, Status.WITHDRAWN, actor, now)
        letters.tell_shopper(offer, "bid_closed", now)
    return offer


@transaction.atomic
def end_hold(*, offer_id: int, actor: Actor, now: datetime) -> ProductOffer:
    """Give a piece free that is held for an accepted offer and not ordered yet; no strike (ProductOfferMoved)."""
    offer, _ = _taken(offer_id, None, now, is_live=False)
    if offer.status != Status.ACCEPTED or offer.reservation is None or offer.reservation.successor_id:
        raise ProductOfferMoved
    stock.release(reservation_ids=[offer.reservation.pk], actor=actor, now=now)
    _settled(offer.stock_item_id, set(), now)
    offer.refresh_from_db()
    return offer


@transaction.atomic
def block(*, shopper_id: int, reason: str, actor: Actor, now: datetime) -> OfferBan:
    """Let a shopper bargain no more, whatever their strikes; what is open stays as it is."""
    return _set_block(shopper_id, True, reason, actor, now)


@transaction.atomic
def unblock(*, shopper_id: int, actor: Actor, now: datetime) -> OfferBan:
    """Let a shopper bargain again, without their strikes."""
    return _set_block(shopper_id, False, "", actor, now)


def settle_ended(*, now: datetime) -> int:
    """B6 to B9: write down what became of holds and of offers whose time is over; returns on how many lots."""
    settled = 0
    for stock_item_id in bids.lots_to_settle(now=now):
        try:
            settle_lot(stock_item_id=stock_item_id, now=now)
        except DomainError:
            continue
        settled += 1
    return settled


@transaction.atomic
def settle_lot(*, stock_item_id: int, now: datetime) -> None:
    """The same for one lot."""
    _settled(stock_item_id, set(), now)


def _settled(stock_item_id: int, also: Collection[int], now: datetime) -> list[ProductOffer]:
    """The open offers of a lot, locked together with their shoppers' records, after all that is over has ended."""
    found = ProductOffer.objects.filter(stock_item=stock_item_id, status__in=rules.OPEN)
    records = _records({*also, *found.values_list("shopper_id", flat=True)})
    rows = found.select_for_update(of=("self",)).select_related("shopper", "reservation__successor")
    offers = list(rows.order_by("pk"))
    item = StockItem.objects.select_related("product__brand").get(pk=stock_item_id)
    for offer in offers:
        offer.stock_item = item
        if offer.status == Status.ACCEPTED and offer.shopper_id in records:
            _follow(offer, records[offer.shopper_id], now)
    every_rule = bids.ruling()
    for offer in offers:
        if offer.status == Status.LIVE and bids.needs_settling(offer, every_rule, now):
            _close(offer, now)
    return [offer for offer in offers if offer.status in rules.OPEN]


def _records(shopper_ids: Collection[int]) -> dict[int, OfferBan]:
    """The bargaining records, made where there are none, locked by ascending shopper."""
    known = set(OfferBan.objects.filter(shopper__in=shopper_ids).values_list("shopper_id", flat=True))
    for shopper_id in sorted(set(shopper_ids) - known):
        OfferBan.objects.get_or_create(shopper_id=shopper_id)
    locked = OfferBan.objects.select_for_update().filter(shopper__in=shopper_ids).order_by("shopper")
    return {each.shopper_id: each for each in list(locked)}


def _set_block(shopper_id: int, is_blocked: bool, reason: str, actor: Actor, now: datetime) -> OfferBan:
    bargaining = _records({shopper_id})[shopper_id]
    bargaining.is_blocked, bargaining.reason = is_blocked, reason
    if not is_blocked:
        bargaining.strikes = 0
    bargaining.save(update_fields=["is_blocked", "reason", "strikes"])
    action = "bargaining stopped" if is_blocked else "bargaining allowed"
    record(actor=actor, subject=f"user {shopper_id}", action=action, reason=reason, now=now)
    return bargaining


def _follow(offer: ProductOffer, bargaining: OfferBan, now: datetime) -> None:
    """Write down how the reservation of an accepted offer has ended, if it has."""
    if offer.reservation is None or bids.is_holding(last := bids.end_of(offer.reservation), now):
        return
    if last.status == Reservation.Status.CONSUMED:
        _move(offer, Status.CONVERTED, TIMER, now)
        return
    _move(offer, Status.LAPSED, TIMER, now)
    if not _was_our_doing(last, offer):
        bargaining.strikes += 1
        if bargaining.strikes >= rules.MOST_STRIKES:
            bargaining.is_blocked = True
            bargaining.reason = bargaining.reason or f"{bargaining.strikes} accepted offers were not paid."
        bargaining.save(update_fields=["strikes", "is_blocked", "reason"])
    letters.tell_shopper(offer, "bid_lapsed", now)


def _was_our_doing(reservation: Reservation, offer: ProductOffer) -> bool:
    """Whether somebody in the house gave the piece free, rather than time or the shopper."""
    ended_by = reservation.moves.filter(reason="release").values_list("actor", flat=True).first() or ""
    return ended_by.startswith("user ") and ended_by != f"user {offer.shopper_id}"


def _close(offer: ProductOffer, now: datetime) -> None:
    """End a live offer that time or the piece's fate has decided, and say so."""
    item = offer.stock_item
    if not rules.is_live(offer, now):
        _move(offer, Status.EXPIRED, TIMER, now)
        letters.tell_shopper(offer, "bid_expired", now)
        return
    is_gone = item.on_shelf + item.reserved < 1
    bought = ProductOffer.objects.filter(stock_item=item, status=Status.CONVERTED)
    _move(offer, Status.CLOSED_SOLD if is_gone and bought.exists() else Status.CLOSED_UNAVAILABLE, TIMER, now)
    letters.tell_shopper(offer, "bid_closed", now)


def _refuse_person(
    shopper: User, offers: Sequence[ProductOffer], item: StockItem, rule: OfferRule, now: datetime
) -> None:
    """Everything about a shopper that stands against an offer now (OfferNotPossible); their record is locked."""
    mine = ProductOffer.objects.filter(shopper=shopper, stock_item=item, party=Party.SHOPPER)
    cooling = timedelta(minutes=rule.cooldown_minutes)
    if (
        OfferBan.objects.filter(shopper=shopper, is_blocked=True).exists()
        or any(offer.shopper_id == shopper.pk for offer in offers)
        or mine.count() >= rule.offers_a_piece
        or mine.filter(made_at__gt=now - cooling).exists()
        or bids.has_unpaid(shopper_id=shopper.pk, now=now)
    ):
        raise OfferNotPossible


def _is_free(item: StockItem, now: datetime) -> bool:
    """Whether a copy can be had: shown, and not promised to anybody."""
    if not item.product.is_published:
        return False
    lots = catalogue.lots_by_product(product_ids=[item.product_id], now=now)[item.product_id]
    return any(lot.free > 0 for lot in lots if lot.item.pk == item.pk)


def _taken(
    offer_id: int,
    party: ProductOffer.Party | None,
    now: datetime,
    *,
    shopper: User | None = None,
    done: ProductOffer.Status | None = None,
    actor: Actor | None = None,
    is_live: bool = True,
) -> tuple[ProductOffer, list[ProductOffer]]:
    """A live offer of one side, locked with all open ones of its lot; or what this actor has `done` already.

    With a `shopper` it must be theirs. Refuses with ProductOfferMoved.
    """
    mine = ProductOffer.objects.filter(pk=offer_id, **({"shopper": shopper} if shopper else {}))
    stock_item_id = mine.values_list("stock_item_id", flat=True).first()
    if stock_item_id is None:
        raise ProductOfferMoved
    offers = _settled(stock_item_id, set(), now)
    offer = next((each for each in offers if each.pk == offer_id), None)
    offer = offer or mine.select_related("stock_item__product", "shopper", "reservation").get()
    if party is not None and offer.party != party:
        raise ProductOfferMoved
    is_done = done is not None and actor is not None and (offer.status, offer.answered_by) == (done, actor.name)
    if is_live and offer.status != Status.LIVE and not is_done:
        raise ProductOfferMoved
    return offer, offers


def _hold(offer: ProductOffer, offers: Sequence[ProductOffer], rule: OfferRule, actor: Actor, now: datetime) -> None:
    """Accept a live offer: its piece is reserved for its shopper at its amount (PieceNotFree, StillUnpaid)."""
    if any(other.status == Status.ACCEPTED for other in offers):
        raise PieceNotFree
    if bids.has_unpaid(shopper_id=offer.shopper_id, now=now):
        raise StillUnpaid
    until = now + timedelta(hours=rule.pay_hours)
    try:
        (held,) = stock.reserve(
            wanted=[stock.Wanted(offer.stock_item_id, 1, offer.amount)],
            cause=offer.cause,
            holder=f"user {offer.shopper_id}",
            expires_at=until,
            actor=actor,
            now=now,
        )
    except OutOfStock as refusal:
        raise PieceNotFree from refusal
    _move(offer, Status.ACCEPTED, actor, now, reservation=held)
    letters.tell_shopper(offer, "bid_accepted", now, until=until)


def _decline(offer: ProductOffer, actor: Actor, now: datetime) -> None:
    """The same words whoever or whatever said no."""
    _move(offer, Status.DECLINED, actor, now)
    letters.tell_shopper(offer, "bid_declined", now)


def _rule_of(offer: ProductOffer) -> OfferRule:
    return bids.rule_for(category_id=offer.stock_item.product.category_id)


def _write(
    item: StockItem,
    shopper: User,
    party: ProductOffer.Party,
    amount: Decimal,
    rule: OfferRule,
    actor: Actor,
    now: datetime,
    *,
    note: str,
    answers: ProductOffer | None = None,
) -> ProductOffer:
    offer = ProductOffer.objects.create(
        number=_free_number(),
        stock_item=item,
        shopper=shopper,
        party=party,
        amount=amount,
        note=note,
        answers=answers,
        made_at=now,
        expires_at=now + timedelta(hours=rule.validity_hours),
    )
    record(actor=actor, subject=offer.cause, action="made", after=offer.status, reason=f"{amount} EUR", now=now)
    return offer


def _move(offer: ProductOffer, status: ProductOffer.Status, actor: Actor, now: datetime, **also: Any) -> None:
    """Take a locked offer one step on, once: one conditional update decides (ProductOfferMoved)."""
    before = offer.status
    if status not in rules.NEXT[before]:
        raise ProductOfferMoved
    changes: dict[str, Any] = {"status": status, **also}
    if before == Status.LIVE:
        changes |= {"answered_at": now, "answered_by": actor.name}
    if status not in rules.OPEN:
        changes["ended_at"] = now
    if not ProductOffer.objects.filter(pk=offer.pk, status=before).update(**changes):
        raise ProductOfferMoved
    for name, value in changes.items():
        setattr(offer, name, value)
    record(actor=actor, subject=offer.cause, action=status.value, before=before, after=status.value, now=now)


def _free_number() -> str:
    """A number nobody has yet; the unique constraint has the last word."""
    while True:
        number = "OF-" + random_letters(6)
        if not ProductOffer.objects.filter(number=number).exists():
            return number
