"""What we write to sellers and shoppers; each letter is a row in the outbox, once per occasion and recipient.

Many sellers have no email: the same words, short, are kept as a message for staff to copy into a chat.
"""

import hashlib
import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from core import outbox
from core.audit import Actor
from core.languages import in_english
from core.letters import Letter, render_letter
from core.models import OutboxMessage, SiteSettings
from offers import links
from offers.models import BuyingSettings, ProductOffer, SellerMessage, SellSubmission

SYSTEM = Actor("letters", "worker")
EMAIL, TO_COPY = "email", "to copy"
_LINK = re.compile(r"\S+/sell/(?:link|resume)/\S+")


@in_english
def tell_seller(
    submission: SellSubmission, occasion: str, now: datetime, *, key: str = "", to: str = "", **context: Any
) -> None:
    """Write to a seller about a submission: templates/letters/offers/<occasion>.txt, and its page's link.

    `key` tells apart what may happen more than once, such as the number of an offer. `to` is another address than the
    one on file: the former one, when it was changed.
    """
    seller = submission.seller
    if seller is None or seller.forgotten_at:
        return
    letter = render(submission, occasion, **context)
    address = to or seller.email
    SellerMessage.objects.create(
        submission=submission,
        direction=SellerMessage.Direction.OUT,
        channel=EMAIL if address else TO_COPY,
        occasion=occasion,
        text=letter.text.partition("\n\n-- \n")[0][:4000],
        actor=SYSTEM.name,
        made_at=now,
    )
    if address:
        _post(letter, f"{occasion}:{submission.reference}:{key}", submission.cause, address, now)


def keep_words(submission: SellSubmission, text: str, actor: Actor, now: datetime, *, occasion: str) -> None:
    """Keep what a seller wrote to us on their page."""
    SellerMessage.objects.create(
        submission=submission,
        direction=SellerMessage.Direction.IN,
        channel="web",
        occasion=occasion,
        text=text,
        actor=actor.name,
        made_at=now,
    )


@in_english
def render(submission: SellSubmission, occasion: str, **context: Any) -> Letter:
    """A letter as it would go out, for the preview too."""
    known = {
        "submission": submission,
        "seller": submission.seller,
        "link": links.address_of(submission),
        "buying": BuyingSettings.current(),
    }
    return render_letter(f"offers/{occasion}", known | context)


def without_links(text: str) -> str:
    """A message without its link, which lets in whoever has it."""
    return _LINK.sub("[link]", text)


@in_english
def to_copy(submission: SellSubmission) -> tuple[str, str]:
    """The occasion and the words of our latest message, with the link of now: an older one may be revoked."""
    said = submission.messages.filter(direction=SellerMessage.Direction.OUT).order_by("-pk").first()
    link = links.address_of(submission)
    if said is None:
        return "link", f"Your submission {submission.reference}: {link}"
    text = re.sub(r"\n{3,}", "\n\n", said.text)
    return said.occasion, _LINK.sub(lambda _: link, text)


@in_english
def tell_shopper(offer: ProductOffer, occasion: str, now: datetime, **context: Any) -> None:
    """Write to a shopper about an offer on a piece: templates/letters/offers/<occasion>.txt."""
    item = offer.stock_item
    known = {
        "offer": offer,
        "piece": item.product,
        "item": item,
        "link": settings.SITE_URL + reverse("offers:my_offers"),
    }
    letter = render_letter(f"offers/{occasion}", known | context)
    _post(letter, f"{occasion}:{offer.number}", offer.cause, offer.shopper.email, now)


@in_english
def tell_shop(
    subject: SellSubmission | ProductOffer, occasion: str, now: datetime, *, key: str = "", **context: Any
) -> bool:
    """Write to ourselves: templates/letters/offers/shop/<occasion>.txt; whether it was not written before.

    It goes to a mailbox that colleagues share, so it names nobody's contact and leads to the admin.
    """
    to = BuyingSettings.current().letters_to or SiteSettings.current().contact_email
    kind, _, name = subject.cause.rpartition(" ")
    dedupe_key = f"shop:{occasion}:{name}:{key}"
    if OutboxMessage.objects.filter(dedupe_key=dedupe_key).exists():
        return False
    page = reverse(f"admin:offers_{subject._meta.model_name}_change", args=[subject.pk])
    known = {"subject": subject, "name": name, "link": settings.SITE_URL + page}
    letter = render_letter(f"offers/shop/{occasion}", known | context)
    outbox.post(
        dedupe_key=dedupe_key,
        about=f"{kind} {name}, for us",  # a seller is not unreachable because our own mailbox is full
        to=to,
        letter=letter,
        now=now,
    )
    return True


def _post(letter: Letter, occasion_key: str, about: str, to: str, now: datetime) -> None:
    outbox.post(
        dedupe_key=f"{occasion_key}:{hashlib.sha256(to.encode()).hexdigest()[:12]}",
        about=about,
        to=to,
        letter=letter,
        now=now,
    )


@in_english
def tell_code(submission: SellSubmission, code: str, now: datetime) -> None:
    """Send a code to the email on file; no message is kept of it."""
    if submission.seller:
        letter = render(submission, "account_code", code=code)
        _post(
            letter,
            f"account_code:{submission.reference}:{now.timestamp()}",
            submission.cause,
            submission.seller.email,
            now,
        )
