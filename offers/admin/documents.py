"""Buy-in documents: the list, and each as a page to print."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.backoffice import ReadOnly
from core.money import format_eur
from offers.models import BuyInDocument


def document_page(request: HttpRequest, document: BuyInDocument) -> TemplateResponse:
    """The seller's own page of a document, with the whole address."""
    context = {"document": document, "submission": document.payout.submission, "is_owner": True}
    return TemplateResponse(request, "offers/document.html", context)


@admin.register(BuyInDocument)
class BuyInDocumentAdmin(ReadOnly, ModelAdmin):
    list_display = ("__str__", "seller_name", "sum", "issued_at", "page")
    search_fields = ("seller_name", "payout__submission__reference")
    search_help_text = "Seller or reference"
    show_full_result_count = False
    fields = ("number", "payout", "seller_name", "seller_address", "sum", "issued_at", "page")
    readonly_fields = ("sum", "page")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.print_page)
        return [path("<path:object_id>/print/", view, name="offers_buyindocument_print"), *super().get_urls()]

    @display(description="total", ordering="total")
    def sum(self, document: BuyInDocument) -> str:
        return format_eur(document.total)

    @display(description="to print")
    def page(self, document: BuyInDocument) -> SafeString:
        address = reverse("admin:offers_buyindocument_print", args=[document.pk])
        return format_html('<a class="text-link" href="{}">Print</a>', address)

    def print_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        document = self.get_object(request, object_id)
        if document is None:
            raise Http404
        return document_page(request, document)
