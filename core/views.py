"""Pages of no app: the health check, a refused form, a page that broke."""

import sys

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from core.middleware import busy, is_lock_wait


def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the process can read the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in plain words that the form's cookie was missing, and how to go on."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke outside any view: the session is saved after the view, and may wait for a lock as well."""
    return busy(request) if is_lock_wait(sys.exc_info()[1]) else defaults.server_error(request)
