"""What the tests of the review share."""

import pytest
from django.utils import timezone

from tests.factories.accounts import staff
from tests.factories.offers import submitted
from tests.offers.review.pages import BUYER


@pytest.fixture
def buyer(client):
    client.force_login(staff(*BUYER, name="Bea Buyer"))
    return client


@pytest.fixture
def new():
    return submitted(now=timezone.now())
