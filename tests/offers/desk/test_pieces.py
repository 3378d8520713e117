"""Pieces in the admin: received, looked at, priced anew and given back."""

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from core.models import AuditEntry
from offers.admin.buttons import BUTTONS
from offers.models import BuyingRule, Payout, SellItem
from tests.factories.offers import picture
from tests.offers.desk.pages import as_staff, deal, desk_of, here, look, press, settled_deal, statuses
from tests.offers.pages import words

pytestmark = pytest.mark.django_db


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
    assert "Write down why: the seller reads it." in words(page)


@pytest.mark.parametrize("page", ["desk", "door"])
@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ({}, {"amount": "Enter the new price.", "reason": "Write down why: the seller reads it."}),
        ({"amount": "20", "reason": "A hole"}, {"photo": "Add a photo of ours that shows why."}),
        ({"amount": "20"}, {"reason": "Write down why: the seller reads it.", "photo": "Add a photo of ours that"}),
    ],
)
def test_I6_what_a_lower_price_still_lacks_is_said_beside_its_field(boss, page, typed, marked):
    submission = here()
    item = submission.items.all()[0]
    photo = {} if "photo" in marked else {"photo": picture()}

    refused = press(boss, submission, "requote", page, **look(item, **photo, **typed))

    assert (refused.status_code, statuses(submission)) == (422, ["received", "received"])
    assert set(refused.context["look"].errors) == set(marked)
    for said in ("The price is as it was: look at the marked fields.", *marked.values()):
        assert said in words(refused)


def test_where_a_piece_lies_is_said_when_it_is_known(boss):
    submission = here()
    item = submission.items.all()[0]
    SellItem.objects.filter(pk=item.pk).update(location="")

    assert "Where" not in words(boss.get(desk_of(submission)))
    SellItem.objects.filter(pk=item.pk).update(location="Rail 3")
    assert "Where Rail 3" in words(boss.get(desk_of(submission)))


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


def test_after_a_re_quote_the_page_of_a_deal_shows_what_was_really_agreed_for_all(boss):
    submission = here()
    item = submission.items.all()[0]
    press(boss, submission, "requote", **look(item, amount="20", reason="A hole", photo=picture()))

    page = boss.get(desk_of(submission, "change"))

    assert page.context["total"] == Decimal("100.00")
    assert "What we agreed Total €100 " in words(page)
    assert "Expected sales" not in words(page)
