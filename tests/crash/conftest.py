"""Another process that dies when it is told to."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from benchmarks.database import environment
from config.settings_test import SCRATCH

KillAt = Callable[..., str]


@pytest.fixture(scope="module")
def kill_at(django_db_setup: None) -> Iterator[KillAt]:
    """Has an act of tests/crash/victim.py done by another process that dies at the given step; says whether it did."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.victim"],
        env=environment() | {"TEST_SCRATCH": str(SCRATCH)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as victim:
        assert victim.stdin
        assert victim.stdout
        orders, answers = victim.stdin, victim.stdout

        def order(act: str, step: int, *words: object) -> str:
            orders.write(" ".join(map(str, (act, step, *words))) + "\n")
            orders.flush()
            return answers.readline().strip()

        yield order
        orders.close()
