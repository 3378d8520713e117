"""Whose a draft is: the browser's that began it, or that came by its link. Nobody else learns that it exists."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core import throttle
from core.audit import Actor
from core.errors import DomainError
from inventory.errors import PictureRefused
from offers.errors import TooManyUploads
from offers.models import SellItem, SellSubmission
from offers.queries import drafts
from offers.services import photographing
from offers.views.access import DRAFT, grant, private, user_of

DRAFT_ID, ALL_AT_ONCE, IS_SUSPECT = "draft_id", "all_questions", "draft_is_suspect"  # keys of the session
STARTS_AN_HOUR = 20  # drafts begun, or copied, from one network address
# A day's photos from one network address, counted in pieces of this size: about a gigabyte, or 250 photos.
UPLOAD_UNIT, UNITS_A_DAY, DAY = 4 * 1024 * 1024, 250, 24 * 3600

P = ParamSpec("P")


@dataclass(frozen=True)
class Writing:
    """Somebody at their draft, now."""

    draft: SellSubmission
    actor: Actor
    now: datetime

    def item(self, item_id: int) -> SellItem:
        """A piece of this draft; any other is not there."""
        item = drafts.items_of(self.draft).filter(pk=item_id).first()
        if item is None:
            raise Http404
        return item


def for_draft(
    view: Callable[Concatenate[HttpRequest, Writing, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a view the draft of this browser; without one lead to what it became, or to the gate."""

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        draft = drafts.of_key(request.session.get(DRAFT, ""))
        if draft is None:
            return private(_elsewhere(request))
        try:
            return private(view(request, Writing(draft, actor_of(request), timezone.now()), *args, **kwargs))
        except (DomainError, ObjectDoesNotExist) as refusal:
            # It was sent, or changed, in another tab meanwhile.
            messages.error(request, refusal.message if isinstance(refusal, DomainError) else _("That is not here."))
            return private(redirect("offers:pieces"))

    return checked


def take_up(request: HttpRequest, draft: SellSubmission) -> None:
    """Let this browser write the draft."""
    request.session[DRAFT], request.session[DRAFT_ID] = draft.draft_key, draft.pk
    request.session.pop(IS_SUSPECT, None)


def to_sent(request: HttpRequest, submission: SellSubmission, now: datetime) -> HttpResponse:
    """Lead whoever has sent it to the confirmation."""
    request.session.pop(DRAFT, None)
    grant(request, submission, now)
    return redirect("offers:sent", submission.reference)


def keep_photo(request: HttpRequest, item: SellItem, file: Any, slot: str, actor: Actor, now: datetime) -> str:
    """Store one photo; why not in words, or nothing. A bad one is no reason to lose the others.

    Refuses with TooManyUploads, DraftFull or SubmissionMoved.
    """
    count_bytes(request, file)
    try:
        photographing.add_photo(item_id=item.pk, picture=file, slot=slot, actor=actor, now=now)
    except PictureRefused as refusal:
        return str(refusal.message)
    return ""


def count_bytes(request: HttpRequest, file: Any) -> None:
    """Count a file against the day's allowance of the network address it comes from (TooManyUploads)."""
    units = 1 + (file.size or 0) // UPLOAD_UNIT
    if not throttle.take("upload", throttle.address_of(request), most=UNITS_A_DAY, seconds=DAY, cost=units):
        raise TooManyUploads


def too_many(request: HttpRequest) -> HttpResponse:
    """Say that it was too often."""
    return private(render(request, "429.html", status=429))


def actor_of(request: HttpRequest) -> Actor:
    """Whoever writes, for the records."""
    user = user_of(request)
    return Actor(f"user {user.pk}" if user else "guest", "web")


def _elsewhere(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    sent = drafts.sent_of(request.session.get(DRAFT_ID), now)
    return to_sent(request, sent, now) if sent else redirect("offers:gate")
