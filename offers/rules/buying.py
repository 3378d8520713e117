"""What we buy, as the shop's rules say, and what a piece needs before it can be sent."""

from collections.abc import Collection
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from inventory.errors import SizeUnknown
from inventory.rules.sizes import parse_size
from offers.models import BuyingRule, SellItem

USUAL_SLOTS = ("Front", "Back", "Label", "Flaw")
SLOT_WORDS = {
    "Front": pgettext_lazy("photo of a piece", "Front"),
    "Back": pgettext_lazy("photo of a piece", "Back"),
    "Label": pgettext_lazy("photo of a piece", "Label"),
    "Flaw": pgettext_lazy("photo of a piece", "Flaw"),
    "Sole": pgettext_lazy("photo of a piece", "Sole"),
    "Box": pgettext_lazy("photo of a piece", "Box"),
}


def why_not(rule: BuyingRule | None, *, brand_id: int | None, size: str, scale: str) -> str:
    """Why we do not buy such a piece, in words for its seller; empty when we do. Without a rule we buy everything."""
    if rule is None:
        return ""
    if not rule.is_bought:
        return _("We do not buy this kind of piece.")
    only = {brand.pk for brand in rule.only_brands.all()}
    if brand_id in {brand.pk for brand in rule.refused_brands.all()} or (only and brand_id and brand_id not in only):
        return _("We do not buy this brand.")
    return "" if not size or _fits(rule, size, scale) else _range(rule)


def slot_words(slot: str) -> str:
    """What such a photo shows, in the language of the page; the shop's own names stay as they are."""
    return str(SLOT_WORDS.get(slot, slot)) or _("Photo")


def slots_of(rule: BuyingRule | None) -> list[str]:
    """Which photos we ask for."""
    return list(rule.photo_slots) if rule and rule.photo_slots else list(USUAL_SLOTS)


def needed_slots(rule: BuyingRule | None, taken: Collection[str]) -> list[str]:
    """The photos without which such a piece cannot be sent, but for those `taken`; only what we ask for is needed."""
    required = rule.required_slots if rule else []
    return [slot for slot in slots_of(rule) if slot in required and slot not in taken]


def missing(item: SellItem, rule: BuyingRule | None, photo_slots: Collection[str]) -> list[str]:
    """What a piece with these photos still needs before it can be sent, in words.

    With the piece in front of us any photo will do.
    """
    category = item.category
    if category is None:
        return [_("choose what it is.")]
    found = []
    if not item.title:
        found.append(_("say what it is."))
    if not item.declared_grade:
        found.append(_("say how it is worn."))
    try:
        parse_size(item.size, category.size_scale)
    except SizeUnknown as refusal:
        found.append(_("give its size. %(why)s") % {"why": refusal.message})
    else:
        if reason := why_not(rule, brand_id=item.brand_id, size=item.size, scale=category.size_scale):
            found.append(reason)
    needed = [] if item.submission.is_in_person else needed_slots(rule, photo_slots)
    if not photo_slots and not needed:
        found.append(_("add a photo."))
    return found + [_("add a photo: %(slot)s.") % {"slot": slot_words(slot)} for slot in needed]


def _fits(rule: BuyingRule, size: str, scale: str) -> bool:
    order = _order(size, scale)
    least, most = _order(rule.smallest_size, scale), _order(rule.largest_size, scale)
    return order is None or ((least is None or order >= least) and (most is None or order <= most))


def _range(rule: BuyingRule) -> str:
    if rule.smallest_size and rule.largest_size:
        return _("We buy sizes %(least)s to %(most)s.") % {"least": rule.smallest_size, "most": rule.largest_size}
    if rule.smallest_size:
        return _("We buy sizes from %(least)s.") % {"least": rule.smallest_size}
    return _("We buy sizes up to %(most)s.") % {"most": rule.largest_size}


def _order(size: str, scale: str) -> Decimal | None:
    """Where a size stands on its scale; None for one that has no place there."""
    try:
        return parse_size(size, scale).order if size else None
    except SizeUnknown:
        return None
