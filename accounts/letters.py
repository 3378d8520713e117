"""What we write to people about their account, besides what the sign-in library says (adapters)."""

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.models import User
from core import outbox
from core.languages import in_english
from core.letters import render_letter


@in_english
def moved_here(user: User, now: datetime) -> None:
    """Their account is here now, without its password: a link to choose one, once for each account."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    letter = render_letter(
        "accounts/moved_here",
        {
            "user": user,
            "password_reset_url": settings.SITE_URL + path,
            "ask_again_url": settings.SITE_URL + reverse("account_reset_password"),
        },
    )
    outbox.post(
        dedupe_key=f"moved_here:{user.pk}",
        about="account: moved_here",
        to=user.email,
        letter=letter,
        now=now,
    )
