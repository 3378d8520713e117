"""Notes page views, so that no page has to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from analytics.models import EventType
from analytics.services import capture

APART = ("/static/", "/media/", "/healthz/")


class PageViewMiddleware:
    """Count an HTML page that a person has got; not the admin, not parts of pages, not what a browser fetches ahead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.apart = (*APART, reverse("admin:index"))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self._is_page(request, response):
            capture.track(request, EventType.PAGE_VIEW)
        return response

    def _is_page(self, request: HttpRequest, response: HttpResponse) -> bool:
        return (
            request.method == "GET"
            and 200 <= response.status_code < 300
            and response.headers.get("Content-Type", "").startswith("text/html")
            and not request.headers.get("HX-Request")
            and not request.path.startswith(self.apart)
        )
