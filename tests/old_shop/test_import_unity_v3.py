"""Bringing over the database of the old shop."""

import io
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import User
from core.models import AuditEntry, OutboxMessage
from inventory.models import Brand, BrandAlias, Condition, Product, Reservation, StockItem, StockMove
from inventory.queries.ledger import stock_findings
from inventory.services import products
from offers.models import InternalNote, Payout, ProductOffer, Seller, SellItem, SellOffer, SellSubmission
from offers.queries.findings import buying_findings
from shop.models import Order, Payment
from shop.services import orders
from tests.factories.accounts import UserFactory
from tests.factories.inventory import STAFF
from tests.factories.old_shop import OldShop

pytestmark = pytest.mark.django_db

NOW = "2026-03-02T12:00:00+00:00"


@pytest.fixture
def old(tmp_path: Path) -> OldShop:
    return OldShop(tmp_path / "old.sqlite")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def run(old: OldShop, *options: str) -> str:
    """What a clean import says."""
    out = io.StringIO()
    call_command("import_unity_v3", str(old.path), *options, stdout=out)
    assert stock_findings() == []
    assert buying_findings() == []
    assert "no unexplained differences, all stock adds up" in out.getvalue()
    return out.getvalue()


def counts(report: str, table: str) -> list[int]:
    """Rows read, made, known and skipped."""
    return [
        int(number) for number in next(line for line in report.splitlines() if line.split()[:1] == [table]).split()[1:]
    ]


def reasons(item: StockItem) -> list[str]:
    return list(item.moves.order_by("pk").values_list("reason", flat=True))


# Users


def test_a_user_comes_without_a_password_and_is_told_once_how_to_choose_one(old, client):
    old.add("users", password_hash="$2a$10$secret", address="1 Example Street", city="Dublin", eircode="D02 X285")
    run(old)
    run(old)

    user = User.objects.get()
    assert (user.email, user.name, user.has_usable_password()) == ("ana@example.com", "Ana Sample", False)
    assert user.addresses.get().street == "1 Example Street"
    letter = OutboxMessage.objects.get()
    assert "secret" not in letter.text
    link = next(line for line in letter.text.splitlines() if "/key/" in line or "reset/key" in line)
    page = client.get(link.split("//", 1)[1].partition("/")[2].join(["/", ""]), follow=True)
    assert page.status_code == 200
    assert b'name="password1"' in page.content


def test_D6_an_administrator_of_the_old_shop_has_no_rights_here(old):
    old.add("users", role="admin")

    report = run(old)

    assert not User.objects.get().is_staff
    assert not User.objects.get().is_superuser
    assert "give them anew in the admin: 1" in report


def test_a_closed_account_stays_closed_and_gets_no_letter(old):
    old.add("users", is_active=0)
    run(old)

    assert not User.objects.get().is_active
    assert not OutboxMessage.objects.exists()


def test_two_users_of_one_email_in_any_case_are_one_account(old):
    old.add("users")
    second = old.add("users", email="ANA@example.com")
    product = old.add("products")
    old.order_of(product, user_id=second, status="completed")

    report = run(old)

    assert counts(report, "users") == [2, 1, 0, 1]
    assert Order.objects.get().user == User.objects.get()


def test_a_user_who_is_here_already_is_left_as_they_are(old):
    here = UserFactory(email="ana@example.com", name="Ana Here")
    old.add("users")

    assert counts(run(old), "users") == [1, 0, 1, 0]
    here.refresh_from_db()
    assert here.name == "Ana Here"
    assert here.has_usable_password()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("email", [None, "", "sella", "a@b@example.com", "ſ@example.com", "x" * 250 + "@example.com"])
def test_a_user_without_a_usable_email_is_left_behind_with_the_reason(old, email):
    old.add("users", email=email)

    report = run(old)

    assert "1 skipped, no email to sign in with: 1" in report
    assert not User.objects.exists()


# Products


def test_a_product_comes_with_its_copies_by_an_intake_move_of_its_day(old):
    old.add("products", quantity_available=3, sku="BN-KES-1")
    run(old)

    item = StockItem.objects.get()
    move = item.moves.get()
    assert (item.on_shelf, item.price, item.size, item.sku) == (3, Decimal("80.00"), "M", "BN-KES-1")
    assert (item.condition, item.product.is_published, str(item.product.brand)) == ("new_tagged", True, "Kestrel")
    assert (move.reason, move.unit_amount, f"{move.made_at:%Y-%m-%d}") == ("intake", None, "2026-01-10")


@pytest.mark.parametrize(
    ("code", "size", "category", "label"),
    [
        ("BN-CLOTHES", "XL", "Clothing", "XL"),
        ("PO-CLOTHES", "M", "Clothing", "M"),
        ("PO-CLOTHES", "M-TOP-L-BOTTOM", "Sets", "M top, L bottom"),
        ("PO-SHOES", "8-5", "Shoes", "8.5"),
        ("BN-SHOES", "UK-8-5", "Shoes", "8.5"),
        ("BN-SHOES", "UK 9", "Shoes", "9"),
        ("BN-SHOES", "EU 42", "Unsorted", "EU 42"),
        ("BN-CLOTHES", None, "Unsorted", "Not given"),
        ("Watches", "40 mm", "Watches", "40 mm"),
        (None, "L", "Unsorted", "L"),
    ],
)
def test_codes_and_sizes_of_the_old_taxonomy_find_their_category(old, code, size, category, label):
    old.add("products", category=code, size=size)
    run(old)

    item = StockItem.objects.get()
    assert (item.product.category.name, item.size) == (category, label)


@pytest.mark.parametrize(
    ("code", "told", "grade"),
    [
        ("BN-CLOTHES", "new", Condition.NEW_TAGGED),
        ("PO-SHOES", "excellent", Condition.LIKE_NEW),
        ("PO-SHOES", "good", Condition.DECENT),
        ("PO-SHOES", "new", Condition.MINT),
        ("PO-SHOES", None, Condition.MINT),
        ("Watches", "whatever", Condition.DECENT),
    ],
)
def test_conditions_become_grades(old, code, told, grade):
    old.add("products", category=code, size="8", condition=told)
    run(old)

    assert StockItem.objects.get().condition == grade


def test_brands_stay_apart_unless_one_is_an_alias_of_the_other(old):
    on = Brand.objects.create(name="On", slug="on")
    BrandAlias.objects.create(brand=on, name="OnCloud")
    for brand in ("Trailberg", "Trailblazer", "OnCloud", "oncloud"):
        old.add("products", brand=brand)
    run(old)

    names = Product.objects.order_by("pk").values_list("brand__name", flat=True)
    assert list(names) == ["Trailberg", "Trailblazer", "On", "On"]


@pytest.mark.parametrize(
    ("status", "on_shelf", "is_published", "moves"),
    [
        ("available", 1, True, ["intake"]),
        ("active", 1, True, ["intake"]),
        ("reserved", 1, True, ["intake"]),
        ("sold", 0, True, ["intake", "sale"]),
        ("removed", 0, False, []),
        ("deleted", 0, False, []),
        ("hidden", 1, False, ["intake"]),
        ("no such word", 1, False, ["intake"]),
    ],
)
def test_the_status_of_a_product_says_what_is_left_of_it(old, status, on_shelf, is_published, moves):
    old.add("products", status=status, sold_at="2026-02-20 10:00:00")
    run(old)

    item = StockItem.objects.get()
    assert (item.on_shelf, item.product.is_published, reasons(item)) == (on_shelf, is_published, moves)


def test_a_piece_sold_without_an_order_was_sold_on_its_day_at_its_listed_price(old):
    old.add("products", status="sold", sold_at="2026-02-20 10:00:00")
    run(old)

    sale = StockMove.objects.get(reason="sale")
    assert (sale.unit_amount, f"{sale.made_at:%Y-%m-%d}") == (Decimal("80.00"), "2026-02-20")


@pytest.mark.parametrize("price", [-5.0, "cheap", "1.234,50", float("inf"), "NaN", "1e9", 100_000_000.0])
def test_D11_a_product_whose_price_is_no_amount_waits_unpublished_for_one(old, price):
    old.add("products", price=price)

    report = run(old)

    item = StockItem.objects.get()
    assert (item.price, item.on_shelf, item.product.is_published) == (None, 1, False)
    assert "product without a price, not shown" in report


@pytest.mark.parametrize(
    ("told", "kept", "is_rounded"),
    [
        (1234.565, "1234.57", True),
        (0.1 + 0.2, "0.30", True),
        (45, "45.00", False),
        ("45.5", "45.50", False),
        (19.99, "19.99", False),
    ],
)
def test_D11_money_is_exact_to_the_cent_and_every_rounding_is_reported(old, told, kept, is_rounded):
    old.add("products", price=told)

    report = run(old)

    assert StockItem.objects.get().price == Decimal(kept)
    assert (f"rounded: products 1, price: {told} became {kept}" in report) == is_rounded


def test_text_of_four_bytes_and_text_no_database_takes_come_through(old):
    old.add("products", description="Jacket 🧥\x00 very \ud83d warm".encode("utf-8", "surrogatepass"))
    run(old)

    assert Product.objects.get().description.startswith("Jacket 🧥 very ")


# Orders


def test_a_completed_order_is_sold_and_paid_at_its_old_price_and_on_its_old_days(old):
    product = old.add("products", status="sold")
    old.order_of(product, price=72.5, order_number="ORD-ABC123", status="completed", total=72.5)

    report = run(old)

    order, item = Order.objects.get(), StockItem.objects.get()
    assert (order.number, order.status, order.total) == ("ORD-ABC123", "completed", Decimal("72.50"))
    assert (f"{order.placed_at:%m-%d}", f"{order.completed_at:%m-%d}") == ("02-01", "02-03")
    sale = item.moves.get(reason="sale")
    assert (sale.unit_amount, f"{sale.made_at:%m-%d}") == (Decimal("72.50"), "02-03")
    assert reasons(item) == ["intake", "reserve", "sale"]
    assert Payment.objects.get().status == "paid"
    assert "orders in EUR: 72.50 in the file, 0.00 left behind, 72.50 here, difference 0.00" in report


@pytest.mark.parametrize("status", ["confirmed", "processing"])
def test_an_open_order_holds_its_piece_and_can_be_carried_on(old, status, now):
    product = old.add("products", status="reserved")
    old.order_of(product, status=status)
    run(old)

    order, item = Order.objects.get(), StockItem.objects.get()
    assert (order.status, item.on_shelf, item.reserved) == ("confirmed", 0, 1)
    for step in (orders.pack, orders.mark_ready, orders.complete):
        step(order_id=order.pk, actor=STAFF, now=now)
    assert stock_findings() == []
    assert buying_findings() == []


def test_an_unanswered_order_holds_its_piece_until_the_old_shop_said(old):
    product = old.add("products", status="reserved")
    old.order_of(product, order_number="ORD-1", created_at="2026-03-02 08:00:00")
    old.add("product_reservations", product_id=product, order_number="ORD-1", expires_at="2026-03-03T08:00:00.000Z")

    report = run(old)

    order = Order.objects.get()
    assert (order.status, f"{order.expires_at:%d %H:%M}") == ("pending", "03 08:00")
    assert Reservation.objects.get().expires_at == order.expires_at
    assert "its order holds the piece" in report


def test_D17_an_unanswered_order_whose_time_is_over_holds_nothing(old):
    product = old.add("products", status="reserved")
    old.order_of(product)
    run(old)

    assert Order.objects.get().status == "expired"
    assert StockItem.objects.get().on_shelf == 1
    assert not Reservation.objects.exists()


def test_a_cancelled_order_moves_nothing_and_its_page_still_opens(old, client):
    product = old.add("products")
    old.order_of(product, status="cancelled")
    run(old)

    order, item = Order.objects.get(), StockItem.objects.get()
    assert reasons(item) == ["intake"]
    assert order.lines.get().reservation is None
    assert client.get(order.secret_link).status_code == 200


def test_D17_the_second_open_order_of_one_piece_is_cancelled_and_named(old):
    product = old.add("products")
    old.order_of(product, order_number="ORD-1", status="confirmed", created_at="2026-02-02 10:00:00")
    old.order_of(product, order_number="ORD-2", status="confirmed", created_at="2026-02-01 10:00:00")

    report = run(old)

    assert dict(Order.objects.values_list("number", "status")) == {"ORD-1": "cancelled", "ORD-2": "confirmed"}
    assert "write to its customer: 1" in report
    item = StockItem.objects.get()
    assert (item.taken_in, item.on_shelf, item.reserved) == (1, 0, 1)


def test_a_piece_the_old_shop_sold_twice_has_a_copy_for_each_sale(old):
    product = old.add("products", status="sold")
    for _ in range(2):
        old.order_of(product, status="completed")

    report = run(old)

    item = StockItem.objects.get()
    assert (item.taken_in, item.on_shelf, item.reserved) == (2, 0, 0)
    assert "sold more often than it was there" in report


def test_order_items_come_before_items_json(old):
    product = old.add("products", status="sold")
    order = old.add("orders", items_json="[]", total=80.0, status="completed")
    old.add("order_items", order_id=order, product_id=product, product_size="M")

    report = run(old)

    assert Order.objects.get().lines.get().stock_item == StockItem.objects.get()
    assert counts(report, "order_items") == [1, 1, 0, 0]


def test_an_order_of_an_unknown_product_sells_a_hidden_stand_in(old):
    old.add(
        "orders",
        items_json=[{"name": "Test sneaker", "price": 75, "quantity": 2}],
        total=165,
        status="completed",
        delivery_method="delivery",
        delivery_address="1 Example Street",
        delivery_city="Dublin",
    )

    report = run(old)

    order, item = Order.objects.get(), StockItem.objects.get()
    assert (order.subtotal, order.delivery_fee, order.total) == (150, 15, 165)
    assert (item.product.title, item.product.is_published, reasons(item)) == (
        "Test sneaker",
        False,
        ["intake", "reserve", "sale"],
    )
    assert "a hidden product stands in for it" in report


def test_D19_a_total_that_the_browser_made_up_is_kept_and_named(old):
    product = old.add("products", status="sold")
    old.order_of(product, status="completed", total=50.0)

    report = run(old)

    assert Order.objects.get().total == 50
    assert Order.objects.get().lines.get().unit_price == 80
    assert "order whose lines do not come to its total" in report


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"items_json": "[{", "total": 80}, "items_json is broken"),
        ({"items_json": '"text"', "total": 80}, "items_json is no list of pieces"),
        ({"items_json": "[]", "total": 80}, "no pieces"),
        ({"items_json": None, "total": 80}, "no pieces"),
        ({"items_json": [{"price": 80, "quantity": 0}], "total": 80}, "a line of no copies, or of too many"),
        ({"items_json": [{"price": 80, "quantity": "x"}], "total": 80}, "quantity is no count"),
        ({"items_json": [{"price": -80}], "total": 80}, "price is negative"),
        ({"items_json": [{"price": 80}], "total": "a lot"}, "total is no amount"),
        ({"items_json": [{"price": 80}], "total": 80, "status": "teleported"}, "status “teleported” is unknown"),
    ],
)
def test_an_order_that_cannot_be_read_is_left_behind_with_its_sum_and_reason(old, values, reason):
    old.add("orders", **({"status": "completed"} | values))

    report = run(old)

    assert f"1 skipped, {reason}: 1" in report
    assert "0.00 here, difference 0.00" in report
    assert not Order.objects.exists()


def test_no_letter_goes_out_for_what_was_long_ago(old):
    product = old.add("products", status="sold")
    old.order_of(product, status="completed")
    old.add("sell_submissions", items_json=[{"brand": "Kestrel"}])
    run(old)

    assert not OutboxMessage.objects.exists()


def test_a_long_number_of_the_old_shop_is_kept_in_the_history(old):
    product = old.add("products", status="sold")
    old.order_of(product, status="completed", order_number="SBS-20260201-99999")
    run(old)

    order = Order.objects.get()
    assert order.number.startswith("UN-")
    assert AuditEntry.objects.get(subject=order.cause).reason == "SBS-20260201-99999 in the old shop"


# Reservations


def test_a_reservation_that_still_runs_is_held_for_its_shopper(old):
    product = old.add("products", status="reserved")
    old.add("users")
    old.add(
        "product_reservations", product_id=product, customer_email="ana@example.com", expires_at="2026-03-02T20:00:00Z"
    )
    run(old)
    run(old)

    hold = Reservation.objects.get()
    assert (hold.holder, hold.status) == (f"user {User.objects.get().pk}", "active")
    assert StockItem.objects.get().reserved == 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"expires_at": "2026-03-02T11:59:59Z"}, "it had run out"),
        ({"expires_at": None}, "it had run out"),
        ({"expires_at": "2026-03-03T08:00:00Z", "status": "cancelled"}, "it had ended"),
        ({"expires_at": "2026-03-03T08:00:00Z", "product_id": 99}, "of an unknown product"),
    ],
)
def test_D17_a_reservation_that_is_over_holds_nothing(old, values, reason):
    product = old.add("products")
    old.add("product_reservations", **({"product_id": product} | values))

    report = run(old)

    assert f"1 skipped, {reason}: 1" in report
    assert StockItem.objects.get().on_shelf == 1


# Submissions


def test_an_open_submission_waits_for_our_review_with_its_pieces(old):
    pieces = [
        {
            "brand": "Kestrel",
            "category": "PO-SHOES",
            "model": "Runner",
            "size": "UK-9",
            "condition": "mint",
            "price": 40,
        },
        {"brand": "Unheard", "category": "Sneakers", "notes": "Some wear"},
    ]
    old.add("products", brand="Kestrel", category="BN-SHOES", size="8")
    old.add("sell_submissions", items_json=pieces, seller_message="Both or none", admin_notes="Cheap")
    run(old)

    submission = SellSubmission.objects.get()
    first, second = submission.items.all()
    assert (submission.status, submission.waiting_on) == ("submitted", "shop")
    assert (first.title, first.size, first.asking_amount, first.declared_grade) == ("Runner", "9", 40, "mint")
    assert (str(first.category), str(first.brand)) == ("Shoes", "Kestrel")
    assert (second.brand, second.brand_name, second.defects) == (None, "Unheard", "Some wear")
    assert (Seller.objects.get().handle, Seller.objects.get().channel) == ("sella", "instagram")
    assert not Brand.objects.filter(name="Unheard").exists()


def test_D13_internal_notes_stay_internal(old):
    old.add("sell_submissions", items_json=[{"brand": "Kestrel"}], admin_notes="Cheap", offered_price=30.0)
    run(old)

    assert "Cheap" in InternalNote.objects.get().text
    assert "Cheap" not in SellSubmission.objects.get().message


@pytest.mark.parametrize(
    ("status", "ours", "reason", "piece"),
    [
        ("pending", "submitted", "", "submitted"),
        ("reviewing", "submitted", "", "submitted"),
        ("accepted", "submitted", "", "submitted"),
        ("counter_offer", "submitted", "", "submitted"),
        ("offer_sent", "closed", "expired", "excluded"),
        ("rejected", "closed", "declined", "declined"),
        ("refused", "closed", "refused", "excluded"),
        ("paid", "closed", "completed", "disposed"),
        ("no such word", "submitted", "", "submitted"),
    ],
)
def test_the_status_of_a_submission_and_its_pieces(old, status, ours, reason, piece):
    old.add(
        "sell_submissions", items_json=[{"brand": "Kestrel"}], status=status, offer_expires_at="2026-02-09 10:00:00"
    )
    run(old)

    submission = SellSubmission.objects.get()
    assert (submission.status, submission.close_reason) == (ours, reason)
    assert submission.items.get().status == piece
    assert not SellOffer.objects.exists()


def test_D14_a_bought_piece_is_linked_to_its_product_with_cost_and_payout_where_that_is_known(old):
    product = old.add("products", category="PO-CLOTHES", size="L")
    submission = old.add("sell_submissions", items_json="[]", status="paid", final_price=30.0)
    old.add("sell_items", submission_id=submission, product_id=product, offer_price=30.0)
    old.add("sell_items", submission_id=submission, offer_price=10.0)
    run(old)

    known, unknown = SellItem.objects.order_by("pk")
    lot = StockItem.objects.get()
    assert (known.status, known.stock_item, known.agreed_amount) == ("stocked", lot, 30)
    assert (lot.unit_cost, lot.moves.get(reason="intake").unit_amount) == (30, 30)
    assert (unknown.status, unknown.product) == ("disposed", None)
    assert (Payout.objects.get().status, Payout.objects.get().amount) == ("settled", 30)
    assert SellOffer.objects.get().total == 30


@pytest.mark.parametrize("items", ["[{", None, "[]", '{"a": 1', "7"])
def test_a_submission_whose_pieces_cannot_be_read_is_left_behind(old, items):
    old.add("sell_submissions", items_json=items)

    assert counts(run(old), "sell_submissions") == [1, 0, 0, 1]


@pytest.mark.parametrize("price", [-1.0, "lots"])
def test_an_asking_price_that_is_no_amount_is_left_out(old, price):
    old.add("sell_submissions", items_json=[{"brand": "Kestrel", "price": price}], seller_price=price)

    assert "amount of a submission left out" in run(old)
    assert SellItem.objects.get().asking_amount is None


def test_SEC_22_a_submission_is_nobodys_until_its_email_is_confirmed(old):
    user = old.add("users")
    old.add("sell_submissions", items_json=[{"brand": "Kestrel"}], user_id=user)
    run(old)

    assert (Seller.objects.get().user, Seller.objects.get().email) == (None, "ana@example.com")


# Offers


@pytest.mark.parametrize(
    ("status", "ours"),
    [
        ("pending", ["expired"]),
        ("accepted", ["expired"]),
        ("rejected", ["declined"]),
        ("countered", ["countered", "expired"]),
    ],
)
def test_D18_a_shoppers_offer_is_history(old, status, ours):
    old.add("users")
    product = old.add("products")
    old.add("customer_offers", product_id=product, status=status, counter_offer_amount=70.0, admin_notes="Cheap")
    run(old)
    run(old)

    offers = ProductOffer.objects.order_by("pk")
    assert [offer.status for offer in offers] == ours
    assert offers[0].amount == 60
    assert "Cheap" not in offers[0].note
    assert StockItem.objects.get().on_shelf == 1


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"customer_contact": "0800000001"}, "nobody with this contact has an account"),
        ({"product_id": 99}, "of an unknown product"),
        ({"offer_amount": -3.0}, "offer_amount is negative"),
        ({"offer_amount": 0.0}, "no amount"),
        ({"status": "odd"}, "status “odd” is unknown"),
    ],
)
def test_an_offer_that_has_no_place_here_is_left_behind(old, values, reason):
    old.add("users")
    product = old.add("products")
    old.add("customer_offers", **({"product_id": product} | values))

    assert f"1 skipped, {reason}: 1" in run(old)


# The file


def test_pictures_and_events_are_counted_and_left_behind(old):
    old.add("images")
    old.add("analytics_events")

    report = run(old)

    assert "1 skipped, pictures are not fetched: all" in report
    assert "1 skipped, they wait for the reports of a later release: all" in report


@pytest.mark.parametrize("dropped", ["customer_offers", "sell_items", "product_reservations", "users", "order_items"])
def test_a_table_may_be_missing(tmp_path, dropped):
    old = OldShop(tmp_path / "old.sqlite", without=[dropped])
    product = old.add("products")
    old.order_of(product, status="completed")

    assert f"table is not in the file: {dropped}" in run(old)
    assert Order.objects.count() == 1


def test_the_columns_of_the_first_schema_do_as_well(tmp_path):
    old = OldShop(tmp_path / "old.sqlite", without=["products", "orders"])
    old.run(
        "CREATE TABLE products (id INTEGER PRIMARY KEY, image_id TEXT, category TEXT, size TEXT, status TEXT, "
        "quantity_total INTEGER, quantity_available INTEGER, surprise BLOB)"
    )
    old.run(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, order_number TEXT, status TEXT, "
        "items_json TEXT, total_amount REAL, delivery_phone TEXT, created_at DATETIME)"
    )
    old.run("INSERT INTO products VALUES (1, 'img-7', 'BN-SHOES', 'UK-9', 'active', 2, 2, x'00ff')")
    old.run(
        "INSERT INTO orders VALUES (1, NULL, 'ORD-1', 'completed', ?, 90.0, '0800', 1769940000000)",
        '{"items": [{"image_id": "IMG-7", "price": "TBD"}]}',
    )
    run(old)

    order, item = Order.objects.get(), StockItem.objects.get()
    assert (order.total, order.lines.get().unit_price, order.phone) == (90, 90, "0800")
    assert (order.lines.get().stock_item, item.on_shelf, item.price) == (item, 2, None)
    assert order.placed_at.year == 2026


def test_extra_columns_and_tables_change_nothing(tmp_path):
    old = OldShop(tmp_path / "old.sqlite", extra={"products": "surprise BLOB, rating REAL"})
    old.run("CREATE TABLE sessions (token TEXT)")
    old.add("products", surprise=b"\xff\x00", rating=4.5)

    assert "table is not read: sessions" in run(old)
    assert StockItem.objects.get().on_shelf == 1


@pytest.mark.parametrize("content", [b"", b"not a database at all", None])
def test_a_file_that_is_no_old_shop_is_refused(tmp_path, content):
    path = tmp_path / "file.sqlite"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError):
        call_command("import_unity_v3", str(path), stdout=io.StringIO())


# Once more


def a_bit_of_everything(old: OldShop) -> None:
    old.add("users")
    first, second, third = (old.add("products", status=status) for status in ("available", "sold", "reserved"))
    old.order_of(second, status="completed")
    old.order_of(third, status="confirmed")
    old.add("sell_submissions", items_json=[{"brand": "Kestrel"}, {"brand": "Osprey"}])
    old.add("customer_offers", product_id=first)


def everything_here() -> list[int]:
    models = [
        User,
        Product,
        StockItem,
        StockMove,
        Order,
        Payment,
        Reservation,
        SellSubmission,
        SellItem,
        ProductOffer,
        OutboxMessage,
        AuditEntry,
        Brand,
        Seller,
    ]
    return [model._default_manager.count() for model in models]


def test_a_second_run_makes_nothing(old):
    a_bit_of_everything(old)
    run(old)
    before = everything_here()

    report = run(old)

    assert everything_here() == before
    assert [counts(report, table)[2] for table in ("users", "products", "orders", "sell_submissions")] == [1, 3, 2, 1]


def test_a_dry_run_tells_the_same_and_keeps_nothing(old):
    a_bit_of_everything(old)
    before = everything_here()

    told = run(old, "--dry-run")

    assert everything_here() == before
    assert told.replace(" (dry run, nothing was kept)", "") == run(old)


def test_a_newer_file_brings_what_is_new_and_sells_from_our_shelf(old):
    product = old.add("products")
    run(old)
    old.run("UPDATE products SET status = 'sold'")
    old.order_of(product, status="completed")
    run(old)

    item = StockItem.objects.get()
    assert (item.on_shelf, item.taken_in, reasons(item)) == (0, 1, ["intake", "reserve", "sale"])


def test_what_was_changed_here_stays_as_it_is(old, now):
    old.add("products")
    run(old)
    item = StockItem.objects.get()
    products.change_price(stock_item_id=item.pk, price=Decimal("55.00"), actor=STAFF, now=now)
    run(old)

    item.refresh_from_db()
    assert item.price == 55


def test_an_order_whose_time_ended_between_two_runs_gives_its_piece_back(old, monkeypatch):
    product = old.add("products", status="reserved")
    old.order_of(product, created_at="2026-03-02 08:00:00")
    with suppress(KeyboardInterrupt):
        from old_shop.services import orders as step

        with monkeypatch.context() as broken:
            broken.setattr(step, "bring_over", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            run(old)
    assert StockItem.objects.get().on_shelf == 0
    with time_machine.travel("2026-03-09T12:00:00+00:00", tick=False):
        run(old)

    assert Order.objects.get().status == "expired"
    assert StockItem.objects.get().on_shelf == 1


def test_a_damaged_ledger_turns_the_run_red(old):
    old.add("products")
    run(old)
    StockItem.objects.update(on_shelf=5)

    with pytest.raises(SystemExit) as end:
        call_command("import_unity_v3", str(old.path), stdout=io.StringIO())
    assert end.value.code == 1
