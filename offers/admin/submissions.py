"""Submissions: the queue, and the steps that take one on."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import display
from unfold.views import ChangeList

from core.audit import Actor
from core.backoffice import ReadOnly, take_all
from core.dates import date_format
from core.money import format_eur
from core.templatetags.ui import time_left
from offers.admin import counter, review
from offers.admin.filters import AssigneeFilter, CategoryFilter, CounterFilter, DaysFilter, QueueFilter, ReturningFilter
from offers.admin.inspection import DeskPages
from offers.admin.steps import ReviewSteps
from offers.models import BuyingSettings, SellItem, SellSubmission
from offers.queries import desk, listing, queues
from offers.rules import pace
from offers.services import reviewing

Status = SellSubmission.Status
STATUS_COLOURS = {
    Status.SUBMITTED: "warning",
    Status.IN_REVIEW: "info",
    Status.INFO_REQUESTED: "info",
    Status.OFFERED: "primary",
    Status.COUNTERED: "warning",
    Status.STALLED: "danger",
    Status.AGREED: "success",
    Status.RECEIVED: "success",
    Status.SETTLING: "success",
    Status.CLOSED: "",
}
PACE_COLOURS = {pace.Pace.IN_TIME.value: "success", pace.Pace.SOON.value: "warning", pace.Pace.LATE.value: "danger"}
SHOWN_PHOTOS = 3


class QueueList(ChangeList):
    """The rows of one page with all that their columns need."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[SellSubmission]:
        return listing.with_columns(super().get_queryset(request, exclude_parameters))


@admin.register(SellSubmission)
class SubmissionAdmin(ReadOnly, DeskPages, ReviewSteps):
    actions_detail = (*DeskPages.actions_detail, *ReviewSteps.actions_detail)
    list_display = (
        "number",
        "who",
        "pieces",
        "prices",
        "state",
        "waits",
        "pace",
    )
    list_filter = (
        QueueFilter,
        "status",
        "close_reason",
        "waiting_on",
        AssigneeFilter,
        CategoryFilter,
        CounterFilter,
        ReturningFilter,
        ("submitted_at", DaysFilter),
    )
    list_filter_submit = True
    list_before_template = "admin/offers/queues.html"
    list_per_page = 50
    search_fields = (
        "reference",
        "seller__name",
        "seller__phone",
        "seller__handle",
        "seller__email",
        "items__brand_name",
        "items__title",
    )
    search_help_text = "Reference, name, phone, handle, email, brand or title"
    show_full_result_count = False
    actions = ("assign_all_to_me", "mark_all_spam")

    # --- Its page ---------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        own = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"offers_sellsubmission_{name}")
            for name, view in (("decide", self.decide), ("offer", self.offer))
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A submission is made here with its seller at the counter only."""
        return request.user.has_perm("offers.add_sellsubmission")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return counter.page(self, request)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        return review.page(self, request, object_id)

    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return review.decide(self, request, object_id)

    def offer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return review.offer(self, request, object_id)

    # --- The list ---------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[SellSubmission]:
        """A draft is its seller's alone."""
        sent = super().get_queryset(request).exclude(status=Status.DRAFT).select_related("seller")
        return sent.alias(is_our_turn=Q(waiting_on=SellSubmission.WaitingOn.SHOP))

    def get_ordering(self, request: HttpRequest) -> Any:
        """What waits for us first, then whatever has waited longest."""
        queue = queues.QUEUES.get(request.GET.get("queue", ""))
        if queue and queue.since != "waiting_since":
            return queue.since, "pk"
        return F("is_our_turn").desc(), "waiting_since", "pk"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueueList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SellSubmission], search_term: str
    ) -> tuple[QuerySet[SellSubmission], bool]:
        """People type a handle with its @, and a phone number with or without its blanks."""
        plain = " ".join(word.lstrip("@") for word in search_term.split())
        found, has_doubles = super().get_search_results(request, queryset, plain)
        digits = "".join(sign for sign in search_term if sign.isdecimal())
        if len(digits) >= 5 and not any(sign.isalpha() for sign in search_term):
            found = queryset.filter(Q(pk__in=found.values("pk")) | Q(seller__in=listing.of_phone(digits)))
        return found, has_doubles

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        counts, chosen = queues.counts(timezone.now()), request.GET.get("queue")
        address = reverse("admin:offers_sellsubmission_changelist")
        tabs = [
            (queue.label, counts[key], f"{address}?queue={key}", key == chosen) for key, queue in queues.QUEUES.items()
        ]
        return super().changelist_view(request, {"queues": tabs} | (extra_context or {}))

    @display(description="reference", ordering="reference")
    def number(self, submission: SellSubmission) -> SafeString:
        """With what to look out for below it: the table has no room for a column more at 1280 px."""
        return format_html(
            '<span class="whitespace-nowrap">{}</span> <span class="block font-normal">{}</span>',
            submission.reference,
            ", ".join(_warnings(submission)),
        )

    @display(description="seller", ordering="seller__name")
    def who(self, submission: SellSubmission) -> str:
        again = " (known)" if submission.is_returning else ""  # type: ignore[attr-defined]
        return f"{submission.seller}{again}"

    @display(description="pieces")
    def pieces(self, submission: SellSubmission) -> SafeString:
        """How many, and the first photo of the first few."""
        items = list(submission.items.all())
        photos = [photo for item in items[:SHOWN_PHOTOS] for photo in list(item.photos.all())[:1]]
        shown = format_html_join(
            "",
            '<img src="{}" width="32" height="40" alt="" loading="lazy" class="flex-none rounded-default">',
            ((reverse("offers:photo", args=[photo.pk, "small"]),) for photo in photos),
        )
        return format_html('<span class="flex gap-1 items-center whitespace-nowrap">{} {}</span>', len(items), shown)

    @display(description="prices")
    def prices(self, submission: SellSubmission) -> SafeString:
        """What the seller asks, and the live offer: whose it is and when it ends."""
        asked, live = listing.asked_for(submission.items.all()), listing.live_offer(submission, timezone.now())
        lines = [f"{format_eur(asked)} asked"] if asked else []
        if live:
            whose = live.get_party_display().lower()
            lines.append(f"{format_eur(live.total)} by {whose}, {time_left(live.expires_at)} left")
        return format_html_join("", '<span class="block">{}</span>', ((line,) for line in lines))

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def state(self, submission: SellSubmission) -> tuple[str, str]:
        reason = submission.get_close_reason_display() or (
            submission.get_stall_reason_display() if submission.status == Status.STALLED else ""
        )
        return submission.status, reason or desk.standing(submission)

    @display(description="waiting on", ordering="waiting_since")
    def waits(self, submission: SellSubmission) -> str:
        if submission.waiting_on == SellSubmission.WaitingOn.NOBODY:
            return ""
        by = f" ({submission.assignee.name or submission.assignee})" if submission.assignee else ""
        return f"{submission.get_waiting_on_display()}{by}, {timesince(submission.waiting_since, depth=1)}"

    @display(description="our answer", label=PACE_COLOURS)
    def pace(self, submission: SellSubmission) -> tuple[str, str] | str:
        """Whether we are on time, in words and then in colour."""
        target = pace.target_of(submission, BuyingSettings.current())
        if target is None:
            return ""
        how = target.pace(timezone.now())
        return how.value, f"{how}: {date_format(timezone.localtime(target.due_at), 'D j M, H:i')}"

    # --- Several at once --------------------------------------------------------------------------------------------

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("offers.review_submission")

    def has_spam_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("offers.mark_spam")

    @admin.action(description="Assign to me", permissions=["review"])
    def assign_all_to_me(self, request: HttpRequest, chosen: QuerySet[SellSubmission]) -> None:
        def claim(row: SellSubmission, actor: Actor, now: datetime) -> None:
            reviewing.claim(submission_id=row.pk, user_id=request.user.pk or 0, actor=actor, now=now)

        take_all(self, request, chosen, claim, done="Assigned to you")

    @admin.action(description="Mark as spam", permissions=["spam"])
    def mark_all_spam(self, request: HttpRequest, chosen: QuerySet[SellSubmission]) -> None:
        take_all(self, request, chosen, _mark_spam, done="Marked as spam")


def _warnings(submission: SellSubmission) -> Iterator[str]:
    if submission.is_suspect:
        yield "Suspect"
    if submission.wrote_at:
        yield f"Wrote {timesince(submission.wrote_at, depth=1)} ago"
    if submission.seller and not submission.seller.is_confirmed:
        yield "Unconfirmed"
    if submission.has_bounced:  # type: ignore[attr-defined]
        yield "Letter came back"
    if any(item.status == SellItem.Status.HELD for item in submission.items.all()):
        yield "Piece held"


def _mark_spam(submission: SellSubmission, actor: Actor, now: datetime) -> None:
    reviewing.mark_spam(submission_id=submission.pk, actor=actor, now=now)
