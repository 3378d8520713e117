"""What makes a race: many at once, let go at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from inventory.models import StockItem
from inventory.queries import ledger
from shop.models import DeliveryMethod, Order
from tests.factories.shop import DETAILS, CollectionFactory, cart_with, place

AtOnce = Callable[..., list[Any]]
Buyer = Callable[..., Callable[..., Order]]


@pytest.fixture
def at_once() -> AtOnce:
    """Runs calls, each on a thread and a connection of its own; gives what each returned, or the error it raised."""

    def run(*calls: Callable[[], Any]) -> list[Any]:
        start = Barrier(len(calls), timeout=30)

        def press(call: Callable[[], Any]) -> Any:
            try:
                connection.ensure_connection()
                start.wait()
                return call()
            except Exception as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(press, calls))

    return run


@pytest.fixture
def collection(transactional_db: None) -> DeliveryMethod:
    """A way to get the pieces."""
    return CollectionFactory()


@pytest.fixture
def buyer(collection: DeliveryMethod) -> Buyer:
    """Somebody new with these lots in the basket; called, they press “place order”."""

    def ready(*items: StockItem, quantity: int = 1) -> Callable[..., Order]:
        cart = cart_with(*items, quantity=quantity)
        return partial(place, cart, collection, details=replace(DETAILS, email=f"{cart.visitor}@example.com"))

    return ready


@pytest.fixture(autouse=True)
def _stock_adds_up_afterwards(transactional_db: None) -> Iterator[None]:
    yield
    assert ledger.stock_findings() == []


def names(outcomes: list[Any]) -> list[str]:
    """What kinds of outcome there were, in alphabetical order."""
    return sorted(type(outcome).__name__ for outcome in outcomes)
