"""The authenticator app: set up, asked for, demanded of staff."""

import pytest
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.conf import LazySettings
from django.contrib.auth import SESSION_KEY
from django.test import Client

from accounts.models import User
from tests.factories.accounts import PASSWORD

SET_UP = "/accounts/2fa/totp/activate/"


def code_of(secret: str) -> str:
    """What the app on the phone shows."""
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"


def sign_in(client: Client) -> None:
    """With the password, and with it once more, as delicate changes ask for."""
    client.post("/accounts/login/", {"login": "aine@example.com", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def set_up_app(client: Client) -> None:
    """Set up an authenticator app."""
    client.post(SET_UP, {"code": code_of(client.get(SET_UP).context["form"].secret)})


def test_the_key_is_shown_as_a_drawing_that_the_strict_policy_lets_through(client: Client, shopper: User) -> None:
    sign_in(client)

    page = client.get(SET_UP).content.decode()

    assert "<svg" in page
    assert "data:" not in page


def test_after_setting_up_the_recovery_codes_are_shown(client: Client, shopper: User) -> None:
    sign_in(client)
    secret = client.get(SET_UP).context["form"].secret

    answer = client.post(SET_UP, {"code": code_of(secret)}, follow=True)

    assert "10 of 10 are left." in answer.content.decode()


def test_a_wrong_first_code_sets_up_nothing(client: Client, shopper: User) -> None:
    sign_in(client)
    client.get(SET_UP)

    answer = client.post(SET_UP, {"code": "000000"})

    assert answer.context["form"].errors.keys() == {"code"}


def test_the_password_alone_is_no_longer_enough(client: Client, shopper: User) -> None:
    sign_in(client)
    set_up_app(client)
    other = Client()

    sign_in(other)

    assert SESSION_KEY not in other.session
    assert "Enter the code of your app" in other.get("/accounts/2fa/authenticate/").content.decode()


def test_a_recovery_code_signs_in(client: Client, shopper: User) -> None:
    sign_in(client)
    set_up_app(client)
    codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]
    other = Client()
    sign_in(other)

    other.post("/accounts/2fa/authenticate/", {"code": codes[0]})

    assert SESSION_KEY in other.session


@pytest.mark.parametrize(
    "path", ["/accounts/2fa/", "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/generate/"]
)
def test_the_other_pages_of_the_app_open(client: Client, shopper: User, path: str) -> None:
    sign_in(client)
    set_up_app(client)

    assert client.get(path).status_code == 200


def test_staff_without_an_app_are_sent_to_set_one_up(client: Client, shopper: User, settings: LazySettings) -> None:
    settings.REQUIRE_STAFF_MFA = True
    User.objects.update(is_staff=True, is_superuser=True)
    browser = Client()
    sign_in(browser)

    assert browser.get("/admin/").headers["Location"] == SET_UP

    set_up_app(browser)
    assert browser.get("/admin/").status_code == 200


def test_without_the_demand_staff_enter_with_the_password(client: Client, shopper: User) -> None:
    User.objects.update(is_staff=True, is_superuser=True)
    sign_in(client)

    assert client.get("/admin/").status_code == 200
