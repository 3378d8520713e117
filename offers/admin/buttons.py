"""What the buttons at the desk and at the door ask, and what they do: one service each."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest
from django.utils import timezone

from core.audit import Actor
from core.backoffice import staff
from core.forms import StepForm
from core.money import format_eur
from offers.admin.taking import take
from offers.errors import NotChecked
from offers.forms.desk import AnswerForm, CashForm, ConsentForm, ExtraForm, LookForm, ReceiveForm
from offers.models import Payout, SellItem, SellSubmission
from offers.queries import desk
from offers.services import answering, banking, paying, receiving, revising

RECEIVE, INSPECT = "offers.receive_pieces", "offers.inspect_pieces"
APPROVE, SETTLE = "offers.approve_payout", "offers.settle_payout"


def is_key(typed: str) -> bool:
    """Whether this can be the key of a row."""
    return typed.isascii() and typed.isdecimal() and len(typed) < 18


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
    offer = revising.send_revision(submission_id=press.submission.pk, **press.who)
    return f"The seller is asked about the new prices: {format_eur(offer.total)}."


def _finding(press: Press) -> receiving.Finding:
    """What was seen; a photo that came with it is kept, whatever becomes of the verdict."""
    typed = press.form.cleaned_data
    if typed["photo"]:
        receiving.add_evidence(item_id=press.piece.pk, picture=typed["photo"], **press.who)
    return receiving.Finding(typed["grade"], press.form.checklist, typed["is_authentic"])


def _keep_photo(press: Press) -> str:
    _finding(press)
    return "The photo is kept." if press.form.cleaned_data["photo"] else "There was no photo."


def _pass(press: Press) -> str:
    finding = _finding(press)
    _refuse_other_words(press)
    receiving.pass_piece(item_id=press.piece.pk, finding=finding, **press.who)
    return f"Passed: {press.piece.words}."


def _refuse_other_words(press: Press) -> None:
    """Enter presses the first button: whoever was typing another price, or why, did not mean that one (NotChecked)."""
    typed, agreed = press.form.cleaned_data, press.piece.agreed_amount
    if agreed is None or (typed["amount"] in {None, agreed} and not typed["reason"]):
        return
    way = ""
    if typed["amount"] not in {None, agreed}:
        way = f"For {format_eur(typed['amount'])} press “{'Better' if typed['amount'] > agreed else 'Lower'} price”. "
    field = "amount" if way else "reason"
    press.form.add_error(field, f"{way}To pass at {format_eur(agreed)}, empty this first.")
    raise NotChecked("It has not passed: look at the marked field, and press the button that you mean.")


def _refuse_without_grounds(press: Press) -> None:
    """Say at each field what another price still lacks (NotChecked)."""
    if press.piece.status != SellItem.Status.RECEIVED:
        return
    form, typed = press.form, press.form.cleaned_data
    has_photo = desk.has_evidence(press.piece)
    if typed["amount"] is None:
        form.add_error("amount", "Enter the new price.")
    if not typed["reason"]:
        form.add_error("reason", "Write down why: the seller reads it.")
    if not has_photo:
        form.add_error("photo", "Add a photo of ours that shows why.")
    if form.errors:
        raise NotChecked("The price is as it was: look at the marked fields.")


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
    finding = _finding(press)
    _refuse_without_grounds(press)
    receiving.requote(
        item_id=press.piece.pk,
        amount=amount,
        reason=reason,
        finding=finding,
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
    revising.answer_revision(submission_id=press.submission.pk, answers=answers, **typed, **press.for_seller)
    return "The seller’s answer is kept."


def _approve_cash(press: Press) -> str:
    payout, method = press.form.row, Payout.Method.CASH
    wanted = {"status": Payout.Status.APPROVED, "method": method}
    done = f"{format_eur(payout.amount)} may be paid in cash."
    return take(paying.approve, payout, press.request, done, wanted, method=method)


def _pay_cash(press: Press) -> str:
    form, payout = press.form, press.form.row
    if form.address:
        banking.keep_address(submission_id=press.submission.pk, address=form.address, **press.who)
    done = f"{format_eur(payout.amount)} is paid in cash."
    wanted = {"status": Payout.Status.SETTLED}
    return take(paying.settle_cash, payout, press.request, done, wanted, **form.answers)


# --- What the buttons ask ---------------------------------------------------------------------------------------------


def _receive_form(request: HttpRequest, submission: SellSubmission, item: SellItem | None) -> Form:
    return ReceiveForm(request.POST, pieces=submission.items.filter(status__in=[SellItem.Status.AGREED, "received"]))


def _look_form(request: HttpRequest, submission: SellSubmission, item: SellItem | None) -> Form:
    if item is None:
        raise Http404
    return LookForm(request.POST, request.FILES, item=item)


def _answer_form(request: HttpRequest, submission: SellSubmission, item: SellItem | None) -> Form:
    return AnswerForm(request.POST, offer=desk.live_offer(submission))


def _of_payout(kind: type[StepForm]) -> Callable[..., Form]:
    """About the payout that the person saw: another one may be due by now (404 when it is none of theirs)."""

    def form(request: HttpRequest, submission: SellSubmission, item: SellItem | None) -> Form:
        pk = request.POST.get("payout", "")
        found = submission.payouts.filter(pk=int(pk)).first() if is_key(pk) else None
        if found is None:
            raise Http404
        return kind(request.POST, row=found)

    return form


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
    "approve_cash": Button(APPROVE, _of_payout(StepForm), _approve_cash),
    "pay_cash": Button(SETTLE, _of_payout(CashForm), _pay_cash),
}
