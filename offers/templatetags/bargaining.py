"""The way to an offer, for pages that show pieces: the shop itself does not know of offers."""

from django import template
from django.urls import reverse

from accounts.models import User
from offers.models import ProductOffer, SellSubmission
from offers.queries import access, bids

register = template.Library()
LATEST = 5


@register.simple_tag
def offer_url(slug: str, category_id: int) -> str:
    """Where an offer for a product is made, or nothing where its category takes none."""
    return reverse("offers:make_offer", args=[slug]) if bids.takes_offers(category_id=category_id) else ""


@register.simple_tag
def my_offers(user: User) -> list[ProductOffer]:
    """The open offers of somebody, for their account."""
    return list(bids.open_offers_of(user))


@register.simple_tag
def my_submissions(user: User) -> list[SellSubmission]:
    """The latest of what somebody sells to us, for their account."""
    return list(access.submissions_of(user)[:LATEST])
