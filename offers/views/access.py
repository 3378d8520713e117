"""Who may see a submission: whoever came by its link lately, and its owner who has signed in. Nobody else.

A link is swapped for a grant in the session, which is for one submission, ends after a while without use, and is void
as soon as the link is. Pages say `same-origin`, not `no-referrer`: with that, browsers send forms without their
origin, which the check against foreign forms refuses. No address leaves our own pages either way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts.models import User
from core import throttle
from core.audit import Actor
from offers import links
from offers.forms.links import LinkAgainForm
from offers.models import SellSubmission
from offers.queries import access
from offers.signals import seller_acted

GRANTS, DRAFT = "submissions", "draft"  # keys of the session
GRANT_TIME, SLIDE_AFTER = timedelta(hours=2), timedelta(minutes=10)
MOST_GRANTS = 20
STRANGERS_AN_HOUR = 60  # pages that were not there, for one network address

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)


@dataclass(frozen=True)
class Visit:
    """Somebody who may see this submission, now; the owner sees their address, a link alone does not show it."""

    submission: SellSubmission
    actor: Actor
    is_owner: bool
    now: datetime


def for_seller(
    view: Callable[Concatenate[HttpRequest, Visit, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, str, P], HttpResponse]:
    """Give a view the visit in place of the reference; strangers get the page that says nothing."""

    @wraps(view)
    def checked(request: HttpRequest, reference: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        visit = visit_of(request, access.of_reference(reference), timezone.now())
        return private(view(request, visit, *args, **kwargs) if visit else not_valid(request))

    return checked


def visit_of(request: HttpRequest, submission: SellSubmission | None, now: datetime) -> Visit | None:
    """The visit of somebody who may see the submission."""
    if submission is None:
        return None
    user, place = user_of(request), throttle.place_of(request)
    if access.is_owned_by(submission, user) and user is not None:
        return Visit(submission, Actor(f"user {user.pk}", "account", place), is_owner=True, now=now)
    if _holds_grant(request, submission, now):
        return Visit(submission, Actor(f"seller {submission.seller_id}", "link", place), is_owner=False, now=now)
    return None


def grant(request: HttpRequest, submission: SellSubmission, now: datetime) -> None:
    """Let this browser see one submission for a while."""
    grants = {
        pk: kept
        for pk, kept in _grants(request).items()
        if kept["until"] > now.timestamp() and pk != str(submission.pk)
    }
    latest = dict(list(grants.items())[-(MOST_GRANTS - 1) :])
    until = (now + GRANT_TIME).timestamp()
    request.session[GRANTS] = latest | {str(submission.pk): {"epoch": submission.link_epoch, "until": until}}


def seen_lately(request: HttpRequest, now: datetime) -> list[SellSubmission]:
    """What this browser may see without its link, the latest first; looking makes no grant last longer."""
    grants = _grants(request)
    if not grants:
        return []
    sent = {str(each.pk): each for each in access.sent_with(grants)}
    return [sent[pk] for pk, kept in reversed(grants.items()) if pk in sent and _is_good(kept, sent[pk], now)]


def owns_draft(request: HttpRequest, submission: SellSubmission) -> bool:
    """Whether this browser is writing the draft."""
    key = request.session.get(DRAFT)
    return submission.status == SellSubmission.Status.DRAFT and bool(key) and key == submission.draft_key


def not_valid(request: HttpRequest) -> HttpResponse:
    """One page for unknown, foreign, expired and revoked, until somebody has tried too many."""
    if not throttle.take("stranger", throttle.address_of(request), most=STRANGERS_AN_HOUR, seconds=3600):
        return private(render(request, "429.html", status=429))
    context = {"form": LinkAgainForm(), "here": reverse("offers:link_again")}
    return private(render(request, "offers/link_not_valid.html", context, status=404))


def private(response: R, *, referrer: str = "same-origin") -> R:
    """Have nobody keep, list or pass on what a seller's page shows."""
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = referrer
    return response


def user_of(request: HttpRequest) -> User | None:
    """Whoever is signed in."""
    return request.user if isinstance(request.user, User) else None


def _grants(request: HttpRequest) -> dict[str, Any]:
    return cast(dict[str, Any], request.session.get(GRANTS, {}))


def _holds_grant(request: HttpRequest, submission: SellSubmission, now: datetime) -> bool:
    """Whether this browser came by the link lately; being used, the grant lasts on."""
    kept = _grants(request).get(str(submission.pk))
    if kept is None or not _is_good(kept, submission, now):
        return False
    # Not at each page: a session is written only when it has to be.
    if kept["until"] < (now + GRANT_TIME - SLIDE_AFTER).timestamp():
        grant(request, submission, now)
    return True


def _is_good(kept: dict[str, Any], submission: SellSubmission, now: datetime) -> bool:
    """Whether a grant still stands: its time is not over, and links still show this submission."""
    is_void = kept["epoch"] != submission.link_epoch or kept["until"] <= now.timestamp()
    return not is_void and links.is_seen_by_link(submission, now)


def tell(request: HttpRequest, act: str) -> None:
    """Say what a seller has done, once it is done; no listener can break the page."""
    seller_acted.send_robust(sender=tell, request=request, act=act)
