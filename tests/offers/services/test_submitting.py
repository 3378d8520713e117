"""Sending a draft and answering a question: S1, S4."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils.translation import override

from core.models import AuditEntry, OutboxMessage
from offers.errors import DraftIncomplete, SubmissionMoved, TooManySubmissions, WeAreNotBuying
from offers.models import BuyingRule, BuyingSettings, Seller, SellItem, SellPhoto, SellSubmission
from offers.services import drafting, photographing, reviewing, submitting
from tests.factories.accounts import UserFactory
from tests.factories.inventory import CategoryFactory
from tests.factories.offers import NOON, SELLER, STAFF, draft, offered, paid, picture, submitted

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


def test_S1_at_least_one_piece_is_needed() -> None:
    with pytest.raises(DraftIncomplete, match="Add a piece"):
        send(draft(pieces=[]))


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


def test_S1_what_is_missing_is_said_in_the_language_of_the_page() -> None:
    with override("pl"), pytest.raises(DraftIncomplete, match="Rzecz 1: dodaj zdjęcie"):
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


def _asked(now=NOON) -> SellSubmission:
    new = submitted()
    reviewing.claim(submission_id=new.pk, user_id=UserFactory().pk, actor=STAFF, now=NOON)
    return reviewing.ask(submission_id=new.pk, question="Which size?", actor=STAFF, now=now)
