"""Where a product, category or brand lives that was asked for by an address it does not have."""

from inventory.models import Brand, Category, FormerSlug, Product

KINDS: dict[type[Product | Category | Brand], FormerSlug.Kind] = {
    Product: FormerSlug.Kind.PRODUCT,
    Category: FormerSlug.Kind.CATEGORY,
    Brand: FormerSlug.Kind.BRAND,
}


def row_led_to(model: type[Product | Category | Brand], slug: str) -> Product | Category | Brand | None:
    """The row that this slug leads to, by its letters in lower case or from former times."""
    slug = slug.lower()
    rows = Product.objects.filter(is_published=True) if model is Product else model._default_manager.all()
    return rows.filter(slug=slug).first() or rows.filter(former_slugs__slug=slug).first()


def led_to(model: type[Product | Category | Brand], slug: str) -> str:
    """The address that this slug leads to; empty when to none."""
    found = row_led_to(model, slug)
    return found.get_absolute_url() if found else ""
