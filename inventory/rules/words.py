"""Text as search sees it: lower-case words of ASCII letters and digits."""

import re
import unicodedata

MAX_WORD = 40
_WORD = re.compile(r"[a-z0-9]+(?:\.5)?")


def words_of(text: str) -> list[str]:
    """The words of a text, accents taken off, each once, in order: "Café, UK 8.5" → cafe, uk, 8.5."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return list(dict.fromkeys(word[:MAX_WORD] for word in _WORD.findall(plain.replace("'", ""))))
