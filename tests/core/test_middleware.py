"""The content policy of pages, and the pages for what is refused before a view or instead of one."""

import re
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from accounts.models import Address, User
from core.models import OutboxMessage
from tests.factories.accounts import AddressFactory, UserFactory

STRICT = (
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


@pytest.mark.parametrize("where", ["/accounts/login/", "/nowhere/", "/administration/"])
@pytest.mark.django_db
def test_pages_of_the_shop_get_the_strict_policy(client: Client, where: str) -> None:
    assert client.get(where).headers["Content-Security-Policy"] == STRICT


@pytest.mark.django_db
def test_only_the_admin_may_evaluate_and_style(admin_client: Client) -> None:
    policy = admin_client.get("/admin/").headers["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "default-src 'self'" in policy


@pytest.mark.parametrize("where", ["/shop/?q=%00", "/accounts/login/?next=/%00", "/orders/UN-1%00/x/", "/%00"])
@pytest.mark.django_db
def test_an_address_with_a_nul_is_refused_in_words(client: Client, where: str) -> None:
    answer = client.get(where)

    assert answer.status_code == 400
    assert "That address has a slip in it" in answer.content.decode()
    assert answer.headers["Content-Security-Policy"] == STRICT


@pytest.mark.parametrize("where", ["/basket/add/", "/orders/UN-1/secret/cancel/", "/account/addresses/1/default/"])
@pytest.mark.django_db
def test_a_form_s_address_without_its_form_leads_on(client: Client, where: str) -> None:
    client.force_login(UserFactory())

    answer = client.get(where)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "Nothing was sent" in answer.content.decode()
    assert 'href="/basket/"' in answer.content.decode()


@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaa"', "a" * 10_000, "Not-a-key"])
@pytest.mark.django_db
def test_a_session_cookie_that_cannot_be_a_key_is_as_none(client: Client, key: str) -> None:
    answer = client.get("/account/addresses/", headers={"cookie": f"sessionid={key}"})

    assert answer.headers["Location"] == "/accounts/login/?next=/account/addresses/"
    assert "sessionid" not in answer.cookies


@pytest.fixture
def address() -> Address:
    """An address in somebody's book."""
    return AddressFactory(street="1 Old Street")


@pytest.fixture
def owner(address: Address) -> Client:
    """The browser of whose address it is, with the form's protection as in real life."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(address.user)
    return browser


@pytest.fixture
def locked(address: Address) -> Iterator[None]:
    """Somebody else holds the lock, and we do not wait long."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50" if connection.vendor == "sqlite" else "SET lock_timeout = '50ms'")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(User.objects.select_for_update())
            User.objects.update(name="Somebody else")
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(20)
    yield
    done.set()
    holder.join()
    connection.close()


def token_of(owner: Client, path: str) -> str:
    """The form's protection, as its page carries it."""
    return str(owner.get(path).context["csrf_token"])


@pytest.mark.django_db(transaction=True)
def test_a_wait_for_a_lock_ends_in_a_page_that_repeats_the_same_form(
    owner: Client, address: Address, request: pytest.FixtureRequest
) -> None:
    path = f"/account/addresses/{address.pk}/"
    typed = {"name": "Áine & co", "street": "2 New Street", "town": "Cork", "country": "IE"}
    token = token_of(owner, path)
    request.getfixturevalue("locked")

    answer = owner.post(path, typed | {"csrfmiddlewaretoken": token})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert dict(answer.context["repeat"]) == typed
    page = answer.content.decode()
    assert 'name="street" value="2 New Street"' in page
    assert 'name="name" value="Áine &amp; co"' in page
    assert page.count("csrfmiddlewaretoken") == 1
    assert f'action="{path}"' in page


@pytest.mark.django_db(transaction=True)
def test_a_password_is_not_sent_back_by_a_busy_till(
    owner: Client, address: Address, request: pytest.FixtureRequest
) -> None:
    path = f"/account/addresses/{address.pk}/?next=/basket/"
    typed = {"name": "A", "street": "2 New", "town": "C", "country": "IE", "oldpassword": "hunter2"}
    token = token_of(owner, path)
    request.getfixturevalue("locked")

    answer = owner.post(path, typed | {"csrfmiddlewaretoken": token})

    assert answer.status_code == 503
    page = answer.content.decode()
    assert "hunter2" not in page
    assert "<form" not in page
    assert f'href="{path}"' in page


@pytest.mark.django_db(transaction=True)
def test_nothing_was_changed_by_a_form_that_waited_in_vain(
    owner: Client, address: Address, request: pytest.FixtureRequest
) -> None:
    path = f"/account/addresses/{address.pk}/"
    token = token_of(owner, path)
    request.getfixturevalue("locked")

    owner.post(path, {"name": "A", "street": "2 New", "town": "C", "country": "IE", "csrfmiddlewaretoken": token})

    address.refresh_from_db()
    assert address.street == "1 Old Street"


@pytest.mark.skipif(not settings.IS_EMBEDDED, reason="only SQLite has one lock for all tables")
@pytest.mark.django_db(transaction=True)
def test_a_session_that_cannot_be_saved_is_a_busy_till_too(address: Address, request: pytest.FixtureRequest) -> None:
    browser = Client(raise_request_exception=False)
    browser.post("/accounts/password/reset/", {"email": address.user.email})
    link = re.search(re.escape(settings.SITE_URL) + r"(/\S+)", OutboxMessage.objects.get().text)
    assert link
    request.getfixturevalue("locked")

    answer = browser.get(link[1])

    assert answer.status_code == 503
    assert f'href="{link[1]}"' in answer.content.decode()


@pytest.mark.django_db
def test_any_other_fault_is_a_fault(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LOGIN_REDIRECT_URL", "no-such-page")
    client.raise_request_exception = False
    client.force_login(UserFactory())

    answer = client.get("/accounts/login/")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
