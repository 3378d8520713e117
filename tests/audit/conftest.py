"""The browser of the audit, and where its pictures of the pages go."""

import pytest
from django.core.cache import cache

from tests.browser.conftest import _built_static, browser_type_launch_args

__all__ = ["_built_static", "browser_type_launch_args"]


@pytest.fixture(autouse=True)
def _limits_begin_anew() -> None:
    cache.clear()
