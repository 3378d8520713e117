"""The seller's draft: its pieces, whose it is, and copying what was closed."""

from typing import Any

import pytest

from core import numbers
from core.errors import DomainError
from offers.errors import DraftFull, SubmissionMoved
from offers.models import BuyingSettings, SellItem, SellSubmission
from offers.services import answering, drafting, submitting
from tests.factories.accounts import UserFactory
from tests.factories.offers import NOON, SELLER, STAFF, agreed, draft, offered

pytestmark = pytest.mark.django_db
Status = SellSubmission.Status


def send(submission: SellSubmission, has_agreed: bool = True) -> SellSubmission:
    return submitting.submit(submission_id=submission.pk, has_agreed=has_agreed, actor=SELLER, now=NOON)


def test_S1_the_reference_has_63_random_bits_and_no_letter_that_is_read_wrongly() -> None:
    reference = drafting.new_reference()

    assert len(numbers.LETTERS) ** len(reference.removeprefix("SB-").replace("-", "")) > 2**60
    assert not set("01ILOU") & set(reference)


def test_S1_a_draft_cannot_be_written_after_it_was_sent() -> None:
    sent = send(draft())

    with pytest.raises(SubmissionMoved):
        drafting.add_item(submission_id=sent.pk, now=NOON)


def test_S1_no_more_pieces_than_the_shop_takes() -> None:
    BuyingSettings(max_pieces=2).save()
    full = draft()

    with pytest.raises(DraftFull):
        drafting.add_item(submission_id=full.pk, now=NOON)


def test_a_piece_taken_out_can_be_brought_back() -> None:
    new = draft()
    item = new.items.first()
    assert item
    drafting.remove_item(item_id=item.pk, now=NOON)
    drafting.restore_item(item_id=item.pk, now=NOON)

    assert send(new).items.count() == 2


def test_what_was_closed_is_copied_not_opened_again() -> None:
    old = _closed()

    new = drafting.copy_closed(submission_id=old.pk, actor=STAFF, now=NOON)

    assert (new.status, new.copied_from, new.items.count()) == (Status.DRAFT, old, 2)
    assert SellSubmission.objects.get(pk=old.pk).status == Status.CLOSED


def test_a_copy_made_twice_is_one_copy() -> None:
    old = _closed()

    first = drafting.copy_closed(submission_id=old.pk, actor=STAFF, now=NOON)

    assert drafting.copy_closed(submission_id=old.pk, actor=STAFF, now=NOON) == first


def test_SEC_03_a_copy_in_which_somebody_has_said_who_they_are_is_not_handed_out_again() -> None:
    old = _closed()
    first = drafting.copy_closed(submission_id=old.pk, actor=STAFF, now=NOON)
    who = drafting.Contact(name="Sella Example", email="new@example.com")
    drafting.keep_contact(submission_id=first.pk, contact=who, user=None, now=NOON)

    other = drafting.copy_closed(submission_id=old.pk, actor=SELLER, now=NOON)

    assert other != first
    assert other.seller is None


@pytest.mark.parametrize("what", ["open", "spam", "nothing left"])
def test_there_is_no_copy_of(what: str) -> None:
    old = agreed() if what == "open" else _closed()
    if what == "spam":
        SellSubmission.objects.update(close_reason="spam")
    if what == "nothing left":
        SellItem.objects.update(status="disposed")
    with pytest.raises(DomainError):
        drafting.copy_closed(submission_id=old.pk, actor=STAFF, now=NOON)


def _closed() -> SellSubmission:
    offer = offered()
    return answering.withdraw(submission_id=offer.submission_id, actor=SELLER, now=NOON)


def _typed(user: Any, name: str = "Sella Example", submission: SellSubmission | None = None) -> SellSubmission:
    """A draft whose contact this user has typed."""
    made = submission or draft()
    who = drafting.Contact(name=name, email="seller@example.com")
    drafting.keep_contact(submission_id=made.pk, contact=who, user=user, now=NOON)
    made.refresh_from_db()
    return made


def test_a_seller_who_sends_again_is_the_same_seller() -> None:
    user = UserFactory(email="seller@example.com")
    first = send(_typed(user))

    assert _typed(user, "sella  EXAMPLE").seller == first.seller


def test_SEC_12_another_name_in_a_new_draft_is_not_the_name_of_a_deal() -> None:
    user = UserFactory(email="seller@example.com")
    first = send(_typed(user))

    second = _typed(user, "Mallory Example")

    first.refresh_from_db()
    assert first.seller
    assert first.seller.name == "Sella Example"
    assert second.seller != first.seller


def test_SEC_05_who_goes_on_with_somebodys_draft_does_not_own_what_they_sent_before() -> None:
    owner, friend = UserFactory(email="seller@example.com"), UserFactory()
    first = send(_typed(owner))
    shared = _typed(owner)

    for other in (friend, None):
        _typed(other, submission=shared)

    first.refresh_from_db()
    assert first.seller
    assert (first.seller.user, shared.seller == first.seller) == (owner, False)
    assert first.seller.is_confirmed
