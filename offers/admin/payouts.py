"""Money for sellers: the payout queue and its steps."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from core.backoffice import AuditPanel, ReadOnly, row_address, staff, step
from core.forms import StepForm
from core.models import AuditEntry
from core.money import format_eur
from offers.admin.documents import document_page
from offers.admin.downloads import DownloadPages
from offers.admin.taking import name_of, take
from offers.errors import AccountNotReady
from offers.forms.desk import (
    ApproveForm,
    CancelPayoutForm,
    CashForm,
    FailForm,
    RevealForm,
    SentForm,
    StaffAccountForm,
)
from offers.models import BuyInDocument, BuyingSettings, Payout, PayoutAccount
from offers.queries import desk
from offers.rules import payouts as rules
from offers.services import banking, paying

Status, Method = Payout.Status, Payout.Method
STATUS_COLOURS = {
    Status.DUE: "warning",
    Status.APPROVED: "info",
    Status.SENT: "primary",
    Status.SETTLED: "success",
    Status.FAILED: "danger",
}


def may_overrule_name(request: HttpRequest) -> bool:
    """Whether this person may pay to an account in another name than the seller's."""
    return request.user.has_perm("offers.exceed_limit")


def _can_become(status: Payout.Status) -> Callable[[Payout], bool]:
    return lambda payout: rules.can_become(payout, status)


def _is_cash(payout: Payout) -> bool:
    return payout.method == Method.CASH and payout.status == Status.APPROVED


class StepsPanel(AuditPanel):
    """What was done to this attempt, among all that was done to its submission."""

    def get_form_queryset(self, obj: Payout) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.filter(subject=obj.submission.cause, action__startswith=f"payout {obj.attempt} ")


@admin.register(Payout)
class PayoutAdmin(ReadOnly, DownloadPages):
    list_display = (
        "due_since",
        "who",
        "submission",
        "state",
        "way",
        "money",
        "account",
        "changed",
        "approver",
        "filed",
    )
    list_display_links = ("due_since", "who")
    list_select_related = ("submission__seller__account",)
    list_filter = ("status", "method")
    list_before_template = "admin/offers/desk/payouts.html"
    search_fields = ("submission__reference", "submission__seller__name", "reference")
    search_help_text = "Reference, seller or the bank's reference"
    show_full_result_count = False
    ordering = ("made_at", "pk")
    inlines = (StepsPanel,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("submission", "who", "money"),
                    ("status", "method", "paid_to", "id_seen"),
                    ("account", "look_out", "approver"),
                    ("made_at", "approved_at", "exported_at"),
                    ("reference", "sent_at", "settled_at"),
                    ("confirmed_at", "reason"),
                )
            },
        ),
    )
    readonly_fields = ("who", "money", "account", "look_out", "approver")
    compressed_fields = False
    actions_detail = (
        "approve",
        "settle_cash",
        "mark_sent",
        "settle",
        "fail",
        "document",
        {"title": "More", "items": ["type_account", "reveal", "cancel"]},
    )

    # --- The list -----------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        about = {
            "totals": desk.totals_by_method(),
            "may_send": request.user.has_perm("offers.send_payout"),
            "may_see_book": request.user.has_perm("offers.view_buyindocument"),
        }
        return super().changelist_view(request, about | (extra_context or {}))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/iban/", view(self.reveal_page), name="offers_payout_iban"),
            *super().get_urls(),
        ]

    @display(description="due since", ordering="made_at")
    def due_since(self, payout: Payout) -> str:
        return f"{timezone.localtime(payout.made_at):%-d %b, %H:%M}"

    @display(description="seller", ordering="submission__seller__name")
    def who(self, payout: Payout) -> str:
        return str(payout.submission.seller)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def state(self, payout: Payout) -> tuple[str, str]:
        return payout.status, payout.get_status_display()

    @display(description="by", ordering="method")
    def way(self, payout: Payout) -> str:
        return payout.get_method_display()

    @display(description="amount", ordering="amount")
    def money(self, payout: Payout) -> str:
        return format_eur(payout.amount)

    @display(description="account")
    def account(self, payout: Payout) -> str:
        found = _account_of(payout)
        return str(found) if found else ""

    @display(description="look out", label={"changed": "danger", "name": "warning"})
    def changed(self, payout: Payout) -> tuple[str, str] | str:
        """Whether the account was changed lately, or is in another name."""
        found = _account_of(payout)
        if found is None or payout.status not in rules.OPEN:
            return ""
        if banking.is_resting(found, BuyingSettings.current(), timezone.now()):
            return "changed", "Changed lately"
        seller = payout.submission.seller
        is_own = seller is not None and banking.is_same_person(seller.name, found.holder_name)
        return "" if is_own else ("name", "Another name")

    @display(description="look out")
    def look_out(self, payout: Payout) -> str:
        warning = self.changed(payout)
        return warning[1] if isinstance(warning, tuple) else warning

    @display(description="approved by", ordering="approved_by")
    def approver(self, payout: Payout) -> str:
        return name_of(payout.approved_by)

    @display(description="in a file", ordering="exported_at")
    def filed(self, payout: Payout) -> str:
        return f"{timezone.localtime(payout.exported_at):%-d %b, %H:%M}" if payout.exported_at else ""

    # --- Steps of one -------------------------------------------------------------------------------------------------

    @step(
        label="Approve",
        permission="offers.approve_payout",
        about="It may be paid, in this way. A bank transfer needs bank details that were not changed lately.",
        form=ApproveForm,
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        is_offered=_can_become(Status.APPROVED),
    )
    def approve(self, request: HttpRequest, payout: Payout, form: StepForm) -> str:
        typed, may = form.cleaned_data, may_overrule_name(request)
        wanted = {"status": Status.APPROVED, **typed}
        return take(paying.approve, payout, request, "Approved.", wanted, may_overrule_name=may, **typed)

    @step(
        label="Cash is handed over",
        permission="offers.settle_payout",
        about="The money is in the seller’s hand, who gets the buy-in document by letter.",
        form=CashForm,
        icon="payments",
        variant=ActionVariant.PRIMARY,
        is_offered=_is_cash,
    )
    def settle_cash(self, request: HttpRequest, payout: Payout, form: CashForm) -> str:
        if form.address:
            banking.keep_address(
                submission_id=payout.submission_id, address=form.address, actor=staff(request), now=timezone.now()
            )
        return take(paying.settle_cash, payout, request, "Paid in cash.", {"status": Status.SETTLED}, **form.answers)

    @step(
        label="Sent",
        permission="offers.send_payout",
        about="The bank has taken the transfer. The seller gets a letter that the money is on its way.",
        form=SentForm,
        icon="send",
        variant=ActionVariant.PRIMARY,
        is_offered=_can_become(Status.SENT),
    )
    def mark_sent(self, request: HttpRequest, payout: Payout, form: StepForm) -> str:
        wanted = {"status": Status.SENT, **form.cleaned_data}
        return take(paying.mark_sent, payout, request, "On its way.", wanted, **form.cleaned_data)

    @step(
        label="Arrived",
        permission="offers.settle_payout",
        about="The transfer was booked. The seller gets the buy-in document by letter.",
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
        is_offered=lambda payout: payout.status == Status.SENT,
    )
    def settle(self, request: HttpRequest, payout: Payout, form: StepForm) -> str:
        return take(paying.settle, payout, request, "Paid.", {"status": Status.SETTLED})

    @step(
        label="Came back",
        permission="offers.fail_payout",
        about="The bank returned it. The same amount is due anew, and the seller is asked for other details.",
        form=FailForm,
        icon="undo",
        is_offered=_can_become(Status.FAILED),
    )
    def fail(self, request: HttpRequest, payout: Payout, form: StepForm) -> str:
        wanted = {"status": Status.FAILED, **form.cleaned_data}
        return take(paying.fail, payout, request, "It came back, and is due anew.", wanted, **form.cleaned_data)

    @step(
        label="Cancel",
        permission="offers.cancel_payout",
        about="It is not paid. What is still due gets a payout of its own.",
        form=CancelPayoutForm,
        icon="cancel",
        variant=ActionVariant.DANGER,
        is_offered=_can_become(Status.CANCELLED),
    )
    def cancel(self, request: HttpRequest, payout: Payout, form: StepForm) -> str:
        wanted = {"status": Status.CANCELLED, "reason": form.cleaned_data["reason"]}
        return take(paying.cancel, payout, request, "Cancelled.", wanted, **form.cleaned_data)

    @step(
        label="Type in bank details",
        permission="offers.approve_payout",
        about="For a seller without email. What was approved to other details is cancelled and due anew.",
        form=StaffAccountForm,
        icon="account_balance",
        is_offered=lambda payout: payout.status in {Status.DUE, Status.APPROVED},
    )
    def type_account(self, request: HttpRequest, payout: Payout, form: StaffAccountForm) -> str:
        typed = {name: form.cleaned_data[name] for name in ("holder_name", "iban")}
        banking.save_account(
            submission_id=payout.submission_id,
            code=None,
            address=form.address,
            actor=staff(request),
            now=timezone.now(),
            **typed,
        )
        return "The bank details are kept."

    @action(description="Whole IBAN", icon="visibility")
    def reveal(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.reveal_page(request, object_id)

    def reveal_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """SEC-11: the number stands on the answer to one POST, and nowhere else."""
        if not request.user.has_perm("offers.reveal_iban"):
            raise PermissionDenied
        payout = self.get_object(request, object_id)
        account = _account_of(payout) if payout else None
        if payout is None or account is None:
            raise Http404
        form, iban, status = RevealForm(request.POST or None, row=payout), "", 200
        if request.method == "POST":
            status = 422
            if form.is_valid():
                reason = form.cleaned_data["reason"]
                iban, status = _revealed(account, reason, request, form)
        context = {
            **self.admin_site.each_context(request),
            "title": "Whole IBAN",
            "payout": payout,
            "account": account,
            "form": form,
            "iban": iban,
            "opts": self.opts,
            "back": row_address(payout),
            "action": reverse("admin:offers_payout_iban", args=[payout.pk]),
        }
        answer = TemplateResponse(request, "admin/offers/desk/iban.html", context, status=status)
        answer["Cache-Control"] = "no-store"
        return answer

    @action(description="Buy-in document", icon="receipt_long", permissions=["document"])
    def document(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return document_page(request, get_object_or_404(BuyInDocument, payout=self.get_object(request, object_id)))

    def has_document_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        may = request.user.has_perm("offers.view_buyindocument")
        if not may or object_id is None:
            return may
        return BuyInDocument.objects.filter(payout=self.get_object(request, object_id)).exists()


def _account_of(payout: Payout) -> PayoutAccount | None:
    seller = payout.submission.seller
    found = getattr(seller, "account", None)
    return found if found and found.forgotten_at is None else None


def _revealed(account: PayoutAccount, reason: str, request: HttpRequest, form: RevealForm) -> tuple[str, int]:
    try:
        number = banking.reveal_iban(account_id=account.pk, reason=reason, actor=staff(request), now=timezone.now())
    except AccountNotReady as refusal:
        form.add_error(None, refusal.message)
        return "", refusal.status
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4)), 200
