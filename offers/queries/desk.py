"""What the desk shows: pieces to look at, money to pay, pieces to put on the shelf, the stock book."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from core.models import AuditEntry
from core.money import ZERO
from inventory.models import Reason, StockMove
from offers.models import (
    BuyInDocument,
    BuyingRule,
    BuyingSettings,
    Inspection,
    Payout,
    SellItem,
    SellOffer,
    SellPhoto,
    SellSubmission,
)
from offers.queries import queues
from offers.rules import payouts as payout_rules

Status = SellItem.Status
LEFT = {
    Status.PASSED: "to be stocked",
    Status.TO_RETURN: "to be given back",
    Status.HELD: "to be judged",
}  # what keeps a deal open when nothing is left to pay
STOCK_BOOK = (
    "Number",
    "Purchase date",
    "Seller",
    "Address",
    "Description",
    "Price",
    "Document",
    "Stock number",
    "Sale date",
    "Sale",
    "Sale price",
    "Margin",
    "VAT scheme",
)


@dataclass(frozen=True)
class MethodTotal:
    """What is open of one way of paying (EUR)."""

    label: str
    count: int
    total: Decimal


def checklist_of(item: SellItem) -> list[str]:
    """What is checked of pieces like this."""
    rule = BuyingRule.objects.filter(category=item.category_id).first()
    return list(rule.checklist) if rule else []


def has_evidence(item: SellItem) -> bool:
    """Whether there is a photo of ours of it."""
    return item.photos.filter(origin=SellPhoto.Origin.INSPECTOR).exists()


def totals_by_method() -> list[MethodTotal]:
    """What is due, and what is approved by which way; EUR."""
    rows = Payout.objects.filter(status__in=payout_rules.OPEN).order_by()
    found = rows.values("method").annotate(count=Count("pk"), total=Sum("amount"))
    words = dict(Payout.Method.choices)
    return sorted(
        (MethodTotal(str(words.get(row["method"], "Not approved")), row["count"], row["total"]) for row in found),
        key=lambda total: total.label,
    )


def live_offer(submission: SellSubmission) -> SellOffer | None:
    """The offer that waits for its answer, expired by the clock or not."""
    return submission.offers.filter(status=SellOffer.Status.LIVE).first()


def open_payout(submission: SellSubmission) -> Payout | None:
    """What is to be paid now."""
    return submission.payouts.filter(status__in=payout_rules.OPEN).first()


def standing(submission: SellSubmission) -> str:
    """Its status in words for staff; once nothing is left to pay, what is left to do."""
    words = submission.get_status_display()
    if submission.status != SellSubmission.Status.SETTLING:
        return words
    # Read whole, so that a list can fetch them for all its rows at once.
    payouts = {payout.status for payout in submission.payouts.all()}
    pieces = {item.status for item in submission.items.all() if item.removed_at is None}
    left = " and ".join(do for status, do in LEFT.items() if status in pieces)
    if not left or not payouts.isdisjoint(payout_rules.OPEN):
        return words
    return f"{'Paid' if Payout.Status.SETTLED in payouts else 'Nothing to pay'}, {left}"


def awaits_the_seller(offer: SellOffer | None, payout: Payout | None) -> bool:
    """Whether a word of the seller's own is missing: to a live offer of ours, or that the cash is in their hand."""
    if offer is not None and offer.party == SellOffer.Party.SHOP:
        return True
    if payout is None or payout.confirmed_at:
        return False
    return payout.method == Payout.Method.CASH and payout.status == Payout.Status.APPROVED


def who_moved(payout: Payout) -> AuditEntry | None:
    """The last step of a payout."""
    named = Q(action__startswith=f"payout {payout.attempt} ")
    return AuditEntry.objects.filter(named, subject=payout.submission.cause).order_by("-pk").first()


def to_stock(now: datetime) -> QuerySet[SellItem]:
    """Passed pieces that may go on the shelf, longest paid first."""
    ready = queues.of("stock", SellSubmission.objects.all(), now)
    passed = SellItem.objects.filter(status=Status.PASSED, submission__in=ready.order_by().values("pk"))
    return passed.select_related("submission", "category", "brand").order_by("submission__settled_at", "pk")


def reasons_of_new_prices(item: SellItem) -> list[str]:
    """What inspection found and the seller was told of, oldest first: shoppers are told too."""
    found = item.inspections.filter(outcome=Inspection.Outcome.REQUOTE)
    return list(found.order_by("pk").values_list("reason", flat=True))


def stock_book() -> Iterator[tuple[str, ...]]:
    """One row for each piece ever bought, in the order of the documents: what it cost, and what it brought."""
    number = 0
    documents = BuyInDocument.objects.order_by("number").select_related("payout__submission")
    for document in documents.iterator(chunk_size=200):
        items = _items_of(document)
        for line in document.lines:
            number += 1
            yield _row(number, document, line, items.get(line.get("item", 0)))


def _row(number: int, document: BuyInDocument, line: dict[str, str], item: SellItem | None) -> tuple[str, ...]:
    lot = item.stock_item if item else None
    sale = _sale_of(lot.pk) if lot else None
    price = Decimal(line["amount"])
    sold_at = sale.unit_amount if sale and sale.unit_amount is not None else None
    return (
        str(number),
        f"{timezone.localtime(document.issued_at):%Y-%m-%d}",
        document.seller_name,
        document.seller_address,
        line["piece"],
        f"{price:.2f}",
        str(document),
        lot.sku if lot else "",
        f"{timezone.localtime(sale.made_at):%Y-%m-%d}" if sale else "",
        sale.cause if sale else "",
        "" if sold_at is None else f"{sold_at:.2f}",
        "" if sold_at is None else f"{sold_at - price:.2f}",
        lot.get_vat_scheme_display() if lot else "",
    )


def _items_of(document: BuyInDocument) -> dict[int, SellItem]:
    pks = [line["item"] for line in document.lines if "item" in line]
    return SellItem.objects.select_related("stock_item").in_bulk(pks)


def _sale_of(stock_item_id: int) -> StockMove | None:
    """The sale that stands: a piece that came back is not sold."""
    moves = StockMove.objects.filter(stock_item=stock_item_id, reason__in=[Reason.SALE, Reason.RETURN])
    last = moves.order_by("-pk").first()
    return last if last and last.reason == Reason.SALE else None


def margin(price: Decimal | None, cost: Decimal | None) -> Decimal | None:
    """What is left of a price (EUR)."""
    return None if price is None else price - (cost or ZERO)


def suggested_price(cost: Decimal | None) -> Decimal | None:
    """A price that leaves the shop's margin, whole EUR, rounded up."""
    share = 100 - BuyingSettings.current().target_margin_percent
    if cost is None or share <= 0:
        return None
    whole = (cost * 100 / share).to_integral_value(rounding="ROUND_CEILING")
    return Decimal(whole) or None
