"""The page of figures, for staff who may see it."""

import csv
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from analytics.forms import PeriodForm
from analytics.models import DailyFigure
from analytics.queries.dashboard import Table, dashboard
from analytics.rules import days
from core.backoffice import ReadOnly
from core.spreadsheets import plain

MAY_SEE = "analytics.view_dashboard"


@admin.register(DailyFigure)
class FiguresAdmin(ReadOnly, ModelAdmin):
    """No list of rows: they are shown as a page, and as CSV."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_SEE)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_SEE)

    def get_urls(self) -> list[URLPattern]:
        page = path("page/", self.admin_site.admin_view(self.page), name="analytics_dashboard")
        return [page, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("admin:analytics_dashboard")

    def page(self, request: HttpRequest) -> HttpResponse:
        """The figures of a period, or with ?csv=NAME one of its tables."""
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        now = timezone.now()
        form = PeriodForm(request.GET or None)
        shown = dashboard(form.period(days.day_of(now)), now=now)
        if name := request.GET.get("csv"):
            return _as_csv(shown.tables, name)
        query = request.GET.copy()
        query.pop("csv", None)
        context = {
            **self.admin_site.each_context(request),
            "title": "Figures",
            "form": form,
            "shown": shown,
            "query": query.urlencode(),
            "as_of": now,
            "opts": self.opts,
            "address": reverse("admin:analytics_dashboard"),
        }
        return TemplateResponse(request, "admin/analytics/dashboard.html", context, status=422 if form.errors else 200)


def _as_csv(tables: Any, name: str) -> HttpResponse:
    table: Table | None = next((each for each in tables if each.name == name), None)
    if table is None:
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
    writer = csv.writer(response)
    writer.writerow(table.headings)
    writer.writerows([[plain(str(cell)) for cell in row] for row in table.rows])
    return response
