"""How the sign-in library speaks for this shop: its letters, its notices, its refusals."""

import uuid
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import outbox
from core.languages import english_path, in_english
from core.letters import render_letter

# Which of templates/letters/accounts/ says what the library wants to say.
LETTERS = {
    "email_confirmation_signup": "confirm_email",
    "email_confirmation": "confirm_email",
    "account_already_exists": "already_registered",
    "unknown_account": "unknown_account",
    "login_code": "sign_in_code",
    "password_reset_key": "password_reset",
}
# Everything else is a notice that something about the account was changed.
CHANGES = {
    "email_changed": "Your email address was changed from {from_email} to {to_email}.",
    "email_confirm": "Your email address was confirmed.",
    "email_deleted": "The email address {deleted_email} was removed from your account.",
    "password_changed": "Your password was changed.",
    "password_reset": "Your password was reset.",
    "password_set": "A password was set for your account.",
    "totp_activated": "An authenticator app was set up for your account.",
    "totp_deactivated": "The authenticator app was removed from your account.",
    "recovery_codes_generated": "New recovery codes were made for your account.",
}
NOTICES = {
    "logged_in": _("You are signed in."),
    "logged_out": _("You are signed out."),
    "email_confirmation_sent": _("We have sent a code to {email}."),
    "email_confirmed": _("{email} is confirmed."),
    "email_confirmation_failed": _("{email} belongs to another account."),
    "email_deleted": _("{email} is removed."),
    "login_code_sent": _("We have sent a code to {recipient}."),
    "password_changed": _("Your password is changed."),
    "password_set": _("Your password is set."),
    "primary_email_set": _("Your email address is changed."),
    "totp_activated": _("Your authenticator app is set up."),
    "totp_deactivated": _("Your authenticator app is removed."),
    "recovery_codes_generated": _("Your recovery codes are ready."),
}


class AccountAdapter(DefaultAccountAdapter):
    """The library's own, in our words and with its mail in the outbox."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Write to us if that is a mistake."),
        "duplicate_email": _("This is already your email address."),
        "email_password_mismatch": _("The email address or the password is wrong. Check both and try again."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is wrong. Look at the newest message we sent you."),
        "incorrect_password": _("This is not your password."),
        "rate_limited": _("That was too often. Wait a minute, then try again."),
        "same_as_current": _("This is the address you already have."),
        "too_many_login_attempts": _("That was tried too often. Wait five minutes, then try again."),
    }

    @in_english
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the letter into the outbox: a mail server that is down stops nobody from signing up."""
        occasion = PurePosixPath(template_prefix).name
        # The library makes its links of the request's host, which whoever sends the request may choose.
        context = context | {name: _of_ours(value) for name, value in context.items() if name.endswith("_url")}
        if occasion in CHANGES:
            context = context | {"change": CHANGES[occasion].format_map(context)}
        letter = render_letter(f"accounts/{LETTERS.get(occasion, 'changed')}", context | {"email": email})
        outbox.post(
            dedupe_key=f"account {uuid.uuid4()}",
            about=f"account: {occasion}",
            to=email,
            letter=letter,
            now=timezone.now(),
        )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Show a notice; one that we have no words for stays the library's."""
        words = NOTICES.get(PurePosixPath(message_template or "").stem)
        if words and not message:
            message = str(words).format_map(message_context or {})
        super().add_message(request, level, message_template, message_context, extra_tags, message)


def _of_ours(address: str) -> str:
    """The same page in English, under the shop's own address."""
    return settings.SITE_URL + english_path(urlsplit(address)._replace(scheme="", netloc="").geturl())
