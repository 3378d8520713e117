"""Letters leave once, after the business transaction, and come back after trouble."""

import smtplib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from core import outbox
from core.audit import Actor
from core.errors import LetterStillWaiting
from core.letters import Letter
from core.models import AuditEntry, OutboxMessage, SiteSettings

MINUTE = timedelta(minutes=1)
Post = Callable[..., OutboxMessage]


class DownBackend(EmailBackend):
    """A mail server that answers nobody."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")


class KilledBackend(EmailBackend):
    """The process ends while the mail server is being talked to."""

    def send_messages(self, messages: Any) -> int:
        raise SystemExit


@pytest.fixture
def post(now: datetime) -> Post:
    """Queues a letter and gives its row."""

    def queue(key: str = "order UN-1 placed", **changes: str) -> OutboxMessage:
        letter = Letter("Thank you", "Hi.", "")._replace(**changes)
        outbox.post(dedupe_key=key, about="order UN-1", to="aine@example.com", letter=letter, now=now)
        return OutboxMessage.objects.get(dedupe_key=key)

    return queue


@pytest.fixture
def mail_is_down(settings: LazySettings) -> None:
    """No letter can be sent."""
    settings.EMAIL_BACKEND = f"{__name__}.DownBackend"


@pytest.mark.django_db
def test_a_due_letter_is_sent_in_text_and_html(post: Post, now: datetime) -> None:
    SiteSettings(contact_email="rail@example.com").save()
    post(text="Hi.", html="<p>Hi.</p>")

    counts = outbox.send_due(now=now)

    assert counts == {"sent": 1, "put off": 0, "given up": 0}
    (letter,) = mail.outbox
    assert (letter.to, letter.subject, letter.body) == (["aine@example.com"], "Thank you", "Hi.")
    assert letter.reply_to == ["rail@example.com"]
    assert [tuple(part) for part in letter.alternatives] == [("<p>Hi.</p>", "text/html")]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_sent_letter_is_marked_and_not_sent_again(post: Post, now: datetime) -> None:
    letter = post()

    outbox.send_due(now=now)
    outbox.send_due(now=now + 60 * MINUTE)

    letter.refresh_from_db()
    assert letter.status == "sent"
    assert letter.sent_at is not None
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_INV_18_the_same_occasion_is_written_about_once(post: Post, now: datetime) -> None:
    post("order UN-1 placed")
    post("order UN-1 placed", text="Hi again.")

    outbox.send_due(now=now)

    assert [letter.body for letter in mail.outbox] == ["Hi."]


@pytest.mark.django_db
def test_the_message_id_comes_from_the_occasion(post: Post, now: datetime) -> None:
    post("order UN-1 placed")
    post("order UN-2 placed to ☂ Áine")

    outbox.send_due(now=now)

    ids = [letter.message()["Message-ID"] for letter in mail.outbox]
    assert len(set(ids)) == 2
    assert all(one.startswith("<") and one.endswith("@127.0.0.1>") for one in ids)


@pytest.mark.django_db(transaction=True)
def test_a_letter_of_a_rolled_back_order_never_leaves(post: Post, now: datetime) -> None:
    with transaction.atomic():
        post()
        transaction.set_rollback(True)

    assert outbox.send_due(now=now)["sent"] == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("mail_is_down")
def test_a_letter_that_could_not_be_sent_waits_longer_each_time(post: Post, now: datetime) -> None:
    letter = post()
    waits = []

    for _ in range(3):
        letter.refresh_from_db()
        tried_at = letter.next_attempt_at
        assert outbox.send_due(now=tried_at)["put off"] == 1
        letter.refresh_from_db()
        waits.append(round((letter.next_attempt_at - tried_at) / MINUTE))

    assert waits == [1, 2, 4]
    assert letter.last_error == "SMTPServerDisconnected: Connection unexpectedly closed"


@pytest.mark.django_db
@pytest.mark.usefixtures("mail_is_down")
def test_a_letter_is_given_up_after_eight_attempts(post: Post, now: datetime) -> None:
    letter = post()

    for day in range(10):
        outbox.send_due(now=now + timedelta(days=day))

    letter.refresh_from_db()
    assert (letter.status, letter.attempts) == ("failed", 8)


@pytest.mark.django_db
def test_one_impossible_letter_does_not_hold_up_the_others(post: Post, now: datetime) -> None:
    post("broken", subject="two\nlines")
    post("fine")

    counts = outbox.send_due(now=now)

    assert counts == {"sent": 1, "put off": 1, "given up": 0}


@pytest.mark.django_db
def test_the_letter_of_a_killed_sender_is_sent_after_its_lease(
    post: Post, now: datetime, settings: LazySettings
) -> None:
    post()
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.KilledBackend"
    with pytest.raises(SystemExit):
        outbox.send_due(now=now)
    settings.EMAIL_BACKEND = working

    assert outbox.send_due(now=now + 4 * MINUTE)["sent"] == 0
    assert outbox.send_due(now=now + 6 * MINUTE)["sent"] == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_senders_never_send_the_same_letter(post: Post, now: datetime) -> None:
    for number in range(12):
        post(f"order UN-{number} placed")
    together = threading.Barrier(4)
    counts = []

    def send() -> None:
        together.wait(20)
        counts.append(outbox.send_due(now=now)["sent"])
        connection.close()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    assert sum(counts) == 12
    assert len({letter.message()["Message-ID"] for letter in mail.outbox}) == len(mail.outbox) == 12


@pytest.mark.django_db
def test_staff_can_send_a_given_up_letter_again(post: Post, now: datetime, actor: Actor) -> None:
    letter = post()
    OutboxMessage.objects.update(status="failed", attempts=8, next_attempt_at=now + timedelta(days=1))

    outbox.retry(message=letter, actor=actor, now=now)

    assert outbox.send_due(now=now)["sent"] == 1
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.subject, entry.action) == ("user 1", "order UN-1", "send letter again")


@pytest.mark.django_db
def test_a_letter_that_still_waits_is_not_hurried(post: Post, now: datetime, actor: Actor) -> None:
    letter = post()

    with pytest.raises(LetterStillWaiting):
        outbox.retry(message=letter, actor=actor, now=now + MINUTE)

    letter.refresh_from_db()
    assert letter.next_attempt_at == now
