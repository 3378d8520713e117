"""What the settings make of the environment."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as ours

ASK = "import json; from config import settings; print(json.dumps(getattr(settings, {name!r}), default=str))"


def setting(name: str, **environment: str) -> object:
    """A setting as a new process has it with these variables."""
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(name=name)],
        env=os.environ | {"DATABASE_URL": "sqlite:////tmp/unity-unused.sqlite3"} | environment,
        cwd=ours.BASE_DIR,
        capture_output=True,
        check=True,
        text=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("site", "hosts"),
    [
        ("https://shop.example.com", ["shop.example.com"]),
        ("http://127.0.0.1:8000", ["127.0.0.1", "127.0.0.1", "localhost", "[::1]"]),
    ],
)
def test_a_shop_with_https_answers_to_its_own_name_only(site: str, hosts: list[str]) -> None:
    assert setting("ALLOWED_HOSTS", SITE_URL=site) == hosts


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("dbcache://core_cache", {"MAX_ENTRIES": 100_000}),
        ("dbcache://core_cache?max_entries=500", {"MAX_ENTRIES": 500}),
        ("rediscache://127.0.0.1:6379/1", None),
    ],
)
def test_the_cache_has_room_unless_told_otherwise(url: str, options: dict[str, int] | None) -> None:
    caches = setting("CACHES", CACHE_URL=url)

    assert isinstance(caches, dict)
    assert caches["default"].get("OPTIONS") == options
