"""Coming to a submission's page as its seller does, and reading it."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import confirm_email
from offers import links
from offers.models import Seller, SellSubmission
from tests.factories.accounts import UserFactory

_TAG = re.compile(r"<[^>]+>")


def link_of(submission: SellSubmission) -> str:
    """The path of its link."""
    return urlsplit(links.address_of(submission)).path


def by_link(submission: SellSubmission, client: Client | None = None) -> Client:
    """A browser that came by the link."""
    client = client or Client()
    assert client.get(link_of(submission)).status_code == 302
    return client


def seller_of(submission: SellSubmission) -> Seller:
    """Who sent it, as it stands in the database."""
    return Seller.objects.get(submissions=submission)


def owner_of(submission: SellSubmission, **changes: Any) -> tuple[Client, User]:
    """The browser of the seller's own account."""
    user = UserFactory(**changes)
    confirm_email(user=user)
    seller = seller_of(submission)
    seller.user = user
    seller.save(update_fields=["user"])
    client = Client()
    client.force_login(user)
    return client, user


def url(submission: SellSubmission, name: str = "submission", *args: Any) -> str:
    """One of its addresses."""
    return reverse(f"offers:{name}", args=[submission.reference, *args])


def words(response: Any) -> str:
    """The words of a page, without its tags."""
    return " ".join(unescape(_TAG.sub(" ", response.content.decode())).split())


def body(response: Any) -> str:
    """The page without the one thing that differs each time: the token against foreign forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())
