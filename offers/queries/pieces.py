"""Pieces, offers and what was said, as their seller sees them: an allow-list, with nothing of our own notes."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from core.dates import words_of
from core.languages import Words
from core.money import ZERO, format_eur
from inventory.queries.catalogue import condition_words
from offers.models import (
    BuyInDocument,
    BuyingSettings,
    Inspection,
    SellerMessage,
    SellItem,
    SellOffer,
    SellPhoto,
    SellSubmission,
)
from offers.queries import progress
from offers.queries.offers import counters_made
from offers.queries.progress import Standing

ItemStatus = SellItem.Status
LINK = re.compile(r"\S+/sell/(link|resume)/\S+")
OCCASIONS = {
    "received": gettext_lazy("We got your photos"),
    "question": gettext_lazy("We asked you something"),
    "answer": gettext_lazy("You answered"),
    "message": gettext_lazy("You wrote"),
    "reply": gettext_lazy("We answered"),
    "offer": gettext_lazy("We made you an offer"),
    "counter_received": gettext_lazy("You asked for more"),
    "agreed": gettext_lazy("We have a deal"),
    "arrived": gettext_lazy("Your pieces are here"),
    "revision": gettext_lazy("We sent new prices"),
    "inspected": gettext_lazy("We finished the inspection"),
    "payout_sent": gettext_lazy("Your money is on its way"),
    "paid": gettext_lazy("You are paid"),
    "closed": pgettext_lazy("submission", "Closed"),
    "withdrawn": gettext_lazy("You called it off"),
    "link_again": gettext_lazy("We sent the link again"),
    "account_changed": gettext_lazy("Your bank details were changed"),
    "called_off": gettext_lazy("Called off"),
    "counter_declined": gettext_lazy("Counter declined"),
    "counter_expired": gettext_lazy("Counter expired"),
    "declined": gettext_lazy("Declined"),
    "draft": gettext_lazy("Draft"),
    "offer_expired": gettext_lazy("Offer expired"),
    "offer_reminder": gettext_lazy("Offer reminder"),
    "offer_withdrawn": gettext_lazy("Offer withdrawn"),
    "payout_failed": gettext_lazy("Payout failed"),
    "question_reminder": gettext_lazy("Question reminder"),
    "return_reminder": gettext_lazy("Return reminder"),
    "returned": gettext_lazy("Returned"),
    "revision_expired": gettext_lazy("Revision expired"),
    "ship_by_reminder": gettext_lazy("Ship by reminder"),
}


@dataclass(frozen=True)
class Shot:
    """A photo, by its addresses."""

    small: str
    full: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class Piece:
    """One piece and what became of it; amounts are EUR."""

    pk: int
    words: str
    brand: str
    title: str
    meta: str
    hoped: Decimal | None
    state: str
    amount: Decimal | None
    reason: str
    photo: Shot | None
    photos: Sequence[Shot] = ()
    can_walk_away: bool = False


@dataclass(frozen=True)
class OfferLine:
    """What an offer says about one piece, in EUR."""

    piece: Piece
    amount: Decimal
    reason: str
    old_amount: Decimal | None = None
    is_ticked: bool = True
    evidence: Shot | None = None


@dataclass(frozen=True)
class OfferCard:
    """An offer as it is shown; `kept_total` is what the ticked pieces come to (EUR)."""

    number: int
    total: Decimal
    until: datetime
    until_words: str
    seconds_left: int
    seconds_all: int
    message: str
    is_final: bool
    has_ticks: bool
    can_counter: bool
    lines: Sequence[OfferLine]
    declined: Sequence[Piece] = field(default_factory=tuple)
    is_one_total: bool = False

    @property
    def kept(self) -> list[OfferLine]:
        """The lines that are ticked."""
        return [line for line in self.lines if line.is_ticked]

    @property
    def kept_total(self) -> Decimal:
        """What they come to."""
        return sum((line.amount for line in self.kept), ZERO)


@dataclass(frozen=True)
class PastOffer:
    """An offer of either side and what became of it; EUR."""

    who: str
    total: Decimal
    when: str
    state: str


@dataclass(frozen=True)
class Happening:
    """One thing that was said or done."""

    when: str
    words: str
    text: str
    is_theirs: bool


def pieces_of(submission: SellSubmission, where: Standing) -> list[Piece]:
    """Every piece with its photos and its outcome."""
    photos, may_go_back = _photos(submission), progress.is_unpaid(submission)
    return [
        replace(_piece(item, where, photos), can_walk_away=may_go_back and item.status == ItemStatus.PASSED)
        for item in submission.items.prefetch_related("inspections")
    ]


def offer_card(
    submission: SellSubmission, offer: SellOffer, where: Standing, now: datetime, *, take: Collection[int] | None = None
) -> OfferCard:
    """An offer with its lines; `take` are the pieces ticked, all of them unless told."""
    photos = _photos(submission)
    lines = [
        replace(line, is_ticked=take is None or line.piece.pk in take)
        for line in _lines(submission, offer, where, photos)
    ]
    in_offer = {line.piece.pk for line in lines}
    declined = [
        item for item in submission.items.all() if item.pk not in in_offer and _is_declined_as_said(item, where)
    ]
    is_ours = offer.party == SellOffer.Party.SHOP
    return OfferCard(
        number=offer.number,
        total=offer.total,
        until=offer.expires_at,
        until_words=words_of(offer.expires_at),
        seconds_left=max(0, int((offer.expires_at - now).total_seconds())),
        seconds_all=int((offer.expires_at - offer.made_at).total_seconds()),
        message=offer.message,
        is_final=offer.is_final,
        has_ticks=offer.is_severable and len(lines) > 1,
        can_counter=is_ours
        and not offer.is_final
        and counters_made(submission) < BuyingSettings.current().max_counters,
        lines=lines,
        declined=[_piece(item, where, photos) for item in declined],
        is_one_total=offer.is_one_total,
    )


def lines_of(submission: SellSubmission, number: str) -> list[OfferLine]:
    """The lines of one of its offers, whatever became of it; none for what is no number of its."""
    is_number = number.isascii() and number.isdigit() and len(number) < 5
    offer = submission.offers.filter(number=int(number)).first() if is_number else None
    return _lines(submission, offer, Standing.OFFER, _photos(submission)) if offer else []


def ticked(card: OfferCard, take: Collection[str]) -> OfferCard:
    """The same card with these pieces ticked, by pk as a form sends them."""
    return replace(card, lines=[replace(line, is_ticked=str(line.piece.pk) in take) for line in card.lines])


def history(submission: SellSubmission, *, is_owner: bool = False) -> list[Happening]:
    """Messages both ways and how offers ended, oldest first; a link alone does not show the address in a letter."""
    hidden = [] if is_owner else _addresses(submission)
    said = [
        (
            message.made_at,
            Happening(
                when=words_of(message.made_at),
                words=str(OCCASIONS.get(message.occasion, message.occasion.replace("_", " ").capitalize()))
                or _("Message"),
                text=_without(hidden, _without_link(message.text)),
                is_theirs=message.direction == SellerMessage.Direction.IN,
            ),
        )
        for message in submission.messages.all()
    ]
    return [happening for _, happening in sorted(said, key=lambda each: each[0])]


def offers_made(submission: SellSubmission, now: datetime) -> list[PastOffer]:
    """Every offer of either side, oldest first, with what became of it."""
    return [
        PastOffer(_whose(offer), offer.total, words_of(offer.made_at), _end_words(offer, now))
        for offer in submission.offers.order_by("number")
    ]


def _whose(offer: SellOffer) -> str:
    if offer.party == SellOffer.Party.SELLER:
        return _("The part you accepted") if offer.answered_by == offer.made_by else _("You asked for")
    return _("Our new prices") if offer.kind == SellOffer.Kind.REVISION else _("Our offer")


def _lines(
    submission: SellSubmission, offer: SellOffer, where: Standing, photos: Sequence[SellPhoto]
) -> list[OfferLine]:
    return [
        OfferLine(
            piece=_piece(line.item, where, photos),
            amount=line.amount,
            old_amount=line.old_amount,
            reason=line.reason,
            evidence=next(iter(_photos_of(photos, line.item, SellPhoto.Origin.INSPECTOR)), None),
        )
        for line in offer.lines.select_related("item")
    ]


def _end_words(offer: SellOffer, now: datetime) -> str:
    if offer.status == SellOffer.Status.LIVE:
        return pgettext("offer", "Stands") if offer.expires_at > now else pgettext("offer", "Ran out")
    words = {
        "accepted": pgettext("offer", "Accepted"),
        "refused": pgettext("offer", "Refused"),
        "superseded": pgettext("offer", "Replaced"),
        "withdrawn": pgettext("offer", "Taken back"),
    }
    return words.get(offer.status, pgettext("offer", "Ran out"))


def _without_link(text: str) -> str:
    """What was said, without the secret address of the page one is on."""
    paragraphs = [paragraph for paragraph in text.split("\n\n") if not LINK.search(paragraph)]
    return "\n\n".join(paragraphs) or LINK.sub(_("(this page)"), text)


def _addresses(submission: SellSubmission) -> list[str]:
    """Where the seller lives, as letters name it."""
    own = submission.seller.address if submission.seller else ""
    documents = BuyInDocument.objects.filter(payout__submission=submission)
    named = {own, *documents.values_list("seller_address", flat=True)}
    return sorted(named - {""}, key=len, reverse=True)


def _without(words: Sequence[str], text: str) -> str:
    for each in words:
        text = text.replace(each, _("(your address)"))
    return text


def _photos(submission: SellSubmission) -> list[SellPhoto]:
    return list(SellPhoto.objects.filter(item__submission=submission))


def _photos_of(photos: Sequence[SellPhoto], item: SellItem, origin: str = SellPhoto.Origin.SELLER) -> list[Shot]:
    return [
        Shot(
            small=reverse("offers:photo", args=[photo.pk, "small"]),
            full=reverse("offers:photo", args=[photo.pk, "full"]),
            width=photo.width,
            height=photo.height,
            alt=f"{item.title}: {photo.slot}" if photo.slot else item.title,
        )
        for photo in photos
        if photo.item_id == item.pk and photo.origin == origin
    ]


def _piece(item: SellItem, where: Standing, photos: Sequence[SellPhoto]) -> Piece:
    shots = _photos_of(photos, item)
    grade = condition_words()[item.declared_grade][0] if item.declared_grade else ""
    state, amount, reason = outcome_of(item, where)
    return Piece(
        pk=item.pk,
        words=item.words,
        brand=item.brand_name,
        title=item.title or _("Piece %(number)s") % {"number": item.position},
        meta=" · ".join(part for part in (item.size, grade) if part),
        hoped=item.asking_amount,
        state=state,
        amount=amount,
        reason=reason,
        photo=shots[0] if shots else None,
        photos=shots,
    )


def outcome_of(item: SellItem, where: Standing) -> tuple[str, Decimal | None, str]:
    """Words, amount (EUR) and reason. What we only think of doing is not among them."""
    if item.status == ItemStatus.REQUOTED:
        return (_("A new price"), None, "") if where == Standing.REVISION else (_("Being looked at"), None, "")
    if item.status == ItemStatus.DECLINED:
        return _("Not one for us"), None, item.get_decline_reason_display()
    if item.status == ItemStatus.SUBMITTED and (where == Standing.OFFER or _is_declined_as_said(item, where)):
        return _("Not one for us"), None, item.get_decline_reason_display()
    if where == Standing.COUNTER and item.status in WHILE_COUNTERED:
        return str(WHILE_COUNTERED[item.status]), None, ""
    if item.status == ItemStatus.OFFERED and where != Standing.OFFER:
        return str(PLAIN[ItemStatus.SUBMITTED]), None, ""
    if item.status in {ItemStatus.RETURNED, ItemStatus.TO_RETURN}:
        return str(PLAIN[item.status]), None, item.tracking or _why_back(item)
    words = str(PLAIN[item.status])
    return (words, item.agreed_amount, "") if item.status in WITH_AMOUNT else (words, None, "")


def _is_declined_as_said(item: SellItem, where: Standing) -> bool:
    """Whether our offer declined it, for the reason it has now: during a counter nothing has been decided since."""
    is_as_said = where == Standing.OFFER or (
        where == Standing.COUNTER
        and item.status == ItemStatus.SUBMITTED
        and item.submission.updated_at == item.submission.waiting_since
    )
    return is_as_said and item.decision == SellItem.Decision.DECLINED


def _why_back(item: SellItem) -> str:
    """What inspection said of a piece that goes back; what we think of one that was held is ours."""
    found = next(reversed(item.inspections.all()), None)
    is_said = found is not None and found.outcome in {Inspection.Outcome.RETURN, Inspection.Outcome.REQUOTE}
    return found.reason if found and is_said else ""


WITH_AMOUNT = {ItemStatus.AGREED, ItemStatus.RECEIVED, ItemStatus.PASSED, ItemStatus.STOCKED}
# What is in our offer, and what is not, was said with it; what we decide about the counter meanwhile is not said here.
WHILE_COUNTERED: dict[str, Words] = {
    ItemStatus.SUBMITTED: gettext_lazy("Not one for us"),
    ItemStatus.OFFERED: gettext_lazy("You asked for more"),
}
PLAIN: dict[str, Words] = {
    ItemStatus.SUBMITTED: gettext_lazy("Sent in"),
    ItemStatus.OFFERED: gettext_lazy("Offer made"),
    ItemStatus.AGREED: gettext_lazy("Agreed"),
    ItemStatus.RECEIVED: gettext_lazy("Here, being looked at"),
    ItemStatus.HELD: gettext_lazy("Held back. We get in touch about it."),
    ItemStatus.PASSED: gettext_lazy("Passed, we buy it"),
    ItemStatus.STOCKED: gettext_lazy("Bought"),
    ItemStatus.TO_RETURN: gettext_lazy("Goes back to you"),
    ItemStatus.RETURNED: gettext_lazy("Given back"),
    ItemStatus.DISPOSED: gettext_lazy("Disposed of"),
    ItemStatus.EXCLUDED: gettext_lazy("You keep it"),
    ItemStatus.MISSING: gettext_lazy("Never arrived"),
}


def agreed_words(pieces: Sequence[Piece]) -> str:
    """What was agreed for all of them: "€137 for 2 pieces"."""
    amounts = [piece.amount for piece in pieces if piece.amount is not None]
    return sum_words(sum(amounts, ZERO), len(amounts))


def sum_words(total: Decimal, count: int) -> str:
    """ "€137 for 2 pieces"."""
    words = ngettext("%(total)s for %(count)s piece", "%(total)s for %(count)s pieces", count)
    return words % {"total": format_eur(total), "count": count}
