"""What the shop holds about a user, and why it may still need their account."""

from datetime import datetime
from typing import Any

from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from accounts.models import User
from shop import rules
from shop.models import Cart, CartLine, Order, PlaceInLine, SavedSearch, Wish
from shop.queries import holds

Status = Order.Status
UNDER_WAY = [Status.PENDING, Status.CONFIRMED, Status.PACKED, Status.SHIPPED, Status.READY]
OURS = ["id", "secret", "checkout_token", "cart", "user", "visitor", "import_key"]


def all_of(user: User) -> dict[str, Any]:
    """Everything, ready for JSON; without what opens something by itself."""
    orders = Order.objects.filter(user=user).prefetch_related("lines", "payments")
    lines = CartLine.objects.filter(cart__user=user, cart__status=Cart.Status.OPEN)
    wished = Wish.objects.filter(wishlist__user=user)
    places = PlaceInLine.objects.filter(user=user)
    return {
        "orders": [
            model_to_dict(order, exclude=OURS)
            | {
                "lines": list(order.lines.values("title", "brand", "size", "condition", "quantity", "unit_price")),
                "payments": list(order.payments.values("method", "amount", "status", "made_at", "paid_at")),
            }
            for order in orders
        ],
        "basket": list(lines.values("stock_item__product__title", "quantity", "seen_price", "added_at")),
        "wishlist": list(wished.values("product__title", "added_at", "kept_price")),
        "saved_searches": list(SavedSearch.objects.filter(user=user).values("label", "made_at", "last_letter_at")),
        "places_in_line": list(places.values("stock_item__product__title", "made_at", "ended_at")),
    }


def reasons_to_stay(user: User, now: datetime) -> list[str]:
    """Orders under way, and pieces that are held for them."""
    orders = [
        order for order in Order.objects.filter(user=user, status__in=UNDER_WAY) if not rules.has_run_out(order, now)
    ]
    return [
        *(
            _("Order %(number)s is under way. Wait until it is done, or call it off.") % {"number": order.number}
            for order in orders
        ),
        *(
            _("%(title)s is held for you. Order it, or wait until its time is over.")
            % {"title": hold.stock_item.product.title}
            for hold in holds.held_for(user=user, now=now)
        ),
    ]
