"""What another shop was offered and offered itself: written as it stood, for reading and for going on. No letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core.audit import Actor, record
from core.money import ZERO
from core.numbers import random_letters
from inventory.models import Brand, Category, StockItem
from offers.models import InternalNote, Payout, ProductOffer, Seller, SellItem, SellOffer, SellOfferLine, SellSubmission
from offers.rules.submissions import WAITING_ON
from offers.services import drafting

Status = SellSubmission.Status
CloseReason = SellSubmission.CloseReason


@dataclass(frozen=True)
class PastPiece:
    """One piece of a past submission; `bought_as` is the lot it became, for `amount` (EUR), where that is known."""

    import_key: str
    title: str
    status: SellItem.Status = SellItem.Status.SUBMITTED
    category: Category | None = None
    brand: Brand | None = None
    brand_name: str = ""
    size: str = ""
    colour: str = ""
    declared_grade: str = ""
    defects: str = ""
    asking_amount: Decimal | None = None
    fate_reason: str = ""
    bought_as: StockItem | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class PastSubmission:
    """A submission as the other shop knew it: received and waiting for us, or closed for `close_reason`."""

    import_key: str
    submitted_at: datetime
    pieces: Sequence[PastPiece]
    seller: Seller
    close_reason: CloseReason | None = None
    closed_at: datetime | None = None
    message: str = ""
    note: str = ""
    number_there: str = ""
    status_there: str = ""
    is_cash: bool = False


@dataclass(frozen=True)
class PastOffer:
    """A shopper's offer (EUR) that has ended, with the counter that the shop made to it, if any."""

    import_key: str
    stock_item_id: int
    shopper_id: int
    amount: Decimal
    status: ProductOffer.Status
    made_at: datetime
    ended_at: datetime
    counter: Decimal | None = None


@transaction.atomic
def bring_over_submission(*, past: PastSubmission, actor: Actor, now: datetime) -> SellSubmission:
    """Write a past submission: open ones wait for our review, closed ones keep their end.

    A piece that was bought is in stock with its deal and its payout when its lot is known; otherwise nothing is linked.
    """
    past.seller.save()
    is_closed = past.close_reason is not None
    status = Status.CLOSED if is_closed else Status.SUBMITTED
    submission = SellSubmission.objects.create(
        import_key=past.import_key,
        reference=drafting.new_reference(),
        seller=past.seller,
        status=status,
        close_reason=past.close_reason or "",
        waiting_on=WAITING_ON[status],
        waiting_since=past.closed_at if is_closed and past.closed_at else past.submitted_at,
        message=past.message[:500],
        created_at=past.submitted_at,
        updated_at=now,
        submitted_at=past.submitted_at,
        closed_at=past.closed_at if is_closed else None,
    )
    items = [_piece(submission, position, piece, past) for position, piece in enumerate(past.pieces, start=1)]
    _note_deal(submission, [item for item in items if item.stock_item_id], past, actor)
    if past.note:
        InternalNote.objects.create(submission=submission, text=past.note[:2000], actor=actor.name, made_at=now)
    record(
        actor=actor,
        subject=submission.cause,
        action="brought over",
        before=past.status_there,
        after=status.value,
        reason=f"{past.number_there} in the old shop",
        now=now,
    )
    return submission


@transaction.atomic
def bring_over_offer(*, past: PastOffer, actor: Actor, now: datetime) -> ProductOffer:
    """Write a shopper's offer that has ended, and the counter that ended with it."""
    offer = _offer(past, ProductOffer.Party.SHOPPER, past.amount, past.status, import_key=past.import_key)
    if past.counter:
        _offer(past, ProductOffer.Party.SHOP, past.counter, ProductOffer.Status.EXPIRED, answers=offer)
    record(actor=actor, subject=offer.cause, action="brought over", after=offer.status, now=now)
    return offer


def _piece(submission: SellSubmission, position: int, piece: PastPiece, past: PastSubmission) -> SellItem:
    is_stocked = piece.bought_as is not None and piece.amount is not None
    status = SellItem.Status.STOCKED if is_stocked else piece.status
    was_declined = status == SellItem.Status.DECLINED
    return SellItem.objects.create(
        submission=submission,
        position=position,
        import_key=piece.import_key,
        title=piece.title[:120],
        category=piece.category,
        brand=piece.brand,
        brand_name=piece.brand_name[:80],
        size=piece.size[:30],
        colour=piece.colour[:40],
        declared_grade=piece.declared_grade,
        defects=piece.defects[:500],
        asking_amount=piece.asking_amount,
        status=status,
        decision=SellItem.Decision.DECLINED if was_declined else SellItem.Decision.UNDECIDED,
        decline_reason=SellItem.DeclineReason.OTHER if was_declined else "",
        agreed_amount=piece.amount if is_stocked else None,
        fate_reason="" if is_stocked else piece.fate_reason[:300],
        product=piece.bought_as.product if is_stocked and piece.bought_as else None,
        stock_item=piece.bought_as if is_stocked else None,
        received_at=past.closed_at if is_stocked else None,
        ended_at=past.closed_at,
    )


def _note_deal(submission: SellSubmission, bought: Sequence[SellItem], past: PastSubmission, actor: Actor) -> None:
    """The accepted offer and the settled payout that pieces in stock must have."""
    if not bought or past.closed_at is None:
        return
    total = sum((item.agreed_amount or ZERO for item in bought), ZERO)
    offer = SellOffer.objects.create(
        submission=submission,
        number=1,
        party=SellOffer.Party.SHOP,
        kind=SellOffer.Kind.OPENING,
        status=SellOffer.Status.ACCEPTED,
        total=total,
        made_by=actor.name,
        made_at=past.submitted_at,
        expires_at=past.closed_at,
        answered_at=past.closed_at,
        answered_by=actor.name,
        answer_channel=actor.channel,
    )
    SellOfferLine.objects.bulk_create(
        SellOfferLine(offer=offer, item=item, amount=item.agreed_amount or ZERO) for item in bought
    )
    Payout.objects.create(
        submission=submission,
        attempt=1,
        amount=total,
        method=Payout.Method.CASH if past.is_cash else Payout.Method.BANK_TRANSFER,
        status=Payout.Status.SETTLED,
        paid_to="in the old shop",
        made_at=past.closed_at,
        approved_by=actor.name,
        approved_at=past.closed_at,
        settled_at=past.closed_at,
        ended_at=past.closed_at,
    )


def _offer(
    past: PastOffer,
    party: ProductOffer.Party,
    amount: Decimal,
    status: ProductOffer.Status,
    *,
    answers: ProductOffer | None = None,
    import_key: str | None = None,
) -> ProductOffer:
    return ProductOffer.objects.create(
        import_key=import_key,
        number=_free_number(),
        stock_item_id=past.stock_item_id,
        shopper_id=past.shopper_id,
        party=party,
        amount=amount,
        status=status,
        answers=answers,
        made_at=past.made_at if party == ProductOffer.Party.SHOPPER else past.ended_at,
        expires_at=past.ended_at,
        answered_at=past.ended_at if status in {"declined", "countered"} else None,
        ended_at=past.ended_at,
    )


def _free_number() -> str:
    while True:
        number = "PO-" + random_letters(8)
        if not ProductOffer.objects.filter(number=number).exists():
            return number
