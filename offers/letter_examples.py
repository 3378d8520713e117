"""One made-up letter for each about buying in and bargaining."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse

from core.letters import Example, made_up
from inventory.models import Product, StockItem
from offers.models import (
    BuyInDocument,
    BuyingSettings,
    Payout,
    PayoutAccount,
    ProductOffer,
    Seller,
    SellItem,
    SellOffer,
    SellOfferLine,
    SellSubmission,
)

REFERENCE = "SB-4QX8"
NAMED = SellItem.Status


@made_up
def examples(now: datetime) -> dict[str, Example]:
    """Letters to sellers, to shoppers about their offers, and to ourselves."""
    return {f"offers/{name}": example for name, example in (_to_sellers(now) | _to_shoppers(now) | _to_us(now)).items()}


def _pieces(**changes: Any) -> list[SellItem]:
    """What the seller of the examples sends."""
    jacket = SellItem(brand_name="Halden Athletic", title="Varsity jacket", size="L", **changes)
    return [jacket, SellItem(brand_name="Mori Denim", title="Straight jean", size="32", **changes)]


def _offer(now: datetime, **changes: Any) -> SellOffer:
    return SellOffer(total=Decimal("137.00"), expires_at=now + timedelta(days=5), **changes)


def _to_sellers(now: datetime) -> dict[str, Example]:
    submission = SellSubmission(
        reference=REFERENCE,
        close_reason=SellSubmission.CloseReason.COMPLETED,
        question="Is the zip whole?",
        ship_by=now + timedelta(days=7),
    )
    known = {
        "submission": submission,
        "seller": Seller(name="Aoife"),
        "link": f"{settings.SITE_URL}/sell/link/example/",
        "buying": BuyingSettings.current(),
    }
    posted = SellSubmission(
        reference=REFERENCE, hand_over=SellSubmission.HandOver.POST, ship_by=now + timedelta(days=2)
    )
    wanted = _pieces()
    declined = [SellItem(brand_name="Kestrel", title="Trail runner", size="43", decline_reason="enough")]
    offer, revision = _offer(now), _offer(now, kind=SellOffer.Kind.REVISION)
    lines = [
        SellOfferLine(item=item, amount=amount)
        for item, amount in zip(wanted, (Decimal("92.00"), Decimal("45.00")), strict=True)
    ]
    lower = SellOfferLine(
        item=wanted[0], amount=Decimal("80.00"), old_amount=Decimal("92.00"), reason="the zip is broken"
    )
    deal = {"offer": offer, "lines": lines, "total": offer.total}
    payout = Payout(amount=Decimal("137.00"), method=Payout.Method.BANK_TRANSFER, paid_to="IE … 4417")
    document = BuyInDocument(
        number=41,
        seller_name="Aoife Byrne",
        lines=[{"piece": line.item.words, "amount": str(line.amount)} for line in lines],
        issued_at=now,
    )
    account = PayoutAccount(country="IE", last_four="4417")
    reason = "We have had too many like it since."
    examples: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("draft", "A seller asks for the link to a draft", {"link": f"{settings.SITE_URL}/sell/resume/example/"}),
        ("received", "A submission is sent", {"pieces": 2}),
        ("link_again", "A seller has lost the link", {}),
        ("question", "We ask something before an offer", {}),
        ("question_reminder", "Our question has no answer for some days", {}),
        ("reply", "We answer what a seller wrote", {"words": "Yes, a Saturday is fine."}),
        ("declined", "We pass on every piece", {"declined": declined}),
        ("offer", "We make an offer", deal | {"declined": declined}),
        ("offer_reminder", "Our offer runs out in a day", {"offer": offer}),
        ("offer_expired", "Our offer has run out", {"offer": offer}),
        ("offer_withdrawn", "We take our offer back", {"offer": offer}),
        ("counter_received", "A seller asks for more", {"offer": _offer(now, party=SellOffer.Party.SELLER)}),
        ("counter_declined", "We cannot pay what a seller asks", {"offer": offer, "reason": reason}),
        ("counter_expired", "We did not answer what a seller asks", {"offer": offer}),
        ("agreed", "Seller and shop agree", deal),
        ("ship_by_reminder", "Pieces are expected soon", {"submission": posted}),
        ("called_off", "We call an agreed deal off", {"reason": reason}),
        ("withdrawn", "A seller calls a submission off", {}),
        ("arrived", "Pieces have arrived", {"pieces": wanted}),
        ("revision", "A look at the pieces changes a price", {"offer": revision, "lines": [lower]}),
        ("revision_expired", "The new prices have no answer", {"offer": revision}),
        ("inspected", "Every piece was looked at", {"total": offer.total, "pieces": _pieces(status=NAMED.PASSED)}),
        ("return_reminder", "Pieces wait for their owner", {"pieces": wanted}),
        ("returned", "A piece goes back", {"pieces": _pieces(tracking="RX 123 456 789 IE")[:1]}),
        ("account_code", "A seller enters bank details", {"code": "480217"}),
        ("account_changed", "Bank details were changed", {"account": account}),
        ("payout_sent", "Money is on its way", {"payout": payout}),
        ("payout_failed", "A bank sends money back", {"payout": payout}),
        ("paid", "Money has arrived; with the buy-in document", {"payout": payout, "document": document}),
        ("closed", "A submission is over", {}),
    )
    return {name: Example(when, known | more) for name, when, more in examples}


def _to_shoppers(now: datetime) -> dict[str, Example]:
    known = {
        "piece": Product(title="Varsity jacket, bottle green"),
        "item": StockItem(size="L", price=Decimal("185.00")),
        "link": settings.SITE_URL + reverse("offers:my_offers"),
    }
    made = {"amount": Decimal("160.00"), "expires_at": now + timedelta(days=2)}
    asked = ProductOffer(party=ProductOffer.Party.SHOPPER, **made)
    named = ProductOffer(party=ProductOffer.Party.SHOP, answers=asked, **made | {"amount": Decimal("172.00")})
    sold = ProductOffer(party=ProductOffer.Party.SHOPPER, status=ProductOffer.Status.CLOSED_SOLD, **made)
    return {
        name: Example(when, known | {"offer": offer} | more)
        for name, when, offer, more in (
            ("bid_accepted", "We take a shopper's offer", asked, {"until": now + timedelta(days=1)}),
            ("bid_countered", "We name another price", named, {}),
            ("bid_declined", "We do not take it", asked, {}),
            ("bid_expired", "Nobody answered in time", asked, {}),
            ("bid_closed", "The piece is gone, or its price has changed", sold, {}),
            ("bid_lapsed", "What was held was not ordered in time", asked, {}),
        )
    }


def _to_us(now: datetime) -> dict[str, Example]:
    submission = SellSubmission(reference=REFERENCE, ship_by=now + timedelta(days=7))
    pieces = _pieces()
    known = {
        "subject": submission,
        "name": REFERENCE,
        "link": f"{settings.SITE_URL}{reverse('admin:offers_sellsubmission_changelist')}",
    }
    offer = {"offer": _offer(now)}
    bid = ProductOffer(amount=Decimal("160.00"), expires_at=now + timedelta(days=2))
    piece = {"piece": Product(title="Varsity jacket, bottle green"), "item": StockItem(size="L", price=Decimal(185))}
    return {
        f"shop/{name}": Example(when, known | more)
        for name, when, more in (
            ("new", "To us: a submission has come", {"pieces": pieces}),
            ("countered", "To us: a seller asks for more", offer),
            ("counter_waits", "To us: what a seller asks has waited for a day", offer),
            ("agreed", "To us: a seller has accepted", offer),
            ("held", "To us: a piece is held back", {"item": pieces[0], "reason": "the label is sewn by hand"}),
            ("bid", "To us: a shopper makes an offer", piece | {"subject": bid, "name": "PO-3F9Q"}),
        )
    }
