"""What the tests of a seller's answers share."""

import pytest
from django.test import Client
from django.utils import timezone

from offers.models import SellOffer
from tests.factories.offers import offered
from tests.offers.pages import by_link


@pytest.fixture
def offer() -> SellOffer:
    """€60 and €40, of a moment ago, for a week."""
    return offered(now=timezone.now())


@pytest.fixture
def browser(offer: SellOffer) -> Client:
    """The seller's, come by the link."""
    return by_link(offer.submission)
