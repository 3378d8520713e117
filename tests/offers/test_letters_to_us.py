"""What we are told by letter, and whom we take things from again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.audit import Actor
from core.models import AuditEntry, OutboxMessage
from offers.errors import WeAreNotBuying
from offers.models import BuyingSettings, SellItem
from offers.services import answering, receiving, reviewing, submitting, timers
from tests.factories.accounts import owner
from tests.factories.bids import bid
from tests.factories.offers import NOON, SELLER, STAFF, agreed, countered, draft, offered, received, submitted

pytestmark = pytest.mark.django_db
US = "buying@shop.example"


@pytest.fixture(autouse=True)
def _our_mailbox():
    BuyingSettings(letters_to=US).save()


def told():
    return list(OutboxMessage.objects.filter(to=US).order_by("pk").values_list("subject", flat=True))


def test_S1_each_new_submission_is_told_once_without_the_sellers_contact():
    new = submitted()
    submitting.submit(submission_id=new.pk, has_agreed=True, actor=SELLER, now=NOON)

    assert told() == [f"New: 2 pieces, {new.reference}"]
    letter = OutboxMessage.objects.get(to=US)
    assert reverse("admin:offers_sellsubmission_change", args=[new.pk]) in letter.text
    assert "Kestrel Varsity jacket, L" in letter.text
    assert "seller@example.com" not in letter.text + letter.html
    assert "Sella" not in letter.text + letter.html


def test_without_a_mailbox_of_its_own_buying_writes_to_the_shops():
    buying = BuyingSettings.fresh()
    buying.letters_to = ""
    buying.save()

    submitted()

    assert OutboxMessage.objects.filter(to="hello@example.com", subject__startswith="New: ").exists()


def test_SEC_13_of_a_suspect_submission_nobody_is_told():
    new = draft()
    submitting.submit(submission_id=new.pk, has_agreed=True, actor=SELLER, now=NOON, is_suspect=True)

    assert told() == []


def test_S7_S9_we_are_told_of_a_counter_and_of_a_deal():
    counter = countered()
    reviewing.decline_counter(submission_id=counter.submission_id, number=2, reason="", actor=STAFF, now=NOON)
    deal = agreed(offered(submitted(email="other@example.com")))

    assert told()[1] == f"Counter: €150, {counter.submission.reference}"
    assert told()[3] == f"Accepted: €100, {deal.reference}"


def test_S7_who_was_there_when_the_seller_said_yes_is_not_told():
    offer = offered()
    in_person = Actor(STAFF.name, "in_person")

    answering.accept(submission_id=offer.submission_id, number=1, total=offer.total, actor=in_person, now=NOON)

    assert not any(subject.startswith("Accepted") for subject in told())


def test_I10_the_owner_is_told_of_a_piece_that_is_held_back():
    submission = received()
    piece = submission.items.all()[0]

    receiving.hold(item_id=piece.pk, reason="The label is wrong", actor=STAFF, now=NOON)

    assert told()[-1] == f"Held back: Kestrel Varsity jacket, L, {submission.reference}"
    assert "The label is wrong" in OutboxMessage.objects.filter(to=US).latest("pk").text


def test_a_counter_that_has_waited_for_a_day_is_told_once():
    countered()
    before = len(told())

    assert timers.alert(now=NOON + timedelta(hours=23)) == 0
    assert timers.alert(now=NOON + timedelta(hours=25)) == 1
    assert timers.alert(now=NOON + timedelta(hours=26)) == 0
    assert len(told()) == before + 1


def test_the_worker_tells_of_waiting_counters():
    assert "alert the shop" in jobs.names()


def test_B1_each_shoppers_offer_that_waits_for_us_is_told():
    offer = bid(now=timezone.now())

    assert told() == [f"Offer: €{offer.amount:.0f} for {offer.stock_item.product.title}"]


# --- Blocked, and unblocked -------------------------------------------------------------------------------------------


def test_who_was_marked_as_spam_is_taken_from_again_for_a_reason_on_record(client):
    spam = [submitted(["Tee"]), submitted(["Cap"])]
    for each in spam:
        reviewing.mark_spam(submission_id=each.pk, actor=STAFF, now=NOON)
    with pytest.raises(WeAreNotBuying):
        submitted()
    client.force_login(owner())
    address = reverse("admin:offers_seller_unblock", args=[spam[0].seller_id])

    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "They called us"}).status_code == 302

    assert submitted().status == "submitted"
    entries = AuditEntry.objects.filter(action="unblocked").values_list("subject", "reason")
    assert set(entries) == {(f"seller {each.seller_id}", "They called us") for each in spam}
    assert client.post(address, {"reason": "Again"}).status_code == 409


def test_SEC_26_confirmed_fakes_stay_counted_when_a_seller_is_unblocked():
    submission = received()
    for piece in submission.items.all():
        receiving.hold(item_id=piece.pk, reason="Odd", actor=STAFF, now=NOON)
        receiving.judge(
            item_id=piece.pk, verdict=SellItem.Status.TO_RETURN, reason="Fake", actor=STAFF, now=NOON, is_fake=True
        )

    seller_id = submission.seller_id or 0
    seller = reviewing.unblock(seller_id=seller_id, reason="Only one was", actor=STAFF, now=NOON)

    assert (seller.blocked_reason, seller.confirmed_fakes) == ("", 2)
