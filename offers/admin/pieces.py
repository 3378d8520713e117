"""Pieces, photos, offers and what was said, to look at: what changes them is a step of their submission."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.backoffice import Panel, ReadOnly
from core.money import format_eur
from offers import letters
from offers.admin.fates import PieceSteps
from offers.admin.intake import IntakePages
from offers.models import (
    Inspection,
    InternalNote,
    SellerMessage,
    SellItem,
    SellOffer,
    SellOfferLine,
    SellPhoto,
    SellSubmission,
)

DRAFT = SellSubmission.Status.DRAFT


@display(description="photo")
def thumbnail(photo: SellPhoto) -> SafeString:
    """The small picture, which leads to the large one."""
    return format_html(
        '<a href="{}"><img src="{}" width="72" height="90" alt="{}" loading="lazy"></a>',
        reverse("offers:photo", args=[photo.pk, "full"]),
        reverse("offers:photo", args=[photo.pk, "small"]),
        photo,
    )


class PhotoPanel(Panel):
    model = SellPhoto
    fields = ("thumb", "slot", "origin", "uploaded_at")

    @display(description="photo")
    def thumb(self, photo: SellPhoto) -> SafeString:
        return thumbnail(photo)


class InspectionPanel(Panel):
    model = Inspection
    fields = ("made_at", "outcome", "grade", "amount", "old_amount", "reason", "actor")


class OfferLinePanel(Panel):
    model = SellOfferLine
    fields = ("item", "amount", "old_amount", "reason", "answer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SellOfferLine]:
        return super().get_queryset(request).select_related("item")


@admin.register(SellItem)
class SellItemAdmin(ReadOnly, IntakePages, PieceSteps):
    list_before_template = "admin/offers/desk/pieces_top.html"

    list_display = ("words", "submission", "category", "status", "decision", "asked", "agreed", "location")
    list_select_related = ("submission", "category")
    list_filter = ("status", "decision", "category")
    search_fields = ("brand_name", "title", "submission__reference", "location")
    search_help_text = "Brand, title, reference or place"
    show_full_result_count = False
    exclude = ("import_key", "removed_at")
    inlines = (PhotoPanel, OfferLinePanel, InspectionPanel)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SellItem]:
        return super().get_queryset(request).exclude(submission__status=DRAFT)

    @display(description="asked", ordering="asking_amount")
    def asked(self, item: SellItem) -> str:
        return "" if item.asking_amount is None else format_eur(item.asking_amount)

    @display(description="agreed", ordering="agreed_amount")
    def agreed(self, item: SellItem) -> str:
        return "" if item.agreed_amount is None else format_eur(item.agreed_amount)


@admin.register(SellPhoto)
class SellPhotoAdmin(ReadOnly, ModelAdmin):
    list_display = ("thumb", "item", "slot", "origin", "uploaded_at")
    list_display_links = ("item",)
    list_select_related = ("item",)
    list_filter = ("origin",)
    fields = ("thumb", "item", "slot", "origin", "width", "height", "uploaded_at")
    readonly_fields = ("thumb",)
    search_fields = ("item__submission__reference", "item__title")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[SellPhoto]:
        return super().get_queryset(request).exclude(item__submission__status=DRAFT)

    @display(description="photo")
    def thumb(self, photo: SellPhoto) -> SafeString:
        return thumbnail(photo)


@admin.register(SellOffer)
class SellOfferAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "submission", "number", "party", "kind", "status", "total", "expires_at", "answered_at")
    list_display_links = ("made_at", "submission")
    list_select_related = ("submission",)
    list_filter = ("status", "party", "kind")
    search_fields = ("submission__reference", "submission__seller__name")
    search_help_text = "Reference or seller"
    show_full_result_count = False
    inlines = (OfferLinePanel,)


@admin.register(Inspection)
class InspectionAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "item", "outcome", "grade", "amount", "old_amount", "reason", "actor")
    list_display_links = ("made_at", "item")
    list_select_related = ("item",)
    list_filter = ("outcome", "grade")
    search_fields = ("item__submission__reference", "item__title", "reason")
    show_full_result_count = False


@admin.register(InternalNote)
class InternalNoteAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "submission", "text", "actor")
    list_display_links = ("made_at", "submission")
    list_select_related = ("submission",)
    search_fields = ("submission__reference", "text")
    show_full_result_count = False


@admin.register(SellerMessage)
class SellerMessageAdmin(ReadOnly, ModelAdmin):
    """What was said, without the link that lets its reader in: giving that out is a step of its own."""

    list_display = ("made_at", "submission", "direction", "channel", "occasion", "actor")
    list_display_links = ("made_at", "submission")
    list_select_related = ("submission",)
    list_filter = ("direction", "channel")
    fields = ("submission", "direction", "channel", "occasion", "said", "actor", "made_at")
    readonly_fields = ("said",)
    search_fields = ("submission__reference",)
    show_full_result_count = False

    @display(description="text")
    def said(self, message: SellerMessage) -> str:
        return letters.without_links(message.text)
