"""Shoppers' offers on pieces: proposed, answered, paid or not."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from core import jobs
from core.audit import Actor
from core.models import AuditEntry, OutboxMessage
from inventory.models import Product, Reservation, StockItem
from inventory.queries.ledger import stock_findings
from inventory.services import products, stock
from offers.errors import AnswerOutOfRange, OfferNotPossible, PieceNotFree, ProductOfferMoved, StillUnpaid
from offers.models import OfferBan, OfferRule, ProductOffer
from offers.rules import bids as rules
from offers.services import bidding
from shop.services import orders
from tests.factories.accounts import UserFactory
from tests.factories.bids import accepted, basket_of, bid, countered, shopper, who
from tests.factories.inventory import CategoryFactory, shelved
from tests.factories.offers import NOON, STAFF
from tests.factories.shop import place

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COLLEAGUE = Actor("user 2", "admin")


@pytest.fixture(autouse=True)
def _the_ledger_adds_up_afterwards(db: None):
    yield
    assert stock_findings() == []


def state(offer: ProductOffer) -> str:
    """Its status as it stands in the database."""
    return ProductOffer.objects.values_list("status", flat=True).get(pk=offer.pk)


def letters_about(offer: ProductOffer) -> list[str]:
    """Which letters were written about it, oldest first."""
    keys = OutboxMessage.objects.filter(about=offer.cause).order_by("pk").values_list("dedupe_key", flat=True)
    return [key.partition(":")[0] for key in keys]


# --- B1: propose ----------------------------------------------------------------------------------------------------


def test_B1_an_offer_waits_for_an_answer_for_two_days():
    offer = bid(amount="30.00")

    assert (offer.status, offer.party, offer.amount) == ("live", "shopper", Decimal("30.00"))
    assert offer.expires_at == NOON + 2 * DAY
    assert AuditEntry.objects.get(subject=offer.cause).action == "made"


def test_B1_a_piece_without_a_price_takes_offers():
    assert bid(shelved(price=None), "500.00").status == "live"


def test_D17_an_offer_holds_nothing():
    item = shelved()
    bid(item)

    item.refresh_from_db()
    assert (item.on_shelf, item.reserved) == (1, 0)


def _sold() -> StockItem:
    item = shelved()
    stock.write_off(stock_item_id=item.pk, quantity=1, cause="moth", actor=STAFF, now=NOON)
    return item


def _unpublished() -> StockItem:
    item = shelved()
    Product.objects.filter(pk=item.product_id).update(is_published=False)
    return item


def _held() -> StockItem:
    item = shelved(price="38.00")
    accepted(bid(item))
    return item


@pytest.mark.parametrize("make", [_sold, _unpublished, _held], ids=lambda make: make.__name__)
def test_D18_only_a_piece_that_can_be_had_takes_offers(make):
    with pytest.raises(OfferNotPossible):
        bid(make())


def test_D18_a_piece_that_does_not_exist_takes_no_offers():
    by = shopper()
    with pytest.raises(OfferNotPossible):
        bidding.propose(shopper=by, stock_item_id=404, amount=Decimal(30), actor=who(by), now=NOON)


@pytest.mark.parametrize("amount", ["18.99", "38.01", "4.99"])
def test_SEC_15_an_amount_outside_the_rule_is_refused(amount):
    with pytest.raises(OfferNotPossible):
        bid(amount=amount)

    assert not ProductOffer.objects.exists()


@pytest.mark.parametrize("amount", ["19.00", "38.00"])
def test_SEC_15_half_the_price_and_the_price_itself_can_be_offered(amount):
    assert bid(amount=amount).status == "live"


@pytest.mark.parametrize(("amount", "is_taken"), [("9.99", False), ("10.00", True), ("20.00", True), ("20.01", False)])
def test_D18_the_rule_comes_from_the_piece_and_the_category_above_it(amount, is_taken):
    above = CategoryFactory()
    below = CategoryFactory(parent=CategoryFactory(parent=above))
    OfferRule.objects.create(minimum=Decimal("1.00"), maximum=Decimal("1.50"))
    OfferRule.objects.create(category=above, minimum=Decimal("10.00"), maximum=Decimal("20.00"))
    item = shelved(category=below, price=None)

    if is_taken:
        assert bid(item, amount).status == "live"
    else:
        with pytest.raises(OfferNotPossible):
            bid(item, amount)


def test_D18_the_nearest_rule_counts():
    above = CategoryFactory()
    below = CategoryFactory(parent=above)
    OfferRule.objects.create(category=above, is_enabled=True)
    OfferRule.objects.create(category=below, is_enabled=False)

    with pytest.raises(OfferNotPossible):
        bid(shelved(category=below))
    assert bid(shelved(category=above)).status == "live"


@pytest.mark.parametrize("is_enabled", [True, False])
def test_there_is_one_rule_for_all_other_categories(is_enabled):
    OfferRule.objects.create(is_enabled=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        OfferRule.objects.create(is_enabled=is_enabled)


def _staff_member() -> User:
    return shopper(is_staff=True)


def _unconfirmed() -> User:
    return UserFactory()


def _blocked() -> User:
    user = shopper()
    OfferBan.objects.create(shopper=user, is_blocked=True)
    return user


def _with_something_to_pay() -> User:
    user = shopper()
    accepted(bid(by=user))
    return user


@pytest.mark.parametrize(
    "make", [_staff_member, _unconfirmed, _blocked, _with_something_to_pay], ids=lambda make: make.__name__
)
def test_SEC_14_SEC_17_who_may_not_bargain_is_refused(make):
    user = make()
    before = ProductOffer.objects.count()

    with pytest.raises(OfferNotPossible):
        bid(by=user)

    assert ProductOffer.objects.count() == before


def test_INV_12_one_live_offer_a_shopper_and_piece():
    item, user = shelved(), shopper()
    bid(item, by=user)

    with pytest.raises(OfferNotPossible):
        bid(item, "31.00", by=user, now=NOON + HOUR)

    assert bid(item, by=shopper()).status == "live"
    assert bid(shelved(), by=user).status == "live"


def test_INV_12_our_live_counter_counts_as_the_offer_that_is_open():
    made = countered()

    with pytest.raises(OfferNotPossible):
        bid(made.stock_item, "36.00", by=made.shopper, now=NOON + HOUR)


def test_B2_three_offers_a_piece_withdrawn_ones_included():
    item, user = shelved(), shopper()
    for hour in range(3):
        offer = bid(item, by=user, now=NOON + hour * HOUR)
        bidding.withdraw(offer_id=offer.pk, shopper=user, actor=who(user), now=NOON + hour * HOUR)

    with pytest.raises(OfferNotPossible):
        bid(item, by=user, now=NOON + 9 * DAY)


@pytest.mark.parametrize(("minutes", "is_taken"), [(4, False), (5, True)])
def test_SEC_16_five_minutes_lie_between_two_offers(minutes, is_taken):
    item, user = shelved(), shopper()
    bidding.decline(offer_id=bid(item, by=user).pk, actor=STAFF, now=NOON)
    again = NOON + timedelta(minutes=minutes)

    if is_taken:
        assert bid(item, by=user, now=again).status == "live"
    else:
        with pytest.raises(OfferNotPossible):
            bid(item, by=user, now=again)


def test_INV_17_an_offer_that_has_run_out_makes_room_for_the_next_without_a_job():
    item, user = shelved(), shopper()
    first = bid(item, by=user)

    second = bid(item, by=user, now=NOON + 2 * DAY)

    assert (state(first), second.status) == ("expired", "live")


def test_SEC_16_every_refusal_says_the_same_and_no_limit():
    said = set()
    for item, amount in [(_held(), "30.00"), (shelved(), "1.00"), (_sold(), "30.00"), (shelved(), "37000.00")]:
        with pytest.raises(OfferNotPossible) as refusal:
            bid(item, amount)
        said.add(refusal.value.message)

    assert said == {OfferNotPossible.message}
    assert not any(sign.isdigit() for sign in str(OfferNotPossible.message))


def test_SEC_15_links_are_taken_out_of_a_note():
    offer = bid(note="Look at https://example.com/x?y=1 or\n\nwww.example.com  please")

    assert offer.note == "Look at or please"


def test_B1_an_offer_from_the_threshold_on_is_accepted_at_once():
    OfferRule.objects.create(accept_from_percent=90)

    offer = bid(amount="34.20")

    assert offer.status == "accepted"
    assert letters_about(offer) == ["bid_accepted"]
    assert bid(amount="34.19").status == "live"


def test_SEC_16_an_offer_declined_at_once_reads_like_one_that_we_declined():
    by_us = bid(amount="30.00")
    bidding.decline(offer_id=by_us.pk, actor=STAFF, now=NOON)
    OfferRule.objects.create(decline_below_percent=80)
    at_once = bid(amount="30.00")

    texts = OutboxMessage.objects.filter(about__in=[by_us.cause, at_once.cause]).values_list("text", flat=True)
    assert at_once.status == "declined"
    assert len(texts) == 2
    assert len(set(texts)) == 1


# --- B2 to B6: answers ----------------------------------------------------------------------------------------------


def test_B3_an_accepted_offer_holds_the_piece_at_its_price_for_a_day():
    item = shelved(price="38.00")
    offer = accepted(bid(item, "30.00"))

    held = Reservation.objects.get()
    item.refresh_from_db()
    assert offer.reservation == held
    assert (held.unit_price, held.expires_at, held.holder, held.cause) == (
        Decimal("30.00"),
        NOON + DAY,
        f"user {offer.shopper_id}",
        offer.cause,
    )
    assert (item.on_shelf, item.reserved) == (0, 1)
    assert letters_about(offer) == ["bid_accepted"]


def test_B3_the_others_stay_live_but_cannot_be_accepted():
    item = shelved()
    first, second = bid(item), bid(item, "31.00")
    accepted(second)

    with pytest.raises(PieceNotFree) as refusal:
        accepted(first)

    assert second.number in refusal.value.message
    assert (state(first), state(second)) == ("live", "accepted")
    assert Reservation.objects.count() == 1


def test_B8_the_runner_up_is_accepted_once_the_hold_has_lapsed_without_a_job():
    item = shelved()
    first, second = bid(item), bid(item, "31.00")
    accepted(second)

    accepted(first, now=NOON + DAY)

    assert (state(first), state(second)) == ("accepted", "lapsed")
    assert Reservation.objects.get(status="active").holder == f"user {first.shopper_id}"


def test_X1_accepting_twice_is_one_hold_and_one_letter():
    offer = bid()
    accepted(offer)
    accepted(offer)

    assert Reservation.objects.count() == 1
    assert letters_about(offer) == ["bid_accepted"]
    with pytest.raises(ProductOfferMoved):
        bidding.accept(offer_id=offer.pk, actor=COLLEAGUE, now=NOON)


def test_SEC_14_one_accepted_offer_waits_for_its_money_at_a_time():
    user = shopper()
    first, second = bid(by=user), bid(by=user)
    accepted(first)

    with pytest.raises(StillUnpaid):
        accepted(second)

    order = place(basket_of(first))
    orders.confirm(order_id=order.pk, actor=STAFF, now=NOON)
    assert accepted(second).status == "accepted"


def test_B4_a_counter_answers_the_offer_and_stands_for_two_days():
    offer = bid(amount="30.00")
    made = countered(offer, "35.00")

    assert state(offer) == "countered"
    assert (made.party, made.status, made.answers, made.amount) == ("shop", "live", offer, Decimal("35.00"))
    assert made.expires_at == NOON + 2 * DAY
    assert letters_about(made) == ["bid_countered"]


@pytest.mark.parametrize("amount", ["30.00", "29.00", "38.01"])
def test_B4_a_counter_is_above_the_offer_and_not_above_the_price(amount):
    offer = bid(amount="30.00")

    with pytest.raises(AnswerOutOfRange):
        countered(offer, amount)

    assert state(offer) == "live"


def test_B5_a_shopper_takes_our_counter():
    made = countered(amount="35.00")

    bidding.accept_counter(offer_id=made.pk, shopper=made.shopper, actor=who(made.shopper), now=NOON)

    assert state(made) == "accepted"
    assert Reservation.objects.get().unit_price == Decimal("35.00")


def test_B5_of_several_who_were_countered_the_first_to_accept_has_it():
    item = shelved()
    first, second = countered(bid(item)), countered(bid(item))
    bidding.accept_counter(offer_id=first.pk, shopper=first.shopper, actor=who(first.shopper), now=NOON)

    with pytest.raises(PieceNotFree) as refusal:
        bidding.accept_counter(offer_id=second.pk, shopper=second.shopper, actor=who(second.shopper), now=NOON)

    assert first.number not in refusal.value.message


def test_SEC_14_a_shopper_takes_no_second_counter_before_paying_the_first():
    user = shopper()
    first, second = countered(bid(by=user)), countered(bid(by=user))
    bidding.accept_counter(offer_id=first.pk, shopper=user, actor=who(user), now=NOON)

    with pytest.raises(StillUnpaid):
        bidding.accept_counter(offer_id=second.pk, shopper=user, actor=who(user), now=NOON)


@pytest.mark.parametrize(
    ("step", "makes"),
    [(bidding.withdraw, bid), (bidding.accept_counter, countered), (bidding.refuse_counter, countered)],
    ids=lambda each: each.__name__,
)
def test_SEC_01_nobody_answers_for_another_shopper(step: Callable[..., Any], makes: Callable[[], ProductOffer]):
    offer, stranger = makes(), shopper()

    with pytest.raises(ProductOfferMoved):
        step(offer_id=offer.pk, shopper=stranger, actor=who(stranger), now=NOON)

    assert state(offer) == "live"


def test_B6_a_shopper_refuses_our_counter_and_may_offer_again():
    made = countered()
    bidding.refuse_counter(offer_id=made.pk, shopper=made.shopper, actor=who(made.shopper), now=NOON)

    assert state(made) == "declined"
    assert bid(made.stock_item, "36.00", by=made.shopper, now=NOON + HOUR).status == "live"


def test_a_counter_of_ours_is_taken_back():
    made = countered()
    bidding.take_back(offer_id=made.pk, actor=STAFF, now=NOON)

    assert state(made) == "withdrawn"
    assert letters_about(made) == ["bid_countered", "bid_closed"]


ANSWERS: dict[str, Callable[[ProductOffer], Any]] = {
    "accept": lambda offer: bidding.accept(offer_id=offer.pk, actor=COLLEAGUE, now=NOON),
    "decline": lambda offer: bidding.decline(offer_id=offer.pk, actor=COLLEAGUE, now=NOON),
    "counter": lambda offer: bidding.counter(offer_id=offer.pk, amount=Decimal(35), actor=COLLEAGUE, now=NOON),
    "withdraw": lambda offer: bidding.withdraw(
        offer_id=offer.pk, shopper=offer.shopper, actor=who(offer.shopper), now=NOON
    ),
}


@pytest.mark.parametrize("second", ANSWERS)
@pytest.mark.parametrize("first", ["decline", "counter", "accept"])
def test_INV_02_an_offer_is_answered_once(first, second):
    offer = bid()
    {
        "decline": lambda: bidding.decline(offer_id=offer.pk, actor=STAFF, now=NOON),
        "counter": lambda: countered(offer),
        "accept": lambda: accepted(offer),
    }[first]()
    before = state(offer)

    with pytest.raises(ProductOfferMoved):
        ANSWERS[second](offer)

    assert state(offer) == before


@pytest.mark.parametrize("answer", ["accept", "decline", "counter", "withdraw"])
def test_INV_17_after_its_time_nothing_can_be_answered(answer):
    offer = bid(now=NOON - 2 * DAY)

    with pytest.raises(ProductOfferMoved):
        ANSWERS[answer](offer)

    assert not Reservation.objects.exists()


def test_INV_17_our_counter_is_not_accepted_after_its_time():
    made = countered()

    with pytest.raises(ProductOfferMoved):
        bidding.accept_counter(offer_id=made.pk, shopper=made.shopper, actor=who(made.shopper), now=NOON + 2 * DAY)


def test_X13_a_piece_that_somebody_is_buying_cannot_be_accepted():
    from tests.factories.shop import order_of

    item = shelved()
    offer = bid(item)
    order_of(item)

    with pytest.raises(PieceNotFree):
        accepted(offer)

    assert state(offer) == "live"


@pytest.mark.parametrize("status", rules.NEXT)
def test_INV_04_ended_offers_stay_ended(status):
    is_open = status in rules.OPEN
    assert bool(rules.NEXT[status]) == is_open


# --- B7 to B9: how it ends ------------------------------------------------------------------------------------------


def test_B7_from_an_offer_to_a_parcel_it_becomes_converted_and_the_others_are_told():
    item = shelved(price="38.00")
    other, offer = bid(item, "25.00"), bid(item, "30.00")
    accepted(offer)
    order = place(basket_of(offer))
    bidding.settle_ended(now=NOON)
    assert (state(offer), state(other)) == ("accepted", "live")

    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=NOON + HOUR)
    bidding.settle_ended(now=NOON + HOUR)

    assert (state(offer), state(other)) == ("converted", "closed_sold")
    assert letters_about(other) == ["bid_closed"]
    assert order.total == Decimal("30.00")
    assert not OfferBan.objects.filter(strikes__gt=0).exists()


def test_B7_an_ordered_piece_stays_accepted_after_the_time_to_pay_the_offer():
    offer = accepted()
    order = place(basket_of(offer))
    orders.confirm(order_id=order.pk, actor=STAFF, now=NOON)

    assert bidding.settle_ended(now=NOON + 5 * DAY) == 0
    assert state(offer) == "accepted"


def test_B8_an_unpaid_hold_lapses_with_a_strike_and_a_letter():
    item = shelved()
    other = bid(item, "25.00")
    offer = accepted(bid(item, "30.00"))

    bidding.settle_ended(now=NOON + DAY)
    bidding.settle_ended(now=NOON + DAY)

    assert (state(offer), state(other)) == ("lapsed", "live")
    assert OfferBan.objects.get(shopper=offer.shopper).strikes == 1
    assert letters_about(offer) == ["bid_accepted", "bid_lapsed"]


def test_B8_an_order_that_was_called_off_by_its_shopper_counts_as_unpaid():
    offer = accepted()
    order = place(basket_of(offer), actor=who(offer.shopper))
    orders.withdraw(order_id=order.pk, actor=who(offer.shopper), now=NOON)
    bidding.settle_ended(now=NOON)

    assert state(offer) == "lapsed"
    assert OfferBan.objects.get(shopper=offer.shopper).strikes == 1


def test_B8_an_order_that_ran_out_counts_as_unpaid():
    offer = accepted()
    place(basket_of(offer))
    bidding.settle_ended(now=NOON + 3 * DAY)

    assert state(offer) == "lapsed"


def test_B8_what_we_gave_free_ourselves_is_no_strike():
    offer = accepted()
    bidding.end_hold(offer_id=offer.pk, actor=Actor("user 99999", "admin"), now=NOON)

    offer.stock_item.refresh_from_db()
    assert state(offer) == "lapsed"
    assert offer.stock_item.on_shelf == 1
    assert OfferBan.objects.get(shopper=offer.shopper).strikes == 0


def test_INV_11_a_hold_that_an_order_took_over_is_ended_through_the_order():
    offer = accepted()
    order = place(basket_of(offer))

    with pytest.raises(ProductOfferMoved):
        bidding.end_hold(offer_id=offer.pk, actor=STAFF, now=NOON)

    assert order.lines.get().reservation.status == "active"


def test_SEC_14_after_three_strikes_nothing_can_be_offered_until_we_say_so():
    user, now = shopper(), NOON
    for _ in range(3):
        accepted(bid(by=user, now=now), now=now)
        now += DAY
        bidding.settle_ended(now=now)

    with pytest.raises(OfferNotPossible):
        bid(by=user, now=now)
    OfferBan.objects.filter(shopper=user).update(is_blocked=False)
    assert bid(by=user, now=now).status == "live"


def test_B6_an_unanswered_offer_expires_with_one_letter():
    offer = bid()
    for _ in range(2):
        bidding.settle_ended(now=NOON + 2 * DAY)

    assert state(offer) == "expired"
    assert letters_about(offer) == ["bid_expired"]


def _reprice(item: StockItem, price: str | None) -> None:
    products.change_price(stock_item_id=item.pk, price=None if price is None else Decimal(price), actor=STAFF, now=NOON)


FATES: dict[str, Callable[[StockItem], object]] = {
    "sold over the counter": lambda item: stock.sell_over_the_counter(
        stock_item_id=item.pk, quantity=1, unit_price=Decimal(38), cause="till 1", actor=STAFF, now=NOON
    ),
    "unpublished": lambda item: Product.objects.filter(pk=item.product_id).update(is_published=False),
    "now cheaper than the offer": lambda item: _reprice(item, "29.99"),
    "now so dear that it is too little": lambda item: _reprice(item, "61.00"),
    "its category takes no offers": lambda item: OfferRule.objects.create(
        category=item.product.category, is_enabled=False
    ),
}


@pytest.mark.parametrize("fate", FATES)
def test_B9_X17_an_offer_that_no_longer_fits_its_piece_is_closed_with_a_letter(fate):
    item = shelved(price="38.00")
    offer = bid(item, "30.00")

    FATES[fate](item)
    with pytest.raises(ProductOfferMoved):
        accepted(offer)
    bidding.settle_ended(now=NOON)

    assert state(offer) == "closed_unavailable"
    assert letters_about(offer) == ["bid_closed"]


@pytest.mark.parametrize("price", ["37.00", "45.00", None])
def test_X17_an_offer_that_still_fits_stays_live(price):
    item = shelved(price="38.00")
    offer = bid(item, "30.00")
    _reprice(item, price)
    bidding.settle_ended(now=NOON)

    assert state(offer) == "live"


def test_X17_what_is_held_keeps_its_price():
    item = shelved(price="38.00")
    offer = accepted(bid(item, "30.00"))
    _reprice(item, "29.00")
    bidding.settle_ended(now=NOON)

    assert state(offer) == "accepted"
    assert place(basket_of(offer)).total == Decimal("30.00")


def test_X15_the_order_of_a_lapsed_hold_that_is_still_free_costs_the_price():
    from shop.errors import BasketChanged
    from shop.services import carts

    offer = accepted(bid(shelved(price="38.00"), "30.00"))
    cart = basket_of(offer)

    with pytest.raises(BasketChanged):
        place(cart, now=NOON + DAY)
    carts.accept_changes(cart=cart, now=NOON + DAY)

    assert place(cart, now=NOON + DAY).total == Decimal("38.00")


def test_the_worker_settles_offers():
    offer = bid()
    jobs.run_due(now=NOON + 3 * DAY, only_due=False, chosen="settle offers")

    assert state(offer) == "expired"


def test_settling_reads_the_same_few_times_when_nothing_has_ended(django_assert_max_num_queries):
    for _ in range(5):
        bid()
    accepted()

    with django_assert_max_num_queries(4):
        assert bidding.settle_ended(now=NOON) == 0


def test_letters_name_the_piece_the_amount_and_the_moment():
    offer = accepted(bid(shelved(title="Varsity jacket"), "30.00"))

    letter = OutboxMessage.objects.get(about=offer.cause)
    assert letter.subject == "Yours at €30: Varsity jacket, until Tue 3 Mar, 12:00"
    assert "/account/offers/" in letter.text
    assert letter.to == offer.shopper.email
