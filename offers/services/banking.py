"""Where a seller's money goes: bank details and who may set them, whether they may be paid to, the seller's address."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from stdnum import iban as iban_rules
from stdnum.exceptions import ValidationError as NumberRefused

from core import encryption, throttle
from core.audit import Actor, record
from offers import letters
from offers.errors import AccountNotReady, CodeRefused, IbanRefused
from offers.models import BuyingSettings, Payout, PayoutAccount, Seller, SellSubmission
from offers.rules import payouts as payout_rules
from offers.rules import submissions as submission_rules
from offers.services import steps
from offers.services.settling import settle_up

Method, PayoutStatus = Payout.Method, Payout.Status
CODE_SECONDS, CODE_TRIES = 15 * 60, 5


@dataclass(frozen=True)
class Address:
    """Where a seller lives, for the buy-in document."""

    street: str
    town: str
    postcode: str = ""
    country: str = "IE"


def tidy_iban(text: str) -> str:
    """An IBAN without spaces (IbanRefused when the check digits or the country's length do not fit)."""
    try:
        return str(iban_rules.validate(text))
    except NumberRefused as error:
        raise IbanRefused from error


def send_code(*, submission_id: int, now: datetime) -> None:
    """Send a code to the email on file, the previous one after a change: only its owner may set bank details."""
    submission = SellSubmission.objects.select_related("seller").get(pk=submission_id)
    if (
        submission.seller is None
        or not submission.seller.email
        or submission.status not in submission_rules.TAKE_ACCOUNT
    ):
        raise AccountNotReady(_("We have no email of yours to check this with. Tell us your details in person."))
    code = f"{secrets.randbelow(1_000_000):06d}"
    cache.set(_code_key(submission), code, CODE_SECONDS)
    with transaction.atomic():
        letters.tell_code(submission, code, now)


def save_account(
    *,
    submission_id: int,
    holder_name: str,
    iban: str,
    code: str | None,
    actor: Actor,
    now: datetime,
    address: Address | None = None,
) -> PayoutAccount:
    """Keep a seller's bank details, encrypted. Sellers show a fresh `code`; staff pass None and have seen the person.

    X12: a transfer that was approved to the old details is cancelled and due anew, unless it was in a bank file; both
    contacts hear of it, and the new details rest for the shop's cooling time. Refuses with IbanRefused, CodeRefused or
    AccountNotReady.
    """
    number = tidy_iban(iban)
    submission = SellSubmission.objects.get(pk=submission_id)
    if code is not None:
        _use_code(submission, code)
    with transaction.atomic():
        submission = _locked_with_others(submission_id)
        if submission.status not in submission_rules.TAKE_ACCOUNT or submission.seller is None:
            raise AccountNotReady(_("Bank details are taken once a deal is agreed."))
        seller = Seller.objects.select_for_update().get(pk=submission.seller.pk)
        account = PayoutAccount.objects.select_for_update().filter(seller=seller).first()
        is_change = account is not None and account.forgotten_at is None
        account = account or PayoutAccount(seller=seller)
        account.holder_name = holder_name
        account.encrypted_iban = encryption.encrypt(number)
        account.country, account.last_four = number[:2], number[-4:]
        account.changed_at, account.forgotten_at = now, None
        account.is_first = not is_change
        account.save()
        if address:
            _set_address(seller, address)
        if is_change:
            _start_over(seller, submission, actor, now)
        record(
            actor=actor,
            subject=submission.cause,
            action="bank details changed" if is_change else "bank details given",
            after=str(account),
            now=now,
        )
        if is_change:
            letters.tell_seller(
                submission, "account_changed", now, key=str(submission.messages.count()), account=account
            )
    return account


@transaction.atomic
def keep_address(*, submission_id: int, address: Address, actor: Actor, now: datetime) -> Seller:
    """Keep where a seller lives, for the buy-in document of somebody who is paid in cash (AccountNotReady)."""
    submission = steps.locked(submission_id)
    if submission.status not in submission_rules.TAKE_ACCOUNT or submission.seller_id is None:
        raise AccountNotReady(_("An address is taken once a deal is agreed."))
    seller = Seller.objects.select_for_update().get(pk=submission.seller_id)
    _set_address(seller, address)
    record(actor=actor, subject=submission.cause, action="address given", now=now)
    return seller


@transaction.atomic
def reveal_iban(*, account_id: int, reason: str, actor: Actor, now: datetime) -> str:
    """The whole IBAN, for somebody who may see it and says why; each look is on record (AccountNotReady)."""
    account = PayoutAccount.objects.get(pk=account_id)
    if not account.encrypted_iban or not reason:
        raise AccountNotReady
    record(actor=actor, subject=f"seller {account.seller_id}", action="IBAN revealed", reason=reason, now=now)
    return encryption.decrypt(account.encrypted_iban)


def forget_old_accounts(*, now: datetime) -> int:
    """Erase bank details some days after the last settlement, keeping the last four; returns how many."""
    before = now - timedelta(days=BuyingSettings.fresh().iban_days)
    busy = SellSubmission.objects.filter(status__in=submission_rules.TAKE_ACCOUNT).values("seller_id")
    recent = Payout.objects.filter(settled_at__gt=before).values("submission__seller_id")
    old = PayoutAccount.objects.filter(forgotten_at=None, changed_at__lte=before)
    return (
        old.exclude(seller__in=busy)
        .exclude(seller__in=recent)
        .update(encrypted_iban="", holder_name="", forgotten_at=now)
    )


def _locked_with_others(submission_id: int) -> SellSubmission:
    """The submission, locked with all others its seller may be owed money for: by ascending pk, before the seller."""
    seller_id = SellSubmission.objects.filter(pk=submission_id).values_list("seller_id", flat=True).first()
    theirs = Q(seller_id=seller_id, status__in=submission_rules.TAKE_ACCOUNT) if seller_id else Q()
    rows = SellSubmission.objects.select_for_update().filter(theirs | Q(pk=submission_id)).order_by("pk")
    return next(each for each in list(rows) if each.pk == submission_id)


def ready_account(
    submission: SellSubmission, settings: BuyingSettings, now: datetime, may_overrule_name: bool
) -> PayoutAccount:
    """Bank details that may be paid to: complete, rested after a change, and in the seller's own name."""
    account = PayoutAccount.objects.filter(seller=submission.seller_id, forgotten_at=None).first()
    if account is None or not account.encrypted_iban or not account.holder_name:
        raise AccountNotReady("The seller has not given bank details yet.")
    if is_resting(account, settings, now):
        raise AccountNotReady("The bank details were changed too recently to be paid to.")
    name = submission.seller.name if submission.seller else ""
    if not may_overrule_name and not is_same_person(name, account.holder_name):
        raise AccountNotReady("The account is in another name than the seller's: the owner has to approve this.")
    return account


def is_resting(account: PayoutAccount, settings: BuyingSettings, now: datetime) -> bool:
    """Whether these details replaced others so lately that nothing is paid to them yet."""
    return not account.is_first and account.changed_at > now - timedelta(hours=settings.cooling_hours)


def is_same_person(one: str, other: str) -> bool:
    """Whether the names share their words, in any order and case; no name is nobody's."""
    words, others = set(one.casefold().split()), set(other.casefold().split())
    return bool(words and others) and (words <= others or others <= words)


def _set_address(seller: Seller, address: Address) -> None:
    seller.street, seller.town = address.street, address.town
    seller.postcode, seller.country = address.postcode, address.country
    seller.save(update_fields=["street", "town", "postcode", "country"])


def _start_over(seller: Seller, submission: SellSubmission, actor: Actor, now: datetime) -> None:
    """X12: whatever was approved to the old details is cancelled and due anew; their submissions are locked.

    What was in a bank file stays as it is: the bank may be paying it, and would pay the new one as well.
    """
    approved = Payout.objects.filter(
        submission__seller=seller, status=PayoutStatus.APPROVED, method=Method.BANK_TRANSFER, exported_at=None
    ).order_by("submission_id", "pk")
    for payout in list(approved.select_related("submission")):
        here = submission if payout.submission_id == submission.pk else steps.locked(payout.submission_id)
        theirs = steps.locked_payout(here, payout.pk)
        if theirs.status in payout_rules.OPEN - {PayoutStatus.SENT}:
            steps.move_payout(theirs, PayoutStatus.CANCELLED, actor, now, reason="bank details changed")
            settle_up(here, actor, now)


def _code_key(submission: SellSubmission) -> str:
    return f"payout-code:{submission.pk}"


def _use_code(submission: SellSubmission, code: str) -> None:
    """Compare with the code that was sent; it works once, and only a few tries are given (CodeRefused)."""
    right = cache.get(_code_key(submission))
    tries = f"{submission.pk}:{right}"
    # Counted before it is compared, so that tries sent all at once count as well.
    if right is None or not throttle.take("payout code try", tries, most=CODE_TRIES, seconds=CODE_SECONDS):
        raise CodeRefused
    if not hmac.compare_digest(right.encode(), code.strip().encode()):
        raise CodeRefused
    cache.delete(_code_key(submission))
