"""What the tests of core share."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core import jobs

Register = Callable[..., None]


@pytest.fixture
def only_jobs(monkeypatch: pytest.MonkeyPatch) -> Register:
    """Registers a test's own jobs in place of the shop's: only_jobs(count=run)."""

    def register(every: timedelta = timedelta(hours=1), **runs: Callable[[datetime], dict[str, int]]) -> None:
        monkeypatch.setattr(jobs, "_registered", {})
        for name, run in runs.items():
            jobs.register(name, run, every)

    return register
