"""Who gets a link again, and which submissions belong to an account."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.audit import Actor, record
from offers import letters, links
from offers.errors import ContactMissing, LinkNotValid
from offers.models import Seller, SellSubmission
from offers.services import steps


def send_again(*, reference: str, now: datetime) -> None:
    """Send a submission's link to the contact on file, once an hour; nothing tells whether there is such a one."""
    pk = SellSubmission.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if pk is None:
        return
    with transaction.atomic():
        submission = steps.locked(pk)
        hour = now.replace(minute=0, second=0, microsecond=0)
        was_sent = submission.messages.filter(occasion="link_again", made_at__gte=hour).exists()
        if links.is_seen_by_link(submission, now) and not was_sent:
            letters.tell_seller(submission, "link_again", now, key=hour.isoformat())


def send_draft_link(*, draft: SellSubmission, now: datetime) -> None:
    """Send the link by which a draft goes on elsewhere to the email its seller gave, once an hour."""
    with transaction.atomic():
        locked = steps.locked(draft.pk)
        hour = now.replace(minute=0, second=0, microsecond=0)
        was_sent = locked.messages.filter(occasion="draft", made_at__gte=hour).exists()
        if locked.status == SellSubmission.Status.DRAFT and locked.seller and locked.seller.email and not was_sent:
            address = links.address_of(locked, links.RESUME)
            letters.tell_seller(locked, "draft", now, key=hour.isoformat(), link=address)


@transaction.atomic
def send_by_staff(*, submission_id: int, actor: Actor, now: datetime) -> SellSubmission:
    """Send a submission's link to the email on file (ContactMissing, LinkNotValid)."""
    submission = steps.locked(submission_id)
    if submission.seller is None or not submission.seller.email:
        raise ContactMissing
    if not links.is_seen_by_link(submission, now):
        raise LinkNotValid("Its page has been closed too long for a link.")
    letters.tell_seller(submission, "link_again", now, key=now.isoformat())
    record(actor=actor, subject=submission.cause, action="link sent again", after=submission.status, now=now)
    return submission


@transaction.atomic
def join_account(*, user: User, email: str, now: datetime) -> int:
    """SEC-22: give a user what was sent as a guest under the email they have just confirmed; returns how many sellers.

    Nothing else joins: neither a phone number nor a handle, which anybody may type.
    """
    unclaimed = Seller.objects.filter(user=None, forgotten_at=None, email=email.strip().lower())
    guests = list(unclaimed.select_for_update().order_by("pk"))
    for seller in guests:
        seller.user, seller.is_confirmed = user, True
        seller.save(update_fields=["user", "is_confirmed"])
        record(
            actor=Actor(f"user {user.pk}", "account"),
            subject=f"seller {seller.pk}",
            action="joined to account",
            after=f"user {user.pk}",
            now=now,
        )
    return len(guests)
