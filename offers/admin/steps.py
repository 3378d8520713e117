"""The steps that take a submission from the queue to a deal, or to its end: one button, one page, one service each."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from core.backoffice import StepsAdmin, staff, step
from core.forms import StepForm
from core.money import format_eur, in_words
from offers.forms.reviewing import (
    AskForm,
    CopyForm,
    CounterForm,
    DeclineCounterForm,
    NoteForm,
    ReasonForm,
    ReplyForm,
    ToldReasonForm,
    live_counter,
)
from offers.models import SellerMessage, SellSubmission
from offers.rules.submissions import BEFORE_DEAL, is_claimed_by_other
from offers.services import linking, receiving, reviewing

Status = SellSubmission.Status


def _in(*statuses: str) -> Callable[[SellSubmission], bool]:
    return lambda submission: submission.status in statuses


def _here(request: HttpRequest, submission: SellSubmission) -> dict[str, Any]:
    """What every service wants to know: which one, who, when."""
    return {"submission_id": submission.pk, "actor": staff(request), "now": timezone.now()}


def _counter_in_words(submission: SellSubmission) -> str:
    counter = live_counter(submission)
    if counter is None:
        return "The counter is no longer there."
    total = f"{format_eur(counter.total)} ({in_words(counter.total)})"
    return f"The seller asks for {total}. We agree, and the seller gets a letter with how to hand the pieces over."


def _what_they_wrote(submission: SellSubmission) -> str:
    """Everything that waits for an answer, as it was written."""
    told = "The seller gets a letter with your words, and reads them on their page."
    if submission.wrote_at is None:
        return f"Nothing that they wrote waits for an answer. {told}"
    waiting = submission.messages.filter(direction=SellerMessage.Direction.IN, made_at__gte=submission.wrote_at)
    return " ".join([*(f"“{message.text}”" for message in waiting), told])


class ReviewSteps(StepsAdmin):
    """What a buyer can do with a submission."""

    def get_actions_detail(self, request: HttpRequest, object_id: str) -> list[Any]:
        """To claim comes first only for whoever could take it: not from themselves, and not from a colleague yet."""
        buttons, row = super().get_actions_detail(request, object_id), self.get_object(request, object_id)
        me = request.user.pk
        is_taken = row is not None and (row.assignee_id == me or is_claimed_by_other(row, me, timezone.now()))
        for button in buttons:
            if is_taken and button.action_name.endswith("_claim"):
                button.variant = ActionVariant.DEFAULT
        return buttons

    actions_detail = (
        "claim",
        "ask",
        "stop_asking",
        "reply",
        "answered",
        "accept_counter",
        "decline_counter",
        "withdraw_offer",
        "copy_text",
        {
            "title": "More",
            "items": [
                "write_note",
                "send_link",
                "revoke_links",
                "decline",
                "close_stalled",
                "call_off",
                "mark_spam",
            ],
        },
    )

    @step(
        label="Claim",
        permission="offers.review_submission",
        about="It is yours to review; for half an hour no colleague can take it.",
        icon="back_hand",
        variant=ActionVariant.PRIMARY,
        is_offered=_in(*BEFORE_DEAL),
    )
    def claim(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.claim(user_id=request.user.pk or 0, **_here(request, submission))
        return f"{submission} is yours to review."

    @step(
        label="Ask",
        button="Send the question",
        permission="offers.review_submission",
        about="The seller gets a letter with the link, and may add photos. Our time stands still until the answer.",
        form=AskForm,
        icon="help",
        is_offered=_in(Status.IN_REVIEW),
    )
    def ask(self, request: HttpRequest, submission: SellSubmission, form: AskForm) -> str:
        reviewing.ask(question=form.question, **_here(request, submission))
        return "The question is on its way."

    @step(
        label="Stop asking",
        permission="offers.review_submission",
        about="The review goes on without an answer.",
        icon="play_arrow",
        is_offered=_in(Status.INFO_REQUESTED),
    )
    def stop_asking(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.stop_asking(**_here(request, submission))
        return "It is in review again."

    @step(
        label="Answer",
        button="Send the answer",
        permission="offers.review_submission",
        about=_what_they_wrote,
        form=ReplyForm,
        icon="reply",
        variant=ActionVariant.PRIMARY,
        is_offered=lambda submission: submission.wrote_at is not None,
    )
    def reply(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.reply(**form.cleaned_data, **_here(request, submission))
        return "The answer is on its way."

    @step(
        label="Answered",
        permission="offers.review_submission",
        about="It was answered in a chat or on the phone, or needs no answer. Nothing is sent.",
        form=ReasonForm,
        icon="done_all",
        is_offered=lambda submission: submission.wrote_at is not None,
    )
    def answered(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.note_answered(**form.cleaned_data, **_here(request, submission))
        return "It waits for no answer any more."

    @step(
        label="Decline all",
        permission="offers.review_submission",
        about="Every piece has been declined with a reason. The seller gets a letter with them; this is the end.",
        icon="block",
        variant=ActionVariant.DANGER,
        is_offered=_in(Status.SUBMITTED, Status.IN_REVIEW, Status.INFO_REQUESTED),
    )
    def decline(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.decline(**_here(request, submission), user_id=request.user.pk)
        return f"{submission} is declined, and the seller gets a letter."

    @step(
        label="Spam",
        button="Mark as spam",
        permission="offers.mark_spam",
        about="Nothing is sent. The contact is remembered, and cannot send us anything again.",
        icon="report",
        variant=ActionVariant.DANGER,
        is_offered=_in(Status.SUBMITTED, Status.IN_REVIEW),
    )
    def mark_spam(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.mark_spam(**_here(request, submission))
        return f"{submission} is marked as spam."

    @step(
        label="Withdraw the offer",
        permission="offers.make_offer",
        about="The offer can no longer be accepted, and the seller gets a letter. Another offer may follow.",
        form=ReasonForm,
        icon="undo",
        variant=ActionVariant.DANGER,
        is_offered=_in(Status.OFFERED),
    )
    def withdraw_offer(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.withdraw_offer(**form.cleaned_data, **_here(request, submission))
        return "The offer is withdrawn."

    @step(
        label="Accept the counter",
        permission="offers.answer_counter",
        about=_counter_in_words,
        form=CounterForm,
        icon="handshake",
        variant=ActionVariant.PRIMARY,
        is_offered=_in(Status.COUNTERED),
    )
    def accept_counter(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        may = request.user.has_perm("offers.exceed_limit")
        reviewing.accept_counter(may_exceed_limit=may, **form.cleaned_data, **_here(request, submission))
        return f"Agreed: {format_eur(form.cleaned_data['total'])}."

    @step(
        label="Decline the counter",
        permission="offers.answer_counter",
        about="The seller gets a letter. Our earlier offer does not come back to life; another may follow.",
        form=DeclineCounterForm,
        icon="thumb_down",
        is_offered=_in(Status.COUNTERED),
    )
    def decline_counter(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        answers = {name: form.cleaned_data[name] for name in ("number", "reason")}
        reviewing.decline_counter(**answers, **_here(request, submission))
        return "The counter is declined."

    @step(
        label="Close",
        permission="offers.review_submission",
        about="There is no live offer, and there will be none. The seller gets a letter; this is the end.",
        icon="lock",
        variant=ActionVariant.DANGER,
        is_offered=_in(Status.STALLED),
    )
    def close_stalled(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.close_stalled(**_here(request, submission))
        return f"{submission} is closed."

    @step(
        label="Call off the deal",
        permission="offers.call_off_deal",
        about="Nothing has arrived, and nothing shall. The seller gets a letter with the reason; this is the end.",
        form=ToldReasonForm,
        icon="cancel",
        variant=ActionVariant.DANGER,
        is_offered=_in(Status.AGREED),
    )
    def call_off(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        receiving.call_off(**form.cleaned_data, **_here(request, submission))
        return "The deal is called off."

    @step(label="Write a note", permission="offers.write_notes", form=NoteForm, icon="sticky_note_2")
    def write_note(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.write_note(**form.cleaned_data, **_here(request, submission))
        return "The note is kept."

    @step(
        label="Copy text",
        button="I have sent it",
        permission="offers.send_links",
        about="For a chat with the handle on file only: the link lets in whoever has it. It is kept that you sent it.",
        form=CopyForm,
        icon="content_copy",
    )
    def copy_text(self, request: HttpRequest, submission: SellSubmission, form: CopyForm) -> str:
        channel = form.cleaned_data["channel"]
        reviewing.note_copied_text(channel=channel, occasion=form.occasion, **_here(request, submission))
        return f"Kept: sent by {dict(form.fields['channel'].choices)[channel]}."  # type: ignore[attr-defined]

    @step(
        label="Send the link again",
        permission="offers.send_links",
        about="The seller gets a letter with the link, at the email on file.",
        icon="forward_to_inbox",
        is_offered=lambda submission: bool(submission.seller and submission.seller.email),
    )
    def send_link(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        linking.send_by_staff(**_here(request, submission))
        return "The link is on its way."

    @step(
        label="Revoke links",
        permission="offers.send_links",
        about="Every link given out so far stops working at once, and whoever came by one has to come by a new one.",
        icon="link_off",
        variant=ActionVariant.DANGER,
    )
    def revoke_links(self, request: HttpRequest, submission: SellSubmission, form: StepForm) -> str:
        reviewing.revoke_links(**_here(request, submission))
        return "All links are void. Send a new one."
