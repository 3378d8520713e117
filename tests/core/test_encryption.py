"""What is kept encrypted can be read with the key, and only with it."""

import pytest
from django.conf import LazySettings

from core import encryption
from core.errors import SecretLost

IBAN = "IE29AIBK93115212345678"


def test_what_is_stored_does_not_show_the_text_and_can_be_read_again() -> None:
    stored = encryption.encrypt(IBAN)

    assert IBAN not in stored
    assert encryption.decrypt(stored) == IBAN


def test_a_former_key_still_opens_what_it_closed(settings: LazySettings) -> None:
    settings.FIELD_KEYS = ["old"]
    stored = encryption.encrypt(IBAN)

    settings.FIELD_KEYS = ["new", "old"]

    assert encryption.decrypt(stored) == IBAN


@pytest.mark.parametrize("stored", ["", "nonsense"])
def test_what_was_not_closed_by_us_is_lost(stored: str) -> None:
    with pytest.raises(SecretLost):
        encryption.decrypt(stored)


def test_a_lost_key_is_said_so(settings: LazySettings) -> None:
    stored = encryption.encrypt(IBAN)
    settings.FIELD_KEYS = ["another"]

    with pytest.raises(SecretLost):
        encryption.decrypt(stored)
