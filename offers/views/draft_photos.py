"""The photos of a piece on the pages of a draft: those that came with a page, and places for those still to come."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from core.errors import DomainError
from offers.forms.draft import PhotosForm
from offers.models import BuyingSettings, SellItem, SellPhoto
from offers.queries import drafts
from offers.rules import buying
from offers.services import photographing
from offers.views.writing import Writing, keep_photo

ON_PHOTOS = ("delete", "left", "right", "move")


def keep_photos(request: HttpRequest, writing: Writing, item: SellItem) -> tuple[PhotosForm, bool]:
    """Do what was asked with photos; the form with what went wrong, and whether a photo is still missing."""
    change_photo(request, writing, item)
    wrong = []
    # The places are those of the page that was sent: the kind of piece may have changed with it, and what is asked.
    known = drafts.known_slots()
    sent = [slot if slot in known else "" for slot in request.POST.getlist("slots")]
    form = PhotosForm(request.POST, request.FILES, empty=sent) if sent else photos_form(item, request)
    for slot, file in form.chosen() if form.is_valid() else ():
        try:
            refused = keep_photo(request, item, file, slot, writing.actor, writing.now)
        except DomainError as refusal:
            refused = refusal.message
        if refused:
            wrong.append((slot, file.name, refused))
    # The page shows what is stored by now, and its fields are those that are still empty.
    shown = photos_form(item, request)
    shown.is_valid()
    if "continue" in request.POST and not wrong and not form.errors:
        wrong += [(slot, "", _("Add a photo: %(slot)s") % {"slot": buying.slot_words(slot)}) for slot in shown.needed]
        if not wrong and not count_of(item):
            wrong.append(("", "", _("Add a photo, so that we can see it")))
    names = {slot: name for name, slot in shown.slots.items()}
    for slot, file_name, words in wrong:
        # What has no place of its own says which file it means.
        is_named = slot in names or not file_name
        shown.add_error(names.get(slot, "more"), ValidationError(words if is_named else f"{file_name}: {words}"))
    return shown, bool(wrong)


def change_photo(request: HttpRequest, writing: Writing, item: SellItem) -> None:
    """Delete or move the photo that a button named, if it is one of this piece."""
    act = next((name for name in ON_PHOTOS if name in request.POST), "")
    pk = pk_of(request.POST.get(act, ""))
    if pk is None:
        return
    photo = item.photos.filter(pk=pk, origin=SellPhoto.Origin.SELLER).first()
    if photo is None:
        raise Http404
    if act == "delete":
        photographing.remove_photo(photo_id=photo.pk, now=writing.now)
    elif act == "move":
        photographing.move_photo(photo_id=photo.pk, onto=pk_of(request.POST.get("onto", "")), now=writing.now)
    else:
        photographing.move_photo(photo_id=photo.pk, by=-1 if act == "left" else 1, now=writing.now)


def photos_form(item: SellItem, request: HttpRequest | None = None) -> PhotosForm:
    """A place for each photo that is still to come: for all that are needed, and for others while there is room."""
    rule, saved = drafts.rule_of(item.category), drafts.saved_photos(fresh_of(item))
    taken = {photo.slot for photo in saved}
    needed = buying.needed_slots(rule, taken)
    others = [slot for slot in buying.slots_of(rule) if slot not in taken and slot not in needed]
    left = BuyingSettings.current().max_photos_a_piece - len(saved) - len(needed)
    places = {*needed, *others[: max(left, 0)]}
    empty = [slot for slot in buying.slots_of(rule) if slot in places]
    sent = (request.POST, request.FILES) if request is not None else ()
    return PhotosForm(*sent, empty=empty, needed=needed)


def pk_of(text: str) -> int | None:
    """A primary key as a page sends it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def fresh_of(item: SellItem) -> SellItem:
    """The piece, without the photos that were read before."""
    return SellItem.objects.prefetch_related("photos").get(pk=item.pk)


def count_of(item: SellItem) -> int:
    """How many photos a piece has."""
    return SellPhoto.objects.filter(item=item, origin=SellPhoto.Origin.SELLER).count()
