"""The desk in the admin: money approved and sent, pieces received and looked at, pieces put on the shelf."""

import csv
from decimal import Decimal
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from core.audit import Actor
from core.models import AuditEntry
from core.spreadsheets import plain
from inventory.models import Product, StockMove
from inventory.services import stock
from offers.admin.buttons import BUTTONS
from offers.errors import IdNotSeen
from offers.models import BuyInDocument, BuyingRule, BuyingSettings, Payout, PayoutAccount, SellItem
from offers.services import banking, paying
from tests.factories.accounts import owner, staff
from tests.factories.inventory import BrandFactory
from tests.factories.offers import IBAN, STAFF, agreed, offered, paid, picture, received, revised, settling, submitted
from tests.offers.pages import words

pytestmark = pytest.mark.django_db
OTHER_IBAN = "DE89370400440532013000"
PAYOUTS = reverse("admin:offers_payout_changelist")
ADDRESS = {"street": "1 Example Street", "town": "Dublin", "postcode": "D08 X285", "country": "IE"}


@pytest.fixture
def boss(client):
    client.force_login(owner())
    return client


def as_staff(client, *permissions):
    looking = ("offers.view_payout", "offers.view_sellsubmission", "offers.view_sellitem")
    client.force_login(staff(*looking, *permissions))
    return client


def settled_deal(**contact):
    """A deal of today whose payout is due."""
    now = timezone.now()
    return settling(received(agreed(offered(submitted(now=now, **contact), now=now), now=now), now=now), now=now)


def with_account(submission, *, holder="Sella Example", iban=IBAN):
    now = timezone.now()
    banking.save_account(
        submission_id=submission.pk, holder_name=holder, iban=iban, code=None, actor=STAFF, now=now
    )  # fmt: skip
    return submission.payouts.order_by("-attempt")[0]


def approved(method="bank_transfer", **contact):
    payout = with_account(settled_deal(**contact))
    now = timezone.now()
    return paying.approve(payout_id=payout.pk, method=method, actor=STAFF, now=now, may_overrule_name=True)


def step_of(payout, name):
    return reverse(f"admin:offers_payout_{name}", args=[payout.pk])


def payer():
    changes = {"payer_name": "Unity Example", "payer_iban": OTHER_IBAN}
    BuyingSettings.objects.update_or_create(pk=True, defaults=changes)


# --- Money ------------------------------------------------------------------------------------------------------------


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


def test_D14_the_stock_book_has_each_piece_with_what_it_cost(boss):
    paid(settled_deal())

    answer = boss.get(reverse("admin:offers_payout_stock_book"))

    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Number"], row["Price"], row["Document"]) for row in rows] == [
        ("1", "60.00", "BI-000001"),
        ("2", "40.00", "BI-000001"),
    ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1+1", "@x", "\tx", "=HYPERLINK(1)", "--1"])
def test_SEC_24_a_cell_is_never_a_formula(cell):
    assert plain(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Tee", "", "-12.50", "0.10", "Anna-Lena"])
def test_SEC_24_other_cells_stay_as_they_are(cell):
    assert plain(cell) == cell


def test_SEC_24_a_sellers_name_is_no_formula_in_the_stock_book(boss):
    paid(settled_deal(name="=cmd|' /C calc'!A0"))

    assert "\r\n1," in boss.get(reverse("admin:offers_payout_stock_book")).content.decode()
    assert ",'=cmd|" in boss.get(reverse("admin:offers_payout_stock_book")).content.decode()


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


# --- Pieces -----------------------------------------------------------------------------------------------------------


def deal(**contact):
    now = timezone.now()
    return agreed(offered(submitted(now=now, **contact), now=now), now=now)


def here(**contact):
    return received(deal(**contact), now=timezone.now())


def desk_of(submission, page="desk"):
    return reverse(f"admin:offers_sellsubmission_{page}", args=[submission.pk])


def press(client, submission, button, page="desk", **answers):
    address = reverse("admin:offers_sellsubmission_press", args=[submission.pk, button])
    if payout := submission.payouts.last():
        answers = {"payout": payout.pk} | answers
    return client.post(address, {"page": page} | answers)


def look(item, **changes):
    return {"piece": item.pk, "grade": "mint", "is_authentic": "on"} | changes


def statuses(submission):
    return list(submission.items.values_list("status", flat=True))


def test_I3_S16_the_ticked_pieces_are_received_and_told_where_they_lie(boss):
    submission = deal()
    first, _ = submission.items.all()

    assert press(boss, submission, "receive").status_code == 422
    assert press(boss, submission, "receive", items=[first.pk], location="Box 4").status_code == 302

    first.refresh_from_db()
    assert (first.location, statuses(submission)) == ("Box 4", ["received", "agreed"])


def test_I4_what_was_not_in_the_parcel_is_missing(boss):
    submission = deal()
    first, second = submission.items.all()
    press(boss, submission, "receive", items=[first.pk])

    press(boss, submission, "missing", piece=second.pk)

    assert statuses(submission) == ["received", "missing"]


def test_X18_an_empty_parcel_closes_the_deal(boss):
    submission = deal()

    press(boss, submission, "nothing")

    submission.refresh_from_db()
    assert (submission.close_reason, statuses(submission)) == ("not_received", ["missing", "missing"])


def test_X18_an_extra_piece_needs_a_price_or_goes_back(boss):
    submission = here()
    extra = {"title": "Scarf", "category": submission.items.all()[0].category_id}

    assert press(boss, submission, "extra", title="Scarf").status_code == 422
    press(boss, submission, "extra", **extra)

    item = submission.items.get(is_extra=True)
    assert press(boss, submission, "pass", **look(item)).status_code == 409
    assert press(boss, submission, "give_back", **look(item, reason="Not one we asked for")).status_code == 302
    item.refresh_from_db()
    assert item.status == "to_return"


def test_I5_a_piece_passes_when_every_point_was_looked_at(boss):
    submission = here()
    item = submission.items.all()[0]
    BuyingRule.objects.create(category=item.category, checklist=["Zip", "Seams"])

    assert press(boss, submission, "pass", **look(item, checked=["Zip"])).status_code == 422
    assert press(boss, submission, "pass", **look(item, checked=["Zip", "Seams"])).status_code == 302

    found = item.inspections.get()
    assert (found.checklist, found.is_authentic, found.grade) == ({"Zip": True, "Seams": True}, True, "mint")


def test_I5_a_better_piece_may_be_paid_better(boss):
    submission = here()
    item = submission.items.all()[0]

    assert press(boss, submission, "uplift", **look(item, amount="60")).status_code == 422
    press(boss, submission, "uplift", **look(item, amount="75.50"))

    item.refresh_from_db()
    assert (item.status, item.agreed_amount) == ("passed", Decimal("75.50"))


@pytest.mark.parametrize("page", ["desk", "door"])
@pytest.mark.parametrize(("amount", "meant"), [("20", "Lower price"), ("75.50", "Better price")])
def test_I5_a_piece_does_not_pass_while_another_price_is_typed(boss, page, amount, meant):
    submission = here()
    item = submission.items.all()[0]

    refused = press(boss, submission, "pass", page, **look(item, amount=amount, reason="A hole", photo=picture()))

    assert (refused.status_code, statuses(submission)) == (422, ["received", "received"])
    form = refused.context["look"]
    assert form.errors["amount"] == [f"For €{amount} press “{meant}”. To pass at €60, empty this first."]
    assert form.errors["amount"][0] in words(refused)
    assert (form["amount"].value(), form["reason"].value()) == (amount, "A hole")
    assert item.photos.filter(origin="inspector").count() == 1


def test_I5_a_piece_does_not_pass_while_a_reason_is_typed_but_does_with_the_agreed_price(boss):
    submission = here()
    item = submission.items.all()[0]

    assert "reason" in press(boss, submission, "pass", **look(item, reason="A hole")).context["look"].errors
    assert press(boss, submission, "pass", **look(item, amount="60.00")).status_code == 302
    assert statuses(submission) == ["passed", "received"]


def test_I6_O7_a_lower_price_needs_a_photo_and_is_asked_about_when_all_were_seen(boss):
    submission = here()
    first, second = submission.items.all()
    lower = {"amount": "20", "reason": "A hole"}

    assert press(boss, submission, "requote", **look(first, **lower)).status_code == 422
    assert press(boss, submission, "requote", **look(first, photo=picture(), **lower)).status_code == 302
    assert press(boss, submission, "revision").status_code == 422
    press(boss, submission, "pass", **look(second))
    assert press(boss, submission, "revision").status_code == 302

    offer = submission.offers.get(kind="revision")
    assert (offer.total, offer.status) == (Decimal("20.00"), "live")


def test_I6_a_photo_is_kept_when_the_verdict_is_refused(boss):
    submission = here()
    item = submission.items.all()[0]

    page = press(boss, submission, "requote", **look(item, amount="20", photo=picture()))

    assert page.status_code == 422
    assert item.photos.filter(origin="inspector").count() == 1
    assert "A lower price needs a reason" in words(page)


def test_SEC_06_a_file_that_is_no_picture_is_refused(boss):
    submission = here()
    item = submission.items.all()[0]

    page = press(boss, submission, "photo", **look(item, photo=ContentFile(b"<svg/>", name="x.jpg")))

    assert page.status_code == 422
    assert not item.photos.filter(origin="inspector").exists()


def test_I10_I11_SEC_26_a_held_piece_is_judged_and_two_fakes_block_a_seller(boss):
    submission = here()
    for item in submission.items.all():
        press(boss, submission, "hold", **look(item, reason="The label is odd"))
        judge = reverse("admin:offers_sellitem_judge", args=[item.pk])
        assert boss.post(judge, {"verdict": "disposed", "reason": "", "is_fake": "on"}).status_code == 422
        assert boss.post(judge, {"verdict": "disposed", "reason": "A fake", "is_fake": "on"}).status_code == 302

    submission.refresh_from_db()
    assert statuses(submission) == ["disposed", "disposed"]
    assert submission.seller.blocked_reason == "Two confirmed fakes."
    assert not Payout.objects.exists()


def test_I14_a_piece_is_given_back_in_person_or_with_a_number(boss):
    submission = here()
    item = submission.items.all()[0]
    press(boss, submission, "give_back", **look(item, reason="Worn out"))
    address = reverse("admin:offers_sellitem_hand_back", args=[item.pk])

    assert boss.post(address).status_code == 422
    assert boss.post(address, {"tracking": "in person"}).status_code == 302

    item.refresh_from_db()
    assert (item.status, item.tracking) == ("returned", "in person")


def test_I15_nothing_is_disposed_of_before_its_time_unless_the_seller_asks(boss):
    submission = here()
    item = submission.items.all()[0]
    press(boss, submission, "give_back", **look(item, reason="Worn out"))
    address = reverse("admin:offers_sellitem_dispose", args=[item.pk])

    assert boss.post(address, {"reason": "Nobody came"}).status_code == 409
    assert boss.post(address, {"reason": "They wrote so", "is_wish": "on"}).status_code == 302


def test_I12_the_owner_gives_a_passed_piece_back_before_it_is_paid(boss):
    submission = settled_deal()
    item = submission.items.all()[0]

    boss.post(reverse("admin:offers_sellitem_walk_away", args=[item.pk]))

    assert statuses(submission) == ["to_return", "passed"]
    assert Payout.objects.get(status="due").amount == Decimal("40.00")


def test_a_label_leads_to_its_piece_and_the_desk_shows_the_next_one(boss):
    submission = here()
    first, second = submission.items.all()

    assert words(boss.get(desk_of(submission, "labels"))).count("Kestrel") == 2
    assert boss.get(desk_of(submission)).context["current"] == first
    assert boss.get(desk_of(submission), {"piece": second.pk}).context["current"] == second
    assert boss.get(desk_of(submission), {"piece": "x"}).context["current"] == first


def test_the_camera_of_a_phone_opens_for_a_photo_of_ours(boss):
    page = boss.get(desk_of(here())).content.decode()

    assert 'capture="environment"' in page


def test_at_the_door_a_deal_is_taken_looked_at_and_paid_each_step_on_record(boss):
    submission = deal()
    items = list(submission.items.all())

    press(boss, submission, "receive", "door", items=[item.pk for item in items])
    for item in items:
        press(boss, submission, "fine", "door", piece=item.pk)
    assert "€100" in words(boss.get(desk_of(submission, "door")))
    press(boss, submission, "approve_cash", "door")
    paid_page = press(boss, submission, "pay_cash", "door", signed_by="Sella Example", **ADDRESS)

    assert paid_page.status_code == 302
    payout = Payout.objects.get()
    assert (payout.status, payout.paid_to) == ("settled", "cash, signed by Sella Example")
    actions = list(AuditEntry.objects.filter(subject=submission.cause).values_list("action", flat=True))
    for action in ("received", "inspection finished", "payout 1 approved", "address given", "payout 1 settled"):
        assert actions.count(action) == 1


def test_the_page_of_a_deal_leads_to_the_door_where_the_actions_hide_in_a_menu(boss):
    deal, not_yet = agreed(), submitted()

    assert desk_of(deal, "door") in boss.get(desk_of(deal, "change")).content.decode()
    assert desk_of(not_yet, "door") not in boss.get(desk_of(not_yet, "change")).content.decode()


def test_P5_at_the_door_cash_waits_for_the_sellers_own_yes_or_a_name(boss):
    submission = settled_deal()
    press(boss, submission, "approve_cash", "door")

    assert press(boss, submission, "pay_cash", "door", **ADDRESS).status_code == 409
    seller = Actor("seller 1", "link")
    assert "Signed by" in words(boss.get(desk_of(submission, "door")))
    paying.confirm_cash(submission_id=submission.pk, amount=Decimal("100.00"), actor=seller, now=timezone.now())
    assert "Signed by" not in words(boss.get(desk_of(submission, "door")))
    assert press(boss, submission, "pay_cash", "door", **ADDRESS).status_code == 302
    assert Payout.objects.get().paid_to == "cash, confirmed on their own link"


def test_X11_money_buttons_pressed_twice_at_the_door_act_once_and_say_so_once(boss):
    submission = settled_deal()
    signed = {"signed_by": "Sella Example", **ADDRESS}

    for button, told in (("approve_cash", "€100 may be paid in cash."), ("pay_cash", "€100 is paid in cash.")):
        answers = [press(boss, submission, button, "door", **signed) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        assert words(boss.get(desk_of(submission, "door"))).count(told) == 1
    assert press(boss, submission, "approve_cash", "door").status_code == 409
    assert BuyInDocument.objects.count() == 1
    for action in ("payout 1 approved", "payout 1 settled", "address given"):
        assert AuditEntry.objects.filter(action=action).count() == 1


def test_X11_a_button_at_the_door_pays_only_what_was_seen(boss):
    submission = settled_deal()
    stranger = settled_deal(email="other@example.com").payouts.get()

    assert press(boss, submission, "approve_cash", "door", payout=stranger.pk).status_code == 404
    assert press(boss, submission, "approve_cash", "door", payout="x").status_code == 404
    assert set(Payout.objects.values_list("status", flat=True)) == {"due"}


def test_X11_at_the_door_a_second_cashier_is_told_who_paid(client):
    submission = settled_deal()
    payout = submission.payouts.get()
    paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=timezone.now())
    client.force_login(staff("offers.view_sellsubmission", "offers.settle_payout", name="Ann Example"))
    press(client, submission, "pay_cash", "door", signed_by="Sella Example", **ADDRESS)

    second = press(as_staff(client, "offers.settle_payout"), submission, "pay_cash", "door", signed_by="Sella")

    assert second.status_code == 409
    assert "Paid already, by Ann Example" in words(second)


def test_I3_pieces_received_twice_are_told_of_once(boss):
    submission = deal()

    for _ in range(2):
        press(boss, submission, "receive", "door", items=[item.pk for item in submission.items.all()])

    assert words(boss.get(desk_of(submission, "door"))).count("2 received.") == 1


def test_P5_who_may_only_settle_hands_over_cash_at_the_door_and_does_nothing_else_there(client):
    submission = settled_deal()
    payout = submission.payouts.get()
    paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=timezone.now())
    cashier = as_staff(client, "offers.settle_payout")
    review = reverse("admin:offers_sellsubmission_change", args=[submission.pk])

    assert "At the door" in words(cashier.get(review))
    assert "The cash is handed over" in words(cashier.get(desk_of(submission, "door")))
    assert press(cashier, submission, "approve_cash", "door").status_code == 403
    assert press(cashier, submission, "pay_cash", "door", signed_by="Sella", **ADDRESS).status_code == 302
    assert Payout.objects.get().status == "settled"


def test_I7_I8_at_the_door_the_seller_answers_every_new_price_in_person(boss):
    submission = here()
    for item in submission.items.all():
        press(boss, submission, "requote", "door", **look(item, amount="20", reason="A hole", photo=picture()))
    press(boss, submission, "revision", "door")
    first, second = submission.items.all()
    said = {"number": 2, "total": "40.00", "note": "Said yes at the door"}

    half = press(boss, submission, "answer", "door", **said, **{f"answer-{first.pk}": "take"})
    assert (half.status_code, statuses(submission)) == (422, ["requoted", "requoted"])
    both = {f"answer-{first.pk}": "take", f"answer-{second.pk}": "give_back"}
    assert press(boss, submission, "answer", "door", **said, **both).status_code == 302

    offer = submission.offers.get(kind="revision")
    assert statuses(submission) == ["passed", "to_return"]
    assert (offer.answer_channel, offer.answer_note) == ("in_person", "Said yes at the door")


def test_S7_at_the_door_the_seller_says_yes_in_person_to_what_was_seen(boss):
    now = timezone.now()
    offer = offered(submitted(now=now), now=now)
    said = {"number": offer.number, "note": "Said yes at the door"}

    assert press(boss, offer.submission, "agree", "door", total="90", **said).status_code == 409
    assert press(boss, offer.submission, "agree", "door", total="100", **said).status_code == 302

    offer.refresh_from_db()
    assert (offer.status, offer.answer_channel) == ("accepted", "in_person")


def test_SEC_02_the_sellers_link_is_shown_to_whoever_may_give_links_out_alone(client):
    now = timezone.now()
    submission = offered(submitted(now=now), now=now).submission

    as_staff(client, "offers.receive_pieces")
    assert client.get(desk_of(submission, "door")).context["link_code"] == ""
    as_staff(client, "offers.receive_pieces", "offers.send_links")
    assert "<svg" in client.get(desk_of(submission, "door")).context["link_code"]


def test_the_sellers_link_is_shown_at_the_door_only_while_a_word_of_theirs_is_awaited(boss):
    submission = settled_deal()

    def is_shown() -> bool:
        return "On the seller’s own phone" in words(boss.get(desk_of(submission, "door")))

    assert not is_shown()
    press(boss, submission, "approve_cash", "door")
    assert is_shown()
    press(boss, submission, "pay_cash", "door", signed_by="Sella Example", **ADDRESS)
    assert not is_shown()


@pytest.mark.parametrize("button", sorted(BUTTONS))
def test_SEC_20_a_button_of_the_desk_is_for_whoever_has_its_permission(client, button):
    submission = here()
    others = {each.permission for each in BUTTONS.values()} - {BUTTONS[button].permission}

    assert press(client, submission, button).status_code == 302
    as_staff(client, *others)
    assert press(client, submission, button).status_code == 403
    assert statuses(submission) == ["received", "received"]


@pytest.mark.parametrize("page", ["desk", "door", "labels"])
def test_SEC_20_the_desk_is_for_whoever_works_there(client, page):
    submission = here()

    as_staff(client)
    assert client.get(desk_of(submission, page)).status_code == 403
    as_staff(client, "offers.receive_pieces")
    assert client.get(desk_of(submission, page)).status_code == 200


@pytest.mark.parametrize("name", ["hand_back", "judge", "dispose", "walk_away"])
def test_SEC_20_a_step_of_a_piece_is_for_whoever_has_its_permission(client, name):
    item = here().items.all()[0]
    as_staff(client)

    assert client.post(reverse(f"admin:offers_sellitem_{name}", args=[item.pk])).status_code == 403


def test_looking_at_the_desk_changes_nothing(boss):
    submission = here()
    before = AuditEntry.objects.count()

    for page in ("desk", "door", "labels"):
        boss.get(desk_of(submission, page))
    boss.get(reverse("admin:offers_sellsubmission_press", args=[submission.pk, "nothing"]))

    assert (AuditEntry.objects.count(), statuses(submission)) == (before, ["received", "received"])


# --- The shelf --------------------------------------------------------------------------------------------------------

TO_STOCK = reverse("admin:offers_sellitem_to_stock")


def shelf_of(item):
    return reverse("admin:offers_sellitem_stock", args=[item.pk])


def listed(**changes):
    known = {"title": "Varsity jacket", "price": "149.50", "size": "L", "condition": "mint", "shelf_place": "B4"}
    return known | changes


def bought():
    return paid(settled_deal())


def test_pieces_wait_for_the_shelf_when_they_are_paid(boss):
    settled_deal(email="unpaid@example.com")
    submission = bought()

    assert list(boss.get(TO_STOCK).context["pieces"]) == list(submission.items.all())


def test_the_page_of_a_piece_shows_its_margin_and_ticks_no_photo_SEC_08(boss):
    item = bought().items.all()[0]

    page = boss.get(shelf_of(item))

    assert page.context["margin"] == page.context["form"].initial["price"] - item.agreed_amount
    assert not any(is_chosen for _, is_chosen in page.context["photos"])


def test_the_page_of_a_piece_says_when_its_brand_is_none_of_ours(boss):
    item = bought().items.all()[0]

    assert "None of ours: the seller wrote “Kestrel”" in words(boss.get(shelf_of(item)))
    item.brand = BrandFactory(name="Kestrel Works")
    item.save(update_fields=["brand"])
    assert "Brand Kestrel Works" in words(boss.get(shelf_of(item)))


def test_what_cost_the_seller_money_is_among_the_flaws_that_shoppers_read(boss):
    submission = here()
    item = submission.items.all()[0]
    SellItem.objects.filter(pk=item.pk).update(defects="A small mark")
    revised(submission, now=timezone.now())

    assert boss.get(shelf_of(item)).context["form"].initial["flaws"] == "A small mark\nA hole"


def test_a_brand_that_is_none_of_ours_stays_in_the_title(boss):
    item = bought().items.all()[0]

    assert boss.get(shelf_of(item)).context["form"].initial["title"] == f"Kestrel {item.title}"
    item.brand = BrandFactory(name="Kestrel Works")
    item.save(update_fields=["brand"])
    assert boss.get(shelf_of(item)).context["form"].initial["title"] == item.title


@pytest.mark.parametrize("page", ["change", "door"])
def test_the_pages_of_a_paid_deal_lead_to_the_shelf(boss, page):
    submission = bought()
    there = TO_STOCK if page == "door" else shelf_of(submission.items.all()[0])

    assert f'href="{there}"' in boss.get(desk_of(submission, page)).text


@pytest.mark.parametrize("page", ["change", "desk", "door"])
def test_a_paid_deal_says_what_is_left_of_it(boss, page):
    submission = bought()
    item = submission.items.all()[0]

    assert "Paid, to be stocked" in words(boss.get(desk_of(submission, page)))
    SellItem.objects.filter(pk=item.pk).update(status="to_return")
    assert "Paid, to be stocked and to be given back" in words(boss.get(desk_of(submission, page)))
    assert "Being paid" in words(boss.get(desk_of(settled_deal(email="unpaid@example.com"), page)))


def test_the_page_at_the_door_names_its_submission_and_leads_back_to_it(boss):
    submission = here()

    link = f'<a class="text-link" href="{desk_of(submission, "change")}">{submission}</a>'
    assert link in boss.get(desk_of(submission, "door")).text


def test_after_a_re_quote_the_page_of_a_deal_shows_what_was_really_offered_for_all(boss):
    submission = here()
    item = submission.items.all()[0]
    press(boss, submission, "requote", **look(item, amount="20", reason="A hole", photo=picture()))

    page = boss.get(desk_of(submission, "change"))

    assert page.context["total"] == Decimal("100.00")
    assert "What we offered last Total €100 " in words(page)
    assert "Expected sales" not in words(page)


def test_the_brand_of_a_piece_is_chosen_at_the_shelf_or_put_right(boss):
    first, second = bought().items.all()
    first.brand = BrandFactory(name="Heron")
    first.save(update_fields=["brand"])
    kestrel = BrandFactory(name="Kestrel Works")

    assert boss.get(shelf_of(first)).context["form"].initial["brand"] == first.brand
    boss.post(shelf_of(first), listed(brand=kestrel.pk))
    boss.post(shelf_of(second), listed())

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.product.brand, second.product.brand) == (kestrel, None)


def test_I13_D14_INV_06_INV_07_a_piece_is_stocked_with_its_cost_one_move_and_the_chosen_photos(boss):
    item = bought().items.all()[0]
    photo = item.photos.all()[0]
    typed = listed(photos=[photo.pk], flaws="A small hole\nFaded cuff", publish="1")

    assert boss.post(shelf_of(item), typed).status_code == 302

    item.refresh_from_db()
    lot, product = item.stock_item, item.product
    assert (item.status, lot.unit_cost, lot.price, lot.shelf_place) == (
        "stocked",
        Decimal("60.00"),
        Decimal("149.50"),
        "B4",
    )
    assert (product.title, product.is_published, product.photos.count()) == ("Varsity jacket", True, 1)
    assert list(lot.flaws.values_list("text", flat=True)) == ["A small hole", "Faded cuff"]
    moves = StockMove.objects.filter(stock_item=lot)
    assert list(moves.values_list("reason", "quantity", "cause")) == [("intake", 1, item.cause)]


def test_I13_a_piece_may_be_stocked_without_being_published(boss):
    item = bought().items.all()[0]

    boss.post(shelf_of(item), listed())

    item.refresh_from_db()
    assert not item.product.is_published
    assert item.product.photos.count() == 0


def test_X10_pressed_twice_a_piece_leads_to_the_product_that_is_there(boss):
    item = bought().items.all()[0]

    first, second = boss.post(shelf_of(item), listed()), boss.post(shelf_of(item), listed(title="Another"))

    assert first.url == second.url
    assert Product.objects.count() == 1
    assert StockMove.objects.count() == 1


def test_I13_a_piece_that_is_not_paid_does_not_go_on_the_shelf(boss):
    item = settled_deal().items.all()[0]

    page = boss.post(shelf_of(item), listed())

    assert page.status_code == 409
    assert "not paid yet" in words(page)
    assert not Product.objects.exists()


def test_SEC_07_a_photo_of_another_piece_cannot_be_published(boss):
    first, second = bought().items.all()

    page = boss.post(shelf_of(first), listed(photos=[second.photos.all()[0].pk]))

    assert page.status_code == 422
    assert not Product.objects.exists()


@pytest.mark.parametrize("answer", [{"size": "enormous"}, {"price": "12.345"}, {"title": ""}, {"condition": "odd"}])
def test_what_cannot_be_read_is_refused_and_kept_on_the_page(boss, answer):
    item = bought().items.all()[0]

    page = boss.post(shelf_of(item), listed(**answer))

    assert page.status_code == 422
    assert "B4" in page.content.decode()
    assert not Product.objects.exists()


def test_D14_the_stock_book_knows_what_a_piece_brought(boss):
    item = bought().items.all()[0]
    boss.post(shelf_of(item), listed())
    item.refresh_from_db()
    stock.sell_over_the_counter(
        stock_item_id=item.stock_item_id,
        quantity=1,
        unit_price=Decimal("149.50"),
        cause="counter sale 1",
        actor=STAFF,
        now=timezone.now(),
    )

    answer = boss.get(reverse("admin:offers_payout_stock_book"))

    row = next(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert (row["Stock number"], row["Sale price"], row["Margin"]) == (item.stock_item.sku, "149.50", "89.50")


@pytest.mark.parametrize("method", ["get", "post"])
def test_SEC_20_the_shelf_is_for_whoever_may_put_pieces_on_it(client, method):
    item = bought().items.all()[0]
    as_staff(client)

    assert client.get(TO_STOCK).status_code == 403
    assert getattr(client, method)(shelf_of(item)).status_code == 403


# --- ID for a large sum -----------------------------------------------------------------------------------------------


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


def test_SEC_26_the_service_refuses_a_large_sum_without_an_id():
    BuyingSettings(id_above=Decimal("99.99")).save()
    payout = settled_deal().payouts.get()
    paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=timezone.now())

    with pytest.raises(IdNotSeen):
        paying.settle_cash(payout_id=payout.pk, actor=STAFF, now=timezone.now(), signed_by="Sella Example")
