"""One made-up letter for each that the shop writes."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse

from core.letters import Example, made_up
from inventory.models import Brand, Condition, Product, Reservation
from shop.models import DeliveryKind, Order, OrderLine, PaymentMethod, SavedSearch, ShopSettings
from shop.queries.wishes import News


@made_up
def examples(now: datetime) -> dict[str, Example]:
    """Letters about orders, and about what somebody waits for."""
    orders = {
        name: Example(when, _order(now, **changes))
        for name, when, changes in (
            ("order_placed", "An order is placed and waits for its money", {}),
            ("order_confirmed", "Its money has come, or staff have confirmed it", {}),
            ("order_shipped", "Its parcel leaves", {"tracking": "RX 123 456 789 IE"}),
            (
                "order_ready",
                "It can be collected",
                {
                    "delivery_kind": DeliveryKind.COLLECTION,
                    "delivery_name": "Collection",
                    "delivery_place": "12 Example Street, Dublin 8",
                    "delivery_fee": Decimal(0),
                    "total": Decimal("223.00"),
                    "payment_method": PaymentMethod.ON_COLLECTION,
                },
            ),
            ("order_cancelled", "It is called off", {"cancel_reason": "You asked us to"}),
            ("order_expired", "Its time is over without money", {}),
        )
    }
    return {f"shop/{name}": example for name, example in (orders | _waited_for(now)).items()}


def _order(now: datetime, **changes: Any) -> dict[str, Any]:
    order = Order(
        **{
            "number": "UN-7K3F9Q",
            "secret": "example",
            "name": "Aoife Byrne",
            "delivery_kind": DeliveryKind.DELIVERY,
            "delivery_name": "Tracked delivery",
            "payment_method": PaymentMethod.BANK_TRANSFER,
            "subtotal": Decimal("223.00"),
            "delivery_fee": Decimal("4.90"),
            "total": Decimal("227.90"),
            "expires_at": now + timedelta(days=2),
        }
        | changes
    )
    jacket = OrderLine(
        quantity=1,
        brand="Halden Athletic",
        title="Varsity jacket, bottle green",
        size="L",
        condition=Condition.MINT,
        unit_price=Decimal("185.00"),
    )
    tee = OrderLine(
        quantity=1,
        brand="Plain Signal",
        title="Sunset print tee",
        size="M",
        condition=Condition.NEW_TAGGED,
        unit_price=Decimal("38.00"),
    )
    return {
        "order": order,
        "lines": [jacket, tee],
        "link": settings.SITE_URL + order.secret_link,
        "shop": ShopSettings.fresh(),
        "is_transfer": order.payment_method == PaymentMethod.BANK_TRANSFER,
    }


def _waited_for(now: datetime) -> dict[str, Example]:
    jacket, tee = (
        Product(brand=Brand(name=brand), title=title, slug=slug)
        for brand, title, slug in (
            ("Halden Athletic", "Varsity jacket, bottle green", "varsity-jacket-bottle-green"),
            ("Plain Signal", "Sunset print tee", "sunset-print-tee"),
        )
    )
    lines = [(product, settings.SITE_URL + product.get_absolute_url()) for product in (jacket, tee)]
    news = [News(jacket, "drop", Decimal("165.00"), Decimal("185.00")), News(tee, "last", Decimal("38.00"))]
    search = SavedSearch(label="Jackets, size L, up to €200")
    confirm, stop, place = (
        f"{settings.SITE_URL}{reverse(page, args=['example'])}"
        for page in ("shop:confirm_letters", "shop:stop_letters", "shop:place")
    )
    found = {"row": search, "lines": lines, "count": 2, "stop": stop}
    hold = Reservation(unit_price=Decimal("185.00"), expires_at=now + timedelta(hours=12))
    in_line = {"product": jacket, "link": place}
    return {
        "search_asked": Example(
            "A guest asks to hear of what comes in; once, to confirm it", {"row": search, "link": confirm}
        ),
        "search_found": Example(
            "Something has come in that somebody asked for", found | {"link": f"{settings.SITE_URL}/search/?q=jacket"}
        ),
        "wishes_changed": Example(
            "A kept piece is cheaper, back, or the last one",
            {
                "lines": [(each, address) for each, (_, address) in zip(news, lines, strict=True)],
                "news": news,
                "link": settings.SITE_URL + reverse("shop:wishlist"),
                "stop": stop,
            },
        ),
        "line_asked": Example("A guest asks to be next in line; once, to confirm it", in_line),
        "line_turn": Example("A piece comes free for whoever is next in line", in_line | {"hold": hold}),
        "line_over": Example("A piece is bought by somebody before them in line", in_line),
    }
