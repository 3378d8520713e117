"""What a seller meets from the gate to the confirmation."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services import confirm_email
from core import throttle
from core.models import OutboxMessage
from inventory.models import Brand, BrandAlias, SizeScale
from offers import links
from offers.models import BuyingRule, BuyingSettings, SellItem, SellPhoto, SellSubmission
from offers.services import photographing
from offers.views.writing import DAY, UNITS_A_DAY
from tests.factories.accounts import UserFactory
from tests.factories.inventory import BrandFactory, CategoryFactory
from tests.factories.offers import NOON, draft
from tests.offers.pages import words
from tests.offers.selling import CONTACT, SEND, at, file, page, writing

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def answer(client: Any, item: Any, name: str, **answers: Any) -> Any:
    return client.post(page("question", item.pk, name), {"continue": "1"} | answers)


def again(item: Any) -> Any:
    return SellItem.objects.get(pk=item.pk)


def test_the_gate_says_what_we_buy_and_what_not(client):
    shoes = CategoryFactory(name="Trainers", size_scale=SizeScale.SHOES_UK)
    BuyingRule.objects.create(category=shoes, smallest_size="8", largest_size="11", exclusions="Worn-through soles.")
    BuyingRule.objects.create(category=CategoryFactory(name="Hats"), is_bought=False)

    told = words(client.get(page("gate")))

    assert "Trainers sizes UK 8 to 11" in told
    bought, refused = told.split("What we buy")[1].split("What we do not buy")
    assert "Hats" not in bought
    assert "Hats" in refused
    assert "Worn-through soles." in refused


def test_looking_at_the_gate_leaves_nothing_behind(client):
    client.get(page("gate"))

    assert not client.cookies.get("sessionid")
    assert not SellSubmission.objects.exists()


def test_starting_begins_a_draft_with_one_piece_at_its_first_question(client):
    CategoryFactory()

    shown = client.post(page("gate"), follow=True)

    assert "Question 1 of 7" in words(shown)
    assert SellItem.objects.count() == 1


def test_starting_twice_goes_on_with_the_same_draft(client):
    client.post(page("gate"))

    client.post(page("gate"))

    assert SellSubmission.objects.count() == 1


def test_a_draft_is_offered_again_at_the_gate():
    client, _, _ = writing(["Varsity jacket", "Straight jean"], now=timezone.now())

    assert "Carry on with your 2 pieces, saved" in words(client.get(page("gate")))


def test_a_closed_shop_says_so_and_begins_nothing(client):
    BuyingSettings(is_open=False).save()

    assert "We are not taking pieces in right now." in words(client.get(page("gate")))
    assert client.post(page("gate")).status_code == 409
    assert not SellSubmission.objects.exists()


def test_SEC_13_drafts_from_one_address_are_limited(client):
    for _ in range(20):
        assert Client().post(page("gate")).status_code == 302

    assert Client().post(page("gate")).status_code == 429


@pytest.mark.parametrize(
    ("name", "answers", "kept"),
    [
        ("brand", {"brand_name": " Kestrel ", "title": "Coat"}, {"brand_name": "Kestrel", "title": "Coat"}),
        ("size", {"size": "XL"}, {"size": "XL"}),
        ("condition", {"declared_grade": "decent"}, {"declared_grade": "decent"}),
        ("flaws", {"flaws": ["Faded"], "defects": "At the hem"}, {"defects": "Faded · At the hem"}),
        ("price", {"asking_amount": "1,234.50"}, {"asking_amount": Decimal("1234.50")}),
        ("price", {"asking_amount": ""}, {"asking_amount": None}),
    ],
)
def test_each_answer_is_kept_at_once(name, answers, kept):
    client, _, item = writing()

    assert answer(client, item, name, **answers).status_code == 302

    assert {field: getattr(again(item), field) for field in kept} == kept


@pytest.mark.parametrize("amount", ["1.234,50", "12.345", "-5", "NaN", "1e9", "0", "Infinity", "100000.01", "12 34"])
def test_D11_SEC_19_an_unclear_amount_is_refused_and_echoed(amount):
    client, _, item = writing(asking="45.00")

    shown = answer(client, item, "price", asking_amount=amount)

    assert shown.status_code == 422
    assert f'value="{amount}"' in shown.content.decode()
    assert again(item).asking_amount == Decimal("45.00")


def test_a_set_has_a_size_for_top_and_bottom_at_most_one_step_apart():
    client, _, item = writing(category=CategoryFactory(size_scale=SizeScale.SET))

    assert answer(client, item, "size", top="S", bottom="L").status_code == 422
    answer(client, item, "size", top="M", bottom="L")

    assert again(item).size == "M top, L bottom"


def test_what_comes_in_one_size_is_not_asked_for_it():
    bags = CategoryFactory(size_scale=SizeScale.ONE_SIZE)
    client, _, item = writing()

    answer(client, item, "kind", category=bags.pk)

    assert again(item).size == "One size"
    assert "Question 3 of 6" in words(client.get(page("question", item.pk, "condition")))
    assert client.get(page("question", item.pk, "size")).status_code == 404


def test_another_kind_with_other_sizes_asks_for_the_size_again():
    client, _, item = writing()

    answer(client, item, "kind", category=CategoryFactory(size_scale=SizeScale.SHOES_UK).pk)

    assert again(item).size == ""


def test_a_brand_is_known_by_its_alias_and_never_made():
    client, _, item = writing()
    brand = BrandFactory(name="Trailberg")
    BrandAlias.objects.create(brand=brand, name="Trailblazer")

    answer(client, item, "brand", brand_name="trailblazer", title="Coat")
    assert again(item).brand == brand
    answer(client, item, "brand", brand_name="Never heard of", title="Coat")

    assert again(item).brand is None
    assert list(Brand.objects.all()) == [brand]


@pytest.mark.parametrize("what", ["kind", "brand", "size"])
def test_what_we_do_not_buy_is_refused_beside_the_field(what):
    client, _, item = writing()
    rule = BuyingRule.objects.create(category=item.category, is_bought=what != "kind", largest_size="M")
    rule.refused_brands.add(BrandFactory(name="Oku Works"))
    answers: dict[str, dict[str, Any]] = {
        "kind": {"category": item.category_id},
        "brand": {"brand_name": "OKU WORKS", "title": "Coat"},
        "size": {"size": "XL"},
    }

    shown = answer(client, item, what, **answers[what])

    assert shown.status_code == 422
    assert "We do not buy this" in words(shown) or "We buy sizes up to M." in words(shown)


def test_all_questions_fit_on_one_page_which_is_remembered():
    client, _, item = writing(has_photos=False)
    client.post(page("question", item.pk, "brand"), {"title": "Coat", "layout": "all"})
    all_of_them = {
        "category": item.category_id,
        "brand_name": "Kestrel",
        "title": "Coat",
        "size": "S",
        "declared_grade": "decent",
        "defects": "",
        "asking_amount": "30",
        "slot_0": file(),
        "continue": "1",
    }

    assert client.get(page("piece", item.pk)).url == page("everything", item.pk)
    shown = client.post(page("everything", item.pk), all_of_them)

    assert shown.url == page("pieces")
    assert (again(item).title, again(item).size, again(item).photos.count()) == ("Coat", "S", 1)


def test_on_one_page_a_bad_answer_does_not_lose_the_good_ones():
    client, _, item = writing()

    shown = client.post(
        page("everything", item.pk),
        {"category": item.category_id, "title": "Coat", "size": "S", "declared_grade": "mint", "asking_amount": "x"},
    )

    assert again(item).title == "Coat"
    assert shown.status_code in {302, 422}


ALL, ONE = {"layout": "all"}, {"layout": "one"}


@pytest.mark.parametrize(("name", "arrives"), [("question", ALL), ("everything", ONE)])
def test_the_button_for_the_other_layout_sends_what_is_typed_on_the_page(name, arrives):
    client, _, item = writing()

    shown = client.get(page(name, item.pk, *(["brand"] if name == "question" else []))).content.decode()

    assert '<form class="' in shown
    button = next(tag for tag in re.findall("<button[^>]*>", shown) if 'name="layout"' in tag)
    assert 'form="questions"' in button
    assert f'value="{arrives["layout"]}"' in button
    assert shown.count('id="questions"') == 1


def test_what_was_typed_is_kept_when_the_questions_come_all_on_one_page():
    client, _, item = writing()
    SellItem.objects.filter(pk=item.pk).update(title="")

    shown = client.post(page("question", item.pk, "brand"), {"brand_name": "Trailberg", "title": ""} | ALL)

    assert shown.url == page("everything", item.pk)
    assert client.get(page("piece", item.pk)).url == page("everything", item.pk)
    assert again(item).brand_name == "Trailberg"


def test_what_was_typed_is_kept_when_the_questions_come_one_by_one():
    client, _, item = writing(has_photos=False)
    typed = {"brand_name": "Trailberg", "title": "", "asking_amount": "30", "slot_0": file()}

    shown = client.post(page("everything", item.pk), typed | ONE)

    assert shown.url == page("question", item.pk, "kind")
    assert client.get(page("piece", item.pk)).url == page("question", item.pk, "kind")
    assert (again(item).brand_name, again(item).asking_amount) == ("Trailberg", Decimal(30))
    assert list(item.photos.values_list("slot", flat=True)) == ["Front"]


def test_photos_that_are_chosen_are_stored_before_the_layout_changes():
    client, _, item = writing(has_photos=False)

    shown = client.post(page("question", item.pk, "photos"), {"slot_0": file(), "more": [file()]} | ALL)

    assert shown.url == page("everything", item.pk)
    assert item.photos.count() == 2


def test_a_wrong_answer_stands_on_the_page_with_all_questions_and_says_why():
    client, _, item = writing(asking="45.00")

    shown = client.post(page("question", item.pk, "price"), {"asking_amount": "1.234,50"} | ALL)

    assert shown.status_code == 422
    assert page("everything", item.pk) in shown.content.decode()
    assert 'value="1.234,50"' in shown.content.decode()
    assert 'id="id_asking_amount_error"' in shown.content.decode()


def test_a_wrong_answer_is_the_question_that_comes_next_one_by_one():
    client, _, item = writing()

    shown = client.post(page("everything", item.pk), {"title": "Coat", "asking_amount": "1.234,50"} | ONE)

    assert shown.status_code == 422
    assert "Question 7 of 7" in words(shown)
    assert 'value="1.234,50"' in shown.content.decode()
    assert again(item).title == "Coat"


@pytest.mark.parametrize("button", [ONE, {"add": "1"}])
def test_several_wrong_answers_stay_on_the_one_page_where_they_all_stand(button):
    client, _, item = writing()
    wrong = {"category": item.category_id, "title": "x" * 121, "asking_amount": "1.234,50"}

    shown = client.post(page("everything", item.pk), wrong | button)

    assert shown.status_code == 422
    assert 'value="1.234,50"' in shown.content.decode()
    assert f'value="{"x" * 121}"' in shown.content.decode()


def test_a_piece_is_added_doubled_removed_and_brought_back():
    client, submission, item = writing()

    client.post(page("add_piece"))
    client.post(page("duplicate", item.pk))
    double = submission.items.last()
    assert (double.title, double.size, double.photos.count()) == (item.title, "", 0)
    client.post(page("remove_piece", item.pk))
    assert "Removed: Kestrel Varsity jacket, L." in words(client.get(page("pieces")))
    client.post(page("restore_piece", item.pk))

    assert submission.items.filter(removed_at=None).count() == 3


def test_no_more_pieces_than_we_take():
    BuyingSettings(max_pieces=1).save()
    client, submission, _ = writing()

    shown = client.post(page("add_piece"), follow=True)

    assert "That is as much as one submission takes." in words(shown)
    assert submission.items.count() == 1


def test_the_heading_of_the_photos_keeps_the_letters_of_the_title():
    client, _, item = writing()
    item.title = "WAG Jumpsuit 501 XL"
    item.save(update_fields=["title"])

    assert "<h1>Photos of your WAG Jumpsuit 501 XL</h1>" in client.get(page("question", item.pk, "photos")).text


def test_D1_a_piece_without_a_stored_photo_does_not_go_on():
    client, submission, item = writing(has_photos=False)

    shown = answer(client, item, "photos")

    assert shown.status_code == 422
    assert "Add a photo" in words(shown)
    assert client.post(page("check"), SEND).status_code == 422
    submission.refresh_from_db()
    assert submission.status == "draft"


def test_D1_photos_are_stored_with_what_they_show_before_the_page_says_so():
    client, _, item = writing(has_photos=False)

    client.post(page("question", item.pk, "photos"), {"slot_0": file(), "more": [file(), file()], "add": "1"})

    assert list(item.photos.values_list("slot", flat=True)) == ["Front", "", ""]
    photo = item.photos.first()
    assert (
        f'src="{page("photo", photo.pk, "small")}"' in client.get(page("question", item.pk, "photos")).content.decode()
    )


def test_D1_the_script_is_told_of_the_stored_thumbnail():
    client, _, item = writing(has_photos=False)

    told = client.post(page("upload", item.pk), {"slot": "Back", "photo": file()}).json()

    photo = SellPhoto.objects.get()
    assert told["small"] == page("photo", photo.pk, "small")
    assert (photo.slot, told["count"]) == ("Back", 1)
    assert client.get(told["small"]).status_code == 200


def test_a_photo_stands_where_we_ask_for_it_whichever_arrives_first():
    client, _, item = writing(has_photos=False)

    for slot in ("", "Label", "Front", "Back"):
        told = client.post(page("upload", item.pk), {"slot": slot, "photo": file()}).json()
        assert told["pk"] == SellPhoto.objects.latest("pk").pk

    assert list(item.photos.values_list("slot", flat=True)) == ["Front", "Back", "Label", ""]


def needs_sole(**limits: int) -> Any:
    BuyingSettings(**limits).save()
    shoes = CategoryFactory()
    BuyingRule.objects.create(category=shoes, photo_slots=["Front", "Sole"], required_slots=["Sole"])
    return writing(["Court trainer"], category=shoes)


def test_S1_a_photo_that_its_kind_needs_is_asked_for_beside_its_place():
    client, _, item = needs_sole()

    shown = answer(client, item, "photos").content.decode()

    place = next(tile for tile in shown.split('<li class="tile"') if 'name="slot_0"' in tile)
    assert ">Needed. Both soles<" in place
    assert 'id="id_slot_0_error"' in place
    assert "Add a photo: Sole" in place
    assert answer(client, item, "photos", slot_0=file()).status_code == 302


def test_S1_the_place_of_a_needed_photo_stays_when_there_is_no_room_for_more():
    client, _, item = needs_sole(max_photos_a_piece=1)

    shown = answer(client, item, "photos")

    assert 'data-slot="Sole"' in shown.content.decode()
    assert "Delete one to make room for another." in words(shown)


def fields_of(shown: Any) -> dict[str, Any]:
    """What a browser would send of the places for photos: the name of each field by its slot, and what goes along."""
    tiles = shown.content.decode().split('<li class="tile"')[1:]
    places = [(re.search(r'name="(slot_[^"]*)"', tile), re.search(r'data-slot="([^"]*)"', tile)) for tile in tiles]
    names = {slot[1]: name[1] for name, slot in places if name and slot}
    return names | {"slots": re.findall(r'type="hidden" name="slots" value="([^"]*)"', shown.content.decode())}


def test_a_photo_shows_what_its_place_said_though_the_kind_changes_with_it():
    shoes = CategoryFactory()
    BuyingRule.objects.create(category=shoes, photo_slots=["Side", "Front", "Sole"], required_slots=["Sole"])
    client, _, item = writing(has_photos=False)
    fields = fields_of(client.get(page("everything", item.pk)))
    files = {fields["Front"]: file(), fields["Label"]: file(), fields["Flaw"]: file(b"<svg/>", "flaw.jpg")}

    shown = client.post(
        page("everything", item.pk),
        {"category": shoes.pk, "slots": fields["slots"], "continue": "1"} | files,
    )

    assert list(item.photos.values_list("slot", flat=True)) == ["Front", "Label"]
    assert "Add a photo: Sole" not in words(shown)
    assert "flaw.jpg: Add a JPEG" in words(shown)
    assert set(fields_of(shown)) == {"Side", "Sole", "slots"}


def test_a_place_that_no_kind_of_piece_has_says_nothing_of_its_photo():
    client, _, item = writing(has_photos=False)

    client.post(page("question", item.pk, "photos"), {"slots": [HOSTILE], "slot_0": file(), "add": "1"})

    assert item.photos.get().slot == ""


def test_one_bad_photo_does_not_lose_the_others():
    client, _, item = writing(has_photos=False)

    shown = answer(client, item, "photos", slot_0=file(), slot_1=file(b"<svg/>"), more=[file(b"", "void.jpg"), file()])

    assert shown.status_code == 422
    assert list(item.photos.values_list("slot", flat=True)) == ["Front", ""]
    assert "void.jpg: Add a JPEG, PNG or WebP picture." in words(shown)


def test_a_photo_is_moved_and_really_deleted(django_capture_on_commit_callbacks):
    client, _, item = writing(has_photos=False)
    address = page("question", item.pk, "photos")
    client.post(address, {"slot_0": file(), "slot_1": file(), "add": "1"})
    front, back = item.photos.all()

    client.post(address, {"right": front.pk})
    assert list(item.photos.all()) == [back, front]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"delete": front.pk})

    assert list(item.photos.all()) == [back]
    assert not front.image.storage.exists(front.image.name)


@pytest.mark.parametrize(
    ("moved", "onto", "order"), [("A", "C", "BCAD"), ("D", "B", "ADBC"), ("B", "B", "ABCD"), ("A", "X", "ABCD")]
)
def test_a_photo_takes_the_place_of_another_and_the_rest_move_up(moved, onto, order):
    client, _, item = writing(has_photos=False)
    address = page("question", item.pk, "photos")
    client.post(address, {"more": [file() for _ in "ABCD"], "add": "1"})
    names = dict(zip("ABCD", item.photos.values_list("pk", flat=True), strict=True)) | {"X": 999_999}

    client.post(address, {"move": names[moved], "onto": names[onto]})

    assert list(item.photos.values_list("pk", flat=True)) == [names[name] for name in order]


def test_SEC_07_no_more_photos_of_a_piece_than_eight():
    BuyingSettings(max_photos_a_piece=2).save()
    client, _, item = writing(has_photos=False)

    answer(client, item, "photos", more=[file(), file(), file()])

    assert item.photos.count() == 2
    assert client.post(page("upload", item.pk), {"photo": file()}).status_code == 409


def test_SEC_07_a_network_address_has_so_many_bytes_a_day():
    client, _, item = writing(has_photos=False)
    assert throttle.take("upload", "127.0.0.1", most=UNITS_A_DAY, seconds=DAY, cost=UNITS_A_DAY)

    refused = client.post(page("upload", item.pk), {"photo": file()})

    assert refused.status_code == 429
    assert "That is a lot of photos for one day" in refused.json()["error"]
    assert not item.photos.exists()


@pytest.mark.parametrize("name", ["piece", "everything", "upload", "duplicate", "remove_piece", "restore_piece"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_SEC_05_D16_a_piece_of_somebody_elses_draft_is_not_there(name, method):
    _, _, theirs = writing()
    client, _, _ = writing()

    shown = getattr(client, method)(page(name, theirs.pk), {"photo": file()} if method == "post" else None)

    assert shown.status_code in {404, 405}
    assert again(theirs).removed_at is None
    assert theirs.photos.count() == 1


@pytest.mark.parametrize("name", ["kind", "brand", "size", "condition", "photos", "flaws", "price"])
def test_SEC_05_questions_about_somebody_elses_piece_are_not_there(name):
    _, _, theirs = writing()
    client, _, _ = writing()

    assert client.get(page("question", theirs.pk, name)).status_code == 404
    assert answer(client, theirs, name, title="Mine").status_code == 404


@pytest.mark.parametrize("act", ["delete", "left", "right", "move"])
def test_SEC_07_D16_a_photo_of_somebody_elses_draft_stays(act):
    _, _, theirs = writing()
    client, _, item = writing()
    photo = theirs.photos.get()

    assert client.post(page("question", item.pk, "photos"), {act: photo.pk}).status_code == 404
    assert theirs.photos.get() == photo


@pytest.mark.parametrize("name", ["pieces", "contact", "check"])
def test_SEC_05_without_a_draft_every_page_leads_to_the_gate(client, name):
    assert client.get(page(name)).url == page("gate")


def test_SEC_01_the_reference_of_a_draft_opens_nothing(client):
    submission = draft()

    assert client.get(page("submission", submission.reference)).status_code == 404
    assert client.get(page("sent", submission.reference)).status_code == 404


def test_INV_14_pages_of_a_draft_are_kept_by_nobody():
    client, _, item = writing()

    for address in (page("pieces"), page("contact"), page("check"), page("question", item.pk, "photos")):
        headers = client.get(address).headers
        assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", "))
        assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "Enter your name"),
        ({"email": ""}, "Enter an email address or a phone number"),
        ({"email": "nobody"}, "Enter an email address with an @"),
        ({"phone": "call me"}, "Enter a phone number like"),
        ({"channel": "instagram"}, "Enter your name there"),
        ({"channel": "pigeon"}, "Choose how we write to you"),
    ],
)
def test_a_contact_must_reach_somebody(change, told):
    client, _, _ = writing()

    shown = client.post(page("contact"), CONTACT | change)

    assert shown.status_code == 422
    assert told in words(shown)


def test_all_that_is_missing_is_told_at_once():
    client, _, _ = writing()

    told = words(client.post(page("contact"), CONTACT | {"name": "", "email": ""}))

    assert "Enter your name" in told
    assert "Enter an email address or a phone number" in told


def test_a_phone_is_enough():
    client, submission, _ = writing()

    client.post(page("contact"), {"name": "Sella", "phone": "+353 86 000 0000", "channel": "whatsapp"})

    submission.refresh_from_db()
    assert (submission.seller.email, submission.seller.phone) == ("", "+353 86 000 0000")


def test_whoever_is_signed_in_finds_their_name_and_e_mail(client):
    user = UserFactory(name="Ana Example")
    confirm_email(user=user)
    client.force_login(user)
    client.post(page("gate"))

    assert f'value="{user.email}"' in client.get(page("contact")).content.decode()


def test_S1_a_draft_is_sent_and_confirmed_at_its_own_address():
    client, submission, _ = writing(["Varsity jacket", "Straight jean"], now=timezone.now())

    shown = client.post(page("check"), SEND, follow=True)

    assert shown.redirect_chain[-1][0] == page("sent", submission.reference)
    assert f"2 pieces, 2 photos, reference {submission.reference}" in words(shown)
    assert "/sell/link/" in shown.content.decode()
    submission.refresh_from_db()
    assert submission.status == "submitted"


def test_D3_pressed_again_it_leads_to_the_same_confirmation():
    client, submission, _ = writing(now=timezone.now())

    first, second = client.post(page("check"), SEND), client.post(page("check"), SEND)

    assert first.url == second.url == page("sent", submission.reference)
    assert SellSubmission.objects.count() == OutboxMessage.objects.filter(about=submission.cause).count() == 1


def test_D15_what_was_sent_has_one_number_and_one_kind():
    client, submission, _ = writing(now=timezone.now())

    client.post(page("check"), SEND)

    assert list(SellSubmission.objects.values_list("reference", flat=True)) == [submission.reference]


@pytest.mark.parametrize("missing", ["is_adult", "is_mine", "hand_over"])
def test_S1_declarations_are_unticked_and_needed(missing):
    client, submission, _ = writing()
    assert "checked" not in client.get(page("check")).content.decode().split("is_adult")[1]

    assert client.post(page("check"), {name: SEND[name] for name in SEND if name != missing}).status_code == 422

    submission.refresh_from_db()
    assert submission.status == "draft"


def test_D2_a_refused_draft_never_shows_success():
    client, _, item = writing(now=timezone.now())
    photographing.remove_photo(photo_id=item.photos.get().pk, now=timezone.now())

    shown = client.post(page("check"), SEND, follow=True)

    assert shown.status_code == 422
    assert "It was not sent" in words(shown)
    assert "Got it" not in words(shown)


def test_D2_SEC_13_too_many_open_submissions_are_told_and_nothing_is_lost():
    BuyingSettings(max_open_submissions=1).save()
    first, _, _ = writing(now=timezone.now())
    first.post(page("check"), SEND)
    client, submission, _ = writing(now=timezone.now())

    shown = client.post(page("check"), SEND)

    assert shown.status_code == 409
    assert "It was not sent" in words(shown)
    submission.refresh_from_db()
    assert submission.status == "draft"


@pytest.mark.parametrize(
    ("age", "website", "is_suspect"), [(60, "", False), (3, "", True), (60, "http://spam.example.com", True)]
)
def test_SEC_13_what_a_program_fills_in_is_taken_and_marked(age, website, is_suspect):
    client, submission, _ = writing(now=timezone.now() - timedelta(seconds=age))
    client.post(page("contact"), CONTACT | {"website": website})

    assert client.post(page("check"), SEND).status_code == 302

    submission.refresh_from_db()
    assert (submission.status, submission.is_suspect) == ("submitted", is_suspect)


def test_SEC_13_sending_from_one_address_is_limited():
    client, _, _ = writing()
    for _ in range(10):
        throttle.take("sell send", "127.0.0.1", most=10, seconds=3600)

    assert client.post(page("check"), SEND).status_code == 429


def test_a_sent_draft_can_be_written_no_more():
    client, submission, item = writing(now=timezone.now())
    client.post(page("check"), SEND)

    shown = answer(client, item, "brand", brand_name="", title="Other")

    assert shown.url == page("sent", submission.reference)
    assert again(item).title == "Varsity jacket"


def test_a_draft_goes_on_in_another_browser_by_its_link():
    submission = draft(now=timezone.now())

    other: Any = Client()
    opened = other.get(page("resume", links.token_of(submission, links.RESUME)))

    assert opened.url == page("pieces")
    assert "Varsity jacket" in words(other.get(page("pieces")))


@pytest.mark.parametrize("token", ["", "x", "1-1:abc:def"])
def test_SEC_02_an_altered_link_opens_no_draft(client, token):
    submission = draft(now=timezone.now())
    assert client.get(page("resume", links.token_of(submission, links.RESUME) + "x" + token)).status_code == 404
    assert client.get(page("resume", links.token_of(submission, links.SEE))).status_code == 404


def test_SEC_02_a_draft_that_was_sent_does_not_open_by_the_link_it_had(client):
    submission = draft(now=timezone.now())
    token = links.token_of(submission, links.RESUME)
    at(submission).post(page("check"), SEND)

    assert client.get(page("resume", token)).status_code == 404


def test_the_link_of_a_draft_is_sent_to_its_own_e_mail_once_an_hour():
    client, _, _ = writing(now=timezone.now())

    client.post(page("send_draft_link"))
    client.post(page("send_draft_link"))

    letter = OutboxMessage.objects.get()
    assert letter.to == "seller@example.com"
    assert "/sell/resume/" in letter.text


def test_SEC_09_what_sellers_write_is_never_markup():
    client, _, item = writing(now=timezone.now())
    answer(client, item, "brand", brand_name=HOSTILE[:80], title=HOSTILE)
    answer(client, item, "flaws", defects=HOSTILE)
    contact = {"name": HOSTILE, "handle": HOSTILE[:60], "area": HOSTILE[:60]}
    client.post(page("contact"), contact | {"phone": "+353 86 000 0000", "channel": "phone"})
    SellItem.objects.filter(pk=item.pk).update(size=HOSTILE[:30])
    addresses = [page(name) for name in ("gate", "pieces", "contact", "check")]
    addresses += [page("question", item.pk, name) for name in ("brand", "size", "photos", "flaws")]
    addresses.append(page("everything", item.pk))
    client.post(page("remove_piece", item.pk))
    addresses_seen = [client.get(page("pieces"))]
    client.post(page("restore_piece", item.pk))

    for shown in [*addresses_seen, *(client.get(address) for address in addresses)]:
        assert shown.status_code == 200
        assert "<script>alert" not in shown.content.decode()
        assert "<img src=x" not in shown.content.decode()


def test_the_shop_leads_to_selling(client):
    assert client.get("/").content.decode().count(f'href="{page("gate")}"') >= 3


def test_one_draft_is_open_for_days_from_the_clock_of_its_last_change():
    client, submission, item = writing(now=NOON)

    answer(client, item, "price", asking_amount="30")

    submission.refresh_from_db()
    assert submission.updated_at > NOON
