"""A process that places orders and is killed at it: each line it reads is one order and the step to die at.

It answers each line with one of its own: "killed" or "placed". Every order is placed in a fork, so that the next one
need not load Django again.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django
from django.db import connection

django.setup()

from shop.models import Cart, DeliveryMethod  # noqa: E402
from tests.factories.shop import place  # noqa: E402


class Fate:
    """Counts the steps at the database and kills this process at the given one."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Wrapped around every statement."""
        self.step()
        return execute(*arguments)


def place_order(step: str, cart_id: str) -> None:
    """Place one order, dying before a statement, before the commit, or just after it."""
    cart, method = Cart.objects.get(pk=cart_id), DeliveryMethod.objects.get()
    fate = Fate(int(step))
    commit = connection.commit

    def commit_in_steps() -> None:
        fate.step()
        commit()
        fate.step()

    connection.commit = commit_in_steps  # type: ignore[method-assign]
    with connection.execute_wrapper(fate):
        place(cart, method)


for line in sys.stdin:
    child = os.fork()
    if not child:
        place_order(*line.split())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "placed\n" if status == 0 else "failed\n")
    sys.stdout.flush()
