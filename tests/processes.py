"""Other processes that work on the test's own database."""

import os
from urllib.parse import quote, urlencode

from django.db import connection


def environment() -> dict[str, str]:
    """The variables with which another process opens this database by the suite's settings."""
    return os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings_test", "TEST_DATABASE_URL": _address()}


def _address() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    user, password = quote(given["USER"]), quote(given["PASSWORD"])
    place = f"{given['HOST']}:{given['PORT']}" if given["PORT"] else given["HOST"]
    # `options` is what the settings themselves add.
    options = {name: text for name, text in given["OPTIONS"].items() if isinstance(text, str) and name != "options"}
    return f"postgres://{user}{':' if password else ''}{password}@{place}/{given['NAME']}?{urlencode(options)}"
