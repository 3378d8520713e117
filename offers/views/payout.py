"""Where the money goes: asked only once a deal is agreed, and only of whoever reads the seller's mail."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from core import throttle
from core.errors import DomainError
from offers.errors import CodeRefused, TooManyCodes
from offers.forms.payout import AccountForm
from offers.models import BuyingSettings
from offers.queries import progress, told
from offers.rules import submissions as rules
from offers.services import banking
from offers.views.access import Visit, for_seller

CODES_AN_HOUR = 5  # for one submission; each code takes a few tries


@sensitive_post_parameters("iban", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The bank details as country and last four, and the form to give or change them."""
    if request.method != "POST":
        return _page(request, visit, AccountForm(initial=_known(visit)))
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _page(request, visit, form, status=422)
    answers = form.cleaned_data
    address = banking.Address(**{name: answers[name] for name in ("street", "town", "postcode", "country")})
    try:
        account = banking.save_account(
            submission_id=visit.submission.pk,
            holder_name=answers["holder_name"],
            iban=answers["iban"],
            code=answers["code"],
            address=address,
            actor=visit.actor,
            now=visit.now,
        )
    except CodeRefused as refusal:
        form.add_error("code", refusal.message)
        return _page(request, visit, form, status=refusal.status)
    except DomainError as refusal:
        return _page(request, visit, form, refusal, status=refusal.status)
    messages.success(request, _("Your money goes to the account %(account)s.") % {"account": account})
    return redirect(visit.submission)


@sensitive_post_parameters("iban", "code")
@require_POST
@for_seller
def send_code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send a code to the email on file. What was typed before stands on the page that answers, and nowhere else."""
    typed = {name: request.POST[name] for name in AccountForm.base_fields if name in request.POST and name != "code"}
    form = AccountForm(initial=_known(visit) | typed)
    try:
        if not throttle.take("payout code", str(visit.submission.pk), most=CODES_AN_HOUR, seconds=3600):
            raise TooManyCodes
        banking.send_code(submission_id=visit.submission.pk, now=visit.now)
    except DomainError as refusal:
        return _page(request, visit, form, refusal, status=refusal.status)
    text = _("A code is on its way to %(contact)s. It is good for 15 minutes.")
    messages.success(request, text % {"contact": _contact(visit)})
    return _page(request, visit, form)


def _page(
    request: HttpRequest, visit: Visit, form: AccountForm, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "submission": visit.submission,
        "here": reverse("offers:payout", args=[visit.submission.reference]),
        "form": form,
        "refusal": refusal,
        "account": progress.account_words(visit.submission),
        "contact": _contact(visit),
        "takes_account": visit.submission.status in rules.TAKE_ACCOUNT,
        "buying": BuyingSettings.current(),
    }
    return render(request, "offers/payout.html", context, status=status)


def _contact(visit: Visit) -> str:
    """Where codes go: the owner sees it whole."""
    seller = visit.submission.seller
    email = seller.email if seller else ""
    return email if visit.is_owner else told.masked(email)


def _known(visit: Visit) -> dict[str, str]:
    """What the owner need not type again; a link alone shows no address."""
    seller = visit.submission.seller
    if seller is None or not visit.is_owner:
        return {}
    names = ("street", "town", "postcode", "country")
    return {"holder_name": seller.name} | {name: getattr(seller, name) for name in names}
