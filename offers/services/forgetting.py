"""Erasing who a seller is, when they ask us to or close their account."""

from datetime import datetime

from django.db import transaction

from core.audit import Actor, record
from offers.errors import SellerStillNeeded
from offers.models import Seller
from offers.services import timers


@transaction.atomic
def erase_contact(*, seller_id: int, actor: Actor, now: datetime) -> None:
    """SEC-21: erase a seller's contact; what was bought from them, and its records, stay (SellerStillNeeded)."""
    if not timers.forget(seller_id=seller_id, now=now):
        raise SellerStillNeeded
    record(actor=actor, subject=f"seller {seller_id}", action="contact erased", now=now)


@transaction.atomic
def forget_account(*, user_id: int, now: datetime) -> None:
    """The same for all that is sold to us under an account that is closed (SellerStillNeeded)."""
    for seller_id in Seller.objects.filter(user=user_id, forgotten_at=None).order_by("pk").values_list("pk", flat=True):
        if not timers.forget(seller_id=seller_id, now=now):
            raise SellerStillNeeded
