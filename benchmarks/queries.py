"""How many SQL queries each page takes for somebody who is signed in: they need the most."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks.shopper import form_of
from inventory.models import StockItem
from shop.models import DeliveryMethod, Order


@dataclass(frozen=True)
class Queries:
    """As a rule, and once in some seconds when a process has forgotten what it remembers."""

    usual: int
    most: int

    def __str__(self) -> str:
        return f"{self.usual} ({self.most})"


def queries_of_pages(
    items: Sequence[StockItem], filtered: Sequence[str], searched: Sequence[str]
) -> dict[str, Queries]:
    """The numbers by page; of several addresses the highest."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_user(email="bench@example.com", password="bench"))

    def ask(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        if response.status_code != 200:
            raise RuntimeError(f"{path}: {response.status_code}")
        return len(captured)

    def count(*paths: str) -> Queries:
        most = []
        for path in paths:
            caches["process"].clear()
            most.append(ask(path))
        # The first of two may have forgotten again what the one before it remembered.
        usual = [min(ask(path), ask(path)) for path in paths]
        return Queries(max(usual), max(most))

    def answer(path: str, **answers: object) -> None:
        client.post(path, form_of(client.get(path).content.decode(), path) | answers)

    found = {
        "home": count("/"),
        "list": count("/shop/"),
        "filtered": count(*filtered),
        "search": count(*(f"/search/?q={words}" for words in searched)),
        "piece": count(*(item.product.get_absolute_url() for item in items[:5])),
    }
    for item in items[:6]:
        client.post("/basket/add/", {"item": item.pk})
    found["basket of 6"] = count("/basket/")
    found["details"] = count("/checkout/")
    answer("/checkout/", email="bench@example.com", name="Bencha Example")
    found["delivery"] = count("/checkout/delivery/")
    answer("/checkout/delivery/", delivery=DeliveryMethod.objects.get().pk, payment="on_collection")
    found["review"] = count("/checkout/review/")
    answer("/checkout/review/")
    found["order"] = count(Order.objects.get(email="bench@example.com").secret_link)
    found["account"] = count("/account/")
    return found
