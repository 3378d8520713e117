"""The seller's draft and sending it: S1, S4, and copying what was closed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from core.errors import DomainError
from core.models import AuditEntry, OutboxMessage
from offers.errors import DraftFull, DraftIncomplete, SubmissionMoved, TooManySubmissions, WeAreNotBuying
from offers.models import BuyingRule, BuyingSettings, Seller, SellItem, SellPhoto, SellSubmission
from offers.services import answering, drafting, photographing, reviewing, submitting
from tests.factories.accounts import UserFactory
from tests.factories.inventory import CategoryFactory
from tests.factories.offers import NOON, SELLER, STAFF, agreed, draft, offered, paid, picture, submitted

pytestmark = pytest.mark.django_db
Status = SellSubmission.Status


def send(submission: SellSubmission, has_agreed: bool = True) -> SellSubmission:
    return submitting.submit(submission_id=submission.pk, has_agreed=has_agreed, actor=SELLER, now=NOON)


def files() -> set[Path]:
    """Every private picture that lies on the disk."""
    return {path for path in Path(settings.PRIVATE_ROOT).rglob("*") if path.is_file()}


def test_S1_a_complete_draft_is_sent_with_its_pieces_and_photos() -> None:
    sent = send(draft())

    assert sent.status == Status.SUBMITTED
    assert sent.submitted_at == sent.waiting_since == NOON
    assert SellPhoto.objects.filter(item__submission=sent).count() == 2


def test_S1_the_reference_has_63_random_bits_and_no_letter_that_is_read_wrongly() -> None:
    reference = drafting.new_reference()

    assert len(drafting.REFERENCE_LETTERS) ** len(reference.removeprefix("SB-").replace("-", "")) > 2**60
    assert not set("01ILOU") & set(reference)


def test_S1_the_seller_is_written_to_once() -> None:
    sent = send(draft())

    assert OutboxMessage.objects.get(to="seller@example.com").about == sent.cause
    assert sent.messages.get().occasion == "received"


def test_S1_a_seller_without_an_e_mail_gets_a_text_to_copy() -> None:
    sent = send(draft(email="", phone="+353 86 000 0000"))

    assert sent.messages.get().channel == "to copy"
    assert not OutboxMessage.objects.filter(about=sent.cause).exists()


def test_S1_D3_pressed_again_it_is_the_same_submission_and_nothing_is_written_twice() -> None:
    first = send(draft())

    assert send(first) == first
    assert SellSubmission.objects.count() == AuditEntry.objects.count() == 1
    assert OutboxMessage.objects.filter(to="seller@example.com").count() == OutboxMessage.objects.count() - 1 == 1


def test_S1_a_draft_cannot_be_written_after_it_was_sent() -> None:
    sent = send(draft())

    with pytest.raises(SubmissionMoved):
        drafting.add_item(submission_id=sent.pk, now=NOON)


def test_S1_at_least_one_piece_is_needed() -> None:
    with pytest.raises(DraftIncomplete, match="Add a piece"):
        send(draft(pieces=[]))


def test_S1_no_more_pieces_than_the_shop_takes() -> None:
    BuyingSettings(max_pieces=2).save()
    full = draft()

    with pytest.raises(DraftFull):
        drafting.add_item(submission_id=full.pk, now=NOON)


@pytest.mark.parametrize(
    ("blank", "words"),
    [
        ("category", "choose what it is"),
        ("title", "say what it is"),
        ("declared_grade", "say how it is worn"),
        ("size", "give its size"),
    ],
)
def test_S1_a_piece_without_an_answer_keeps_the_draft_back(blank: str, words: str) -> None:
    new = draft(pieces=["Cap"])
    value = None if blank == "category" else "no such size" if blank == "size" else ""
    drafting.describe_item(item_id=new.items.get().pk, answers={blank: value}, now=NOON)

    with pytest.raises(DraftIncomplete, match=words):
        send(new)


def test_S1_D1_a_piece_without_a_stored_photo_keeps_the_draft_back() -> None:
    with pytest.raises(DraftIncomplete, match="Piece 1: add a photo"):
        send(draft(pieces=["Cap"], has_photos=False))


def test_S1_a_photo_that_its_kind_needs_keeps_the_draft_back_whatever_else_is_shown() -> None:
    shoes = CategoryFactory()
    BuyingRule.objects.create(category=shoes, photo_slots=["Front", "Sole"], required_slots=["Sole"])
    new = draft(pieces=["Court trainer"], category=shoes)

    with pytest.raises(DraftIncomplete, match="Piece 1: add a photo: Sole"):
        send(new)
    item = new.items.get()
    photographing.add_photo(item_id=item.pk, picture=picture(), slot="Sole", actor=SELLER, now=NOON)

    assert send(new).status == Status.SUBMITTED


def test_S1_a_photo_that_nobody_is_asked_for_keeps_no_draft_back() -> None:
    shoes = CategoryFactory()
    BuyingRule.objects.create(category=shoes, photo_slots=["Front"], required_slots=["Sole"])

    assert send(draft(pieces=["Court trainer"], category=shoes)).status == Status.SUBMITTED


def test_S1_SEC_29_the_declarations_must_be_ticked() -> None:
    with pytest.raises(DraftIncomplete, match="18 or older"):
        send(draft(), has_agreed=False)


def test_S1_the_version_of_the_terms_is_kept() -> None:
    BuyingSettings(terms_version="2026-03").save()

    assert send(draft()).terms_version == "2026-03"


@pytest.mark.parametrize("contact", [{"name": ""}, {"email": ""}], ids=["no name", "no way to reach them"])
def test_S1_somebody_must_be_reachable(contact: dict[str, Any]) -> None:
    with pytest.raises(DraftIncomplete, match="Tell us your name"):
        send(draft(**contact))


def test_S1_D2_a_refused_draft_stays_a_draft() -> None:
    new = draft(has_photos=False)
    with pytest.raises(DraftIncomplete):
        send(new)

    new.refresh_from_db()
    assert new.status == Status.DRAFT


def test_S1_a_fourth_open_submission_under_a_contact_is_refused() -> None:
    for _ in range(3):
        submitted()

    with pytest.raises(TooManySubmissions):
        submitted()


def test_S1_after_a_completed_deal_there_may_be_more() -> None:
    done = paid()
    SellItem.objects.filter(submission=done).update(status="returned")
    SellSubmission.objects.filter(pk=done.pk).update(status="closed", close_reason="completed", closed_at=NOON)
    for _ in range(4):
        submitted()

    assert SellSubmission.objects.filter(status=Status.SUBMITTED).count() == 4


def test_SEC_26_a_blocked_seller_is_refused_even_after_a_completed_deal() -> None:
    done = paid()
    SellSubmission.objects.filter(pk=done.pk).update(status="closed", close_reason="completed", closed_at=NOON)
    Seller.objects.update(blocked_reason="Two confirmed fakes.")

    with pytest.raises(WeAreNotBuying):
        submitted()


def test_S1_pieces_taken_out_leave_no_photo_on_the_disk(django_capture_on_commit_callbacks) -> None:
    before, new = files(), draft()
    gone = new.items.first()
    assert gone
    photo = gone.photos.get()
    drafting.remove_item(item_id=gone.pk, now=NOON)

    with django_capture_on_commit_callbacks(execute=True):
        send(new)

    left = {Path(name).name for name in SellPhoto.objects.values_list("image", flat=True)}
    assert {path.name for path in files() - before} == left
    assert Path(photo.image.path).name not in left


def test_a_piece_taken_out_can_be_brought_back() -> None:
    new = draft()
    item = new.items.first()
    assert item
    drafting.remove_item(item_id=item.pk, now=NOON)
    drafting.restore_item(item_id=item.pk, now=NOON)

    assert send(new).items.count() == 2


def test_S4_an_answer_brings_the_submission_back_to_us() -> None:
    asked = _asked()

    back = submitting.answer_question(submission_id=asked.pk, answer="It is an L.", actor=SELLER, now=NOON)

    assert (back.status, back.answer, back.waiting_on) == (Status.IN_REVIEW, "It is an L.", "shop")


def test_S4_our_clock_goes_on_where_it_stopped() -> None:
    hour = timedelta(hours=1)
    asked = _asked(now=NOON + hour)

    back = submitting.answer_question(submission_id=asked.pk, answer="L", actor=SELLER, now=NOON + 5 * hour)

    # An hour was ours before the question; the four since then were the seller's.
    assert back.waiting_since == NOON + 4 * hour


def test_S4_a_second_question_does_not_lose_the_time_before_the_first() -> None:
    hour = timedelta(hours=1)
    asked = _asked(now=NOON + hour)
    submitting.answer_question(submission_id=asked.pk, answer="L", actor=SELLER, now=NOON + 5 * hour)
    reviewing.ask(submission_id=asked.pk, question="And?", actor=STAFF, now=NOON + 7 * hour)

    back = submitting.answer_question(submission_id=asked.pk, answer="M", actor=SELLER, now=NOON + 9 * hour)

    assert back.waiting_since == NOON + 6 * hour


def test_S4_photos_are_welcome_while_we_wait_for_an_answer() -> None:
    asked = _asked()
    item = asked.items.first()
    assert item

    photographing.add_photo(item_id=item.pk, picture=picture(), slot="Label", actor=SELLER, now=NOON)

    assert item.photos.count() == 2


def test_photos_are_not_taken_once_there_is_an_offer() -> None:
    item = offered().submission.items.first()
    assert item
    with pytest.raises(SubmissionMoved):
        photographing.add_photo(item_id=item.pk, picture=picture(), slot="Label", actor=SELLER, now=NOON)


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


def _asked(now=NOON) -> SellSubmission:
    new = submitted()
    reviewing.claim(submission_id=new.pk, user_id=UserFactory().pk, actor=STAFF, now=NOON)
    return reviewing.ask(submission_id=new.pk, question="Which size?", actor=STAFF, now=now)


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
