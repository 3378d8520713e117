"""The page of a submission: how far it has come, and everything its seller can do there."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core import throttle
from core.errors import DomainError
from offers import links
from offers.forms.answers import MorePhotosForm, ReplyForm, WordsForm
from offers.models import BuyInDocument, BuyingSettings
from offers.queries import access, pieces, progress, told
from offers.queries.offers import live_offer
from offers.queries.progress import Standing
from offers.rules import submissions as rules
from offers.services import answering, drafting
from offers.views.access import Visit, for_seller, not_valid, tell
from offers.views.writing import STARTS_AN_HOUR

SUBMISSIONS_A_PAGE = 20


@require_safe
@for_seller
def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The submission as it stands now."""
    response = page(request, visit)
    # A script that looks for news is nobody who reads the offer.
    if not request.headers.get("HX-Request") and live_offer(visit.submission):
        tell(request, "offer_view")
    return response


def page(request: HttpRequest, visit: Visit, refusal: DomainError | None = None, **more: Any) -> HttpResponse:
    """The page, with a refusal on top if there was one: then it shows how things stand now."""
    submission = access.of_reference(visit.submission.reference) or visit.submission
    live = live_offer(submission)
    where = progress.standing(submission, live, visit.now)
    status = more.pop("status", refusal.status if refusal else 200)
    history = pieces.history(submission, is_owner=visit.is_owner)
    its_pieces = pieces.pieces_of(submission, where)
    context = {
        "submission": submission,
        "here": submission.get_absolute_url(),
        "refusal": refusal,
        "news": f"{submission.status} {where.value} {live.number if live else 0} {len(history)}",
        "has_changed": status == 409,
        "where": where.value,
        "story": progress.story(submission, where),
        "timeline": progress.timeline(submission, live, visit.now),
        "waiting": progress.waiting_for(submission, live, visit.now),
        "card": pieces.offer_card(submission, live, where, visit.now, take=more.pop("take", None)) if live else None,
        "pieces": its_pieces,
        "agreed": pieces.agreed_words(its_pieces),
        "offers": pieces.offers_made(submission, visit.now),
        "history": history,
        "buying": BuyingSettings.current(),
        "hand_over": progress.HAND_OVER[submission.HandOver(submission.hand_over)],
        "reply_form": ReplyForm(),
        "words_form": WordsForm() if submission.status in rules.OPEN else None,
        "photos_form": MorePhotosForm() if rules.takes_photos(submission) else None,
        "closes_at": progress.stalls_until(submission),
        "can_renew": where in {Standing.OFFER_OVER, Standing.STALLED, Standing.COUNTER_OVER},
        "can_withdraw": rules.can_be_withdrawn(submission),
        "can_copy": rules.can_be_copied(submission),
        **_money(visit),
    }
    return render(request, "offers/submission.html", context | more, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def withdraw(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Call everything off, after asking once."""
    submission = visit.submission
    if request.method != "POST" and rules.can_be_withdrawn(submission):
        return render(request, "offers/withdraw.html", {"submission": submission})
    if request.method != "POST":
        return redirect(submission)
    try:
        answering.withdraw(submission_id=submission.pk, actor=visit.actor, now=visit.now)
    except DomainError as refusal:
        return page(request, visit, refusal)
    messages.success(request, _("It is called off. You keep your pieces."))
    return redirect(submission)


@require_POST
@for_seller
def again(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Begin a new submission like a closed one."""
    if not throttle.take("sell start", throttle.address_of(request), most=STARTS_AN_HOUR, seconds=3600):
        return render(request, "429.html", status=429)
    try:
        draft = drafting.copy_closed(submission_id=visit.submission.pk, actor=visit.actor, now=visit.now)
    except DomainError as refusal:
        return page(request, visit, refusal)
    return redirect("offers:resume", links.token_of(draft, links.RESUME))


@require_safe
@for_seller
def what_we_hold(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What we hold about this submission, as a file; a link alone does not give away the contact."""
    answer = JsonResponse(
        told.all_of(visit.submission, is_owner=visit.is_owner, now=visit.now), json_dumps_params={"indent": 2}
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{visit.submission.reference}.json"'
    return answer


@require_safe
@for_seller
def document(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """The record of a purchase, to print; a link alone does not show the address."""
    found = BuyInDocument.objects.filter(payout__submission=visit.submission, number=number).select_related("payout")
    if (record := found.first()) is None:
        return not_valid(request)
    context = {"submission": visit.submission, "document": record, "is_owner": visit.is_owner}
    return render(request, "offers/document.html", context)


@require_safe
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """What whoever is signed in has sent us, newest first."""
    now, theirs = timezone.now(), access.with_pieces_and_offers(access.submissions_of(cast(User, request.user)))
    sent = Paginator(theirs, SUBMISSIONS_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        (each, progress.short_words(each, next(iter(getattr(each, "live_offers", ())), None), now)) for each in sent
    ]
    return render(request, "offers/my_submissions.html", {"page": sent, "rows": rows})


def _money(visit: Visit) -> dict[str, Any]:
    """What is due, on its way and paid."""
    submission = visit.submission
    payout = progress.open_payout(submission)
    documents = list(BuyInDocument.objects.filter(payout__submission=submission).order_by("number"))
    return {
        "payout": payout,
        "due": progress.amount_due(submission),
        "account": progress.account_words(submission),
        "takes_account": submission.status in rules.TAKE_ACCOUNT and (payout is not None or not documents),
        "documents": documents,
    }
