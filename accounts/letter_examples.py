"""One made-up letter for each that is about an account."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from core.letters import Example, made_up

EMAIL = "aoife@example.com"


@made_up
def examples(now: datetime) -> dict[str, Example]:
    """What the sign-in library has us write, and what moving in from another shop does."""
    choose = f"{settings.SITE_URL}/accounts/password/reset/key/example-key/"
    ask = settings.SITE_URL + reverse("account_reset_password")
    sign_up = settings.SITE_URL + reverse("account_signup")
    changed = {"change": "Your password was changed.", "timestamp": now, "ip": "203.0.113.7"}
    return {
        f"accounts/{name}": Example(when, {"email": EMAIL} | known)
        for name, when, known in (
            ("confirm_email", "Somebody opens an account or changes its address", {"code": "K7QX2P"}),
            ("already_registered", "Somebody opens an account that exists", {"password_reset_url": choose}),
            ("sign_in_code", "Somebody asks for a code instead of the password", {"code": "M4TR9W"}),
            ("unknown_account", "Somebody signs in with an address that has no account", {"signup_url": sign_up}),
            ("password_reset", "Somebody has forgotten the password", {"password_reset_url": choose}),
            ("changed", "Something about an account was changed", changed),
            (
                "moved_here",
                "An account was brought over from another shop",
                {"password_reset_url": choose, "ask_again_url": ask},
            ),
        )
    }
