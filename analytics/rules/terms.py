"""Search terms as they are kept: short, alike, and nobody's email address or phone number."""

import re

_PRIVATE = re.compile(r"@|\d[\d \-/().]{5,}\d")
MAX_TERM, MAX_PATH = 120, 200


def tidy_term(text: str) -> str:
    """Lower case with single spaces; empty for what looks like a person's contact."""
    term = " ".join(text.lower().split())[:MAX_TERM].replace("\0", "")
    return "" if _PRIVATE.search(term) else term
