"""What every app's part of the admin is built from: read-only rows, one-row settings, and steps."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.contrib.inlines.admin import NonrelatedTabularInline
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from core.audit import Actor
from core.errors import DomainError
from core.forms import StepForm
from core.models import AuditEntry, OutboxMessage, SingleRow

Step = Callable[[Any, HttpRequest, Any, Any], str]


def staff(request: HttpRequest) -> Actor:
    """Who is acting here."""
    return Actor(f"user {request.user.pk}", "admin")


class ReadOnly:
    """Rows to look at; what changes them is a service, reached by a step or not at all.

    A list is narrowed by its own filters only: by any other field, a secret could be guessed letter by letter.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters = [*self.get_list_filter(request), self.date_hierarchy]  # type: ignore[attr-defined]
        names = [name for each in filters if each for name in _lookups_of(each)]
        is_offered = any(lookup == name or lookup.startswith(f"{name}__") for name in names)
        return is_offered and super().lookup_allowed(lookup, value, request)  # type: ignore[misc]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        # The admin's own log knows nothing of rows that it never changes.
        context = {"show_history": False} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)  # type: ignore[misc]


def _lookups_of(entry: Any) -> tuple[str, ...]:
    """Under which names a filter of a list stands in the address."""
    if isinstance(entry, tuple):
        return entry[0], f"{entry[0]}_from", f"{entry[0]}_to"
    return (entry if isinstance(entry, str) else entry.parameter_name,)


class Looks(ReadOnly):
    """What all panels share: rows on another row's page, to look at."""

    extra = 0
    per_page = 20
    hide_title = True
    fields: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return self.fields

    @display(description="page")
    def link(self, row: Model) -> SafeString:
        """The way to the row's own page."""
        return format_html('<a class="text-link" href="{}">{}</a>', row_address(row), row)


class Panel(Looks, TabularInline):
    """Rows that point at the row."""


class NamedPanel(Looks, NonrelatedTabularInline):
    """Rows that name the row by text, such as "order UN-7K3F9Q", in the field `named_by`."""

    named_by = "cause"

    def get_form_queryset(self, obj: Any) -> QuerySet:
        return self.model._default_manager.filter(**{self.named_by: obj.cause})


class LetterPanel(NamedPanel):
    """The letters about the row."""

    model = OutboxMessage
    named_by = "about"
    fields = ("created_at", "link", "status", "sent_at", "last_error")


class AuditPanel(NamedPanel):
    """What was done to the row, by whom."""

    model = AuditEntry
    named_by = "subject"
    fields = ("made_at", "action", "before", "after", "reason", "actor", "channel")


class SingleRowAdmin(ModelAdmin):
    """Settings kept as one row: the list leads straight to it, and it cannot be deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect(row_address(self.model(pk=True)))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> SingleRow:
        # Not yet saved when nobody has changed a setting: looking at the page must not write it.
        return self.model.fresh()

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        # What nobody edits, such as the next number of a document, may have gone on since the row was read.
        edited = [field.name for field in obj._meta.concrete_fields if field.editable]
        obj.save(update_fields=edited if type(obj)._default_manager.exists() else None)


class StepsAdmin(ModelAdmin):
    """Rows that change by steps: one button and one small page each, one call of a service."""

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return []
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if _is_shown(button.method, request, row)]


def _is_shown(button: Any, request: HttpRequest, row: Model) -> bool:
    """Whether a step can be taken by this person, and now; what is no step shows whenever the theme lets it."""
    if not hasattr(button, "needs"):
        return True
    return request.user.has_perm(button.needs) and (button.is_offered is None or button.is_offered(row))


def step(
    *,
    label: str,
    permission: str,
    about: str | Callable[[Any], str] = "",
    button: str = "",
    form: type[StepForm] = StepForm,
    icon: str = "",
    variant: ActionVariant = ActionVariant.DEFAULT,
    is_offered: Callable[[Any], bool] | None = None,
) -> Callable[[Step], Any]:
    """Make a method a step of a StepsAdmin: it calls one service and returns what to tell the person.

    GET shows the page with `about`, which may be made from the row, and the form; POST does it, by a button that says
    `button` or else `label`. A refusal shows the page again, with 409. Whoever lacks `permission` gets 403.
    `is_offered` decides about the button only: whether it can be done is the service's to say.
    """

    def decorate(do: Step) -> Any:
        # The permission is asked here: the theme would look its name up in the database before there are tables.
        @action(description=label, icon=icon, variant=variant)
        @wraps(do)
        def page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            row = admin.get_object(request, unquote(object_id))
            if row is None:
                raise Http404
            typed = (request.POST, request.FILES) if request.method == "POST" else ()
            asked = form(*typed, row=row)
            status = 422 if typed else 200
            if asked.is_valid():
                try:
                    messages.success(request, do(admin, request, row, asked))
                except DomainError as refusal:
                    asked.add_error(None, refusal.message)
                    status = refusal.status
                if not asked.errors:
                    return redirect(row_address(row))
            context = {
                **admin.admin_site.each_context(request),
                "title": label,
                "about": about(row) if callable(about) else about,
                "button": button or label,
                "form": asked,
                "opts": admin.opts,
                "original": row,
                "back": row_address(row),
                "is_danger": variant == ActionVariant.DANGER,
            }
            return TemplateResponse(request, "admin/step.html", context, status=status)

        page.needs, page.is_offered = permission, is_offered
        return page

    return decorate


def take_all(
    admin: Any, request: HttpRequest, rows: QuerySet, service: Callable[[Any, Actor, datetime], object], done: str
) -> None:
    """Call one service for each chosen row, each in its own transaction, and say what became of which."""
    taken = []
    for row in rows:
        try:
            service(row, staff(request), timezone.now())
        except DomainError as refusal:
            admin.message_user(request, f"{row}: {refusal.message}", messages.ERROR)
        else:
            taken.append(str(row))
    if taken:
        admin.message_user(request, f"{done}: {', '.join(taken)}.", messages.SUCCESS)


def row_address(row: Model) -> str:
    """A row's own page in the admin."""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[quote(row.pk)])
