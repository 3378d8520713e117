"""What waits for us: each queue is said once here, and the count at home, the tab and the list all ask it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from core.fields import MoneyField
from core.money import ZERO
from offers.models import BuyingSettings, Payout, SellItem, SellOffer, SellSubmission
from offers.rules import items as item_rules
from offers.rules import pace
from offers.rules import payouts as payout_rules

Status = SellSubmission.Status
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Queue:
    """Some submissions that wait for the same thing since a moment, for those who have the permission for it."""

    key: str
    label: str
    permission: str
    narrow: Callable[[datetime], Q]
    since: str = "waiting_since"


def _with_piece(status: str) -> Q:
    return Q(Exists(SellItem.objects.filter(submission=OuterRef("pk"), status=status, removed_at=None).order_by()))


def _with_live_offer(now: datetime, **like: object) -> Q:
    """With an offer that can still be answered, whether or not a job has been by."""
    live = SellOffer.objects.filter(
        submission=OuterRef("pk"), status=SellOffer.Status.LIVE, expires_at__gt=now, **like
    ).order_by()
    return Q(Exists(live))


def _to_review(now: datetime) -> Q:
    return Q(status__in=[Status.SUBMITTED, Status.IN_REVIEW], answer="", is_suspect=False)


def _suspect(now: datetime) -> Q:
    return Q(status__in=[Status.SUBMITTED, Status.IN_REVIEW], is_suspect=True)


def _answers(now: datetime) -> Q:
    """What we asked was answered, or our offer was refused, or a new one is asked for: it is our turn."""
    answered = Q(status=Status.IN_REVIEW, is_suspect=False) & ~Q(answer="")
    return answered | Q(status=Status.STALLED, waiting_on=SellSubmission.WaitingOn.SHOP)


def _messages(now: datetime) -> Q:
    return Q(wrote_at__isnull=False)


def _counters(now: datetime) -> Q:
    return Q(status=Status.COUNTERED) & _with_live_offer(now, party=SellOffer.Party.SELLER)


def _late(now: datetime) -> Q:
    return pace.late(now, BuyingSettings.current())


def _expiring(now: datetime) -> Q:
    return _with_live_offer(now, expires_at__lte=now + SOON)


def _to_receive(now: datetime) -> Q:
    return Q(status__in=[Status.AGREED, Status.RECEIVED]) & _with_piece(SellItem.Status.AGREED)


def _to_inspect(now: datetime) -> Q:
    return _with_piece(SellItem.Status.RECEIVED)


def _revisions(now: datetime) -> Q:
    return _with_live_offer(now, kind=SellOffer.Kind.REVISION)


def _to_pay(now: datetime) -> Q:
    owed = Payout.objects.filter(submission=OuterRef("pk"), status__in=payout_rules.OPEN).order_by()
    return Q(Exists(owed))


def _to_stock(now: datetime) -> Q:
    """What has passed goes on the shelf once it is paid, or before, if the shop wants it so."""
    passed = _with_piece(SellItem.Status.PASSED)
    if BuyingSettings.current().stock_before_paying:
        return passed
    bought = SellItem.objects.filter(submission=OuterRef("pk"), status__in=item_rules.BOUGHT, removed_at=None)
    paid = Payout.objects.filter(submission=OuterRef("pk"), status=Payout.Status.SETTLED)
    is_paid = GreaterThanOrEqual(_sum_of(paid, "amount"), _sum_of(bought, "agreed_amount"))
    return passed & Q(status=Status.SETTLING) & Q(is_paid)


def _sum_of(rows: QuerySet, name: str) -> Coalesce:
    total = rows.order_by().values("submission").annotate(total=Sum(name)).values("total")
    return Coalesce(Subquery(total), ZERO, output_field=MoneyField())


def _to_return(now: datetime) -> Q:
    return _with_piece(SellItem.Status.TO_RETURN)


QUEUES = {
    queue.key: queue
    for queue in (
        Queue("late", "Late", "offers.review_submission", _late),
        Queue("review", "To review", "offers.review_submission", _to_review),
        Queue("suspect", "Suspect", "offers.review_submission", _suspect),
        Queue("answers", "Answers from sellers", "offers.review_submission", _answers),
        Queue("messages", "Messages from sellers", "offers.review_submission", _messages, "wrote_at"),
        Queue("counters", "Counters to answer", "offers.answer_counter", _counters),
        Queue("expiring", "Expiring in 24 h", "offers.make_offer", _expiring),
        Queue("receive", "To receive", "offers.receive_pieces", _to_receive),
        Queue("inspect", "To inspect", "offers.inspect_pieces", _to_inspect),
        Queue("revisions", "Revisions waiting", "offers.inspect_pieces", _revisions),
        Queue("pay", "To pay", "offers.approve_payout", _to_pay),
        Queue("stock", "To stock", "offers.stock_pieces", _to_stock),
        Queue("return", "To return", "offers.return_pieces", _to_return),
    )
}


def sent() -> QuerySet[SellSubmission]:
    """Everything we have been sent; a draft is its seller's alone."""
    return SellSubmission.objects.exclude(status=Status.DRAFT)


def of(key: str, submissions: QuerySet[SellSubmission], now: datetime) -> QuerySet[SellSubmission]:
    """Those of one queue."""
    return submissions.filter(QUEUES[key].narrow(now))


def counts(now: datetime) -> dict[str, int]:
    """How many are in each queue, in one query."""
    asked = {key: Count("pk", filter=queue.narrow(now)) for key, queue in QUEUES.items()}
    return sent().order_by().aggregate(**asked)
