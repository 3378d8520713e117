"""From a basket to an order."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from core.models import AuditEntry, OutboxMessage
from inventory.models import Reservation, StockMove
from inventory.queries.ledger import stock_findings
from inventory.services import products
from shop.errors import BasketChanged, CartIsEmpty, DeliveryNotOffered, PaymentNotOffered, TooManyUnpaidOrders
from shop.models import Cart, Order, Payment, PaymentMethod, ShopSettings
from shop.services import carts, checkout, orders
from tests.factories.accounts import UserFactory
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import DETAILS, HOME, CollectionFactory, DeliveryFactory, cart_with, order_of, place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_ledger_adds_up_afterwards(db: None):
    yield
    assert stock_findings() == []


def test_an_order_holds_its_pieces_at_the_price_seen(now):
    item = shelved(quantity=2, price="38.00")

    order = place(cart_with(item, quantity=2))

    item.refresh_from_db()
    (line,) = order.lines.all()
    assert (item.on_shelf, item.reserved) == (0, 2)
    assert (line.quantity, line.unit_price, line.reservation.unit_price) == (2, Decimal("38.00"), Decimal("38.00"))
    assert (order.subtotal, order.delivery_fee, order.total) == (Decimal("76.00"), Decimal("0.00"), Decimal("76.00"))
    assert line.reservation.expires_at == order.expires_at == now + timedelta(hours=24)


def test_an_order_is_written_with_its_letter_its_payment_and_its_history(now):
    order = order_of(shelved())

    assert OutboxMessage.objects.get(about=order.cause).dedupe_key == f"order_placed:{order.number}"
    assert order.payments.get().status == Payment.Status.PENDING
    assert AuditEntry.objects.get(subject=order.cause).action == "placed"


def test_the_ledger_names_a_guest_without_the_key_to_their_basket(now):
    cart = cart_with(shelved())

    (line,) = place(cart).lines.all()

    assert line.reservation.holder == f"visitor {cart.visitor[:8]}…"


def test_the_basket_is_closed_and_a_new_one_opens(now):
    cart = cart_with(shelved())
    place(cart)

    again = cart_with(shelved(), visitor=cart.visitor)

    cart.refresh_from_db()
    assert cart.status == Cart.Status.ORDERED
    assert again.pk != cart.pk


def test_a_second_press_gets_the_first_order(now):
    cart = cart_with(shelved(quantity=5))

    first, second = place(cart), place(cart)

    assert first == second
    assert Order.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


def test_a_token_of_another_basket_places_nothing(now):
    cart, other = cart_with(shelved()), cart_with(shelved())

    with pytest.raises(CartIsEmpty):
        place(cart, checkout_token=other.checkout_token)

    assert Order.objects.count() == 0


def test_an_empty_basket_places_nothing(now):
    item = shelved()
    cart = cart_with(item)
    carts.set_quantity(cart=cart, line_id=cart.lines.get().pk, quantity=0, now=now)

    with pytest.raises(CartIsEmpty):
        place(cart)


def test_a_piece_that_is_gone_is_named_and_the_rest_stays(now):
    gone, left = shelved(title="Down jacket"), shelved()
    cart = cart_with(gone, left)
    order_of(gone)

    with pytest.raises(BasketChanged) as refusal:
        place(cart)

    assert [(problem.title, problem.kind) for problem in refusal.value.problems] == [("Down jacket", "gone")]
    left.refresh_from_db()
    assert left.on_shelf == 1
    assert cart.lines.count() == 2
    assert Order.objects.count() == 1


def test_fewer_than_wanted_says_how_many_are_left(now):
    item = shelved(quantity=3)
    cart = cart_with(item, quantity=3)
    order_of(item)

    with pytest.raises(BasketChanged) as refusal:
        place(cart)

    (problem,) = refusal.value.problems
    assert (problem.kind, problem.available) == ("fewer", 2)


def test_a_price_that_changed_is_asked_about_first(now):
    item = shelved(price="38.00")
    cart = cart_with(item)
    products.change_price(stock_item_id=item.pk, price=Decimal("52.00"), actor=STAFF, now=now)

    with pytest.raises(BasketChanged) as refusal:
        place(cart)
    assert [problem.kind for problem in refusal.value.problems] == ["price"]

    carts.accept_changes(cart=cart, now=now)
    assert place(cart).total == Decimal("52.00")


def test_an_unpublished_piece_cannot_be_ordered(now):
    item = shelved()
    cart = cart_with(item)
    item.product.is_published = False
    item.product.save()

    with pytest.raises(BasketChanged) as refusal:
        place(cart)

    assert [problem.kind for problem in refusal.value.problems] == ["unpublished"]
    assert Reservation.objects.count() == StockMove.objects.filter(reason="reserve").count() == 0


def test_delivery_costs_its_fee_and_nothing_from_a_sum_on(now):
    method = DeliveryFactory(fee=Decimal("4.90"), free_from=Decimal("100"))

    cheap = place(cart_with(shelved(price="99.99")), method)
    dear = place(cart_with(shelved(price="100.00")), method)

    assert (cheap.delivery_fee, cheap.total) == (Decimal("4.90"), Decimal("104.89"))
    assert dear.delivery_fee == 0


def test_delivery_goes_to_its_zone_only(now):
    abroad = checkout.Details(**(HOME.__dict__ | {"country": "FR"}))

    with pytest.raises(DeliveryNotOffered):
        place(cart_with(shelved()), DeliveryFactory(), details=abroad)


def test_delivery_needs_a_street(now):
    with pytest.raises(DeliveryNotOffered):
        place(cart_with(shelved()), DeliveryFactory(), details=DETAILS)


def test_a_way_of_delivery_taken_off_is_refused(now):
    with pytest.raises(DeliveryNotOffered):
        place(cart_with(shelved()), CollectionFactory(is_active=False))


def test_paying_must_go_with_the_delivery(now):
    with pytest.raises(PaymentNotOffered):
        place(cart_with(shelved()), CollectionFactory(), payment_method=PaymentMethod.ON_DELIVERY)


@pytest.mark.parametrize("same", ["visitor", "email", "address"])
def test_one_person_holds_only_so_many_unpaid_orders(now, same):
    ShopSettings(max_unpaid_orders=2).save()
    visitor = carts.new_visitor()
    method = DeliveryFactory()

    def press(number):
        details = checkout.Details(
            email="one@example.com" if same == "email" else f"buyer{number}@example.com",
            name="Buya Example",
            street="1 Example Street" if same == "address" else f"{number} Other Street",
            town="Dublin",
            country="IE",
        )
        key = visitor if same == "visitor" else carts.new_visitor()
        return place(cart_with(shelved(), visitor=key), method, details=details)

    press(1), press(2)
    with pytest.raises(TooManyUnpaidOrders):
        press(3)


def test_ordering_and_cancelling_over_and_over_comes_to_an_end(now):
    ShopSettings(max_orders_an_hour=2).save()
    visitor = carts.new_visitor()
    for _ in range(2):
        order = place(cart_with(shelved(), visitor=visitor))
        orders.cancel(order_id=order.pk, actor=STAFF, now=now)

    with pytest.raises(TooManyUnpaidOrders):
        place(cart_with(shelved(), visitor=visitor))

    assert place(cart_with(shelved(), visitor=visitor), now=now + timedelta(hours=1)).status == Order.Status.PENDING


def test_an_order_takes_no_more_copies_than_one_may(now):
    cart = cart_with(shelved(quantity=5), quantity=3)
    ShopSettings(max_quantity=2).save()

    with pytest.raises(BasketChanged) as refusal:
        place(cart)
    assert [(problem.kind, problem.available) for problem in refusal.value.problems] == [("fewer", 2)]

    carts.accept_changes(cart=cart, now=now)
    assert place(cart).lines.get().quantity == 2


def test_a_setting_that_another_process_changed_counts_at_once(now):
    cart = cart_with(shelved(quantity=5), quantity=3)
    ShopSettings(bank_account_name="Unity", bank_iban="IE64IRCE92050112345678").save()
    ShopSettings.current()
    ShopSettings.objects.update(max_quantity=2, bank_iban="IE29AIBK93115212345678")

    with pytest.raises(BasketChanged):
        place(cart, payment_method=PaymentMethod.BANK_TRANSFER)
    carts.accept_changes(cart=cart, now=now)
    place(cart, payment_method=PaymentMethod.BANK_TRANSFER)

    assert "IE29AIBK93115212345678" in OutboxMessage.objects.get().text


def test_an_order_that_has_run_out_no_longer_counts_as_held(now):
    ShopSettings(max_unpaid_orders=1).save()
    visitor = carts.new_visitor()
    place(cart_with(shelved(), visitor=visitor))

    later = now + timedelta(hours=24)

    assert place(cart_with(shelved(), visitor=visitor), now=later).status == Order.Status.PENDING


def test_a_sign_in_brings_the_guests_basket_along(now):
    user, visitor = UserFactory(), carts.new_visitor()
    both, guest_only = shelved(quantity=5), shelved()
    cart_with(both, user=user)
    cart_with(both, guest_only, quantity=2, visitor=visitor)

    assert carts.merge(visitor=visitor, user=user, now=now) == 2

    mine = Cart.objects.get(user=user, status=Cart.Status.OPEN)
    assert {line.stock_item_id: line.quantity for line in mine.lines.all()} == {both.pk: 2, guest_only.pk: 1}
    assert carts.merge(visitor=visitor, user=user, now=now) == 0


def test_signing_in_over_and_over_fills_a_basket_no_further_than_it_goes(now):
    ShopSettings(max_basket_lines=3).save()
    user, brought = UserFactory(), []
    for _ in range(2):
        guest = cart_with(shelved(), shelved())
        brought.append(carts.merge(visitor=guest.visitor, user=user, now=now))

    assert brought == [2, 1]
    assert Cart.objects.get(user=user).lines.count() == 3


def test_a_basket_never_takes_more_than_there_is(now):
    cart = cart_with(shelved(quantity=2), quantity=99)

    assert cart.lines.get().quantity == 2


def test_carrying_on_keeps_what_is_left(now):
    gone, scarce, fine = shelved(), shelved(quantity=3), shelved()
    cart = cart_with(gone, scarce, fine, quantity=3)
    order_of(gone)
    order_of(scarce)

    carts.accept_changes(cart=cart, now=now)

    assert {line.stock_item_id: line.quantity for line in cart.lines.all()} == {scarce.pk: 2, fine.pk: 1}


@pytest.mark.parametrize("price", ["1.03", "19.99", "1.20", "99999.07"])
def test_an_order_whose_cents_add_up_badly_in_binary_is_placed_all_the_same(price):
    order = place(cart_with(shelved(price=Decimal(price))), DeliveryFactory())

    order.refresh_from_db()
    assert order.total == Decimal(price) + Decimal("4.90")


def test_the_database_refuses_an_order_whose_total_is_a_cent_off():
    order = place(cart_with(shelved()))

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(total=order.total + Decimal("0.01"))
