"""What people keep and wait for, to look at."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.backoffice import Panel, ReadOnly
from shop.models import PlaceInLine, SavedSearch, SearchHit, Wish, Wishlist


class WishPanel(Panel):
    model = Wish
    fields = ("product", "added_at", "kept_price", "told_price", "told_copies")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wish]:
        return super().get_queryset(request).select_related("product")


@admin.register(Wishlist)
class WishlistAdmin(ReadOnly, ModelAdmin):
    list_display = ("updated_at", "user", "wish_count", "wants_letters", "last_letter_at")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    show_full_result_count = False
    # Whoever knows the visitor's key has the list.
    exclude = ("visitor",)
    inlines = (WishPanel,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wishlist]:
        return super().get_queryset(request).annotate(wish_count=Count("wishes"))

    @display(description="pieces")
    def wish_count(self, wishlist: Wishlist) -> int:
        return wishlist.wish_count  # type: ignore[attr-defined]


class SearchHitPanel(Panel):
    model = SearchHit
    fields = ("product", "made_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SearchHit]:
        return super().get_queryset(request).select_related("product")


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "label", "user", "email", "confirmed_at", "looked_at", "last_letter_at")
    list_display_links = ("made_at", "label")
    list_select_related = ("user",)
    search_fields = ("label", "email", "user__email")
    show_full_result_count = False
    exclude = ("key",)
    inlines = (SearchHitPanel,)


@admin.register(PlaceInLine)
class PlaceInLineAdmin(ReadOnly, ModelAdmin):
    list_display = ("made_at", "stock_item", "user", "email", "confirmed_at", "reservation", "ended_at")
    list_select_related = ("stock_item", "user", "reservation")
    search_fields = ("email", "user__email", "stock_item__sku")
    show_full_result_count = False
