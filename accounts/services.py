"""What people change about themselves; the one writer of addresses."""

from datetime import datetime
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from accounts import letters
from accounts.errors import AccountStillNeeded
from accounts.models import Address, User
from accounts.signals import account_closed, account_closing, personal_data_wanted
from core import outbox
from core.audit import Actor, record
from core.languages import in_english


@transaction.atomic
def save_address(*, address: Address) -> Address:
    """Keep a new or changed address; it is the default when no other one is."""
    # Asked under the lock: what the address knew of itself may be old.
    others = _addresses_of(address.user).exclude(pk=address.pk)
    address.is_default = not others.filter(is_default=True).exists()
    address.save()
    return address


@transaction.atomic
def make_default(*, address: Address) -> None:
    """Fill in this address first from now on."""
    _addresses_of(address.user).filter(is_default=True).update(is_default=False)
    address.is_default = True
    address.save(update_fields=["is_default"])


@transaction.atomic
def delete_address(*, address: Address) -> None:
    """Forget an address; when it was the default, the oldest of the others takes its place."""
    others = _addresses_of(address.user).exclude(pk=address.pk)
    address.delete()
    if address.is_default and (next_one := others.order_by("pk").first()):
        make_default(address=next_one)


@transaction.atomic
def confirm_email(*, user: User) -> None:
    """Take somebody's email as confirmed without a code: for accounts that staff or a command made."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


@transaction.atomic
def bring_over(
    *, email: str, name: str, joined_at: datetime, is_active: bool, address: Address | None, now: datetime
) -> User:
    """An account of another shop, without its password and its rights: a letter says how to choose a new one.

    The email counts as unconfirmed, whatever the other shop said. A closed account stays closed and gets no letter.
    """
    user = User.objects.create_user(email, None, name=name, date_joined=joined_at, is_active=is_active)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    if address:
        address.user = user
        save_address(address=address)
    if is_active:
        letters.moved_here(user, now)
    return user


@in_english
def personal_data(*, user: User, now: datetime) -> dict[str, Any]:
    """Everything that any app holds about a user, by subject, ready for JSON."""
    found: dict[str, Any] = {
        "made_at": now,
        "account": {"email": user.email, "name": user.name, "since": user.date_joined, "last_sign_in": user.last_login},
        "addresses": [model_to_dict(each, exclude=["id", "user"]) for each in user.addresses.all()],
    }
    for _receiver, answer in personal_data_wanted.send(sender=User, user=user, now=now):
        found |= cast(dict[str, Any], answer)
    return found


def reasons_to_stay(*, user: User, now: datetime) -> list[str]:
    """Why an account cannot be closed yet; nothing when it can."""
    own = [_("Staff accounts are closed by a colleague.")] if user.is_staff else []
    answers = account_closing.send(sender=User, user=user, now=now)
    return own + [reason for _receiver, reasons in answers for reason in cast(list[str], reasons)]


@transaction.atomic
def close_account(*, user: User, actor: Actor, now: datetime) -> None:
    """Erase who a user is and end all their sessions, for good (AccountStillNeeded).

    The row stays, empty, for what must be kept and points to it.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if reasons := reasons_to_stay(user=user, now=now):
        raise AccountStillNeeded(reasons)
    account_closed.send(sender=User, user=user, now=now)
    outbox.forget(to=user.email)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Address.objects.filter(user=user).delete()
    user.email, user.name, user.is_active, user.last_login = f"closed-{user.pk}@closed.invalid", "", False, None
    # Another password ends every session, on whatever device.
    user.set_unusable_password()
    user.save()
    record(actor=actor, subject=f"user {user.pk}", action="account closed", now=now)


def _addresses_of(user: User) -> QuerySet[Address]:
    """One change at a time for each user: the database takes only one default."""
    User.objects.select_for_update().get(pk=user.pk)
    return Address.objects.filter(user=user)
