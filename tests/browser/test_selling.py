"""A person sells two pieces on a phone, with JavaScript and without."""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Route, expect

from inventory.models import SizeScale
from offers.models import SellPhoto, SellSubmission
from tests.browser.conftest import Person
from tests.factories.inventory import CategoryFactory
from tests.offers.selling import at, writing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]

WITH_SCRIPTS = pytest.mark.parametrize("person", [True], indirect=True, ids=["with JavaScript"])


@pytest.fixture
def photos(tmp_path: Path, transactional_db: None) -> list[Path]:
    """Three photos as a phone takes them, and a kind of piece to sell."""
    CategoryFactory(name="Jackets", size_scale=SizeScale.CLOTHES)
    paths = [tmp_path / f"{colour}.jpg" for colour in ("navy", "teal", "maroon")]
    for path in paths:
        Image.new("RGB", (1500, 2000), path.stem).save(path)
    return paths


def go_on(person: Person, heading: str) -> None:
    person.page.get_by_role("button", name="Continue").click()
    person.arrives_at(heading)


def add_photos(person: Person, photos: list[Path]) -> None:
    """Front and back in their places, another as one more; stored before anything goes on."""
    page = person.page
    page.locator(".tile[data-slot=Front] input").set_input_files(photos[0])
    page.locator(".tile[data-slot=Back] input").set_input_files(photos[1])
    page.locator("[data-more] input").set_input_files(photos[2])
    if page.get_by_role("button", name="Add photos").is_visible():
        page.get_by_role("button", name="Add photos").click()
    expect(page.locator(".tile[data-state=saved]")).to_have_count(3)


def test_two_pieces_with_three_photos_each_are_sent(person: Person, photos: list[Path]) -> None:
    page = person.page
    page.goto("/sell/")
    person.arrives_at("Sell to us")
    page.get_by_role("button", name="Start", exact=True).click()
    person.arrives_at("What do you want to sell?")
    page.get_by_label("Jackets").check()
    go_on(person, "Which brand")
    page.get_by_label("Brand").fill("Kestrel")
    page.get_by_label("What is it?").fill("Varsity jacket")
    go_on(person, "Which size?")
    page.get_by_role("radio", name="L", exact=True).check()
    go_on(person, "How is it worn?")
    page.get_by_role("radio", name="Mint").check()
    go_on(person, "Photos of your Varsity jacket")
    has_scripts = not page.get_by_role("button", name="Add photos").is_visible()
    add_photos(person, photos)
    go_on(person, "Anything wrong with it?")
    go_on(person, "What do you hope for?")
    page.get_by_label("Price you hope for").fill("110")
    go_on(person, "Your pieces")

    page.get_by_role("button", name="Same again, other size").click()
    person.arrives_at("Which size?")
    page.get_by_role("button", name="Show every question on one page").click()
    person.arrives_at("Sell to us")
    page.get_by_role("radio", name="M", exact=True).check()
    add_photos(person, photos)
    go_on(person, "Your pieces")
    expect(page.get_by_text("2 pieces, 6 photos")).to_be_visible()

    page.get_by_role("link", name="Continue").click()
    person.arrives_at("About you")
    page.get_by_label("Your name").fill("Sella Example")
    page.locator("#id_email").fill("seller@example.com")
    page.get_by_role("radio", name="Email").check()
    go_on(person, "Check and send")
    page.get_by_label("I am 18 or older").check()
    page.get_by_label("The pieces are mine to sell").check()
    page.get_by_role("button", name="Send").click()
    person.arrives_at("Got it")
    expect(page.get_by_label("Your link")).to_have_value(re.compile("/sell/link/"))
    copy = page.get_by_role("button", name="Copy")
    expect(copy).to_have_count(1 if has_scripts else 0)
    if has_scripts:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        copy.click()
        expect(page.get_by_text("Copied.")).to_be_visible()
        assert "/sell/link/" in page.evaluate("navigator.clipboard.readText()")

    submission = SellSubmission.objects.get()
    assert submission.status == "submitted"
    assert SellPhoto.objects.filter(item__submission=submission).count() == 6


def test_a_photo_is_brought_to_the_front_by_dragging_or_by_its_arrows(person: Person, photos: list[Path]) -> None:
    page = person.page
    page.goto("/sell/")
    page.get_by_role("button", name="Start", exact=True).click()
    page.goto(page.url.replace("kind", "photos"))
    has_scripts = not page.get_by_role("button", name="Add photos").is_visible()
    add_photos(person, photos)
    tiles = page.locator(".tile[data-state=saved]")

    if has_scripts:
        page.get_by_role("img", name="Back").drag_to(page.get_by_role("img", name="Front"))
    else:
        page.get_by_role("button", name="Move Back to the left").click()

    expect(tiles.nth(0)).to_contain_text("Back")
    expect(page.get_by_role("button", name="Move Back to the right")).to_be_visible()
    assert list(SellPhoto.objects.order_by("position").values_list("slot", flat=True)) == ["Back", "Front", ""]


def test_after_a_complaint_a_photo_that_is_still_under_way_lets_the_seller_go_on(
    person: Person, photos: list[Path]
) -> None:
    page = person.page
    person.expected_status = 422
    page.goto("/sell/")
    page.get_by_role("button", name="Start", exact=True).click()
    page.goto(page.url.replace("kind", "photos"))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Add a photo, so that we can see it")

    has_scripts = not page.get_by_role("button", name="Add photos").is_visible()
    held: list[Route] = []
    page.route("**/upload/", lambda route: held.append(route))
    page.locator(".tile[data-slot=Front] input").set_input_files(photos[0])
    if has_scripts:
        expect(page.locator(".tile[data-state=uploading]")).to_have_count(1)
        page.wait_for_timeout(500)
    page.get_by_role("button", name="Continue").click()
    for route in held:
        route.continue_()

    person.arrives_at("Anything wrong with it?")


def photos_question(person: Person) -> None:
    """A piece, at the question of its photos."""
    person.page.goto("/sell/")
    person.page.get_by_role("button", name="Start", exact=True).click()
    person.page.goto(person.page.url.replace("kind", "photos"))


def test_the_other_layout_takes_along_what_is_on_the_page_and_enter_deletes_no_photo(
    person: Person, photos: list[Path]
) -> None:
    page = person.page
    person.expected_status = 422
    photos_question(person)
    page.locator(".tile[data-slot=Front] input").set_input_files(photos[0])
    page.get_by_role("button", name="Show every question on one page").click()
    person.arrives_at("Sell to us")
    expect(page.locator(".tile[data-state=saved]")).to_have_count(1)

    page.locator("#id_brand_name").fill("Kestrel")
    page.locator("#id_brand_name").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose what it is")
    expect(page.locator(".tile[data-state=saved]")).to_have_count(1)
    expect(page.locator("#id_brand_name")).to_have_value("Kestrel")

    page.get_by_role("button", name="One question a page").click()
    person.arrives_at("What do you want to sell?")
    page.goto(page.url.replace("kind", "brand"))
    expect(page.locator("#id_brand_name")).to_have_value("Kestrel")


@WITH_SCRIPTS
def test_going_on_tries_a_photo_again_that_the_network_lost(person: Person, photos: list[Path]) -> None:
    page = person.page
    photos_question(person)
    page.route("**/upload/", lambda route: route.abort(), times=1)
    page.locator(".tile[data-slot=Back] input").set_input_files(photos[0])
    expect(page.locator(".tile[data-state=failed]")).to_contain_text("No connection")

    page.get_by_role("button", name="Continue").click()

    person.arrives_at("Anything wrong with it?")
    assert SellPhoto.objects.get().slot == "Back"
    person.complaints.clear()


@WITH_SCRIPTS
def test_nobody_goes_on_without_a_photo_that_was_not_stored(person: Person, photos: list[Path]) -> None:
    page = person.page
    photos_question(person)
    page.locator(".tile[data-slot=Front] input").set_input_files(photos[0])
    expect(page.locator(".tile[data-state=saved]")).to_have_count(1)
    page.route("**/upload/", lambda route: route.abort(), times=2)
    page.locator(".tile[data-slot=Back] input").set_input_files(photos[1])
    expect(page.locator(".tile[data-state=failed]")).to_contain_text("No connection")

    page.get_by_role("button", name="Continue").click()

    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    person.arrives_at("Photos of your piece")
    person.complaints.clear()


@WITH_SCRIPTS
def test_a_photo_goes_off_by_itself_once_the_network_is_back(person: Person, photos: list[Path]) -> None:
    page = person.page
    photos_question(person)
    page.context.set_offline(True)
    page.locator(".tile[data-slot=Back] input").set_input_files(photos[0])
    expect(page.locator(".tile[data-state=failed]")).to_contain_text("No connection")

    page.context.set_offline(False)

    expect(page.locator(".tile[data-state=saved]")).to_have_count(1)
    person.complaints.clear()


def test_a_name_without_a_blank_does_not_make_the_pages_wider(person: Person, photos: list[Path]) -> None:
    _, draft, _ = writing(["W" * 120], now=timezone.now())
    session = at(draft).cookies["sessionid"].value
    person.page.context.add_cookies([{"name": "sessionid", "value": session, "url": person.shop}])

    for path, heading in (("/sell/pieces/", "Your pieces"), ("/sell/check/", "Check and send")):
        person.page.goto(path)
        person.arrives_at(heading)
