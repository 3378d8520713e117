"""The address book, one's own data, and the end of an account. Everybody sees their own only."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.errors import AccountStillNeeded
from accounts.forms import AddressForm
from accounts.models import Address, User
from core import throttle
from core.audit import Actor
from core.languages import here

EXPORTS_AN_HOUR = 5


class SignedInRequest(HttpRequest):
    """A request as `login_required` lets it pass."""

    user: User


def _own(request: SignedInRequest, pk: int) -> Address:
    return get_object_or_404(Address, pk=pk, user=request.user)


@login_required
def address_list(request: SignedInRequest) -> HttpResponse:
    """All addresses of whoever is signed in."""
    return render(request, "accounts/address_list.html", {"addresses": Address.objects.filter(user=request.user)})


@login_required
def address_add(request: SignedInRequest) -> HttpResponse:
    """A new address."""
    return _edit(request, Address(user=request.user))


@login_required
def address_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an address."""
    return _edit(request, _own(request, pk))


def _edit(request: SignedInRequest, address: Address) -> HttpResponse:
    form = AddressForm(request.POST or None, instance=address)
    if form.is_valid():
        services.save_address(address=form.instance)
        messages.success(request, _("The address is saved."))
        return redirect("accounts:address_list")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/address_form.html", {"form": form, "address": address}, status=status)


@login_required
def address_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then forget an address."""
    address = _own(request, pk)
    if request.method != "POST":
        return render(request, "accounts/address_delete.html", {"address": address})
    services.delete_address(address=address)
    messages.success(request, _("The address is deleted."))
    return redirect("accounts:address_list")


@login_required
@require_POST
def address_default(request: SignedInRequest, pk: int) -> HttpResponse:
    """Fill in this address first from now on."""
    services.make_default(address=_own(request, pk))
    messages.success(request, _("This address is filled in first from now on."))
    return redirect("accounts:address_list")


@login_required
@reauthentication_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: SignedInRequest) -> HttpResponse:
    """Everything that is held about whoever is signed in, as a file; for themselves alone."""
    if request.method != "POST":
        return render(request, "accounts/my_data.html")
    if not throttle.take("export", str(request.user.pk), most=EXPORTS_AN_HOUR, seconds=3600):
        return render(request, "429.html", status=429)
    now = timezone.now()
    response = JsonResponse(
        services.personal_data(user=request.user, now=now), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate(now)}.json"'
    return response


@login_required
@reauthentication_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest) -> HttpResponse:
    """Say what stays and why, then end the account."""
    user, now = request.user, timezone.now()
    if request.method != "POST":
        return _close_page(request, services.reasons_to_stay(user=user, now=now))
    try:
        services.close_account(user=user, actor=Actor(f"user {user.pk}", "web"), now=now)
    except AccountStillNeeded as refusal:
        return _close_page(request, refusal.reasons, status=refusal.status)
    logout(request)
    messages.success(request, _("Your account is closed. What we may forget is forgotten."))
    return redirect(here("/"))


def _close_page(request: SignedInRequest, reasons: list[str], status: int = 200) -> HttpResponse:
    return render(request, "accounts/close.html", {"reasons": reasons}, status=status)
