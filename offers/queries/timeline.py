"""What has happened to a submission, newest first, as staff read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from core.models import AuditEntry, OutboxMessage
from offers.models import SellerMessage, SellSubmission


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `kind` is step, message, note or letter."""

    kind: str
    made_at: datetime
    title: str
    text: str = ""
    who: str = ""
    is_bad: bool = False


def timeline_of(submission: SellSubmission, *, has_notes: bool, has_messages: bool) -> list[Entry]:
    """Steps, and for those who may read them messages both ways with what became of letters, and notes of colleagues.

    In five queries at most.
    """
    entries = _steps(submission)
    if has_messages:
        entries += [*_messages(submission), *_letters(submission)]
    if has_notes:
        entries += _notes(submission)
    entries.sort(key=lambda entry: entry.made_at, reverse=True)
    names = names_of(entry.who for entry in entries)
    return [Entry(**(vars(entry) | {"who": names.get(entry.who, entry.who)})) for entry in entries]


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Who the users among some actors are: "user 3" by name, or by email when there is none."""
    keys = {actor.removeprefix("user ") for actor in actors if actor.startswith("user ")}
    users = User.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
    return {f"user {user.pk}": user.name or user.email for user in users}


def _steps(submission: SellSubmission) -> list[Entry]:
    rows = AuditEntry.objects.filter(subject=submission.cause)
    return [Entry("step", row.made_at, row.action.capitalize(), row.reason, row.actor) for row in rows]


def _messages(submission: SellSubmission) -> list[Entry]:
    entries = []
    for row in SellerMessage.objects.filter(submission=submission):
        way = "To the seller" if row.direction == SellerMessage.Direction.OUT else "From the seller"
        title = f"{way}: {row.occasion.replace('_', ' ')}, {row.channel.replace('_', ' ')}"
        entries.append(Entry("message", row.made_at, title, row.text))
    return entries


def _notes(submission: SellSubmission) -> list[Entry]:
    return [Entry("note", row.made_at, "Note", row.text, row.actor) for row in submission.notes.all()]


def _letters(submission: SellSubmission) -> list[Entry]:
    failed = OutboxMessage.objects.filter(about=submission.cause, status=OutboxMessage.Status.FAILED)
    return [
        Entry("letter", row.created_at, f"Letter came back: {row.subject}", row.last_error, is_bad=True)
        for row in failed
    ]
