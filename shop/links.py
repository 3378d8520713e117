"""Links in letters to people who need no account: signed, and salted by purpose. Opening one changes nothing."""

from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.core import signing
from django.db.models import Model
from django.urls import reverse

from core.languages import in_english
from shop.errors import LinkNotValid

CONFIRM, STOP, PLACE = "confirm", "stop", "place"
PAGES = {CONFIRM: "shop:confirm_letters", STOP: "shop:stop_letters", PLACE: "shop:place"}
UNCONFIRMED = timedelta(days=7)  # as long as what nobody confirms is kept
# Letters lie around for years, and each must be able to stop the next one.
LIFETIME = {CONFIRM: UNCONFIRMED, STOP: None, PLACE: timedelta(days=60)}

Row = TypeVar("Row", bound=Model)


def token_of(row: Model, purpose: str) -> str:
    """The unguessable part of a link about a row."""
    return signing.TimestampSigner(salt=f"shop.{purpose}").sign(f"{row._meta.model_name}-{row.pk}")


@in_english
def address_of(row: Model, purpose: str) -> str:
    """The whole link, from the configured address of the site, never from a request's host."""
    return settings.SITE_URL + path_of(row, purpose)


def path_of(row: Model, purpose: str) -> str:
    """The same within the site."""
    return reverse(PAGES[purpose], args=[token_of(row, purpose)])


def opened(token: str, purpose: str, *models: type[Row]) -> Row | None:
    """The row of one of these models that a link is about, or None when it is gone (LinkNotValid)."""
    try:
        name, _, pk = (
            signing.TimestampSigner(salt=f"shop.{purpose}").unsign(token, max_age=LIFETIME[purpose]).partition("-")
        )
    except signing.BadSignature as error:
        raise LinkNotValid from error
    model = next((each for each in models if each._meta.model_name == name), None)
    if model is None:
        raise LinkNotValid
    return model._default_manager.filter(pk=pk).first()
