"""A database to spoil, and how other processes reach it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection


@contextmanager
def scratch() -> Iterator[None]:
    """Connect this process to a new, migrated database beside the configured one, and throw it away afterwards."""
    configured = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix="unity-") as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{folder}/scratch.sqlite3"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(configured, verbosity=0)


def environment() -> dict[str, str]:
    """The variables with which another process opens the database that this one is connected to."""
    address = _address()
    return os.environ | {
        "DATABASE_URL": address,
        "TEST_DATABASE_URL": address,  # what the suite's settings read
        "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
        "SECRET_KEY": settings.SECRET_KEY,
    }


def _address() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    user, password = quote(given["USER"]), quote(given["PASSWORD"])
    place = f"{given['HOST']}:{given['PORT']}" if given["PORT"] else given["HOST"]
    # `options` is what the settings themselves add.
    options = {name: text for name, text in given["OPTIONS"].items() if isinstance(text, str) and name != "options"}
    return f"postgres://{user}{':' if password else ''}{password}@{place}/{given['NAME']}?{urlencode(options)}"
