"""Money in the admin: payouts approved, sent, settled and written down."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from offers.models import BuyInDocument, BuyingSettings, Payout, PayoutAccount
from offers.services import paying
from tests.factories.accounts import staff
from tests.factories.offers import IBAN, STAFF
from tests.offers.desk.pages import ADDRESS, OTHER_IBAN, approved, as_staff, press, settled_deal, step_of, with_account
from tests.offers.pages import words

pytestmark = pytest.mark.django_db


PAYOUTS = reverse("admin:offers_payout_changelist")


def payer():
    changes = {"payer_name": "Unity Example", "payer_iban": OTHER_IBAN}
    BuyingSettings.objects.update_or_create(pk=True, defaults=changes)


def test_payouts_stand_oldest_due_first_with_totals_and_a_masked_account(boss):
    first, second = settled_deal(), approved(email="other@example.com")

    page = boss.get(PAYOUTS)

    rows = list(page.context["cl"].result_list)
    assert rows == [first.payouts.get(), second]
    text = words(page)
    assert "Not approved: 1 €100" in text
    assert "Bank transfer: 1 €100" in text
    assert "IE … 5678" in text
    assert IBAN not in page.content.decode()


def test_SEC_12_a_changed_account_and_another_name_are_marked_in_the_queue(boss):
    submission = settled_deal()
    with_account(submission)
    with_account(submission, iban=OTHER_IBAN)
    with_account(settled_deal(email="other@example.com"), holder="Somebody Else")

    text = words(boss.get(PAYOUTS))

    assert "Changed lately" in text
    assert "Another name" in text


def test_P2_P3_P4_a_transfer_goes_its_way_through_its_steps(boss):
    payout = with_account(settled_deal())

    for name, answers in (
        ("approve", {"method": "bank_transfer"}),
        ("mark_sent", {"reference": "B-1"}),
        ("settle", {}),
    ):
        assert boss.post(step_of(payout, name), answers).status_code == 302

    payout.refresh_from_db()
    assert (payout.status, payout.reference, payout.document.number) == ("settled", "B-1", 1)


def test_P2_SEC_12_another_name_is_approved_by_whoever_may_exceed_limits_alone(client):
    payout = with_account(settled_deal(), holder="Somebody Else")

    as_staff(client, "offers.approve_payout")
    page = client.post(step_of(payout, "approve"), {"method": "bank_transfer"})
    assert page.status_code == 409
    assert "another name" in words(page)
    as_staff(client, "offers.approve_payout", "offers.exceed_limit")
    assert client.post(step_of(payout, "approve"), {"method": "bank_transfer"}).status_code == 302


def test_P5_cash_is_signed_for_and_the_document_has_the_address(boss):
    payout = settled_deal().payouts.get()
    boss.post(step_of(payout, "approve"), {"method": "cash"})

    assert boss.post(step_of(payout, "settle_cash"), ADDRESS).status_code == 409
    assert boss.post(step_of(payout, "settle_cash"), ADDRESS | {"signed_by": "Sella Example"}).status_code == 302

    document = BuyInDocument.objects.get()
    assert document.seller_address == "1 Example Street, Dublin, D08 X285"
    text = words(boss.get(reverse("admin:offers_buyindocument_print", args=[document.pk])))
    assert "BI-000001" in text
    assert "1 Example Street" in text
    assert "€100" in text


def test_P7_what_came_back_is_due_anew(boss):
    payout = approved()
    boss.post(step_of(payout, "mark_sent"), {"reference": "B-1"})

    boss.post(step_of(payout, "fail"), {"reason": "Account closed"})

    assert list(Payout.objects.order_by("attempt").values_list("status", flat=True)) == ["failed", "due"]


def test_P8_the_owner_cancels_a_payout_and_gives_a_piece_back(boss):
    payout = settled_deal().payouts.get()
    piece = payout.submission.items.all()[0]

    boss.post(step_of(payout, "cancel"), {"reason": "Changed their mind", "item_ids": [piece.pk]})

    piece.refresh_from_db()
    assert piece.status == "to_return"
    assert Payout.objects.get(status="due").amount == Decimal("40.00")


def test_X11_the_second_cashier_is_told_who_was_first(client):
    payout = approved()
    first = staff("offers.view_payout", "offers.send_payout", name="Ann Example")
    client.force_login(first)
    client.post(step_of(payout, "mark_sent"), {"reference": "B-1"})

    as_staff(client, "offers.send_payout")
    page = client.post(step_of(payout, "mark_sent"), {"reference": "B-2"})

    assert page.status_code == 409
    assert "On its way already, by Ann Example" in words(page)
    payout.refresh_from_db()
    assert payout.reference == "B-1"


def test_X11_a_step_pressed_twice_by_the_same_person_is_done_and_with_another_answer_refused(boss):
    payout = approved()

    answers = [boss.post(step_of(payout, "mark_sent"), {"reference": each}) for each in ("B-1", "B-1", "B-2")]

    assert [answer.status_code for answer in answers] == [302, 302, 409]
    assert AuditEntry.objects.filter(action="payout 1 sent").count() == 1


def test_staff_type_in_bank_details_of_somebody_without_email(boss):
    payout = settled_deal(email="", phone="+353 1 555 0100").payouts.get()
    typed = {"holder_name": "Sella Example", "iban": IBAN, "is_seen": "on", **ADDRESS}

    assert boss.post(step_of(payout, "type_account"), typed | {"iban": "IE00"}).status_code == 422
    assert boss.post(step_of(payout, "type_account"), typed).status_code == 302

    assert PayoutAccount.objects.get().last_four == "5678"
    assert IBAN not in boss.get(reverse("admin:offers_payout_change", args=[payout.pk])).content.decode()


def test_SEC_11_a_whole_iban_is_shown_once_with_a_reason_and_on_record(boss):
    payout = with_account(settled_deal())
    address = reverse("admin:offers_payout_iban", args=[payout.pk])

    assert IBAN[:4] not in words(boss.get(address))
    assert boss.post(address, {"reason": ""}).status_code == 422
    page = boss.post(address, {"reason": "The bank asks"})

    assert "IE29 AIBK 9311 5212 3456 78" in words(page)
    assert "no-store" in page["Cache-Control"]
    assert AuditEntry.objects.filter(action="IBAN revealed", reason="The bank asks").count() == 1


def test_a_bank_file_is_downloaded_once_for_the_chosen_transfers(boss):
    payer()
    chosen, other = approved(), approved(email="other@example.com")
    address = reverse("admin:offers_payout_bank_file")

    assert Payout.objects.filter(exported_at=None).count() == 2
    assert boss.get(address).status_code == 200
    assert boss.post(address).status_code == 422
    file = boss.post(address, {"payouts": [chosen.pk]})
    again = boss.post(address, {"payouts": [chosen.pk]})

    assert file["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(file.content)
    assert [node.text for node in root.iter() if node.tag.endswith("InstdAmt")] == ["100.00"]
    assert again.status_code == 409
    other.refresh_from_db()
    assert other.exported_at is None


def test_P8_a_transfer_that_was_in_a_bank_file_is_cancelled_with_a_tick_alone(boss):
    payer()
    payout = approved()
    assert "I know that it was not paid" not in words(boss.get(step_of(payout, "cancel")))
    boss.post(reverse("admin:offers_payout_bank_file"), {"payouts": [payout.pk]})

    refused = boss.post(step_of(payout, "cancel"), {"reason": "Wrong"})

    assert refused.status_code == 422
    assert Payout.objects.get().status == "approved"
    boss.post(step_of(payout, "cancel"), {"reason": "The bank never got it", "is_surely_unpaid": "on"})
    assert list(Payout.objects.order_by("attempt").values_list("status", flat=True)) == ["cancelled", "due"]


MONEY_STEPS = ["approve", "settle_cash", "mark_sent", "settle", "fail", "cancel", "type_account", "iban"]


@pytest.mark.parametrize("name", MONEY_STEPS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_SEC_20_a_step_of_a_payout_is_for_whoever_has_its_permission(client, name, method):
    payout = with_account(settled_deal())
    as_staff(client)

    assert getattr(client, method)(step_of(payout, name)).status_code == 403


@pytest.mark.parametrize("name", ["bank_file", "stock_book"])
def test_SEC_20_files_with_money_are_for_whoever_has_their_permission(client, name):
    address = reverse(f"admin:offers_payout_{name}")

    assert client.get(address).status_code == 302
    as_staff(client)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("at_the_door", [False, True])
def test_SEC_26_a_large_sum_in_cash_needs_the_kind_of_id_that_was_seen_and_keeps_it(boss, at_the_door):
    BuyingSettings(id_above=Decimal("99.99")).save()
    submission = settled_deal()
    payout = submission.payouts.get()
    paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=timezone.now())
    typed = {"signed_by": "Sella Example", **ADDRESS}

    def pay(**also):
        if at_the_door:
            return press(boss, submission, "pay_cash", "door", **typed, **also)
        return boss.post(step_of(payout, "settle_cash"), typed | also)

    assert pay().status_code == 422
    assert Payout.objects.get().status == "approved"
    assert pay(id_seen="passport").status_code == 302
    assert (Payout.objects.get().status, Payout.objects.get().id_seen) == ("settled", "passport")
    assert AuditEntry.objects.get(action="payout 1 settled").reason == "ID seen: Passport"


def test_SEC_26_up_to_the_limit_nobody_is_asked_for_an_id(boss):
    BuyingSettings(id_above=Decimal("100.00")).save()
    payout = settled_deal().payouts.get()
    paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=timezone.now())

    assert "ID seen" not in words(boss.get(step_of(payout, "settle_cash")))
    assert boss.post(step_of(payout, "settle_cash"), {"signed_by": "Sella", **ADDRESS}).status_code == 302
