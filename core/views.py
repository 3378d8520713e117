"""Pages of no app: the health check, pictures, light and dark, the styleguide, letters, what was refused or broke."""

import sys

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import SuspiciousFileOperation
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.static import serve

from core.demo import samples
from core.letters import Letter, all_examples, render_letter
from core.middleware import busy, is_lock_wait
from core.origin import page_of_the_form

THEMES = {"light", "dark"}
LETTER_WIDTHS = (600, 390)  # px: the layout's own, a phone's
# A letter has its styles in itself, and nothing else to fetch or to run.
LETTER_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
DARK_ONLY = "@media (prefers-color-scheme: dark)"
YEAR = 365 * 24 * 60 * 60


def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the process can read the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A product's picture, where Django serves them; nothing else of MEDIA_ROOT, whatever the path says."""
    try:
        response = serve(request, path, document_root=str(settings.MEDIA_ROOT / "products"))
    except (OSError, SuspiciousFileOperation) as error:  # a name longer than files can have; a way out of the folder
        raise Http404 from error
    # Names are random, and what has been shown under one never changes.
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response


# A token would hand every visitor a cookie on every page, for what at worst changes a colour.
@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark in a cookie, or go by the device again, and lead back to the page."""
    chosen = request.POST.get("theme", "")
    response = HttpResponseRedirect(page_of_the_form(request) or "/")
    if chosen in THEMES:
        is_secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie("theme", chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=is_secure)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_safe
@staff_member_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, of the same parts as the pages."""
    shown = samples(now=timezone.now())
    shown["forms"]["wrong"].is_valid()
    messages.success(request, "In your basket. Sunset print tee, M, €38.")
    return render(request, "styleguide.html", shown)


@require_safe
@staff_member_required
def letters(request: HttpRequest) -> HttpResponse:
    """Every letter the product writes: when, and how it begins."""
    examples = all_examples(now=timezone.now())
    rows = [(name, each.when, render_letter(name, each.context).subject) for name, each in examples.items()]
    return render(request, "staff/letters.html", {"letters": rows})


@require_safe
@staff_member_required
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One letter as it goes out, as HTML at two widths and as text."""
    when, made = _example(name)
    scheme = _scheme(request)
    schemes = [
        {"name": label, "url": f"?scheme={code}" if code else request.path, "is_current": code == scheme}
        for code, label in (("", "As the device"), ("light", "Light"), ("dark", "Dark"))
    ]
    context = {"name": name, "when": when, "letter": made, "scheme": scheme, "schemes": schemes}
    return render(request, "staff/letter.html", context | {"widths": LETTER_WIDTHS})


@require_safe
@staff_member_required
@xframe_options_sameorigin
@never_cache  # "still the same" would be answered with the strict policy, which lets nobody frame it
def letter_frame(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML of a letter alone, for a frame without any rights; `scheme` shows it light or dark on any device."""
    html = _example(name)[1].html
    if scheme := _scheme(request):
        html = html.replace(DARK_ONLY, "@media all" if scheme == "dark" else "@media not all")
    return HttpResponse(html, headers={"Content-Security-Policy": LETTER_CSP})


def _example(name: str) -> tuple[str, Letter]:
    found = all_examples(now=timezone.now()).get(name)
    if found is None:
        raise Http404
    return found.when, render_letter(name, found.context)


def _scheme(request: HttpRequest) -> str:
    asked = request.GET.get("scheme", "")
    return asked if asked in THEMES else ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in plain words that the form's cookie was missing, and lead back to the page it stood on."""
    return render(request, "403_csrf.html", {"page": page_of_the_form(request) or request.path}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """What broke outside any view: the session is saved after the view, and may wait for a lock as well."""
    return busy(request) if is_lock_wait(sys.exc_info()[1]) else defaults.server_error(request)
