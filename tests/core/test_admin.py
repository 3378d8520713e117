"""The admin's home page, letters, history and what runs in the background."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import audit, outbox
from core.letters import Letter
from core.models import AuditEntry, JobRun, OutboxMessage, SiteSettings
from inventory.tasks import make_renditions
from tests.factories.accounts import owner, staff
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import order_of

pytestmark = pytest.mark.django_db

LETTERS = "/admin/core/outboxmessage/"


@pytest.fixture
def boss(client):
    client.force_login(owner())
    return client


def letter(**changes):
    key = f"letter {OutboxMessage.objects.count()}"
    outbox.post(
        dedupe_key=key,
        about="order UN-TEST",
        to="buyer@example.com",
        letter=Letter("On its way", "Your link: https://example.com/secret", ""),
        now=timezone.now(),
    )
    OutboxMessage.objects.filter(dedupe_key=key).update(**changes)
    return OutboxMessage.objects.get(dedupe_key=key)


def sent():
    return letter(status="sent", sent_at=timezone.now())


def run(**changes):
    now = timezone.now()
    return JobRun.objects.create(
        **{"name": "send letters", "next_run_at": now, "finished_at": now, "outcome": "sent 3"} | changes
    )


def test_strangers_are_sent_to_the_sign_in_page(client):
    response = client.get("/admin/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


def test_home_counts_the_orders_that_wait_for_us(boss):
    order_of(shelved(), now=timezone.now())
    order_of(shelved(), now=timezone.now() - timedelta(days=9))  # its time is over

    waiting = {words: (count, link) for words, count, link in boss.get("/admin/").context["waiting"]}

    assert waiting["To confirm"] == (1, "/admin/shop/order/?status__exact=pending")
    assert waiting["To pack"][0] == 0


def test_home_says_that_the_stock_adds_up(boss):
    shelved()

    assert "All is well" in boss.get("/admin/").text


def test_home_says_when_the_stock_does_not_add_up(boss):
    lot = shelved()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_stockitem SET on_shelf = 7 WHERE id = %s", [lot.pk])

    text = boss.get("/admin/").text

    assert "The stock does not add up." in text
    assert "All is well" not in text


def test_home_shows_jobs_and_letters_not_sent(boss):
    run(is_ok=False, outcome="ConnectionRefusedError")
    letter(status="failed")

    response = boss.get("/admin/")

    assert "Send letters" in response.text
    assert "Failed" in response.text
    assert [(words, count) for words, count, _ in response.context["letters"]] == [("Waiting", 0), ("Given up", 1)]


def test_home_shows_only_what_one_may_look_at(client):
    client.force_login(staff("shop.view_order"))

    response = client.get("/admin/")

    assert "waiting" in response.context
    assert not any(name in response.context for name in ("findings", "letters", "jobs"))


def test_somebody_without_permissions_is_told_so(client):
    client.force_login(staff())

    assert "has no permissions yet" in client.get("/admin/").text


def test_the_sidebar_leads_only_to_what_one_may_look_at(client):
    client.force_login(staff("shop.view_order", "inventory.view_product"))

    groups = client.get("/admin/").context["sidebar_navigation"]

    assert [(group["title"], [item["title"] for item in group["items"]]) for group in groups] == [
        ("Sell", ["Orders"]),
        ("Stock", ["Products"]),
    ]


def test_the_sidebar_leads_to_every_list_and_to_what_letters_look_like(boss):
    response = boss.get("/admin/")

    linked = {item["link"] for group in response.context["sidebar_navigation"] for item in group["items"]}
    lists = {model["admin_url"] for app in response.context["app_list"] for model in app["models"]}
    assert linked == lists | {"/staff/letters/"}


def test_the_admin_bears_the_name_of_the_shop(boss):
    SiteSettings(name="Threadbare").save()

    assert "Threadbare" in boss.get("/admin/").text


def test_a_letter_is_sent_again_and_it_is_on_record(client):
    user = staff("core.view_outboxmessage", "core.change_outboxmessage")
    client.force_login(user)
    message = sent()

    response = client.post(f"{LETTERS}{message.pk}/send_again/", follow=True)

    message.refresh_from_db()
    assert message.status == "pending"
    assert "is on its way again" in response.text
    assert AuditEntry.objects.get(action="send letter again").actor == f"user {user.pk}"


def test_a_letter_that_still_waits_is_not_sent_again(boss):
    message = letter()

    response = boss.post(f"{LETTERS}{message.pk}/send_again/")

    assert response.status_code == 409
    assert "This letter is still waiting to be sent." in response.text


def test_chosen_letters_are_sent_again(boss):
    given_up = letter(status="failed")

    boss.post(LETTERS, {"action": "send_all_again", "_selected_action": [given_up.pk]})

    given_up.refresh_from_db()
    assert given_up.status == "pending"


def test_whoever_may_only_look_sends_nothing(client):
    client.force_login(staff("core.view_outboxmessage"))
    message = sent()

    assert client.post(f"{LETTERS}{message.pk}/send_again/").status_code == 403
    client.post(LETTERS, {"action": "send_all_again", "_selected_action": [message.pk]})
    message.refresh_from_db()
    assert message.status == "sent"


def test_the_text_of_a_letter_is_for_superusers_only(client, boss):
    message = letter()
    address = f"{LETTERS}{message.pk}/change/"

    assert "https://example.com/secret" in boss.get(address).text
    client.force_login(staff("core.view_outboxmessage"))
    assert "https://example.com/secret" not in client.get(address).text


def test_the_text_of_a_letter_cannot_be_guessed_by_filtering(client):
    message = letter()
    client.force_login(staff("core.view_outboxmessage"))

    assert client.get(LETTERS, {"text__contains": "secret"}).status_code == 400
    assert client.get(LETTERS, {"status__exact": message.status}).status_code == 200


@pytest.mark.parametrize("name", ["outboxmessage", "auditentry", "jobrun"])
def test_history_can_only_be_read(boss, name):
    rows = {"outboxmessage": letter, "jobrun": run, "auditentry": lambda: entry()}
    row = rows[name]()
    page = reverse(f"admin:core_{name}_change", args=[row.pk])

    assert boss.get(reverse(f"admin:core_{name}_changelist")).status_code == 200
    assert boss.get(page).status_code == 200
    assert boss.post(page, {"action": "forged"}).status_code == 403
    assert boss.post(reverse(f"admin:core_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert boss.get(reverse(f"admin:core_{name}_add")).status_code == 403


def entry():
    return audit.record(actor=STAFF, subject="order UN-TEST", action="packed", now=timezone.now())


def test_the_history_is_searched_by_what_it_is_about(boss):
    entry()

    assert "packed" in boss.get("/admin/core/auditentry/?q=UN-TEST").text
    assert "packed" not in boss.get("/admin/core/auditentry/?q=UN-OTHER").text


def test_the_history_takes_no_more_queries_for_five_rows_than_for_one(boss):
    entry()
    boss.get("/admin/core/auditentry/")
    with CaptureQueriesContext(connection) as one:
        boss.get("/admin/core/auditentry/")
    for _ in range(4):
        entry()

    with CaptureQueriesContext(connection) as five:
        boss.get("/admin/core/auditentry/")

    assert len(five) == len(one)


def test_tasks_can_be_looked_at(boss):
    make_renditions.enqueue(1)

    text = boss.get(reverse("admin:django_tasks_database_dbtaskresult_changelist")).text

    assert "inventory.tasks.make_renditions" in text


def test_the_site_settings_are_kept(boss):
    address = boss.get(reverse("admin:core_sitesettings_changelist"))["Location"]

    boss.post(address, {"name": "Threadbare", "headline": "Worn in.", "contact_email": "hello@example.com"})

    assert SiteSettings.objects.get().name == "Threadbare"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "This field is required."),
        ("name", "N" * 10_000, "at most 40 characters"),
        ("contact_email", "nowhere", "Enter a valid email address."),
    ],
)
def test_a_site_setting_that_makes_no_sense_is_refused(boss, field, value, message):
    address = boss.get(reverse("admin:core_sitesettings_changelist"))["Location"]
    fields = {"name": "Unity", "headline": "Worn in.", "contact_email": "hello@example.com"}

    response = boss.post(address, fields | {field: value})

    assert message in response.text
    assert not SiteSettings.objects.exists()


def test_admin_pages_have_the_looser_policy_and_shop_pages_have_not(boss):
    assert "'unsafe-eval'" in boss.get("/admin/")["Content-Security-Policy"]
    assert "'unsafe-eval'" not in boss.get("/accounts/email/")["Content-Security-Policy"]
