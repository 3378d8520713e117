"""What the settings make of the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as ours

ASK = "import json; from config import settings; print(json.dumps(getattr(settings, {name!r}), default=str))"

# A hundred first starts, at about the same moments in each process.
MAKE_SECRETS = """
from config import settings
print("ready", flush=True)
input()
for number in range(100):
    settings.VAR_DIR = settings.Path({!r}, str(number))
    print(settings._generated_secret())
"""


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


def test_processes_that_start_together_make_one_secret(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": "sqlite:////tmp/unity-unused.sqlite3", "SECRET_KEY": "not this one"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE_SECRETS.format(str(tmp_path))],
            env=os.environ | environment,
            cwd=ours.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert [process.stdout.readline() for process in processes if process.stdout] == ["ready\n"] * 4
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()

    made = {process.communicate()[0] for process in processes}

    assert len(made) == 1
    assert [len(secret) for secret in made.pop().split()] == [67] * 100
    assert {path.name for path in tmp_path.glob("*/*")} == {"secret_key"}


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
