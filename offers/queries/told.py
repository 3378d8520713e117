"""What we hold about a submission, for the person it is about: named field by field, so nothing of ours slips in."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.languages import in_english
from offers.models import BuyInDocument, Payout, Seller, SellItem, SellOffer, SellSubmission
from offers.queries import pieces, progress
from offers.queries.offers import live_offer


@in_english
def all_of(submission: SellSubmission, *, is_owner: bool, now: datetime) -> dict[str, Any]:
    """Everything about one submission; who comes by a link alone sees no whole contact."""
    where = progress.standing(submission, live_offer(submission), now)
    documents = BuyInDocument.objects.filter(payout__submission=submission).order_by("number")
    return {
        "reference": submission.reference,
        "state": where.value,
        "sent_at": _iso(submission.submitted_at),
        "closed_at": _iso(submission.closed_at),
        "terms_version": submission.terms_version,
        "hand_over": submission.get_hand_over_display(),
        "your_message": submission.message,
        "question": submission.question,
        "your_answer": submission.answer,
        "contact": _contact(submission.seller, is_owner) if submission.seller else None,
        "bank_details": progress.account_words(submission),
        "pieces": [_piece(item, where) for item in submission.items.select_related("category")],
        "offers": [_offer(offer) for offer in submission.offers.order_by("number").prefetch_related("lines__item")],
        "payouts": [_payout(payout) for payout in submission.payouts.order_by("attempt")],
        "documents": [{"number": str(each), "issued_at": _iso(each.issued_at)} for each in documents],
        "messages": [
            {"when": each.when, "from": "you" if each.is_theirs else "us", "about": each.words, "text": each.text}
            for each in pieces.history(submission, is_owner=is_owner)
        ],
    }


def masked(text: str) -> str:
    """Enough of a contact to know it again: "s…r@example.com", "…100"."""
    name, at, host = text.partition("@")
    if at:
        return f"{name[:1]}…{name[-1:]}@{host}"
    return f"…{text[-3:]}" if text else ""


def _contact(seller: Seller, is_owner: bool) -> dict[str, str]:
    shown = {"name": seller.name, "channel": seller.get_channel_display(), "area": seller.area}
    if not is_owner:
        return shown | {"email": masked(seller.email), "phone": masked(seller.phone)}
    return shown | {
        "email": seller.email,
        "phone": seller.phone,
        "handle": seller.handle,
        "address": seller.address,
        "country": seller.country,
    }


def _piece(item: SellItem, where: progress.Standing) -> dict[str, Any]:
    state, amount, reason = pieces.outcome_of(item, where)
    return {
        "what": item.words,
        "category": str(item.category or ""),
        "colour": item.colour,
        "condition": item.get_declared_grade_display(),
        "flaws": item.defects,
        "hoped_for": _eur(item.asking_amount),
        "state": state,
        "amount": _eur(amount),
        "reason": reason,
        "photos": item.photos.count(),
    }


def _offer(offer: SellOffer) -> dict[str, Any]:
    return {
        "number": offer.number,
        "from": "us" if offer.party == SellOffer.Party.SHOP else "you",
        "total": _eur(offer.total),
        "made_at": _iso(offer.made_at),
        "until": _iso(offer.expires_at),
        "ended_as": offer.get_status_display(),
        "answered_at": _iso(offer.answered_at),
        "message": offer.message,
        "lines": [
            {"what": line.item.words, "amount": _eur(line.amount), "reason": line.reason, "answer": line.answer}
            for line in offer.lines.all()
        ],
    }


def _payout(payout: Payout) -> dict[str, Any]:
    return {
        "amount": _eur(payout.amount),
        "how": payout.get_method_display() if payout.method else "",
        "state": payout.get_status_display(),
        "paid_to": payout.paid_to,
        "id_seen": payout.get_id_seen_display(),
        "settled_at": _iso(payout.settled_at),
    }


def _eur(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
