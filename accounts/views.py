"""The address book. Everybody sees their own only; somebody else's is not there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts import services
from accounts.forms import AddressForm
from accounts.models import Address, User


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
        messages.success(request, "The address is saved.")
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
    messages.success(request, "The address is deleted.")
    return redirect("accounts:address_list")


@login_required
@require_POST
def address_default(request: SignedInRequest, pk: int) -> HttpResponse:
    """Fill in this address first from now on."""
    services.make_default(address=_own(request, pk))
    messages.success(request, "This address is filled in first from now on.")
    return redirect("accounts:address_list")
