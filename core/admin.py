"""The site's settings, its history, its letters, and the work done in the background."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_tasks_db.admin import DBTaskResultAdmin
from django_tasks_db.models import DBTaskResult
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core import outbox
from core.audit import Actor
from core.backoffice import ReadOnly, SingleRowAdmin, StepsAdmin, staff, step, take_all
from core.forms import StepForm
from core.models import AuditEntry, JobRun, OutboxMessage, SiteSettings

# The tasks' own page is made anew below, in this admin's dress.
admin.site.unregister(DBTaskResult)


@admin.register(SiteSettings)
class SiteSettingsAdmin(SingleRowAdmin):
    fieldsets = (
        (None, {"fields": ("name", "legal_name", "notice", "headline", "introduction")}),
        ("How to reach us", {"fields": ("contact_email", "contact_phone", "address", "opening_hours")}),
    )


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "subject", "action", "before", "after", "actor", "channel", "reason")
    list_display_links = ("made_at", "subject")
    list_filter = ("channel",)
    search_fields = ("subject", "actor", "action", "reason")
    search_help_text = "Number, person, action or reason"
    date_hierarchy = "made_at"
    show_full_result_count = False


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnly, StepsAdmin):
    list_display = ("created_at", "to", "subject", "about", "state", "attempts", "sent_at", "last_error")
    list_display_links = ("created_at", "to", "subject")
    list_filter = ("status",)
    search_fields = ("to", "about", "subject")
    search_help_text = "Address, subject or what it is about"
    show_full_result_count = False
    actions = ("send_all_again",)
    actions_detail = ("send_again",)
    readonly_fields = ("words",)

    def get_fields(self, request: HttpRequest, obj: OutboxMessage | None = None) -> tuple[str, ...]:
        # Letters carry links and codes that let their reader in.
        words = ("words",) if request.user.is_superuser else ()
        moments = ("created_at", "next_attempt_at", "sent_at")
        return ("about", "to", "subject", *words, "status", "attempts", *moments, "last_error")

    @display(description="text")
    def words(self, letter: OutboxMessage) -> str:
        """The text with its line breaks."""
        return letter.text

    @display(
        description="status",
        ordering="status",
        label={
            OutboxMessage.Status.SENT: "success",
            OutboxMessage.Status.PENDING: "info",
            OutboxMessage.Status.FAILED: "danger",
        },
    )
    def state(self, letter: OutboxMessage) -> tuple[str, str]:
        return letter.status, letter.get_status_display()

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_outboxmessage")

    @step(
        label="Send again",
        permission="core.change_outboxmessage",
        about="The same letter goes out once more, to the same address.",
        icon="forward_to_inbox",
        is_offered=lambda letter: letter.status != OutboxMessage.Status.PENDING,
    )
    def send_again(self, request: HttpRequest, letter: OutboxMessage, form: StepForm) -> str:
        outbox.retry(message=letter, actor=staff(request), now=timezone.now())
        return f"The letter to {letter.to} is on its way again."

    @admin.action(description="Send again", permissions=["send"])
    def send_all_again(self, request: HttpRequest, letters: QuerySet[OutboxMessage]) -> None:
        take_all(self, request, letters, _send_again, done="On their way again")


def _send_again(letter: OutboxMessage, actor: Actor, now: datetime) -> None:
    outbox.retry(message=letter, actor=actor, now=now)


@admin.register(JobRun)
class JobRunAdmin(ReadOnly, ModelAdmin):
    list_display = ("name", "is_ok", "outcome", "finished_at", "duration_ms", "next_run_at", "leased_until")


@admin.register(DBTaskResult)
class TaskResultAdmin(ReadOnly, DBTaskResultAdmin, ModelAdmin):
    list_display = ("enqueued_at", "task_path", "status", "started_at", "finished_at")
    list_filter = ("status",)
    search_fields = ("task_path",)
    show_full_result_count = False
