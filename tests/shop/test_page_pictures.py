"""Pictures on pages: the first comes early, the rest when they are near, each in the size that its place needs."""

import re

import pytest

from inventory.models import Photo, Product
from inventory.pictures import RECIPE
from tests.factories.inventory import product, shelved

pytestmark = pytest.mark.django_db


def photographed(count: int = 1, of: Product | None = None) -> Product:
    """A piece on the shelf with photos that the worker has been at; there are no files."""
    one = of or product()
    for position in range(1, count + 1):
        Photo.objects.create(
            product=one,
            position=position,
            image=f"products/{one.pk}x{position}.webp",
            width=1600,
            height=2000,
            renditions=RECIPE,
        )
    shelved(of=one)
    return one


def images(source: str) -> list[str]:
    return re.findall(r"<img [^>]*>", source)


def attribute(name: str, tag: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


@pytest.mark.parametrize("address", ["/", "/shop/", "piece"])
def test_the_largest_picture_is_asked_for_before_the_page_is_read_in_the_same_words(client, address):
    piece = photographed()

    source = client.get(piece.get_absolute_url() if address == "piece" else address).text

    (preload,) = re.findall(r'<link rel="preload" as="image"[^>]*>', source)
    avif = re.findall(r'<source type="image/avif"[^>]*>', source)[0]
    assert attribute("type", preload) == "image/avif"
    assert attribute("imagesrcset", preload) == attribute("srcset", avif)
    assert attribute("imagesizes", preload) == attribute("sizes", avif) == attribute("sizes", images(source)[0])


@pytest.mark.parametrize("address", ["/shop/", "piece"])
def test_one_picture_of_a_page_goes_before_all_others_and_is_the_first(client, address):
    for _ in range(6):
        piece = photographed(2)

    source = client.get(piece.get_absolute_url() if address == "piece" else address).text

    first, *others = images(source)
    assert 'fetchpriority="high"' in first
    assert 'loading="lazy"' not in first
    assert not any("fetchpriority" in image for image in others)


def test_pictures_below_the_first_row_of_a_list_wait_until_they_are_near(client):
    for _ in range(6):
        photographed()

    assert ['loading="lazy"' in image for image in images(client.get("/shop/").text)] == [False] * 4 + [True] * 2


def test_every_picture_keeps_its_place_free_and_is_offered_small_enough_for_a_phone(client):
    piece = photographed(3)
    photographed()

    for address in ("/", "/shop/", piece.get_absolute_url()):
        for image in images(client.get(address).text):
            width, height = int(attribute("width", image)), int(attribute("height", image))
            assert height == width * 5 // 4
            assert "240w" in attribute("srcset", image) or "480w" in attribute("srcset", image)


def test_a_photo_opens_whole_from_the_gallery(client):
    piece = photographed()

    source = client.get(piece.get_absolute_url()).text

    assert f'<a href="/media/products/{piece.pk}x1.webp" data-enlarge>' in source


@pytest.mark.parametrize("address", ["/", "/shop/", "piece"])
def test_a_piece_without_a_photo_says_that_one_is_coming_and_nothing_is_asked_for(client, address):
    piece = shelved().product

    source = client.get(piece.get_absolute_url() if address == "piece" else address).text

    assert "Photo coming" in source
    assert 'as="image"' not in source
    assert not images(source)


@pytest.mark.parametrize("address", ["/shop/", "piece"])
def test_renditions_cost_a_page_no_query(client, address, django_assert_num_queries, django_assert_max_num_queries):
    piece = photographed(3)
    path = piece.get_absolute_url() if address == "piece" else address
    client.get(path)
    with django_assert_max_num_queries(30) as one:
        client.get(path)
    for _ in range(4):
        photographed(3, of=product(category=piece.category))

    with django_assert_num_queries(len(one)):
        client.get(path)
