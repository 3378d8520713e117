"""The same request, several times at once."""

from datetime import datetime
from functools import partial

import pytest

from core.audit import Actor
from inventory.models import StockItem, StockMove
from inventory.services import products, stock
from shop.models import Cart, CartLine
from shop.services import carts
from tests.factories.accounts import UserFactory
from tests.factories.inventory import shelved
from tests.factories.shop import cart_with
from tests.races.conftest import AtOnce, names

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_one_delivery_is_taken_in_once(at_once: AtOnce, actor: Actor, now: datetime) -> None:
    lot = shelved(quantity=0)
    take_in = partial(stock.take_in, stock_item_id=lot.pk, quantity=2, cause="delivery 7", actor=actor, now=now)

    outcomes = at_once(*[take_in] * 8)

    assert outcomes == [StockMove.objects.get(cause="delivery 7")] * 8
    lot.refresh_from_db()
    assert lot.on_shelf == 2


def test_eight_write_offs_are_all_counted(at_once: AtOnce, actor: Actor, now: datetime) -> None:
    lot = shelved(quantity=8)
    takes = [
        partial(stock.write_off, stock_item_id=lot.pk, quantity=1, cause=f"moth {number}", actor=actor, now=now)
        for number in range(8)
    ]

    outcomes = at_once(*takes)

    assert names(outcomes) == ["StockMove"] * 8
    lot.refresh_from_db()
    assert lot.on_shelf == 0


def test_a_new_visitor_gets_one_basket(at_once: AtOnce, now: datetime) -> None:
    lot = shelved(quantity=20)
    add = partial(carts.add, visitor=carts.new_visitor(), user=None, stock_item_id=lot.pk, quantity=1, now=now)

    outcomes = at_once(*[add] * 4)

    assert names(outcomes) == ["CartLine"] * 4
    assert Cart.objects.count() == 1
    assert CartLine.objects.get().quantity == 4


def test_signing_in_twice_brings_the_basket_along_once(at_once: AtOnce, now: datetime) -> None:
    user, visitor = UserFactory(), carts.new_visitor()
    first, second = shelved(quantity=5), shelved(quantity=5)
    cart_with(first, second, visitor=visitor)

    outcomes = at_once(*[partial(carts.merge, visitor=visitor, user=user, now=now)] * 8)

    assert sorted(outcomes) == [0] * 7 + [2]
    assert sorted(CartLine.objects.filter(cart__user=user).values_list("stock_item_id", "quantity")) == [
        (first.pk, 1),
        (second.pk, 1),
    ]


def test_lots_added_to_one_product_at_once_all_come_in(at_once: AtOnce, actor: Actor, now: datetime) -> None:
    product = shelved().product
    lots = [products.NewLot(size=size, condition="mint") for size in ("XS", "S", "L", "XL")]

    outcomes = at_once(*[partial(products.add_lot, product=product, lot=lot, actor=actor, now=now) for lot in lots])

    assert names(outcomes) == ["StockItem"] * 4
    assert StockItem.objects.filter(product=product).count() == 5
    assert product.search_words.filter(word__in=["xs", "s", "l", "xl"]).count() == 4
