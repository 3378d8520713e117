"""Staff looking after people."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Address, User
from tests.factories.accounts import PASSWORD, AddressFactory, UserFactory, owner, staff
from tests.factories.inventory import shelved
from tests.factories.shop import cart_with

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
KEEPER = ("accounts.view_user", "accounts.change_user", "accounts.add_user", "accounts.delete_user")


@pytest.fixture
def boss(client):
    client.force_login(owner())
    return client


@pytest.fixture
def keeper(client):
    client.force_login(staff(*KEEPER))
    return client


def user_fields(**changes):
    tables = {f"{p}-{n}": "0" for p in ("addresses", "emailaddress_set") for n in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return tables | {"name": "Ana Example", "is_active": "on"} | changes


def page(user):
    return f"{USERS}{user.pk}/change/"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("accounts_user", "ana@example.com"),
        ("accounts_address", "1 Example Street"),
        ("auth_group", "Packers"),
        ("account_emailaddress", "ana@example.com"),
        ("mfa_authenticator", "ana@example.com"),
    ],
)
def test_every_list_of_people_opens_with_rows(boss, name, text):
    ana = UserFactory(email="ana@example.com")
    AddressFactory(user=ana)
    Group.objects.create(name="Packers")
    EmailAddress.objects.create(user=ana, email=ana.email)
    Authenticator.objects.create(user=ana, type="totp", data={"secret": "NEVERSHOWN"})

    response = boss.get(reverse(f"admin:{name}_changelist"))

    assert response.status_code == 200
    assert text in response.text


def test_the_list_takes_no_more_queries_for_five_people_than_for_one(boss):
    boss.get(USERS)
    with CaptureQueriesContext(connection) as one:
        boss.get(USERS)
    for _ in range(4):
        UserFactory()

    with CaptureQueriesContext(connection) as five:
        boss.get(USERS)

    assert len(five) == len(one)


def test_somebody_added_by_staff_can_sign_in_at_once(keeper, client):
    fields = {"email": "Ana@Example.com", "name": "Ana", "usable_password": "true"}
    keeper.post(f"{USERS}add/", fields | {"password1": PASSWORD, "password2": PASSWORD})
    client.logout()

    client.post("/accounts/login/", {"login": "ana@example.com", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(User.objects.get(email="ana@example.com").pk)


def test_nobody_is_added_twice_in_another_case(boss):
    UserFactory(email="ana@example.com")

    fields = {"email": "ANA@example.com", "usable_password": "true"}
    response = boss.post(f"{USERS}add/", fields | {"password1": PASSWORD, "password2": PASSWORD})

    assert "already exists" in response.text


def test_a_name_is_set_right_and_the_address_stays(keeper):
    ana = UserFactory(email="ana@example.com")

    keeper.post(page(ana), user_fields(email="other@example.com"))

    ana.refresh_from_db()
    assert (ana.name, ana.email) == ("Ana Example", "ana@example.com")


def test_only_a_superuser_gives_powers(keeper):
    ana = UserFactory()

    keeper.post(page(ana), user_fields(is_staff="on", is_superuser="on"))

    ana.refresh_from_db()
    assert not ana.is_staff
    assert not ana.is_superuser


def test_a_superuser_gives_powers(boss):
    ana = UserFactory()

    boss.post(page(ana), user_fields(is_staff="on"))

    ana.refresh_from_db()
    assert ana.is_staff


def test_only_a_superuser_touches_people_who_may_enter_the_admin(keeper):
    chief = owner()
    before = chief.password

    assert keeper.post(page(chief), user_fields(name="Mallory")).status_code == 403
    password = {"password1": "another-long-password", "password2": "another-long-password", "usable_password": "true"}
    assert keeper.post(f"{USERS}{chief.pk}/password/", password).status_code == 403
    assert keeper.post(f"{USERS}{chief.pk}/delete/", {"post": "yes"}).status_code == 403
    keeper.post(USERS, {"action": "delete_selected", "_selected_action": [chief.pk], "post": "yes"})
    chief.refresh_from_db()
    assert (chief.name, chief.password) == ("Testa Shopper", before)


def test_a_user_is_deleted_with_what_is_theirs(keeper):
    ana = AddressFactory().user
    cart_with(shelved(), user=ana, now=timezone.now())

    keeper.post(f"{USERS}{ana.pk}/delete/", {"post": "yes"})

    assert not User.objects.filter(pk=ana.pk).exists()


def test_a_hash_is_never_shown_whole(client):
    client.force_login(staff("accounts.view_user"))
    ana = UserFactory()

    response = client.get(page(ana))

    assert response.status_code == 200
    assert ana.password.rsplit("$", 1)[1] not in response.text


def test_only_a_superuser_changes_groups(client):
    client.force_login(staff("auth.view_group", "auth.change_group", "auth.add_group"))
    group = Group.objects.create(name="Packers")

    assert client.get(reverse("admin:auth_group_changelist")).status_code == 200
    assert client.get(reverse("admin:auth_group_add")).status_code == 403
    assert client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "All"}).status_code == 403


def test_the_secret_of_a_second_factor_is_never_shown(boss):
    factor = Authenticator.objects.create(user=UserFactory(), type="totp", data={"secret": "NEVERSHOWN"})

    response = boss.get(reverse("admin:mfa_authenticator_change", args=[factor.pk]))

    assert response.status_code == 200
    assert "NEVERSHOWN" not in response.text


def test_only_a_superuser_takes_a_second_factor_away(client):
    factor = Authenticator.objects.create(user=UserFactory(), type="totp", data={})
    address = reverse("admin:mfa_authenticator_delete", args=[factor.pk])

    client.force_login(staff("mfa.view_authenticator", "mfa.delete_authenticator"))
    assert client.post(address, {"post": "yes"}).status_code == 403
    client.force_login(owner())
    client.post(address, {"post": "yes"})
    assert not Authenticator.objects.exists()


def test_whoever_may_only_look_confirms_no_address(client):
    client.force_login(staff("account.view_emailaddress"))
    address = EmailAddress.objects.create(user=UserFactory(), email="ana@example.com")

    client.post(
        reverse("admin:account_emailaddress_changelist"),
        {"action": "mark_verified", "_selected_action": [address.pk]},
    )

    address.refresh_from_db()
    assert not address.verified


def test_an_address_is_marked_as_confirmed(client):
    client.force_login(staff("account.view_emailaddress", "account.change_emailaddress"))
    address = EmailAddress.objects.create(user=UserFactory(), email="ana@example.com")

    client.post(
        reverse("admin:account_emailaddress_changelist"),
        {"action": "mark_verified", "_selected_action": [address.pk]},
    )

    address.refresh_from_db()
    assert address.verified


def test_an_address_is_added_and_the_first_is_the_default(boss):
    ana = UserFactory()

    boss.post(
        reverse("admin:accounts_address_add"),
        {"user": ana.pk, "name": "Ana", "street": "2 Example Street", "town": "Cork", "country": "IE"},
    )

    assert Address.objects.get().is_default


def test_a_country_nobody_can_live_in_is_refused(boss):
    response = boss.post(
        reverse("admin:accounts_address_add"),
        {"user": UserFactory().pk, "name": "Ana", "street": "2 Example Street", "town": "Cork", "country": "XX"},
    )

    assert "XX is not one of the available choices" in response.text
