"""What to suggest while somebody is still typing a search: brands, categories and pieces that can be had."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from core.memory import remembered
from inventory.models import Brand
from inventory.queries import catalogue, searching
from inventory.rules.words import words_to_find
from shop.queries import facets
from shop.queries.listing import BEST_MATCH, Filters, page_of_products

FEWEST_LETTERS, BRANDS, CATEGORIES, PIECES = 2, 2, 2, 4
REMEMBERED_SECONDS = 60


@dataclass(frozen=True)
class Suggestion:
    """One line: what it is called, what kind of thing it is, and where it leads."""

    label: str
    kind: str
    url: str


def suggestions_for(text: str) -> list[Suggestion]:
    """A few brands, categories and pieces that a search begun like this may mean, the likeliest of each first."""
    terms = searching.read(text).terms if len(text.strip()) >= FEWEST_LETTERS else ()
    if not terms:
        return []
    counts = facets.counts_for(Filters())
    brands = [
        Suggestion(name, _("Brand"), reverse("shop:brand", args=[slug]))
        for slug, name, words in remembered(key="brand-words", make=_brand_words, seconds=REMEMBERED_SECONDS)
        if slug in counts.brands and searching.is_met(terms, words)
    ]
    categories = [
        Suggestion(branch.name, _("Category"), branch.get_absolute_url())
        for slug, branch in catalogue.category_tree().items()
        if counts.categories.get(slug) and searching.is_met(terms, words_to_find(branch.name))
    ]
    products = page_of_products(filters=Filters(words=terms, sort=BEST_MATCH), page=1, total=0, among=0)
    pieces = [
        Suggestion(f"{product.brand.name} {product.title}" if product.brand else product.title, _("Piece"), url)
        for product in products[:PIECES]
        if (url := product.get_absolute_url())
    ]
    return [*brands[:BRANDS], *categories[:CATEGORIES], *pieces]


def _brand_words() -> list[tuple[str, str, list[str]]]:
    return [(brand.slug, brand.name, _words(brand)) for brand in Brand.objects.prefetch_related("aliases")]


def _words(brand: Brand) -> list[str]:
    names: Iterable[str] = (brand.name, *(alias.name for alias in brand.aliases.all()))
    return [word for name in names for word in words_to_find(name)]
