"""Limits on how often something may happen, counted in the cache that all processes share."""

import hashlib
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import islice

from allauth.account.adapter import get_adapter
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def take(what: str, who: str, *, most: int, seconds: int, cost: int = 1, kept_in: str = "default") -> bool:
    """Whether `who` may do `what` once more, at most so often in so many seconds; counts this time as `cost`.

    `kept_in` names the cache that counts: "moments" writes nothing to the database, but each process counts for itself.
    """
    cache = caches[kept_in]
    # A slot for each time, since adding to the cache is atomic everywhere and counting up is not.
    base = hashlib.sha256(f"{what}:{who}".encode()).hexdigest()[:32]
    slots = [f"limit:{base}:{number}" for number in range(most)]
    taken = cache.get_many(slots)
    free = (slot for slot in slots if slot not in taken)
    # Stops at the last one needed; what a refused one took stays taken.
    got = islice((slot for slot in free if cache.add(slot, 1, seconds)), cost)
    return sum(1 for _ in got) == cost


def place_of(request: HttpRequest) -> str:
    """The address of whoever asks as 16 digits that only this shop could have made; the same for the same address."""
    return salted_hmac("place", address_of(request)).hexdigest()[:16]


def address_of(request: HttpRequest) -> str:
    """The network address of whoever asks, behind our own proxy too; of IPv6 the network that one household has."""
    address = ip_address(get_adapter().get_client_ip(request))
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        # A server that listens for both calls IPv4 so; all of it would be one household.
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)
