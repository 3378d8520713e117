"""Links for people without an account: signed, salted by purpose, time-limited, revoked by raising the epoch.

A link is not used up by opening it, because scanners and chat previews open it first.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from core.languages import in_english
from offers.errors import LinkNotValid
from offers.models import SellSubmission

SEE, RESUME = "submission", "draft"
LIFETIME = {SEE: timedelta(days=400), RESUME: timedelta(days=8)}
AFTER_CLOSE = timedelta(days=60)


def token_of(submission: SellSubmission, purpose: str = SEE) -> str:
    """The unguessable part of the link."""
    return signing.TimestampSigner(salt=f"offers.{purpose}").sign(f"{submission.pk}-{submission.link_epoch}")


@in_english
def address_of(submission: SellSubmission, purpose: str = SEE) -> str:
    """The whole link, from the configured address of the site, never from a request's host."""
    name = "offers:link" if purpose == SEE else "offers:resume"
    return settings.SITE_URL + reverse(name, args=[token_of(submission, purpose)])


def opened(token: str, purpose: str = SEE) -> SellSubmission:
    """The submission that a link opens (LinkNotValid, for every reason alike)."""
    signer = signing.TimestampSigner(salt=f"offers.{purpose}")
    try:
        pk, _, epoch = signer.unsign(token, max_age=LIFETIME[purpose]).partition("-")
    except signing.BadSignature as error:
        raise LinkNotValid from error
    submission = SellSubmission.objects.filter(pk=int(pk), link_epoch=int(epoch)).first()
    if submission is None or (purpose == SEE and not is_seen_by_link(submission, timezone.now())):
        raise LinkNotValid
    return submission


def is_seen_by_link(submission: SellSubmission, now: datetime) -> bool:
    """Whether links show it: once it was sent, and until some time after it was closed."""
    if submission.status == SellSubmission.Status.DRAFT:
        return False
    return submission.closed_at is None or submission.closed_at + AFTER_CLOSE > now
