"""What every page of the shop shows in its frame."""

from django.http import HttpRequest

from accounts.models import User
from inventory.queries import catalogue
from inventory.queries.catalogue import Branch
from shop.queries import baskets, texts


def frame(request: HttpRequest) -> dict[str, object]:
    """The basket's count, the top categories, the footer's pages; nothing is asked for until it is shown."""

    def basket_count() -> int:
        user = getattr(request, "user", None)
        visitor = getattr(request, "visitor", "")
        return baskets.basket_count(visitor=visitor, user=user if isinstance(user, User) else None)

    def nav_categories() -> list[Branch]:
        return [branch for branch in catalogue.category_tree().values() if not branch.parent]

    return {"basket_count": basket_count, "nav_categories": nav_categories, "footer_pages": texts.footer_lists}
