"""Shoppers' offers: by piece, with their answers; what is held; who may not bargain."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import display
from unfold.enums import ActionVariant

from core.backoffice import AuditPanel, LetterPanel, ReadOnly, StepsAdmin, staff, step
from core.forms import StepForm
from core.money import format_eur
from offers.forms.bids import BlockForm, CounterForm
from offers.models import OfferBan, ProductOffer
from offers.queries import bargains, bids
from offers.rules import bids as rules
from offers.services import bidding

Status = ProductOffer.Status
Party = ProductOffer.Party
ANSWER = "offers.answer_productoffer"
PILES_A_PAGE = 25
STATUS_COLOURS = {
    Status.LIVE: "warning",
    Status.ACCEPTED: "info",
    Status.CONVERTED: "success",
    Status.LAPSED: "danger",
    Status.COUNTERED: "primary",
}


def _is_live(party: Party) -> Callable[[ProductOffer], bool]:
    return lambda offer: offer.party == party and rules.is_live(offer, timezone.now())


def _can_be_freed(offer: ProductOffer) -> bool:
    hold = offer.reservation
    is_ours = offer.status == Status.ACCEPTED and hold is not None and hold.successor_id is None
    return is_ours and hold is not None and bids.is_holding(hold, timezone.now())


@admin.register(ProductOffer)
class ProductOfferAdmin(ReadOnly, StepsAdmin):
    list_display = (
        "number",
        "stock_item",
        "whose",
        "price",
        "state",
        "shopper",
        "made_at",
        "expires_at",
        "answered_by",
    )
    list_select_related = ("stock_item__product", "shopper")
    list_filter = ("status", "party")
    list_before_template = "admin/offers/queues.html"
    search_fields = ("number", "shopper__email", "stock_item__sku", "stock_item__product__title")
    search_help_text = "Number, shopper's email, stock number or title"
    show_full_result_count = False
    compressed_fields = False
    readonly_fields = ("piece",)
    fieldsets = (
        (None, {"fields": (("piece", "stock_item"), ("status", "party", "amount"), "shopper", "note")}),
        ("When", {"fields": (("made_at", "expires_at", "answered_at"), ("answered_by", "ended_at"))}),
        ("With what", {"fields": (("answers", "reservation"),)}),
    )
    inlines = (LetterPanel, AuditPanel)
    actions_detail = ("accept", "counter", "decline", "take_back", "end_hold")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductOffer]:
        return super().get_queryset(request).select_related("stock_item__product", "reservation")

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("by-piece/", self.admin_site.admin_view(self.by_piece), name="offers_productoffer_by_piece"),
            path("held/", self.admin_site.admin_view(self.held), name="offers_productoffer_held"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The offers by piece, unless somebody asks for all of them."""
        if request.method == "GET" and not request.GET and self.has_view_permission(request):
            return redirect("admin:offers_productoffer_by_piece")
        return super().changelist_view(request, _tabs("all") | (extra_context or {}))

    def by_piece(self, request: HttpRequest) -> HttpResponse:
        """Every piece with live offers: what each would leave us, and its answers."""
        now = timezone.now()
        page = Paginator(bargains.lots_with_offers(now=now), PILES_A_PAGE).get_page(request.GET.get("page"))
        context = {"piles": bargains.piles(lot_ids=list(page), now=now), "page": page}
        return self._board(request, "by piece", "Offers by piece", context)

    def held(self, request: HttpRequest) -> HttpResponse:
        """Every piece that is held for an accepted offer."""
        return self._board(request, "held", "Held for offers", {"holds": bargains.holds(now=timezone.now())})

    def _board(self, request: HttpRequest, tab: str, title: str, context: dict[str, Any]) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        may = {"may_answer": request.user.has_perm(ANSWER), "opts": self.opts, "title": title}
        known = self.admin_site.each_context(request) | _tabs(tab) | may
        return TemplateResponse(request, "admin/offers/bargains.html", known | context)

    @display(description="piece")
    def piece(self, offer: ProductOffer) -> str:
        return f"{offer.stock_item.product.title}, {offer.stock_item.size}"

    @display(description="whose")
    def whose(self, offer: ProductOffer) -> str:
        return offer.get_party_display()

    @display(description="amount", ordering="amount")
    def price(self, offer: ProductOffer) -> str:
        return format_eur(offer.amount)

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def state(self, offer: ProductOffer) -> tuple[str, str]:
        return offer.status, offer.get_status_display()

    @step(
        label="Accept",
        permission=ANSWER,
        about="The piece is held for the shopper at this price, and they get a letter with the time to pay.",
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        is_offered=_is_live(Party.SHOPPER),
    )
    def accept(self, request: HttpRequest, offer: ProductOffer, form: StepForm) -> str:
        done = bidding.accept(offer_id=offer.pk, actor=staff(request), now=timezone.now())
        return f"{done.number} is accepted: the piece is held for {done.shopper}."

    @step(
        label="Name another price",
        permission=ANSWER,
        about="The shopper gets a letter and may take it while the piece is free. Their own offer ends.",
        form=CounterForm,
        icon="swap_vert",
        is_offered=_is_live(Party.SHOPPER),
    )
    def counter(self, request: HttpRequest, offer: ProductOffer, form: StepForm) -> str:
        made = bidding.counter(offer_id=offer.pk, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"We named {format_eur(made.amount)} ({made.number})."

    @step(
        label="Decline",
        permission=ANSWER,
        about="The shopper gets a short letter that names no limit.",
        icon="block",
        variant=ActionVariant.DANGER,
        is_offered=_is_live(Party.SHOPPER),
    )
    def decline(self, request: HttpRequest, offer: ProductOffer, form: StepForm) -> str:
        bidding.decline(offer_id=offer.pk, actor=staff(request), now=timezone.now())
        return f"{offer.number} is declined."

    @step(
        label="Take our price back",
        permission=ANSWER,
        about="The shopper can no longer take it, and gets a letter.",
        icon="undo",
        is_offered=_is_live(Party.SHOP),
    )
    def take_back(self, request: HttpRequest, offer: ProductOffer, form: StepForm) -> str:
        bidding.take_back(offer_id=offer.pk, actor=staff(request), now=timezone.now())
        return f"{offer.number} no longer stands."

    @step(
        label="Release the piece",
        permission=ANSWER,
        about="It goes back on sale, and the shopper gets a letter. It does not count against them.",
        icon="lock_open",
        variant=ActionVariant.DANGER,
        is_offered=_can_be_freed,
    )
    def end_hold(self, request: HttpRequest, offer: ProductOffer, form: StepForm) -> str:
        bidding.end_hold(offer_id=offer.pk, actor=staff(request), now=timezone.now())
        return f"{offer.number}: the piece is back on sale."


def _tabs(chosen: str) -> dict[str, Any]:
    """The ways to look at offers, the chosen one marked."""
    now = timezone.now()
    address = reverse("admin:offers_productoffer_changelist")
    tabs = [
        (
            "by piece",
            "By piece",
            len(bargains.lots_with_offers(now=now)),
            reverse("admin:offers_productoffer_by_piece"),
        ),
        ("held", "Held", len(bargains.holds(now=now)), reverse("admin:offers_productoffer_held")),
        ("all", "All offers", "", f"{address}?q="),
    ]
    queues = [(label, count, link, key == chosen) for key, label, count, link in tabs]
    return {"queues": queues, "queues_label": "Ways to look at offers"}


@admin.register(OfferBan)
class OfferBanAdmin(ReadOnly, StepsAdmin):
    list_display = ("shopper", "strikes", "is_blocked", "reason")
    list_select_related = ("shopper",)
    list_filter = ("is_blocked",)
    search_fields = ("shopper__email", "reason")
    search_help_text = "Email or reason"
    actions_detail = ("block", "unblock")

    @step(
        label="Let them bargain no more",
        permission=ANSWER,
        about="Further offers of this shopper are refused in the same neutral words as all others.",
        form=BlockForm,
        icon="block",
        variant=ActionVariant.DANGER,
        is_offered=lambda ban: not ban.is_blocked,
    )
    def block(self, request: HttpRequest, ban: OfferBan, form: StepForm) -> str:
        bidding.block(shopper_id=ban.shopper_id, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"{ban.shopper} bargains no more."

    @step(
        label="Let them bargain again",
        permission=ANSWER,
        about="Their strikes start again at none.",
        icon="check_circle",
        is_offered=lambda ban: ban.is_blocked,
    )
    def unblock(self, request: HttpRequest, ban: OfferBan, form: StepForm) -> str:
        bidding.unblock(shopper_id=ban.shopper_id, actor=staff(request), now=timezone.now())
        return f"{ban.shopper} may bargain again."
