"""Submissions: the queue, and the steps that take one on."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.backoffice import ReadOnly, StepsAdmin
from offers.models import SellSubmission


@admin.register(SellSubmission)
class SubmissionAdmin(ReadOnly, StepsAdmin):
    list_display = ("reference", "seller", "status", "waiting_on", "waiting_since")
    search_fields = ("reference",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SellSubmission]:
        """A draft is its seller's alone."""
        return super().get_queryset(request).exclude(status=SellSubmission.Status.DRAFT)
