"""The way to an offer, for pages that show pieces: the shop itself does not know of offers."""

from django import template
from django.urls import reverse

from offers.queries import bids

register = template.Library()


@register.simple_tag
def offer_url(slug: str, category_id: int) -> str:
    """Where an offer for a product is made, or nothing where its category takes none."""
    return reverse("offers:make_offer", args=[slug]) if bids.takes_offers(category_id=category_id) else ""
