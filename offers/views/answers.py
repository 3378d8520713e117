"""What a seller does on the page of a submission; each act names what they saw."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import throttle
from core.errors import DomainError
from inventory.errors import PictureRefused
from offers.errors import CounterOutOfRange, OfferNotLive
from offers.forms.answers import AnswerForm, CashForm, CounterForm, MorePhotosForm, ReplyForm, RevisionForm, WordsForm
from offers.models import SellItem
from offers.queries import pieces, progress
from offers.queries.offers import live_offer
from offers.queries.pieces import OfferCard
from offers.queries.progress import Standing
from offers.services import answering, giving_back, paying, revising, submitting
from offers.views.access import Visit, for_seller, tell
from offers.views.submission import page
from offers.views.writing import keep_photo

CHOICES = "new-price-choices"  # half of the answers to new prices, in the session
WORDS_AN_HOUR = 10  # messages about one submission


@require_POST
@for_seller
def answer(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Accept our offer or some of its pieces, refuse it, or go on to ask for more."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return page(request, visit, DomainError(" ".join(form.problems())), status=422)
    seen = {name: form.cleaned_data[name] for name in ("number", "total")}
    act = {"submission_id": visit.submission.pk, "actor": visit.actor, "now": visit.now, **seen}
    chosen = form.cleaned_data["answer"]
    try:
        if chosen == "accept":
            answering.accept(only=form.taken, note=form.cleaned_data["note"], **act)
        elif chosen == "refuse":
            answering.refuse(reason=form.cleaned_data["note"], **act)
        elif chosen == "sum":
            # Also asked by the script at each tick; of another offer the ticks mean nothing.
            is_seen = _if_seen(request, _card(visit, Standing.OFFER)) is not None
            refusal = None if is_seen else OfferNotLive()
            return page(request, visit, refusal, take=form.taken if is_seen else None, note=form.cleaned_data["note"])
        else:
            return redirect(f"{_address(visit, 'counter')}?{_query(form)}")
    except DomainError as refusal:
        take = form.taken if refusal.status == 422 else None
        return page(request, visit, refusal, take=take, note=form.cleaned_data["note"])
    tell(request, "offer_response")
    return redirect(visit.submission)


@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def counter(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask for more: one total, or an amount for each piece."""
    card = _card(visit, Standing.OFFER, [int(pk) for pk in request.GET.getlist("take") if pk.isdecimal()] or None)
    if request.method != "POST":
        return _counter_page(request, visit, card, None) if card and card.can_counter else redirect(visit.submission)
    lines = pieces.lines_of(visit.submission, request.POST.get("number", ""))
    form = CounterForm(request.POST, lines=lines)
    card = _if_seen(request, card)
    if not form.is_valid():
        return _counter_page(request, visit, card, form) if card else page(request, visit, OfferNotLive())
    try:
        answering.counter(
            submission_id=visit.submission.pk,
            number=form.cleaned_data["number"],
            total=form.cleaned_data["total"],
            asked=form.price,
            only=form.taken,
            message=form.cleaned_data["message"],
            actor=visit.actor,
            now=visit.now,
        )
    except CounterOutOfRange as refusal:
        form.add_error("asked", refusal.message)
        return _counter_page(request, visit, card, form) if card else page(request, visit, refusal)
    except DomainError as refusal:
        return page(request, visit, refusal)
    tell(request, "offer_response")
    return redirect(visit.submission)


@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def revision(request: HttpRequest, visit: Visit) -> HttpResponse:
    """New prices after the inspection: a choice for every piece, all sent at once."""
    card = _card(visit, Standing.REVISION)
    if request.method != "POST":
        kept = request.session.get(CHOICES, {}).get(_choices_key(visit, card), {}) if card else {}
        return _revision_page(request, visit, card, None, kept) if card else redirect(visit.submission)
    lines = pieces.lines_of(visit.submission, request.POST.get("number", ""))
    form, card = RevisionForm(request.POST, lines=lines), _if_seen(request, card)
    is_whole = form.is_valid() and form.cleaned_data["answer"] == "send"
    if card and not is_whole:
        return _keep_half(request, visit, card, form)
    if not is_whole:
        return page(request, visit, OfferNotLive())
    try:
        revising.answer_revision(
            submission_id=visit.submission.pk,
            number=form.cleaned_data["number"],
            total=form.cleaned_data["total"],
            answers=form.choices,
            actor=visit.actor,
            now=visit.now,
        )
    except DomainError as refusal:
        return page(request, visit, refusal)
    request.session.pop(CHOICES, None)
    return redirect(visit.submission)


@require_POST
@for_seller
def ask_for_new_offer(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Have us look again after an offer is over."""
    try:
        answering.ask_for_new_offer(submission_id=visit.submission.pk, actor=visit.actor, now=visit.now)
    except DomainError as refusal:
        return page(request, visit, refusal)
    return redirect(visit.submission)


@require_POST
@for_seller
def reply(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Answer our question."""
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return page(request, visit, reply_form=form, status=422)
    try:
        submitting.answer_question(
            submission_id=visit.submission.pk, answer=form.cleaned_data["reply"], actor=visit.actor, now=visit.now
        )
    except DomainError as refusal:
        return page(request, visit, refusal)
    return redirect(visit.submission)


@require_POST
@for_seller
def write(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Send us a few words."""
    form = WordsForm(request.POST)
    if not form.is_valid():
        return page(request, visit, words_form=form, status=422)
    if not throttle.take("words", str(visit.submission.pk), most=WORDS_AN_HOUR, seconds=3600):
        return render(request, "429.html", status=429)
    try:
        submitting.write(
            submission_id=visit.submission.pk, text=form.cleaned_data["words"], actor=visit.actor, now=visit.now
        )
    except DomainError as refusal:
        return page(request, visit, refusal)
    messages.success(request, _("Your message is with us."))
    return redirect(visit.submission)


@require_POST
@for_seller
def add_photos(request: HttpRequest, visit: Visit, item_id: int) -> HttpResponse:
    """More photos of a piece, while we are still looking at them."""
    form = MorePhotosForm(request.POST, request.FILES)
    if (item := visit.submission.items.filter(pk=item_id).first()) is None:
        return page(request, visit, DomainError(_("That piece is not part of this submission.")), status=404)
    if not form.is_valid():
        return page(request, visit, DomainError(" ".join(form.problems())), status=422)
    refused = []
    for photo in form.cleaned_data["photos"]:
        try:
            if words := keep_photo(request, item, photo, "", visit.actor, visit.now):
                refused.append(f"{photo.name}: {words}")
        except DomainError as refusal:
            return page(request, visit, refusal)
    if refused:
        return page(request, visit, PictureRefused(" ".join(refused)))
    messages.success(request, _("Your photos are with us."))
    return redirect(visit.submission)


@require_http_methods(["GET", "HEAD", "POST"])
@for_seller
def walk_away(request: HttpRequest, visit: Visit, item_id: int) -> HttpResponse:
    """Have a piece back that we would buy, while nothing is paid; asked once."""
    item = visit.submission.items.filter(pk=item_id).first()
    may_ask = item is not None and progress.may_walk_away(visit.submission, item)
    if request.method != "POST":
        context = {"submission": visit.submission, "item": item}
        return render(request, "offers/walk_away.html", context) if may_ask else redirect(visit.submission)
    if item is None:
        return page(request, visit, DomainError(_("That piece is not part of this submission.")), status=404)
    try:
        giving_back.walk_away(item_id=item.pk, actor=visit.actor, now=visit.now)
    except DomainError as refusal:
        return page(request, visit, refusal)
    return redirect(visit.submission)


@require_POST
@for_seller
def cash(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say that the cash is in one's hand."""
    form = CashForm(request.POST)
    if not form.is_valid():
        return page(request, visit, DomainError(" ".join(form.problems())), status=422)
    try:
        paying.confirm_cash(
            submission_id=visit.submission.pk, amount=form.cleaned_data["amount"], actor=visit.actor, now=visit.now
        )
    except DomainError as refusal:
        return page(request, visit, refusal)
    return redirect(visit.submission)


def _card(visit: Visit, wanted: Standing, take: list[int] | None = None) -> OfferCard | None:
    """The live offer as it is now, if it is time for this kind of answer."""
    live = live_offer(visit.submission)
    if live is None or progress.standing(visit.submission, live, visit.now) != wanted:
        return None
    return pieces.offer_card(visit.submission, live, wanted, visit.now, take=take)


def _if_seen(request: HttpRequest, card: OfferCard | None) -> OfferCard | None:
    """The card, if the form was made for that offer."""
    return card if card and request.POST.get("number") == str(card.number) else None


def _address(visit: Visit, name: str) -> str:
    return reverse(f"offers:{name}", args=[visit.submission.reference])


def _query(form: AnswerForm) -> str:
    """The ticked pieces, for the page that asks for more."""
    query = QueryDict(mutable=True)
    query.setlist("take", [str(pk) for pk in form.taken or []])
    return query.urlencode()


def _counter_page(request: HttpRequest, visit: Visit, card: OfferCard, form: CounterForm | None) -> HttpResponse:
    initial = {"number": card.number, "total": card.total, "take": [line.piece.pk for line in card.kept]}
    status = 422 if form else 200
    if form is not None:
        card = pieces.ticked(card, request.POST.getlist("take"))
    form = form or CounterForm(initial=initial, lines=card.lines)
    context = {"submission": visit.submission, "card": card, "form": form}
    return render(request, "offers/counter.html", context, status=status)


def _keep_half(request: HttpRequest, visit: Visit, card: OfferCard, form: RevisionForm) -> HttpResponse:
    """X16: half an answer has no effect; it only stays ticked when the page is opened again."""
    kept = {str(pk): choice for pk, choice in form.choices.items()}
    request.session[CHOICES] = {_choices_key(visit, card): kept}
    if form.cleaned_data.get("answer") == "sum":
        return _revision_page(request, visit, card, None, kept)
    return _revision_page(request, visit, card, form, kept, status=422)


def _revision_page(
    request: HttpRequest,
    visit: Visit,
    card: OfferCard,
    form: RevisionForm | None,
    kept: dict[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    initial: dict[str, Any] = {f"piece_{pk}": choice for pk, choice in kept.items()}
    form = form or RevisionForm(initial=initial, lines=card.lines)
    passed = visit.submission.items.filter(status=SellItem.Status.PASSED)
    taken = [line for line in card.lines if kept.get(str(line.piece.pk)) == "take"]
    context = {
        "submission": visit.submission,
        "card": card,
        "form": form,
        "rows": [(line, form[f"piece_{line.piece.pk}"]) for line in card.lines],
        "passed": passed,
        "sum": progress.amount_due(visit.submission) + sum(line.amount for line in taken),
        "count": len(passed) + len(taken),
        "open": len([line for line in card.lines if str(line.piece.pk) not in kept]),
    }
    return render(request, "offers/revision.html", context, status=status)


def _choices_key(visit: Visit, card: OfferCard) -> str:
    return f"{visit.submission.pk}:{card.number}"
