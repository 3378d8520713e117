"""What people type and what they should find first, on one small shop."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from inventory.models import Brand, BrandAlias, Synonyms
from inventory.queries import catalogue
from shop.forms import filters as asking
from shop.forms.filters import Asked
from shop.queries.listing import page_of_products
from tests.factories.inventory import CategoryFactory, shelved

pytestmark = pytest.mark.django_db

SYNONYMS = (
    "trainers, sneakers, runners",
    "hoodie, hoody",
    "jumper, sweater",
    "tee, t-shirt",
    "grey, gray",
    "trousers, pants",
    "joggers, track pants",
)
BRANDS = {
    "Halden Athletic": "Haldén",
    "Kestrel": "Kes Athletics",
    "Oku Works": "",
    "Mori Denim": "Mori Jeans",
    "Nørrsken": "",
    "A.P.Q.": "",
    "Grey-White": "",
    "Гоша": "",
    "Levi's": "Levi Strauss",
}
# Category, brand, title, colour, sizes; each newer than the one before.
PIECES = (
    ("Jackets", "Halden Athletic", "Varsity jacket", "bottle green", "L"),
    ("Jackets", "Kestrel", "Down jacket", "brick", "M"),
    ("Jackets", "Nørrsken", "Anorak", "fog blue", "XL"),
    ("Hoodies", "Oku Works", "Heavy hoodie", "black", "M S"),
    ("Hoodies", "Halden Athletic", "Zip hoodie", "grey marl", "XXL"),
    ("Tees", "Oku Works", "Sunset print tee", "écru", "M"),
    ("Tees", "Kestrel", "Boxy T-shirt", "white", "XS"),
    ("Tees", "Grey-White", "Crew neck tee", "navy", "L"),
    ("Knitwear", "Kestrel", "Fisherman jumper", "navy", "S"),
    ("Jeans", "Mori Denim", "Straight jean", "mid denim", "W32_L34"),
    ("Jeans", "Levi's", "501 original", "black", "W30_L32"),
    ("Jeans", "Mori Denim", "Denim overshirt", "blue", "EU_48"),
    ("Trousers", "Oku Works", "Cargo trousers", "olive", "M"),
    ("Trousers", "Kestrel", "Track pants", "black", "L"),
    ("Trousers", "Oku Works", "Track pant", "navy", "M"),
    ("Trousers", "A.P.Q.", "Wool trousers", "charcoal", "S"),
    ("Shorts", "Nørrsken", "Café racer shorts", "stone", "M"),
    ("Shoes", "Kestrel", "Trail runner 990v6", "rust", "8.5 9"),
    ("Shoes", "Halden Athletic", "Court trainer", "white", "10"),
    ("Shoes", "Oku Works", "Suede desert boot", "tobacco", "8"),
    ("Accessories", "Nørrsken", "Rib beanie", "mustard", "One_size"),
    ("Accessories", "Гоша", "Wool scarf", "red", "One_size"),
    ("Accessories", "Mori Denim", "Canvas tote", "natural", "One_size"),
)
SCALES = {"Shoes": "shoes_uk", "Accessories": "one_size", "Jeans": "free"}

FOUND = {
    # As it stands, in any order, in any case.
    "varsity jacket": "Varsity jacket",
    "jacket varsity": "Varsity jacket",
    "  VARSITY,   Jacket!  ": "Varsity jacket",
    "halden varsity": "Varsity jacket",
    "black hoodie": "Heavy hoodie",
    "hoodie black m": "Heavy hoodie",
    "the jacket in brick": "Down jacket",
    # The beginning of a word.
    "var": "Varsity jacket",
    "jack": "Down jacket",
    "fish jum": "Fisherman jumper",
    "kestr runn": "Trail runner 990v6",
    # Typing errors: one letter wrong, missing, doubled, two turned round; two in a long word.
    "jaket varsity": "Varsity jacket",
    "jakcet brick": "Down jacket",
    "varsty": "Varsity jacket",
    "vrasity jackett": "Varsity jacket",
    "hodie black": "Heavy hoodie",
    "hoddie": "Zip hoodie",
    "anorack": "Anorak",
    "trowsers wool": "Wool trousers",
    "tousers cargo": "Cargo trousers",
    "kestral": "Trail runner 990v6",
    "haldn athltic": "Court trainer",
    "fischermann": "Fisherman jumper",
    "overshrit": "Denim overshirt",
    "benie": "Rib beanie",
    "suede dessert boot": "Suede desert boot",
    "balck jean": "501 original",
    "grene varsity": "Varsity jacket",
    "accesories": "Canvas tote",
    "vasrit": "Varsity jacket",
    # Brands and their other names.
    "oku": "Suede desert boot",
    "kes athletics": "Trail runner 990v6",
    "mori jeans": "Straight jean",
    "levis": "501 original",
    "levi strauss": "501 original",
    "apq": "Wool trousers",
    "a.p.q.": "Wool trousers",
    "grey white": "Crew neck tee",
    "greywhite": "Crew neck tee",
    # Accents and other scripts, both ways.
    "ecru tee": "Sunset print tee",
    "écrù": "Sunset print tee",
    "cafe racer": "Café racer shorts",
    "norrsken anorak": "Anorak",
    "NØRRSKEN": "Rib beanie",
    "vársity": "Varsity jacket",
    "gosha": "Wool scarf",
    "гоша scarf": "Wool scarf",
    # One and many.
    "jackets brick": "Down jacket",
    "hoodies": "Zip hoodie",
    "tees": "Crew neck tee",
    "boots": "Suede desert boot",
    "scarves": "Wool scarf",
    "beanies": "Rib beanie",
    "accessory": "Canvas tote",
    "anoraks": "Anorak",
    "jumpers": "Fisherman jumper",
    # What means the same.
    "sneakers": "Court trainer",
    "sneaker white": "Court trainer",
    "hoody": "Zip hoodie",
    "sweater": "Fisherman jumper",
    "gray hoodie": "Zip hoodie",
    "joggers black": "Track pants",
    "joggers navy": "Track pant",
    "joggers": "Track pant",
    "pants wool": "Wool trousers",
    "sneekers": "Court trainer",
    # One word or two, with a hyphen or without.
    "t-shirt": "Boxy T-shirt",
    "tshirt": "Boxy T-shirt",
    "t shirt boxy": "Boxy T-shirt",
    "t-shirt sunset": "Sunset print tee",
    "tee boxy": "Boxy T-shirt",
    "downjacket": "Down jacket",
    "trackpants black": "Track pants",
    # Sizes.
    "uk 9": "Trail runner 990v6",
    "uk9": "Trail runner 990v6",
    "UK 8.5": "Trail runner 990v6",
    "8½": "Trail runner 990v6",
    "size 10": "Court trainer",
    "uk 8": "Suede desert boot",
    "eu 48": "Denim overshirt",
    "jacket medium": "Down jacket",
    "size l jacket": "Varsity jacket",
    "extra large": "Anorak",
    "hoodie 2xl": "Zip hoodie",
    "small hoodie": "Heavy hoodie",
    "w32 l34": "Straight jean",
    # Numbers.
    "501": "501 original",
    "990v6": "Trail runner 990v6",
    "990": "Trail runner 990v6",
}
NOTHING = (
    "varsity tee",
    "uk 11",
    "502",
    "jacket zebra",
    "zzzzzzzz",
    "x",
    "10.5",
    "991v6",
    "brown 44",
)
ODD = (
    "",
    " ",
    "%",
    "_",
    "j_cket",
    "100%",
    "\\",
    "'; drop table inventory_product; --",
    '"jacket"',
    "jacket*|tee",
    "😀",
    "😀👕",
    "🇮🇪",
    "the",
    "size",
    "in the of",
    "a",
    "!!!",
    "​",
    "\x00",
    "\ud800",
    "ジャケット",
    "夹克",
    "curca-куртка-夹克",
    "½",
    "-",
    "--jacket--",
    "a" * 5000,
    "jacket " * 900,
    " ".join(f"word{number}" for number in range(400)),
    "abcdefgh ijklmnop qrstuvwx yzabcdef ghijklmn opqrstuv wxyzabcd efghijkl mnopqrst",
)


@pytest.fixture(scope="module", autouse=True)
def shop(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The same small shop for all of these, which only look."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        _fill()
        yield
        transaction.set_rollback(True)


def _fill() -> None:
    Synonyms.objects.all().delete()
    Synonyms.objects.bulk_create(Synonyms(words=words) for words in SYNONYMS)
    brands = {name: Brand.objects.create(name=name, slug=f"b{n}") for n, name in enumerate(BRANDS)}
    BrandAlias.objects.bulk_create(
        BrandAlias(brand=brands[name], name=alias) for name, alias in BRANDS.items() if alias
    )
    categories = {}
    for name, brand, title, colour, sizes in PIECES:
        if name not in categories:
            categories[name] = CategoryFactory(name=name, size_scale=SCALES.get(name, "clothes"))
        first, *others = sizes.split()
        lot = shelved(
            title=title, brand=brands[brand], category=categories[name], colour=colour, size=first.replace("_", " ")
        )
        for size in others:
            shelved(of=lot.product, size=size.replace("_", " "))


def _asked(query: str, **more: str) -> Asked:
    params = QueryDict(mutable=True)
    params.update({"q": query, **more})
    return asking.read(params=params, path="/search/", tree=catalogue.category_tree())


def _found(query: str, **more: str) -> list[str]:
    filters = _asked(query, **more).filters
    return [product.title for product in page_of_products(filters=filters, page=1, total=1, among=1)]


@pytest.mark.parametrize(("query", "first"), FOUND.items())
def test_a_search_finds_first_what_was_meant(query: str, first: str) -> None:
    assert _found(query)[:1] == [first]


@pytest.mark.parametrize("query", NOTHING)
def test_a_search_for_what_is_not_there_finds_nothing(query: str) -> None:
    assert _found(query) == []


@pytest.mark.parametrize("query", ODD)
def test_odd_searches_find_something_or_nothing_with_as_many_queries_as_any_other(query: str) -> None:
    _found("jacket")  # what a process remembers is remembered

    with CaptureQueriesContext(connection) as captured:
        _found(query)

    assert len(captured) <= 3


def test_a_search_says_what_it_was_taken_for() -> None:
    assert _asked("jaket, Varsty").corrected == "jacket varsity"
    assert _asked("jackets").corrected == ""


def test_a_search_to_the_letter_corrects_nothing() -> None:
    asked = _asked("jaket", exact="1")

    assert (asked.corrected, _found("jaket", exact="1")) == ("", [])
    assert asked.address() == "/search/?q=jaket&exact=1"


def test_what_came_in_a_moment_ago_is_no_error() -> None:
    assert _found("kestrol") == _found("kestrel")
    shelved(title="Kestrol tee")

    assert _asked("kestrol").corrected == ""


def test_two_sizes_of_one_piece_are_one_hit() -> None:
    assert _found("trail runner uk") == ["Trail runner 990v6"]
