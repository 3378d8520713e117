"""The page of a submission."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from offers.views.access import Visit, for_seller


def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Go on with a draft."""
    raise Http404


@require_safe
@for_seller
def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The submission for whoever may see it."""
    return render(request, "offers/submission.html", {"submission": visit.submission})


def my_offers(request: HttpRequest) -> HttpResponse:
    """The offers of a shopper."""
    raise Http404
