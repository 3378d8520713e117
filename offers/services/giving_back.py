"""Pieces that go back: by the seller's wish, into their hands, or nowhere once nobody came for them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit import Actor
from offers import letters
from offers.errors import ItemMoved, NotChecked, PayoutMoved, ReturnNotOverdue
from offers.models import BuyingSettings, Payout, SellItem, SellSubmission
from offers.rules import payouts as payout_rules
from offers.services import steps
from offers.services.settling import settle_up

ItemStatus = SellItem.Status
RETURN_REMINDERS = 2  # before an unclaimed piece may be disposed of


@transaction.atomic
def walk_away(*, item_id: int, actor: Actor, now: datetime) -> SellItem:
    """I12: a passed piece goes back after all, while nothing is paid and it is not in stock (ItemMoved).

    Pressed again it stays so.
    P8: an open payout that is not on its way is cancelled, and what is still due gets a new one. Refuses with
    PayoutMoved when the transfer was in a bank file or the cash was confirmed.
    """
    submission, item = steps.locked_item(item_id)
    if item.status in {ItemStatus.TO_RETURN, ItemStatus.RETURNED}:
        return item
    if item.status != ItemStatus.PASSED or submission.payouts.filter(status=Payout.Status.SETTLED).exists():
        raise ItemMoved
    payouts = list(Payout.objects.select_for_update().filter(submission=submission, status__in=payout_rules.OPEN))
    if any(payout_rules.may_be_paid(payout) for payout in payouts):
        raise PayoutMoved(_("The money is on its way to you already. Write to us if you want the piece back."))
    for payout in payouts:
        payout.submission = submission
        steps.move_payout(payout, Payout.Status.CANCELLED, actor, now, reason="a piece goes back")
    steps.move_item(item, ItemStatus.TO_RETURN, actor, now, reason="changed their mind")
    settle_up(submission, actor, now)
    return item


@transaction.atomic
def hand_back(*, item_id: int, tracking: str, actor: Actor, now: datetime) -> SellItem:
    """I14: it is with its owner again, in person or by a parcel with that number."""
    submission, item = steps.locked_item(item_id)
    steps.move_item(item, ItemStatus.RETURNED, actor, now, tracking=tracking[:120], reason=tracking)
    letters.tell_seller(submission, "returned", now, key=str(item.pk), pieces=[item])
    settle_up(submission, actor, now)
    return item


@transaction.atomic
def dispose(*, item_id: int, reason: str, actor: Actor, now: datetime, is_wish: bool = False) -> SellItem:
    """I15: the seller does not want it back (`is_wish`), or nobody came for it in time, after two reminders.

    Refuses with NotChecked, ItemMoved or ReturnNotOverdue.
    """
    submission, item = steps.locked_item(item_id)
    if not reason:
        raise NotChecked("Write down why.")
    if item.status != ItemStatus.TO_RETURN:
        raise ItemMoved
    if not is_wish and not _is_unclaimed(submission, item, now):
        raise ReturnNotOverdue
    steps.move_item(item, ItemStatus.DISPOSED, actor, now, reason=reason, fate_reason=reason[:300])
    settle_up(submission, actor, now)
    return item


def _is_unclaimed(submission: SellSubmission, item: SellItem, now: datetime) -> bool:
    """Whether its owner had the shop's number of days and every reminder to come for it."""
    since = item.to_return_at
    if since is None or since > now - timedelta(days=BuyingSettings.fresh().unclaimed_days):
        return False
    return submission.messages.filter(occasion="return_reminder", made_at__gte=since).count() >= RETURN_REMINDERS
