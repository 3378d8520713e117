"""The queries that run all the time or over the biggest tables, and the index that answers each.

Where an app has a function for the query it is called; the others stand inside a service or a job, and are written here
as they are there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from analytics.models import Event, EventBatch, EventType
from core.models import AuditEntry, OutboxMessage
from inventory.models import PriceChange, Product, Reservation, SearchWord, StockMove
from offers.models import ProductOffer, SellOffer, SellPhoto, SellSubmission
from shop.models import Cart, Order
from shop.queries import holds, listing, orders

WEEK, DAY = timedelta(days=7), timedelta(days=1)
ONE = 1  # any key: a plan is made, and nothing is looked up
SOMEBODY = User(pk=ONE)


@dataclass(frozen=True)
class Hot:
    """One query; `is_walk`: the index has the order, is walked from its beginning, and a LIMIT ends it."""

    name: str
    index: str
    make: Callable[[datetime], QuerySet]
    is_walk: bool = False


def _newest(**wanted: object) -> QuerySet:
    """A page of the catalogue, as shop.queries.listing walks it."""
    lots = listing.matching_lots(listing.Filters())
    products = Product.objects.filter(Exists(lots.filter(product=OuterRef("pk"))), is_published=True, **wanted)
    return products.order_by("-listed_at", "-pk")[:25]


HOT = (
    Hot(
        "newest 50 events of one type, last 7 days",
        "analytics_event_type_time",
        lambda now: Event.objects.filter(event_type=EventType.PRODUCT_VIEW, created_at__gte=now - WEEK).order_by(
            "-created_at"
        )[:50],
    ),
    Hot(
        "a day's events, for its rollup",
        "analytics_event_type_time",
        lambda now: Event.objects.filter(
            event_type=EventType.PAGE_VIEW, created_at__gte=now - DAY, created_at__lt=now
        ).values("visitor"),
    ),
    Hot("ledger rows of a day", "analytics_batch_day", lambda now: EventBatch.objects.filter(day=now.date())),
    Hot("newest products", "product_newest", lambda now: _newest(), is_walk=True),
    Hot("newest products of a category", "product_newest_in_category", lambda now: _newest(category=ONE)),
    Hot("newest products of a brand", "product_newest_of_brand", lambda now: _newest(brand=ONE)),
    Hot(
        "words that begin like a search",
        "search_word_weighed",
        lambda now: SearchWord.objects.filter(word__gte="jack", word__lt="jacl").values("product"),
    ),
    Hot(
        "price history of a lot",
        "price_change_of_item",
        lambda now: PriceChange.objects.filter(stock_item=ONE, made_at__gte=now - WEEK).order_by("-made_at")[:1],
    ),
    Hot(
        "reservations that ran out",
        "reservation_due",
        lambda now: Reservation.objects.filter(status="active", expires_at__lte=now).order_by("expires_at")[:200],
    ),
    Hot(
        "what is held for a user",
        "reservation_active_of_holder",
        lambda now: holds.held_for(user=SOMEBODY, now=now).order_by(),
    ),
    Hot(
        "moves of a cause",
        "inventory_stockmove_cause_",
        lambda now: StockMove.objects.filter(cause="order UN-2222222").order_by(),
    ),
    Hot(
        "the open basket of a visitor",
        "cart_one_open_a_visitor",
        lambda now: Cart.objects.filter(visitor="5f0c", user=None, status="open").order_by(),
    ),
    Hot(
        "orders that ran out",
        "order_due",
        lambda now: Order.objects.filter(status="pending", expires_at__lte=now).order_by("expires_at")[:200],
    ),
    Hot(
        "orders of a status, newest first",
        "order_by_status",
        lambda now: Order.objects.filter(status="confirmed").order_by("-placed_at")[:50],
    ),
    Hot(
        "orders of a user, newest first",
        "order_of_user",
        lambda now: orders.orders_of(user=SOMEBODY).order_by("-placed_at")[:20],
    ),
    Hot(
        "letters that are due",
        "outbox_due",
        lambda now: OutboxMessage.objects.filter(status="pending", next_attempt_at__lte=now).order_by(
            "next_attempt_at"
        )[:20],
    ),
    Hot(
        "history of a thing",
        "core_auditentry_subject_",
        lambda now: AuditEntry.objects.filter(subject="order UN-2222222").order_by(),
    ),
    Hot(
        "what waits for us, longest first",
        "submission_queue",
        lambda now: SellSubmission.objects.filter(waiting_on="shop").order_by("waiting_since")[:50],
    ),
    Hot(
        "submissions of a status, longest first",
        "submission_by_status",
        lambda now: SellSubmission.objects.filter(status="submitted").order_by("waiting_since")[:50],
    ),
    Hot(
        "purchase offers that ran out",
        "sell_offer_due",
        lambda now: SellOffer.objects.filter(status="live", expires_at__lte=now).order_by("expires_at")[:200],
    ),
    Hot(
        "the live offer of a submission",
        "sell_offer_one_live_a_submission",
        lambda now: SellOffer.objects.filter(submission=ONE, status="live").order_by(),
    ),
    Hot(
        "shoppers' offers that ran out",
        "product_offer_due",
        lambda now: ProductOffer.objects.filter(status="live", expires_at__lte=now).order_by("expires_at")[:200],
    ),
    Hot(
        "the best live offers on a lot",
        "product_offer_live_on",
        lambda now: ProductOffer.objects.filter(stock_item=ONE, status="live").order_by("-amount"),
    ),
    Hot(
        "photos uploaded lately",
        "sell_photo_uploaded",
        lambda now: SellPhoto.objects.filter(uploaded_at__gte=now - DAY).order_by().values("byte_size"),
    ),
)
