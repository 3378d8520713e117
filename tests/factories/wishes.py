"""What people keep and wait for."""

from datetime import datetime

from accounts.models import User
from inventory.models import Product
from shop.models import SavedSearch, Wish
from shop.queries.wishes import Sought
from shop.services import searches, wishes
from tests.factories.shop import NOON

JACKETS = Sought(label="“jacket”", criteria={"q": "jacket"}, address="/search/?q=jacket")


def keeping(user: User, product: Product, *, now: datetime = NOON) -> Wish:
    """A piece on a user's wishlist."""
    return wishes.keep(slug=product.slug, visitor="", user=user, now=now)


def waiting(user: User, sought: Sought = JACKETS, *, now: datetime = NOON) -> SavedSearch:
    """A saved search of a user."""
    return searches.save(sought=sought, user=user, now=now)


def asking(email: str, sought: Sought = JACKETS, *, now: datetime = NOON) -> SavedSearch:
    """A guest's, that nobody has said yes to yet."""
    searches.ask(sought=sought, email=email, now=now)
    return SavedSearch.objects.get(email=email, key=sought.key)


def confirmed(email: str, sought: Sought = JACKETS, *, now: datetime = NOON) -> SavedSearch:
    """A guest's, after the press of the button."""
    search = asking(email, sought, now=now)
    searches.confirm(search=search, now=now)
    search.refresh_from_db()
    return search
