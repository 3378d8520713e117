"""A process that moves in and is killed at it: `python -m tests.old_shop.mover FILE MOMENT STEPS`."""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.db import connection

django.setup()

from old_shop.queries import files  # noqa: E402
from old_shop.services import moving  # noqa: E402


class Fate:
    """Kills this process before its nth statement."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Wrapped around every statement."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)


path, moment, steps = sys.argv[1:]
with connection.execute_wrapper(Fate(int(steps))):
    moving.move_in(found=files.read(Path(path)), now=datetime.fromisoformat(moment))
