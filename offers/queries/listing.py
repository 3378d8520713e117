"""What the list of submissions shows of each, in a constant number of queries."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Concat, Replace

from core.models import OutboxMessage
from core.money import ZERO
from offers.models import Seller, SellItem, SellOffer, SellPhoto, SellSubmission

Status = SellSubmission.Status


def with_columns(submissions: QuerySet[SellSubmission]) -> QuerySet[SellSubmission]:
    """Submissions with their pieces, photos, live offer and payouts, and whether a letter came back."""
    photos = SellPhoto.objects.filter(origin=SellPhoto.Origin.SELLER)
    pieces = SellItem.objects.filter(removed_at=None).prefetch_related(Prefetch("photos", photos))
    return (
        submissions.annotate(has_bounced=has_bounced(), is_returning=is_returning())
        .select_related("seller", "assignee")
        .prefetch_related(
            Prefetch("items", pieces),
            Prefetch("offers", SellOffer.objects.filter(status=SellOffer.Status.LIVE), to_attr="live_offers"),
            "payouts",
        )
    )


def has_bounced() -> Exists:
    """Whether a letter to the seller was given up."""
    about = Concat(Value("submission "), OuterRef("reference"))
    return Exists(OutboxMessage.objects.filter(about=about, status=OutboxMessage.Status.FAILED))


def is_returning() -> Exists:
    """Whether the same contact has sent us something else; guests are compared by what they typed."""
    seller = Q(seller=OuterRef("seller"))
    for name in ("email", "phone"):
        seller |= Q(**{f"seller__{name}": OuterRef(f"seller__{name}")}) & ~Q(**{f"seller__{name}": ""})
    others = SellSubmission.objects.exclude(status=Status.DRAFT).exclude(pk=OuterRef("pk")).order_by()
    return Exists(others.filter(seller))


def same_contact(seller: Seller) -> Q:
    """Sellers with the same email or phone: a guest is another row each time."""
    same = Q(pk=seller.pk)
    for name in ("email", "phone"):
        if value := getattr(seller, name):
            same |= Q(**{name: value})
    return same


def of_phone(digits: str) -> QuerySet[Seller]:
    """Sellers whose phone number holds these digits, however it was typed."""
    plain = F("phone")
    for sign in (" ", "-", "(", ")", "/"):
        plain = Replace(plain, Value(sign), Value(""))  # type: ignore[assignment]
    return Seller.objects.alias(plain=plain).filter(plain__contains=digits)


def asked_for(pieces: Iterable[SellItem]) -> Decimal:
    """What their seller hopes for, in EUR."""
    return sum((piece.asking_amount or ZERO for piece in pieces), ZERO)


def live_offer(submission: SellSubmission, now: datetime) -> SellOffer | None:
    """The offer that waits for an answer and has not run out, of a submission read with its columns."""
    live: list[SellOffer] = submission.live_offers  # type: ignore[attr-defined]
    return next((offer for offer in live if offer.expires_at > now), None)
