"""Users: known by their email, without their passwords and without their rights."""

from functools import partial

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts import services
from accounts.models import Address, User
from old_shop.errors import RowRefused
from old_shop.rules.rows import Row
from old_shop.services.context import KNOWN, MADE, Move


def bring_over(move: Move) -> None:
    """Every user of the file."""
    move.users_by_email = dict(User.objects.values_list("email", "pk"))
    move.emails = {pk: email for email, pk in move.users_by_email.items()}
    seen: set[str] = set()
    move.take("users", move.found.rows["users"], partial(_take, move, seen))


def email_of(row: Row, *names: str) -> str:
    """An address that letters reach, in lower case; empty when it is none."""
    email = row.text(*names, most=255).lower()
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if email.isascii() and len(email) <= 254 else ""


def _take(move: Move, seen: set[str], row: Row) -> str:
    email = email_of(row, "email")
    if not email:
        raise RowRefused("no email to sign in with")
    known = move.users_by_email.get(email)
    if known:
        move.users[row.key] = known
        if email in seen:
            raise RowRefused("the same email as an earlier row, so the same account")
    seen.add(email)
    if row.word("role") not in {"", "customer", "user"}:
        move.report.note("user had rights in the old shop: give them anew in the admin", row.key)
    if known:
        return KNOWN
    name = " ".join(filter(None, (row.text("first_name"), row.text("last_name")))) or row.text("name")
    user = services.bring_over(
        email=email,
        name=name[:120],
        joined_at=move.moment(row, "created_at") or move.now,
        is_active=row.truth("is_active", default=True),
        address=_address(row, name),
        now=move.now,
    )
    move.users[row.key] = move.users_by_email[email] = user.pk
    move.emails[user.pk] = email
    return MADE


def _address(row: Row, name: str) -> Address | None:
    street, town = row.text("address", most=200), row.text("city", most=80)
    if not street or not town:
        return None
    return Address(
        name=name[:120],
        street=street,
        town=town,
        postcode=row.text("eircode", most=12),
        phone=row.text("phone", most=30),
    )
