"""What sellers do is counted as well."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.models import Event
from offers import links
from offers.models import SellOffer
from tests.factories.offers import offered

pytestmark = pytest.mark.django_db
PERSON = {"user-agent": "Mozilla/5.0 (Android 16; Mobile) Firefox/150.0"}


def kinds() -> list[str]:
    return list(Event.objects.exclude(event_type="page_view").order_by("pk").values_list("event_type", flat=True))


@pytest.fixture
def offer() -> SellOffer:
    return offered(now=timezone.now())


@pytest.fixture
def seller(offer: SellOffer) -> Client:
    client = Client(headers=PERSON)
    client.get(reverse("offers:link", args=[links.token_of(offer.submission)]))
    return client


def test_an_offer_seen_and_answered_is_counted_and_its_reference_is_not_kept(seller: Client, offer: SellOffer) -> None:
    seller.get(offer.submission.get_absolute_url())
    page = offer.submission.get_absolute_url()
    answer = {"number": offer.number, "total": str(offer.total), "answer": "refuse"}
    assert seller.post(f"{page}answer/", answer).status_code == 302

    assert kinds() == ["offer_view", "offer_response"]
    assert not Event.objects.filter(path__contains=offer.submission.reference).exists()
