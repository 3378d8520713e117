"""Outgoing letters: `post` writes one in the business transaction, `send_due` mails what is due."""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F

from core import audit
from core.audit import Actor
from core.clock import ticking
from core.errors import LetterStillWaiting
from core.letters import Letter
from core.models import OutboxMessage, SiteSettings

logger = logging.getLogger(__name__)

Status = OutboxMessage.Status
LEASE = timedelta(minutes=5)  # a killed sender's letter is free again after this
MAX_ATTEMPTS = 8
TURN = timedelta(seconds=30)  # a slow mail server must not keep the worker from its other jobs


def post(
    *,
    dedupe_key: str,
    about: str,
    to: str,
    letter: Letter,
    now: datetime,
    unsubscribe_url: str = "",
) -> None:
    """Queue one letter; a second one with the same key is not written.

    `unsubscribe_url` takes a POST that stops letters like this one: mail programs show a button of their own for it.
    """
    OutboxMessage.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "about": about,
            "to": to,
            "subject": letter.subject[:200],
            "text": letter.text,
            "html": letter.html,
            "unsubscribe_url": unsubscribe_url,
            "created_at": now,
            "next_attempt_at": now,
        },
    )


def take_back(*, about: str) -> int:
    """Drop the letters about something that nobody has sent yet; returns how many."""
    return OutboxMessage.objects.filter(about=about, status=Status.PENDING).delete()[0]


def forget(*, to: str) -> int:
    """Delete every letter to an address, sent or not; returns how many."""
    return OutboxMessage.objects.filter(to__iexact=to).delete()[0]


def send_due(*, now: datetime) -> dict[str, int]:
    """Mail the letters that are due, each by one sender only; never called inside a transaction."""
    clock = ticking(now)
    counts = {"sent": 0, "put off": 0, "given up": 0}
    while clock() < now + TURN and (message := _claim(now=clock())):
        counts[_mail(message, clock)] += 1
    return counts


@transaction.atomic
def retry(*, message: OutboxMessage, actor: Actor, now: datetime) -> None:
    """Send a letter again that was sent or given up (LetterStillWaiting)."""
    before = message.status
    done = OutboxMessage.objects.filter(pk=message.pk).exclude(status=Status.PENDING)
    if not done.update(status=Status.PENDING, sent_at=None, attempts=0, next_attempt_at=now):
        raise LetterStillWaiting
    audit.record(
        actor=actor, subject=message.about, action="send letter again", before=before, after=Status.PENDING, now=now
    )


def _claim(*, now: datetime) -> OutboxMessage | None:
    """A due letter that is ours: whoever moved its moment ahead has it until then."""
    due = OutboxMessage.objects.filter(status=Status.PENDING, next_attempt_at__lte=now).order_by(
        "next_attempt_at", "pk"
    )
    for pk in due.values_list("pk", flat=True)[:20]:
        if due.filter(pk=pk).update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1):
            return OutboxMessage.objects.get(pk=pk)
    return None


def _mail(message: OutboxMessage, clock: Callable[[], datetime]) -> str:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        reply_to=[SiteSettings.current().contact_email],
        # The same letter keeps its id: who receives it twice after a crash sees it once.
        headers={"Message-ID": _message_id(message), "Auto-Submitted": "auto-generated"} | _unsubscribing(message),
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    try:
        mail.send()
    except (OSError, ValueError) as error:  # the mail server or the way to it; an address or header it cannot take
        logger.warning("Letter %s was not sent: %s", message.pk, error)
        return _put_off(message, error, now=clock())
    OutboxMessage.objects.filter(pk=message.pk).update(status=Status.SENT, sent_at=clock(), last_error="")
    return "sent"


def _put_off(message: OutboxMessage, error: Exception, *, now: datetime) -> str:
    message.last_error = f"{type(error).__name__}: {error}"[:300]
    if message.attempts >= MAX_ATTEMPTS:
        message.status = Status.FAILED
    else:
        message.next_attempt_at = now + timedelta(seconds=30 * 2**message.attempts)
    message.save(update_fields=["status", "next_attempt_at", "last_error"])
    return "given up" if message.status == Status.FAILED else "put off"


def _unsubscribing(message: OutboxMessage) -> dict[str, str]:
    """RFC 8058: the mail program may stop such letters by one POST, without asking anything."""
    if not message.unsubscribe_url:
        return {}
    return {
        "List-Unsubscribe": f"<{message.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _message_id(message: OutboxMessage) -> str:
    key = hashlib.sha256(message.dedupe_key.encode()).hexdigest()[:32]
    return f"<{key}@{urlsplit(settings.SITE_URL).hostname}>"
