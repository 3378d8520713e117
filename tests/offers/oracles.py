"""What is wrong with a submission by the rules of the trade, read from the rows alone: no service and no rule is asked.

`check_buying` finds what does not fit together; this finds what fits together and still should never have happened.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from core.models import AuditEntry, OutboxMessage
from inventory.models import Product, StockMove
from offers.models import (
    BuyInDocument,
    BuyingSettings,
    Inspection,
    SellItem,
    SellOffer,
    SellOfferLine,
    SellPhoto,
    SellSubmission,
)
from tests.factories.offers import SELLER

PART = "a part was accepted"
WISH = "They asked us to"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANSWERS = {"accepted", "refused"}
# INV-04: what may follow what, as the trade has it.
SUBMISSION_STEPS = {
    "submitted": "in_review closed",
    "in_review": "info_requested offered closed",
    "info_requested": "in_review closed",
    "offered": "countered stalled agreed closed",
    "countered": "offered stalled agreed closed",
    "stalled": "offered closed",
    "agreed": "received closed",
    "received": "settling",
    "settling": "closed",
    "closed": "",
}
PIECE_STEPS = {
    "submitted": "offered declined excluded",
    "offered": "submitted agreed declined excluded",
    "agreed": "received missing excluded",
    "received": "passed requoted to_return held",
    "requoted": "passed to_return",
    "held": "passed to_return disposed",
    "passed": "stocked to_return",
    "to_return": "returned disposed",
    **dict.fromkeys(["stocked", "returned", "disposed", "declined", "excluded", "missing"], ""),
}
PAYOUT_STEPS = {
    "due": "approved cancelled",
    "approved": "sent settled cancelled",
    "sent": "settled failed",
    **dict.fromkeys(["settled", "failed", "cancelled"], ""),
}
BOUGHT = {"passed", "stocked"}
MAY_BE_BOUGHT = BOUGHT | {"agreed", "received", "requoted", "held"}


class Books:
    """All that is known of one submission, read once."""

    def __init__(self, pk: int) -> None:
        self.submission = SellSubmission.objects.get(pk=pk)
        self.settings = BuyingSettings.objects.get()
        self.items = {item.pk: item for item in SellItem.objects.filter(submission=pk)}
        self.offers = {offer.number: offer for offer in SellOffer.objects.filter(submission=pk)}
        self.lines: dict[int, dict[int, SellOfferLine]] = {offer.pk: {} for offer in self.offers.values()}
        for line in SellOfferLine.objects.filter(offer__submission=pk):
            self.lines[line.offer_id][line.item_id] = line
        self.looks = list(Inspection.objects.filter(item__submission=pk))
        self.payouts = list(self.submission.payouts.all())
        self.audit = list(AuditEntry.objects.order_by("pk"))
        self.told = list(self.submission.messages.values_list("occasion", "made_at"))
        self.times_told = Counter(occasion for occasion, _ in self.told)
        inspectors = SellPhoto.objects.filter(item__submission=pk, origin="inspector")
        self.pictured = set(inspectors.values_list("item_id", flat=True))

    def __str__(self) -> str:
        return str(
            [self.submission.status, self.submission.draft_version, self.offers.keys(), len(self.audit), len(self.told)]
        )

    def due(self) -> Decimal:
        """What the pieces we buy come to (EUR)."""
        return sum(
            (item.agreed_amount or Decimal(0) for item in self.items.values() if item.status in BOUGHT), Decimal(0)
        )

    def paid(self) -> Decimal:
        """What was paid (EUR)."""
        return sum((payout.amount for payout in self.payouts if payout.status == "settled"), Decimal(0))

    def counters_of(self, party: str) -> int:
        """How many counters this side has made; a part that was taken is none."""
        made = [offer for offer in self.offers.values() if (offer.party, offer.kind) == (party, "counter")]
        return sum(not self.is_part(offer.number) for offer in made)

    def is_unclaimed(self, item: SellItem, now: datetime) -> bool:
        """Whether its owner had 30 days and two reminders to come for it."""
        since = item.to_return_at
        if since is None or now < since + 30 * DAY:
            return False
        return sum(occasion == "return_reminder" and at >= since for occasion, at in self.told) >= 2

    def wrongs(self) -> Iterator[str]:
        """Each in a few words; none when all is well."""
        deal = (self.history, self.answers, self.counters, self.revisions)
        goods = (self.agreement, self.looks_at_pieces, self.pieces, self.stock, self.progress)
        said = (self.letters, self.letters_to_us, self.reminders)
        for about in (*deal, *goods, self.money, self.documents, *said, self.time):
            yield from (f"{about.__name__}: {wrong}" for wrong in about())

    def history(self) -> Iterator[str]:
        """INV-04: every step on record is one that exists."""
        for entry in self.audit:
            is_piece, is_payout = entry.subject.startswith("piece "), entry.action.startswith("payout ")
            steps = PIECE_STEPS if is_piece else PAYOUT_STEPS if is_payout else SUBMISSION_STEPS
            if entry.after in steps and entry.after not in steps.get(entry.before, entry.after).split():
                yield f"{entry.subject} from {entry.before} to {entry.after}"

    def answers(self) -> Iterator[str]:
        """INV-02, INV-17: by the other side, in time, within our limit."""
        for number, offer in self.offers.items():
            ours = offer.party == "shop"
            if ours and offer.kind != "revision" and not HOUR <= offer.expires_at - offer.made_at <= 30 * DAY:
                yield f"offer {number} stands for {offer.expires_at - offer.made_at}"
            if offer.answered_at is None:
                continue
            if (offer.status == "expired") != (offer.answered_at >= offer.expires_at):
                yield f"offer {number} {offer.status} at {offer.answered_at}, its end being {offer.expires_at}"
            is_sellers = offer.answered_by == SELLER.name
            if offer.status in {*ANSWERS, "superseded"} and is_sellers != ours and not self.is_part(number):
                yield f"offer {number} {offer.status} by {offer.answered_by}, who made it"
            if offer.status == "withdrawn" and is_sellers == ours:
                yield f"offer {number} withdrawn by {offer.answered_by}, who did not make it"
            if offer.status == "accepted" and offer.total > self.settings.buyer_limit:
                yield f"offer {number} of {offer.total} accepted, above our limit"

    def is_part(self, number: int) -> bool:
        """Whether this is what a seller took of the offer before it."""
        before = self.offers.get(number - 1)
        return before is not None and before.answer_note == PART

    def counters(self) -> Iterator[str]:
        """So many on each side, none after our last word, and more than we offered, but not madly more."""
        made = {"shop": 0, "seller": 0}
        for number, offer in sorted(self.offers.items()):
            if offer.kind != "counter":
                continue
            before, lines = self.offers[number - 1], self.lines[offer.pk]
            listed = {pk: line.amount for pk, line in self.lines[before.pk].items() if pk in lines}
            if self.is_part(number):
                is_same = {pk: line.amount for pk, line in lines.items()} == listed
                is_same &= len(lines) < len(self.lines[before.pk])
                if not before.is_severable or not is_same or offer.status != "accepted":
                    yield f"offer {number} is no part of the one before it"
                continue
            made[offer.party] += 1
            if offer.party == "shop" and made["shop"] >= self.settings.max_counters and not offer.is_final:
                yield f"offer {number} is our last one, and does not say so"
            if offer.party == "seller":
                hoped = sum((self.items[pk].asking_amount or Decimal(0) for pk in lines), Decimal(0))
                ours = sum(listed.values(), Decimal(0))
                if not ours < offer.total <= max(hoped, 3 * ours) or before.is_final:
                    yield f"counter {number} of {offer.total} to {ours}"
        if max(made.values()) > self.settings.max_counters:
            yield f"too many: {made}"

    def revisions(self) -> Iterator[str]:
        """Lower, with a reason and a photo; answered piece by piece; silence gives back."""
        for number, offer in self.offers.items():
            if offer.kind != "revision":
                continue
            lines = self.lines[offer.pk]
            given = [line.answer for line in lines.values()]
            if all(given) != (offer.status in ANSWERS) or ("take" in given) != (offer.status == "accepted"):
                yield f"revision {number} is {offer.status}, with the answers {given}"
            for pk, line in lines.items():
                status = self.items[pk].status
                if not line.reason or pk not in self.pictured or (line.old_amount and line.amount >= line.old_amount):
                    yield f"piece {pk} at {line.amount} instead of {line.old_amount}, because of {line.reason!r}"
                if offer.status != "live" and status == "requoted":
                    yield f"piece {pk} waits for an answer, though revision {number} is {offer.status}"
                if (offer.status == "expired" or line.answer == "give_back") and status in BOUGHT:
                    yield f"piece {pk} was bought, though its seller did not take the new price"

    def agreement(self) -> Iterator[str]:
        """I2: each piece at what its line of the accepted offer says; the others as we left them."""
        if self.submission.status != "agreed":
            return
        taken = max(number for number, offer in self.offers.items() if offer.status == "accepted")
        lines = self.lines[self.offers[taken].pk]
        for pk, item in self.items.items():
            left = "declined" if item.decision == "declined" else "excluded"
            if pk in lines and item.agreed_amount != lines[pk].amount:
                yield f"piece {pk} at {item.agreed_amount}, though {lines[pk].amount} was agreed"
            if pk not in lines and item.status != left:
                yield f"piece {pk} is {item.status} instead of {left}"

    def looks_at_pieces(self) -> Iterator[str]:
        """A look that passes a piece saw it; a better price is higher; a worse fate has a reason."""
        for look in self.looks:
            if look.outcome in {"pass", "uplift"} and not (look.is_authentic and look.grade):
                yield f"piece {look.item_id} passed without a look"
            if look.outcome == "uplift" and not (look.amount and look.old_amount and look.amount > look.old_amount):
                yield f"piece {look.item_id} is better at {look.amount} than at {look.old_amount}"
            if look.outcome in {"requote", "return", "hold"} and not look.reason:
                yield f"piece {look.item_id}: {look.outcome} without a reason"
        noted = {(look.item_id, look.outcome) for look in self.looks}
        for item in self.items.values():
            outcome = {"requoted": "requote", "held": "hold"}.get(item.status)
            if outcome and (item.pk, outcome) not in noted:
                yield f"piece {item.pk} is {item.status}, and nobody wrote down why"
        for entry in self.audit:
            if entry.before == "held" and not entry.reason:
                yield f"{entry.subject} judged without a reason"

    def pieces(self) -> Iterator[str]:
        """Bought after a look or a yes, within our limit; turned away with cause."""
        passed = {look.item_id for look in self.looks if look.outcome in {"pass", "uplift"}}
        taken = {pk for lines in self.lines.values() for pk, line in lines.items() if line.answer == "take"}
        judged = {entry.subject for entry in self.audit if (entry.before, entry.after) == ("held", "passed")}
        for item in self.items.values():
            if item.status in BOUGHT and item.pk not in passed | taken and item.cause not in judged:
                yield f"piece {item.pk} was bought unseen"
            if item.is_extra and (item.cause, "extra piece") not in {
                (entry.subject, entry.action) for entry in self.audit
            }:
                yield f"piece {item.pk} came from nowhere"
            if item.status in {"declined", "excluded"} and (item.status == "declined") != (item.decision == "declined"):
                yield f"piece {item.pk} is {item.status}, but was {item.decision}"
            if self.submission.close_reason == "declined" and not (item.decision == "declined" and item.decline_reason):
                yield f"piece {item.pk} turned away without a reason"
        may_be = [item for item in self.items.values() if item.status in MAY_BE_BOUGHT]
        if sum((item.agreed_amount or Decimal(0) for item in may_be), Decimal(0)) > self.settings.buyer_limit:
            yield "the deal is above our limit"
        if self.submission.close_reason == "spam" and self.offers:
            yield "spam that had an offer"

    def stock(self) -> Iterator[str]:
        """INV-06, INV-07: as many products and intakes as pieces in stock, at what was paid, once it is paid."""
        stocked = [item for item in self.items.values() if item.status == "stocked"]
        moves = StockMove.objects.filter(reason="intake").count()
        if not Product.objects.count() == moves == len(stocked):
            yield f"{moves} intakes for {len(stocked)} pieces"
        for item in stocked:
            cost = item.stock_item.unit_cost if item.stock_item else None
            if cost != item.agreed_amount:
                yield f"piece {item.pk} for {item.agreed_amount} at a cost of {cost}"
        owed = sum((item.agreed_amount or Decimal(0) for item in stocked), Decimal(0))
        if owed > self.paid() and not self.settings.stock_before_paying:
            yield "something is in stock that is not paid"

    def progress(self) -> Iterator[str]:
        """S19, S20: the step that ends the last look settles, and the one that ends the last errand closes."""
        statuses, status = {item.status for item in self.items.values()}, self.submission.status
        is_looked_at = not statuses & {"agreed", "received", "requoted"}
        if status == "received" and is_looked_at and "live" not in {offer.status for offer in self.offers.values()}:
            yield "each piece has its verdict, and nothing is settled"
        is_at_rest = is_looked_at and not statuses & {"held", "to_return", "passed"}
        is_open = any(payout.status in {"due", "approved", "sent"} for payout in self.payouts)
        if status == "settling" and is_at_rest and not is_open and self.due() == self.paid():
            yield "nothing is left to do, and it is not closed"

    def money(self) -> Iterator[str]:
        """Approved, within the cash limit, and said to have arrived; what may be paid is not cancelled."""
        account = getattr(self.submission.seller, "account", None)
        for payout in self.payouts:
            status, is_cash = payout.status, payout.method == "cash"
            if status in {"approved", "sent", "settled", "failed"} and not (payout.approved_by and payout.approved_at):
                yield f"payout {payout.attempt} {status}, approved by nobody"
            if is_cash and payout.amount > self.settings.cash_limit:
                yield f"{payout.amount} in cash"
            has_receipt = bool(payout.confirmed_at) or "signed by " in payout.paid_to
            if status == "settled" and not (has_receipt if is_cash else payout.sent_at and payout.reference):
                yield f"payout {payout.attempt} settled without a trace"
            if status == "cancelled" and (payout.exported_at or payout.confirmed_at):
                yield f"payout {payout.attempt} cancelled, though it may be paid"
            is_open = status == "approved" and not is_cash and not payout.exported_at
            if is_open and account and payout.approved_at and account.changed_at > payout.approved_at:
                yield f"payout {payout.attempt} was approved to other bank details"

    def documents(self) -> Iterator[str]:
        """INV-08: each payment has its own, of the pieces it was for; none is written twice."""
        written: list[int] = []
        paid = {payout.pk for payout in self.payouts if payout.status == "settled"}
        documents = list(BuyInDocument.objects.order_by("number"))
        if paid != {document.payout_id for document in documents}:
            yield "a payment without its document, or a document without its payment"
        for expected, document in enumerate(documents, start=1):
            lines = {line["item"]: Decimal(line["amount"]) for line in document.lines}
            written += lines
            if document.number != expected or sum(lines.values()) != document.total or not document.seller_name:
                yield f"document {document.number} of {document.total} for {lines}"
            if any(self.items[pk].agreed_amount != amount for pk, amount in lines.items()):
                yield f"document {document.number} says {lines}"
        if len(written) != len(set(written)):
            yield f"bought twice: {written}"

    def letters(self) -> Iterator[str]:
        """INV-18: what `check_buying` does not count: of money, of what has run out, of what goes back."""
        should = {"payout_sent": "sent", "paid": "settled", "payout_failed": "failed"}
        times = {told: self.steps("payout ", after) for told, after in should.items()}
        times |= {"returned": self.steps("returned", "returned")}
        times |= {"account_changed": sum(entry.action == "bank details changed" for entry in self.audit)}
        times |= dict.fromkeys(["offer_expired", "counter_expired", "revision_expired"], 0)
        for offer in self.offers.values():
            if offer.status == "expired" and offer.answer_note != "submission withdrawn":
                kind = "revision" if offer.kind == "revision" else "offer" if offer.party == "shop" else "counter"
                times[f"{kind}_expired"] += 1
        for occasion, expected in times.items():
            if self.times_told[occasion] != expected:
                yield f"told {self.times_told[occasion]} times instead of {expected}: {occasion}"

    def letters_to_us(self) -> Iterator[str]:
        """What a seller answered, and what is held back."""
        should = {f"held:{{}}:{entry.subject.split()[1]}" for entry in self.audit if entry.after == "held"}
        for number, offer in self.offers.items():
            if offer.party == "seller" and not self.is_part(number):
                should.add(f"countered:{{}}:{number}")
            if offer.status == "accepted" and offer.kind != "revision" and offer.answered_by == SELLER.name:
                should.add("agreed:{}:")
        posted = set(OutboxMessage.objects.filter(dedupe_key__startswith="shop:").values_list("dedupe_key", flat=True))
        if missing := {f"shop:{key.format(self.submission.reference)}" for key in should} - posted:
            yield f"not told ourselves: {missing}"

    def reminders(self) -> Iterator[str]:
        """Of what is still open, a third of the time or more after the one before (two days before it ends)."""
        waits = {
            "question_reminder": (14 * DAY / 3, 2),
            "return_reminder": (10 * DAY, 2),
            "ship_by_reminder": (8 * DAY, 1),
        }
        about = {"question_reminder": "info_requested", "return_reminder": "to_return", "ship_by_reminder": "agreed"}
        for occasion, (wait, most) in waits.items():
            told = [at for said, at in self.told if said == occasion]
            begun = [entry.made_at for entry in self.audit if entry.after == about[occasion]]
            for at in told:
                # Of several pieces the one that has waited longest, for the others may be gone by now.
                first = min if occasion == "return_reminder" else max
                since = first((moment for moment in begun if moment <= at), default=at)
                already = [other for other in told if since <= other <= at]
                if at < since + len(already) * wait or len(already) > most * len(begun):
                    yield f"{occasion} number {len(already)} at {at}, waiting since {since}"
            if any(later - earlier < DAY for earlier, later in pairwise(told)):
                yield f"{occasion} twice in a day: {told}"
            if occasion != "return_reminder" and any(self.status_at(at) != about[occasion] for at in told):
                yield f"{occasion} of what is over"
        ours = [offer for offer in self.offers.values() if offer.party == "shop"]
        for at in (at for said, at in self.told if said == "offer_reminder"):
            # Whoever answers in the very moment of a reminder may be the later of the two.
            open_then = [offer for offer in ours if offer.made_at <= at <= (offer.answered_at or at)]
            live = [offer for offer in open_then if at < offer.expires_at]
            if not any(at >= offer.expires_at - DAY or at >= offer.made_at + 2 * DAY for offer in live):
                yield f"reminded of no offer, or too early, at {at}"

    def status_at(self, at: datetime) -> str:
        """What the submission was when that moment began."""
        steps = [entry for entry in self.audit if entry.subject == self.submission.cause and entry.made_at < at]
        return next((entry.after for entry in reversed(steps) if entry.after in SUBMISSION_STEPS), "")

    def steps(self, action: str, after: str) -> int:
        """How many steps of this kind are on record."""
        return sum(entry.action.startswith(action) and entry.after == after for entry in self.audit)

    def time(self) -> Iterator[str]:
        """Timers wait as long as they say."""
        waits: dict[str, Any] = {
            **dict.fromkeys(["refused", "expired", "withdrawn"], (self.submission.stalled_at, 14)),
            "no_response": (self.submission.asked_at, 14),
            "not_received": (self.submission.agreed_at, 21),
        }
        for entry in self.audit:
            if entry.actor == "timer" and entry.after == "closed":
                since, days = waits.get(self.submission.close_reason, (None, 0))
                if since and entry.made_at < since + days * DAY:
                    yield f"closed as {self.submission.close_reason} at {entry.made_at}, waiting since {since}"
                if self.submission.close_reason == "no_response" and self.times_told["question_reminder"] < 2:
                    yield "closed without two reminders"
            if entry.actor == "timer" and entry.after == "missing":
                agreed = self.submission.agreed_at
                if agreed and entry.made_at < agreed + 21 * DAY:
                    yield f"{entry.subject} missing at {entry.made_at}"
            if (entry.before, entry.after) == ("to_return", "disposed") and entry.reason != WISH:
                since = self.items[int(entry.subject.split()[1])].to_return_at
                if since is None or entry.made_at < since + 30 * DAY or self.times_told["return_reminder"] < 2:
                    yield f"{entry.subject} disposed of at {entry.made_at}, waiting since {since}"
