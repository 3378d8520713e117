"""Baskets, ways of delivery and orders."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import factory

from accounts.models import User
from core.audit import Actor
from inventory.models import StockItem
from shop.models import Cart, DeliveryKind, DeliveryMethod, Order, PaymentMethod
from shop.services import carts, checkout

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GUEST = Actor("guest", "test")
DETAILS = checkout.Details(email="buyer@example.com", name="Buya Example")
HOME = checkout.Details(
    email="buyer@example.com",
    name="Buya Example",
    street="1 Example Street",
    town="Dublin",
    postcode="D02 X285",
    country="IE",
)


class CollectionFactory(factory.django.DjangoModelFactory[DeliveryMethod]):
    class Meta:
        model = DeliveryMethod

    kind = DeliveryKind.COLLECTION
    name = "Collect in Dublin"
    place = "1 Example Street, Dublin"
    payment_methods = factory.LazyFunction(lambda: [PaymentMethod.ON_COLLECTION, PaymentMethod.BANK_TRANSFER])


class DeliveryFactory(factory.django.DjangoModelFactory[DeliveryMethod]):
    class Meta:
        model = DeliveryMethod

    kind = DeliveryKind.DELIVERY
    name = "Tracked delivery, Ireland"
    countries = factory.LazyFunction(lambda: ["IE"])
    fee = Decimal("4.90")
    payment_methods = factory.LazyFunction(lambda: [PaymentMethod.BANK_TRANSFER, PaymentMethod.ON_DELIVERY])


def cart_with(
    *items: StockItem, quantity: int = 1, visitor: str | None = None, user: User | None = None, now: datetime = NOON
) -> Cart:
    """The open basket of a visitor (a new one unless given) with copies of these lots."""
    visitor = visitor or carts.new_visitor()
    for item in items:
        carts.add(visitor=visitor, user=user, stock_item_id=item.pk, quantity=quantity, now=now)
    owner: dict[str, Any] = {"user": user} if user else {"visitor": visitor, "user": None}
    return Cart.objects.get(**owner, status=Cart.Status.OPEN)


def place(cart: Cart, method: DeliveryMethod | None = None, *, now: datetime = NOON, **changes: Any) -> Order:
    """Order what is in a basket: for collection, paid there, unless something else is given."""
    method = method or DeliveryMethod.objects.filter(kind=DeliveryKind.COLLECTION).first() or CollectionFactory()
    is_delivery = method.kind == DeliveryKind.DELIVERY
    fields: dict[str, Any] = {
        "cart_id": cart.pk,
        "checkout_token": cart.checkout_token,
        "details": HOME if is_delivery else DETAILS,
        "delivery_method_id": method.pk,
        "payment_method": PaymentMethod.BANK_TRANSFER if is_delivery else PaymentMethod.ON_COLLECTION,
        "actor": GUEST,
        "now": now,
    }
    return checkout.place_order(**(fields | changes))


def order_of(*items: StockItem, method: DeliveryMethod | None = None, now: datetime = NOON, **changes: Any) -> Order:
    """A pending order of these lots by somebody new."""
    key = carts.new_visitor()[:8]
    is_delivery = method is not None and method.kind == DeliveryKind.DELIVERY
    details = replace(HOME, street=f"{key} Example Street") if is_delivery else DETAILS
    changes.setdefault("details", replace(details, email=f"buyer-{key}@example.com"))
    return place(cart_with(*items, now=now), method, now=now, **changes)
