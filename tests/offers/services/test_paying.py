"""Money for sellers: approved, sent, settled, come back; one bank file; a document a purchase."""

from datetime import timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from core.models import AuditEntry, OutboxMessage
from inventory.models import Condition
from offers.errors import (
    AccountNotReady,
    CashLimit,
    IbanRefused,
    IdNotSeen,
    ItemMoved,
    PayoutMoved,
    ReasonMissing,
    SecondPersonNeeded,
)
from offers.models import BuyInDocument, BuyingSettings, Payout, PayoutAccount, SellItem
from offers.queries import progress
from offers.services import banking, giving_back, paying, receiving
from tests.factories.offers import IBAN, NOON, STAFF, agreed, offered, paid, received, settling, submitted

pytestmark = pytest.mark.django_db
OTHER_IBAN = "DE89370400440532013000"
NS = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def settings(**changes):
    BuyingSettings.objects.update_or_create(pk=True, defaults=changes)


def account(submission, *, iban=IBAN, holder="Sella Example", now=NOON):
    return banking.save_account(
        submission_id=submission.pk, holder_name=holder, iban=iban, code=None, actor=STAFF, now=now
    )


def due(**how):
    return settling(**how).payouts.get()


def approved_transfer(*, now=NOON, **contact):
    submission = settling(received(agreed(offered(submitted(now=now, **contact), now=now), now=now), now=now), now=now)
    account(submission, now=now, holder=contact.get("name", "Sella Example"))
    return paying.approve(
        payout_id=submission.payouts.get().pk, method="bank_transfer", actor=STAFF, now=now, may_overrule_name=True
    )


def approved_cash():
    return paying.approve(payout_id=due().pk, method="cash", actor=STAFF, now=NOON)


def test_P1_a_payout_is_due_for_the_pieces_that_passed_INV_08():
    payout = due()

    assert (payout.status, payout.amount) == ("due", Decimal("100.00"))


def test_the_audit_says_to_the_cent_what_is_due():
    settling(received(agreed(offered(None, ("40.00", "23.38")))))

    assert AuditEntry.objects.get(action="payout 1 due").reason == "63.38"


def test_P2_whoever_inspected_may_not_approve_when_the_shop_wants_two_people():
    settings(needs_second_pair_of_eyes=True)
    payout = due()

    with pytest.raises(SecondPersonNeeded):
        paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=NOON)


def test_P2_cash_has_a_limit():
    settings(cash_limit=Decimal("99.99"))

    with pytest.raises(CashLimit):
        paying.approve(payout_id=due().pk, method="cash", actor=STAFF, now=NOON)


def test_P2_a_transfer_needs_bank_details():
    with pytest.raises(AccountNotReady):
        paying.approve(payout_id=due().pk, method="bank_transfer", actor=STAFF, now=NOON)


def test_P2_SEC_12_an_account_in_another_name_is_for_the_owner_to_approve():
    submission = settling()
    account(submission, holder="Somebody Else")
    payout = submission.payouts.get()

    with pytest.raises(AccountNotReady):
        paying.approve(payout_id=payout.pk, method="bank_transfer", actor=STAFF, now=NOON)
    paying.approve(payout_id=payout.pk, method="bank_transfer", actor=STAFF, now=NOON, may_overrule_name=True)


def test_P2_SEC_12_changed_details_rest_for_a_day():
    submission = settling()
    account(submission)
    account(submission, iban=OTHER_IBAN, now=NOON + timedelta(hours=1))
    payout = submission.payouts.get()

    with pytest.raises(AccountNotReady):
        paying.approve(payout_id=payout.pk, method="bank_transfer", actor=STAFF, now=NOON + timedelta(hours=24))
    paying.approve(payout_id=payout.pk, method="bank_transfer", actor=STAFF, now=NOON + timedelta(hours=25))


@pytest.mark.parametrize("number", ["IE29AIBK93115212345679", "IE29AIBK931152123456", "not one", ""])
def test_SEC_11_what_is_no_iban_is_refused(number):
    with pytest.raises(IbanRefused):
        account(settling(), iban=number)


def test_SEC_11_an_iban_is_neither_in_the_database_nor_in_mail_nor_in_the_audit():
    payout = approved_transfer()
    paying.mark_sent(payout_id=payout.pk, reference="B-1", actor=STAFF, now=NOON)
    paying.settle(payout_id=payout.pk, actor=STAFF, now=NOON)

    stored = PayoutAccount.objects.values_list("encrypted_iban", "holder_name", "last_four").get()
    letters = OutboxMessage.objects.values_list("subject", "text", "html")
    audit = AuditEntry.objects.values_list("before", "after", "reason", "action")
    assert IBAN not in f"{stored}{list(letters)}{list(audit)}"
    assert stored[2] == IBAN[-4:]


def test_SEC_11_a_look_at_a_whole_iban_needs_a_reason_and_is_on_record():
    kept = account(settling())

    with pytest.raises(AccountNotReady):
        banking.reveal_iban(account_id=kept.pk, reason="", actor=STAFF, now=NOON)
    assert banking.reveal_iban(account_id=kept.pk, reason="The bank asks", actor=STAFF, now=NOON) == IBAN
    assert AuditEntry.objects.filter(action="IBAN revealed", reason="The bank asks").count() == 1


def test_SEC_11_bank_details_are_forgotten_some_time_after_the_last_settlement():
    payout = approved_transfer()
    paying.mark_sent(payout_id=payout.pk, reference="B-1", actor=STAFF, now=NOON)
    paying.settle(payout_id=payout.pk, actor=STAFF, now=NOON)
    # The pieces go on the shelf, and nothing of this seller is open any more.
    payout.submission.items.update(status="to_return")
    for item in payout.submission.items.all():
        giving_back.hand_back(item_id=item.pk, tracking="in person", actor=STAFF, now=NOON)
    payout.submission.__class__.objects.update(status="closed", close_reason="completed", closed_at=NOON)

    assert banking.forget_old_accounts(now=NOON + timedelta(days=89)) == 0
    assert banking.forget_old_accounts(now=NOON + timedelta(days=91)) == 1
    kept = PayoutAccount.objects.get()
    assert (kept.encrypted_iban, kept.holder_name, kept.last_four) == ("", "", IBAN[-4:])


def test_X12_other_details_cancel_what_was_approved_and_it_is_due_anew():
    payout = approved_transfer()

    account(payout.submission, iban=OTHER_IBAN)

    rows = Payout.objects.order_by("attempt").values_list("attempt", "status", "amount")
    assert list(rows) == [(1, "cancelled", Decimal("100.00")), (2, "due", Decimal("100.00"))]
    assert OutboxMessage.objects.filter(dedupe_key__startswith="account_changed").exists()


def test_X12_details_changed_twice_within_a_second_are_told_twice():
    payout = approved_transfer()

    account(payout.submission, iban=OTHER_IBAN)
    account(payout.submission, iban=IBAN)

    assert OutboxMessage.objects.filter(dedupe_key__startswith="account_changed:").count() == 2


def test_P3_P4_a_transfer_is_sent_and_arrives_and_the_seller_gets_a_document():
    payout = approved_transfer()

    paying.mark_sent(payout_id=payout.pk, reference="B-1", actor=STAFF, now=NOON)
    paying.settle(payout_id=payout.pk, actor=STAFF, now=NOON)

    payout.refresh_from_db()
    assert (payout.status, payout.reference, payout.document.total) == ("settled", "B-1", Decimal("100.00"))


def test_P4_a_transfer_does_not_arrive_before_it_was_sent():
    with pytest.raises(PayoutMoved):
        paying.settle(payout_id=approved_transfer().pk, actor=STAFF, now=NOON)


def test_X11_a_payout_is_marked_sent_once():
    payout = approved_transfer()
    paying.mark_sent(payout_id=payout.pk, reference="B-1", actor=STAFF, now=NOON)

    with pytest.raises(PayoutMoved):
        paying.mark_sent(payout_id=payout.pk, reference="B-2", actor=STAFF, now=NOON)
    assert Payout.objects.get().reference == "B-1"


def test_P5_cash_is_settled_when_the_seller_confirmed_or_signed():
    payout = approved_cash()

    with pytest.raises(PayoutMoved):
        paying.settle_cash(payout_id=payout.pk, actor=STAFF, now=NOON)
    paying.settle_cash(payout_id=payout.pk, actor=STAFF, now=NOON, signed_by="Sella Example")

    payout.refresh_from_db()
    assert (payout.status, payout.paid_to) == ("settled", "cash, signed by Sella Example")


def test_SEC_26_a_large_sum_is_not_paid_in_cash_without_an_id():
    settings(id_above=Decimal("99.99"))
    payout = approved_cash()

    with pytest.raises(IdNotSeen):
        paying.settle_cash(payout_id=payout.pk, actor=STAFF, now=NOON, signed_by="Sella Example")


def test_P7_what_comes_back_is_due_anew():
    payout = approved_transfer()
    paying.mark_sent(payout_id=payout.pk, reference="B-1", actor=STAFF, now=NOON)

    paying.fail(payout_id=payout.pk, reason="Account closed", actor=STAFF, now=NOON)

    rows = Payout.objects.order_by("attempt").values_list("attempt", "status", "amount")
    assert list(rows) == [(1, "failed", Decimal("100.00")), (2, "due", Decimal("100.00"))]


def test_P8_a_cancelled_payout_gives_its_pieces_back_and_the_rest_is_due_anew():
    payout = due()
    first, second = payout.submission.items.all()

    paying.cancel(payout_id=payout.pk, reason="Not theirs", actor=STAFF, now=NOON, item_ids=[first.pk])

    rows = Payout.objects.order_by("attempt").values_list("attempt", "status", "amount")
    assert list(rows) == [(1, "cancelled", Decimal("100.00")), (2, "due", Decimal("40.00"))]
    assert set(payout.submission.items.values_list("pk", "status")) == {(first.pk, "to_return"), (second.pk, "passed")}


def test_P8_a_payout_is_cancelled_with_a_reason_and_with_pieces_of_its_own():
    payout, other = due(), settling(received(agreed(offered(submitted(email="other@example.com")))))

    with pytest.raises(ReasonMissing):
        paying.cancel(payout_id=payout.pk, reason=" ", actor=STAFF, now=NOON)
    with pytest.raises(ItemMoved):
        paying.cancel(
            payout_id=payout.pk, reason="No", actor=STAFF, now=NOON, item_ids=[other.items.all()[0].pk]
        )  # fmt: skip
    assert Payout.objects.filter(status="due").count() == 2


def test_P8_what_is_on_its_way_cannot_be_cancelled():
    payout = approved_transfer()
    paying.mark_sent(payout_id=payout.pk, reference="B-1", actor=STAFF, now=NOON)

    with pytest.raises(PayoutMoved):
        paying.cancel(payout_id=payout.pk, reason="No", actor=STAFF, now=NOON)


def test_INV_09_a_held_piece_that_passes_after_settlement_is_paid_on_top_in_a_document_of_its_own():
    submission = received()
    first, second = submission.items.all()
    receiving.hold(item_id=second.pk, reason="The label is odd", actor=STAFF, now=NOON)
    finding = receiving.Finding(Condition.MINT, is_authentic=True)
    receiving.pass_piece(item_id=first.pk, finding=finding, actor=STAFF, now=NOON)
    submission.refresh_from_db()
    paid(submission)

    receiving.judge(item_id=second.pk, verdict=SellItem.Status.PASSED, reason="It is genuine", actor=STAFF, now=NOON)
    paid(submission)

    assert list(submission.payouts.values_list("amount", flat=True)) == [Decimal("60.00"), Decimal("40.00")]
    for document in BuyInDocument.objects.all():
        assert sum(Decimal(line["amount"]) for line in document.lines) == document.total


def test_documents_are_numbered_without_gaps():
    for number in range(3):
        submission = received(agreed(offered(submitted(email=f"seller{number}@example.com"))))
        paid(settling(submission))

    assert list(BuyInDocument.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_a_bank_file_has_every_transfer_once_in_one_batch():
    settings(payer_name="Unity Example", payer_iban=OTHER_IBAN)
    payouts = [approved_transfer(email=f"seller{number}@example.com") for number in range(2)]

    file = paying.sepa_file(payout_ids=[payout.pk for payout in payouts], actor=STAFF, now=NOON)

    root = ElementTree.fromstring(file)
    assert len(root.findall(".//p:PmtInf", NS)) == 1
    assert [node.text for node in root.findall(".//p:PmtInf/p:CtrlSum", NS)] == ["200.00"]
    assert [node.text for node in root.findall(".//p:InstdAmt", NS)] == ["100.00", "100.00"]
    assert [node.text for node in root.findall(".//p:CdtrAcct//p:IBAN", NS)] == [IBAN, IBAN]
    ends = [f"{payout.submission.reference}-1" for payout in payouts]
    assert [node.text for node in root.findall(".//p:EndToEndId", NS)] == ends


def test_a_transfer_goes_into_one_bank_file_unless_it_got_lost():
    settings(payer_name="Unity Example", payer_iban=OTHER_IBAN)
    payout = approved_transfer()
    paying.sepa_file(payout_ids=[payout.pk], actor=STAFF, now=NOON)

    with pytest.raises(PayoutMoved):
        paying.sepa_file(payout_ids=[payout.pk], actor=STAFF, now=NOON)
    assert paying.sepa_file(payout_ids=[payout.pk], actor=STAFF, now=NOON, is_again=True)


def test_a_bank_file_takes_approved_transfers_only():
    settings(payer_name="Unity Example", payer_iban=OTHER_IBAN)

    with pytest.raises(PayoutMoved):
        paying.sepa_file(payout_ids=[due().pk], actor=STAFF, now=NOON)


def test_an_address_is_taken_for_the_document_of_somebody_paid_in_cash():
    payout = approved_cash()
    address = banking.Address("1 Example Street", "Dublin", "D08 X285")

    banking.keep_address(submission_id=payout.submission_id, address=address, actor=STAFF, now=NOON)
    paying.settle_cash(payout_id=payout.pk, actor=STAFF, now=NOON, signed_by="Sella Example")

    assert BuyInDocument.objects.get().seller_address == "1 Example Street, Dublin, D08 X285"


# --- Nobody is paid twice -------------------------------------------------------------------------------------------


def exported():
    settings(payer_name="Unity Example", payer_iban=OTHER_IBAN)
    payout = approved_transfer()
    paying.sepa_file(payout_ids=[payout.pk], actor=STAFF, now=NOON)
    return payout


def confirmed_cash():
    payout = approved_cash()
    paying.confirm_cash(submission_id=payout.submission_id, amount=payout.amount, actor=STAFF, now=NOON)
    return payout


@pytest.mark.parametrize("out", [exported, confirmed_cash])
def test_I12_what_may_be_paid_already_cannot_be_walked_away_from(out):
    payout = out()
    item = payout.submission.items.all()[0]

    with pytest.raises(PayoutMoved, match="on its way to you"):
        giving_back.walk_away(item_id=item.pk, actor=STAFF, now=NOON)

    assert not progress.may_walk_away(payout.submission, item)
    assert list(Payout.objects.values_list("status", flat=True)) == ["approved"]


@pytest.mark.parametrize("out", [exported, confirmed_cash])
def test_P8_what_may_be_paid_already_is_cancelled_only_by_who_knows_that_it_was_not(out):
    payout = out()

    with pytest.raises(PayoutMoved, match="may be paid already"):
        paying.cancel(payout_id=payout.pk, reason="No", actor=STAFF, now=NOON)
    paying.cancel(payout_id=payout.pk, reason="The bank refused it", actor=STAFF, now=NOON, is_surely_unpaid=True)

    assert list(Payout.objects.order_by("attempt").values_list("status", flat=True)) == ["cancelled", "due"]


def test_X12_a_transfer_that_was_in_a_bank_file_is_not_due_anew_when_details_change():
    payout = exported()

    account(payout.submission, iban=OTHER_IBAN, now=NOON + timedelta(minutes=1))

    assert list(Payout.objects.values_list("status", flat=True)) == ["approved"]
    with pytest.raises(PayoutMoved, match="changed after it was approved"):
        paying.sepa_file(
            payout_ids=[payout.pk], actor=STAFF, now=NOON + timedelta(days=3), is_again=True
        )  # fmt: skip


def test_a_held_piece_that_passes_before_the_first_payout_is_settled_stands_in_the_second_document():
    submission = received()
    first, second = submission.items.all()
    receiving.hold(item_id=second.pk, reason="The label is odd", actor=STAFF, now=NOON)
    finding = receiving.Finding(Condition.MINT, is_authentic=True)
    receiving.pass_piece(item_id=first.pk, finding=finding, actor=STAFF, now=NOON)
    receiving.judge(item_id=second.pk, verdict=SellItem.Status.PASSED, reason="It is genuine", actor=STAFF, now=NOON)
    submission.refresh_from_db()

    paid(submission)
    paid(submission)

    written = [[line["item"] for line in document.lines] for document in BuyInDocument.objects.order_by("number")]
    assert written == [[first.pk], [second.pk]]
    assert list(BuyInDocument.objects.order_by("number").values_list("total", flat=True)) == [60, 40]


@pytest.mark.parametrize("name", ["", "  "])
def test_an_account_is_never_in_the_name_of_somebody_without_one(name):
    assert not banking.is_same_person(name, "Mallory Example")
    assert banking.is_same_person("Sella Example", "EXAMPLE Sella Ann")


@pytest.mark.parametrize(
    ("holder", "changes"),
    [("😀", {}), ("Sella Example", {"payer_name": "😀"}), ("Sella Example", {"payer_bic": "NOTABIC"})],
    ids=["no letter in the name", "no letter in ours", "no BIC"],
)
def test_what_the_banks_format_refuses_is_refused_in_words(holder, changes):
    settings(**{"payer_name": "Unity Example", "payer_iban": OTHER_IBAN} | changes)
    payout = approved_transfer(name=holder)

    with pytest.raises(AccountNotReady, match="format refuses"):
        paying.sepa_file(payout_ids=[payout.pk], actor=STAFF, now=NOON)
    payout.refresh_from_db()
    assert payout.exported_at is None
