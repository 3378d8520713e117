"""Numbers that people read to each other: of orders, offers, submissions and lots."""

from django.utils.crypto import get_random_string

# "0" and "O", "1" and "I" look alike, "U" sounds like other letters.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def random_letters(length: int) -> str:
    """So many that nobody can guess, almost five bits each."""
    return get_random_string(length, LETTERS)
