"""Who sells, and sending the draft: once, whatever is pressed twice."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import throttle
from core.errors import DomainError
from core.progress import steps_at
from offers import links
from offers.forms.sending import ContactForm, SendForm
from offers.models import BuyingSettings, Seller, SellPhoto
from offers.queries import drafts
from offers.services import drafting, linking, submitting
from offers.views.access import Visit, for_seller, tell, user_of
from offers.views.draft import STEPS
from offers.views.writing import DRAFT_ID, IS_SUSPECT, Writing, for_draft, to_sent, too_many

SENT_AN_HOUR, LINKS_AN_HOUR = 10, 5  # from one network address
QUICK = timedelta(seconds=20)  # nobody describes, photographs and sends a piece in less
CONTACT = ("name", "email", "phone", "handle", "channel", "area")


@require_http_methods(["GET", "HEAD", "POST"])
@for_draft
def contact(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Who sells, and one way to reach them."""
    form = ContactForm(request.POST if request.method == "POST" else None, initial=_known(request, writing))
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "steps": steps_at(STEPS, 1), "draft": writing.draft}
        return render(request, "offers/sell/contact.html", context, status=422 if form.errors else 200)
    if form.cleaned_data["website"]:
        request.session[IS_SUSPECT] = True
    who = drafting.Contact(**{name: form.cleaned_data[name] for name in CONTACT})
    drafting.keep_contact(submission_id=writing.draft.pk, contact=who, user=user_of(request), now=writing.now)
    return redirect("offers:check")


@require_POST
@for_draft
def send_link(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Send the draft's link to the email its seller gave, so that it can go on elsewhere."""
    seller = writing.draft.seller
    if seller is None or not seller.email:
        return redirect("offers:contact")
    who = (throttle.address_of(request), LINKS_AN_HOUR), (seller.email, 1)
    if not all(throttle.take("draft link", name, most=most, seconds=3600) for name, most in who):
        return too_many(request)
    linking.send_draft_link(draft=writing.draft, now=writing.now)
    messages.success(request, _("The link is on its way to %(email)s.") % {"email": seller.email})
    return redirect("offers:pieces")


@require_http_methods(["GET", "HEAD", "POST"])
@for_draft
def check(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Everything once more, and send it."""
    form = SendForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _check_page(request, writing, form, status=422 if form.errors else 200)
    if not throttle.take("sell send", throttle.address_of(request), most=SENT_AN_HOUR, seconds=3600):
        return too_many(request)
    draft = writing.draft
    is_quick = draft.copied_from_id is None and writing.now - draft.created_at < QUICK
    try:
        submission = submitting.submit(
            submission_id=draft.pk,
            has_agreed=form.cleaned_data["is_adult"] and form.cleaned_data["is_mine"],
            actor=writing.actor,
            now=writing.now,
            message=form.cleaned_data["message"],
            hand_over=form.cleaned_data["hand_over"],
            is_suspect=is_quick or bool(request.session.get(IS_SUSPECT)),
        )
    except DomainError as refusal:
        return _check_page(request, writing, form, refusal=refusal, status=refusal.status)
    if submission.submitted_at == writing.now:  # not pressed once more
        tell(request, "sell_submission")
    return to_sent(request, submission, writing.now)


@require_safe
@for_seller
def sent(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What was sent, what happens next, and the link to keep; for the browser that sent it."""
    submission = visit.submission
    if request.session.get(DRAFT_ID) != submission.pk:
        return redirect(submission)
    context = {
        "submission": submission,
        "count": submission.items.count(),
        "photo_count": SellPhoto.objects.filter(item__submission=submission).count(),
        "link": links.address_of(submission),
        "buying": BuyingSettings.current(),
        "seller": submission.seller,
    }
    return render(request, "offers/sell/sent.html", context)


def _check_page(
    request: HttpRequest, writing: Writing, form: SendForm, *, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    pieces, seller = drafts.pieces_of(writing.draft), writing.draft.seller
    has_contact = seller is not None and bool(seller.name and (seller.email or seller.phone))
    context = {
        "form": form,
        "draft": writing.draft,
        "pieces": pieces,
        "photo_count": sum(len(piece.photos) for piece in pieces),
        "seller": seller,
        "has_contact": has_contact,
        "is_ready": bool(pieces) and has_contact and not any(piece.missing for piece in pieces),
        "refusal": refusal,
        "steps": steps_at(STEPS, 2),
        "buying": BuyingSettings.current(),
    }
    return render(request, "offers/sell/check.html", context, status=status)


def _known(request: HttpRequest, writing: Writing) -> dict[str, Any]:
    """What was said before, else what a user's account says."""
    if seller := writing.draft.seller:
        return {name: getattr(seller, name) for name in CONTACT}
    user, known = user_of(request), {"channel": Seller.Channel.EMAIL}
    return known | ({"email": user.email, "name": user.name} if user else {})
