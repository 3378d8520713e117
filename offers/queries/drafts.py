"""A seller's draft as its pages show it, and what the gate says we buy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inventory.models import Brand, Category, SizeScale
from inventory.queries.catalogue import condition_words
from offers.models import BuyingRule, SellItem, SellPhoto, SellSubmission
from offers.queries.pieces import Shot
from offers.rules import buying

JUST_NOW = timedelta(hours=1)
SLOT_HINTS = {
    "Label": gettext_lazy("Brand and size"),
    "Flaw": gettext_lazy("If there is one"),
    "Sole": gettext_lazy("Both soles"),
    "Box": gettext_lazy("If you have it"),
}


@dataclass(frozen=True)
class Bought:
    """A kind of piece we buy, with its limits in words."""

    name: str
    details: Sequence[str]


@dataclass(frozen=True)
class Saved:
    """A photo that is stored."""

    pk: int
    slot: str
    shot: Shot
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class DraftPiece:
    """A piece of a draft: what it is so far, and what it still needs before it can be sent."""

    number: int
    item: SellItem
    photos: Sequence[Saved]
    missing: Sequence[str] = field(default_factory=tuple)

    @property
    def name(self) -> str:
        """What to call it."""
        brand = self.item.brand.name if self.item.brand else self.item.brand_name
        return f"{brand} {self.item.title}".strip() or _("Piece %(number)s") % {"number": self.number}

    @property
    def kind(self) -> str:
        """Category and size."""
        return ", ".join(part for part in (str(self.item.category or ""), self.item.size) if part)

    @property
    def meta(self) -> str:
        """Grade and photos."""
        count = len(self.photos)
        grade = condition_words().get(self.item.declared_grade, ("", ""))[0]
        photos = (
            ngettext("%(count)s photo", "%(count)s photos", count) % {"count": count} if count else _("no photo yet")
        )
        return f"{grade}, {photos}" if grade else photos[0].upper() + photos[1:]


def of_key(key: str) -> SellSubmission | None:
    """The draft that a browser is writing."""
    if not key:
        return None
    drafts = SellSubmission.objects.filter(status=SellSubmission.Status.DRAFT).select_related("seller")
    return drafts.filter(draft_key=key).first()


def sent_of(pk: int | None, now: datetime) -> SellSubmission | None:
    """What a draft became that was sent a moment ago."""
    sent = SellSubmission.objects.filter(pk=pk or 0, submitted_at__gt=now - JUST_NOW)
    return sent.exclude(status=SellSubmission.Status.DRAFT).first()


def items_of(draft: SellSubmission) -> QuerySet[SellItem]:
    """The pieces that are not taken out again."""
    return draft.items.filter(removed_at=None).select_related("category", "brand").order_by("position", "pk")


def pieces_of(draft: SellSubmission) -> list[DraftPiece]:
    """Every piece with its photos and what it still needs."""
    items = list(items_of(draft).prefetch_related("photos"))
    rules = {rule.category_id: rule for rule in _rules()}
    found = []
    for number, item in enumerate(items, start=1):
        photos = saved_photos(item)
        missing = buying.missing(item, rules.get(item.category_id or 0), [photo.slot for photo in photos])
        found.append(DraftPiece(number, item, photos, missing))
    return found


def number_of(item: SellItem) -> int:
    """The how manieth piece of its draft it is."""
    return items_of(item.submission).filter(position__lte=item.position).count()


def last_removed(draft: SellSubmission) -> SellItem | None:
    """The piece that was taken out last."""
    return draft.items.exclude(removed_at=None).order_by("-removed_at").first()


def saved_photos(item: SellItem) -> list[Saved]:
    """The seller's photos of a piece, in order."""
    photos = [photo for photo in item.photos.all() if photo.origin == SellPhoto.Origin.SELLER]
    return [
        Saved(photo.pk, photo.slot, shot_of(photo), index == 0, index == len(photos) - 1)
        for index, photo in enumerate(photos)
    ]


def rule_of(category: Category | None) -> BuyingRule | None:
    """What we buy of a category, if there is a rule."""
    return None if category is None else _rules().filter(category=category).first()


def known_slots() -> set[str]:
    """Every photo that we ask for of some kind of piece."""
    return {slot for rule in (None, *BuyingRule.objects.all()) for slot in buying.slots_of(rule)}


def kinds() -> QuerySet[Category]:
    """What a piece may be: the ends of the category tree."""
    return Category.objects.filter(children=None).order_by("parent__position", "position", "name")


def refused_kinds() -> list[Category]:
    """The kinds that we do not buy."""
    return [rule.category for rule in _rules() if not rule.is_bought]


def known_brand(name: str) -> Brand | None:
    """The brand of this name or alias, in any case; sellers never make one."""
    name = " ".join(name.split())
    return (
        Brand.objects.filter(name__iexact=name).first() or Brand.objects.filter(aliases__name__iexact=name).first()
        if name
        else None
    )


def brand_names() -> list[str]:
    """Names to choose from while typing."""
    return list(Brand.objects.order_by("name").values_list("name", flat=True)[:400])


def what_we_buy() -> tuple[list[Bought], list[str]]:
    """The kinds we buy with their limits, and what we do not buy, in words."""
    rules = {rule.category_id: rule for rule in _rules()}
    bought, refused = [], []
    for category in kinds():
        rule = rules.get(category.pk)
        if rule is None or rule.is_bought:
            bought.append(Bought(category.name, _limits(rule, category) if rule else []))
        else:
            refused.append(category.name)
        if rule and rule.exclusions:
            refused.append(rule.exclusions)
    return bought, list(dict.fromkeys(refused))


def _limits(rule: BuyingRule, category: Category) -> list[str]:
    unit = "UK " if category.size_scale == SizeScale.SHOES_UK else ""
    least, most = rule.smallest_size, rule.largest_size
    found = []
    if least and most:
        found.append(_("sizes %(least)s to %(most)s") % {"least": f"{unit}{least}", "most": most})
    elif least or most:
        found.append(
            _("sizes from %(least)s") % {"least": f"{unit}{least}"}
            if least
            else _("sizes up to %(most)s") % {"most": f"{unit}{most}"}
        )
    if only := [brand.name for brand in rule.only_brands.all()]:
        found.append(_("only %(brands)s") % {"brands": ", ".join(only)})
    if refused := [brand.name for brand in rule.refused_brands.all()]:
        found.append(_("not %(brands)s") % {"brands": ", ".join(refused)})
    return found


def _rules() -> QuerySet[BuyingRule]:
    return BuyingRule.objects.select_related("category").prefetch_related("only_brands", "refused_brands")


def shot_of(photo: SellPhoto) -> Shot:
    small, full = (reverse("offers:photo", args=[photo.pk, size]) for size in ("small", "full"))
    return Shot(small, full, photo.width, photo.height, buying.slot_words(photo.slot))
