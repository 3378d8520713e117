"""What leaves the payouts as a file: transfers for the bank, the stock book."""

import csv
from io import StringIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from core.backoffice import StepsAdmin, staff
from core.errors import DomainError
from core.spreadsheets import plain
from offers.forms.desk import SepaForm
from offers.models import Payout
from offers.queries import desk
from offers.services import paying

Status, Method = Payout.Status, Payout.Method


class DownloadPages(StepsAdmin):
    """The pages of the payouts that answer with a file."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("bank-file/", view(self.bank_file), name="offers_payout_bank_file"),
            path("stock-book/", view(self.stock_book), name="offers_payout_stock_book"),
            *super().get_urls(),
        ]

    def bank_file(self, request: HttpRequest) -> HttpResponse:
        """Approved transfers to choose from; POST downloads them as one file."""
        if not request.user.has_perm("offers.send_payout"):
            raise PermissionDenied
        ready = Payout.objects.filter(status=Status.APPROVED, method=Method.BANK_TRANSFER)
        rows = list(ready.select_related("submission__seller__account"))
        form, status, refusal = SepaForm(request.POST or None, rows=rows), 200, ""
        if request.method == "POST":
            status = 422
            if form.is_valid():
                try:
                    return _download(request, form)
                except DomainError as error:
                    refusal, status = error.message, error.status
        context = {
            **self.admin_site.each_context(request),
            "title": "Bank file",
            "rows": rows,
            "form": form,
            "refusal": refusal or " ".join(str(error) for error in form.errors.get("payouts", [])),
            "chosen": {int(pk) for pk in request.POST.getlist("payouts") if pk.isdecimal()},
            "opts": self.opts,
            "back": reverse("admin:offers_payout_changelist"),
        }
        return TemplateResponse(request, "admin/offers/desk/bank_file.html", context, status=status)

    def stock_book(self, request: HttpRequest) -> HttpResponse:
        """Every piece ever bought, as a spreadsheet."""
        if not request.user.has_perm("offers.view_buyindocument"):
            raise PermissionDenied
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow(desk.STOCK_BOOK)
        writer.writerows([plain(cell) for cell in row] for row in desk.stock_book())
        # The mark at the start lets spreadsheet programs read it as UTF-8.
        answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="stock-book-{timezone.localdate():%Y-%m-%d}.csv"'
        return answer


def _download(request: HttpRequest, form: SepaForm) -> HttpResponse:
    asked = form.cleaned_data
    now = timezone.now()
    file = paying.sepa_file(
        payout_ids=asked["payouts"], is_again=asked["is_again"], actor=staff(request), now=now
    )  # fmt: skip
    answer = HttpResponse(file, content_type="application/xml")
    answer["Content-Disposition"] = f'attachment; filename="transfers-{timezone.localtime(now):%Y-%m-%d-%H%M}.xml"'
    answer["Cache-Control"] = "no-store"
    return answer
