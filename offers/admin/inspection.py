"""Pieces at the desk and at the door: received, looked at one by one, answered and paid on the spot."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import qrcode
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage
from unfold.decorators import action
from unfold.enums import ActionVariant

from core.audit import Actor
from core.backoffice import StepsAdmin, row_address, staff, step
from core.errors import DomainError
from core.forms import StepForm
from core.money import format_eur
from offers import links
from offers.forms.desk import (
    AnswerForm,
    ConsentForm,
    DisposeForm,
    DoorCashForm,
    ExtraForm,
    HandBackForm,
    JudgeForm,
    LookForm,
    ReceiveForm,
)
from offers.models import Payout, SellItem, SellOffer, SellSubmission
from offers.queries import desk
from offers.services import answering, paying, receiving

Status, PieceStatus = SellSubmission.Status, SellItem.Status
RECEIVE, INSPECT, LINKS = "offers.receive_pieces", "offers.inspect_pieces", "offers.send_links"
APPROVE, SETTLE = "offers.approve_payout", "offers.settle_payout"
AT_THE_DOOR = (RECEIVE, INSPECT, APPROVE, SETTLE)
# When the buttons that lead here are shown.
SHOWN = [Status.OFFERED, Status.AGREED, Status.RECEIVED, Status.SETTLING]


@dataclass(frozen=True)
class Press:
    """A button that was pressed: by whom, on which submission and piece, with which answers."""

    request: HttpRequest
    submission: SellSubmission
    item: SellItem | None
    form: Any

    @property
    def who(self) -> dict[str, Any]:
        """Who acts, and when."""
        return {"actor": staff(self.request), "now": timezone.now()}

    @property
    def may_exceed(self) -> bool:
        """Whether this person may agree to more than a buyer's limit."""
        return self.request.user.has_perm("offers.exceed_limit")

    @property
    def for_seller(self) -> dict[str, Any]:
        """Who acts for a seller in front of them, and when."""
        return {"actor": Actor(staff(self.request).name, "in_person"), "now": timezone.now()}

    @property
    def piece(self) -> SellItem:
        """The piece it is about (404 when there is none)."""
        if self.item is None:
            raise Http404
        return self.item


# --- What the buttons do: one service each ----------------------------------------------------------------------------


def _receive(press: Press) -> str:
    chosen, location = press.form.cleaned_data["items"], press.form.cleaned_data["location"]
    receiving.receive(submission_id=press.submission.pk, item_ids=chosen, location=location, **press.who)
    return f"{len(chosen)} received."


def _add_extra(press: Press) -> str:
    receiving.add_extra(submission_id=press.submission.pk, **press.form.cleaned_data, **press.who)
    return "The extra piece is noted."


def _mark_missing(press: Press) -> str:
    receiving.mark_missing(item_id=press.piece.pk, **press.who)
    return f"Missing: {press.piece.words}."


def _nothing_came(press: Press) -> str:
    receiving.nothing_came(submission_id=press.submission.pk, **press.who)
    return "Nothing came: the deal is closed, and the seller knows."


def _send_revision(press: Press) -> str:
    offer = receiving.send_revision(submission_id=press.submission.pk, **press.who)
    return f"The seller is asked about the new prices: {format_eur(offer.total)}."


def _finding(press: Press) -> receiving.Finding:
    """What was seen; a photo that came with it is kept, whatever becomes of the verdict."""
    typed = press.form.cleaned_data
    if typed["photo"]:
        receiving.add_evidence(item_id=press.piece.pk, picture=typed["photo"], slot="Inspection", **press.who)
    return receiving.Finding(typed["grade"], press.form.checklist, typed["is_authentic"])


def _keep_photo(press: Press) -> str:
    _finding(press)
    return "The photo is kept." if press.form.cleaned_data["photo"] else "There was no photo."


def _pass(press: Press) -> str:
    receiving.pass_piece(item_id=press.piece.pk, finding=_finding(press), **press.who)
    return f"Passed: {press.piece.words}."


def _pass_as_described(press: Press) -> str:
    """One tap: every point of the checklist was looked at, and it is what the seller said."""
    points = dict.fromkeys(desk.checklist_of(press.piece), True)
    finding = receiving.Finding(press.piece.declared_grade, points, is_authentic=True)
    receiving.pass_piece(item_id=press.piece.pk, finding=finding, **press.who)
    return f"Passed: {press.piece.words}."


def _uplift(press: Press) -> str:
    amount = press.form.cleaned_data["amount"] or Decimal(0)
    receiving.pass_piece(
        item_id=press.piece.pk,
        finding=_finding(press),
        uplift_to=amount,
        may_exceed_limit=press.may_exceed,
        **press.who,
    )
    return f"Passed at {format_eur(amount)}: {press.piece.words}."


def _requote(press: Press) -> str:
    typed = press.form.cleaned_data
    amount, reason = typed["amount"] or Decimal(0), typed["reason"]
    receiving.requote(
        item_id=press.piece.pk,
        amount=amount,
        reason=reason,
        finding=_finding(press),
        may_exceed_limit=press.may_exceed,
        **press.who,
    )
    return f"{format_eur(amount)} instead: {press.piece.words}."


def _give_back(press: Press) -> str:
    _finding(press)
    receiving.send_back(item_id=press.piece.pk, reason=press.form.cleaned_data["reason"], **press.who)
    return f"To give back: {press.piece.words}."


def _hold(press: Press) -> str:
    _finding(press)
    receiving.hold(item_id=press.piece.pk, reason=press.form.cleaned_data["reason"], **press.who)
    return f"Held back for the owner: {press.piece.words}."


def _agree(press: Press) -> str:
    typed = press.form.cleaned_data
    answering.accept(submission_id=press.submission.pk, **typed, **press.for_seller)
    return f"Agreed in person: {format_eur(typed['total'])}."


def _answer_revision(press: Press) -> str:
    typed = dict(press.form.cleaned_data)
    answers = {int(name.partition("-")[2]): typed.pop(name) for name in list(typed) if name.startswith("answer-")}
    receiving.answer_revision(submission_id=press.submission.pk, answers=answers, **typed, **press.for_seller)
    return "The seller’s answer is kept."


def _approve_cash(press: Press) -> str:
    payout = _payout_of(press)
    paying.approve(payout_id=payout.pk, method=Payout.Method.CASH, **press.who)
    return f"{format_eur(payout.amount)} may be paid in cash."


def _pay_cash(press: Press) -> str:
    payout, form = _payout_of(press), press.form
    if form.address:
        paying.keep_address(submission_id=press.submission.pk, address=form.address, **press.who)
    paying.settle_cash(payout_id=payout.pk, **form.answers, **press.who)
    return f"{format_eur(payout.amount)} is paid in cash."


def _payout_of(press: Press) -> Payout:
    payout = desk.open_payout(press.submission)
    if payout is None:
        raise Http404
    return payout


# --- What the buttons ask ---------------------------------------------------------------------------------------------


def _receive_form(request: HttpRequest, submission: SellSubmission, item: SellItem | None) -> Form:
    return ReceiveForm(request.POST, pieces=submission.items.filter(status__in=[PieceStatus.AGREED, "received"]))


def _look_form(request: HttpRequest, submission: SellSubmission, item: SellItem | None) -> Form:
    if item is None:
        raise Http404
    return LookForm(request.POST, request.FILES, item=item)


def _answer_form(request: HttpRequest, submission: SellSubmission, item: SellItem | None) -> Form:
    return AnswerForm(request.POST, offer=desk.live_offer(submission))


def _cash_form(request: HttpRequest, submission: SellSubmission, item: SellItem | None) -> Form:
    return DoorCashForm(request.POST, row=submission)


def _plain(kind: type[Form]) -> Callable[..., Form]:
    return lambda request, submission, item: kind(request.POST)


@dataclass(frozen=True)
class Button:
    """A button of the desk: who may press it, what it asks, what it does."""

    permission: str
    form: Callable[..., Form]
    do: Callable[[Press], str]


BUTTONS = {
    "receive": Button(RECEIVE, _receive_form, _receive),
    "extra": Button(RECEIVE, _plain(ExtraForm), _add_extra),
    "missing": Button(RECEIVE, _plain(Form), _mark_missing),
    "nothing": Button(RECEIVE, _plain(Form), _nothing_came),
    "photo": Button(INSPECT, _look_form, _keep_photo),
    "pass": Button(INSPECT, _look_form, _pass),
    "fine": Button(INSPECT, _plain(Form), _pass_as_described),
    "uplift": Button(INSPECT, _look_form, _uplift),
    "requote": Button(INSPECT, _look_form, _requote),
    "give_back": Button(INSPECT, _look_form, _give_back),
    "hold": Button(INSPECT, _look_form, _hold),
    "revision": Button(INSPECT, _plain(Form), _send_revision),
    "agree": Button(RECEIVE, _plain(ConsentForm), _agree),
    "answer": Button(INSPECT, _answer_form, _answer_revision),
    "approve_cash": Button(APPROVE, _plain(Form), _approve_cash),
    "pay_cash": Button(SETTLE, _cash_form, _pay_cash),
}


class DeskPages(StepsAdmin):
    """The pages of a submission on which its pieces are received and looked at."""

    actions_detail: tuple[Any, ...] = ("to_desk", "to_door")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        name = "offers_sellsubmission"
        return [
            path("<path:object_id>/desk/", view(self.desk_page), name=f"{name}_desk"),
            path("<path:object_id>/door/", view(self.door_page), name=f"{name}_door"),
            path("<path:object_id>/labels/", view(self.labels), name=f"{name}_labels"),
            path("<path:object_id>/press/<slug:button>/", view(self.press), name=f"{name}_press"),
            *super().get_urls(),
        ]

    @action(description="Receive and inspect", icon="fact_check", permissions=["desk"])
    def to_desk(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:offers_sellsubmission_desk", object_id)

    @action(description="At the door", icon="doorbell", permissions=["door"])
    def to_door(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:offers_sellsubmission_door", object_id)

    def has_door_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whoever may pay in cash is at the door too."""
        may = any(request.user.has_perm(verb) for verb in AT_THE_DOOR)
        if not may or object_id is None:
            return may
        submission = self.get_object(request, object_id)
        return submission is not None and submission.status in SHOWN

    def has_desk_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        may = request.user.has_perm(RECEIVE) or request.user.has_perm(INSPECT)
        if not may or object_id is None:
            return may
        submission = self.get_object(request, object_id)
        return submission is not None and submission.status in SHOWN

    def desk_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Receive what is here, then look at one piece after the other."""
        return self._page(request, self._submission(request, object_id), "desk")

    def door_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The same with the seller there: one tap a piece, the answer, the cash."""
        return self._page(request, self._submission(request, object_id), "door")

    def labels(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A label to print for each piece that is here; its code opens the piece's inspection."""
        submission = self._submission(request, object_id)
        here = submission.items.exclude(received_at=None).exclude(status__in=[PieceStatus.RETURNED, "disposed"])
        labels = [(item, code(settings.SITE_URL + _desk_of(submission, item))) for item in here]
        return TemplateResponse(
            request, "admin/offers/desk/labels.html", {"submission": submission, "labels": labels}
        )  # fmt: skip

    def press(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Do what one button says, and show the page it stands on, with what was refused."""
        pressed = BUTTONS.get(button)
        if pressed is None:
            raise Http404
        if not request.user.has_perm(pressed.permission):
            raise PermissionDenied
        submission = self._submission(request, object_id)
        page = "door" if request.POST.get("page") == "door" else "desk"
        if request.method != "POST":
            return redirect(f"admin:offers_sellsubmission_{page}", submission.pk)
        item = _piece(submission, request.POST.get("piece", ""))
        form = pressed.form(request, submission, item)
        refusal, status = "Look at the marked fields.", 422
        if form.is_valid():
            try:
                messages.success(request, pressed.do(Press(request, submission, item, form)))
            except DomainError as error:
                refusal, status = error.message, error.status
            else:
                return redirect(f"admin:offers_sellsubmission_{page}", submission.pk)
        return self._page(request, self._submission(request, object_id), page, status, refusal, item, {button: form})

    def _submission(self, request: HttpRequest, object_id: str) -> SellSubmission:
        if not self.has_door_permission(request):
            raise PermissionDenied
        submission = self.get_object(request, object_id)
        if submission is None:
            raise Http404
        return submission

    def _page(
        self,
        request: HttpRequest,
        submission: SellSubmission,
        page: str,
        status: int = 200,
        refusal: str = "",
        item: SellItem | None = None,
        forms: dict[str, Any] | None = None,
    ) -> HttpResponse:
        pieces = list(submission.items.filter(removed_at=None).select_related("category").prefetch_related("photos"))
        current = _current(pieces, item or _piece(submission, request.GET.get("piece", "")))
        offer, payout = desk.live_offer(submission), desk.open_payout(submission)
        forms = forms or {}
        link = links.address_of(submission) if page == "door" and request.user.has_perm(LINKS) else ""
        context = {
            **self.admin_site.each_context(request),
            "title": f"{submission}: {'at the door' if page == 'door' else 'receive and inspect'}",
            "page": page,
            "submission": submission,
            "pieces": pieces,
            "to_receive": [piece for piece in pieces if piece.status == PieceStatus.AGREED],
            "requoted": [piece for piece in pieces if piece.status == PieceStatus.REQUOTED],
            "current": current,
            "asked": bool(request.GET.get("piece") or item),
            "is_open": current is not None and current.status == PieceStatus.RECEIVED,
            "look": next((form for form in forms.values() if isinstance(form, LookForm)), None)
            or (LookForm(item=current) if current else None),
            "extra": forms.get("extra") or ExtraForm(),
            "all_seen": not any(piece.status in {PieceStatus.RECEIVED, PieceStatus.AGREED} for piece in pieces),
            "offer": offer,
            "is_revision": offer is not None and offer.kind == SellOffer.Kind.REVISION,
            "answer": forms.get("answer") or AnswerForm(offer=offer),
            "payout": payout,
            "cash": forms.get("pay_cash") or DoorCashForm(row=submission),
            "link_code": code(link) if link else "",
            "may": {name: request.user.has_perm(button.permission) for name, button in BUTTONS.items()},
            "refusal": refusal,
            "opts": self.opts,
            "back": row_address(submission),
        }
        return TemplateResponse(request, f"admin/offers/desk/{page}.html", context, status=status)


def code(address: str) -> SafeString:
    """An address as a drawing to scan."""
    drawing = qrcode.make(address, image_factory=SvgPathImage, border=0)
    return mark_safe(drawing.to_string(encoding="unicode"))  # noqa: S308  drawn here, from an address of ours


def _desk_of(submission: SellSubmission, item: SellItem) -> str:
    return reverse("admin:offers_sellsubmission_desk", args=[submission.pk]) + f"?piece={item.pk}"


def _piece(submission: SellSubmission, pk: str) -> SellItem | None:
    return submission.items.filter(pk=int(pk)).first() if pk.isascii() and pk.isdecimal() and len(pk) < 18 else None


def _current(pieces: list[SellItem], asked: SellItem | None) -> SellItem | None:
    """The piece that was asked for, else the next one to look at."""
    if asked is not None:
        return next((piece for piece in pieces if piece.pk == asked.pk), None)
    return next((piece for piece in pieces if piece.status == PieceStatus.RECEIVED), None)


# --- A piece that is held or goes back --------------------------------------------------------------------------------


def _is(*statuses: str) -> Callable[[SellItem], bool]:
    return lambda item: item.status in statuses


class PieceSteps(StepsAdmin):
    """What becomes of a piece that was held, or goes back."""

    actions_detail = ("to_shelf", "hand_back", "judge", "dispose", "walk_away")

    @action(description="Stock it", icon="shelves", permissions=["shelf"])
    def to_shelf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:offers_sellitem_stock", object_id)

    def has_shelf_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        may = request.user.has_perm("offers.stock_pieces")
        if not may or object_id is None:
            return may
        item = self.get_object(request, object_id)
        return item is not None and item.status == PieceStatus.PASSED

    @step(
        label="Given back",
        permission="offers.return_pieces",
        about="It is with its owner again, or on the way there. The seller gets a letter.",
        form=HandBackForm,
        icon="assignment_return",
        variant=ActionVariant.PRIMARY,
        is_offered=_is(PieceStatus.TO_RETURN),
    )
    def hand_back(self, request: HttpRequest, item: SellItem, form: StepForm) -> str:
        receiving.hand_back(item_id=item.pk, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"Given back: {item}."

    @step(
        label="Judge",
        permission="offers.judge_held_pieces",
        about="It was held back: it may be counterfeit or stolen. If it passes, it is paid.",
        form=JudgeForm,
        icon="gavel",
        variant=ActionVariant.PRIMARY,
        is_offered=_is(PieceStatus.HELD),
    )
    def judge(self, request: HttpRequest, item: SellItem, form: StepForm) -> str:
        receiving.judge(item_id=item.pk, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"Judged: {item}."

    @step(
        label="Dispose of",
        permission="offers.judge_held_pieces",
        about="Nobody gets it back: the seller asked for it, or did not come in time, after two reminders.",
        form=DisposeForm,
        icon="delete",
        variant=ActionVariant.DANGER,
        is_offered=_is(PieceStatus.TO_RETURN),
    )
    def dispose(self, request: HttpRequest, item: SellItem, form: StepForm) -> str:
        receiving.dispose(item_id=item.pk, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"Disposed of: {item}."

    @step(
        label="Give back after all",
        permission="offers.judge_held_pieces",
        about="The seller changed their mind before they were paid. What is due becomes less.",
        icon="undo",
        is_offered=_is(PieceStatus.PASSED),
    )
    def walk_away(self, request: HttpRequest, item: SellItem, form: StepForm) -> str:
        receiving.walk_away(item_id=item.pk, actor=staff(request), now=timezone.now())
        return f"To give back: {item}."
