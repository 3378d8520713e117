"""Links for sellers: opened, or sent again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core import throttle
from offers import links
from offers.errors import LinkNotValid
from offers.forms.links import LinkAgainForm
from offers.services import linking
from offers.views.access import grant, not_valid, private

LINKS_AN_HOUR = 5  # asked for from one network address
SENT = _("If there is a submission with this reference, its link is on its way to the contact we have for it.")


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap a link for a grant in the session, and lead to the clean address; it may be opened any number of times."""
    try:
        submission = links.opened(token)
    except LinkNotValid:
        return not_valid(request)
    # A session that somebody else may have begun must not be the one that is let in.
    request.session.cycle_key()
    grant(request, submission, timezone.now())
    return private(redirect(submission), referrer="no-referrer")


@require_http_methods(["GET", "HEAD", "POST"])
def link_again(request: HttpRequest) -> HttpResponse:
    """Send a link to the contact on file; the answer is the same whether or not there is one."""
    form = LinkAgainForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return private(render(request, "offers/link_again.html", {"form": form}, status=status))
    if not throttle.take("link again", throttle.address_of(request), most=LINKS_AN_HOUR, seconds=3600):
        return private(render(request, "429.html", status=429))
    linking.send_again(reference=form.cleaned_data["reference"], now=timezone.now())
    messages.success(request, SENT)
    return private(redirect("offers:link_again"))
