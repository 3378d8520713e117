"""Reading Shopify's product CSV."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inventory.models import Category, Condition, Product, SizeScale, StockItem, StockMove
from inventory.queries.ledger import stock_findings
from tests.factories.inventory import CategoryFactory, shelved

pytestmark = pytest.mark.django_db

HEADING = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Variant SKU",
    "Variant Inventory Qty",
    "Variant Price",
    "Image Src",
    "Image Alt Text",
]
TEE = {"Handle": "tee", "Title": "Plain tee", "Variant Price": "22.50", "Variant Inventory Qty": "3"}


@pytest.fixture
def file(tmp_path: Path):
    def write(*rows: dict[str, str], heading: list[str] = HEADING, encoding: str = "utf-8") -> Path:
        out = io.StringIO()
        writer = csv.DictWriter(out, heading, restval="")
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / "products.csv"
        path.write_bytes(out.getvalue().encode(encoding))
        return path

    return write


def run(path: Path, *options: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("import_products", str(path), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(path: Path, *options: str) -> str:
    """What a refused import says; it must have kept nothing."""
    err = io.StringIO()
    before = Product.objects.count()
    with pytest.raises(CommandError) as refusal:
        call_command("import_products", str(path), *options, stdout=io.StringIO(), stderr=err)
    assert Product.objects.count() == before
    return err.getvalue() + str(refusal.value)


def test_a_product_comes_with_its_price_and_its_stock_by_intake(file):
    run(file(TEE | {"Vendor": "Plain Signal", "Body (HTML)": "<p>Soft &amp; heavy</p>"}))

    item = StockItem.objects.get()
    assert (item.price, item.on_shelf, item.condition) == (Decimal("22.50"), 3, Condition.NEW_TAGGED)
    assert (item.product.title, str(item.product.brand), item.product.description) == (
        "Plain tee",
        "Plain Signal",
        "Soft & heavy",
    )
    assert StockMove.objects.get().reason == "intake"
    assert stock_findings() == []


def test_variants_take_a_row_each(file):
    more = {"Handle": "tee", "Option1 Value": "M", "Variant Price": "24", "Variant Inventory Qty": "1"}
    run(file(TEE | {"Option1 Name": "Size", "Option1 Value": "S"}, more))

    assert list(StockItem.objects.values_list("size", "price", "on_shelf").order_by("price")) == [
        ("S", Decimal("22.50"), 3),
        ("M", Decimal("24.00"), 1),
    ]


def test_a_row_with_only_a_picture_makes_no_lot(file):
    run(file(TEE, {"Handle": "tee", "Image Src": "https://pictures.example.com/2.jpg"}))

    assert StockItem.objects.count() == 1


def test_repeating_it_makes_no_doubles(file):
    path = file(TEE)

    run(path)
    out, _ = run(path)

    assert (Product.objects.count(), StockItem.objects.count(), StockMove.objects.count()) == (1, 1, 1)
    assert "1 products known, 1 lots known" in out


def test_a_new_variant_joins_a_known_product(file):
    first = TEE | {"Option1 Name": "Size", "Option1 Value": "S"}
    run(file(first))

    run(file(first, {"Handle": "tee", "Option1 Value": "M", "Variant Price": "24", "Variant Inventory Qty": "2"}))

    assert Product.objects.count() == 1
    assert sorted(StockItem.objects.values_list("size", "on_shelf")) == [("M", 2), ("S", 3)]


def test_stock_sold_meanwhile_does_not_come_back(file):
    path = file(TEE)
    run(path)
    StockItem.objects.update(price=Decimal("99"))

    run(path)

    assert StockItem.objects.get().price == Decimal("99")


def test_a_dry_run_says_what_it_would_make_and_makes_nothing(file):
    out, _ = run(file(TEE), "--dry-run")

    assert "would be 1 products made, 1 lots made, 3 copies taken in" in out
    assert Product.objects.count() == Category.objects.count() == 0


def test_scripts_and_tags_never_reach_a_page(file):
    run(file(TEE | {"Body (HTML)": "<script>alert(1)</script><p onclick=x>One</p><ul><li>Two</li></ul>"}))

    assert Product.objects.get().description == "One\nTwo"


def test_no_price_means_by_offer_only(file):
    run(file(TEE | {"Variant Price": ""}))

    assert StockItem.objects.get().price is None


@pytest.mark.parametrize("price", ["-5", "NaN", "1e9", "12,50", "1.234", "€12", "9999999"])
def test_a_bad_price_is_named_by_row_and_column(file, price):
    said = refused(file({**TEE, "Handle": "fine"}, TEE | {"Variant Price": price}))

    assert f"row 3, Variant Price: “{price}”" in said


@pytest.mark.parametrize("quantity", ["-1", "1.5", "many", "1000000000000"])
def test_a_bad_quantity_is_named_by_row_and_column(file, quantity):
    assert "row 2, Variant Inventory Qty" in refused(file(TEE | {"Variant Inventory Qty": quantity}))


def test_bad_products_can_be_left_out(file):
    out, err = run(file(TEE | {"Variant Price": "x"}, TEE | {"Handle": "fine", "Title": "Fine tee"}), "--skip-bad")

    assert [product.title for product in Product.objects.all()] == ["Fine tee"]
    assert "row 2, Variant Price" in err
    assert "1 products skipped" in out


def test_one_handle_for_two_products_is_a_problem(file):
    said = refused(file(TEE, TEE | {"Title": "Another tee"}))

    assert "row 3, Handle: “tee” is the handle of “Plain tee” in row 2" in said


def test_a_variant_that_stands_twice_is_a_problem(file):
    assert "row 3, Option1 Value" in refused(file(TEE, TEE))


def test_a_missing_title_is_a_problem(file):
    assert "row 2, Title: is missing" in refused(file(TEE | {"Title": ""}))


def test_a_name_of_ten_thousand_letters_is_a_problem(file):
    assert "row 2, Title: is longer than 200 letters" in refused(file(TEE | {"Title": "x" * 10_000}))


def test_a_stock_number_of_another_lot_is_a_problem(file):
    taken = shelved()

    assert "row 2, Variant SKU" in refused(file(TEE | {"Variant SKU": taken.sku}))


def test_a_size_off_the_scale_of_its_category_is_a_problem(file):
    CategoryFactory(name="Tees", slug="tees", size_scale=SizeScale.CLOTHES)

    said = refused(file(TEE | {"Type": "Tees", "Option1 Name": "Size", "Option1 Value": "Enormous"}))

    assert "row 2, Option1 Value: “Enormous” is not one of XS, S, M, L, XL, XXL." in said


def test_an_old_code_says_grade_and_scale(file):
    run(file(TEE | {"Type": "PO-SHOES", "Option1 Name": "Size", "Option1 Value": "8-5"}))

    item = StockItem.objects.get()
    assert (item.condition, item.size_system, item.size) == (Condition.MINT, "UK", "8.5")


def test_no_variant_is_taken_for_another(file):
    options = {"Option1 Name": "Size", "Option2 Name": "Colour"}
    one = TEE | options | {"Option1 Value": "a|b", "Option2 Value": "c"}
    other = TEE | options | {"Option1 Value": "a", "Option2 Value": "b|c"}

    run(file(one, other))

    assert [item.on_shelf for item in StockItem.objects.all()] == [3, 3]
    run(file(one, other))
    assert StockItem.objects.count() == 2


@pytest.mark.parametrize("length", [30, 300])
def test_two_variants_that_would_read_the_same_are_refused(file, length):
    first, second = ({"Option1 Name": "Size", "Option1 Value": "x" * length + end} for end in "12")

    assert "row 3, Option1 Value: another variant begins with" in refused(file(TEE | first, TEE | second))


def test_a_file_of_another_kind_is_refused(file):
    assert "not Shopify's product file" in refused(file(heading=["Name", "Price"]))


def test_a_file_that_is_not_utf8_is_refused(file):
    assert "not UTF-8" in refused(file(TEE | {"Title": "Café"}, encoding="utf-16"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "No such file" in refused(tmp_path / "none.csv")


def test_pictures_that_cannot_be_fetched_are_named_and_do_no_harm(file):
    path = file(TEE | {"Image Src": "file:///etc/passwd"}, {"Handle": "tee", "Image Src": "http://127.0.0.1:9/1.jpg"})

    out, err = run(path, "--fetch-images")

    assert "0 pictures fetched, 2 not" in out
    assert "file:///etc/passwd: not an http address" in err
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/a b.jpg", "http://[::1", "https://", "http://127.0.0.1:99999/"]
)
def test_an_address_that_is_none_is_named_and_does_no_harm(file, address):
    out, err = run(file(TEE | {"Image Src": address}), "--fetch-images", "--from-private")

    assert "0 pictures fetched, 1 not" in out
    assert address in err


def test_a_file_cannot_send_us_to_servers_of_our_own_network(file, httpserver_of_a_picture):
    out, err = run(file(TEE | {"Image Src": httpserver_of_a_picture.url}), "--fetch-images")

    assert "0 pictures fetched, 1 not" in out
    assert "not a public server" in err
    assert httpserver_of_a_picture.requests == 0


def test_a_redirect_leads_to_web_servers_only(file, httpserver_of_a_picture):
    httpserver_of_a_picture.moved_to = f"ftp://127.0.0.1:{httpserver_of_a_picture.server_port}/front.png"

    _, err = run(file(TEE | {"Image Src": httpserver_of_a_picture.url}), "--fetch-images", "--from-private")

    assert "unknown url type: ftp" in err


def test_pictures_are_fetched_only_when_asked_for_and_once(file, httpserver_of_a_picture):
    path = file(TEE | {"Image Src": httpserver_of_a_picture.url, "Image Alt Text": "front"})

    run(path)
    assert httpserver_of_a_picture.requests == 0
    run(path, "--fetch-images", "--from-private")
    run(path, "--fetch-images", "--from-private")

    photo = Product.objects.get().photos.get()
    assert (photo.alt, photo.width, photo.height) == ("front", 40, 50)
    assert httpserver_of_a_picture.requests == 1


@pytest.fixture
def httpserver_of_a_picture():
    """A real server on this machine with one picture."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (40, 50), "#1F4A3A").save(picture, "PNG")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests += 1
            self.send_response(302 if server.moved_to else 200)
            if server.moved_to:
                self.send_header("Location", server.moved_to)
            self.end_headers()
            self.wfile.write(picture.getvalue())

        def log_message(self, *args) -> None:
            pass

    class Server(ThreadingHTTPServer):
        requests = 0
        url = moved_to = ""

    server = Server(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{server.server_port}/front.png"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
