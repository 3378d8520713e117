"""The address book: one's own, and only that."""

import pytest
from django.test import Client

from accounts.models import Address, User
from accounts.postcodes import tidy_postcode
from accounts.services import make_default, save_address
from tests.factories.accounts import AddressFactory, UserFactory

BOOK = "/account/addresses/"
ADD = f"{BOOK}add/"
HOME = {"name": "Áine Example", "street": "1 Example Street", "town": "Dublin", "postcode": "d02x285", "country": "IE"}


def test_the_address_book_asks_strangers_to_sign_in(client: Client) -> None:
    assert client.get(BOOK).headers["Location"] == f"/accounts/login/?next={BOOK}"


def test_an_empty_book_says_what_it_is_for(signed_in: Client) -> None:
    assert "No address yet" in signed_in.get(BOOK).content.decode()


def test_a_saved_address_is_listed_with_a_tidy_eircode(signed_in: Client) -> None:
    page = signed_in.post(ADD, HOME, follow=True).content.decode()

    assert "D02 X285" in page
    assert "Ireland" in page


def test_the_first_address_is_filled_in_first(signed_in: Client) -> None:
    signed_in.post(ADD, HOME)
    signed_in.post(ADD, HOME | {"street": "2 Other Street"})

    assert Address.objects.get(is_default=True).street == "1 Example Street"


def test_another_address_can_be_filled_in_first(signed_in: Client, shopper: User) -> None:
    AddressFactory(user=shopper, is_default=True)
    second = AddressFactory(user=shopper)

    signed_in.post(f"{BOOK}{second.pk}/default/")

    assert Address.objects.get(is_default=True) == second


def test_an_address_that_lost_its_place_meanwhile_can_still_be_saved(shopper: User) -> None:
    first, second = (save_address(address=AddressFactory.build(user=shopper, street=street)) for street in "AB")
    stale = Address.objects.get(pk=first.pk)
    make_default(address=second)

    save_address(address=stale)

    assert Address.objects.get(is_default=True) == second


def test_no_copy_is_kept_of_the_address_book(signed_in: Client) -> None:
    for path in (BOOK, ADD):
        assert "no-store" in signed_in.get(path).headers["Cache-Control"]


def test_an_address_can_be_changed(signed_in: Client, shopper: User) -> None:
    address = AddressFactory(user=shopper)

    signed_in.post(f"{BOOK}{address.pk}/", HOME | {"town": "Cork"})

    address.refresh_from_db()
    assert (address.user, address.town) == (shopper, "Cork")


def test_deleting_is_asked_about_first(signed_in: Client, shopper: User) -> None:
    address = AddressFactory(user=shopper)

    assert "Delete this address?" in signed_in.get(f"{BOOK}{address.pk}/delete/").content.decode()
    assert Address.objects.exists()
    signed_in.post(f"{BOOK}{address.pk}/delete/")
    assert not Address.objects.exists()


def test_when_the_first_address_goes_another_takes_its_place(signed_in: Client, shopper: User) -> None:
    first = AddressFactory(user=shopper, is_default=True)
    second = AddressFactory(user=shopper)

    signed_in.post(f"{BOOK}{first.pk}/delete/")

    assert Address.objects.get(is_default=True) == second


@pytest.mark.parametrize("path", ["", "delete/"])
def test_somebody_else_s_address_is_not_there(signed_in: Client, path: str) -> None:
    address = AddressFactory(user=UserFactory(), street="Secret Street")

    assert signed_in.get(f"{BOOK}{address.pk}/{path}").status_code == 404
    assert signed_in.post(f"{BOOK}{address.pk}/{path}", HOME).status_code == 404
    address.refresh_from_db()
    assert address.street == "Secret Street"


def test_somebody_else_s_address_cannot_be_made_one_s_own_default(signed_in: Client) -> None:
    address = AddressFactory(user=UserFactory())

    assert signed_in.post(f"{BOOK}{address.pk}/default/").status_code == 404
    assert not Address.objects.filter(is_default=True).exists()


def test_a_get_never_changes_the_default(signed_in: Client, shopper: User) -> None:
    address = AddressFactory(user=shopper)

    assert signed_in.get(f"{BOOK}{address.pk}/default/").status_code == 405


def test_a_doubtful_eircode_is_asked_about_once_and_then_kept(signed_in: Client) -> None:
    asked = signed_in.post(ADD, HOME | {"postcode": "nonsense 7"})
    assert asked.status_code == 422
    assert "An Eircode looks like D02 X285." in asked.content.decode()
    assert 'name="kept_postcode" value="NONSENSE 7"' in asked.content.decode()

    signed_in.post(ADD, HOME | {"postcode": "nonsense 7", "kept_postcode": "NONSENSE 7"})

    assert Address.objects.get().postcode == "NONSENSE 7"


def test_the_eircode_may_be_left_out(signed_in: Client) -> None:
    signed_in.post(ADD, HOME | {"postcode": ""})

    assert Address.objects.get().postcode == ""


@pytest.mark.parametrize(
    ("typed", "country", "tidy"),
    [
        ("D02X285", "IE", "D02 X285"),
        (" d6w-xy00 ", "IE", "D6W XY00"),
        ("SW1A  1aa", "GB", "SW1A 1AA"),
        ("10115", "DE", "10115"),
        ("B02 X285", "IE", "B02 X285"),
    ],
)
def test_postcodes_are_written_as_on_a_letter(typed: str, country: str, tidy: str) -> None:
    assert tidy_postcode(typed, country) == tidy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 10_000),
        ("name", ""),
        ("street", "nul\x00"),
        ("postcode", "x" * 10_000),
        ("country", "XX"),
        ("phone", "1" * 31),
    ],
)
def test_what_cannot_be_kept_is_answered_at_the_field_and_nothing_is_lost(
    signed_in: Client, field: str, value: str
) -> None:
    answer = signed_in.post(ADD, HOME | {field: value})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert "1 Example Street" in answer.content.decode() or field == "street"
    assert not Address.objects.exists()


def test_names_of_four_byte_characters_are_kept(signed_in: Client) -> None:
    signed_in.post(ADD, HOME | {"name": "𠮷野 🧥"})

    assert Address.objects.get().name == "𠮷野 🧥"
