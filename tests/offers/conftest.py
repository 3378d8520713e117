"""What the tests of buying in share."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _limits_start_at_nothing(db: None) -> None:
    cache.clear()
