"""Where a seller's money goes, cash at the door, the record of the sale, and what we hold about somebody."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage
from offers import links
from offers.models import (
    InternalNote,
    Payout,
    PayoutAccount,
    Seller,
    SellItem,
    SellOffer,
    SellOfferLine,
    SellSubmission,
)
from offers.services import answering, drafting, paying, receiving, reviewing
from tests.factories.accounts import staff
from tests.factories.offers import IBAN, SELLER, STAFF, agreed, offered, paid, received, settling, submitted
from tests.offers.pages import by_link, owner_of, seller_of, url, words

pytestmark = pytest.mark.django_db


def deal(**contact: Any) -> SellSubmission:
    now = timezone.now()
    return agreed(offered(submitted(now=now, **contact), now=now), now=now)


def due(**contact: Any) -> SellSubmission:
    now = timezone.now()
    return settling(received(deal(**contact), now=now), now=now)


def code_for(browser: Client, submission: SellSubmission) -> str:
    browser.post(url(submission, "payout_code"))
    letter = OutboxMessage.objects.filter(subject__startswith="Your code for").order_by("-pk")[0]
    return re.findall(r"\b\d{6}\b", letter.text)[0]


def details(code: str, **changes: str) -> dict[str, str]:
    return {
        "code": code,
        "holder_name": "Sella Example",
        "iban": "IE29 AIBK 9311 5212 3456 78",
        "street": "1 Example Street",
        "town": "Dublin",
        "postcode": "d02x285",
        "country": "IE",
    } | changes


def give(browser: Client, submission: SellSubmission, **changes: str) -> Any:
    return browser.post(url(submission, "payout"), details(code_for(browser, submission), **changes))


# --- SEC-11, SEC-12 -------------------------------------------------------------------------------------------------


def test_SEC_12_the_code_is_in_no_part_of_a_letter_that_staff_may_look_at(client):
    submission = due()
    code = code_for(by_link(submission), submission)
    client.force_login(staff("core.view_outboxmessage", "offers.view_sellsubmission"))
    letter = OutboxMessage.objects.get(subject__startswith="Your code for")

    for address in (
        reverse("admin:core_outboxmessage_changelist"),
        reverse("admin:core_outboxmessage_change", args=[letter.pk]),
        reverse("admin:offers_sellsubmission_change", args=[submission.pk]),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert code not in page.content.decode()


@pytest.mark.parametrize("status", ["review", "offer"])
def test_SEC_11_before_a_deal_nobody_asks_for_bank_details(status):
    now = timezone.now()
    submission = submitted(now=now) if status == "review" else offered(now=now).submission
    browser = by_link(submission)

    assert "We ask for bank details once a deal is agreed" in words(browser.get(url(submission, "payout")))
    assert "Give your bank details" not in words(browser.get(url(submission)))
    assert browser.post(url(submission, "payout_code")).status_code == 409
    assert browser.post(url(submission, "payout"), details("123456")).status_code == 422
    assert not PayoutAccount.objects.exists()


def test_SEC_11_bank_details_are_kept_encrypted_and_shown_as_country_and_last_four():
    submission = deal()
    browser = by_link(submission)

    answer = give(browser, submission)

    assert answer.headers["Location"] == url(submission)
    account = PayoutAccount.objects.get()
    assert (str(account), account.holder_name) == ("IE … 5678", "Sella Example")
    assert IBAN not in account.encrypted_iban
    assert (seller_of(submission).street, seller_of(submission).postcode) == ("1 Example Street", "D02 X285")
    for path in (url(submission), url(submission, "payout"), url(submission, "data")):
        text = browser.get(path).content.decode()
        assert "9311" not in text.replace(" ", "")
    assert "IE … 5678" in words(browser.get(url(submission)))


def test_SEC_11_neither_letters_nor_records_hold_the_iban():
    submission = deal()
    browser = by_link(submission)
    give(browser, submission)
    give(browser, submission, iban="DE89 3704 0044 0532 0130 00")

    written = [str(row) for row in [*OutboxMessage.objects.values_list(), *AuditEntry.objects.values_list()]]
    written += [str(row) for row in submission.messages.values_list()]

    assert not [text for text in written if "93115212" in text or "37040044" in text]


def test_SEC_12_the_code_goes_to_the_address_on_file_and_the_link_does_not_show_it():
    submission = deal()
    browser = by_link(submission)

    code_for(browser, submission)

    assert OutboxMessage.objects.filter(subject__startswith="Your code for").get().to == "seller@example.com"
    text = words(browser.get(url(submission, "payout")))
    assert "s…r@example.com" in text
    assert "seller@example.com" not in text


@pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "١٢٣٤٥٦", "💥"])
def test_SEC_12_without_the_right_code_nothing_is_kept(code):
    submission = deal()
    browser = by_link(submission)
    right = code_for(browser, submission)
    if code == right:
        pytest.skip("the one guess in a million")

    answer = browser.post(url(submission, "payout"), details(code))

    assert answer.status_code == 422
    assert not PayoutAccount.objects.exists()
    assert "1 Example Street" in answer.content.decode()


def test_bank_details_are_kept_in_lines_as_banks_and_letters_have_them():
    submission = deal()

    typed = {"holder_name": "Sella\r\nExample", "street": "1  Example\n\nStreet", "town": "Dub\x0blin"}
    give(by_link(submission), submission, **typed)

    seller = seller_of(submission)
    assert (seller.account.holder_name, seller.street, seller.town) == ("Sella Example", "1 Example Street", "Dub lin")


def test_a_postcode_that_grows_in_capitals_still_fits():
    submission = deal()

    assert give(by_link(submission), submission, postcode="ß" * 12, country="DE").status_code == 302
    assert seller_of(submission).postcode == "S" * 12


def test_SEC_12_a_code_is_good_for_one_change_a_few_tries_and_a_quarter_of_an_hour():
    submission = deal()
    browser = by_link(submission)
    used = code_for(browser, submission)
    assert browser.post(url(submission, "payout"), details(used)).status_code == 302
    assert browser.post(url(submission, "payout"), details(used)).status_code == 422

    tried = code_for(browser, submission)
    wrong = "000000" if tried != "000000" else "111111"
    for _ in range(5):
        browser.post(url(submission, "payout"), details(wrong))
    assert browser.post(url(submission, "payout"), details(tried)).status_code == 422

    late = code_for(browser, submission)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert browser.post(url(submission, "payout"), details(late)).status_code == 422


def test_SEC_12_codes_are_not_sent_without_end():
    submission = deal()
    browser = by_link(submission)

    codes = [browser.post(url(submission, "payout_code")).status_code for _ in range(6)]

    assert codes == [200] * 5 + [429]


@pytest.mark.parametrize("sent_before", [0, 5], ids=["sent", "too often"])
def test_a_code_that_is_asked_for_last_loses_nothing_that_was_typed_first(sent_before):
    submission = deal()
    browser = by_link(submission)
    for _ in range(sent_before):
        browser.post(url(submission, "payout_code"))
    shown = browser.get(url(submission, "payout")).content.decode()
    button = next(tag for tag in re.findall("<button[^>]*>", shown) if url(submission, "payout_code") in tag)
    assert 'form="account"' in button
    typed = details("", holder_name="Sella E.", iban="IE29 AIBK 9311", country="DE")

    answer = browser.post(url(submission, "payout_code"), typed)

    page = answer.content.decode()
    assert answer.status_code == (429 if sent_before else 200)
    for value in ("Sella E.", "IE29 AIBK 9311", "1 Example Street", "Dublin", "d02x285"):
        assert f'value="{value}"' in page
    assert '<option value="DE" selected>' in page
    assert 'class="field field--bad"' not in page
    assert "AIBK" not in str([dict(browser.session), browser.cookies])
    assert "no-store" in answer.headers["Cache-Control"]


def test_SEC_12_X12_a_change_is_told_and_starts_an_approved_payout_over():
    submission = due()
    browser = by_link(submission)
    give(browser, submission)
    first = submission.payouts.get()
    paying.approve(payout_id=first.pk, method=Payout.Method.BANK_TRANSFER, actor=STAFF, now=timezone.now())

    give(browser, submission, iban="DE89370400440532013000")

    assert list(submission.payouts.order_by("attempt").values_list("status", flat=True)) == ["cancelled", "due"]
    assert OutboxMessage.objects.filter(subject__startswith="Your bank details were changed").count() == 1
    assert "rest for 24 hours" in words(browser.get(url(submission, "payout")))


def test_without_an_email_on_file_bank_details_are_told_in_person():
    submission = deal(email="", phone="+353 1 555 0100")
    browser = by_link(submission)

    assert "Tell us your details when we meet" in words(browser.get(url(submission, "payout")))
    assert browser.post(url(submission, "payout_code")).status_code == 409


def test_a_wrong_iban_is_told_along_with_everything_else_that_is_wrong():
    submission = deal()

    answer = by_link(submission).post(url(submission, "payout"), details("", iban="IE29", town=""))

    for said in ("Enter the six digits", "Its check digits do not fit.", "Enter the town"):
        assert said in words(answer)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"iban": "IE29 AIBK 9311 5212 3456 79"}, "Its check digits do not fit."),
        ({"iban": "IE29"}, "Its check digits do not fit."),
        ({"iban": ""}, "Enter your IBAN"),
        ({"holder_name": " "}, "Enter the name on the account"),
        ({"street": ""}, "Enter the street and number"),
        ({"country": "XX"}, "Select a valid choice"),
        ({"amount": "9000"}, "This page does not ask for amount."),
    ],
    ids=str,
)
def test_details_that_will_not_do_are_said_beside_the_field_and_the_code_is_still_good(changes, said):
    submission = deal()
    browser = by_link(submission)
    code = code_for(browser, submission)

    answer = browser.post(url(submission, "payout"), details(code, **changes))

    assert answer.status_code == 422
    assert said in words(answer)
    assert "1 Example Street" in answer.content.decode() or "street" in changes
    assert not PayoutAccount.objects.exists()
    assert browser.post(url(submission, "payout"), details(code)).status_code == 302


def test_SEC_03_a_link_does_not_show_the_address_and_the_owner_need_not_type_it_again():
    submission = deal()
    give(by_link(submission), submission)

    assert "1 Example Street" not in by_link(submission).get(url(submission, "payout")).content.decode()
    assert "1 Example Street" in owner_of(submission)[0].get(url(submission, "payout")).content.decode()


def test_SEC_12_another_submission_of_the_same_user_does_not_change_where_codes_go():
    submission = deal()
    _, user = owner_of(submission)
    draft = drafting.start_draft(now=timezone.now())
    contact = drafting.Contact(name="Sella Example", email="elsewhere@example.com")

    drafting.keep_contact(submission_id=draft.pk, contact=contact, user=user, now=timezone.now())

    assert seller_of(submission).email == "seller@example.com"
    assert Seller.objects.get(submissions=draft).email == "elsewhere@example.com"


# --- Cash at the door -----------------------------------------------------------------------------------------------


@pytest.fixture
def cash() -> SellSubmission:
    """€100 in cash, approved, at the door."""
    submission = due()
    paying.approve(payout_id=submission.payouts.get().pk, method=Payout.Method.CASH, actor=STAFF, now=timezone.now())
    return submission


def test_P5_the_seller_says_on_their_own_phone_that_the_cash_is_in_their_hand_once(cash):
    browser = by_link(cash)
    assert "I have €100.00 in my hand" in words(browser.get(url(cash)))

    for _ in range(2):
        assert browser.post(url(cash, "cash"), {"amount": "100.00"}).status_code == 302

    payout = cash.payouts.get()
    assert (payout.status, payout.confirmed_by) == ("approved", f"seller {cash.seller_id}")
    assert AuditEntry.objects.filter(action="payout 1 confirmed").count() == 1
    assert "that €100 is in your hand" in words(browser.get(url(cash)))


@pytest.mark.parametrize(("amount", "status"), [("99.00", 409), ("NaN", 422), ("", 422)])
def test_P5_another_amount_is_not_confirmed(cash, amount, status):
    assert by_link(cash).post(url(cash, "cash"), {"amount": amount}).status_code == status
    assert cash.payouts.get().confirmed_at is None


def test_P5_there_is_nothing_to_confirm_before_cash_was_approved():
    submission = due()
    browser = by_link(submission)

    assert "in my hand" not in words(browser.get(url(submission)))
    assert browser.post(url(submission, "cash"), {"amount": "100.00"}).status_code == 409


def test_I12_a_piece_comes_back_while_nothing_is_paid(cash):
    item = cash.items.all()[0]
    browser = by_link(cash)
    assert "Have it back?" in words(browser.get(url(cash, "walk_away", item.pk)))

    for _ in range(2):
        assert browser.post(url(cash, "walk_away", item.pk)).status_code == 302

    item.refresh_from_db()
    assert item.status == "to_return"
    assert "We owe you €40" in words(browser.get(url(cash)))


def test_I12_once_paid_it_is_too_late():
    submission = paid(due(), now=timezone.now())
    item = submission.items.all()[0]
    browser = by_link(submission)

    assert "I want it back" not in words(browser.get(url(submission)))
    assert browser.post(url(submission, "walk_away", item.pk)).status_code == 409


def test_I12_a_piece_of_another_submission_does_not_come_back(cash):
    item = due(email="other@example.com").items.all()[0]

    assert by_link(cash).post(url(cash, "walk_away", item.pk)).status_code == 404
    item.refresh_from_db()
    assert item.status == "passed"


def test_whoever_is_paid_reads_that_nothing_is_left_to_do_or_what_comes_back():
    submission = paid(due(), now=timezone.now())
    client, _ = owner_of(submission)

    assert "You are paid. There is nothing left for you to do." in words(client.get(url(submission)))
    assert re.search(rf"{submission.reference} .* Paid ", words(client.get(MINE)))
    SellItem.objects.filter(pk=submission.items.all()[0].pk).update(status="to_return")
    assert "You are paid. What we did not buy comes back to you." in words(client.get(url(submission)))


def test_whoever_is_paid_reads_that_a_piece_held_back_is_still_looked_into():
    submission = received(deal(), now=timezone.now())
    held = submission.items.all()[1]
    receiving.hold(item_id=held.pk, reason="The label looks odd", actor=STAFF, now=timezone.now())
    submission = paid(settling(submission, now=timezone.now()), now=timezone.now())
    client, _ = owner_of(submission)

    text = words(client.get(url(submission)))

    assert "You are paid. We get in touch about what we hold back." in text
    assert "nothing left for you to do" not in text


# --- The record of the sale -----------------------------------------------------------------------------------------


def test_P4_the_record_of_the_sale_can_be_printed_from_the_page():
    submission = paid(due(), now=timezone.now())
    browser = by_link(submission)
    assert "Buy-in document BI-000001" in words(browser.get(url(submission)))

    text = words(browser.get(url(submission, "document", 1)))

    for part in ("BI-000001", "Sella Example", "Kestrel Varsity jacket, L €60.00", "Paid €100.00"):
        assert part in text


def test_SEC_03_the_record_shows_the_address_to_the_owner_alone():
    submission = deal()
    give(by_link(submission), submission)
    paid(settling(received(submission, now=timezone.now()), now=timezone.now()), now=timezone.now())

    assert "1 Example Street" not in words(by_link(submission).get(url(submission, "document", 1)))
    assert "1 Example Street" in words(owner_of(submission)[0].get(url(submission, "document", 1)))


def test_SEC_05_the_record_of_another_sale_is_not_there():
    submission, other = paid(due(), now=timezone.now()), due(email="other@example.com")

    answer = by_link(other).get(url(other, "document", submission.payouts.get().document.number))

    assert answer.status_code == 404


# --- SEC-23 ---------------------------------------------------------------------------------------------------------


ALLOWED = {
    "reference",
    "state",
    "sent_at",
    "closed_at",
    "terms_version",
    "hand_over",
    "your_message",
    "question",
    "your_answer",
    "contact",
    "bank_details",
    "pieces",
    "offers",
    "payouts",
    "documents",
    "messages",
}


def secrets_of_ours(submission: SellSubmission) -> list[str]:
    """What colleagues wrote for each other, and what they only think of."""
    now = timezone.now()
    reviewing.write_note(submission_id=submission.pk, text="NOTE-OF-OURS", actor=STAFF, now=now)
    Seller.objects.filter(submissions=submission).update(blocked_reason="BLOCKED-BY-US")
    submission.items.update(location="SHELF-OF-OURS")
    SellSubmission.objects.filter(pk=submission.pk).update(is_suspect=True)
    return ["NOTE-OF-OURS", "BLOCKED-BY-US", "SHELF-OF-OURS", "suspect", "buyer_limit", "user 1", "link_epoch"]


@pytest.mark.parametrize("who", ["link holder", "owner"])
def test_SEC_23_the_file_and_the_page_hold_what_was_agreed_to_and_nothing_of_ours(who):
    submission = paid(due(), now=timezone.now())
    hidden = secrets_of_ours(submission)
    browser = by_link(submission) if who == "link holder" else owner_of(submission)[0]

    answer = browser.get(url(submission, "data"))
    page = browser.get(url(submission)).content.decode()

    told = json.loads(answer.content)
    assert set(told) == ALLOWED
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{submission.reference}.json"'
    for word in hidden:
        assert word not in answer.content.decode()
        assert word not in page
    assert InternalNote.objects.count() == 1
    assert [piece["amount"] for piece in told["pieces"]] == ["60.00", "40.00"]
    assert told["payouts"][0]["amount"] == "100.00"


def test_SEC_23_a_link_alone_does_not_give_away_the_contact():
    submission = deal(phone="+353 1 555 0100", handle="sella_sells")
    give(by_link(submission), submission)

    by = {
        "link": by_link(submission).get(url(submission, "data")).content.decode(),
        "page": by_link(submission).get(url(submission)).content.decode(),
        "owner": owner_of(submission)[0].get(url(submission, "data")).content.decode(),
    }

    for contact in ("seller@example.com", "555 0100", "sella_sells", "1 Example Street"):
        assert contact not in by["link"]
        assert contact not in by["page"]
        assert contact in by["owner"]


def test_SEC_23_why_we_hold_a_piece_is_ours():
    now = timezone.now()
    submission = received(deal(), now=now)
    item = submission.items.all()[0]
    receiving.hold(item_id=item.pk, reason="LOOKS-FAKE", actor=STAFF, now=now)
    receiving.judge(item_id=item.pk, verdict=SellItem.Status.TO_RETURN, reason="STILL-FAKE", actor=STAFF, now=now)
    browser = by_link(submission)

    for path in (url(submission), url(submission, "data")):
        text = browser.get(path).content.decode()
        assert "LOOKS-FAKE" not in text
        assert "STILL-FAKE" not in text


def test_SEC_03_the_page_does_not_repeat_its_own_secret_link():
    submission = deal()
    browser = by_link(submission)

    for path in (url(submission), url(submission, "data")):
        assert links.token_of(submission).split(":")[0] + ":" not in browser.get(path).content.decode()
        assert "/sell/link/" not in browser.get(path).content.decode()


def test_SEC_09_what_a_seller_types_is_shown_as_text():
    bad = "<script>alert(1)</script>"
    submission = submitted([bad], now=timezone.now(), asking="5.00")
    Seller.objects.filter(submissions=submission).update(name=bad)
    SellSubmission.objects.filter(pk=submission.pk).update(message=bad)

    source = by_link(submission).get(url(submission)).content.decode()

    assert bad not in source
    assert "&lt;script&gt;" in source


# --- The list, and selling like this again --------------------------------------------------------------------------


MINE = reverse("offers:my_submissions")


def test_the_list_needs_a_sign_in(client):
    assert client.get(MINE).headers["Location"] == f"{reverse('account_login')}?next={MINE}"


def test_the_list_shows_ones_own_submissions_and_where_they_stand():
    mine, other = deal(), deal(email="other@example.com")
    client, _ = owner_of(mine)

    text = words(client.get(MINE))

    assert mine.reference in text
    assert "Agreed, to be handed over" in text
    assert other.reference not in text
    assert MINE in client.get(reverse("shop:account")).content.decode()


def test_the_list_says_what_will_be_there(client):
    client, _ = owner_of(deal())
    Seller.objects.update(user=None)

    assert "What you send us to sell appears here" in words(client.get(MINE))


def test_the_list_asks_the_database_as_often_for_three_as_for_one(django_assert_num_queries):
    client, user = owner_of(offered(now=timezone.now()).submission)
    client.get(MINE)  # the site's own row is remembered from now on
    with CaptureQueriesContext(connection) as for_one:
        client.get(MINE)
    for number in range(2):
        other = offered(submitted(now=timezone.now(), email=f"s{number}@example.com"), now=timezone.now())
        Seller.objects.filter(submissions=other.submission).update(user=user)

    with django_assert_num_queries(len(for_one)):
        assert words(client.get(MINE)).count("An offer for you") == 3


def test_the_page_asks_the_database_as_often_for_four_pieces_as_for_two(django_assert_num_queries):
    now = timezone.now()
    two, four = due(), submitted(["Coat", "Hat", "Tee", "Bag"], now=now, email="other@example.com")
    four = agreed(offered(four, ("10.00", "20.00", "30.00", "40.00"), now=now), now=now)
    four = settling(received(four, now=now), now=now)
    browser, other = by_link(two), by_link(four)
    browser.get(url(two))
    with CaptureQueriesContext(connection) as for_two:
        browser.get(url(two))

    with django_assert_num_queries(len(for_two)):
        other.get(url(four))


def test_D23_who_comes_by_link_can_do_everything_but_see_other_batches():
    offer = offered(now=timezone.now())
    browser = by_link(offer.submission)

    text = words(browser.get(url(offer.submission)))

    for part in ("Accept", "Ask for more", "Refuse", "Call it off", "Download what we hold about it"):
        assert part in text
    assert browser.get(MINE).status_code == 302


def test_selling_like_this_again_begins_a_draft_once():
    submission = submitted(now=timezone.now())
    browser = by_link(submission)
    answering.withdraw(submission_id=submission.pk, actor=SELLER, now=timezone.now())
    assert "Sell pieces like these again" in words(browser.get(url(submission)))

    answers = [browser.post(url(submission, "again")) for _ in range(2)]

    copy = SellSubmission.objects.get(copied_from=submission)
    assert (copy.status, copy.seller, copy.items.count()) == ("draft", None, 2)
    assert [item.photos.count() for item in copy.items.all()] == [1, 1]
    assert all(f"/sell/resume/{copy.pk}-1:" in answer.headers["Location"] for answer in answers)
    assert "Varsity jacket" in words(browser.get(answers[0].headers["Location"], follow=True))


def test_what_is_not_closed_cannot_be_sold_again():
    submission = deal()

    assert by_link(submission).post(url(submission, "again")).status_code == 409
    assert SellSubmission.objects.count() == 1


def test_offers_are_shown_as_they_were_made():
    offer = offered(now=timezone.now())
    lines = list(SellOfferLine.objects.filter(offer=offer).values_list("amount", flat=True))

    told = json.loads(by_link(offer.submission).get(url(offer.submission, "data")).content)

    assert [line["amount"] for line in told["offers"][0]["lines"]] == [f"{amount:.2f}" for amount in lines]
    assert told["offers"][0]["ended_as"] == SellOffer.Status.LIVE.label
