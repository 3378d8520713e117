"""Offers on pieces, answered and paid by several at once."""

from functools import partial

import pytest

from inventory.models import Reservation
from offers.models import OfferBan, ProductOffer
from offers.services import bidding
from shop.models import Order
from tests.factories.bids import accepted, basket_of, bid, countered, shopper, who
from tests.factories.inventory import shelved
from tests.factories.offers import NOON, STAFF
from tests.factories.shop import cart_with, place
from tests.races.conftest import AtOnce, Buyer, names
from tests.races.processes import in_processes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def accept(offer: ProductOffer) -> partial:
    return partial(bidding.accept, offer_id=offer.pk, actor=STAFF, now=NOON)


def test_X14_two_who_accept_two_shoppers_make_one_hold(at_once: AtOnce) -> None:
    item = shelved()
    offers = [bid(item, amount) for amount in ("30.00", "31.00", "32.00", "33.00")]

    outcomes = at_once(*[accept(offer) for offer in offers])

    assert names(outcomes) == ["PieceNotFree"] * 3 + ["ProductOffer"]
    assert Reservation.objects.count() == 1
    assert ProductOffer.objects.filter(status="accepted").count() == 1


def test_X1_one_offer_accepted_many_times_is_one_hold(at_once: AtOnce) -> None:
    offer = bid()

    outcomes = at_once(*[accept(offer)] * 6)

    assert names(outcomes) == ["ProductOffer"] * 6
    assert Reservation.objects.count() == 1


def test_X13_accepting_one_shopper_while_others_check_out_promises_the_piece_once(
    at_once: AtOnce, buyer: Buyer
) -> None:
    item = shelved()
    offer = bid(item)

    outcomes = at_once(accept(offer), *[buyer(item) for _ in range(4)])

    assert Reservation.objects.filter(status="active").count() == 1
    won = [outcome for outcome in outcomes if isinstance(outcome, Order | ProductOffer)]
    assert len(won) == 1
    assert set(names(outcomes)) <= {"Order", "ProductOffer", "PieceNotFree", "BasketChanged"}


def test_one_of_our_counters_is_taken_by_one_shopper(at_once: AtOnce) -> None:
    item = shelved()
    counters = [countered(bid(item)) for _ in range(4)]

    outcomes = at_once(
        *[
            partial(bidding.accept_counter, offer_id=each.pk, shopper=each.shopper, actor=who(each.shopper), now=NOON)
            for each in counters
        ]
    )

    assert names(outcomes) == ["PieceNotFree"] * 3 + ["ProductOffer"]


def test_INV_12_one_who_offers_many_times_at_once_has_one_offer(at_once: AtOnce) -> None:
    item, user = shelved(), shopper()

    outcomes = at_once(*[partial(bid, item, by=user)] * 6)

    assert names(outcomes) == ["OfferNotPossible"] * 5 + ["ProductOffer"]


def test_SEC_14_two_pieces_are_not_held_unpaid_for_one_shopper(at_once: AtOnce) -> None:
    user = shopper()
    offers = [bid(by=user) for _ in range(4)]

    outcomes = at_once(*[accept(offer) for offer in offers])

    assert names(outcomes) == ["ProductOffer"] + ["StillUnpaid"] * 3


def test_X2_accepting_and_withdrawing_at_once_ends_in_one_of_both(at_once: AtOnce) -> None:
    offer = bid()
    take_back = partial(bidding.withdraw, offer_id=offer.pk, shopper=offer.shopper, actor=who(offer.shopper), now=NOON)

    outcomes = at_once(accept(offer), take_back, accept(offer), take_back)

    offer.refresh_from_db()
    assert set(names(outcomes)) == {"ProductOffer", "ProductOfferMoved"}
    assert Reservation.objects.count() == (offer.status == "accepted")


def test_X4_settling_and_ordering_at_the_end_of_a_hold_leaves_one_truth(at_once: AtOnce, collection: object) -> None:
    offer = accepted()
    cart = basket_of(offer)
    assert offer.reservation is not None
    end = offer.reservation.expires_at
    assert end is not None

    at_once(*[partial(bidding.settle_ended, now=end)] * 3, partial(place, cart))

    offer.refresh_from_db()
    bidding.settle_ended(now=end)
    assert OfferBan.objects.get(shopper=offer.shopper).strikes <= 1
    assert Reservation.objects.filter(status="active").count() == Order.objects.count()


def test_two_shoppers_on_two_pieces_answered_crosswise_do_not_block_each_other(at_once: AtOnce) -> None:
    ana, ben = shopper(), shopper()
    first, second = shelved(), shelved()
    crossed = [bid(first, by=ana), bid(second, by=ben), bid(second, by=ana), bid(first, by=ben)]

    outcomes = at_once(*[accept(offer) for offer in crossed])

    assert set(names(outcomes)) <= {"ProductOffer", "PieceNotFree", "StillUnpaid"}
    assert Reservation.objects.filter(status="active").count() == 2


@pytest.mark.slow
def test_X13_processes_that_accept_and_order_promise_the_piece_once(collection: object) -> None:
    item = shelved()
    offer, carts = bid(item), [cart_with(item) for _ in range(3)]

    said = in_processes(("accept bid", offer.pk, NOON), *[("order", cart.pk, NOON) for cart in carts])

    assert said.count("done") == Reservation.objects.filter(status="active").count() == 1
    assert set(said) <= {"done", "PieceNotFree", "BasketChanged"}


@pytest.mark.slow
def test_X14_processes_that_accept_shoppers_offers_for_one_piece_make_one_hold() -> None:
    item = shelved()
    offers = [bid(item, amount) for amount in ("30.00", "31.00", "32.00", "33.00")]

    assert in_processes(*[("accept bid", each.pk, NOON) for each in offers]) == ["PieceNotFree"] * 3 + ["done"]
    assert Reservation.objects.count() == ProductOffer.objects.filter(status="accepted").count() == 1
