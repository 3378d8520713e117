"""Erasing a seller's contact, when they ask for it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry
from offers.models import Seller
from offers.services import answering
from tests.factories.accounts import staff
from tests.factories.offers import STAFF, submitted

pytestmark = pytest.mark.django_db


def test_SEC_21_D22_a_contact_is_erased_and_what_was_offered_stays(client):
    client.force_login(staff("offers.view_seller", "offers.forget_seller"))
    submission = submitted(now=timezone.now())
    answering.withdraw(submission_id=submission.pk, actor=STAFF, now=timezone.now())
    page = reverse("admin:offers_seller_forget", args=[submission.seller_id])

    assert client.post(page).status_code == 302

    seller = Seller.objects.get()
    assert (seller.name, seller.email, seller.phone) == ("", "", "")
    assert seller.forgotten_at is not None
    assert submission.items.count() == 2
    assert AuditEntry.objects.filter(subject=f"seller {seller.pk}", action="contact erased").count() == 1


def test_SEC_21_a_contact_that_an_open_submission_needs_is_not_erased(client):
    client.force_login(staff("offers.view_seller", "offers.forget_seller"))
    submission = submitted(now=timezone.now())

    answer = client.post(reverse("admin:offers_seller_forget", args=[submission.seller_id]))

    assert answer.status_code == 409
    assert "Close it first" in answer.text
    assert Seller.objects.get().email == "seller@example.com"
    assert not AuditEntry.objects.filter(action="contact erased").exists()
