"""Where a request came from."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def page_of_the_form(request: HttpRequest) -> str:
    """The page of ours that the form stood on, as the browser says; empty when it does not, or names another site."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, request.get_host(), require_https=request.is_secure())
    return page if is_ours else ""
