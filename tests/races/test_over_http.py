"""The race over HTTP, small: real gunicorn processes on a database of their own, with the guards and without."""

import subprocess
import sys

import pytest

from benchmarks.database import environment
from benchmarks.server import ROOT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race, pytest.mark.slow]


def test_real_processes_sell_a_piece_once_and_oversell_it_without_the_guards() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.race", "--here", "--small"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    # Guards, pieces, buyers, orders, conflicts.
    (row,) = [line.split() for line in run.stdout.splitlines() if line.startswith("all")]
    assert row[1:5] == ["1", "8", "1", "7"]
