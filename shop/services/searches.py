"""The only writer of saved searches, but for what they found (services.telling).

Nothing that a guest does shows whether an address is known here: it gets one letter or none, and the answer on the page
is the same. Only the button behind that letter's link makes more letters come.
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.queries import has_confirmed_email
from core import outbox, throttle
from shop import letters
from shop.errors import SearchTooWide, TooManySavedSearches
from shop.links import UNCONFIRMED
from shop.models import SavedSearch, SearchHit
from shop.queries import wishes
from shop.queries.wishes import Sought

MOST_SEARCHES = 30
LETTERS_A_DAY = 3  # that ask one address for a yes; all other wishes for it in that time are lost in silence


@transaction.atomic
def save(*, sought: Sought, user: User, now: datetime) -> SavedSearch:
    """Write to a user when something comes in; again it is the same row (SearchTooWide, TooManySavedSearches)."""
    _refuse_everything(sought)
    User.objects.select_for_update().get(pk=user.pk)
    own = SavedSearch.objects.filter(user=user)
    if known := own.filter(key=sought.key).first():
        return known
    if own.count() >= MOST_SEARCHES:
        raise TooManySavedSearches
    return _made(sought, now, user=user, confirmed_at=now)


@transaction.atomic
def ask(*, sought: Sought, email: str, now: datetime) -> None:
    """Send a guest the one letter that asks for a yes, unless the address had enough of them (SearchTooWide)."""
    _refuse_everything(sought)
    email = email.strip().lower()
    waiting = SavedSearch.objects.filter(user=None, email=email)
    search = waiting.filter(key=sought.key).first()
    if search is not None and search.confirmed_at:
        return
    if search is None and waiting.count() >= MOST_SEARCHES:
        return
    if not throttle.take("ask for a yes", email, most=LETTERS_A_DAY, seconds=24 * 3600):
        return
    if search is None:
        try:
            with transaction.atomic():
                search = _made(sought, now, email=email)
        except IntegrityError:
            return  # a second press at the same moment: the first one's letter is on its way
    letters.search_asked(search, now)


@transaction.atomic
def confirm(*, search: SavedSearch, now: datetime) -> None:
    """The yes of whoever reads the mail of a guest's address; pressed again it stays so."""
    made = SavedSearch.objects.filter(pk=search.pk, confirmed_at=None)
    made.update(confirmed_at=now, looked_at=now)


@transaction.atomic
def stop(*, search: SavedSearch) -> None:
    """Write no more about a search; letters that wait to be sent are taken back."""
    outbox.take_back(about=search.cause)
    search.delete()


@transaction.atomic
def bring_along(*, user: User) -> None:
    """Give a user what was confirmed under their address before they signed in."""
    if not has_confirmed_email(user):
        return
    known = set(SavedSearch.objects.filter(user=user).values_list("key", flat=True))
    for search in SavedSearch.objects.select_for_update().filter(
        user=None, email=user.email, confirmed_at__isnull=False
    ):
        if search.key in known:
            search.delete()
        else:
            search.user, search.email = user, ""
            search.save(update_fields=["user", "email"])


@transaction.atomic
def forget(*, email: str) -> int:
    """Delete what waits under an address, and its letters that were not sent; returns how many searches."""
    found = list(SavedSearch.objects.filter(user=None, email=email.strip().lower()))
    for search in found:
        stop(search=search)
    return len(found)


def forget_unconfirmed(*, now: datetime) -> int:
    """Delete what nobody has said yes to within the days that its link is good for; returns how many."""
    old = SavedSearch.objects.filter(confirmed_at=None, made_at__lt=now - UNCONFIRMED)
    return old.delete()[1].get("shop.SavedSearch", 0)


def _refuse_everything(sought: Sought) -> None:
    if not sought.product_id and not any(sought.criteria.values()):
        raise SearchTooWide


def _made(sought: Sought, now: datetime, **owner: Any) -> SavedSearch:
    search = SavedSearch.objects.create(
        label=sought.label,
        criteria=dict(sought.criteria),
        product_id=sought.product_id,
        address=sought.address,
        key=sought.key,
        made_at=now,
        looked_at=now,
        **owner,
    )
    # What came in within the overlap is in the shop already: whoever asks has seen it.
    SearchHit.objects.bulk_create(
        SearchHit(search=search, product=product, made_at=now) for product in wishes.came_in_for(search)
    )
    return search
