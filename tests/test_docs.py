"""What can be set, run or happen is written down."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from inventory.queries.ledger import FINDINGS
from offers.queries.findings import FINDINGS as BUYING_FINDINGS
from offers.rules import bids, items, submissions
from shop.rules import NEXT

ROOT = Path(settings.BASE_DIR)
OWN_APPS = {"core", "accounts", "inventory", "shop", "offers", "analytics", "old_shop"}
SETTINGS = (ROOT / "config/settings.py").read_text()
VARIABLES = sorted(set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS)))
COMMANDS = sorted(name for name, app in get_commands().items() if app in OWN_APPS)


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_is_explained(variable):
    assert re.search(rf"^#?{variable}=", (ROOT / ".env.example").read_text(), re.M)
    assert f"`{variable}`" in (ROOT / "docs/operations.md").read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_explained(command):
    assert f"`{command}" in (ROOT / "docs/operations.md").read_text()


@pytest.mark.parametrize("status", NEXT)
def test_every_order_status_is_explained(status):
    row = re.search(rf"^\| `{status}` \|(.*)$", (ROOT / "docs/architecture.md").read_text(), re.M)

    assert row
    for following in NEXT[status]:
        assert f"`{following}`" in row[1]


@pytest.mark.parametrize("table", [items.NEXT, submissions.NEXT, bids.NEXT], ids=["pieces", "submissions", "bids"])
def test_every_step_of_buying_in_is_explained(table):
    text = (ROOT / "docs/architecture.md").read_text()
    rows = re.findall(r"^\| (.*?) \| ?(.*?) ?\|$", text, re.M)
    for status, following in table.items():
        told = [set(re.findall(r"`(\w+)`", after)) for before, after in rows if f"`{status}`" in before]
        assert following in told, status


@pytest.mark.parametrize("kind", [*FINDINGS, *BUYING_FINDINGS])
def test_every_finding_is_explained(kind):
    assert f"`{kind}`" in (ROOT / "docs/operations.md").read_text()


def test_every_make_target_is_in_the_readme():
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M)
    readme = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()

    assert [target for target in targets if f"make {target}" not in readme] == []
