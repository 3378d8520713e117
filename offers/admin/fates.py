"""What becomes of a piece that was held back, or goes back to its owner: one button, one page, one service each."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from unfold.decorators import action
from unfold.enums import ActionVariant

from core.backoffice import StepsAdmin, staff, step
from core.forms import StepForm
from offers.forms.desk import DisposeForm, HandBackForm, JudgeForm
from offers.models import SellItem
from offers.services import giving_back, receiving

Status = SellItem.Status


def _is(*statuses: str) -> Callable[[SellItem], bool]:
    return lambda item: item.status in statuses


class PieceSteps(StepsAdmin):
    """What becomes of a piece that was held, or goes back."""

    actions_detail = ("to_shelf", "hand_back", "judge", "dispose", "walk_away")

    @action(description="Stock it", icon="shelves", permissions=["shelf"])
    def to_shelf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("admin:offers_sellitem_stock", object_id)

    def has_shelf_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        may = request.user.has_perm("offers.stock_pieces")
        if not may or object_id is None:
            return may
        item = self.get_object(request, object_id)
        return item is not None and item.status == Status.PASSED

    @step(
        label="Given back",
        permission="offers.return_pieces",
        about="It is with its owner again, or on the way there. The seller gets a letter.",
        form=HandBackForm,
        icon="assignment_return",
        variant=ActionVariant.PRIMARY,
        is_offered=_is(Status.TO_RETURN),
    )
    def hand_back(self, request: HttpRequest, item: SellItem, form: StepForm) -> str:
        giving_back.hand_back(item_id=item.pk, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"Given back: {item}."

    @step(
        label="Judge",
        permission="offers.judge_held_pieces",
        about="It was held back: it may be counterfeit or stolen. If it passes, it is paid.",
        form=JudgeForm,
        icon="gavel",
        variant=ActionVariant.PRIMARY,
        is_offered=_is(Status.HELD),
    )
    def judge(self, request: HttpRequest, item: SellItem, form: StepForm) -> str:
        receiving.judge(item_id=item.pk, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"Judged: {item}."

    @step(
        label="Dispose of",
        permission="offers.judge_held_pieces",
        about="Nobody gets it back: the seller asked for it, or did not come in time, after two reminders.",
        form=DisposeForm,
        icon="delete",
        variant=ActionVariant.DANGER,
        is_offered=_is(Status.TO_RETURN),
    )
    def dispose(self, request: HttpRequest, item: SellItem, form: StepForm) -> str:
        giving_back.dispose(item_id=item.pk, actor=staff(request), now=timezone.now(), **form.cleaned_data)
        return f"Disposed of: {item}."

    @step(
        label="Give back after all",
        permission="offers.judge_held_pieces",
        about="The seller changed their mind before they were paid. What is due becomes less.",
        icon="undo",
        is_offered=_is(Status.PASSED),
    )
    def walk_away(self, request: HttpRequest, item: SellItem, form: StepForm) -> str:
        giving_back.walk_away(item_id=item.pk, actor=staff(request), now=timezone.now())
        return f"To give back: {item}."
