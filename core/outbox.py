"""Outgoing letters: `post` writes one in the business transaction, `send_due` mails what is due."""

from datetime import datetime

from core.models import OutboxMessage


def post(*, dedupe_key: str, about: str, to: str, subject: str, text: str, html: str, now: datetime) -> None:
    """Queue one letter; a second one with the same key is not written."""
    OutboxMessage.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "about": about,
            "to": to,
            "subject": subject[:200],
            "text": text,
            "html": html,
            "created_at": now,
            "next_attempt_at": now,
        },
    )
