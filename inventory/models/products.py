"""What a thing is: category, brand, product, its photos and the words it is found by. Written by services.products."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import pgettext_lazy


class SizeScale(models.TextChoices):
    """Which sizes a category has (rules.sizes knows them)."""

    CLOTHES = "clothes", "Clothes, XS to XXL"
    SET = "set", "Sets: top and bottom"
    SHOES_UK = "shoes_uk", "Shoes, UK half sizes"
    ONE_SIZE = "one_size", "One size"
    FREE = "free", "As printed on the label"


class Condition(models.TextChoices):
    """Grades, best first. Codes are stable; the words people read are in ConditionWording."""

    NEW_TAGGED = "new_tagged", pgettext_lazy("condition", "Brand new")
    LIKE_NEW = "like_new", pgettext_lazy("condition", "Like new")
    MINT = "mint", pgettext_lazy("condition", "Mint")
    DECENT = "decent", pgettext_lazy("condition", "Decent")
    POOR = "poor", pgettext_lazy("condition", "Poor")


class ConditionWording(models.Model):
    """The shop's own words for a grade, in place of the usual ones."""

    code = models.CharField(max_length=12, choices=Condition, primary_key=True)
    label = models.CharField(max_length=20)
    meaning = models.CharField(max_length=120)

    class Meta:
        verbose_name = "condition wording"

    def __str__(self) -> str:
        return self.label


class Category(models.Model):
    """A branch of the tree; `size_scale` says which sizes its products have."""

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=60, unique=True)
    size_scale = models.CharField(max_length=10, choices=SizeScale, default=SizeScale.CLOTHES)
    measurement_names = models.JSONField(
        default=list, blank=True, help_text='What is measured, in centimetres: ["Chest", "Length"].'
    )
    position = models.PositiveSmallIntegerField(default=0)
    merchant_category = models.CharField(
        max_length=200,
        blank=True,
        help_text="Its number or whole path in Google's list of product categories; empty: that of the one above.",
    )

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(size_scale__in=SizeScale.values), name="category_size_scale_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("shop:category", args=[self.slug])


class Brand(models.Model):
    """A maker, found by its name and by every alias."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="brand_name_once_in_any_case")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("shop:brand", args=[self.slug])


class BrandAlias(models.Model):
    """Another spelling of a brand."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=80)

    class Meta:
        verbose_name_plural = "brand aliases"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="brand_alias_once_in_any_case")]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A model of thing we sell; its copies are StockItems."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="products")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=220, unique=True)
    description = models.TextField(blank=True, max_length=10_000)
    colour = models.CharField(max_length=40, blank=True)
    is_published = models.BooleanField(default=False)
    listed_at = models.DateTimeField(help_text="First shown in the shop; orders “newest first”.")
    import_key = models.CharField(max_length=200, unique=True, null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-listed_at", "-pk"]
        indexes = [
            models.Index(fields=["-listed_at", "-id"], condition=Q(is_published=True), name="product_newest"),
            models.Index(
                fields=["category", "-listed_at", "-id"],
                condition=Q(is_published=True),
                name="product_newest_in_category",
            ),
            models.Index(
                fields=["brand", "-listed_at", "-id"], condition=Q(is_published=True), name="product_newest_of_brand"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("shop:product", args=[self.slug])


class FormerSlug(models.Model):
    """A part of an address that once led to a product, category or brand; written by services.addresses."""

    class Kind(models.TextChoices):
        PRODUCT = "product", "Product"
        CATEGORY = "category", "Category"
        BRAND = "brand", "Brand"

    kind = models.CharField(max_length=10, choices=Kind)
    slug = models.SlugField(max_length=220, db_index=False)
    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs", editable=False
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs", editable=False
    )
    brand = models.ForeignKey(
        Brand, on_delete=models.CASCADE, null=True, blank=True, related_name="former_slugs", editable=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="former_slug_leads_to_one"),
            models.CheckConstraint(
                condition=Q(kind="product", product__isnull=False, category__isnull=True, brand__isnull=True)
                | Q(kind="category", product__isnull=True, category__isnull=False, brand__isnull=True)
                | Q(kind="brand", product__isnull=True, category__isnull=True, brand__isnull=False),
                name="former_slug_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"


class Photo(models.Model):
    """A public picture of a product, re-encoded without metadata; pages show renditions, made by the worker."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField()
    image = models.ImageField(upload_to="products/")
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    renditions = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="The number of the recipe they were made by; 0 before there are any."
    )
    alt = models.CharField(max_length=150, blank=True, help_text="What it shows: “left cuff, faint mark”.")
    source_url = models.URLField(max_length=500, blank=True, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["product", "position"], name="photo_one_a_position")]

    def __str__(self) -> str:
        return f"Photo {self.position}"


class SearchWord(models.Model):
    """One word a product is found by; a higher weight ranks it higher."""

    # The constraint below has an index that begins with the product.
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="search_words", db_index=False)
    word = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "word"], name="search_word_once")]
        # All that a search reads.
        indexes = [models.Index(fields=["word", "weight", "product"], name="search_word_weighed")]

    def __str__(self) -> str:
        return self.word


class Synonyms(models.Model):
    """Words that mean the same to a search."""

    words = models.CharField(max_length=300, help_text="With commas between: trainers, sneakers, runners.")

    class Meta:
        verbose_name = verbose_name_plural = "words that mean the same"
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words
