"""Who is asking, as the services want to know it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User
from core.audit import Actor
from shop.signals import shopper_acted


class ShopRequest(HttpRequest):
    """A request as our middleware leaves it."""

    visitor: str
    htmx: HtmxDetails


def user_of(request: HttpRequest) -> User | None:
    """Whoever is signed in."""
    return request.user if isinstance(request.user, User) else None


def actor_of(request: HttpRequest) -> Actor:
    """The same, for the records."""
    user = user_of(request)
    return Actor(f"user {user.pk}" if user else "guest", "web")


def tell(request: HttpRequest, act: str, **facts: int | str | None) -> None:
    """Say what a shopper has done, once it is done; no listener can break the page."""
    shopper_acted.send_robust(sender=tell, request=request, act=act, **facts)
