"""What a seller wants to sell, piece by piece. Every answer is kept at once; nothing is sent from here."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import throttle
from core.errors import DomainError
from core.heads import Head, title_of
from core.progress import steps_at
from offers import links
from offers.errors import LinkNotValid
from offers.forms.draft import QUESTIONS, CategoryForm, PhotosForm, QuestionForm, questions_of
from offers.models import BuyingSettings, SellItem, SellSubmission
from offers.queries import drafts
from offers.services import drafting, photographing
from offers.views.access import DRAFT, not_valid, private, seen_lately, tell
from offers.views.draft_photos import change_photo, count_of, fresh_of, keep_photos, photos_form
from offers.views.writing import (
    ALL_AT_ONCE,
    STARTS_AN_HOUR,
    Writing,
    count_bytes,
    for_draft,
    take_up,
    too_many,
)

STEPS = (
    (gettext_lazy("Pieces"), "offers:pieces"),
    (gettext_lazy("About you"), "offers:contact"),
    (gettext_lazy("Check and send"), "offers:check"),
)
MOST_SENT = 3  # shown at the gate, of what this browser has sent
SELLING = gettext_lazy(
    "Sell us what you no longer wear: send photos, get a price for each piece, choose which to sell."
)


@require_http_methods(["GET", "HEAD", "POST"])
def gate(request: HttpRequest) -> HttpResponse:
    """What we buy and how it goes; begins a draft, which is when this browser is first remembered."""
    draft = drafts.of_key(request.session.get(DRAFT, ""))
    if request.method != "POST":
        return _gate_page(request, draft)
    if draft is not None:
        return redirect("offers:pieces")
    if not throttle.take("sell start", throttle.address_of(request), most=STARTS_AN_HOUR, seconds=3600):
        return too_many(request)
    now = timezone.now()
    try:
        draft = drafting.start_draft(now=now)
    except DomainError as refusal:
        return _gate_page(request, None, refusal)
    take_up(request, draft)
    tell(request, "sell_start")
    item = drafting.add_item(submission_id=draft.pk, now=now)
    return redirect("offers:piece", item.pk)


@require_safe
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the link of a draft for this browser's session, and lead to its pieces."""
    try:
        draft = links.opened(token, links.RESUME)
    except LinkNotValid:
        return not_valid(request)
    if draft.status != SellSubmission.Status.DRAFT:
        return not_valid(request)
    # A session that somebody else may have begun must not be the one that is let in.
    request.session.cycle_key()
    take_up(request, draft)
    return private(redirect("offers:pieces"), referrer="no-referrer")


@require_safe
@for_draft
def pieces(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Every piece so far."""
    found = drafts.pieces_of(writing.draft)
    return render(
        request,
        "offers/sell/pieces.html",
        {
            "draft": writing.draft,
            "pieces": found,
            "photo_count": sum(len(piece.photos) for piece in found),
            "removed": drafts.last_removed(writing.draft),
            "can_add": len(found) < BuyingSettings.current().max_pieces,
            "steps": steps_at(STEPS, 0),
            "buying": BuyingSettings.current(),
        },
    )


@require_POST
@for_draft
def add(request: HttpRequest, writing: Writing) -> HttpResponse:
    """Another piece, from its first question."""
    item = drafting.add_item(submission_id=writing.draft.pk, now=writing.now)
    return redirect("offers:piece", item.pk)


@require_safe
@for_draft
def edit(request: HttpRequest, writing: Writing, item_id: int) -> HttpResponse:
    """Lead to the questions of a piece, the way this seller likes them."""
    item = writing.item(item_id)
    if request.session.get(ALL_AT_ONCE):
        return redirect("offers:everything", item.pk)
    return redirect("offers:question", item.pk, questions_of(item)[0])


@require_http_methods(["GET", "HEAD", "POST"])
@for_draft
def question(request: HttpRequest, writing: Writing, item_id: int, name: str) -> HttpResponse:
    """One question about a piece: kept, and on to the next, or to all of them on one page."""
    item = writing.item(item_id)
    if name not in questions_of(item):
        raise Http404
    if name == "photos":
        return _photos(request, writing, item)
    form = _form(name, item, request.POST if request.method == "POST" else None)
    if form.is_valid():
        item = drafting.describe_item(item_id=item.pk, answers=form.answers(), now=writing.now)
    if "layout" in request.POST:
        return _all_at_once(request, writing, item, name, form)
    return _onwards(item, name) if form.is_valid() else _question_page(request, writing, item, name, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_draft
def everything(request: HttpRequest, writing: Writing, item_id: int) -> HttpResponse:
    """All questions about a piece on one page; what is in order is kept, whatever else is not."""
    item = writing.item(item_id)
    if request.method != "POST":
        return _everything_page(request, writing, item, _forms(item, None), photos_form(item))
    forms = _forms(item, request.POST)
    # In their order: what a kind of piece is decides about its sizes.
    for form in forms.values():
        if form.is_valid():
            item = drafting.describe_item(item_id=item.pk, answers=form.answers(), now=writing.now)
    photos, is_asking = keep_photos(request, writing, item)
    refused = [name for name, form in (forms | {"photos": photos}).items() if form.is_refused()]
    if "layout" in request.POST and len(refused) < 2:
        request.session[ALL_AT_ONCE] = False
        if not refused:
            return redirect("offers:question", item.pk, questions_of(item)[0])
        return _question_page(request, writing, item, refused[0], (forms | {"photos": photos})[refused[0]])
    # Of several that cannot be kept a page with one question would lose the others: they are put right here.
    if "continue" not in request.POST and not refused:
        return redirect(f"{reverse('offers:everything', args=[item.pk])}#photos")
    if not is_asking and not any(form.errors for form in (photos, *forms.values())):
        return redirect("offers:pieces")
    return _everything_page(request, writing, item, forms, photos, status=422)


@require_POST
@for_draft
def upload(request: HttpRequest, writing: Writing, item_id: int) -> HttpResponse:
    """One photo that a script sends, answered with its stored thumbnail; or one to delete."""
    item = writing.item(item_id)
    if "delete" in request.POST:
        change_photo(request, writing, item)
        return JsonResponse({"count": count_of(item)})
    file = request.FILES.get("photo")
    if file is None:
        return JsonResponse({"error": _("No photo arrived. Try again.")}, status=422)
    slot = request.POST.get("slot", "")
    slot = slot if slot in drafts.known_slots() else ""
    try:
        count_bytes(request, file)
        photo = photographing.add_photo(item_id=item.pk, picture=file, slot=slot, actor=writing.actor, now=writing.now)
    except DomainError as refusal:
        return JsonResponse({"error": refusal.message}, status=refusal.status)
    shot = drafts.shot_of(photo)
    return JsonResponse({"pk": photo.pk, "small": shot.small, "full": shot.full, "count": count_of(item)})


@require_POST
@for_draft
def duplicate(request: HttpRequest, writing: Writing, item_id: int) -> HttpResponse:
    """Another piece like this one: same brand, other size."""
    item = drafting.add_item(submission_id=writing.draft.pk, now=writing.now, like=writing.item(item_id))
    if request.session.get(ALL_AT_ONCE):
        return redirect("offers:everything", item.pk)
    return redirect("offers:question", item.pk, "size" if "size" in questions_of(item) else "photos")


@require_POST
@for_draft
def remove(request: HttpRequest, writing: Writing, item_id: int) -> HttpResponse:
    """Take a piece out; the next page can bring it back."""
    drafting.remove_item(item_id=writing.item(item_id).pk, now=writing.now)
    return redirect("offers:pieces")


@require_POST
@for_draft
def restore(request: HttpRequest, writing: Writing, item_id: int) -> HttpResponse:
    """Bring a piece back."""
    item = writing.draft.items.filter(pk=item_id).first()
    if item is None:
        raise Http404
    drafting.restore_item(item_id=item.pk, now=writing.now)
    messages.success(request, _("It is back."))
    return redirect("offers:pieces")


def _photos(request: HttpRequest, writing: Writing, item: SellItem) -> HttpResponse:
    """The question of photos: each stored before the page says so, and those we need before it goes on."""
    if request.method != "POST":
        return _question_page(request, writing, item, "photos", photos_form(item))
    form, is_asking = keep_photos(request, writing, item)
    if "layout" in request.POST:
        return _all_at_once(request, writing, item, "photos", form)
    if form.errors or is_asking:
        return _question_page(request, writing, item, "photos", form)
    if "continue" in request.POST:
        return _onwards(item, "photos")
    return redirect("offers:question", item.pk, "photos")


def _form(name: str, item: SellItem, data: Any) -> QuestionForm:
    return QUESTIONS[name](data, item=item, rule=drafts.rule_of(item.category))


def _forms(item: SellItem, data: Any) -> dict[str, QuestionForm]:
    """The forms of all questions by name, the later ones for the kind of piece that was chosen in the first."""
    kind = CategoryForm(data, item=item, rule=drafts.rule_of(item.category))
    if data is not None and kind.is_valid():
        item.category = kind.cleaned_data["category"]
    names = [name for name in questions_of(item) if name not in {"kind", "photos"}]
    return {"kind": kind} | {name: _form(name, item, data) for name in names}


def _all_at_once(
    request: HttpRequest, writing: Writing, item: SellItem, name: str, form: QuestionForm | PhotosForm
) -> HttpResponse:
    """From one question to the page with all, on which what could not be kept stands as it was typed."""
    request.session[ALL_AT_ONCE] = True
    if not form.is_refused():
        return redirect("offers:everything", item.pk)
    forms, photos = _forms(item, None), photos_form(item)
    if isinstance(form, PhotosForm):
        photos = form
    else:
        forms[name] = form
    return _everything_page(request, writing, item, forms, photos, status=422)


def _onwards(item: SellItem, name: str) -> HttpResponse:
    """The next question of a piece, or all pieces after the last."""
    names = questions_of(item)
    following = names[names.index(name) + 1 :]
    return redirect("offers:question", item.pk, following[0]) if following else redirect("offers:pieces")


def _gate_page(request: HttpRequest, draft: SellSubmission | None, refusal: DomainError | None = None) -> HttpResponse:
    bought, refused = drafts.what_we_buy()
    sent = seen_lately(request, timezone.now())[:MOST_SENT]
    context = {
        "head": Head(title_of(_("Sell to us")), str(SELLING), reverse("offers:gate")),
        "draft": draft,
        "sent": sent,
        "count": drafts.items_of(draft).count() if draft else 0,
        "bought": bought,
        "refused": refused,
        "buying": BuyingSettings.current(),
        "refusal": refusal,
    }
    response = render(request, "offers/sell/gate.html", context, status=refusal.status if refusal else 200)
    return private(response) if draft or sent else response


def _question_page(
    request: HttpRequest, writing: Writing, item: SellItem, name: str, form: QuestionForm | PhotosForm
) -> HttpResponse:
    names, number = questions_of(item), drafts.number_of(item)
    at = names.index(name)
    context = {
        "form": form,
        "name": name,
        "heading": form.heading,
        "number": number,
        "at": at + 1,
        "of": len(names),
        "back": reverse("offers:question", args=[item.pk, names[at - 1]]) if at else reverse("offers:pieces"),
        **_common(writing, item),
    }
    return render(request, "offers/sell/question.html", context, status=422 if form.errors else 200)


def _everything_page(
    request: HttpRequest,
    writing: Writing,
    item: SellItem,
    forms: dict[str, QuestionForm],
    photos: PhotosForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "forms": list(forms.values()),
        "photos": photos,
        "kind": forms["kind"],
        "number": drafts.number_of(item),
        "steps": steps_at(STEPS, 0),
        **_common(writing, item),
    }
    return render(request, "offers/sell/everything.html", context, status=status)


def _common(writing: Writing, item: SellItem) -> dict[str, Any]:
    limits, saved = BuyingSettings.current(), drafts.saved_photos(fresh_of(item))
    fresh = drafts.of_key(writing.draft.draft_key or "") or writing.draft
    return {
        "draft": fresh,
        "item": item,
        "saved": saved,
        "room": max(limits.max_photos_a_piece - len(saved), 0),
        "most": limits.max_photos_a_piece,
        "brands": drafts.brand_names(),
        "refused_kinds": drafts.refused_kinds(),
        "buying": limits,
    }
