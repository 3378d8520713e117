"""Who is shopping: the random key in a visitor's cookie, set when something is put into the basket and not before."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "basket"
COOKIE_SECONDS = 90 * 24 * 60 * 60
KEY = re.compile(r"[0-9a-f]{32}")


class VisitorMiddleware:
    """Set `request.visitor` to the key of the cookie; empty without one, and for anything that is no key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.COOKIES.get(COOKIE, "")
        request.visitor = key if KEY.fullmatch(key) else ""  # type: ignore[attr-defined]
        return self.get_response(request)


def remember_visitor(response: HttpResponse, visitor: str) -> None:
    """Send the key along, for another 90 days from now."""
    response.set_cookie(
        COOKIE,
        visitor,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
