"""A seller's browser on the pages of a draft."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offers.models import SellItem, SellSubmission
from tests.factories.offers import draft, picture

CONTACT = {"name": "Sella Example", "email": "seller@example.com", "channel": "email"}
SEND = {"hand_over": "drop_off", "is_adult": "on", "is_mine": "on"}


def at(submission: SellSubmission, client: Client | None = None) -> Any:
    """A browser that writes this draft."""
    client = client or Client()
    session = client.session
    session["draft"], session["draft_id"] = submission.draft_key, submission.pk
    session.save()
    return client


def writing(pieces: Any = ("Varsity jacket",), **changes: Any) -> tuple[Any, Any, Any]:
    """A browser, its draft and the draft's first piece."""
    submission = draft(pieces, **changes)
    return at(submission), submission, submission.items.first() or SellItem()


def page(name: str, *args: Any) -> str:
    """The address of a page."""
    return reverse(f"offers:{name}", args=args)


def file(content: bytes | None = None, name: str = "piece.jpg") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, picture().read() if content is None else content, "image/jpeg")
