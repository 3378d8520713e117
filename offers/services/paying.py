"""Money for sellers: approving, sending, settling, the buy-in document."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError as FormatRefused

from core import encryption
from core.audit import Actor, record
from core.models import AuditEntry
from offers import letters
from offers.errors import (
    AccountNotReady,
    CashLimit,
    IdNotSeen,
    ItemMoved,
    PayoutMoved,
    ReasonMissing,
    SecondPersonNeeded,
)
from offers.models import BuyInDocument, BuyingSettings, Inspection, Payout, SellItem, SellSubmission
from offers.rules import items as item_rules
from offers.rules import payouts as payout_rules
from offers.services import banking, steps
from offers.services.settling import settle_up

Method, PayoutStatus = Payout.Method, Payout.Status


@transaction.atomic
def approve(*, payout_id: int, method: str, actor: Actor, now: datetime, may_overrule_name: bool = False) -> Payout:
    """P2: say that it may be paid, and how (SecondPersonNeeded, AccountNotReady, CashLimit, PayoutMoved)."""
    payout = _locked(payout_id)
    settings = BuyingSettings.fresh()
    if settings.needs_second_pair_of_eyes and _has_inspected(payout.submission, actor):
        raise SecondPersonNeeded
    if method == Method.CASH:
        if payout.amount > settings.cash_limit:
            raise CashLimit
        paid_to = "cash"
    else:
        paid_to = str(banking.ready_account(payout.submission, settings, now, may_overrule_name))
    steps.move_payout(
        payout,
        PayoutStatus.APPROVED,
        actor,
        now,
        reason=method,
        method=method,
        paid_to=paid_to,
        approved_by=actor.name,
        approved_at=now,
    )
    return payout


@transaction.atomic
def cancel(
    *,
    payout_id: int,
    reason: str,
    actor: Actor,
    now: datetime,
    item_ids: Collection[int] = (),
    is_surely_unpaid: bool = False,
) -> Payout:
    """P8 by the owner: cancel an open payout that is not on its way, and give passed pieces back by pk.

    What is still due gets a new payout, so one that was in a bank file, or whose cash the seller has confirmed, is
    cancelled only by somebody who knows that it was not paid. Refuses with PayoutMoved, ItemMoved or ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing
    payout = _locked(payout_id)
    if payout_rules.may_be_paid(payout) and not is_surely_unpaid:
        raise PayoutMoved("This may be paid already. Say so if you know that the seller never got the money.")
    returned = [item for item in steps.locked_items(payout.submission) if item.pk in item_ids]
    # An earlier payout may have paid for them; without one, everything passed is of this one.
    if len(returned) != len(set(item_ids)) or (returned and _has_paid(payout.submission)):
        raise ItemMoved
    steps.move_payout(payout, PayoutStatus.CANCELLED, actor, now, reason=reason)
    Payout.objects.filter(pk=payout.pk).update(reason=reason[:300])
    for item in returned:
        steps.move_item(item, SellItem.Status.TO_RETURN, actor, now, reason=reason, fate_reason=reason[:300])
    settle_up(payout.submission, actor, now)
    return payout


@transaction.atomic
def sepa_file(*, payout_ids: Collection[int], actor: Actor, now: datetime, is_again: bool = False) -> bytes:
    """Approved transfers as a SEPA credit-transfer file, pain.001.001.09 (AccountNotReady, PayoutMoved).

    The payouts stay approved until somebody has seen the bank take the file. What was in a file before is refused
    unless `is_again`: the bank would pay both.
    """
    settings = BuyingSettings.fresh()
    if not settings.payer_iban or not settings.payer_name:
        raise AccountNotReady("Enter the shop's own name and IBAN in the buying settings first.")
    payouts = [_locked(pk) for pk in sorted(payout_ids, key=_submission_of)]
    if not payouts:
        raise PayoutMoved("Choose at least one approved transfer.")
    file = SepaTransfer(
        {
            "name": settings.payer_name,
            "IBAN": banking.tidy_iban(settings.payer_iban),
            **({"BIC": settings.payer_bic} if settings.payer_bic else {}),
            "batch": True,
            "currency": "EUR",
        },
        schema="pain.001.001.09",
        clean=True,
    )
    for payout in payouts:
        if payout.status != PayoutStatus.APPROVED or payout.method != Method.BANK_TRANSFER:
            raise PayoutMoved(f"{payout.submission}: only approved bank transfers go into the file.")
        if payout.exported_at and not is_again:
            raise PayoutMoved(f"{payout.submission} was in a file already. Say so if the bank never got that one.")
        account = banking.ready_account(payout.submission, settings, now, True)
        if payout.approved_at is None or account.changed_at > payout.approved_at:
            raise PayoutMoved(f"{payout.submission}: the bank details were changed after it was approved.")
        file.add_payment(
            {
                "name": account.holder_name,
                "IBAN": encryption.decrypt(account.encrypted_iban),
                "amount": int(payout.amount * 100),
                "execution_date": now.date(),
                "description": f"{payout.submission.reference} {payout.attempt}",
                "endtoend_id": f"{payout.submission.reference}-{payout.attempt}"[:35],
            }
        )
        Payout.objects.filter(pk=payout.pk).update(exported_at=now)
        record(actor=actor, subject=payout.submission.cause, action=f"payout {payout.attempt} exported", now=now)
    try:
        return bytes(file.export(validate=True))
    except FormatRefused as refusal:
        raise AccountNotReady(
            "The bank's format refuses this file. Look at the shop's own name and BIC, and at names without letters."
        ) from refusal


@transaction.atomic
def mark_sent(*, payout_id: int, reference: str, actor: Actor, now: datetime) -> Payout:
    """P3, X11: an approved transfer is with the bank under this reference; once (PayoutMoved)."""
    payout = _locked(payout_id)
    steps.move_payout(payout, PayoutStatus.SENT, actor, now, reference=reference[:120], sent_at=now)
    letters.tell_seller(payout.submission, "payout_sent", now, key=str(payout.attempt), payout=payout)
    return payout


@transaction.atomic
def settle(*, payout_id: int, actor: Actor, now: datetime) -> Payout:
    """P4: a transfer has arrived; the seller gets the buy-in document (PayoutMoved)."""
    payout = _locked(payout_id)
    if payout.status != PayoutStatus.SENT:
        raise PayoutMoved
    return _settle(payout, actor, now)


@transaction.atomic
def confirm_cash(*, submission_id: int, amount: Decimal, actor: Actor, now: datetime) -> Payout:
    """P5, by the seller on their own phone: the cash of this amount (EUR) is in their hand (PayoutMoved)."""
    submission = steps.locked(submission_id)
    payouts = submission.payouts.filter(method=Method.CASH).exclude(status=PayoutStatus.CANCELLED)
    payout = payouts.order_by("-attempt").first()
    if payout is None or payout.amount != amount:
        raise PayoutMoved
    if payout.confirmed_at:
        return payout
    payout = steps.locked_payout(submission, payout.pk)
    if payout.status != PayoutStatus.APPROVED:
        raise PayoutMoved
    Payout.objects.filter(pk=payout.pk).update(confirmed_at=now, confirmed_by=actor.name)
    payout.confirmed_at, payout.confirmed_by = now, actor.name
    record(
        actor=actor,
        subject=submission.cause,
        action=f"payout {payout.attempt} confirmed",
        reason=f"{amount} in cash",
        now=now,
    )
    return payout


@transaction.atomic
def settle_cash(*, payout_id: int, actor: Actor, now: datetime, signed_by: str = "", id_seen: str = "") -> Payout:
    """P5: cash was handed over; the seller confirmed on their own link, or `signed_by` is the name on the screen.

    SEC-26: above the shop's limit staff say which kind of ID they saw. Refuses with PayoutMoved or IdNotSeen.
    """
    payout = _locked(payout_id)
    if payout.method != Method.CASH or payout.status != PayoutStatus.APPROVED:
        raise PayoutMoved
    if not payout.confirmed_at and not signed_by:
        raise PayoutMoved("The seller confirms on their own phone first, or signs here.")
    if not id_seen and payout.amount > BuyingSettings.fresh().id_above:
        raise IdNotSeen
    paid_to = f"cash, signed by {signed_by}"[:80] if signed_by else "cash, confirmed on their own link"
    Payout.objects.filter(pk=payout.pk).update(paid_to=paid_to, id_seen=id_seen)
    return _settle(payout, actor, now, reason=f"ID seen: {Payout.IdSeen(id_seen).label}" if id_seen else "")


@transaction.atomic
def fail(*, payout_id: int, reason: str, actor: Actor, now: datetime) -> Payout:
    """P7: the bank sent it back; a new attempt is due, and the seller is asked for other details (PayoutMoved)."""
    payout = _locked(payout_id)
    steps.move_payout(payout, PayoutStatus.FAILED, actor, now, reason=reason)
    Payout.objects.filter(pk=payout.pk).update(reason=reason[:300])
    letters.tell_seller(payout.submission, "payout_failed", now, key=str(payout.attempt), payout=payout)
    settle_up(payout.submission, actor, now)
    return payout


def _submission_of(payout_id: int) -> tuple[int, int]:
    submission_id = Payout.objects.filter(pk=payout_id).values_list("submission_id", flat=True).first()
    return submission_id or 0, payout_id


def _locked(payout_id: int) -> Payout:
    """The payout and, before it, its submission, both locked (PayoutMoved when there is none)."""
    submission_id = Payout.objects.filter(pk=payout_id).values_list("submission_id", flat=True).first()
    if submission_id is None:
        raise PayoutMoved
    return steps.locked_payout(steps.locked(submission_id), payout_id)


def _settle(payout: Payout, actor: Actor, now: datetime, *, reason: str = "") -> Payout:
    submission = payout.submission
    steps.move_payout(payout, PayoutStatus.SETTLED, actor, now, reason=reason, settled_at=now)
    document = _issue_document(payout, now)
    letters.tell_seller(submission, "paid", now, key=str(payout.attempt), payout=payout, document=document)
    settle_up(submission, actor, now)
    return payout


def _issue_document(payout: Payout, now: datetime) -> BuyInDocument:
    """The numbered record of the purchase; the lock on the settings keeps the numbers without gaps."""
    if not BuyingSettings.objects.exists():
        BuyingSettings.objects.get_or_create(pk=True)
    settings = BuyingSettings.objects.select_for_update().get()
    submission, number = payout.submission, settings.next_document_number
    seller = submission.seller
    settings.next_document_number = number + 1
    settings.save(update_fields=["next_document_number"])
    bought = _paid_by(payout)
    return BuyInDocument.objects.create(
        number=number,
        payout=payout,
        seller_name=seller.name if seller else "",
        seller_address=seller.address if seller else "",
        lines=[{"item": item.pk, "piece": item.words, "amount": str(item.agreed_amount)} for item in bought],
        total=payout.amount,
        issued_at=now,
    )


def _paid_by(payout: Payout) -> list[SellItem]:
    """The pieces a payout is for: a piece that was held back and passed later is paid later, in its own document."""
    earlier = BuyInDocument.objects.filter(payout__submission=payout.submission).values_list("lines", flat=True)
    written = {line.get("item") for lines in earlier for line in lines}
    bought = payout.submission.items.filter(status__in=item_rules.BOUGHT).exclude(pk__in=written - {None})
    entries = AuditEntry.objects.filter(action=f"payout {payout.attempt} due", subject=payout.submission.cause)
    due = entries.order_by("-pk").first()
    # The audit is written under the lock of the submission, so its order is the order in which things happened.
    later = AuditEntry.objects.filter(
        subject__in=[item.cause for item in bought], after=SellItem.Status.PASSED, pk__gt=due.pk if due else 0
    )
    too_late = set(later.values_list("subject", flat=True)) if due else set()
    return [item for item in bought if item.cause not in too_late]


def _has_paid(submission: SellSubmission) -> bool:
    return submission.payouts.filter(status=PayoutStatus.SETTLED).exists()


def _has_inspected(submission: SellSubmission, actor: Actor) -> bool:
    return Inspection.objects.filter(item__submission=submission, actor=actor.name).exists()
