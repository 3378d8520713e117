"""What the tests of accounts share."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import confirm_email
from core.models import OutboxMessage
from tests.factories.accounts import UserFactory


@pytest.fixture(autouse=True)
def _rates_start_at_nothing(db: None) -> None:
    cache.clear()


@pytest.fixture
def shopper() -> User:
    """Somebody with a confirmed address."""
    user = UserFactory(email="aine@example.com")
    confirm_email(user=user)
    return user


@pytest.fixture
def signed_in(client: Client, shopper: User) -> Client:
    """The shopper's browser."""
    client.force_login(shopper)
    return client


def newest_letter(to: str) -> OutboxMessage:
    """The last letter that was written to somebody."""
    letter = OutboxMessage.objects.filter(to=to).first()
    assert letter is not None
    return letter


def code_for(email: str) -> str:
    """The code in the newest letter."""
    found = re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", newest_letter(email).text, re.MULTILINE)
    assert found is not None
    return found.group()


def link_for(email: str) -> str:
    """The path of the link in the newest letter."""
    found = re.search(r"^[^\n]+: http://[^/]+(/\S+)$", newest_letter(email).text, re.MULTILINE)
    assert found is not None
    return found.group(1)
