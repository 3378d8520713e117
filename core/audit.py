"""Who is acting, and the record of what they did."""

from dataclasses import dataclass
from datetime import datetime

from core.models import AuditEntry


@dataclass(frozen=True)
class Actor:
    """Who acts, through which channel.

    `name` is "user 3", "guest" or a job's name, never an address: history outlives the account. `place` is a keyed
    hash of the network address, where an answer may be disputed.
    """

    name: str
    channel: str
    place: str = ""

    def __str__(self) -> str:
        return self.name


def record(
    *, actor: Actor, subject: str, action: str, now: datetime, before: str = "", after: str = "", reason: str = ""
) -> AuditEntry:
    """Note one transition, inside the caller's transaction."""
    return AuditEntry.objects.create(
        actor=actor.name,
        channel=actor.channel,
        subject=subject,
        action=action,
        before=before[:200],
        after=after[:200],
        reason=reason[:300],
        made_at=now,
    )
