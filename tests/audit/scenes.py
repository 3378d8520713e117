"""The pages of the shop, each in each of its states; what leads there is made by the services that make it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from importlib import import_module

from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from accounts.models import User
from inventory.models import Condition, Photo, Product, SizeScale, StockItem
from inventory.services import products
from offers.models import BuyingRule, BuyingSettings, OfferRule, Payout, ProductOffer
from offers.services import answering, bidding, paying, reviewing
from shop import links
from shop.middleware import COOKIE
from shop.models import Cart, ContentPage, PlaceInLine
from shop.services import line, orders
from tests.factories.accounts import AddressFactory
from tests.factories.bids import accepted, basket_of, bid, countered, shopper
from tests.factories.inventory import STAFF, BrandFactory, CategoryFactory, product, shelved
from tests.factories.offers import (
    SELLER,
    agreed,
    draft,
    offered,
    paid,
    received,
    revised,
    settling,
    submitted,
)
from tests.factories.offers import countered as asked_for_more
from tests.factories.shop import CollectionFactory, DeliveryFactory, cart_with, order_of, place
from tests.factories.wishes import asking, keeping, waiting
from tests.offers.pages import by_link, owner_of, url
from tests.offers.selling import at

Step = Callable[[Page], None]


@dataclass(frozen=True)
class Scene:
    """One page in one state: whose browser, which address, and what is done there before it is looked at."""

    name: str
    path: str
    client: Client = field(default_factory=Client)
    act: Step | None = None
    status: int = 200


def press(name: str) -> Step:
    """Press the button as it is, whatever the fields hold: the browser's own check of them is not asked."""

    def step(page: Page) -> None:
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        page.get_by_role("main").get_by_role("button", name=name).first.click()
        page.wait_for_load_state()

    return step


def open_by(name: str) -> Step:
    """Open a sheet by its button, where the page has one at this width."""

    def step(page: Page) -> None:
        button = page.get_by_role("button", name=name).first
        if button.is_visible():
            button.click()

    return step


def picture() -> ContentFile[bytes]:
    """A product's picture."""
    out = io.BytesIO()
    Image.new("RGB", (960, 1200), "#8FA3F2").save(out, "WEBP")
    return ContentFile(out.getvalue(), "front.webp")


def jackets(count: int = 6) -> Product:
    """A small shop: a piece with everything that can be said of one, and others like it."""
    category = CategoryFactory(name="Jackets", slug="jackets", size_scale=SizeScale.CLOTHES)
    brand = BrandFactory(name="Kestrel", slug="kestrel")
    OfferRule.objects.get_or_create(category=None)
    CollectionFactory()
    DeliveryFactory()
    best = product(title="Varsity jacket, bottle green", category=category, brand=brand, description="Melton wool.")
    photos: list[Photo] = [
        products.add_photo(product=best, picture=picture(), alt=f"Varsity jacket: {side}")
        for side in ("front", "back", "left cuff")
    ]
    measured = {"measurements": {"Chest": "58", "Length": "69", "Sleeve": "63.5"}}
    shelved(
        of=best, price="185.00", size="L", lot=measured | {"flaws": [("Faint mark", photos[2]), ("Snaps sound", None)]}
    )
    for number in range(count):
        shelved(of=product(title=f"Coach jacket {number}", category=category, brand=brand), size="M", price="58.00")
    return best


def in_sizes() -> Product:
    """New pieces in several sizes, one of them the last, one sold out."""
    tee = product(title="Breton tee, navy stripe")
    for size, quantity in (("S", 3), ("M", 1), ("L", 0)):
        shelved(of=tee, size=size, quantity=quantity, condition=Condition.NEW_TAGGED, price="45.00")
    return tee


def basket(*items: StockItem, client: Client | None = None, cart: Cart | None = None) -> Client:
    """The browser of whoever has these in their basket."""
    client = client or Client()
    cart = cart or cart_with(*items, now=timezone.now())
    client.cookies[COOKIE] = cart.visitor
    return client


def signed_in(user: User, client: Client | None = None) -> Client:
    client = client or Client()
    client.force_login(user)
    return client


def shop() -> Iterator[Scene]:
    """Looking around."""
    yield Scene("home, empty", "/")
    best = jackets()
    yield Scene("home", "/")
    yield Scene("menu open", "/", act=open_by("Menu"))
    yield Scene("list", "/shop/")
    yield Scene("filters open", "/shop/", act=open_by("Filters"))
    yield Scene("list, filtered", "/shop/?size=M&price_to=100")
    yield Scene("list, nothing left", "/shop/?size=M&price_to=1")
    yield Scene("category", "/shop/jackets/")
    yield Scene("brand", "/brands/kestrel/")
    yield Scene("search", "/search/?q=varsity")
    yield Scene("search, nothing found", "/search/?q=unicorn")
    yield Scene("beyond the list", "/shop/?page=99", status=404)
    yield Scene("not here", "/nothing/", status=404)
    yield Scene("a form's address", "/basket/add/", status=405)

    yield Scene("product", best.get_absolute_url())
    yield Scene(
        "photo enlarged", best.get_absolute_url(), act=lambda page: page.locator("[data-enlarge]").first.click()
    )
    yield Scene("added", best.get_absolute_url(), act=press("Add to basket"))
    sizes = in_sizes().get_absolute_url()
    yield Scene("product, several sizes", sizes)
    yield Scene("product, no price", shelved(title="Grail parka", price=None).product.get_absolute_url())
    order = order_of(shelved(title="Sold hoodie"), now=timezone.now())
    yield Scene("product, being paid for", order.lines.get().stock_item.product.get_absolute_url())
    for step in (orders.confirm, orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=timezone.now())
    yield Scene("product, sold", order.lines.get().stock_item.product.get_absolute_url())
    lot = shelved(title="Held overshirt", price="38.00")
    offer = accepted(bid(lot, now=timezone.now()), now=timezone.now())
    yield Scene("product, held for me", lot.product.get_absolute_url(), signed_in(offer.shopper))


def till() -> Iterator[Scene]:
    """From the basket to the order."""
    jackets(2)
    lot = shelved(title="Sunset print tee", quantity=3)
    yield Scene("basket, empty", "/basket/")
    yield Scene("basket", "/basket/", basket(lot, shelved(title="Chore jacket")))
    yield Scene("line removed", "/basket/", basket(lot), press("Remove"))
    gone, dearer = shelved(title="Down jacket"), shelved(title="Zip hood")
    mine = cart_with(gone, dearer, lot, now=timezone.now())
    order_of(gone, now=timezone.now())
    products.change_price(stock_item_id=dearer.pk, price=Decimal("42.00"), actor=STAFF, now=timezone.now())
    yield Scene("basket with changes", "/basket/", basket(cart=mine))
    offer = accepted(bid(shelved(title="Held jacket", price="38.00"), now=timezone.now()), now=timezone.now())
    yield Scene("basket, held for me", "/basket/", signed_in(offer.shopper))
    held = basket_of(offer, now=timezone.now())
    yield Scene("basket, held piece taken up", "/basket/", signed_in(offer.shopper, basket(cart=held)))

    yield Scene("nothing to order", "/checkout/")
    yield Scene("details", "/checkout/", basket(lot))
    yield Scene("details, errors", "/checkout/", basket(lot), press("Continue"), status=422)
    yield Scene("delivery", "/checkout/delivery/", with_details(basket(lot)))
    yield Scene("delivery, errors", "/checkout/delivery/", with_details(basket(lot)), press("Continue"), status=422)
    yield Scene("review", "/checkout/review/", with_delivery(basket(lot)))
    last, other = shelved(title="Last parka"), shelved(title="Second parka")
    late = with_delivery(basket(last, other))
    yield Scene("gone, by seconds", "/checkout/review/", late, partial(too_late, last), status=409)

    yield Scene("order, to collect", order_of(lot, now=timezone.now()).secret_link)
    transfer = order_of(shelved(title="Crew"), method=DeliveryFactory(), now=timezone.now())
    yield Scene("order, to pay", transfer.secret_link)
    for step in (orders.confirm, orders.pack):
        step(order_id=transfer.pk, actor=STAFF, now=timezone.now())
    yield Scene("order, packed", transfer.secret_link)
    orders.ship(order_id=transfer.pk, actor=STAFF, now=timezone.now(), tracking="JD0146 0003 88")
    yield Scene("order, on its way", transfer.secret_link)
    orders.complete(order_id=transfer.pk, actor=STAFF, now=timezone.now())
    yield Scene("order, delivered", transfer.secret_link)
    called_off = order_of(shelved(title="Cap"), now=timezone.now())
    orders.withdraw(order_id=called_off.pk, actor=STAFF, now=timezone.now())
    yield Scene("order, cancelled", called_off.secret_link)
    overdue = order_of(shelved(title="Beanie"), now=timezone.now() - timedelta(days=2))
    yield Scene("order, expired", overdue.secret_link)


def with_details(client: Client) -> Client:
    client.post("/checkout/", {"email": "buyer@example.com", "name": "Buya Example"})
    return client


def with_delivery(client: Client) -> Client:
    with_details(client)
    ways = client.get("/checkout/delivery/").context["form"].fields["delivery"].choices
    way = next(value for value, label in ways if "Collect" in str(label))
    client.post("/checkout/delivery/", {"delivery": way, "payment": "on_collection"})
    return client


def too_late(item: StockItem, page: Page) -> None:
    place(cart_with(item, now=timezone.now()), now=timezone.now())
    press("Place order")(page)


def account() -> Iterator[Scene]:
    """Signing in, and what is one's own."""
    jackets(1)
    for door in ("login", "signup", "reset_password", "request_login_code"):
        yield Scene(door, reverse(f"account_{door}"))
        yield Scene(f"{door}, errors", reverse(f"account_{door}"), act=submit_main)
    yield Scene("password letter sent", reverse("account_reset_password_done"))
    yield Scene("new password, old link", "/accounts/password/reset/key/1-abc/")

    new = shopper()
    for name in ("shop:account", "accounts:address_list", "offers:my_offers", "offers:my_submissions"):
        yield Scene(f"{name}, empty", reverse(name), signed_in(new))
    user = shopper()
    place(cart_with(shelved(), user=user, now=timezone.now()), now=timezone.now())
    home = AddressFactory(user=user)
    yield Scene("account", reverse("shop:account"), signed_in(user))
    yield Scene("addresses", reverse("accounts:address_list"), signed_in(user))
    yield Scene("new address", reverse("accounts:address_add"), signed_in(user))
    yield Scene("new address, errors", reverse("accounts:address_add"), signed_in(user), submit_main, 422)
    yield Scene("address", reverse("accounts:address_edit", args=[home.pk]), signed_in(user))
    yield Scene("delete address", reverse("accounts:address_delete", args=[home.pk]), signed_in(user))
    for name in ("account_email", "account_change_password", "account_reauthenticate", "account_logout", "mfa_index"):
        yield Scene(name, reverse(name), signed_in(user))
    yield from bargaining()


def offer_page(offer: ProductOffer) -> str:
    return reverse("offers:offer", args=[offer.number])


def bargaining() -> Iterator[Scene]:
    """A shopper's offers on pieces."""
    now = timezone.now()
    lot = shelved(title="Varsity jacket", price="38.00")
    form = reverse("offers:make_offer", args=[lot.product.slug])
    yield Scene("make an offer", form, signed_in(shopper()))
    yield Scene("make an offer, errors", form, signed_in(shopper()), submit_main, 422)
    live = bid(lot, now=now)
    yield Scene("offer, with us", offer_page(live), signed_in(live.shopper))
    yield Scene("my offers", reverse("offers:my_offers"), signed_in(live.shopper))
    ours = countered(now=now)
    yield Scene("offer, our counter", offer_page(ours), signed_in(ours.shopper))
    agreed_on = accepted(bid(shelved(price="38.00"), now=now), now=now)
    yield Scene("offer, accepted", offer_page(agreed_on), signed_in(agreed_on.shopper))
    refused = bid(shelved(price="38.00"), now=now)
    bidding.decline(offer_id=refused.pk, actor=STAFF, now=now)
    yield Scene("offer, declined", offer_page(refused), signed_in(refused.shopper))


def submit_main(page: Page) -> None:
    """Send the page's own form as it is."""
    page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def selling() -> Iterator[Scene]:
    """A draft, question by question and whole."""
    category = CategoryFactory(name="Jackets", slug="jackets")
    BuyingRule.objects.create(category=category, photo_slots=["Front", "Back", "Label"])
    yield Scene("gate", "/sell/")
    yield Scene("pieces, none", "/sell/pieces/", at(draft([], category=category, now=timezone.now())))
    new = draft(category=category, now=timezone.now())
    browser, item = at(new), new.items.first()
    assert item is not None
    yield Scene("gate, draft begun", "/sell/", browser)
    yield Scene("pieces", "/sell/pieces/", browser)
    for name in ("kind", "brand", "size", "condition", "photos", "flaws", "price"):
        yield Scene(f"question: {name}", reverse("offers:question", args=[item.pk, name]), browser)
    empty = draft(["Varsity jacket"], category=category, now=timezone.now(), has_photos=False)
    bare = empty.items.get()
    bare.brand_name = bare.title = bare.size = bare.declared_grade = ""
    bare.save()
    for name in ("brand", "size", "condition"):
        path = reverse("offers:question", args=[bare.pk, name])
        yield Scene(f"question: {name}, errors", path, at(empty), press("Continue"), status=422)
    whole = reverse("offers:everything", args=[item.pk])
    yield Scene("whole piece", whole, browser)
    yield Scene("whole piece, errors", reverse("offers:everything", args=[bare.pk]), at(empty), press("Continue"), 422)
    yield Scene("piece removed", "/sell/pieces/", at(draft(category=category, now=timezone.now())), press("Remove"))
    yield Scene("about you", "/sell/about-you/", browser)
    nobody = draft(category=category, now=timezone.now(), name="", email="")
    yield Scene("about you, errors", "/sell/about-you/", at(nobody), press("Continue"), status=422)
    yield Scene("check and send", "/sell/check/", browser)
    yield Scene("check and send, errors", "/sell/check/", browser, press("Send"), status=422)
    yield Scene("link again", "/sell/link-again/")
    yield Scene("link not valid", "/sell/link/nothing/", status=404)


def submissions() -> Iterator[Scene]:
    """A submission, from the day it is sent to the day it is paid."""
    now = timezone.now()
    BuyingSettings(max_open_submissions=100).save()  # all of them are one seller's
    new = submitted(now=now)
    yield Scene("sent", url(new, "sent"), by_link(new))
    yield Scene("submission, received", url(new), by_link(new))
    yield Scene("withdraw", url(new, "withdraw"), by_link(new))
    yield Scene("seen by its owner", url(new), owner_of(new)[0])
    yield Scene(
        "my submissions", reverse("offers:my_submissions"), owner_of(submitted(now=now, email="b@example.com"))[0]
    )
    puzzled = submitted(now=now)
    reviewing.claim(submission_id=puzzled.pk, user_id=shopper().pk, actor=STAFF, now=now)
    reviewing.ask(submission_id=puzzled.pk, question="Is the lining whole?", actor=STAFF, now=now)
    yield Scene("submission, a question", url(puzzled), by_link(puzzled))
    live = offered(now=now)
    yield Scene("submission, live offer", url(live.submission), by_link(live.submission))
    yield Scene("ask for more", url(live.submission, "counter"), by_link(live.submission))
    yield Scene("ask for more, errors", url(live.submission, "counter"), by_link(live.submission), submit_main, 422)
    asked = asked_for_more(offered(now=now), now=now)
    yield Scene("submission, asked for more", url(asked.submission), by_link(asked.submission))
    reviewing.decline_counter(
        submission_id=asked.submission_id, number=asked.number, reason="Too much", actor=STAFF, now=now
    )
    yield Scene("submission, counter declined", url(asked.submission), by_link(asked.submission))
    over = offered(now=now - timedelta(days=9))
    yield Scene("submission, offer over", url(over.submission), by_link(over.submission))
    refused = offered(now=now)
    answering.refuse(
        submission_id=refused.submission_id, number=refused.number, total=refused.total, actor=SELLER, now=now
    )
    yield Scene("submission, refused", url(refused.submission), by_link(refused.submission))
    part = offered(now=now, amounts=("60.00", None))
    yield Scene("submission, offer for a part", url(part.submission), by_link(part.submission))
    deal = agreed(now=now)
    yield Scene("submission, agreed", url(deal), by_link(deal))
    yield Scene("bank details", url(deal, "payout"), by_link(deal))
    here = received(now=now)
    yield Scene("submission, pieces here", url(here), by_link(here))
    first = here.items.first()
    assert first is not None
    yield Scene("take a piece back", url(here, "walk_away", first.pk), by_link(here))
    revision = revised(now=now)
    yield Scene("submission, new prices", url(revision.submission), by_link(revision.submission))
    yield Scene("new prices", url(revision.submission, "revision"), by_link(revision.submission))
    yield Scene(
        "new prices, errors", url(revision.submission, "revision"), by_link(revision.submission), submit_main, 422
    )
    owed = settling(now=now)
    yield Scene("submission, to be paid", url(owed), by_link(owed))
    paying.approve(
        payout_id=owed.payouts.get(status=Payout.Status.DUE).pk, method=Payout.Method.CASH, actor=STAFF, now=now
    )
    yield Scene("submission, cash at the door", url(owed), by_link(owed))
    done = paid(now=now)
    yield Scene("submission, paid", url(done), by_link(done))
    yield Scene("document", url(done, "document", done.payouts.get().document.number), by_link(done))
    answering.withdraw(submission_id=new.pk, actor=SELLER, now=now)
    yield Scene("submission, withdrawn", url(new), by_link(new))


def keeping_and_waiting() -> Iterator[Scene]:
    """What people keep, what they wait for, and the links of such letters."""
    now, user = timezone.now(), shopper()
    best = jackets(2)
    yield Scene("wishlist, empty", "/wishlist/")
    yield Scene("suggestions", "/", act=type_a_search)
    dear = shelved(title="Down jacket", price="90.00")
    sold = order_of(shelved(title="Sold hoodie"), now=now)
    for piece in (best, dear.product, sold.lines.get().stock_item.product):
        keeping(user, piece, now=now)
    products.change_price(stock_item_id=dear.pk, price=Decimal("70.00"), actor=STAFF, now=now)
    waiting(user, now=now)
    yield Scene("wishlist", "/wishlist/", signed_in(user))
    yield Scene("tell me", "/tell-me/?list=/search/%3Fq=jacket")
    yield Scene("tell me, errors", "/tell-me/?list=/search/%3Fq=jacket", act=submit_main, status=422)
    yield Scene("tell me, signed in", "/tell-me/?list=/search/%3Fq=jacket", signed_in(user))
    guest = asking("guest@example.com", now=now)
    yield Scene("letters, to confirm", links.path_of(guest, links.CONFIRM))
    yield Scene("letters, confirmed", links.path_of(guest, links.CONFIRM), act=submit_main)
    yield Scene("letters, to stop", links.path_of(guest, links.STOP))
    yield Scene("letters, stopped", links.path_of(guest, links.STOP), act=submit_main)
    yield Scene("letters, old link", "/letters/stop/nothing/", status=404)

    lot = sold.lines.get().stock_item
    yield Scene("join the line", f"/line/join/?again={lot.pk}")
    yield Scene("join the line, errors", f"/line/join/?again={lot.pk}", act=submit_main, status=422)
    yield Scene("join the line, signed in", f"/line/join/?again={lot.pk}", signed_in(user))
    first = line.join(stock_item_id=lot.pk, user=user, now=now)
    line.ask(stock_item_id=lot.pk, email="guest@example.com", now=now)
    asked = PlaceInLine.objects.get(email="guest@example.com")
    yield Scene("line, to confirm", links.path_of(asked, links.PLACE))
    yield Scene("line, waiting", links.path_of(first, links.PLACE), signed_in(user))
    yield Scene("line, seen on the piece", lot.product.get_absolute_url(), signed_in(user))
    orders.cancel(order_id=sold.pk, actor=STAFF, now=now)
    yield Scene("line, my turn", links.path_of(first, links.PLACE), signed_in(user))
    line.leave(place=first, actor=STAFF, now=now)
    yield Scene("line, over", links.path_of(first, links.PLACE), signed_in(user))

    yield Scene("my data", reverse("accounts:my_data"), signed_in(user))
    yield Scene("close my account", reverse("accounts:close"), signed_in(user))
    yield Scene("close my account, errors", reverse("accounts:close"), signed_in(user), submit_main, 422)


def type_a_search(page: Page) -> None:
    """As far as the suggestions, where the field can be seen."""
    field = page.get_by_role("combobox").first
    if field.is_visible():
        field.press_sequentially("jack")
        page.get_by_role("option").first.wait_for()


def words() -> Iterator[Scene]:
    """Pages of words, with what the shop says in them itself; and pages in Polish, whose words are longer."""
    best = jackets(2)
    BuyingRule.objects.create(category=best.category, photo_slots=["Front", "Back", "Label"])
    # Not there any more after a test that emptied the database.
    if not ContentPage.objects.exists():
        import_module("shop.migrations.0010_usual_texts").add(apps, None)
    for page in ContentPage.objects.all():
        yield Scene(f"words: {page.slug}", page.get_absolute_url())
    for path in ("/", "/shop/", best.get_absolute_url(), "/basket/", "/wishlist/", "/sell/", "/accounts/login/"):
        yield Scene(f"in Polish: {path.strip('/').replace('/', ' ') or 'home'}", f"/pl{path}")
    lot = shelved(title="Chore jacket")
    for name, path, client in (
        ("basket", "/basket/", basket(lot)),
        ("details", "/checkout/", basket(lot)),
        ("delivery", "/checkout/delivery/", with_details(basket(lot))),
        ("review", "/checkout/review/", with_delivery(basket(lot))),
        ("account", "/account/", signed_in(shopper())),
    ):
        yield Scene(f"in Polish: my {name}", f"/pl{path}", client)


AREAS: dict[str, Callable[[], Iterator[Scene]]] = {
    "shop": shop,
    "till": till,
    "account": account,
    "selling": selling,
    "submissions": submissions,
    "keeping": keeping_and_waiting,
    "words": words,
}
