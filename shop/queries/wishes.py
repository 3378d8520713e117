"""What people keep and wait for, and what of it has come in."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from inventory.models import Place, Product, StockItem, StockMove
from inventory.queries import catalogue, searching
from inventory.queries.catalogue import Lot
from shop.models import SavedSearch, Wish, Wishlist
from shop.queries.cards import Card, cards_for, size_words
from shop.queries.listing import Filters, matching_lots

# What a transaction wrote that began before our last look and committed after it; what it finds twice is told once.
OVERLAP = timedelta(hours=1)
LETTERS_APART = timedelta(hours=24)


@dataclass(frozen=True)
class Sought:
    """What somebody wants to hear of; `criteria` is plain JSON, `address` the page that shows it."""

    label: str
    criteria: Mapping[str, Any]
    address: str
    product_id: int | None = None

    @property
    def key(self) -> str:
        """The same for the same thing, however it was asked for."""
        facts = json.dumps([self.product_id, self.criteria], sort_keys=True)
        return hashlib.sha256(facts.encode()).hexdigest()


@dataclass(frozen=True)
class Kept:
    """A piece on a wishlist page; `saved` is by how many EUR it is cheaper than when it was kept."""

    card: Card
    saved: Decimal | None


@dataclass(frozen=True)
class News:
    """What happened to a kept piece; `kind` is "drop", "back" or "last"; EUR."""

    product: Product
    kind: str
    price: Decimal | None
    was: Decimal | None = None


@dataclass
class Look:
    """One comparison of kept pieces with what their owner knows: what is new, and the rows to bring up to date."""

    news: list[News] = field(default_factory=list)
    changed: list[Wish] = field(default_factory=list)


def same_again(item: StockItem) -> Sought:
    """This very product in this size."""
    product, size = item.product, size_words(item)
    return Sought(
        label=f"{product.title}, {size}"[:200],
        criteria={"size": [[item.size_system, item.size]]},
        address=product.get_absolute_url(),
        product_id=product.pk,
    )


def one_like_it(item: StockItem) -> Sought:
    """Anything of the same category in the same size."""
    category, size = item.product.category, size_words(item)
    return Sought(
        label=f"{category.name}, {size}"[:200],
        criteria={"scope": category.slug, "size": [[item.size_system, item.size]]},
        address=category.get_absolute_url(),
    )


def filters_of(criteria: Mapping[str, Any]) -> Filters | None:
    """What a saved search asks for, as lists understand it; None when what it names is not in the shop any more."""
    tree = catalogue.category_tree()
    slugs = criteria.get("category", [])
    scope = criteria.get("scope", "")
    words = searching.read(criteria.get("q", ""), is_exact=criteria.get("exact", False)).terms
    known = [slug for slug in slugs if slug in tree]
    if (scope and scope not in tree) or (slugs and not known) or (criteria.get("q") and not words):
        return None
    return Filters(
        words=words,
        scope=tree[scope].pks if scope else (),
        categories=tuple(sorted({pk for slug in known for pk in tree[slug].pks})),
        brands=tuple(criteria.get("brand", [])),
        sizes=tuple((system, size) for system, size in criteria.get("size", [])),
        conditions=tuple(criteria.get("condition", [])),
        price_from=_amount(criteria.get("min")),
        price_to=_amount(criteria.get("max")),
        in_stock=True,
    )


def came_in_for(search: SavedSearch) -> QuerySet[Product]:
    """Products that a search has not found before and that came in, or came back, since it last looked; newest first.

    One statement: whoever asks is told of each once, however often and from however many sides this is asked.
    """
    filters = filters_of(search.criteria)
    if filters is None:
        return Product.objects.none()
    lots = matching_lots(filters).filter(_came_in(since=search.looked_at - OVERLAP))
    if search.product_id:
        lots = lots.filter(product=search.product_id)
    new = Product.objects.filter(pk__in=lots.values("product")).exclude(pk__in=search.hits.values("product"))
    return new.select_related("brand").order_by("-listed_at", "-pk")


def has_come_in(*, since: datetime) -> bool:
    """Whether anything at all has, since then."""
    return StockItem.objects.filter(_came_in(since=since - OVERLAP), catalogue.ON_SHELF).exists()


def searches_to_look_at(*, now: datetime, limit: int) -> list[SavedSearch]:
    """Confirmed searches that may write again, the longest unseen first."""
    confirmed = SavedSearch.objects.filter(may_write(now), confirmed_at__isnull=False)
    owners = Q(user__isnull=True) | Q(user__is_active=True)
    return list(confirmed.filter(owners).order_by("looked_at", "pk")[:limit])


def may_write(now: datetime) -> Q:
    """One letter a day at most."""
    return Q(last_letter_at=None) | Q(last_letter_at__lte=now - LETTERS_APART)


def wishlists_to_look_at(*, now: datetime, limit: int) -> list[Wishlist]:
    """Users' lists that may write again, the longest unseen first."""
    theirs = Wishlist.objects.filter(may_write(now), wants_letters=True, user__is_active=True)
    return list(theirs.order_by("looked_at", "pk")[:limit])


def compared(wishes: Sequence[Wish], lots: Mapping[int, Sequence[Lot]]) -> Look:
    """What happened to kept pieces since their owner was told last; wishes are brought up to date, but not saved."""
    look = Look()
    for wish in wishes:
        of_product = lots.get(wish.product_id, ()) if wish.product.is_published else ()
        price, copies = state_of(of_product)
        kinds = []
        if copies and not wish.told_copies:
            kinds.append("back")
        elif copies and price is not None and wish.told_price is not None and price < wish.told_price:
            kinds.append("drop")
        elif copies == 1 and wish.told_copies > 1:
            kinds.append("last")
        look.news += [News(wish.product, kind, price, wish.told_price) for kind in kinds]
        known = price if copies else wish.told_price
        if (known, copies) != (wish.told_price, wish.told_copies):
            wish.told_price, wish.told_copies = known, copies
            look.changed.append(wish)
    return look


def state_of(lots: Sequence[Lot]) -> tuple[Decimal | None, int]:
    """The lowest price of what can be had (EUR), and how many copies can."""
    free = [lot for lot in lots if lot.free > 0]
    prices = [lot.item.price for lot in free if lot.item.price is not None]
    return min(prices, default=None), sum(lot.free for lot in free)


def wishlist_of(*, visitor: str, user: User | None) -> QuerySet[Wishlist]:
    """The list of a user, else of a visitor; nobody's without a key."""
    if user:
        return Wishlist.objects.filter(user=user)
    return Wishlist.objects.filter(visitor=visitor, user=None) if visitor else Wishlist.objects.none()


def wishes_of(*, visitor: str, user: User | None) -> QuerySet[Wish]:
    """What somebody keeps."""
    return Wish.objects.filter(wishlist__in=wishlist_of(visitor=visitor, user=user))


def kept(*, visitor: str, user: User | None, now: datetime) -> list[Kept]:
    """The pieces of a wishlist as they are now, newest first: three queries, however many."""
    wishes = list(
        wishes_of(visitor=visitor, user=user).filter(product__is_published=True).select_related("product__brand")
    )
    cards = cards_for(products=[wish.product for wish in wishes], now=now)
    return [Kept(card, _saved(wish, card)) for wish, card in zip(wishes, cards, strict=True)]


def searches_of(user: User) -> QuerySet[SavedSearch]:
    """What a user waits for, newest first."""
    return SavedSearch.objects.filter(user=user)


def _came_in(*, since: datetime) -> Q:
    moved = StockMove.objects.filter(to_place=Place.SHELF, made_at__gt=since).values("stock_item")
    return Q(pk__in=moved) | Q(product__listed_at__gt=since)


def _saved(wish: Wish, card: Card) -> Decimal | None:
    if card.state in ("", "reserved") and card.price is not None and wish.kept_price is not None:
        return wish.kept_price - card.price if card.price < wish.kept_price else None
    return None


def _amount(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
