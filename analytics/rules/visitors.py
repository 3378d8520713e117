"""Who is counted: people, not machines, and nobody who asked not to be."""

import re
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest

DAILY_HASH, NONE, CONSENT = "daily-hash", "none", "consent"
CONSENT_COOKIE = "counting"
# A Cubot is a telephone.
_MACHINES = re.compile(
    r"(?<!cu)bot\b|bot/|crawl|spider|slurp|preview|monitor|headless|scan|fetch|curl|wget|python|java/|go-http|okhttp|axios"
    r"|libwww|facebookexternalhit|whatsapp|telegram|lighthouse|pingdom|archiver",
    re.IGNORECASE,
)


def why_not(request: HttpRequest) -> str:
    """The reason not to count this request, in one word; empty when it counts."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.is_staff:
        return "staff"
    headers = request.headers
    if settings.ANALYTICS_HONOUR_REFUSAL and ("1" in (headers.get("Sec-GPC", ""), headers.get("DNT", ""))):
        return "refused"
    if settings.ANALYTICS_MODE == CONSENT and request.COOKIES.get(CONSENT_COOKIE) != "yes":
        return "no consent"
    if "prefetch" in headers.get("Sec-Purpose", "") or headers.get("Purpose") == "prefetch":
        return "prefetch"
    return is_machine(headers.get("User-Agent", ""))


@lru_cache(maxsize=10_000)
def is_machine(user_agent: str) -> str:
    """What kind of machine sent it; empty for a person."""
    if not user_agent.strip():
        return "no agent"
    return "bot" if _MACHINES.search(user_agent) else ""


def visitor_hash(salt: bytes, address: str, user_agent: str, host: str) -> int:
    """Somebody's number for one day, 64 bits: the same within it, and of no use after it."""
    key = f"{address}\n{user_agent}\n{host}".encode()
    return int.from_bytes(blake2b(key, key=salt, digest_size=8).digest(), signed=True)
