"""Loading the demo shop."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from core.models import OutboxMessage
from inventory.models import Product, Reservation, StockItem, StockMove
from inventory.queries.ledger import stock_findings
from shop.demo import seed
from shop.demo.catalogue import PRODUCTS
from shop.models import Order
from tests.factories.inventory import shelved
from tests.factories.shop import NOON, order_of

pytestmark = pytest.mark.django_db

# One of each kind, with few pictures, since every picture is encoded anew.
KINDS = (
    lambda record: record.is_sold,
    lambda record: record.is_reserved,
    lambda record: record.is_last_one,
    lambda record: record.was,
    lambda record: record.price is None,
    lambda record: record.lots[0].bottom,
    lambda record: not record.is_one_off and not record.is_last_one and record.price,
    lambda record: not record.is_one_off and not record.is_last_one and record.price and record.category == "trainers",
)
CHOSEN = [min(filter(kind, PRODUCTS), key=lambda record: len(record.shots)) for kind in KINDS]
FEW = tuple({record.key: record for record in CHOSEN}.values())


def run(*options: str) -> str:
    out = io.StringIO()
    call_command("seed_demo", *options, stdout=out)
    return out.getvalue()


def test_the_demo_has_every_kind_of_piece_and_a_ledger_that_adds_up():
    seed.load(now=NOON, catalogue=FEW)

    assert Product.objects.count() == len(FEW)
    assert {order.status for order in Order.objects.all()} >= {"pending", "confirmed", "shipped", "completed"}
    assert StockItem.objects.filter(sold_out_at__isnull=False).exists()
    assert StockItem.objects.filter(was_price__isnull=False).exists()
    assert Reservation.objects.filter(status="active", expires_at__gt=NOON).exists()
    assert stock_findings() == []


def test_loading_it_twice_makes_no_doubles():
    seed.load(now=NOON, catalogue=FEW)
    before = [model.objects.count() for model in (Product, StockMove, Order, User)]

    seed.load(now=NOON, catalogue=FEW)

    assert [model.objects.count() for model in (Product, StockMove, Order, User)] == before


def test_nobody_is_written_to():
    seed.load(now=NOON, catalogue=FEW)

    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize("email", [seed.OWNER, seed.PACKER, "ana@example.com"])
def test_its_people_can_sign_in(client, email):
    seed.load(now=NOON, catalogue=())

    answer = client.post("/accounts/login/", {"login": email, "password": seed.PASSWORD})

    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200


def test_it_refuses_on_a_database_with_real_orders():
    order_of(shelved())

    with pytest.raises(CommandError, match="real orders"):
        run()

    assert not User.objects.filter(email=seed.OWNER).exists()


def test_once_means_that_a_loaded_demo_stays_as_it_is_even_after_somebody_bought():
    seed.load(now=NOON, catalogue=FEW)
    order_of(shelved())

    said = run("--once")

    assert "owner@example.com" in said
    assert Product.objects.count() == len(FEW) + 1


def test_once_leaves_a_shop_of_ones_own_alone():
    shelved()

    said = run("--once")

    assert "goods of its own" in said
    assert not User.objects.exists()
