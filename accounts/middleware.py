"""Between the sign-in library and our pages."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.sites.requests import RequestSite
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from core.languages import english_path


class StaffMFAMiddleware:
    """Send staff without a second factor from the admin to the page where they set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.REQUIRE_STAFF_MFA:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.admin = reverse("admin:index")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(self.admin) and request.user.is_staff and not is_mfa_enabled(request.user):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


class OwnSiteMiddleware:
    """Let `site` be the shop's own row on the library's pages too, where it would be the request's host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        if response.context_data and isinstance(response.context_data.get("site"), RequestSite):
            del response.context_data["site"]
        return response


class PrivatePagesMiddleware:
    """Have no copy kept of what signed-in people see of their account: the next one at the machine may go back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        is_account = match and english_path(f"/{match.route}").startswith(("/account/", "/accounts/"))
        if is_account and request.user.is_authenticated:
            add_never_cache_headers(response)
        return response
