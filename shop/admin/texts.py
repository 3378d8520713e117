"""Pages of words: written in Markdown, looked at before they are published, each change on record."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from core.backoffice import staff
from shop.forms.admin import ContentPageForm
from shop.models import ContentPage
from shop.services import texts
from shop.views.texts import body_of


@admin.register(ContentPage)
class ContentPageAdmin(ModelAdmin):
    form = ContentPageForm
    list_display = ("title", "slug", "footer", "is_published", "is_checked", "updated_at")
    list_filter = ("is_published", "is_checked", "footer")
    search_fields = ("title", "body")

    def get_fields(self, request: HttpRequest, obj: ContentPage | None = None) -> tuple[str, ...]:
        typed = ("title", "slug", "description", "body", "footer", "position", "is_published", "is_checked")
        return (*typed, "preview", "updated_at") if obj else typed

    def get_readonly_fields(self, request: HttpRequest, obj: ContentPage | None = None) -> tuple[str, ...]:
        # Links to a page go on working: its address stays.
        return ("slug", "preview", "updated_at") if obj else ()

    @display(description="as it is saved")
    def preview(self, page: ContentPage) -> str:
        return body_of(page)

    def view_on_site(self, page: ContentPage) -> str:
        return page.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: ContentPage, form: Any, change: bool) -> None:
        texts.write_page(page=obj, changed=form.changed_data, actor=staff(request), now=timezone.now())
