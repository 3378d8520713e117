"""Words and links for the seller: sent again, copied into a chat, made void."""

import pytest
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage
from offers import links
from tests.factories.offers import submitted
from tests.offers.review.pages import at, fresh

pytestmark = pytest.mark.django_db


def test_revoking_makes_old_links_void_and_the_copied_text_has_the_new_one(buyer, new, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # a link names the second it was made
    old = links.address_of(new)
    assert old in buyer.get(at(new, "copy_text")).context["form"]["text"].value()

    buyer.post(at(new, "revoke_links"))

    text = buyer.get(at(new, "copy_text")).context["form"]["text"].value()
    assert old not in text
    assert links.address_of(fresh(new)) in text


def test_a_copied_text_counts_as_sent_and_is_logged(buyer, new):
    entries = AuditEntry.objects.count()
    buyer.get(at(new, "copy_text"))
    assert AuditEntry.objects.count() == entries

    buyer.post(at(new, "copy_text"), {"channel": "whatsapp", "text": "something else"})

    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.after) == ("text copied for whatsapp", "received")
    assert "Text copied for whatsapp" in buyer.get(at(new)).text


def test_the_link_is_sent_again_by_e_mail(buyer, new, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    buyer.post(at(new, "send_link"))

    letter = OutboxMessage.objects.latest("pk")
    assert letter.to == "seller@example.com"
    assert links.address_of(new) in letter.text


def test_without_an_e_mail_the_text_is_for_a_chat(buyer):
    submission = submitted(email="", phone="085 123 4567", handle="sella", channel="instagram", now=timezone.now())

    assert buyer.post(at(submission, "send_link")).status_code == 409
    assert buyer.get(at(submission, "copy_text")).context["form"]["channel"].value() == "instagram"
