"""Text as search sees it: words of lower-case ASCII letters and digits, without accents, in any script."""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii

MAX_WORD = 40
# As people name the letters that lots are sized by.
SIZE_NAMES = {
    "xs": ("xsmall", "extrasmall"),
    "s": ("small",),
    "m": ("medium",),
    "l": ("large",),
    "xl": ("xlarge", "extralarge"),
    "xxl": ("2xl", "xxlarge"),
}
_WORD = re.compile(r"[a-z0-9]+(?:\.5(?!\d))?")
# A letter or a size: "l", "9", "8.5", "uk9". What merely begins like it is something else.
_WHOLE = re.compile(r"[a-z]|[a-z]{0,2}\d{1,2}(?:\.5)?")


def words_of(text: str) -> list[str]:
    """The words of a text, each once, in order: "Café, UK 8½" → cafe, uk, 8.5."""
    return list(dict.fromkeys(word for chunk in _plain(text).split() for word in _words_in(chunk)))


def words_to_find(text: str) -> list[str]:
    """The words of a text and those that people write as one: "T-shirt" → t, shirt, tshirt."""
    found: list[str] = []
    letter = ""
    for chunk in _plain(text).split():
        words = _words_in(chunk)
        joined = "".join(words)[:MAX_WORD]
        found += [*words, joined] if joined else []
        if letter and joined:
            found.append((letter + joined)[:MAX_WORD])
        letter = joined if len(joined) == 1 else ""
    return list(dict.fromkeys(found))


def words_of_size(*, system: str, size: str) -> list[str]:
    """The words of a lot's size: UK, 8.5 → uk, 8.5, uk8.5; L → l, large."""
    words = words_of(f"{system} {size}")
    joined = ["".join(words)] if len(words) == 2 else []
    return [*words, *joined, *(name for word in words for name in SIZE_NAMES.get(word, ()))]


def weighed(
    *, title: str, brand: Iterable[str], categories: Iterable[str], colour: str, sizes: Iterable[tuple[str, str]]
) -> dict[str, int]:
    """The words a product is found by, each with its weight: title first, then every name of the brand, category and
    colour, and the sizes, each a system and a label."""
    found = [(8, words_to_find(title)), *((6, words_to_find(name)) for name in brand)]
    found += [(4, words_to_find(name)) for name in (*categories, colour)]
    found += [(2, words_of_size(system=system, size=size)) for system, size in sizes]
    weights: dict[str, int] = {}
    for weight, words in found:
        for word in words:
            weights.setdefault(word, weight)
    return weights


def is_whole(word: str) -> bool:
    """Whether a searched word means just itself; any other may be the beginning of a longer one."""
    return _WHOLE.fullmatch(word) is not None


def forms_of(word: str) -> tuple[str, ...]:
    """What the word may be as one and as many: jackets → jacket, accessory → accessories. Some are no words at all."""
    if len(word) < 3 or not word.isalpha():
        return ()
    if word.endswith("ies"):
        return (f"{word[:-3]}y", word[:-1])
    if word.endswith(("ches", "shes", "sses", "xes")):
        return (word[:-2], word[:-1])
    if word.endswith("ves"):
        return (f"{word[:-3]}f", word[:-1])
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return (word[:-1],)
    if word.endswith("y"):
        return (f"{word[:-1]}ies", f"{word}s")
    if word.endswith("f"):
        return (f"{word[:-1]}ves", f"{word}s")
    if word.endswith(("ch", "sh", "ss", "x")):
        return (f"{word}es",)
    return (f"{word}s",)


def _plain(text: str) -> str:
    """In lower-case ASCII; pictures and signs are blanks, and an apostrophe is nothing."""
    text = "".join(" " if unicodedata.category(sign) == "So" else sign for sign in text.replace("½", ".5"))
    return anyascii(text).lower().replace("'", "")


def _words_in(chunk: str) -> list[str]:
    return [word[:MAX_WORD] for word in _WORD.findall(chunk)]
