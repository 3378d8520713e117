"""Pieces at the desk and at the door: received, looked at one by one, answered and paid on the spot."""

from typing import Any

import qrcode
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage
from unfold.decorators import action

from core.backoffice import StepsAdmin, row_address
from core.errors import DomainError
from offers import links
from offers.admin.buttons import APPROVE, BUTTONS, INSPECT, RECEIVE, SETTLE, Press, is_key
from offers.forms.desk import AnswerForm, CashForm, ExtraForm, LookForm
from offers.models import SellItem, SellOffer, SellSubmission
from offers.queries import desk

Status, PieceStatus = SellSubmission.Status, SellItem.Status
LINKS = "offers.send_links"
AT_THE_DOOR = (RECEIVE, INSPECT, APPROVE, SETTLE)
# When the buttons that lead here are shown.
SHOWN = [Status.OFFERED, Status.AGREED, Status.RECEIVED, Status.SETTLING]


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
                _tell_once(request, pressed.do(Press(request, submission, item, form)))
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
        shows_link = page == "door" and request.user.has_perm(LINKS) and desk.awaits_the_seller(offer, payout)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{submission}: {'at the door' if page == 'door' else 'receive and inspect'}",
            "page": page,
            "submission": submission,
            "standing": desk.standing(submission),
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
            "cash": forms.get("pay_cash") or (CashForm(row=payout) if payout else None),
            "link_code": code(links.address_of(submission)) if shows_link else "",
            "may": {name: request.user.has_perm(button.permission) for name, button in BUTTONS.items()},
            "refusal": refusal,
            "opts": self.opts,
            "back": row_address(submission),
        }
        return TemplateResponse(request, f"admin/offers/desk/{page}.html", context, status=status)


def _tell_once(request: HttpRequest, done: str) -> None:
    """A double tap loads one page: what the first tap has to say on it is not said again."""
    waiting = messages.get_messages(request)
    is_told = any(str(message) == done for message in waiting)
    waiting.used = False  # type: ignore[union-attr]  # read, but not shown yet
    if not is_told:
        messages.success(request, done)


def code(address: str) -> SafeString:
    """An address as a drawing to scan."""
    drawing = qrcode.make(address, image_factory=SvgPathImage, border=0)
    return mark_safe(drawing.to_string(encoding="unicode"))  # noqa: S308  drawn here, from an address of ours


def _desk_of(submission: SellSubmission, item: SellItem) -> str:
    return reverse("admin:offers_sellsubmission_desk", args=[submission.pk]) + f"?piece={item.pk}"


def _piece(submission: SellSubmission, pk: str) -> SellItem | None:
    return submission.items.filter(pk=int(pk)).first() if is_key(pk) else None


def _current(pieces: list[SellItem], asked: SellItem | None) -> SellItem | None:
    """The piece that was asked for, else the next one to look at."""
    if asked is not None:
        return next((piece for piece in pieces if piece.pk == asked.pk), None)
    return next((piece for piece in pieces if piece.status == PieceStatus.RECEIVED), None)
