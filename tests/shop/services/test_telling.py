"""Letters about what people wait for: which, when, and never twice."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache

from core.models import OutboxMessage
from inventory.models import StockItem
from inventory.services import products, stock
from shop.jobs import tell_what_came_in
from shop.models import SavedSearch, SearchHit
from shop.queries.wishes import Sought, one_like_it, same_again
from shop.services import orders, searches, wishes
from tests.factories.bids import shopper
from tests.factories.inventory import STAFF, CategoryFactory, shelved
from tests.factories.shop import NOON, order_of
from tests.factories.wishes import JACKETS, asking, confirmed, keeping, waiting

pytestmark = pytest.mark.django_db
LATER, NEXT_DAY = NOON + timedelta(minutes=30), NOON + timedelta(days=1, hours=1)


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> None:
    cache.clear()


def arrives(when=LATER, *, quantity=1, **changes) -> StockItem:
    """A piece that comes onto the shelf at that moment."""
    item = shelved(quantity=0, **changes)
    stock.take_in(stock_item_id=item.pk, quantity=quantity, cause=f"delivery {item.sku}", actor=STAFF, now=when)
    item.refresh_from_db()
    return item


def told(when=LATER, occasion: str = "search_found") -> list[OutboxMessage]:
    """All letters of the occasion, after the job has looked."""
    tell_what_came_in(when)
    return list(OutboxMessage.objects.filter(dedupe_key__startswith=occasion).order_by("pk"))


def test_a_piece_that_comes_in_is_told_of_with_a_way_to_stop():
    waiting(shopper(email="ana@example.com"))
    piece = arrives(title="Track jacket")

    (letter,) = told()

    assert (letter.to, letter.subject) == ("ana@example.com", "It came in: Track jacket")
    assert piece.product.get_absolute_url() in letter.text
    assert "/letters/stop/" in letter.unsubscribe_url
    assert letter.unsubscribe_url in letter.text


def test_looking_again_tells_nothing_twice():
    waiting(shopper())
    arrives()

    assert len(told()) == len(told(LATER + timedelta(minutes=10))) == len(told(NEXT_DAY)) == 1


def test_all_that_came_in_within_a_day_is_one_letter_the_day_after():
    waiting(shopper())
    arrives(title="Track jacket")
    assert len(told()) == 1
    for minutes in (60, 120, 600):
        arrives(NOON + timedelta(minutes=minutes), title=f"Jacket {minutes}")
        assert len(told(NOON + timedelta(minutes=minutes + 1))) == 1

    letters = told(NEXT_DAY)

    assert len(letters) == 2
    assert all(f"Jacket {minutes}" in letters[1].text for minutes in (60, 120, 600))
    assert "Track jacket" not in letters[1].text


def test_what_was_written_late_under_an_earlier_moment_is_still_told():
    waiting(shopper())
    tell_what_came_in(LATER)
    arrives(LATER - timedelta(minutes=5))

    assert len(told(LATER + timedelta(minutes=10))) == 1


def test_what_was_there_when_one_asked_is_no_news():
    arrives(NOON - timedelta(minutes=5))
    waiting(shopper())

    assert told() == []


def test_only_what_meets_every_filter_is_told():
    category = CategoryFactory()
    sought = Sought(
        label="x",
        criteria={"scope": category.slug, "size": [["", "L"]], "max": "50.00", "condition": ["mint"]},
        address="/",
    )
    waiting(shopper(), sought)
    arrives(category=category, size="M")
    arrives(category=category, size="L", price="51.00")
    arrives(size="L")
    arrives(category=category, size="L", title="Hidden one", is_published=False)
    assert told() == []

    arrives(category=category, size="L", title="The one")

    assert "The one" in told()[0].text


def test_a_sold_size_that_comes_back_is_told_of_once_and_the_search_is_done():
    item = shelved(size="L")
    order = order_of(item)
    search = waiting(shopper(), same_again(item))
    assert told() == []

    orders.cancel(order_id=order.pk, actor=STAFF, now=LATER)

    assert len(told()) == 1
    assert not SavedSearch.objects.filter(pk=search.pk).exists()


def test_one_like_it_is_of_its_category_and_size():
    sold = shelved(size="L")
    waiting(shopper(), one_like_it(sold))
    arrives(size="L")
    assert told() == []

    arrives(size="L", category=sold.product.category, title="Quite alike")

    assert "Quite alike" in told()[0].subject


def test_a_guest_is_told_after_their_yes_and_of_nothing_before_it():
    search = asking("guest@example.com")
    arrives()
    assert told() == []

    searches.confirm(search=search, now=LATER)
    arrives(LATER + timedelta(minutes=5), title="After the yes")

    (letter,) = told(LATER + timedelta(minutes=10))
    assert letter.to == "guest@example.com"


def test_a_guest_gets_one_letter_for_one_wish_until_the_next_is_allowed():
    for number in range(8):
        searches.ask(sought=replace(JACKETS, criteria={"q": f"jacket {number}"}), email="v@example.com", now=NOON)

    assert OutboxMessage.objects.filter(to="v@example.com").count() == searches.LETTERS_A_DAY


def test_what_nobody_confirms_is_deleted_after_seven_days():
    asking("guest@example.com")
    yes = confirmed("other@example.com")

    assert searches.forget_unconfirmed(now=NOON + timedelta(days=6, hours=23)) == 0
    assert searches.forget_unconfirmed(now=NOON + timedelta(days=7, hours=1)) == 1
    assert list(SavedSearch.objects.all()) == [yes]


def test_stopping_takes_back_the_letter_that_has_not_left():
    search = confirmed("guest@example.com")
    arrives()
    assert len(told()) == 1

    searches.stop(search=search)

    assert not OutboxMessage.objects.filter(dedupe_key__startswith="search_found").exists()


def test_a_look_that_is_broken_off_has_told_and_noted_nothing(monkeypatch):
    search = waiting(shopper())
    arrives()
    monkeypatch.setattr("shop.letters.links.address_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tell_what_came_in(LATER)
    monkeypatch.undo()
    search.refresh_from_db()
    assert (search.looked_at, SearchHit.objects.count()) == (NOON, 0)

    assert len(told(LATER + timedelta(hours=30))) == 1


def test_a_search_costs_the_same_however_much_there_is(django_assert_max_num_queries):
    waiting(shopper())
    for number in range(6):
        arrives(title=f"Jacket {number}")

    with django_assert_max_num_queries(25):
        tell_what_came_in(LATER)


def test_a_user_who_left_is_not_written_to():
    waiting(shopper(is_active=False))
    arrives()

    assert told() == []


# --- Wishlists --------------------------------------------------------------------------------------------------------


def test_a_kept_piece_that_gets_cheaper_is_told_of_with_both_prices():
    item = shelved(price="50.00", title="Down jacket")
    keeping(shopper(), item.product)
    assert told(occasion="wishes_changed") == []

    products.change_price(stock_item_id=item.pk, price=Decimal("40.00"), actor=STAFF, now=LATER)

    (letter,) = told(occasion="wishes_changed")
    assert letter.subject == "Down jacket: now €40, was €50"
    assert told(NEXT_DAY, "wishes_changed") == [letter]


def test_the_last_copy_and_what_is_back_are_told_of_and_one_off_pieces_have_no_last_copy():
    several, one_off = shelved(quantity=2, title="Tee"), shelved(title="Coat")
    user = shopper()
    order = order_of(several)
    gone = order_of(one_off)
    orders.cancel(order_id=order.pk, actor=STAFF, now=NOON)
    for item in (several, one_off):
        keeping(user, item.product)
    order_of(several)
    orders.cancel(order_id=gone.pk, actor=STAFF, now=NOON)

    (letter,) = told(occasion="wishes_changed")

    assert "Tee: the last one" in letter.text
    assert "Coat: back on the shelf" in letter.text


def test_whoever_stopped_the_letters_of_a_wishlist_gets_none():
    item = shelved(price="50.00")
    wish = keeping(shopper(), item.product)
    wishes.choose_letters(wishlist_id=wish.wishlist_id, are_wanted=False)
    products.change_price(stock_item_id=item.pk, price=Decimal("40.00"), actor=STAFF, now=LATER)

    assert told(occasion="wishes_changed") == []
