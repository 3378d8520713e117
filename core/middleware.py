"""Security policy, language, the refusal of what no browser sends, how long pages keep, and two pages of no view."""

import hashlib
import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control

from core.languages import language_of

FORM_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?=")')
SESSION_KEY = re.compile(r"[a-z0-9]{8,64}")
LOCK_WAIT_STATES = {"55P03", "40P01", "40001"}  # lock_not_available, deadlock_detected, serialization_failure


def is_lock_wait(error: BaseException | None) -> bool:
    """Whether the database gave up waiting for somebody else's lock."""
    if not isinstance(error, OperationalError):
        return False
    if getattr(error.__cause__, "sqlstate", None) in LOCK_WAIT_STATES:
        return True
    return "database is locked" in str(error) or "database table is locked" in str(error)


class CompressedPagesMiddleware(GZipMiddleware):
    """Compress pages, not pictures, which are compressed already; the length of a page says nothing of its tokens."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith("text/")
        return super().process_response(request, response) if is_text else response


class ContentSecurityPolicyMiddleware:
    """Send the strict policy with every page, and a looser one under the admin's address only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.strict, self.admin = (
            "; ".join(f"{name} {value}" for name, value in policy.items())
            for policy in (settings.SECURE_CSP, settings.SECURE_CSP_ADMIN)
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = self.admin if request.path.startswith(reverse("admin:index")) else self.strict
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class LanguageMiddleware:
    """Speak the language that the address begins with, and no other: a page is the same for whoever asks for it.

    Django's own middleware would look at cookies and headers too, and have every English page vary by them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request.path_info)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class WellFormedMiddleware:
    """Answer 400 to an address with a NUL, which no column takes, and drop a session cookie that cannot be a key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL.")
        if not SESSION_KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self.get_response(request)


class FreshPagesMiddleware(ConditionalGetMiddleware):
    """Let a browser keep a page and ask each time whether it is still the same, and nobody else keep it at all.

    What a page says hangs on who asks and on the stock of this moment, so it is made anew for every request; answered
    304 when it came out the same. A form's token is masked anew each time: compared is the secret that it stands for,
    so that nobody is sent back to a page whose forms would be refused.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith("text/html"):
            if not response.has_header("Cache-Control"):
                patch_cache_control(response, private=True, no_cache=True)
            if isinstance(response, HttpResponse) and request.method == "GET" and self.needs_etag(response):
                told = FORM_TOKEN.sub(request.META.get("CSRF_COOKIE", "").encode(), response.content)
                response.headers.setdefault("ETag", f'"{hashlib.blake2b(told, digest_size=16).hexdigest()}"')
        return super().process_response(request, response)


class FormAddressMiddleware:
    """Say in a page what else is an empty answer: a phone that restores its tab opens a form's address without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            # There is no such page in other languages either.
            response.content = render_to_string("405.html", {"here": reverse("shop:basket")}, request=request)
        return response


class BusyMiddleware:
    """Turn a view's wait for a lock that took too long into the page for that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return busy(request) if is_lock_wait(exception) else None


def busy(request: HttpRequest) -> HttpResponse:
    """Say that the till is busy, with a button that sends the same request again; a password is never sent back."""
    repeat = None
    if request.method == "POST" and not any("password" in name for name in request.POST):
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        repeat = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"]
    response = render(request, "503.html", {"repeat": repeat}, status=503)
    response.headers["Retry-After"] = "2"
    response.headers["Cache-Control"] = "no-store"
    return response
