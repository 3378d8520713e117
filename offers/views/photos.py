"""Photos of sellers, which no web server serves."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from offers.models import SellPhoto
from offers.views.access import owns_draft, private, user_of, visit_of


@require_safe
def show(request: HttpRequest, pk: int, size: str) -> HttpResponse:
    """A photo of a piece, for whoever may see the submission, and for staff who may see such photos."""
    photo = SellPhoto.objects.select_related("item__submission__seller").filter(pk=pk).first()
    if photo is None or size not in {"small", "full"} or not _may_see(request, photo):
        raise Http404
    # Until the worker has made the small one, the full one stands in.
    file = photo.thumbnail if size == "small" and photo.thumbnail else photo.image
    try:
        with file.open() as stored:
            response = HttpResponse(stored.read(), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    private(response)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def _may_see(request: HttpRequest, photo: SellPhoto) -> bool:
    submission, user = photo.item.submission, user_of(request)
    if user is not None and user.is_staff and user.is_active and user.has_perm("offers.view_sellphoto"):
        return True
    if submission.status == submission.Status.DRAFT:
        return owns_draft(request, submission)
    return visit_of(request, submission, timezone.now()) is not None
