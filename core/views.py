"""Pages of no app: the health check, pictures, a refused form, a page that broke."""

import sys

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults
from django.views.static import serve

from core.middleware import busy, is_lock_wait


def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the process can read the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A product's picture, where Django serves them; nothing else of MEDIA_ROOT, whatever the path says."""
    try:
        return serve(request, path, document_root=str(settings.MEDIA_ROOT / "products"))
    except (OSError, SuspiciousFileOperation) as error:  # a name longer than files can have; a way out of the folder
        raise Http404 from error


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in plain words that the form's cookie was missing, and lead back to the page it stood on."""
    page = request.headers.get("Referer")
    is_ours = url_has_allowed_host_and_scheme(page, request.get_host(), require_https=request.is_secure())
    return render(request, "403_csrf.html", {"page": page if is_ours else request.path}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke outside any view: the session is saved after the view, and may wait for a lock as well."""
    return busy(request) if is_lock_wait(sys.exc_info()[1]) else defaults.server_error(request)
