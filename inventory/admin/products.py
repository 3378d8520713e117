"""Categories, brands, the shop's words for grades, and products with their lots and photos."""

from typing import Any

from django.contrib import admin
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from core.backoffice import Panel, StepsAdmin, row_address, staff, step
from core.errors import DomainError
from inventory.errors import PictureRefused
from inventory.forms import (
    BrandAliasForm,
    BrandForm,
    CategoryForm,
    NewLotForm,
    PhotoForm,
    PhotosForm,
    SlugForm,
    SynonymsForm,
)
from inventory.models import Brand, BrandAlias, Category, ConditionWording, Photo, Product, StockItem, Synonyms
from inventory.pictures import CARD_WIDTHS, picture_of
from inventory.services import addresses, intake, products


def _refresh_words_of(found: QuerySet[Product]) -> None:
    """A product is found by the names of its brand and category too."""
    for product in found.select_related("brand", "category"):
        products.refresh_words(product=product)


@admin.register(ConditionWording)
class ConditionWordingAdmin(ModelAdmin):
    list_display = ("code", "label", "meaning")

    def get_readonly_fields(self, request: HttpRequest, obj: ConditionWording | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Synonyms)
class SynonymsAdmin(ModelAdmin):
    form = SynonymsForm
    search_fields = ("words",)


class AddressedAdmin(ModelAdmin):
    """A row that is typed with its slug; the former one goes on leading to it."""

    def save_model(self, request: HttpRequest, obj: Category | Brand, form: Any, change: bool) -> None:
        if change and "slug" in form.changed_data:
            addresses.change_slug(row=obj, slug=obj.slug, actor=staff(request), now=timezone.now())
        super().save_model(request, obj, form, change)


@admin.register(Category)
class CategoryAdmin(AddressedAdmin):
    form = CategoryForm
    list_display = ("name", "parent", "slug", "size_scale", "position")
    list_select_related = ("parent",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def save_related(self, request: HttpRequest, form: CategoryForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and {"name", "parent"} & set(form.changed_data):
            _refresh_words_of(Product.objects.filter(category__in=_branch(form.instance)))


def _branch(category: Category) -> list[Category]:
    """A category with all below it."""
    return [category, *(found for child in category.children.all() for found in _branch(child))]


class BrandAliasInline(TabularInline):
    model = BrandAlias
    form = BrandAliasForm
    extra = 1


@admin.register(Brand)
class BrandAdmin(AddressedAdmin):
    form = BrandForm
    list_display = ("name", "slug", "spellings")
    search_fields = ("name", "aliases__name")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (BrandAliasInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brand]:
        return super().get_queryset(request).prefetch_related("aliases")

    @display(description="aliases")
    def spellings(self, brand: Brand) -> str:
        return ", ".join(alias.name for alias in brand.aliases.all())

    def save_related(self, request: HttpRequest, form: BrandForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and (form.has_changed() or any(formset.has_changed() for formset in formsets)):
            _refresh_words_of(Product.objects.filter(brand=form.instance))


class LotPanel(Panel):
    model = StockItem
    fields = ("link", "price", "on_shelf", "reserved", "shelf_place")


class PhotoInline(TabularInline):
    model = Photo
    form = PhotoForm
    fields = ("picture", "place", "alt")
    readonly_fields = ("picture",)
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        """Pictures are decoded outside any transaction, so they come by a step."""
        return False

    @display(description="photo")
    def picture(self, photo: Photo) -> SafeString:
        shown = picture_of(photo, CARD_WIDTHS[:1])
        return format_html('<img src="{}" width="72" height="90" alt="{}" loading="lazy">', shown.src, photo.alt)


@admin.register(Product)
class ProductAdmin(StepsAdmin):
    list_display = ("title", "brand", "category", "is_published", "copies", "listed_at")
    list_select_related = ("brand", "category")
    list_filter = ("is_published", "category")
    search_fields = ("title", "brand__name", "stock_items__sku")
    search_help_text = "Title, brand or stock number"
    show_full_result_count = False
    autocomplete_fields = ("category", "brand")
    readonly_fields = ("slug",)
    inlines = (LotPanel, PhotoInline)
    actions_detail = ("add_lot", "add_photos", "change_address")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return super().get_queryset(request).prefetch_related("stock_items")

    def get_fields(self, request: HttpRequest, obj: Product | None = None) -> tuple[str, ...]:
        words = ("category", "brand", "title", "description", "colour", "is_published")
        return (*words, "listed_at", "slug") if obj else words

    def get_inlines(self, request: HttpRequest, obj: Product | None) -> tuple[type, ...]:
        return self.inlines if obj else ()

    @display(description="on the shelf")
    def copies(self, product: Product) -> int:
        return sum(lot.on_shelf for lot in product.stock_items.all())

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        if change:
            changed = set(form.changed_data)
            if "is_published" in changed and obj.is_published and "listed_at" not in changed:
                # It is new in the shop now, whenever it was typed in.
                obj.listed_at = timezone.now()
                changed.add("listed_at")
            obj.save(update_fields=changed)
            products.refresh_words(product=obj)
        else:
            made = products.add_product(**form.cleaned_data, actor=staff(request), now=timezone.now())
            # The admin goes on with the object it made itself: it becomes the one that was saved.
            obj.__dict__.update(vars(made))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for photo in formset.save(commit=False):
            photo.save(update_fields=["alt"])
        for photo in formset.deleted_objects:
            photo.delete()
        kept = [photo for photo in formset.forms if photo not in formset.deleted_forms]
        products.arrange_photos(
            product=form.instance, photo_ids=[photo.instance.pk for photo in sorted(kept, key=PhotoForm.wish)]
        )

    def response_post_save_add(self, request: HttpRequest, obj: Product) -> HttpResponse:
        """A new product needs lots and photos next."""
        return redirect(row_address(obj))

    @step(label="Add a lot", permission="inventory.add_stockitem", form=NewLotForm, icon="add_box")
    def add_lot(self, request: HttpRequest, product: Product, form: NewLotForm) -> str:
        answers, actor, now = dict(form.cleaned_data), staff(request), timezone.now()
        quantity = answers.pop("quantity")
        try:
            lot = intake.shelve(
                product=product, lot=products.NewLot(**answers), quantity=quantity, actor=actor, now=now
            )
        except IntegrityError as taken:
            # A second press while the first was under way: both found the number free.
            raise DomainError("There is a lot with this stock number already.") from taken
        return f"Lot {lot.sku} is there, with copies on the shelf: {quantity}."

    @step(label="Add photos", permission="inventory.add_photo", form=PhotosForm, icon="add_photo_alternate")
    def add_photos(self, request: HttpRequest, product: Product, form: PhotosForm) -> str:
        added = 0
        for picture in form.cleaned_data["pictures"]:
            try:
                products.add_photo(product=product, picture=picture, alt=form.cleaned_data["alt"])
            except PictureRefused as refusal:
                form.add_error("pictures", f"{picture.name}: {refusal.message}")
            else:
                added += 1
        return f"Photos added: {added}."

    @step(label="Change its address", permission="inventory.change_product", form=SlugForm, icon="link")
    def change_address(self, request: HttpRequest, product: Product, form: SlugForm) -> str:
        addresses.change_slug(row=product, slug=form.cleaned_data["slug"], actor=staff(request), now=timezone.now())
        return f"It lives at {product.get_absolute_url()} now."
