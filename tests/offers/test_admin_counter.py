"""A submission made at the counter, with the seller in front of staff."""

from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse

from core.models import OutboxMessage
from offers.models import BuyingRule, BuyingSettings, Seller, SellOffer, SellPhoto, SellSubmission
from tests.factories.accounts import staff
from tests.factories.inventory import CategoryFactory
from tests.factories.offers import picture

pytestmark = pytest.mark.django_db

ADDRESS = reverse("admin:offers_sellsubmission_add")


@pytest.fixture
def buyer(client):
    client.force_login(staff("offers.view_sellsubmission", "offers.add_sellsubmission", name="Bea Buyer"))
    return client


def typed(category, count=1, **changes):
    answers = {
        "name": "Sella Example",
        "phone": "085 123 4567",
        "channel": "whatsapp",
        "has_agreed": "on",
        "piece-TOTAL_FORMS": 3,
        "piece-INITIAL_FORMS": 0,
    }
    for number in range(count):
        answers |= {
            f"piece-{number}-category": category.pk,
            f"piece-{number}-brand_name": "Kestrel",
            f"piece-{number}-title": "Varsity jacket",
            f"piece-{number}-size": "L",
            f"piece-{number}-grade": "mint",
            f"piece-{number}-asking": "80",
            f"piece-{number}-amount": "45",
            f"piece-{number}-pictures": [picture(), picture()],
        }
    return answers | changes


def test_S1_a_submission_in_person_runs_the_same_way_with_our_prices_noted_and_nothing_offered(buyer):
    answer = buyer.post(ADDRESS, typed(CategoryFactory(), 2))

    submission = SellSubmission.objects.get()
    assert answer.url == reverse("admin:offers_sellsubmission_change", args=[submission.pk])
    assert (submission.status, submission.is_in_person) == ("in_review", True)
    assert str(getattr(submission.assignee, "name", "")) == "Bea Buyer"
    assert Seller.objects.get().phone == "085 123 4567"
    items = list(submission.items.all())
    assert [item.proposed_amount for item in items] == [Decimal("45.00")] * 2
    assert [item.photos.count() for item in items] == [2, 2]
    assert submission.messages.filter(occasion="received").exists()
    assert not SellOffer.objects.exists()


def test_S1_with_the_piece_on_the_counter_any_photo_will_do(buyer):
    shoes = CategoryFactory()
    BuyingRule.objects.create(category=shoes, photo_slots=["Front", "Sole"], required_slots=["Sole"])

    buyer.post(ADDRESS, typed(shoes))

    assert SellSubmission.objects.get().status == "in_review"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": ""}, "Ask for an email or a phone number."),
        ({"has_agreed": ""}, "Ask the seller, then tick this."),
        ({"piece-0-size": "XXXXL"}, "is not one of"),
        ({"piece-0-amount": "1.234,50"}, "1.234,50"),
        ({"piece-0-pictures": []}, "This field is required."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(buyer, changes, words):
    page = buyer.post(ADDRESS, typed(CategoryFactory()) | changes)

    assert page.status_code == 422
    assert words in page.text
    assert 'value="Varsity jacket"' in page.text
    assert not SellSubmission.objects.exists()


def test_without_a_piece_there_is_nothing_to_take_in(buyer):
    page = buyer.post(ADDRESS, typed(CategoryFactory(), 0))

    assert page.status_code == 422
    assert "Put down at least one piece." in page.text


def test_SEC_06_a_picture_that_is_none_leaves_nothing_behind(buyer):
    bad = ContentFile(b"<svg onload=alert(1)>", name="piece.jpg")

    page = buyer.post(ADDRESS, typed(CategoryFactory()) | {"piece-0-pictures": [picture(), bad]})

    assert page.status_code in {409, 415, 422}
    assert not SellSubmission.objects.exists()
    assert not SellPhoto.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_refusal_after_the_photos_were_stored_takes_their_files_away_again(buyer):
    category = CategoryFactory()
    for _ in range(3):
        buyer.post(ADDRESS, typed(category))
    assert SellSubmission.objects.count() == 3
    files = set(storages["private"].listdir("pieces")[1])

    page = buyer.post(ADDRESS, typed(category))

    assert page.status_code == 409
    assert "open submissions under this contact" in page.text
    assert SellSubmission.objects.count() == 3
    assert set(storages["private"].listdir("pieces")[1]) == files


def test_SEC_20_taking_in_at_the_counter_needs_leave(client):
    client.force_login(staff("offers.view_sellsubmission", "offers.review_submission"))

    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, typed(CategoryFactory())).status_code == 403
    assert not SellSubmission.objects.exists()


def test_the_page_asks_for_a_seller_and_three_pieces(buyer):
    page = buyer.get(ADDRESS)

    assert page.status_code == 200
    assert page.text.count('type="file"') == 3
    assert not SellSubmission.objects.exists()


def test_S1_there_is_room_for_as_many_pieces_as_one_submission_takes_and_nothing_typed_is_lost(buyer):
    category = CategoryFactory()
    plain = {name: value for name, value in typed(category, 3).items() if not name.endswith("pictures")}

    roomy = buyer.post(ADDRESS, plain | {"more": "1"})

    assert roomy.status_code == 200
    assert roomy.context["pieces"].total_form_count() == 6
    assert roomy.text.count('value="Varsity jacket"') == 3
    assert 'value="Sella Example"' in roomy.text
    assert not SellSubmission.objects.exists()
    buyer.post(ADDRESS, typed(category, 5, **{"piece-TOTAL_FORMS": 6}))
    assert SellSubmission.objects.get().items.count() == 5


def test_there_is_no_room_beyond_what_one_submission_takes(buyer):
    BuyingSettings(max_pieces=4).save()

    page = buyer.post(ADDRESS, typed(CategoryFactory(), 0) | {"more": "1"})

    assert page.context["pieces"].total_form_count() == 4
    assert "Room for more pieces" not in page.text
