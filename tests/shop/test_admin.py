"""Staff at work on orders, and on the shop's rules."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from inventory.models import Reason, StockMove
from shop.models import DeliveryKind, DeliveryMethod, Order, Payment, PaymentMethod, ShopSettings
from shop.services import orders
from tests.factories.accounts import owner, staff
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import CollectionFactory, DeliveryFactory, cart_with, order_of

pytestmark = pytest.mark.django_db

Status = Order.Status
ORDERS = "/admin/shop/order/"
PACKER = ("shop.view_order", "shop.change_order")


@pytest.fixture
def packer(client):
    client.force_login(staff(*PACKER))
    return client


@pytest.fixture
def boss(client):
    client.force_login(owner())
    return client


def pending(**changes):
    return order_of(shelved(), now=timezone.now(), **changes)


def delivered(status):
    """A delivery order that has come as far as this."""
    order = pending(method=DeliveryFactory())
    return moved(order, {Status.CONFIRMED: 1, Status.PACKED: 2, Status.SHIPPED: 3}[status], orders.ship)


def collected(status):
    """A collection order that has come as far as this."""
    return moved(pending(), {Status.CONFIRMED: 1, Status.PACKED: 2, Status.READY: 3}[status], orders.mark_ready)


def moved(order, count, third):
    for service in (orders.confirm, orders.pack, third)[:count]:
        order = service(order_id=order.pk, actor=STAFF, now=timezone.now())
    return order


def page(order):
    return f"{ORDERS}{order.pk}/change/"


def take(client, order, name, **answers):
    return client.post(f"{ORDERS}{order.pk}/{name}/", answers, follow=True)


def status_of(order):
    return Order.objects.get(pk=order.pk).status


def test_the_list_shows_orders_with_their_status_and_amount(packer):
    order = pending()

    response = packer.get(ORDERS)

    assert response.status_code == 200
    assert order.number in response.text
    assert "€38" in response.text


def test_the_list_takes_no_more_queries_for_five_orders_than_for_one(packer):
    pending()
    packer.get(ORDERS)  # fills what is remembered for some seconds
    with CaptureQueriesContext(
        connection,
    ) as one:
        packer.get(ORDERS)
    for _ in range(4):
        pending()

    with CaptureQueriesContext(connection) as five:
        packer.get(ORDERS)

    assert len(five) == len(one)


def test_an_order_shows_its_pieces_payment_moves_letters_and_history(boss):
    order = pending()

    response = boss.get(page(order))

    assert response.status_code == 200
    for text in ("Varsity jacket", "Waiting", "shelf", "placed", order.email):
        assert text in response.text


def test_an_order_takes_no_more_queries_for_three_pieces_than_for_one(boss):
    one_piece, three_pieces = pending(), order_of(shelved(), shelved(), shelved(), now=timezone.now())
    boss.get(page(one_piece))
    with CaptureQueriesContext(connection) as one:
        boss.get(page(one_piece))

    with CaptureQueriesContext(connection) as three:
        boss.get(page(three_pieces))

    assert len(three) == len(one)


def test_the_secret_of_an_order_is_not_shown(boss):
    order = pending()

    assert order.secret not in boss.get(page(order)).text


def test_the_admin_leads_nobody_to_the_secret_link_of_an_order(client):
    order = order_of(shelved())
    client.force_login(staff())  # no permission at all: this address of the admin asks for none

    answer = client.get(f"/admin/r/{ContentType.objects.get_for_model(Order).pk}/{order.pk}/")

    assert answer.status_code == 404
    assert "Location" not in answer.headers


@pytest.mark.parametrize("lookup", ["order/?secret__startswith", "order/?visitor__startswith", "cart/?visitor__gt"])
def test_a_secret_cannot_be_guessed_by_filtering(client, lookup):
    client.force_login(staff("shop.view_order", "shop.view_cart"))

    assert client.get(f"/admin/shop/{lookup}=a").status_code == 400


def test_the_status_cannot_be_posted(boss):
    order = pending()

    response = boss.post(page(order), {"status": "completed", "total": "1.00"})

    assert response.status_code == 403
    assert status_of(order) == Status.PENDING


def test_orders_can_be_neither_added_nor_deleted(boss):
    order = pending()

    assert boss.get(f"{ORDERS}add/").status_code == 403
    assert boss.post(f"{ORDERS}{order.pk}/delete/", {"post": "yes"}).status_code == 403


def test_only_steps_that_can_be_taken_are_offered(packer):
    order = collected(Status.PACKED)

    text = packer.get(page(order)).text

    assert f"{ORDERS}{order.pk}/mark_ready/" in text
    assert f"{ORDERS}{order.pk}/cancel/" in text
    for other in ("confirm", "pack", "ship", "complete"):
        assert f"{ORDERS}{order.pk}/{other}/" not in text


def test_looking_at_a_step_does_not_take_it(packer):
    order = collected(Status.CONFIRMED)

    response = packer.get(f"{ORDERS}{order.pk}/pack/")

    assert response.status_code == 200
    assert status_of(order) == Status.CONFIRMED


def test_confirming_a_transfer_notes_the_money_and_its_reference(packer):
    order = pending(method=DeliveryFactory())

    response = take(packer, order, "confirm", reference="AIB 4711")

    assert status_of(order) == Status.CONFIRMED
    payment = order.payments.get()
    assert (payment.status, payment.reference) == (Payment.Status.PAID, "AIB 4711")
    assert f"{order.number}: Confirmed." in response.text


def test_confirming_a_collection_asks_for_no_reference(packer):
    order = pending()

    assert "reference" not in packer.get(f"{ORDERS}{order.pk}/confirm/").text
    take(packer, order, "confirm")

    assert status_of(order) == Status.CONFIRMED
    assert order.payments.get().status == Payment.Status.PENDING


def test_a_confirmed_order_is_packed(packer):
    order = collected(Status.CONFIRMED)

    take(packer, order, "pack")

    assert status_of(order) == Status.PACKED


def test_shipping_books_the_sale_and_keeps_the_tracking_number(packer):
    order = delivered(Status.PACKED)

    take(packer, order, "ship", tracking="RR123456789IE")

    order.refresh_from_db()
    assert (order.status, order.tracking) == (Status.SHIPPED, "RR123456789IE")
    assert StockMove.objects.filter(cause=order.cause, reason=Reason.SALE).count() == 1


def test_an_order_becomes_ready_and_is_handed_over_and_paid(packer):
    order = collected(Status.PACKED)

    take(packer, order, "mark_ready")
    assert status_of(order) == Status.READY
    take(packer, order, "complete")

    assert status_of(order) == Status.COMPLETED
    assert order.payments.get().status == Payment.Status.PAID
    assert StockMove.objects.filter(cause=order.cause, reason=Reason.SALE).count() == 1


def test_cancelling_puts_the_piece_back_and_keeps_the_reason(packer):
    order = delivered(Status.PACKED)

    take(packer, order, "cancel", reason="Found a hole while packing")

    order.refresh_from_db()
    assert (order.status, order.cancel_reason) == (Status.CANCELLED, "Found a hole while packing")
    assert order.lines.get().stock_item.on_shelf == 1


def test_cancelling_needs_a_reason(packer):
    order = pending()

    response = take(packer, order, "cancel", reason="")

    assert response.status_code == 422
    assert "This field is required." in response.text
    assert status_of(order) == Status.PENDING


def test_who_took_a_step_is_on_record(client):
    user = staff(*PACKER)
    client.force_login(user)
    order = collected(Status.CONFIRMED)

    take(client, order, "pack")

    entry = AuditEntry.objects.get(subject=order.cause, action="packed")
    assert (entry.actor, entry.channel) == (f"user {user.pk}", "admin")


def test_a_refused_step_says_why_and_changes_nothing(packer):
    order = collected(Status.CONFIRMED)

    response = take(packer, order, "ship", tracking="typed")

    assert response.status_code == 409
    assert "This order has changed while you were looking." in response.text
    assert "typed" in response.text
    assert status_of(order) == Status.CONFIRMED


def test_confirming_too_late_says_that_the_time_is_over(packer):
    order = order_of(shelved(), now=timezone.now() - timedelta(days=9))

    response = take(packer, order, "confirm")

    assert response.status_code == 409
    assert "The time for this order is over" in response.text


def test_a_second_press_ships_once_and_is_told_so(packer):
    order = delivered(Status.PACKED)

    take(packer, order, "ship")
    response = take(packer, order, "ship")

    assert response.status_code == 200
    assert "is there already: On its way." in response.text
    assert StockMove.objects.filter(cause=order.cause, reason=Reason.SALE).count() == 1


def test_chosen_orders_are_packed_together_and_the_others_are_named(packer):
    ready, early = collected(Status.CONFIRMED), pending()

    response = packer.post(ORDERS, {"action": "pack_all", "_selected_action": [ready.pk, early.pk]}, follow=True)

    assert (status_of(ready), status_of(early)) == (Status.PACKED, Status.PENDING)
    assert f"Packed: {ready.number}." in response.text
    assert f"{early.number}: This order has changed while you were looking." in response.text


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [("mark_all_ready", Status.PACKED, Status.READY), ("complete_all", Status.READY, Status.COMPLETED)],
)
def test_chosen_orders_take_a_step_together(packer, action, before, after):
    order = collected(before)

    packer.post(ORDERS, {"action": action, "_selected_action": [order.pk]})

    assert status_of(order) == after


def test_whoever_may_only_look_sees_no_steps_and_cannot_take_them(client):
    client.force_login(staff("shop.view_order"))
    order = collected(Status.CONFIRMED)

    assert f"{ORDERS}{order.pk}/pack/" not in client.get(page(order)).text
    assert client.get(f"{ORDERS}{order.pk}/pack/").status_code == 403
    assert take(client, order, "pack").status_code == 403
    client.post(ORDERS, {"action": "pack_all", "_selected_action": [order.pk]})
    assert status_of(order) == Status.CONFIRMED


def test_a_packer_without_permission_for_orders_gets_nothing(client):
    client.force_login(staff())

    assert client.get(ORDERS).status_code == 403
    assert client.get(page(pending())).status_code == 403


def test_a_step_of_an_unknown_order_is_not_found(packer):
    assert packer.get(f"{ORDERS}999999/pack/").status_code == 404
    assert packer.get(f"{ORDERS}abc/pack/").status_code == 404


def test_the_packing_slip_names_place_number_and_piece_but_no_price(packer):
    lot = shelved(price="1234.56", lot={"shelf_place": "B-12"})
    order = order_of(lot, method=DeliveryFactory(), now=timezone.now())

    text = packer.get(f"{ORDERS}{order.pk}/packing_slip/").text

    for word in (order.number, "B-12", lot.sku, "Varsity jacket", "Deliver to", "Ireland", "14 days", "<svg"):
        assert word in text
    for price in ("1,234.56", "1234.56", "€"):
        assert price not in text


def test_the_packing_slip_is_only_for_those_who_may_see_orders(client):
    client.force_login(staff("shop.view_cart"))

    assert client.get(f"{ORDERS}{pending().pk}/packing_slip/").status_code == 403


@pytest.mark.parametrize("name", ["cart", "payment", "deliverymethod"])
def test_every_list_of_the_shop_opens_with_rows(boss, name):
    order = pending()
    cart_with(shelved())

    response = boss.get(reverse(f"admin:shop_{name}_changelist"))

    assert response.status_code == 200
    assert {"cart": "Open", "payment": order.number, "deliverymethod": "Collect in Dublin"}[name] in response.text


def test_the_shop_settings_open_at_once_and_are_kept(boss):
    address = boss.get(reverse("admin:shop_shopsettings_changelist"))["Location"]
    fields = {name: getattr(ShopSettings(), name) for name in boss.get(address).context["adminform"].form.fields}

    response = boss.post(
        address, fields | {"max_quantity": 2, "bank_iban": "ie29 aibk 9311 5212 3456 78", "bank_account_name": "Unity"}
    )

    assert response.status_code == 302
    row = ShopSettings.objects.get()
    assert (row.max_quantity, row.bank_iban) == (2, "IE29AIBK93115212345678")


def test_every_setting_of_the_shop_can_be_changed(boss):
    address = boss.get(reverse("admin:shop_shopsettings_changelist"))["Location"]

    shown = set(boss.get(address).context["adminform"].form.fields)

    assert shown == {field.name for field in ShopSettings._meta.fields if field.editable}


def test_looking_at_the_shop_settings_writes_nothing(boss):
    boss.get(reverse("admin:shop_shopsettings_changelist"), follow=True)

    assert not ShopSettings.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("bank_iban", "IE29AIBK93115212345679", "This is not a valid IBAN"),
        ("bank_bic", "BANK", "A BIC has 8 or 11 characters"),
        ("transfer_hold_hours", "0", "greater than or equal to 1"),
        ("transfer_hold_hours", "999999999999999999999", "less than or equal to 1440"),
        ("return_days", "7", "greater than or equal to 14"),
        ("max_quantity", "many", "Enter a whole number."),
    ],
)
def test_a_shop_setting_that_makes_no_sense_is_refused(boss, field, value, message):
    address = boss.get(reverse("admin:shop_shopsettings_changelist"))["Location"]
    fields = {name: getattr(ShopSettings(), name) for name in boss.get(address).context["adminform"].form.fields}

    response = boss.post(address, fields | {field: value})

    assert message in response.text
    assert not ShopSettings.objects.exists()


def method_fields(**changes):
    return {
        "kind": DeliveryKind.DELIVERY,
        "name": "Tracked delivery, Ireland",
        "is_active": "on",
        "position": "0",
        "place": "",
        "countries": "ie, gb",
        "fee": "4.90",
        "free_from": "",
        "min_days": "1",
        "max_days": "3",
        "payment_methods": [PaymentMethod.BANK_TRANSFER],
    } | changes


def test_a_way_of_delivery_is_added(boss):
    boss.post(reverse("admin:shop_deliverymethod_add"), method_fields())

    method = DeliveryMethod.objects.get()
    assert method.countries == ["IE", "GB"]
    assert method.payment_methods == ["bank_transfer"]
    assert method.fee == Decimal("4.90")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"countries": "IE, XX"}, "“XX” is not the code of a country"),
        ({"countries": ""}, "Say which countries it goes to."),
        ({"fee": "-1"}, "greater than or equal to 0"),
        ({"fee": "a lot"}, "Enter a number."),
        ({"free_from": "0"}, "greater than or equal to 0.01"),
        ({"min_days": "5"}, "At worst cannot be sooner than at best."),
        ({"payment_methods": []}, "This field is required."),
        ({"payment_methods": ["cowries"]}, "is not one of the available choices"),
        ({"payment_methods": [PaymentMethod.ON_COLLECTION]}, "does not go with this."),
        ({"kind": DeliveryKind.COLLECTION, "countries": ""}, "Say where and when pieces can be collected."),
        ({"kind": DeliveryKind.COLLECTION, "place": "Here"}, "A collection place has no countries."),
    ],
)
def test_a_way_of_delivery_that_makes_no_sense_is_refused(boss, changes, message):
    response = boss.post(reverse("admin:shop_deliverymethod_add"), method_fields(**changes))

    assert message in response.text
    assert not DeliveryMethod.objects.exists()


def test_a_way_of_delivery_is_changed_with_what_it_had(boss):
    method = CollectionFactory()
    address = reverse("admin:shop_deliverymethod_change", args=[method.pk])

    assert "1 Example Street, Dublin" in boss.get(address).text
    boss.post(
        address,
        method_fields(kind=method.kind, place=method.place, countries="", name="Pick up", fee="0"),
    )

    method.refresh_from_db()
    assert (method.name, method.countries) == ("Pick up", [])
