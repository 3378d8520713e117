"""What the tests of the desk share."""

import pytest

from tests.factories.accounts import owner


@pytest.fixture
def boss(client):
    client.force_login(owner())
    return client
