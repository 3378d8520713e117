"""The page of a submission."""

from django.http import Http404, HttpRequest, HttpResponse


def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap a link for a short session."""
    raise Http404


def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Go on with a draft."""
    raise Http404


def show(request: HttpRequest, reference: str = "") -> HttpResponse:
    """The submission for whoever may see it."""
    raise Http404
