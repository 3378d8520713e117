"""Writing to people about what they wait for: each look decides, notes and writes in one transaction.

A process that is killed in between has told nothing and noted nothing. Two that look at once wait for the same row, and
the second finds that all is told.
"""

from datetime import datetime

from django.db import transaction

from accounts.queries import has_confirmed_email
from inventory.queries import catalogue
from shop import letters
from shop.models import SavedSearch, SearchHit, Wish, Wishlist
from shop.queries import wishes

BATCH = 500


def tell_searches(*, now: datetime) -> int:
    """Look through what came in for every saved search that may write; returns how many letters."""
    due = wishes.searches_to_look_at(now=now, limit=BATCH)
    if not due:
        return 0
    found = []
    if wishes.has_come_in(since=min(search.looked_at for search in due)):
        found = [search.pk for search in due if wishes.came_in_for(search).exists()]
    nothing = [search.pk for search in due if search.pk not in set(found)]
    SavedSearch.objects.filter(pk__in=nothing).update(looked_at=now)
    return sum(tell_search(search_id=pk, now=now) for pk in found)


@transaction.atomic
def tell_search(*, search_id: int, now: datetime) -> bool:
    """Write about everything a search has found since its last look, in one letter; whether there was any."""
    locked = SavedSearch.objects.select_for_update(of=("self",)).select_related("user", "product")
    search = locked.filter(wishes.may_write(now), pk=search_id, confirmed_at__isnull=False).first()
    if search is None:
        return False
    is_reachable = search.user is None or has_confirmed_email(search.user)
    products = list(wishes.came_in_for(search)) if is_reachable else []
    search.looked_at = now
    if products:
        search.last_letter_at = now
        SearchHit.objects.bulk_create(SearchHit(search=search, product=each, made_at=now) for each in products)
        letters.search_found(search, products, now)
    if products and search.product_id:
        search.delete()
    else:
        search.save(update_fields=["looked_at", "last_letter_at"])
    return bool(products)


def tell_wishlists(*, now: datetime) -> int:
    """Compare kept pieces with what their owners know: cheaper, back, the last copy; returns how many letters."""
    due = wishes.wishlists_to_look_at(now=now, limit=BATCH)
    by_list: dict[int, list[Wish]] = {wishlist.pk: [] for wishlist in due}
    for wish in Wish.objects.filter(wishlist__in=by_list).select_related("product"):
        by_list[wish.wishlist_id].append(wish)
    products = {wish.product_id for each in by_list.values() for wish in each}
    lots = catalogue.lots_by_product(product_ids=products, now=now)
    changed = [pk for pk, each in by_list.items() if wishes.compared(each, lots).changed]
    Wishlist.objects.filter(pk__in=by_list.keys() - set(changed)).update(looked_at=now)
    return sum(tell_wishlist(wishlist_id=pk, now=now) for pk in changed)


@transaction.atomic
def tell_wishlist(*, wishlist_id: int, now: datetime) -> bool:
    """Write to a user about what happened to their kept pieces, in one letter; whether there was anything."""
    locked = Wishlist.objects.select_for_update(of=("self",)).select_related("user")
    wishlist = locked.filter(wishes.may_write(now), pk=wishlist_id, wants_letters=True).first()
    if wishlist is None or wishlist.user is None:
        return False
    kept = list(wishlist.wishes.select_related("product"))
    look = wishes.compared(kept, catalogue.lots_by_product(product_ids=[each.product_id for each in kept], now=now))
    Wish.objects.bulk_update(look.changed, ["told_price", "told_copies"])
    wishlist.looked_at = now
    is_reachable = has_confirmed_email(wishlist.user)
    if look.news and is_reachable:
        wishlist.last_letter_at = now
        letters.wishes_changed(wishlist, look.news, now)
    wishlist.save(update_fields=["looked_at", "last_letter_at"])
    return bool(look.news) and is_reachable
