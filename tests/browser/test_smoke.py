"""A person buys a piece on a phone, with JavaScript and without."""

import io

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from core.models import OutboxMessage
from inventory.models import Product, StockItem
from inventory.queries import ledger
from inventory.services import products
from shop.models import CartLine, Order
from tests.browser.conftest import Person
from tests.factories.inventory import product, shelved
from tests.factories.shop import CollectionFactory, DeliveryFactory, cart_with, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def jacket(transactional_db: None) -> Product:
    """A jacket in two sizes, with a photo; another like it; and two ways to get them."""
    picture = io.BytesIO()
    Image.new("RGB", (960, 1200), "#8FA3F2").save(picture, "WEBP")
    jacket = product(title="Varsity jacket")
    products.add_photo(product=jacket, picture=ContentFile(picture.getvalue(), "front.webp"), alt="Front")
    for size in ("M", "L"):
        shelved(of=jacket, size=size)
    shelved(of=product(title="Coach jacket", category=jacket.category))
    CollectionFactory()
    DeliveryFactory()
    return jacket


def go_to_the_till(person: Person) -> None:
    """Find the jacket, put one into the basket and answer the checkout's questions."""
    page = person.page
    page.goto("/")
    page.get_by_label("Search brand, piece or size").fill("varsity")
    page.get_by_label("Search brand, piece or size").press("Enter")
    person.arrives_at("varsity")
    page.get_by_role("link", name="Varsity jacket", exact=True).click()
    person.arrives_at("Varsity jacket")
    page.get_by_role("radio", name="M", exact=True).check()
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("status")).to_contain_text("In your basket. Varsity jacket, M, €38")
    page.get_by_role("link", name="Check out").click()

    person.arrives_at("Your details")
    page.get_by_label("Email").fill("buyer@example.com")
    page.get_by_label("Full name").fill("Buya Example")
    page.get_by_role("button", name="Continue to delivery").click()

    person.arrives_at("Delivery and payment")
    page.get_by_role("radio", name="Collect in Dublin Free").check()
    page.get_by_role("radio", name="Pay when you collect").check()
    page.get_by_role("button", name="Continue to review").click()
    person.arrives_at("Review your order")


def test_a_person_finds_a_piece_and_buys_it(person: Person, jacket: Product) -> None:
    go_to_the_till(person)
    person.page.get_by_role("button", name="Place order, €38").click()

    person.arrives_at("Thank you")
    order = Order.objects.get()
    expect(person.page).to_have_url(person.shop + order.secret_link)
    assert order.lines.get().size == "M"
    assert OutboxMessage.objects.get().to == "buyer@example.com"
    assert ledger.stock_findings() == []


def test_a_person_is_told_that_a_piece_is_gone_and_goes_on_from_there(person: Person, jacket: Product) -> None:
    go_to_the_till(person)
    place(cart_with(StockItem.objects.get(product=jacket, size="M"), now=timezone.now()), now=timezone.now())
    person.expected_status = 409
    person.page.get_by_role("button", name="Place order, €38").click()

    person.arrives_at("Gone, by seconds")
    expect(person.page.get_by_role("main")).to_contain_text("You have not been charged")
    assert Order.objects.count() == 1
    person.page.get_by_role("link", name="Coach jacket", exact=True).click()
    person.arrives_at("Coach jacket")


# The answer comes between the two, as it does on a good network.
CLICK_TWICE = """(button) => new Promise((done) => {
  const again = () => { button.click(); setTimeout(done, 1000); };
  document.addEventListener("htmx:afterRequest", () => setTimeout(again, 100), { once: true });
  button.click();
})"""


@pytest.mark.parametrize("person", [True], indirect=True, ids=["with JavaScript"])
def test_a_double_click_puts_one_copy_in(person: Person) -> None:
    lot = shelved(of=product(title="Sunset print tee"), quantity=5)
    page = person.page
    page.goto(lot.product.get_absolute_url())
    page.get_by_role("button", name="Add to basket").evaluate(CLICK_TWICE)

    expect(page.get_by_role("status")).to_contain_text("In your basket")
    page.goto("/basket/")
    person.arrives_at("Basket")
    assert CartLine.objects.get().quantity == 1
