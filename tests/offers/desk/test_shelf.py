"""From a paid piece to a product on the shelf."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory.models import Product, StockMove
from offers.models import SellItem, SellSubmission
from tests.factories.inventory import BrandFactory
from tests.factories.offers import paid, picture, revised, settling
from tests.offers.desk.pages import (
    TO_STOCK,
    as_staff,
    bought,
    desk_of,
    here,
    listed,
    look,
    press,
    settled_deal,
    shelf_of,
)
from tests.offers.pages import words

pytestmark = pytest.mark.django_db


def test_pieces_wait_for_the_shelf_when_they_are_paid(boss):
    settled_deal(email="unpaid@example.com")
    submission = bought()

    assert list(boss.get(TO_STOCK).context["pieces"]) == list(submission.items.all())


def test_the_page_of_a_piece_shows_its_margin_and_ticks_no_photo_SEC_08(boss):
    item = bought().items.all()[0]

    page = boss.get(shelf_of(item))

    assert page.context["margin"] == page.context["form"].initial["price"] - item.agreed_amount
    assert not any(is_chosen for _, is_chosen in page.context["photos"])


def test_the_page_of_a_piece_says_when_its_brand_is_none_of_ours(boss):
    item = bought().items.all()[0]

    assert "None of ours: the seller wrote “Kestrel”" in words(boss.get(shelf_of(item)))
    item.brand = BrandFactory(name="Kestrel Works")
    item.save(update_fields=["brand"])
    assert "Brand Kestrel Works" in words(boss.get(shelf_of(item)))


def test_what_cost_the_seller_money_is_among_the_flaws_that_shoppers_read(boss):
    submission = here()
    item = submission.items.all()[0]
    SellItem.objects.filter(pk=item.pk).update(defects="A small mark")
    revised(submission, now=timezone.now())

    assert boss.get(shelf_of(item)).context["form"].initial["flaws"] == "A small mark\nA hole"


def test_a_brand_that_is_none_of_ours_stays_in_the_title(boss):
    item = bought().items.all()[0]

    assert boss.get(shelf_of(item)).context["form"].initial["title"] == f"Kestrel {item.title}"
    item.brand = BrandFactory(name="Kestrel Works")
    item.save(update_fields=["brand"])
    assert boss.get(shelf_of(item)).context["form"].initial["title"] == item.title


def test_our_photo_says_nothing_to_shoppers_of_how_it_came_about(boss):
    submission = here()
    item = submission.items.all()[0]
    press(boss, submission, "photo", **look(item, photo=picture()))
    paid(settling(submission, now=timezone.now()), now=timezone.now())
    ours = item.photos.get(origin="inspector")

    boss.post(shelf_of(item), listed(photos=[ours.pk]))

    item.refresh_from_db()
    assert item.product.photos.get().alt == ""


@pytest.mark.parametrize("page", ["change", "door"])
def test_the_pages_of_a_paid_deal_lead_to_the_shelf(boss, page):
    submission = bought()
    there = TO_STOCK if page == "door" else shelf_of(submission.items.all()[0])

    assert f'href="{there}"' in boss.get(desk_of(submission, page)).text


@pytest.mark.parametrize("page", ["change", "desk", "door"])
def test_a_paid_deal_says_what_is_left_of_it(boss, page):
    submission = bought()
    item = submission.items.all()[0]

    assert "Paid, to be stocked" in words(boss.get(desk_of(submission, page)))
    SellItem.objects.filter(pk=item.pk).update(status="to_return")
    assert "Paid, to be stocked and to be given back" in words(boss.get(desk_of(submission, page)))
    assert "Being paid" in words(boss.get(desk_of(settled_deal(email="unpaid@example.com"), page)))


def test_the_list_and_the_other_pages_of_its_seller_say_the_same_of_a_paid_deal(boss):
    done, due = bought(), settled_deal(email="unpaid@example.com")
    SellSubmission.objects.filter(pk=due.pk).update(seller=done.seller)

    in_list = words(boss.get(reverse("admin:offers_sellsubmission_changelist")))
    of_due, of_done = (words(boss.get(desk_of(each, "change"))) for each in (due, done))

    assert (in_list.count("Paid, to be stocked"), in_list.count("To stock 1")) == (1, 1)
    assert f"{done} : paid, to be stocked" in of_due
    assert f"{due} : being paid" in of_done


def test_the_brand_of_a_piece_is_chosen_at_the_shelf_or_put_right(boss):
    first, second = bought().items.all()
    first.brand = BrandFactory(name="Heron")
    first.save(update_fields=["brand"])
    kestrel = BrandFactory(name="Kestrel Works")

    assert boss.get(shelf_of(first)).context["form"].initial["brand"] == first.brand
    boss.post(shelf_of(first), listed(brand=kestrel.pk))
    boss.post(shelf_of(second), listed())

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.product.brand, second.product.brand) == (kestrel, None)


def test_I13_D14_INV_06_INV_07_a_piece_is_stocked_with_its_cost_one_move_and_the_chosen_photos(boss):
    item = bought().items.all()[0]
    photo = item.photos.all()[0]
    typed = listed(photos=[photo.pk], flaws="A small hole\nFaded cuff", publish="1")

    assert boss.post(shelf_of(item), typed).status_code == 302

    item.refresh_from_db()
    lot, product = item.stock_item, item.product
    assert (item.status, lot.unit_cost, lot.price, lot.shelf_place) == (
        "stocked",
        Decimal("60.00"),
        Decimal("149.50"),
        "B4",
    )
    assert (product.title, product.is_published, product.photos.count()) == ("Varsity jacket", True, 1)
    assert list(lot.flaws.values_list("text", flat=True)) == ["A small hole", "Faded cuff"]
    moves = StockMove.objects.filter(stock_item=lot)
    assert list(moves.values_list("reason", "quantity", "cause")) == [("intake", 1, item.cause)]


def test_I13_a_piece_may_be_stocked_without_being_published(boss):
    item = bought().items.all()[0]

    boss.post(shelf_of(item), listed())

    item.refresh_from_db()
    assert not item.product.is_published
    assert item.product.photos.count() == 0


def test_X10_pressed_twice_a_piece_leads_to_the_product_that_is_there(boss):
    item = bought().items.all()[0]

    first, second = boss.post(shelf_of(item), listed()), boss.post(shelf_of(item), listed(title="Another"))

    assert first.url == second.url
    assert Product.objects.count() == 1
    assert StockMove.objects.count() == 1


def test_I13_a_piece_that_is_not_paid_does_not_go_on_the_shelf(boss):
    item = settled_deal().items.all()[0]

    page = boss.post(shelf_of(item), listed())

    assert page.status_code == 409
    assert "not paid yet" in words(page)
    assert not Product.objects.exists()


def test_SEC_07_a_photo_of_another_piece_cannot_be_published(boss):
    first, second = bought().items.all()

    page = boss.post(shelf_of(first), listed(photos=[second.photos.all()[0].pk]))

    assert page.status_code == 422
    assert not Product.objects.exists()


@pytest.mark.parametrize("answer", [{"size": "enormous"}, {"price": "12.345"}, {"title": ""}, {"condition": "odd"}])
def test_what_cannot_be_read_is_refused_and_kept_on_the_page(boss, answer):
    item = bought().items.all()[0]

    page = boss.post(shelf_of(item), listed(**answer))

    assert page.status_code == 422
    assert "B4" in page.content.decode()
    assert not Product.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_SEC_20_the_shelf_is_for_whoever_may_put_pieces_on_it(client, method):
    item = bought().items.all()[0]
    as_staff(client)

    assert client.get(TO_STOCK).status_code == 403
    assert getattr(client, method)(shelf_of(item)).status_code == 403
