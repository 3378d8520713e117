"""Who gets to see a photo of a seller's piece."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import confirm_email
from offers.models import SellPhoto, SellSubmission
from offers.services import answering, submitting, timers
from offers.tasks import make_thumbnail
from tests.factories.accounts import UserFactory, staff
from tests.factories.offers import SELLER, draft, submitted
from tests.offers.pages import by_link, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission() -> SellSubmission:
    return submitted(["Varsity jacket"], now=timezone.now())


def photo_of(submission: SellSubmission) -> SellPhoto:
    return SellPhoto.objects.get(item__submission=submission)


def address(photo: SellPhoto, size: str = "full") -> str:
    return reverse("offers:photo", args=[photo.pk, size])


@pytest.mark.parametrize("who", ["link holder", "owner", "staff"])
def test_INV_14_who_may_see_the_submission_sees_its_photos(submission, who):
    browser = {
        "link holder": lambda: by_link(submission),
        "owner": lambda: owner_of(submission)[0],
        "staff": lambda: signed_in(staff("offers.view_sellphoto")),
    }[who]()

    answer = browser.get(address(photo_of(submission)))

    assert answer.status_code == 200
    assert answer.content[:4] == b"RIFF"


@pytest.mark.parametrize(
    "who", ["anonymous", "shopper", "other link holder", "other seller", "staff without the right", "shopper with it"]
)
def test_INV_14_nobody_else_learns_that_there_is_a_photo(submission, who):
    other = submitted(["Coat"], now=timezone.now(), email="other@example.com")
    shopper = UserFactory()
    confirm_email(user=shopper)
    browser = {
        "anonymous": Client,
        "shopper": lambda: signed_in(shopper),
        "other link holder": lambda: by_link(other),
        "other seller": lambda: owner_of(other)[0],
        "staff without the right": lambda: signed_in(staff("offers.view_sellsubmission")),
        "shopper with it": lambda: signed_in(no_longer_staff()),
    }[who]()

    answer, missing = browser.get(address(photo_of(submission))), browser.get("/sell/photos/999999/full/")

    assert (answer.status_code, missing.status_code) == (404, 404)
    assert answer.content == missing.content


def no_longer_staff() -> User:
    user = staff("offers.view_sellphoto")
    user.is_staff = False
    user.save()
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_INV_14_a_draft_shows_its_photos_to_the_browser_that_writes_it_alone(client):
    unsent = draft(["Varsity jacket"], now=timezone.now())
    session = client.session
    session["draft"] = unsent.draft_key
    session.save()
    path = address(photo_of(unsent))

    assert client.get(path).status_code == 200
    assert Client().get(path).status_code == 404
    submitting.submit(submission_id=unsent.pk, has_agreed=True, actor=SELLER, now=timezone.now())
    assert client.get(path).status_code == 404


def test_INV_14_photos_are_kept_by_nobody_and_taken_for_nothing_but_pictures(submission):
    headers = by_link(submission).get(address(photo_of(submission))).headers

    assert headers["Content-Type"] == "image/webp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert {"private", "no-store"} <= set(headers["Cache-Control"].split(", "))
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Content-Security-Policy"] == "default-src 'none'"


def stored(photo: SellPhoto) -> bytes:
    with photo.thumbnail.open() as file:
        return bytes(file.read())


def test_until_the_small_one_is_made_the_full_one_stands_in(submission):
    browser, photo = by_link(submission), photo_of(submission)
    full = browser.get(address(photo)).content
    assert browser.get(address(photo, "small")).content == full

    make_thumbnail.func(photo.pk)

    photo.refresh_from_db()
    assert browser.get(address(photo, "small")).content == stored(photo)


@pytest.mark.parametrize("size", ["large", "small-", "0"])
def test_there_are_two_sizes(submission, size):
    assert by_link(submission).get(address(photo_of(submission), size)).status_code == 404


def test_a_photo_whose_file_is_gone_is_not_there(submission):
    browser, photo = by_link(submission), photo_of(submission)
    photo.image.delete(save=False)

    assert browser.get(address(photo)).status_code == 404


def test_a_photo_that_was_deleted_after_closing_is_not_there(submission):
    client, _ = owner_of(submission)
    path = address(photo_of(submission))
    answering.withdraw(submission_id=submission.pk, actor=SELLER, now=timezone.now() - timedelta(days=61))
    assert client.get(path).status_code == 200

    timers.purge_photos(now=timezone.now())

    assert client.get(path).status_code == 404
