"""Opening an account, signing in and out, passwords and addresses of mail: through the pages."""

import pytest
from django.conf import LazySettings
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import confirm_email
from core.models import OutboxMessage
from tests.accounts.conftest import code_for, link_for, newest_letter
from tests.factories.accounts import PASSWORD

SIGN_UP = "/accounts/signup/"
SIGN_IN = "/accounts/login/"
CONFIRM = "/accounts/confirm-email/"
RESET = "/accounts/password/reset/"
NEW = {"email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD}
WRONG = "The email address or the password is wrong. Check both and try again."


def is_signed_in(client: Client) -> bool:
    """Whether the browser's session belongs to somebody."""
    return SESSION_KEY in client.session


def sign_in(client: Client, email: str = "aine@example.com", password: str = PASSWORD, **more: str):
    """Send the sign-in form."""
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def test_the_pages_wear_the_shop_s_own_name(client: Client) -> None:
    page = client.get(SIGN_IN).content.decode()

    assert "<title>Sign in | Unity</title>" in page
    assert "testserver" not in page


def test_a_new_account_is_signed_in_after_the_code_from_the_letter(client: Client) -> None:
    answer = client.post(SIGN_UP, NEW, follow=True)
    assert "We have sent a code to new@example.com." in answer.content.decode()
    assert not is_signed_in(client)

    client.post(CONFIRM, {"code": code_for("new@example.com")})

    assert is_signed_in(client)
    assert User.objects.get().email == "new@example.com"


def test_without_the_code_nobody_gets_in(client: Client) -> None:
    client.post(SIGN_UP, NEW)
    cache.clear()  # codes are sent every ten seconds at most

    answer = sign_in(Client(), "new@example.com")

    assert answer.url == CONFIRM


def test_a_wrong_code_says_so_and_changes_nothing(client: Client) -> None:
    client.post(SIGN_UP, NEW)

    answer = client.post(CONFIRM, {"code": "AAAA-AAAA"})

    assert "This code is wrong." in answer.content.decode()
    assert not is_signed_in(client)


def test_a_new_code_can_be_sent_and_the_address_be_changed(client: Client) -> None:
    client.post(SIGN_UP, NEW | {"email": "typo@example.com"})

    client.post(CONFIRM, {"action": "change", "email": "new@example.com"})
    client.post(CONFIRM, {"code": code_for("new@example.com")})

    assert User.objects.get().email == "new@example.com"


def test_a_mail_server_that_is_down_stops_nobody_from_signing_up(client: Client, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "nowhere.at.All"

    assert client.post(SIGN_UP, NEW).status_code == 302
    assert newest_letter("new@example.com").status == "pending"
    assert mail.outbox == []


def test_a_taken_address_looks_like_a_new_one(client: Client, shopper: User) -> None:
    answer = client.post(SIGN_UP, NEW | {"email": shopper.email}, follow=True)

    assert f"We have sent a code to {shopper.email}." in answer.content.decode()
    assert newest_letter(shopper.email).subject == "You already have an account at Unity"
    assert User.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "password123", "aine@example.com"])
def test_a_weak_password_is_refused_with_the_reason(client: Client, password: str) -> None:
    answer = client.post(SIGN_UP, {"email": "aine@example.com", "password1": password, "password2": password})

    assert answer.context["form"].errors.keys() == {"password1"}
    assert 'value="aine@example.com"' in answer.content.decode()


@pytest.mark.parametrize("path", [SIGN_UP, SIGN_IN, RESET, "/accounts/login/code/"])
@pytest.mark.parametrize(
    "email",
    ["x" * 10_000, f"{'x' * 290}@example.com", "😀@example.com", "no at sign", "nul\x00@example.com"],
    ids=["endless", "longer than the column", "four bytes", "no at sign", "nul"],
)
def test_an_impossible_address_is_answered_at_its_field(client: Client, path: str, email: str) -> None:
    name = "login" if path == SIGN_IN else "email"

    answer = client.post(path, {name: email, "password": PASSWORD, "password1": PASSWORD, "password2": PASSWORD})

    assert answer.context["form"].errors.keys() == {name}


def test_a_password_of_ten_thousand_letters_is_only_wrong(client: Client, shopper: User) -> None:
    assert WRONG in sign_in(client, password="🧥" * 10_000).content.decode()


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client, shopper: User) -> None:
    wrong_password = sign_in(client, password="not-the-password")
    unknown = sign_in(client, email="nobody@example.com")

    assert wrong_password.status_code == unknown.status_code
    assert WRONG in wrong_password.content.decode()
    assert WRONG in unknown.content.decode()


def test_what_was_typed_is_kept_after_a_wrong_password(client: Client, shopper: User) -> None:
    page = sign_in(client, password="not-the-password").content.decode()

    assert 'value="aine@example.com"' in page
    assert "not-the-password" not in page


def test_the_address_may_be_typed_in_capitals(client: Client, shopper: User) -> None:
    sign_in(client, email=" Aine@Example.COM ")

    assert is_signed_in(client)


def test_sign_in_goes_back_to_where_it_began(client: Client, shopper: User) -> None:
    page = client.get(reverse("accounts:address_list"), follow=True)
    assert 'name="next" value="/account/addresses/"' in page.content.decode()

    assert sign_in(client, next="/account/addresses/").url == "/account/addresses/"


def test_sign_in_never_leads_to_another_site(client: Client, shopper: User) -> None:
    assert sign_in(client, next="https://evil.example/").url == reverse("shop:account")


def test_staff_sign_in_by_the_same_page(client: Client, shopper: User) -> None:
    assert client.get("/admin/").status_code == 302
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


def test_a_shopper_does_not_enter_the_admin(signed_in: Client) -> None:
    assert signed_in.get("/admin/", follow=True).status_code == 403


def test_a_code_by_mail_signs_in_without_the_password(client: Client, shopper: User) -> None:
    client.post("/accounts/login/code/", {"email": shopper.email})

    client.post("/accounts/login/code/confirm/", {"code": code_for(shopper.email)})

    assert is_signed_in(client)


def test_a_code_stands_in_the_letter_but_not_in_its_subject(client: Client, shopper: User) -> None:
    client.post("/accounts/login/code/", {"email": shopper.email})

    assert newest_letter(shopper.email).subject == "Your sign-in code for Unity"


def test_signing_out_takes_a_press_of_the_button(signed_in: Client) -> None:
    signed_in.get("/accounts/logout/")
    assert is_signed_in(signed_in)

    signed_in.post("/accounts/logout/")
    assert not is_signed_in(signed_in)


def test_guessing_one_password_ends_after_five_tries(client: Client, shopper: User) -> None:
    for _ in range(5):
        sign_in(client, password="not-the-password")

    answer = sign_in(client)

    assert "That was tried too often. Wait five minutes, then try again." in answer.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("path", [SIGN_UP, RESET, SIGN_IN])
def test_a_storm_of_forms_ends_in_a_page_that_says_wait(client: Client, path: str) -> None:
    for number in range(30):
        client.post(path, {"email": f"{number}@example.com"})

    answer = client.post(path, {"email": "last@example.com"})

    assert answer.status_code == 429
    assert "Wait a minute, then try again." in answer.content.decode()


def test_a_forgotten_password_is_replaced_by_the_link(client: Client, shopper: User) -> None:
    client.post(RESET, {"email": shopper.email})
    page = client.get(link_for(shopper.email), follow=True)
    path = page.redirect_chain[-1][0]

    client.post(path, {"password1": "quite-another-one", "password2": "quite-another-one"})

    sign_in(client, password="quite-another-one")
    assert is_signed_in(client)
    assert newest_letter(shopper.email).text.startswith("Your password was reset.")


def test_a_reset_link_works_once(client: Client, shopper: User) -> None:
    client.post(RESET, {"email": shopper.email})
    link = link_for(shopper.email)
    path = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(path, {"password1": "quite-another-one", "password2": "quite-another-one"})

    assert "This link no longer works" in Client().get(link, follow=True).content.decode()


def test_two_different_new_passwords_are_refused(client: Client, shopper: User) -> None:
    client.post(RESET, {"email": shopper.email})
    path = client.get(link_for(shopper.email), follow=True).redirect_chain[-1][0]

    answer = client.post(path, {"password1": "quite-another-one", "password2": "quite-another-1"})

    assert answer.context["form"].errors.keys() == {"password2"}


def test_reset_answers_the_same_for_an_unknown_address(client: Client, shopper: User) -> None:
    known = client.post(RESET, {"email": shopper.email}, follow=True)
    unknown = client.post(RESET, {"email": "nobody@example.com"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert "If there is an account with this address" in unknown.content.decode()
    assert newest_letter("nobody@example.com").subject == "There is no account with this address at Unity"


def test_the_password_can_be_changed_and_a_letter_tells_of_it(signed_in: Client, shopper: User) -> None:
    signed_in.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "quite-another-one", "password2": "quite-another-one"},
    )

    shopper.refresh_from_db()
    assert shopper.check_password("quite-another-one")
    assert newest_letter(shopper.email).subject == "Your account at Unity was changed"


def test_a_new_address_counts_once_its_code_is_entered(signed_in: Client, shopper: User) -> None:
    signed_in.post("/accounts/email/", {"email": "later@example.com", "action_add": ""})
    shopper.refresh_from_db()
    assert shopper.email == "aine@example.com"

    signed_in.post(CONFIRM, {"code": code_for("later@example.com")})

    shopper.refresh_from_db()
    assert shopper.email == "later@example.com"
    changed = OutboxMessage.objects.filter(about="account: email_changed", to="aine@example.com")
    assert changed.get().text.startswith("Your email address was changed from aine@example.com to later@example.com.")


@pytest.mark.parametrize("email", ["\u017fam@example.com", "\u212aim@example.com"])
def test_an_address_with_letters_that_look_like_others_is_refused(client: Client, email: str) -> None:
    page = client.post(SIGN_UP, NEW | {"email": email}).content.decode()

    assert "Enter an email address in plain letters before the @, like name@example.com" in page
    assert not User.objects.exists()


def test_an_address_that_looks_alike_locks_nobody_out(client: Client) -> None:
    known, stranger = (User.objects.create_user(f"{name}@example.com", PASSWORD) for name in ("sam", "\u017fam"))
    confirm_email(user=known)

    assert User.objects.get_by_natural_key(" Sam@Example.com") == known
    assert User.objects.get_by_natural_key(stranger.email) == stranger
    sign_in(client, known.email)
    assert is_signed_in(client)


def test_a_flood_of_other_addresses_does_not_lift_a_limit(client: Client, shopper: User) -> None:
    for _ in range(6):
        sign_in(client, password="wrong password")
    for other in range(400):
        cache.set(f"~{other}", [], 300)

    answer = sign_in(client, password="wrong password")

    assert "That was tried too often" in answer.content.decode()


def test_the_links_of_letters_lead_to_the_shop_whatever_host_was_asked(
    client: Client, shopper: User, settings: LazySettings
) -> None:
    settings.SITE_URL = "https://shop.example.com"

    client.post(RESET, {"email": shopper.email}, headers={"host": "localhost:6666"})
    client.post(SIGN_UP, NEW | {"email": shopper.email}, headers={"host": "localhost:6666"})
    client.post(RESET, {"email": "nobody@example.com"}, headers={"host": "localhost:6666"})

    assert OutboxMessage.objects.count() == 3
    for letter in OutboxMessage.objects.all():
        assert "https://shop.example.com/accounts/" in letter.text
        assert "localhost" not in letter.text + letter.html


@pytest.mark.parametrize("path", ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/"])
def test_no_copy_is_kept_of_pages_about_the_account(signed_in: Client, path: str) -> None:
    assert "no-store" in signed_in.get(path).headers["Cache-Control"]
