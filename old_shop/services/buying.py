"""Submissions of sellers: open ones come back to be reviewed, closed ones keep their end."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from inventory.models import Brand, BrandAlias, Category, StockItem
from inventory.rules.sizes import OLD_CODES
from offers.models import Seller, SellItem, SellSubmission
from offers.services import history
from old_shop.errors import RowRefused
from old_shop.rules import words
from old_shop.rules.rows import Row
from old_shop.services.context import ACTOR, KNOWN, MADE, PREFIX, Move
from old_shop.services.people import email_of

MOST_PIECES = 200
NOT_LINKED = "Bought in the old shop, which did not write down what became of it."


def costs(move: Move) -> dict[str, Decimal]:
    """What was paid for a product (EUR), where a paid submission says so: the old shop hardly ever did."""
    paid = {
        row.key
        for row in move.found.rows["sell_submissions"]
        if words.CLOSED_SUBMISSIONS.get(row.word("status")) == SellSubmission.CloseReason.COMPLETED
    }
    found: dict[str, Decimal] = {}
    for row in move.found.rows["sell_items"]:
        product = move.product_key(row, "product_id")
        if product and row.text("submission_id", most=40) in paid and (amount := _price_paid(row)):
            found.setdefault(product, amount)
    return found


def bring_over(move: Move) -> None:
    """Every submission of the file with its pieces."""
    pieces: dict[str, list[Row]] = defaultdict(list)
    for row in move.found.rows["sell_items"]:
        pieces[row.text("submission_id", most=40)].append(row)
    here = dict(SellSubmission.objects.exclude(import_key=None).values_list("import_key", "pk"))
    taken: dict[str, str] = {}

    def take(row: Row) -> str:
        key = f"{PREFIX}:submission:{row.key}"
        outcome = KNOWN if key in here else _take(move, key, row, pieces[row.key])
        taken[row.key] = outcome
        return outcome

    def account(row: Row) -> str:
        if outcome := taken.get(row.text("submission_id", most=40)):
            return outcome
        raise RowRefused("its submission was left behind, or is none")

    move.take("sell_submissions", move.found.rows["sell_submissions"], take)
    move.take("sell_items", move.found.rows["sell_items"], account)


def _take(move: Move, key: str, row: Row, items: Sequence[Row]) -> str:
    things = items or row.things("items_json", "items")
    if not 0 < len(things) <= MOST_PIECES:
        raise RowRefused("no pieces, or too many")
    status = row.word("status") or "pending"
    close_reason = words.CLOSED_SUBMISSIONS.get(status)
    if close_reason is None and status not in words.OPEN_SUBMISSIONS:
        move.report.note(f"submission status “{row.text('status', most=30)}” is unknown: waits for review", row.key)
    submitted_at = move.moment(row, "created_at") or move.now
    ended = move.moment(row, "seller_response_at", "reviewed_at", "updated_at") or submitted_at
    ends_at = row.moment("offer_expires_at")
    if close_reason is None and status == "offer_sent" and ends_at and ends_at <= move.now:
        close_reason, ended = SellSubmission.CloseReason.EXPIRED, ends_at
    pieces = [_piece(move, each, key, close_reason, bool(items)) for each in things]
    if len(pieces) == 1 and pieces[0].asking_amount is None:
        pieces = [replace(pieces[0], asking_amount=_amount(move, row, "seller_price"))]
    past = history.PastSubmission(
        import_key=key,
        submitted_at=submitted_at,
        pieces=pieces,
        seller=_seller(move, row, submitted_at),
        close_reason=close_reason,
        closed_at=max(ended, submitted_at) if close_reason else None,
        message=" ".join(filter(None, (row.text("seller_message"), row.text("notes")))),
        note=_note(move, row),
        number_there=row.text("batch_id", most=60),
        status_there=row.text("status", most=30),
        is_cash="cash" in row.word("payment_method"),
    )
    history.bring_over_submission(past=past, actor=ACTOR, now=move.now)
    return MADE


def _piece(
    move: Move, row: Row, key: str, close_reason: SellSubmission.CloseReason | None, is_row: bool
) -> history.PastPiece:
    if close_reason is None:
        status = SellItem.Status.SUBMITTED
    else:
        status = words.PIECES.get(close_reason, SellItem.Status.EXCLUDED)
    code = row.text("category", "product_category", most=60)
    brand_name = row.text("brand", most=80)
    title = " ".join(filter(None, (row.text("title", "name", "model", "type", most=120), row.text("item_name"))))
    lot = _bought(move, row) if close_reason == SellSubmission.CloseReason.COMPLETED and is_row else None
    is_unlinked = status == SellItem.Status.DISPOSED and lot is None
    if is_unlinked:
        move.report.note("bought piece whose product is unknown: nothing is linked", row.key)
    return history.PastPiece(
        import_key=f"{PREFIX}:sell_item:{row.key}" if is_row else f"{PREFIX}:piece:{row.key}",
        title=title or row.text("description", most=120) or code,
        status=status,
        category=_category(code, row.text("size", most=30)),
        brand=_known_brand(brand_name),
        brand_name=brand_name,
        size=words.size_of(row.text("size", most=30)),
        colour=row.text("colour", "color", most=40),
        declared_grade=words.GRADES.get(row.word("condition"), ""),
        defects=" ".join(
            filter(None, (row.text("defects"), row.text("notes"), row.text("description") if title else ""))
        ),
        asking_amount=_amount(move, row, "asking_price", "price", "seller_price"),
        fate_reason=NOT_LINKED if is_unlinked else row.text("rejection_reason", most=300),
        bought_as=lot,
        amount=_price_paid(row) if lot else None,
    )


def _bought(move: Move, row: Row) -> StockItem | None:
    """The lot a bought piece became: one copy, at this cost, of no other piece."""
    product = move.product_key(row, "product_id")
    if product is None or product not in move.lots:
        return None
    lot = StockItem.objects.select_related("product").get(pk=move.lots[product])
    is_taken = SellItem.objects.filter(stock_item=lot).exists()
    return lot if lot.taken_in == 1 and lot.unit_cost and lot.unit_cost == _price_paid(row) and not is_taken else None


def _price_paid(row: Row) -> Decimal | None:
    try:
        return row.amount("final_price", "offer_price") or None
    except RowRefused:
        return None


def _amount(move: Move, row: Row, *names: str) -> Decimal | None:
    """An amount that may be missing: one that cannot be read is missing, and noted."""
    try:
        return row.amount(*names)
    except RowRefused as refusal:
        move.report.note(f"amount of a submission left out: {refusal.message}", row.key)
        return None


def _seller(move: Move, row: Row, created_at: datetime) -> Seller:
    """A seller of their own for each submission: who typed a contact has not shown that it is theirs."""
    handle = row.text("contact_handle", most=61).lstrip("@")[:60]
    email = email_of(row, "contact_email")
    if not email and (user := move.users.get(row.text("user_id", most=40))):
        email = move.emails[user]
    return Seller(
        name=row.text("contact_name", most=120),
        email=email,
        phone=row.text("contact_phone", most=30),
        handle=handle,
        channel=words.CHANNELS.get(
            row.word("contact_channel"), Seller.Channel.EMAIL if email else Seller.Channel.PHONE
        ),
        street=row.text("address", most=200),
        town=row.text("city", most=80),
        postcode=row.text("eircode", most=12),
        created_at=created_at,
    )


def _note(move: Move, row: Row) -> str:
    """What was said about money, for our eyes: it was never more than one number for the whole batch."""
    said = []
    for words_, name in (
        ("They asked for", "seller_price"),
        ("We offered", "offered_price"),
        ("Agreed on", "final_price"),
    ):
        if (amount := _amount(move, row, name)) is not None:
            said.append(f"{words_} €{amount}.")
    if ends_at := row.moment("offer_expires_at"):
        said.append(f"The offer ran until {ends_at:%Y-%m-%d}.")
    if answer := row.text("seller_response", most=30):
        said.append(f"Their answer: {answer}.")
    said += [row.text("offer_message"), row.text("seller_response_message"), row.text("admin_notes")]
    text = " ".join(filter(None, said))
    return f"From the old shop ({row.text('batch_id', most=60)}, {row.text('status', most=30)}): {text}" if text else ""


def _category(code: str, size: str) -> Category | None:
    if code.upper() not in OLD_CODES:
        return Category.objects.filter(name__iexact=code).first() if code else None
    name, scale = words.category_of(code, size)
    return Category.objects.filter(name__iexact=name, size_scale=scale).order_by("pk").first()


def _known_brand(name: str) -> Brand | None:
    """A brand we have; what sellers type makes none."""
    if not name:
        return None
    alias = BrandAlias.objects.filter(name__iexact=name).select_related("brand").first()
    return alias.brand if alias else Brand.objects.filter(name__iexact=name).first()
