"""Shoppers' offers on pieces: a history; none of them lives on."""

from datetime import timedelta
from functools import partial

from offers.models import ProductOffer
from offers.services import history
from old_shop.errors import RowRefused
from old_shop.rules import words
from old_shop.rules.rows import Row
from old_shop.services.context import ACTOR, KNOWN, MADE, PREFIX, Move
from old_shop.services.people import email_of

VALIDITY = timedelta(hours=48)


def bring_over(move: Move) -> None:
    """Every offer of the file whose shopper has an account and whose piece is here."""
    here = {str(key) for key in ProductOffer.objects.exclude(import_key=None).values_list("import_key", flat=True)}
    move.take("customer_offers", move.found.rows["customer_offers"], partial(_take, move, here))


def _take(move: Move, here: set[str], row: Row) -> str:
    key = f"{PREFIX}:offer:{row.key}"
    if key in here:
        return KNOWN
    status = words.OFFERS.get(row.word("status") or "pending")
    if status is None:
        raise RowRefused(f"status “{row.text('status', most=30)}” is unknown")
    amount = row.amount("offer_amount", "amount")
    if not amount:
        raise RowRefused("no amount")
    product = move.product_key(row, "product_id", "productid")
    if product is None or product not in move.lots:
        raise RowRefused("of an unknown product")
    shopper = move.users.get(row.text("user_id", most=40)) or move.users_by_email.get(
        email_of(row, "customer_contact", "customer_email")
    )
    if shopper is None:
        raise RowRefused("nobody with this contact has an account")
    made_at = move.moment(row, "created_at") or move.now
    ended_at = move.moment(row, "responded_at", "updated_at") or min(made_at + VALIDITY, move.now)
    past = history.PastOffer(
        import_key=key,
        stock_item_id=move.lots[product],
        shopper_id=shopper,
        amount=amount,
        status=status,
        made_at=made_at,
        ended_at=max(ended_at, made_at),
        counter=row.amount("counter_offer_amount") if status == ProductOffer.Status.COUNTERED else None,
    )
    if row.word("status") == "accepted":
        move.report.note("shopper's offer was accepted in the old shop, which held nothing for it: it ends", row.key)
    history.bring_over_offer(past=past, actor=ACTOR, now=move.now)
    return MADE
