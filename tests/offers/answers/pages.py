"""A seller's answers as their pages send them, and what an answer might change."""

from typing import Any

from django.test import Client
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage
from offers.models import SellItem, SellOffer, SellSubmission
from tests.factories.offers import offered, submitted
from tests.offers.pages import url


def form(offer: SellOffer, answer: str = "accept", **changes: Any) -> dict[str, Any]:
    """What the page sends."""
    take = list(offer.lines.values_list("item_id", flat=True))
    sent = {"number": offer.number, "total": offer.total, "answer": answer, "has_ticks": "1", "take": take}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def press(browser: Client, offer: SellOffer, answer: str = "accept", **changes: Any) -> Any:
    return browser.post(url(offer.submission, "answer"), form(offer, answer, **changes))


def state(submission: SellSubmission) -> tuple[Any, ...]:
    """Everything an answer might change."""
    return (
        SellSubmission.objects.filter(pk=submission.pk).values_list("status", "waiting_on").get(),
        list(submission.offers.order_by("number").values_list("number", "status", "total")),
        list(submission.items.values_list("pk", "status", "agreed_amount")),
        AuditEntry.objects.count(),
        OutboxMessage.objects.count(),
    )


def status_of(submission: SellSubmission) -> str:
    return SellSubmission.objects.get(pk=submission.pk).status


def ask(offer: SellOffer, **changes: Any) -> dict[str, Any]:
    sent = form(offer) | {"answer": None, "has_ticks": None, "asked": "", "message": ""} | changes
    return {name: value for name, value in sent.items() if value is not None}


def counter(browser: Client, offer: SellOffer, **changes: Any) -> Any:
    return browser.post(url(offer.submission, "counter"), ask(offer, **changes))


def in_three_sizes(amounts: tuple[str | None, ...]) -> SellOffer:
    """An offer for three pieces that differ in their size alone."""
    submission = submitted(["Court low"] * 3, now=timezone.now())
    for item, size in zip(submission.items.order_by("position"), ("S", "M", "XL"), strict=True):
        SellItem.objects.filter(pk=item.pk).update(size=size)
    return offered(submission, amounts, now=timezone.now())
