"""The page of a submission: its pieces with what we think of them, and the way to an offer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from core.backoffice import row_address, staff
from core.errors import DomainError
from core.money import ZERO, format_eur, in_words
from offers import letters
from offers.errors import DecisionsChanged, OfferAlreadyLive
from offers.forms.reviewing import DecisionForm, SendForm, TermsForm, ends_after
from offers.models import BuyingSettings, SellItem, SellOffer, SellSubmission
from offers.queries import desk, listing
from offers.queries.suggestions import Suggestion, suggest
from offers.queries.timeline import names_of, timeline_of
from offers.rules.items import MAY_BE_BOUGHT
from offers.services import offering, reviewing
from offers.services.settling import amount_settled

Status = SellSubmission.Status
REVIEW, SEND, NOTE = "offers.review_submission", "offers.make_offer", "offers.write_notes"
SEE_NOTES, SEE_MESSAGES, SEE_SELLER = "offers.view_internalnote", "offers.view_sellermessage", "offers.view_seller"
DECIDABLE = {Status.SUBMITTED, Status.IN_REVIEW, Status.COUNTERED, Status.STALLED}
OPEN_PIECES = {SellItem.Status.SUBMITTED, SellItem.Status.OFFERED}
TERMS = "terms of an offer"  # key of the session: what was typed beside the pieces, until the offer is sent


@dataclass(frozen=True)
class Card:
    """A piece on the page: its form while we may decide, and what a colleague saved when that differs."""

    item: SellItem
    form: DecisionForm | None
    suggestion: Suggestion | None
    saved: str = ""

    @property
    def is_far_above(self) -> bool:
        """SEC-27: whether what we propose is far above what our sales suggest."""
        amount = self.item.proposed_amount
        is_wanted = self.item.decision == SellItem.Decision.WANTED
        return bool(is_wanted and amount and self.suggestion and self.suggestion.is_far_exceeded_by(amount))


@dataclass(frozen=True)
class Typed:
    """What came with a refused press: nothing of it is lost."""

    forms: list[DecisionForm]
    terms: TermsForm
    version: int


def page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The submission with its pieces, offers and history."""
    submission = found(admin, request, object_id)
    if request.method not in {"GET", "HEAD"} or not admin.has_view_permission(request, submission):
        raise PermissionDenied
    return show(admin, request, submission)


def decide(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Save what was decided; "send" goes on to the last look. A refusal keeps all that was typed (X7)."""
    submission = found(admin, request, object_id)
    if not request.user.has_perm(REVIEW):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(row_address(submission))
    forms = [DecisionForm(request.POST, item=item) for item in pieces_of(submission) if item.status in OPEN_PIECES]
    typed = Typed(forms, TermsForm(request.POST), _number(request.POST.get("version")))
    if not all([*(form.is_valid() for form in forms), typed.terms.is_valid()]):
        return show(admin, request, submission, typed=typed, status=422)
    try:
        _save(request, submission, typed)
    except DecisionsChanged as refusal:
        submission = found(admin, request, object_id)
        typed = Typed(forms, typed.terms, submission.draft_version)
        return show(admin, request, submission, typed=typed, refusal=refusal, status=refusal.status)
    except DomainError as refusal:
        return show(admin, request, submission, typed=typed, refusal=refusal, status=refusal.status)
    if "send" in request.POST and request.user.has_perm(SEND):
        return redirect("admin:offers_sellsubmission_offer", submission.pk)
    messages.success(request, "Decisions saved. Nothing was sent.")
    return redirect(row_address(submission))


def offer(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The last look at an offer, as its seller will see it; pressed, it is sent (S6, S11)."""
    submission = found(admin, request, object_id)
    if not request.user.has_perm(SEND):
        raise PermissionDenied
    now = timezone.now()
    total = total_of(pieces_of(submission))
    if request.method != "POST":
        form = SendForm(initial=_terms_to_show(request, submission, now), total=total)
        return _sheet(admin, request, submission, form)
    form = SendForm(request.POST, total=total)
    if not form.is_valid():
        return _sheet(admin, request, submission, form, status=422)
    try:
        made = _send(request, submission, form.cleaned_data, now)
    except DomainError as refusal:
        return _sheet(admin, request, submission, form, refusal=refusal, status=refusal.status)
    request.session.pop(TERMS, None)
    messages.success(request, _sent(made))
    return redirect(row_address(submission))


def found(admin: Any, request: HttpRequest, object_id: str) -> SellSubmission:
    """The submission of the address, unless it is a draft or none."""
    submission = admin.get_object(request, object_id)
    if submission is None:
        raise Http404
    return submission


def pieces_of(submission: SellSubmission) -> list[SellItem]:
    """Its pieces in their order, with what a card shows."""
    pieces: QuerySet[SellItem] = submission.items.filter(removed_at=None)
    return list(pieces.select_related("category", "brand").prefetch_related("photos"))


def total_of(pieces: Iterable[SellItem]) -> Decimal:
    """What an offer for the wanted pieces comes to, in EUR."""
    return sum((piece.proposed_amount or ZERO for piece in pieces if piece.decision == SellItem.Decision.WANTED), ZERO)


def _offered_last(offers: Iterable[SellOffer]) -> Decimal | None:
    """The total (EUR) of our last offer for the whole; new prices after inspection are asked of some pieces only."""
    ours = (each for each in offers if each.party == SellOffer.Party.SHOP and each.kind != SellOffer.Kind.REVISION)
    return next((each.total for each in ours), None)


def _agreed(pieces: Iterable[SellItem]) -> Decimal | None:
    """What a deal comes to (EUR), without what goes back or never came; None when there is none."""
    left = [piece for piece in pieces if piece.agreed_amount is not None and piece.status in MAY_BE_BOUGHT]
    return sum((piece.agreed_amount or ZERO for piece in left), ZERO) if left else None


def show(
    admin: Any,
    request: HttpRequest,
    submission: SellSubmission,
    *,
    typed: Typed | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was typed and why it was refused, if it was."""
    now, pieces = timezone.now(), pieces_of(submission)
    can_decide = request.user.has_perm(REVIEW) and submission.status in DECIDABLE
    offers = list(submission.offers.prefetch_related("lines__item").order_by("-number"))
    cards = _cards(pieces, typed, can_decide, now, is_conflict=isinstance(refusal, DecisionsChanged))
    live = next((each for each in offers if each.status == SellOffer.Status.LIVE), None)
    agreed = _agreed(pieces)
    context = {
        **_frame(admin, request, submission),
        "cards": cards,
        "can_decide": can_decide,
        "can_send": can_decide and request.user.has_perm(SEND),
        "terms": typed.terms if typed else TermsForm(initial=_kept_terms(request, submission)),
        "version": typed.version if typed else submission.draft_version,
        "refusal": refusal,
        "has_errors": typed is not None and refusal is None,
        "asked": listing.asked_for(pieces),
        "total": total_of(pieces) if can_decide else _offered_last(offers) if agreed is None else agreed,
        "agreed": agreed,
        "paid": amount_settled(submission),
        "margin": _margin(cards) if can_decide else None,
        "limit": BuyingSettings.current().buyer_limit,
        "live": live,
        "offered": _offered_last(offers),
        "counter": live if live and live.party == SellOffer.Party.SELLER else None,
        "offers": offers,
        "assignee": submission.assignee,
        "may_door": admin.has_door_permission(request, str(submission.pk)),
        "timeline": _timeline(request, submission),
        "others": _others(submission),
        "now": now,
    }
    return TemplateResponse(request, "admin/offers/review.html", context, status=status)


def _frame(admin: Any, request: HttpRequest, submission: SellSubmission) -> dict[str, Any]:
    key = str(submission.pk)
    return {
        **admin.admin_site.each_context(request),
        "title": str(submission),
        "opts": admin.opts,
        "original": submission,
        "submission": submission,
        "seller": submission.seller,
        "standing": desk.standing(submission),
        "may_see_seller": request.user.has_perm(SEE_SELLER),
        "actions_detail": admin._get_actions_navigation(
            admin.actions_detail, admin.get_actions_detail(request, key), key
        ),
    }


def _cards(
    pieces: list[SellItem], typed: Typed | None, can_decide: bool, now: datetime, *, is_conflict: bool
) -> list[Card]:
    suggestions = suggest(pieces=pieces, now=now)
    forms = {form.item.pk: form for form in typed.forms} if typed else {}
    cards = []
    for item in pieces:
        form = None
        if can_decide and item.status in OPEN_PIECES:
            form = forms.get(item.pk) or DecisionForm(item=item)
        saved = _difference(item, form) if form and is_conflict else ""
        cards.append(Card(item, form, suggestions.get(item.pk), saved))
    return cards


def _difference(item: SellItem, form: DecisionForm) -> str:
    """What a colleague saved about a piece, in words, where it is not what was typed here."""
    typed = form.wish
    saved = (item.decision, item.proposed_amount, item.proposed_grade, item.decline_reason)
    if saved == (typed.decision, typed.amount, typed.grade, typed.decline_reason):
        return ""
    words = [item.get_decision_display()]
    if item.proposed_amount is not None:
        words.append(format_eur(item.proposed_amount))
    return ", ".join(filter(None, [*words, item.get_proposed_grade_display(), item.get_decline_reason_display()]))


def _margin(cards: list[Card]) -> dict[str, Any]:
    """What the wanted pieces may bring, of those that we have sold the like of."""
    wanted = [card for card in cards if card.item.decision == SellItem.Decision.WANTED and card.item.proposed_amount]
    known = [card for card in wanted if card.suggestion]
    brings = sum((card.suggestion.median_price for card in known if card.suggestion), ZERO)
    costs = total_of(card.item for card in known)
    return {"brings": brings, "leaves": brings - costs, "known": len(known), "wanted": len(wanted)}


def _timeline(request: HttpRequest, submission: SellSubmission) -> list[Any]:
    may = request.user.has_perm
    entries = timeline_of(submission, has_notes=may(SEE_NOTES), has_messages=may(SEE_MESSAGES))
    return [(entry, letters.without_links(entry.text)) for entry in entries]


def _others(submission: SellSubmission) -> list[tuple[SellSubmission, str]]:
    """What else this seller has sent us and what became of it, newest first."""
    theirs = SellSubmission.objects.filter(seller=submission.seller).exclude(status=Status.DRAFT)
    latest = theirs.exclude(pk=submission.pk).prefetch_related("items", "payouts").order_by("-submitted_at")[:10]
    return [(other, other.get_close_reason_display() or desk.standing(other)) for other in latest]


def _save(request: HttpRequest, submission: SellSubmission, typed: Typed) -> None:
    actor, now = staff(request), timezone.now()
    decisions = {form.item.pk: form.wish for form in typed.forms}
    offering.decide(submission_id=submission.pk, version=typed.version, decisions=decisions, actor=actor, now=now)
    terms = dict(typed.terms.cleaned_data)
    note = terms.pop("note").strip()
    if note and request.user.has_perm(NOTE):
        reviewing.write_note(submission_id=submission.pk, text=note, actor=actor, now=now)
    request.session[TERMS] = {"submission": submission.pk, **terms}


def _kept_terms(request: HttpRequest, submission: SellSubmission) -> dict[str, Any]:
    """What was typed beside the pieces of this submission last; of another one it is not shown."""
    kept = request.session.get(TERMS, {})
    return kept if kept.get("submission") == submission.pk else {}


def _terms_to_show(request: HttpRequest, submission: SellSubmission, now: datetime) -> dict[str, Any]:
    kept = _kept_terms(request, submission)
    return {
        "version": submission.draft_version,
        "expires_at": ends_after(kept.get("days", BuyingSettings.current().offer_days), now).isoformat(),
        "is_severable": kept.get("is_severable", True),
        "is_final": kept.get("is_final", False),
        "message": kept.get("message", ""),
    }


def _send(request: HttpRequest, submission: SellSubmission, terms: dict[str, Any], now: datetime) -> SellOffer:
    return offering.make_offer(
        submission_id=submission.pk,
        version=terms["version"],
        expires_at=terms["expires_at"],
        is_severable=terms["is_severable"],
        is_final=terms["is_final"],
        message=terms["message"],
        may_exceed_limit=request.user.has_perm("offers.exceed_limit"),
        actor=staff(request),
        now=now,
        user_id=request.user.pk,
    )


def _sent(made: SellOffer) -> str:
    seller = made.submission.seller
    words = f"Offer {made.number} is made: {format_eur(made.total)}."
    if seller and seller.email:
        return f"{words} The letter goes to {seller.email}."
    return f"{words} There is no email: copy the text for the chat."


def _sheet(
    admin: Any,
    request: HttpRequest,
    submission: SellSubmission,
    form: SendForm,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The offer as its seller will see it."""
    if isinstance(refusal, OfferAlreadyLive):
        submission = found(admin, request, str(submission.pk))
    pieces = pieces_of(submission)
    total, settings = total_of(pieces), BuyingSettings.current()
    live = submission.offers.filter(status=SellOffer.Status.LIVE).first()
    cards = _cards(pieces, None, False, timezone.now(), is_conflict=False)
    context = {
        **_frame(admin, request, submission),
        "actions_detail": [],
        "form": form,
        "refusal": refusal,
        "wanted": [card for card in cards if card.item.decision == SellItem.Decision.WANTED],
        "declined": [piece for piece in pieces if piece.decision == SellItem.Decision.DECLINED],
        "undecided": [piece for piece in pieces if piece.decision == SellItem.Decision.UNDECIDED],
        "total": total,
        "total_in_words": in_words(total),
        "expires_at": form.moment,
        "message": form["message"].value(),
        "is_severable": form["is_severable"].value(),
        "is_final": form["is_final"].value(),
        "is_above_limit": total > settings.buyer_limit,
        "may_exceed": request.user.has_perm("offers.exceed_limit"),
        "limit": settings.buyer_limit,
        "live": live,
        "live_by": names_of([live.made_by]).get(live.made_by, live.made_by) if live else "",
        "back": row_address(submission),
    }
    return TemplateResponse(request, "admin/offers/sheet.html", context, status=status)


def _number(text: str | None) -> int:
    """The version that the page was made from; nothing that is not a number is any version."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1
