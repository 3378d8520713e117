"""What the shop window asks: the category tree, the words of grades, which lots are there to be seen or bought."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.memory import remembered
from inventory.models import Category, Condition, ConditionWording, Photo, Reservation, StockItem

# Changes of the tree and of the shop's words show everywhere within this many seconds.
REMEMBERED_SECONDS = 10

ON_SHELF = Q(on_shelf__gt=0)
# Promised copies are still shown: they may come back.
IN_SHOP = ON_SHELF | Q(reserved__gt=0)
SOLD_OUT = Q(on_shelf=0, reserved=0, sold_out_at__isnull=False)

MEANINGS = {
    Condition.NEW_TAGGED: _("Never worn, tags on."),
    Condition.LIKE_NEW: _("Worn once or twice. No marks."),
    Condition.MINT: _("Light wear you have to look for."),
    Condition.DECENT: _("Visible wear. Nothing broken."),
    Condition.POOR: _("Broken, stained or faded."),
}


@dataclass(frozen=True)
class Branch:
    """A category with what hangs on it: slugs of its parent and children, keys of itself and all below."""

    pk: int
    slug: str
    name: str
    parent: str
    children: tuple[str, ...]
    below: tuple[str, ...]
    pks: tuple[int, ...]

    def get_absolute_url(self) -> str:
        return reverse("shop:category", args=[self.slug])

    @property
    def addresses(self) -> list[str]:
        """Where it and its branches live."""
        return [reverse("shop:category", args=[slug]) for slug in (self.slug, *self.below)]


@dataclass(frozen=True)
class Lot:
    """A lot at one moment: how many can be had, and when a promised copy may come back."""

    item: StockItem
    free: int
    back_at: datetime | None


def category_tree() -> dict[str, Branch]:
    """Every category by its slug, parents before children; remembered for some seconds."""
    return remembered(key="category-tree", make=_grow, seconds=REMEMBERED_SECONDS)


def condition_words() -> dict[str, tuple[str, str]]:
    """The label and the meaning of each grade, best first, in the shop's own words; remembered for some seconds."""
    # What nobody has put into other words is in the code, and speaks the language of the page.
    key = f"condition-words-{get_language()}"
    return remembered(key=key, make=_read_condition_words, seconds=REMEMBERED_SECONDS)


def lots_by_product(*, product_ids: Collection[int], now: datetime) -> dict[int, list[Lot]]:
    """All lots of these products as they are now, in one query. A promise that has run out counts as free."""
    active = Reservation.objects.filter(stock_item=OuterRef("pk"), status=Reservation.Status.ACTIVE).order_by()
    overdue = active.filter(expires_at__lte=now).values("stock_item").annotate(copies=Sum("quantity"))
    coming = active.filter(expires_at__gt=now).values("stock_item").annotate(moment=Min("expires_at"))
    items = StockItem.objects.filter(product__in=product_ids).annotate(
        overdue=Coalesce(Subquery(overdue.values("copies")), 0), back_at=Subquery(coming.values("moment"))
    )
    found: dict[int, list[Lot]] = {pk: [] for pk in product_ids}
    for item in items:
        found[item.product_id].append(Lot(item, item.on_shelf + item.overdue, item.back_at))
    return found


def photos_by_product(*, product_ids: Collection[int]) -> dict[int, list[Photo]]:
    """The photos of these products in their order, in one query."""
    found: dict[int, list[Photo]] = {pk: [] for pk in product_ids}
    for photo in Photo.objects.filter(product__in=product_ids):
        found[photo.product_id].append(photo)
    return found


def _grow() -> dict[str, Branch]:
    children: dict[int | None, list[Category]] = {}
    for category in Category.objects.all():
        children.setdefault(category.parent_id, []).append(category)
    tree: dict[str, Branch] = {}

    def add(category: Category, parent: str) -> Branch:
        # The place in the dictionary is taken first, so that parents come before children.
        tree[category.slug] = Branch(category.pk, category.slug, category.name, parent, (), (), (category.pk,))
        branches = [add(child, category.slug) for child in children.get(category.pk, [])]
        tree[category.slug] = Branch(
            category.pk,
            category.slug,
            category.name,
            parent,
            tuple(branch.slug for branch in branches),
            tuple(slug for branch in branches for slug in (branch.slug, *branch.below)),
            (category.pk, *(pk for branch in branches for pk in branch.pks)),
        )
        return tree[category.slug]

    for root in children.get(None, []):
        add(root, "")
    return tree


def _read_condition_words() -> dict[str, tuple[str, str]]:
    own = {wording.code: (wording.label, wording.meaning) for wording in ConditionWording.objects.all()}
    return {code: own.get(code, (str(label), str(MEANINGS[Condition(code)]))) for code, label in Condition.choices}
