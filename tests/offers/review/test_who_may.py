"""Who may take which step, and what nobody gets to see."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage
from offers.models import InternalNote, SellerMessage, SellItem, SellOffer, SellSubmission
from offers.services import reviewing
from tests.factories.accounts import UserFactory, owner, staff
from tests.factories.offers import STAFF, decided, offered, submitted
from tests.offers.pages import by_link, url, words
from tests.offers.review.pages import LOOK, at, fresh, press_send, typed

pytestmark = pytest.mark.django_db


ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


STEPS = {
    "claim": "review_submission",
    "ask": "review_submission",
    "stop_asking": "review_submission",
    "decline": "review_submission",
    "close_stalled": "review_submission",
    "decide": "review_submission",
    "mark_spam": "mark_spam",
    "offer": "make_offer",
    "withdraw_offer": "make_offer",
    "accept_counter": "answer_counter",
    "decline_counter": "answer_counter",
    "call_off": "call_off_deal",
    "write_note": "write_notes",
    "copy_text": "send_links",
    "send_link": "send_links",
    "revoke_links": "send_links",
}


def everything():
    """Whatever a step could change."""
    models = (SellSubmission, SellItem, SellOffer, SellerMessage, InternalNote, OutboxMessage, AuditEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize(("name", "verb"), STEPS.items())
def test_SEC_20_a_step_needs_its_verb_and_looking_at_it_changes_nothing(client, new, name, verb):
    before = everything()
    others = {f"offers.{other}" for other in STEPS.values()} - {f"offers.{verb}"}
    client.force_login(staff(*LOOK, *others))
    assert client.get(at(new, name)).status_code == 403
    assert client.post(at(new, name), {"reason": "x", "text": "x"}).status_code == 403

    client.force_login(staff(*LOOK, f"offers.{verb}"))
    assert client.get(at(new, name)).status_code in {200, 302}
    assert client.head(at(new, name)).status_code in {200, 302}

    assert everything() == before


@pytest.mark.parametrize("name", ["change", *STEPS])
@pytest.mark.parametrize("who", ["nobody", "shopper"])
def test_SEC_20_strangers_are_sent_to_the_sign_in_page(client, new, name, who):
    if who == "shopper":
        client.force_login(UserFactory())

    for answer in (client.get(at(new, name)), client.post(at(new, name))):
        assert answer.status_code == 302
        assert "/login/" in answer.url


def test_SEC_20_the_page_itself_needs_leave_to_look_and_takes_no_post(client, new):
    client.force_login(staff("offers.make_offer"))
    assert client.get(at(new)).status_code == 403

    client.force_login(owner())
    assert client.post(at(new), {"status": "agreed"}).status_code == 403
    assert fresh(new).status == "submitted"


def test_SEC_20_a_step_by_a_foreign_form_is_refused(new):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner())

    assert client.post(at(new, "mark_spam")).status_code == 403
    assert client.post(at(new, "decide"), typed(new, "60", None)).status_code == 403


def test_SEC_09_D12_what_a_seller_typed_is_text_on_every_page_of_staff(client):
    client.force_login(owner())
    submission = submitted(["Tee"], name=ATTACK[:110], handle=ATTACK[:50], area=ATTACK[:50], now=timezone.now())
    item = submission.items.get()
    for name, longest in (("title", 110), ("brand_name", 75), ("colour", 38), ("defects", 400)):
        setattr(item, name, ATTACK[:longest])
    item.save()
    SellSubmission.objects.update(message=ATTACK, question=ATTACK, answer=ATTACK)
    reviewing.write_note(submission_id=submission.pk, text=ATTACK, actor=STAFF, now=timezone.now())
    decided(submission, ("40.00",))
    pages = [at(submission, name) for name in ("change", "offer", "copy_text", "accept_counter")]
    pages += [reverse(f"admin:offers_{model}_changelist") for model in ("sellsubmission", "sellitem", "seller")]
    pages += [reverse("admin:offers_sellitem_change", args=[item.pk]), "/admin/"]
    offered(submission, ("40.00",), message=ATTACK, now=timezone.now())
    pages.append(at(submission))

    for address in pages:
        text = client.get(address).text
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
        assert "script-src 'self'" in client.get(address).headers["Content-Security-Policy"]


def test_D13_SEC_23_a_note_reaches_no_letter_and_no_page_of_the_seller(buyer, client, new):
    secret = "Lowest 40, she always comes back"
    buyer.post(at(new, "write_note"), {"text": secret})
    buyer.post(at(new, "decide"), typed(new, "60", None, note=secret, send="1"))
    press_send(buyer, new)
    assert InternalNote.objects.count() == 2
    assert secret in buyer.get(at(new)).text

    assert secret not in by_link(fresh(new)).get(url(new)).text
    for letter in OutboxMessage.objects.all():
        assert secret not in letter.text + letter.html
    for message in SellerMessage.objects.all():
        assert secret not in message.text


def test_notes_messages_and_the_contact_are_for_those_who_may_see_them(client, new):
    reviewing.write_note(submission_id=new.pk, text="She always comes back", actor=STAFF, now=timezone.now())
    secrets = {
        "offers.view_internalnote": "She always comes back",
        "offers.view_sellermessage": "To the seller: received",
        "offers.view_seller": "seller@example.com",
    }

    for permission, secret in secrets.items():
        client.force_login(staff("offers.view_sellsubmission", permission))
        shown = words(client.get(at(new)))
        assert {each for each in secrets.values() if each in shown} == {secret}
