"""Whole ways through the shop: with scripts and without, on a phone and at a desk; and with the keyboard alone."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Address, User
from core.models import OutboxMessage
from inventory.models import Product
from offers.models import OfferRule, ProductOffer, SellSubmission
from offers.services import bidding
from shop.models import Order
from tests.audit.scenes import jackets
from tests.browser.conftest import PATIENCE, Person
from tests.browser.test_selling import photos, test_two_pieces_with_three_photos_each_are_sent
from tests.browser.test_smoke import go_to_the_till, jacket
from tests.factories.accounts import PASSWORD
from tests.factories.bids import shopper
from tests.factories.inventory import STAFF
from tests.factories.offers import offered, submitted
from tests.offers.pages import by_link, url

__all__ = ["jacket", "photos"]
pytestmark = [pytest.mark.audit, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_built_static")]

NEW_PASSWORD = "sturdy-canvas-tote-77"


@pytest.fixture(params=[390, 1280])
def width(request: pytest.FixtureRequest) -> int:
    """A phone's and a desk's."""
    wide: int = request.param
    return wide


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def person(request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, width: int) -> Iterator[Person]:
    """The same person four times."""
    yield from somebody(browser, live_server.url, width, has_scripts=request.param)


@pytest.fixture
def typist(browser: Browser, live_server: LiveServer) -> Iterator[Person]:
    """Somebody without a mouse."""
    yield from somebody(browser, live_server.url, 1280, has_scripts=True)


def somebody(browser: Browser, shop: str, width: int, *, has_scripts: bool) -> Iterator[Person]:
    size: ViewportSize = {"width": width, "height": 844}
    context = browser.new_context(viewport=size, java_script_enabled=has_scripts, base_url=shop)
    context.set_default_timeout(PATIENCE)
    person = Person(context.new_page(), shop, width=width)
    person.watch()
    yield person
    context.close()
    assert person.complaints == []


# --- Four times -----------------------------------------------------------------------------------------------------


def test_a_piece_is_bought(person: Person, jacket: Product) -> None:
    go_to_the_till(person)
    person.page.get_by_role("button", name="Place order, €38").click()
    person.arrives_at("Thank you")
    assert Order.objects.count() == 1


def test_an_offer_is_made_taken_and_paid_for(person: Person) -> None:
    jackets(count=0)
    OfferRule.objects.get_or_create(category=None)
    piece, user, page = Product.objects.get(), shopper(), person.page
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    person.arrives_at("Your account")
    page.goto(piece.get_absolute_url())
    page.get_by_role("link", name=re.compile("offer", re.IGNORECASE)).first.click()
    person.arrives_at("Make an offer")
    page.get_by_label("Your offer").fill("160")
    page.get_by_role("button", name="Send offer").click()
    person.arrives_at("Your offer of €160 is with us")

    bidding.accept(offer_id=ProductOffer.objects.get().pk, actor=STAFF, now=timezone.now())
    page.get_by_role("link", name="Look again").click()
    person.arrives_at("Yours at €160")
    page.get_by_role("button", name="Put in my basket at €160").click()
    person.arrives_at("Basket")
    page.get_by_role("link", name="Check out").click()
    person.arrives_at("Your details")


def test_two_pieces_are_sent(person: Person, photos: list[Path]) -> None:
    test_two_pieces_with_three_photos_each_are_sent(person, photos)


def test_an_account_is_opened_and_an_address_kept(person: Person, jacket: Product) -> None:
    page = person.page
    page.goto("/accounts/signup/")
    page.get_by_label("Email").fill("new@example.com")
    for field in page.locator("input[type=password]").all():
        field.fill(NEW_PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    person.arrives_at("Confirm your email")
    page.locator("main input[name=code]").fill(code_in_the_letter())
    page.locator("main form button[type=submit]").first.click()
    person.arrives_at("Your account")
    page.get_by_role("link", name="Add an address").click()
    for label, text in (("Full name", "Nova New"), ("Street", "1 Example Street"), ("Town", "Dublin")):
        page.get_by_label(label).first.fill(text)
    page.get_by_label("Eircode").fill("D02 X285")
    page.locator("main form button[type=submit]").first.click()
    person.arrives_at("Your addresses")
    assert Address.objects.get().user == User.objects.get(email="new@example.com")


def code_in_the_letter() -> str:
    letter = OutboxMessage.objects.order_by("-pk")[0]
    found = re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", letter.text, re.MULTILINE)
    assert found, letter.text
    return found[1]


# --- With the keyboard ----------------------------------------------------------------------------------------------

SEEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const ring = [...document.querySelectorAll(":focus-visible, :has(> :focus-visible), .card:has(:focus-visible)")]
    .some((each) => getComputedStyle(each).outlineStyle !== "none");
  const middle = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
  const isOnTop = !middle || one.contains(middle) || middle.contains(one) || one.labels?.[0]?.contains(middle);
  return { ring, isOnTop: Boolean(isOnTop), what: one.outerHTML.slice(0, 120) };
}"""


def tab_to(page: Page, name: str, *, most: int = 120) -> None:
    """Go on with Tab to the control with this name; at each stop the focus is seen and nothing lies over it."""
    wanted = re.compile(rf"\s*(?:{name})")
    for _ in range(most):
        page.keyboard.press("Tab")
        seen = page.evaluate(SEEN)
        assert seen["ring"], f"no focus to be seen: {seen['what']}"
        assert seen["isOnTop"], f"hidden under something: {seen['what']}"
        found = page.evaluate(NAME)
        if wanted.match(found):
            return
    raise AssertionError(f"no way to {name} with Tab")


NAME = """() => {
  const one = document.activeElement;
  return (one.labels?.[0]?.innerText || one.innerText || one.getAttribute("aria-label") || one.value || "").trim();
}"""


def test_a_piece_is_bought_with_the_keyboard_alone(typist: Person, jacket: Product) -> None:
    page = typist.page
    page.goto("/")
    tab_to(page, "Search brand")
    page.keyboard.type("varsity")
    page.keyboard.press("Enter")
    typist.arrives_at("varsity")
    tab_to(page, "Varsity jacket")
    page.keyboard.press("Enter")
    typist.arrives_at("Varsity jacket")
    tab_to(page, "M$")
    page.keyboard.press("Space")
    tab_to(page, "Add to basket")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("In your basket")
    page.goto("/basket/")
    tab_to(page, "Check out")
    page.keyboard.press("Enter")
    typist.arrives_at("Your details")
    tab_to(page, "Email")
    page.keyboard.type("buyer@example.com")
    tab_to(page, "Full name")
    page.keyboard.type("Buya Example")
    page.keyboard.press("Enter")
    typist.arrives_at("Delivery and payment")
    tab_to(page, "Collect in Dublin")
    page.keyboard.press("Space")
    tab_to(page, "Pay")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    typist.arrives_at("Review your order")
    tab_to(page, "Place order")
    page.keyboard.press("Enter")
    typist.arrives_at("Thank you")
    assert Order.objects.count() == 1


def test_a_piece_is_sent_with_the_keyboard_alone(typist: Person, photos: list[Path]) -> None:
    page = typist.page
    page.goto("/sell/")
    tab_to(page, "Start")
    page.keyboard.press("Enter")
    typist.arrives_at("What do you want to sell?")
    SellSubmission.objects.update(created_at=F("created_at") - timedelta(minutes=5))
    tab_to(page, "Jackets")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    typist.arrives_at("Which brand")
    tab_to(page, "Brand")
    page.keyboard.type("Kestrel")
    tab_to(page, "What is it")
    page.keyboard.type("Varsity jacket")
    page.keyboard.press("Enter")
    typist.arrives_at("Which size?")
    tab_to(page, "(XXS|XS|S|M|L|One size)$")
    go_with_keys(page)
    typist.arrives_at("How is it worn?")
    tab_to(page, "Brand new|Mint|Like new")
    go_with_keys(page)
    typist.arrives_at("Photos of your Varsity jacket")
    # The dialogue that asks for a file is the system's own.
    page.locator(".tile[data-slot=Front] input").set_input_files(photos[0])
    expect(page.locator(".tile[data-state=saved]")).to_have_count(1)
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    typist.arrives_at("Anything wrong with it?")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    typist.arrives_at("What do you hope for?")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    typist.arrives_at("Your pieces")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    typist.arrives_at("About you")
    tab_to(page, "Your name")
    page.keyboard.type("Sella Example")
    tab_to(page, "E-?mail")
    page.keyboard.type("seller@example.com")
    tab_to(page, "Continue")
    page.keyboard.press("Enter")
    typist.arrives_at("Check and send")
    for box in ("I am 18", "The pieces are mine"):
        tab_to(page, box)
        page.keyboard.press("Space")
    tab_to(page, "Send")
    page.keyboard.press("Enter")
    typist.arrives_at("Got it")


def go_with_keys(page: Page) -> None:
    page.keyboard.press("Space")
    page.keyboard.press("Enter")


# --- While one waits ------------------------------------------------------------------------------------------------


def test_the_page_of_a_submission_shows_an_offer_that_was_made_meanwhile(typist: Person) -> None:
    submission, page = submitted(now=timezone.now()), typist.page
    seller = by_link(submission)
    page.context.add_cookies([{"name": "sessionid", "value": seller.cookies["sessionid"].value, "url": typist.shop}])
    page.clock.install()
    page.goto(url(submission))
    typist.arrives_at("Submission")
    offered(submission, now=timezone.now())

    page.clock.fast_forward(61_000)

    expect(page.get_by_role("heading", name="Our offer: €100 for 2 pieces")).to_be_visible()
