"""One step of a payout, and what its second press is told."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from core.backoffice import staff
from offers.errors import PayoutMoved
from offers.models import Payout
from offers.queries import desk


def take(
    service: Callable[..., Payout],
    payout: Payout,
    request: HttpRequest,
    done: str,
    wanted: Mapping[str, str],
    **answers: Any,
) -> str:
    """X11: call one service; whoever comes second is told who was first, by PayoutMoved.

    Pressed again by the same person it is `done`, as long as the payout is as the press `wanted` it.
    """
    actor = staff(request)
    try:
        service(payout_id=payout.pk, actor=actor, now=timezone.now(), **answers)
    except PayoutMoved as refusal:
        last = desk.who_moved(payout)
        fresh = Payout.objects.get(pk=payout.pk)
        if last is None or refusal.message != PayoutMoved.message:
            raise
        if last.actor == actor.name and all(getattr(fresh, name) == value for name, value in wanted.items()):
            return done
        when = timezone.localtime(last.made_at)
        first = f"{fresh.get_status_display()} already, by {name_of(last.actor)} at {when:%H:%M}."
        raise PayoutMoved(first) from refusal
    return done


def name_of(actor: str) -> str:
    """The colleague behind "user 3"."""
    kind, _, pk = actor.partition(" ")
    user = User.objects.filter(pk=int(pk)).first() if kind == "user" and pk.isdecimal() else None
    return (user.name or user.email) if user else actor
