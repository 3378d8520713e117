"""From a bought piece to the shelf: the queue of what may go there, and one page a piece."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from core.backoffice import StepsAdmin, row_address, staff
from core.errors import DomainError
from offers.forms.desk import IntakeForm
from offers.models import SellItem
from offers.queries import desk
from offers.services.intake import Listing, stock_piece

STOCK = "offers.stock_pieces"


class IntakePages(StepsAdmin):
    """The pages on which bought pieces become pieces of the shop."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("to-stock/", view(self.to_stock), name="offers_sellitem_to_stock"),
            path("<path:object_id>/stock/", view(self.stock_it), name="offers_sellitem_stock"),
            *super().get_urls(),
        ]

    def to_stock(self, request: HttpRequest) -> HttpResponse:
        """What has passed and is paid, longest first."""
        _refuse_strangers(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "To stock",
            "pieces": desk.to_stock(timezone.now()).prefetch_related("photos"),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/offers/desk/to_stock.html", context)

    def stock_it(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """X10: how a piece will stand in the shop; a piece that stands there already leads to itself."""
        _refuse_strangers(request)
        item = self.get_object(request, object_id)
        if item is None:
            raise Http404
        if item.product:
            messages.info(request, f"{item} is in stock already.")
            return redirect(row_address(item.product))
        if request.method != "POST":
            return self._stock_page(request, item, IntakeForm(item=item, initial=_first_words(item)))
        form, status = IntakeForm(request.POST, item=item), 422
        if form.is_valid():
            try:
                return _stock(request, item, form)
            except DomainError as refusal:
                form.add_error(None, refusal.message)
                status = refusal.status
        return self._stock_page(request, item, form, status)

    def _stock_page(self, request: HttpRequest, item: SellItem, form: IntakeForm, status: int = 200) -> HttpResponse:
        price = form.cleaned_data.get("price") if form.is_bound else form.initial.get("price")
        chosen = request.POST.getlist("photos")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Stock {item}",
            "item": item,
            "form": form,
            "fields": [
                form[name] for name in ("title", "brand", "price", "size", "condition", "colour", "shelf_place")
            ],
            "long_fields": [form[name] for name in ("description", "flaws")],
            "photos": [(photo, str(photo.pk) in chosen) for photo in item.photos.all()],
            "margin": desk.margin(price, item.agreed_amount),
            "opts": self.opts,
            "back": reverse("admin:offers_sellitem_to_stock"),
        }
        return TemplateResponse(request, "admin/offers/desk/stock.html", context, status=status)


def _refuse_strangers(request: HttpRequest) -> None:
    if not request.user.has_perm(STOCK):
        raise PermissionDenied


def _first_words(item: SellItem) -> dict[str, Any]:
    """What we know of it already."""
    return {
        # A brand that is none of ours would be lost to shoppers.
        "title": item.title if item.brand else f"{item.brand_name} {item.title}".strip(),
        "brand": item.brand,
        "price": desk.suggested_price(item.agreed_amount),
        "size": item.size,
        "condition": item.inspected_grade or item.declared_grade,
        "colour": item.colour,
        "flaws": "\n".join(filter(None, [item.defects, *desk.reasons_of_new_prices(item)])),
        "shelf_place": item.location,
    }


def _stock(request: HttpRequest, item: SellItem, form: IntakeForm) -> HttpResponse:
    typed = dict(form.cleaned_data)
    listing = Listing(photo_ids=typed.pop("photos"), is_published="publish" in request.POST, **typed)
    stocked = stock_piece(item_id=item.pk, listing=listing, actor=staff(request), now=timezone.now())
    lot, product = stocked.stock_item, stocked.product
    if lot is None or product is None:
        raise Http404
    messages.success(request, f"In stock as {lot.sku}.")
    return redirect(row_address(product))
