"""Whose a submission is."""

from collections.abc import Iterable

from django.db.models import Exists, Prefetch, QuerySet

from accounts.models import User
from accounts.queries import confirmed_emails, has_confirmed_email
from offers.models import SellOffer, SellSubmission


def of_reference(reference: str) -> SellSubmission | None:
    """What was sent under this reference; a draft has no page."""
    sent = SellSubmission.objects.exclude(status=SellSubmission.Status.DRAFT).select_related("seller")
    return sent.filter(reference=reference).first()


def sent_with(pks: Iterable[str]) -> QuerySet[SellSubmission]:
    """What was sent, of these."""
    return SellSubmission.objects.exclude(status=SellSubmission.Status.DRAFT).filter(pk__in=list(pks))


def is_owned_by(submission: SellSubmission, user: User | None) -> bool:
    """Whether it is the submission of whoever is signed in, who has shown that their email is theirs."""
    is_theirs = user is not None and submission.seller is not None and submission.seller.user_id == user.pk
    return is_theirs and user is not None and has_confirmed_email(user)


def submissions_of(user: User) -> QuerySet[SellSubmission]:
    """What somebody has sent, newest first, in one query; nothing while their email is not confirmed."""
    sent = SellSubmission.objects.exclude(status=SellSubmission.Status.DRAFT)
    theirs = sent.filter(Exists(confirmed_emails(user)), seller__user=user)
    return theirs.order_by("-submitted_at", "-pk")


def with_pieces_and_offers(submissions: QuerySet[SellSubmission]) -> QuerySet[SellSubmission]:
    """These with what a list of them says: their pieces, `live_offers` and payouts, in three queries more."""
    live = Prefetch("offers", SellOffer.objects.filter(status=SellOffer.Status.LIVE), to_attr="live_offers")
    return submissions.prefetch_related("items", live, "payouts")
