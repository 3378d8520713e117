"""The demo catalogue keeps its spread, and its pictures lie where it says."""

from collections import Counter
from decimal import Decimal
from itertools import pairwise

import pytest

from shop.demo.catalogue import BRANDS, PICTURES, PRODUCTS
from shop.demo.drawing import pictures
from shop.demo.records import BRAND_NEW

ONE_OFFS = [product for product in PRODUCTS if product.is_one_off]
STOCKED = [product for product in PRODUCTS if not product.is_one_off]


def test_there_are_sixty_products_with_their_own_keys():
    assert len({product.key for product in PRODUCTS}) == len(PRODUCTS) == 60


def test_six_in_ten_are_pre_owned_one_offs_over_all_grades():
    assert len(ONE_OFFS) == 36
    assert {product.grade for product in ONE_OFFS} == {"new_tagged", "like_new", "mint", "decent", "poor"}


def test_every_one_off_has_measurements_and_one_to_three_flaws():
    assert all(product.measurements and 1 <= len(product.flaws) <= 3 for product in ONE_OFFS)


def test_four_in_ten_are_brand_new_in_three_to_six_sizes_or_one_size():
    assert {product.grade for product in STOCKED} == {BRAND_NEW}
    assert all(3 <= len(product.lots) <= 6 or product.lots[0].size == "One size" for product in STOCKED)


def test_every_state_of_the_shop_window_is_there():
    assert {
        "last one": sum(product.is_last_one for product in PRODUCTS),
        "reserved": sum(product.is_reserved for product in PRODUCTS),
        "sold": sum(product.is_sold for product in PRODUCTS),
        "no price": sum(product.price is None for product in PRODUCTS),
        "price drop": sum(product.was is not None for product in PRODUCTS),
        "very long name": sum(len(product.title) > 80 for product in PRODUCTS),
    } == {"last one": 4, "reserved": 3, "sold": 5, "no price": 6, "price drop": 4, "very long name": 3}


def test_prices_run_from_22_to_240():
    prices = [product.price for product in PRODUCTS if product.price]

    assert (min(prices), max(prices)) == (Decimal("22.00"), Decimal("240.00"))


def test_reserved_and_sold_pieces_are_priced_one_offs():
    promised = [product for product in PRODUCTS if product.is_reserved or product.is_sold]

    assert all(product.is_one_off and product.price for product in promised)


def test_sets_have_a_top_and_a_bottom_size():
    sets = [product for product in PRODUCTS if product.category == "sets"]

    assert len(sets) == 3
    assert all(lot.bottom and lot.bottom != lot.size for product in sets for lot in product.lots)


def test_every_brand_is_one_of_ours():
    assert {product.brand for product in PRODUCTS} == set(BRANDS)


def test_neighbours_in_the_window_lie_on_different_papers():
    assert all(left.recipe.paper != right.recipe.paper for left, right in pairwise(PRODUCTS))


def test_photos_are_mostly_two_or_three_and_once_one_and_once_none():
    photos = Counter(len(product.shots) for product in PRODUCTS)

    assert (photos[0], photos[1], photos[5]) == (1, 1, 6)
    assert photos[2] + photos[3] == 52


def test_every_flaw_points_at_a_photo_that_exists():
    numbers = [(flaw.photo, len(product.shots)) for product in PRODUCTS for flaw in product.flaws if flaw.photo]

    assert all(1 <= number <= photos for number, photos in numbers)


def test_the_pictures_folder_holds_exactly_what_the_catalogue_names():
    named = {name for product in PRODUCTS for name in product.pictures}

    assert {path.name for path in PICTURES.glob("*")} == named


def test_the_pictures_stay_under_four_megabytes():
    assert sum(path.stat().st_size for path in PICTURES.glob("*.webp")) < 4_000_000


@pytest.mark.parametrize("key", ["tee-black", "runner-navy"])
def test_the_same_picture_drawn_twice_has_the_same_bytes(key):
    product = next(product for product in PRODUCTS if product.key == key)

    first, second = (pictures.photo(product, "front", size=(96, 120)) for _ in range(2))

    assert first == second
