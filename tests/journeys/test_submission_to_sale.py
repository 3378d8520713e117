"""The whole way of pieces through the pages: sent, offered on, countered, received, paid, stocked, and one sold."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db.models import F
from PIL import ExifTags, Image, ImageDraw
from playwright.sync_api import Locator, expect
from pytest_django.live_server_helper import LiveServer

from accounts.services import confirm_email
from inventory.models import Photo, SizeScale, StockItem
from inventory.pictures import RECIPE
from inventory.queries import ledger
from offers.models import BuyingRule, Payout, SellOffer, SellPhoto, SellSubmission
from offers.queries.findings import buying_findings
from shop.models import Order
from tests.browser.conftest import WIDTH, Person
from tests.factories.accounts import PASSWORD, owner
from tests.factories.inventory import BrandFactory, CategoryFactory
from tests.factories.shop import CollectionFactory
from tests.journeys.conftest import DESK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]

SLOTS = ("Front", "Back", "Label")
LYING = 6  # how a phone marks a picture that it took upright and stored lying


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Three photos as a phone takes them; the first lies on its side and knows where it was taken."""
    paths = []
    for slot, colour in zip(SLOTS, ("navy", "teal", "maroon"), strict=True):
        picture = Image.new("RGB", (1200, 900), "#d8d2c4")
        draw = ImageDraw.Draw(picture)
        draw.polygon([(220, 150), (980, 150), (1120, 450), (980, 750), (220, 750)], fill=colour)
        draw.ellipse([(880, 390), (1000, 510)], fill="#f4c542")
        exif = Image.Exif()
        if slot == "Front":
            exif[ExifTags.Base.Orientation] = LYING
            exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (53.0, 20.0, 0.0), 3: "W", 4: (6.0, 15.0, 0.0)})
        paths.append(tmp_path / f"{slot}.jpg")
        picture.save(paths[-1], exif=exif)
    with Image.open(paths[0]) as first:
        assert first.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    return paths


@pytest.fixture
def shop_that_buys(transactional_db: None, live_server: LiveServer, settings: LazySettings) -> None:
    """A shop that buys jackets, with somebody behind the counter, and whose letters lead to this server."""
    settings.SITE_URL = live_server.url
    jackets = CategoryFactory(name="Jackets", slug="jackets", size_scale=SizeScale.CLOTHES)
    BuyingRule.objects.create(category=jackets, photo_slots=list(SLOTS), checklist=["Zip", "Seams"])
    confirm_email(user=owner(email="staff@example.com", name="Stella Staff"))
    BrandFactory(name="Kestrel", slug="kestrel")
    CollectionFactory()


@pytest.mark.usefixtures("shop_that_buys")
def test_pieces_go_from_a_sellers_phone_to_the_shelf_and_one_is_sold(
    arrive: Callable[..., Person], has_scripts: bool, photos: list[Path], mailoutbox: list[Any]
) -> None:
    """Three pieces are sent, so that an offer for a part of them still brings two onto the shelf.

    The offer wants two and declines the third. The seller, at 390 px with scripts or without, asks for more by the
    link of the letter, answers the new price of one at the door on their own phone, and says there that the cash is
    in their hand. Every letter comes through the outbox and every small picture from the worker.
    """
    seller = arrive(has_scripts=has_scripts)
    desk = arrive(has_scripts=True, width=DESK)

    send_three_pieces(seller, photos)
    work()
    review_and_offer(desk)
    ask_for_more(seller, link_in(mailoutbox))
    accept_the_counter(desk)
    receive_with_one_new_price(desk, photos[2])
    take_the_new_price(seller, link_in(mailoutbox))
    pay_in_cash(desk, seller)
    stock_both(desk)
    work()
    buy(arrive(has_scripts=has_scripts), "Varsity jacket")

    submission = SellSubmission.objects.get()
    assert (submission.status, submission.close_reason) == ("closed", "completed")
    assert [offer.status for offer in SellOffer.objects.order_by("number")] == ["superseded", "accepted", "accepted"]
    payout = Payout.objects.get()
    assert (payout.status, payout.amount, payout.document.number) == ("settled", Decimal("100.00"), 1)
    lots = StockItem.objects.order_by("pk").values_list("product__title", "unit_cost", "on_shelf", "reserved")
    assert list(lots) == [("Varsity jacket", Decimal("75.00"), 0, 1), ("Rain shell", Decimal("25.00"), 1, 0)]
    assert Order.objects.get().lines.get().unit_price == Decimal("165.00")
    assert StockItem.objects.filter(product__brand__name="Kestrel").count() == 2
    assert photos_are_clean(SellPhoto.objects.all()) == 10
    assert photos_are_clean(Photo.objects.filter(renditions=RECIPE)) == 6
    assert ledger.stock_findings() == []
    assert buying_findings() == []


# --- On the seller's phone --------------------------------------------------------------------------------------------


def send_three_pieces(seller: Person, photos: list[Path]) -> None:
    """One piece question by question, two on one page each; then who they are, and off."""
    page = seller.page
    page.goto("/sell/")
    seller.arrives_at("Sell to us")
    page.get_by_role("button", name="Start", exact=True).click()
    seller.arrives_at("What do you want to sell?")
    # Whoever is as quick as a test is taken for a program, and waits in another queue.
    SellSubmission.objects.update(created_at=F("created_at") - timedelta(minutes=5))
    page.get_by_label("Jackets").check()
    go_on(seller, "Which brand")
    page.get_by_label("Brand").fill("Kestrel")
    page.get_by_label("What is it?").fill("Varsity jacket")
    go_on(seller, "Which size?")
    page.get_by_role("radio", name="L", exact=True).check()
    go_on(seller, "How is it worn?")
    page.get_by_role("radio", name="Mint").check()
    go_on(seller, "Photos of your Varsity jacket")
    add_photos(seller, photos)
    go_on(seller, "Anything wrong with it?")
    go_on(seller, "What do you hope for?")
    page.get_by_label("Price you hope for").fill("90")
    go_on(seller, "Your pieces")

    add_like_the_first(seller, "Rain shell", photos)
    add_like_the_first(seller, "Fleece jacket", photos)
    expect(page.get_by_text("3 pieces, 9 photos")).to_be_visible()

    page.get_by_role("link", name="Continue").click()
    seller.arrives_at("About you")
    page.get_by_label("Your name").fill("Sella Example")
    page.locator("#id_email").fill("seller@example.com")
    page.get_by_role("radio", name="Email").check()
    go_on(seller, "Check and send")
    page.get_by_role("radio", name="Collected at the door").check()
    page.get_by_label("I am 18 or older").check()
    page.get_by_label("The pieces are mine to sell").check()
    page.get_by_role("button", name="Send").click()
    seller.arrives_at("Got it")
    expect(page.get_by_label("Your link")).to_have_value(re.compile("/sell/link/"))


def add_like_the_first(seller: Person, title: str, photos: list[Path]) -> None:
    page = seller.page
    page.get_by_role("button", name="Same again, other size").first.click()
    whole_page = page.get_by_role("button", name="Show every question on one page")
    expect(whole_page.or_(page.get_by_role("heading", name="Sell to us", level=1))).to_be_visible()
    if whole_page.is_visible():
        whole_page.click()
    seller.arrives_at("Sell to us")
    page.get_by_label("What is it?").fill(title)
    page.get_by_role("radio", name="M", exact=True).check()
    add_photos(seller, photos)
    go_on(seller, "Your pieces")


def add_photos(seller: Person, photos: list[Path]) -> None:
    """Each in its place, and stored before anything goes on."""
    page = seller.page
    for slot, photo in zip(SLOTS, photos, strict=True):
        page.locator(f".tile[data-slot={slot}] input").set_input_files(photo)
    if page.get_by_role("button", name="Add photos").is_visible():
        page.get_by_role("button", name="Add photos").click()
    expect(page.locator(".tile[data-state=saved]")).to_have_count(3)


def go_on(person: Person, heading: str) -> None:
    person.page.get_by_role("button", name="Continue").click()
    person.arrives_at(heading)


def ask_for_more(seller: Person, link: str) -> None:
    """The link alone lets in, in a browser that knows nothing of the draft."""
    page = seller.page
    page.context.clear_cookies()
    page.goto(link)
    seller.arrives_at("Submission")
    expect(page.get_by_role("heading", name="Our offer: €85 for 2 pieces")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(
        re.compile(r"Fleece jacket, M · Mint\s*Not one for us: We have enough like it")
    )
    page.get_by_role("button", name="Ask for more").click()
    seller.arrives_at("Ask for more")
    page.get_by_label("How much would you take?").fill("125")
    page.get_by_role("button", name="Ask for this").click()
    seller.arrives_at("Submission")
    expect(page.get_by_role("heading", name="You asked for €125 for 2 pieces")).to_be_visible()


def take_the_new_price(seller: Person, link: str) -> None:
    page = seller.page
    page.goto(link)
    seller.arrives_at("Submission")
    page.get_by_role("link", name="See the new prices").click()
    seller.arrives_at("After looking at your pieces")
    expect(page.get_by_role("main")).to_contain_text("The zip is broken")
    expect(page.get_by_role("link", name="Our photo of Rain shell")).to_be_visible()
    page.get_by_role("radio", name="Take €25").check()
    page.get_by_role("button", name="Send my answers").click()
    seller.arrives_at("Submission")
    expect(page.get_by_role("heading", name="We owe you €100")).to_be_visible()


# --- Behind the counter -----------------------------------------------------------------------------------------------


def review_and_offer(desk: Person) -> None:
    """Two are wanted, one is not."""
    page = desk.page
    page.goto("/admin/offers/sellsubmission/")
    page.get_by_label("Email").fill("staff@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=SellSubmission.objects.get().reference).first.click()
    want(page.get_by_role("article", name="Varsity jacket"), "51")
    want(page.get_by_role("article", name="Rain shell"), "34")
    fleece = page.get_by_role("article", name="Fleece jacket")
    fleece.get_by_role("radio", name="Don't want").check()
    fleece.get_by_label("Why not").select_option(label="We have enough like it")
    expect(page.get_by_role("complementary", name="The offer")).to_contain_text("€85")
    page.get_by_role("button", name="Review and send").click()
    expect(page.get_by_text("eighty-five euro")).to_be_visible()
    page.get_by_role("button", name="Send this offer").click()
    expect(page.get_by_text("Offer 1 is made: €85.")).to_be_visible()
    work()


def want(piece: Locator, amount: str) -> None:
    piece.get_by_role("radio", name="Want", exact=True).check()
    piece.get_by_label("Our price").fill(amount)


def accept_the_counter(desk: Person) -> None:
    page = desk.page
    page.reload()
    page.get_by_role("link", name="Accept the counter").click()
    expect(page.get_by_text("The seller asks for €125")).to_be_visible()
    page.get_by_role("button", name="Accept the counter").click()
    expect(page.get_by_text("Agreed: €125.")).to_be_visible()
    work()


def receive_with_one_new_price(desk: Person, photo: Path) -> None:
    """On the staff's phone: one tap for what is as described; a reason and a photo for what is not."""
    page = desk.page
    page.get_by_role("link", name="At the door").click()
    expect(page.get_by_role("button", name="Take them")).to_be_visible()
    hold(desk, WIDTH)
    desk.fits("At the door")
    page.get_by_role("button", name="Take them").click()
    page.get_by_role("button", name=re.compile("All fine, €75.*Varsity jacket")).click()
    page.get_by_role("link", name=re.compile("Something else.*Rain shell")).click()
    page.get_by_label("Photo of ours").set_input_files(photo)
    for box in ("Zip", "Seams", "It is genuine"):
        page.get_by_role("checkbox", name=box).check()
    page.get_by_text("Another price, back, or hold").click()
    page.get_by_label("Another price (€)").fill("25")
    page.get_by_label("Why", exact=True).fill("The zip is broken")
    desk.fits("Another price")
    page.get_by_role("button", name="Lower price").click()
    page.get_by_role("button", name="Ask the seller").click()
    expect(page.get_by_text("The seller is asked about new prices")).to_be_visible()
    expect(page.get_by_role("img", name="The seller’s link as a code to scan")).to_be_visible()
    desk.fits("The seller is asked")
    work()


def pay_in_cash(desk: Person, seller: Person) -> None:
    """Approved here, in the seller's hand by their own word, then settled here."""
    page = desk.page
    page.get_by_role("link", name="Check again").click()
    page.get_by_role("button", name="Pay in cash").click()
    expect(page.get_by_role("button", name="The cash is handed over")).to_be_visible()

    seller.page.reload()
    seller.page.get_by_role("button", name="I have €100.00 in my hand").click()
    expect(seller.page.get_by_text("€100 is in your hand")).to_be_visible()

    page.get_by_role("link", name="Check again").click()
    expect(page.get_by_text("The seller confirmed the cash on their own phone.")).to_be_visible()
    page.get_by_label("Street and number").fill("1 Example Street")
    page.get_by_label("Town").fill("Dublin")
    page.get_by_role("button", name="The cash is handed over").click()
    expect(page.get_by_text("€100 is paid in cash.")).to_be_visible()
    desk.fits("Paid")
    hold(desk, DESK)
    work()


def hold(person: Person, width: int) -> None:
    """Go on at a screen of another width."""
    person.width = width
    person.page.set_viewport_size({"width": width, "height": 844})


def stock_both(desk: Person) -> None:
    page = desk.page
    for left, title, price in ((2, "Varsity jacket", "165"), (1, "Rain shell", "60")):
        page.goto("/admin/offers/sellitem/to-stock/")
        expect(page.get_by_role("heading", name=f"To stock: {left}")).to_be_visible()
        page.get_by_role("link", name=f"Kestrel {title}").click()
        page.get_by_label("Price (€)").fill(price)
        for slot in SLOTS:
            page.get_by_role("checkbox", name=f"Seller: {slot}").check()
        page.get_by_role("button", name="Stock and publish").click()
        expect(page.get_by_text("In stock as")).to_be_visible()


# --- In the shop ------------------------------------------------------------------------------------------------------


def buy(shopper: Person, title: str) -> None:
    """As a guest, to the page of the order."""
    page = shopper.page
    page.goto("/shop/")
    expect(page.get_by_role("link", name="Rain shell", exact=True)).to_be_visible()
    page.get_by_role("link", name=title, exact=True).click()
    shopper.arrives_at(title)
    expect(page.get_by_role("main").get_by_role("img").first).to_be_visible()
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("status")).to_contain_text("In your basket")
    page.get_by_role("link", name="Check out").click()
    shopper.arrives_at("Your details")
    page.get_by_label("Email").fill("buyer@example.com")
    page.get_by_label("Full name").fill("Buya Example")
    page.get_by_role("button", name="Continue to delivery").click()
    shopper.arrives_at("Delivery and payment")
    page.get_by_role("radio", name="Collect in Dublin Free").check()
    page.get_by_role("radio", name="Pay when you collect").check()
    page.get_by_role("button", name="Continue to review").click()
    shopper.arrives_at("Review your order")
    page.get_by_role("button", name="Place order, €165").click()
    shopper.arrives_at("Thank you")
    expect(page).to_have_url(shopper.shop + Order.objects.get().secret_link)


# --- Between them -----------------------------------------------------------------------------------------------------


def work() -> None:
    """What the worker does when it comes by: letters, small pictures."""
    call_command("worker", once=True, verbosity=0)


def link_in(letters: list[Any]) -> str:
    """The link in the newest letter to the seller."""
    newest = next(letter for letter in reversed(letters) if letter.to == ["seller@example.com"])
    found = re.search(r"http\S+/sell/link/\S+", newest.body)
    assert found, newest.body
    return found.group()


def photos_are_clean(stored: Any) -> int:
    """How many there are: those of a front come first and upright, as they were taken, and none knows where."""
    for photo in stored:
        with photo.image.open() as file, Image.open(file) as picture:
            assert not picture.getexif()
            is_front = photo.slot == "Front" if isinstance(photo, SellPhoto) else photo.position == 1
            assert (picture.height > picture.width) == is_front
    return len(stored)
