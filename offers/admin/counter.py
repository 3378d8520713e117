"""A new submission at the counter, with the seller in front of us."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from core.backoffice import row_address, staff
from core.errors import DomainError
from offers.forms.counter import SellerForm, more_rows, pieces_formset
from offers.services import counter


def page(admin: Any, request: HttpRequest) -> HttpResponse:
    """Ask who is here and what they bring; pressed, it is sent for them. A refusal keeps what was typed."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return _show(admin, request, SellerForm(), pieces_formset()(prefix="piece"))
    if "more" in request.POST:
        return _show(admin, request, *more_rows(request.POST), is_again=True)
    seller = SellerForm(request.POST)
    pieces = pieces_formset()(request.POST, request.FILES, prefix="piece")
    if not all([seller.is_valid(), pieces.is_valid()]):
        return _show(admin, request, seller, pieces, status=422)
    try:
        submission = counter.take_in_person(
            contact=seller.contact,
            pieces=[form.piece for form in pieces.filled],
            has_agreed=seller.cleaned_data["has_agreed"],
            user_id=request.user.pk or 0,
            actor=staff(request),
            now=timezone.now(),
        )
    except DomainError as refusal:
        return _show(admin, request, seller, pieces, refusal=refusal, status=refusal.status)
    messages.success(request, f"{submission} is there, and yours to review. Nothing is offered yet.")
    return redirect(row_address(submission))


def _show(
    admin: Any,
    request: HttpRequest,
    seller: SellerForm,
    pieces: Any,
    *,
    refusal: DomainError | None = None,
    is_again: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "title": "New submission at the counter",
        "opts": admin.opts,
        "seller": seller,
        "pieces": pieces,
        "refusal": refusal,
        "has_errors": bool(seller.errors or (pieces.is_bound and not pieces.is_valid())),
        "is_again": is_again or pieces.is_bound,
        "has_room": pieces.total_form_count() < pieces.max_num,
    }
    return TemplateResponse(request, "admin/offers/counter.html", context, status=status)
