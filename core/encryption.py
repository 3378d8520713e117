"""Texts kept encrypted in the database, with a key outside it."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from core.errors import SecretLost


def encrypt(text: str) -> str:
    """The text, so that only somebody with the key can read it."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text again (SecretLost when no key of ours fits)."""
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretLost from error


def _keys() -> MultiFernet:
    keys = settings.FIELD_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])
