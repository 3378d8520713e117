"""Sellers and where they are paid, to look at: what they typed changes on their own pages only."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.enums import ActionVariant

from core.backoffice import Panel, ReadOnly, StepsAdmin, staff, step
from core.forms import StepForm
from offers.forms.reviewing import ReasonForm
from offers.models import PayoutAccount, Seller, SellSubmission
from offers.services import forgetting, reviewing


class SubmissionPanel(Panel):
    model = SellSubmission
    fields = ("link", "status", "close_reason", "submitted_at", "closed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SellSubmission]:
        return super().get_queryset(request).exclude(status=SellSubmission.Status.DRAFT)


class AccountPanel(Panel):
    model = PayoutAccount
    ordering = ("pk",)
    fields = ("link", "holder_name", "changed_at", "forgotten_at")


@admin.register(Seller)
class SellerAdmin(ReadOnly, StepsAdmin):
    list_display = ("name", "email", "phone", "handle", "channel", "is_confirmed", "sent", "blocked_reason")
    list_filter = ("channel", "is_confirmed")
    search_fields = ("name", "email", "phone", "handle")
    search_help_text = "Name, email, phone or handle"
    show_full_result_count = False
    compressed_fields = False
    inlines = (SubmissionPanel, AccountPanel)
    actions_detail = ("unblock", "forget")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("name", "channel", "is_confirmed"),
                    ("email", "phone", "handle"),
                    ("area", "street", "town", "postcode", "country"),
                    "user",
                )
            },
        ),
        ("Trust", {"fields": (("confirmed_fakes", "blocked_reason"), ("created_at", "forgotten_at"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Seller]:
        """Whoever has sent us something: a draft's seller is nobody to us yet."""
        sent = Count("submissions", filter=~Q(submissions__status=SellSubmission.Status.DRAFT))
        return super().get_queryset(request).annotate(sent_count=sent).filter(sent_count__gt=0)

    @display(description="submissions", ordering="sent_count")
    def sent(self, seller: Seller) -> int:
        return seller.sent_count  # type: ignore[attr-defined]

    @step(
        label="Take from them again",
        permission="offers.unblock_seller",
        about=lambda seller: f"They are blocked: {seller.blocked_reason} They may send us pieces again.",
        form=ReasonForm,
        icon="lock_open",
        is_offered=lambda seller: bool(seller.blocked_reason),
    )
    def unblock(self, request: HttpRequest, seller: Seller, form: StepForm) -> str:
        reviewing.unblock(seller_id=seller.pk, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"{seller} may send us pieces again."

    @step(
        label="Erase the contact",
        permission="offers.forget_seller",
        about="Name, email, phone, handle and address are gone for good. What we bought, and its records, stay.",
        icon="person_remove",
        variant=ActionVariant.DANGER,
        is_offered=lambda seller: seller.forgotten_at is None,
    )
    def forget(self, request: HttpRequest, seller: Seller, form: StepForm) -> str:
        forgetting.erase_contact(seller_id=seller.pk, actor=staff(request), now=timezone.now())
        return "The contact is erased."


@admin.register(PayoutAccount)
class PayoutAccountAdmin(ReadOnly, ModelAdmin):
    """The IBAN lies encrypted; here are its country and last four."""

    list_display = ("masked", "seller", "holder_name", "changed_at", "forgotten_at")
    list_select_related = ("seller",)
    fields = ("seller", "masked", "holder_name", "changed_at", "is_first", "forgotten_at")
    search_fields = ("seller__name", "holder_name")
    search_help_text = "Seller or account holder"
    show_full_result_count = False

    @display(description="account")
    def masked(self, account: PayoutAccount) -> str:
        return str(account)
