"""Hears what the apps below say."""

from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest

from analytics.services import capture
from offers.signals import seller_acted
from shop.signals import shopper_acted


@receiver([shopper_acted, seller_acted], dispatch_uid="count what people do")
def count(request: HttpRequest, act: str, **facts: Any) -> None:
    """Note it, with what is known of it."""
    known = {
        name: facts[name] for name in ("product_id", "order_id", "quantity", "term") if facts.get(name) is not None
    }
    capture.track(request, act, **known)
