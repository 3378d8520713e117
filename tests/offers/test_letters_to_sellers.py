"""What sellers are told to do, in letters."""

from datetime import timedelta

import pytest

from core.models import OutboxMessage, SiteSettings
from offers.models import BuyingSettings, SellSubmission
from offers.services import answering, timers
from tests.factories.offers import NOON, SELLER, offered, submitted

pytestmark = pytest.mark.django_db
HAND_OVER = SellSubmission.HandOver


def letters_of_a_deal(how: str) -> list[str]:
    """What is written when it is agreed, and before the pieces are due."""
    BuyingSettings(hand_over="Clean, please.").save()
    submission = submitted()
    SellSubmission.objects.update(hand_over=how)
    offer = offered(submission)
    deal = answering.accept(submission_id=submission.pk, number=offer.number, total=offer.total, actor=SELLER, now=NOON)
    assert deal.ship_by
    assert deal.seller
    timers.remind(now=deal.ship_by - timedelta(days=1))
    written = OutboxMessage.objects.filter(to=deal.seller.email)
    return [written.get(dedupe_key__startswith=f"{name}:").text for name in ("agreed", "ship_by_reminder")]


@pytest.mark.parametrize(
    ("how", "told", "has_address", "has_hours"),
    [
        (HAND_OVER.DROP_OFF, "bring them to the shop. Please do so by Thursday 12 March, 12:00 GMT", True, True),
        (HAND_OVER.POST, "send them by post. Please post them by Thursday 12 March, 12:00 GMT", True, False),
        (HAND_OVER.COLLECTION, "we come to your door by Thursday 12 March, 12:00 GMT", False, False),
    ],
)
def test_a_letter_says_what_to_do_by_when_and_where_as_the_seller_chose(how, told, has_address, has_hours):
    SiteSettings(name="Relay", address="1 Example Lane\nDublin 8", opening_hours="Mon to Sat, 10 to 18").save()

    for letter in letters_of_a_deal(how):
        words = letter.partition("\n\n-- \n")[0]  # the footer has the address in any case
        assert told in words
        assert ("Relay\n1 Example Lane\nDublin 8" in words) == has_address
        assert ("Mon to Sat" in words) == has_hours
        assert "Clean, please." not in words  # what is said to everybody, whichever way they may choose


def test_without_an_address_of_ours_a_parcel_is_not_sent_into_the_blue():
    for letter in letters_of_a_deal(HAND_OVER.POST):
        assert "on the parcel, and ask us first where to." in letter
