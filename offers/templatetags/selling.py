"""What the pages of a draft need in their templates."""

from collections.abc import Mapping, Sequence

from django import template
from django.forms import BaseForm

from core.templatetags.ui import Problem, error_summary
from inventory.models import Category
from offers.models import Seller
from offers.queries import drafts
from offers.rules import buying

register = template.Library()


@register.filter
def slot_of(slots: Mapping[str, str], name: str) -> str:
    """The slot that a field stands for; empty for any other."""
    return slots.get(name, "")


@register.filter
def slot_words(slot: str) -> str:
    """What a photo shows, in the language of the page; the shop's own names stay as they are."""
    return buying.slot_words(slot)


@register.filter
def names(kinds: Sequence[Category]) -> str:
    """Several kinds of piece in a sentence: "hats, belts"."""
    return ", ".join(kind.name.lower() for kind in kinds)


@register.filter
def contact_lines(seller: Seller) -> list[str]:
    """How to reach a seller, line by line."""
    handle = f"@{seller.handle}" if seller.handle else ""
    return [part for part in (seller.email, seller.phone, handle, seller.area) if part]


@register.inclusion_tag("components/error_summary.html")
def sell_problems(photos: BaseForm, forms: Sequence[BaseForm]) -> dict[str, list[Problem]]:
    """Every error of all questions, in the order of the page."""
    found: dict[str, list[Problem]] = error_summary(forms[0], photos, *forms[1:])
    return found


@register.inclusion_tag("offers/sell/_kinds.html")
def what_we_buy() -> dict[str, object]:
    """What we buy and what not, as the gate says it."""
    bought, refused = drafts.what_we_buy()
    return {"bought": bought, "refused": refused}
