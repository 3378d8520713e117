"""What a card says of a product, in every state it can be in."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.audit import Actor
from inventory.models import Condition, ConditionWording, Product
from inventory.services import products, stock
from shop.queries import cards
from shop.queries.cards import Card, Tag
from tests.factories.inventory import BrandFactory, CategoryFactory, product, shelved

pytestmark = pytest.mark.django_db


def card_of(item, now) -> Card:
    (card,) = cards.cards_for(products=[item.product], now=now)
    return card


def reserve(item, now, *, minutes=None, quantity=1):
    return stock.reserve(
        wanted=[stock.Wanted(item.pk, quantity, item.price)],
        cause="order UN-TEST",
        holder="visitor 1",
        expires_at=None if minutes is None else now + timedelta(minutes=minutes),
        actor=Actor("guest", "test"),
        now=now - timedelta(hours=1),
    )


def test_a_one_off_piece_can_be_added_with_one_press(now):
    item = shelved(size="L", price="185.00", title="Varsity jacket", brand=BrandFactory(name="Halden Athletic"))

    card = card_of(item, now)

    assert (card.brand, card.title, card.meta) == ("Halden Athletic", "Varsity jacket", "Size L · Mint")
    assert (card.price, card.state, card.tag) == (Decimal("185.00"), "", None)
    assert card.add_item_id == item.pk


def test_several_sizes_ask_for_a_choice_and_show_the_lowest_price(now):
    tee = product(title="Breton tee")
    for size, price in (("S", "45.00"), ("M", "42.00"), ("XL", "45.00")):
        shelved(of=tee, size=size, price=price, condition=Condition.NEW_TAGGED, quantity=2)

    (card,) = cards.cards_for(products=[tee], now=now)

    assert card.meta == "Brand new · S, M, XL"
    assert card.price == Decimal("42.00")
    assert (card.add_item_id, card.has_choice) == (None, True)


def test_more_sizes_than_fit_are_named_by_the_first_and_the_last(now):
    tee = product()
    for size in ("XS", "S", "M", "L", "XL"):
        shelved(of=tee, size=size, condition=Condition.NEW_TAGGED)

    (card,) = cards.cards_for(products=[tee], now=now)

    assert card.meta == "Brand new · XS to XL"


def test_last_one_is_said_only_where_there_were_several(now):
    several = shelved(quantity=2, condition=Condition.NEW_TAGGED)
    stock.write_off(stock_item_id=several.pk, quantity=1, cause="damage 1", actor=Actor("user 1", "test"), now=now)

    card = card_of(several, now)

    assert card.tag == Tag("Last one", "tape")
    assert card.meta == "Brand new · only M left"
    assert card_of(shelved(), now).tag is None


def test_a_reduced_price_shows_what_it_was(now, actor):
    item = shelved(price="98.00")
    products.change_price(stock_item_id=item.pk, price=Decimal("86.00"), actor=actor, now=now)

    card = card_of(item, now)

    assert (card.price, card.was_price, card.tag) == (Decimal("86.00"), Decimal("98.00"), Tag("Now €86"))


def test_a_new_arrival_is_just_in_for_some_days_only(now):
    fresh = shelved(of=product(now=now - timedelta(hours=71)))
    older = shelved(of=product(now=now - timedelta(hours=73)))

    assert card_of(fresh, now).tag == Tag("Just in")
    assert card_of(older, now).tag is None


def test_a_piece_somebody_is_paying_for_says_when_it_may_be_back(now):
    item = shelved(price="240.00")
    reserve(item, now, minutes=12)

    card = card_of(item, now)

    assert (card.state, card.tag, card.back_at) == ("reserved", Tag("Reserved"), now + timedelta(minutes=12))
    assert card.price == Decimal("240.00")
    assert card.add_item_id is None


def test_a_promise_that_has_run_out_no_longer_hides_the_piece(now):
    item = shelved()
    reserve(item, now, minutes=-1)

    card = card_of(item, now)

    assert (card.state, card.add_item_id) == ("", item.pk)


def test_a_paid_piece_counts_as_sold_before_it_is_packed(now):
    item = shelved()
    reserve(item, now)

    card = card_of(item, now)

    assert (card.state, card.tag, card.sold_at) == ("sold", Tag("Sold", "ink"), None)


def test_a_sold_piece_says_when(now, actor):
    item = shelved()
    stock.sell_over_the_counter(
        stock_item_id=item.pk, quantity=1, unit_price=Decimal("38.00"), cause="till 1", actor=actor, now=now
    )

    card = card_of(item, now + timedelta(days=1))

    assert (card.state, card.sold_at, card.add_item_id) == ("sold", now, None)


def test_a_piece_without_a_price_cannot_be_added(now):
    card = card_of(shelved(price=None), now)

    assert (card.price, card.add_item_id, card.has_choice) == (None, None, False)


def test_the_shops_own_words_name_the_grade(now):
    ConditionWording.objects.create(code=Condition.MINT, label="Spotless", meaning="Not a mark.")

    assert card_of(shelved(size="L"), now).meta == "Size L · Spotless"


@pytest.mark.parametrize("count", [1, 3])
def test_cards_cost_two_queries_however_many_there_are(count, now, django_assert_num_queries):
    shown = [shelved(brand=BrandFactory()).product for _ in range(count)]
    cards.cards_for(products=shown, now=now)

    with django_assert_num_queries(2):
        assert len(cards.cards_for(products=shown, now=now)) == count


def test_alike_means_same_category_and_size_then_size_then_brand_then_category(now):
    jackets, tees, brand = CategoryFactory(), CategoryFactory(), BrandFactory()
    gone = shelved(title="Gone", category=jackets, brand=brand, size="L")
    shelved(title="Same category", category=jackets, size="S")
    shelved(title="Same brand", category=tees, brand=brand, size="S")
    shelved(title="Same size", category=tees, size="L")
    shelved(title="Same category and size", category=jackets, size="L")
    shelved(title="Nothing alike", category=tees, size="S")

    found = cards.alike(product=gone.product, sizes=["L"], now=now)

    assert [card.title for card in found] == ["Same category and size", "Same size", "Same brand", "Same category"]


def test_only_published_pieces_on_the_shelf_are_offered_instead(now):
    jackets = CategoryFactory()
    gone = shelved(category=jackets)
    shelved(category=jackets, quantity=0)
    shelved(category=jackets, is_published=False)
    reserve(shelved(category=jackets), now, minutes=5)
    other = shelved(title="Still here", category=jackets)

    found = cards.alike(product=gone.product, sizes=["M"], now=now)

    assert [card.title for card in found] == [other.product.title]


def test_the_newest_come_first_and_can_be_of_one_grade(now):
    for hours, condition in ((3, Condition.NEW_TAGGED), (2, Condition.MINT), (1, Condition.NEW_TAGGED)):
        shelved(of=product(title=f"{hours} h ago", now=now - timedelta(hours=hours)), condition=condition)

    assert [card.title for card in cards.newest(now=now, limit=2)] == ["1 h ago", "2 h ago"]
    _, only_new = cards.newest_rows(now=now, rows=[(1, ""), (5, Condition.NEW_TAGGED)])
    assert [card.title for card in only_new] == ["1 h ago", "3 h ago"]


def test_a_product_whose_copies_have_not_come_is_not_called_sold(now):
    product(title="Announced")

    (card,) = cards.cards_for(products=Product.objects.all(), now=now)

    assert (card.state, card.tag, card.price, card.add_item_id) == ("awaited", None, None, None)
