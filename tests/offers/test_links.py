"""Links to a submission: what they open, for whom, and for how long."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.services import confirm_email
from core.models import AuditEntry, OutboxMessage
from offers import links
from offers.models import SellerMessage, SellSubmission
from offers.services import answering, reviewing
from tests.accounts.conftest import code_for
from tests.factories.accounts import UserFactory, staff
from tests.factories.offers import SELLER, STAFF, draft, offered, submitted
from tests.offers.pages import body, by_link, link_of, owner_of, seller_of, url, words

pytestmark = pytest.mark.django_db

AGAIN = reverse("offers:link_again")


@pytest.fixture
def submission() -> SellSubmission:
    """Sent a moment ago."""
    return submitted(now=timezone.now())


# --- Opening --------------------------------------------------------------------------------------------------------


def test_SEC_03_a_link_leads_to_the_clean_address_and_opens_the_submission(client, submission):
    answer = client.get(link_of(submission))

    assert answer.headers["Location"] == url(submission)
    assert submission.reference in words(client.get(url(submission)))


def test_SEC_03_a_link_is_not_used_up_by_opening_it(submission):
    for _ in range(3):
        assert by_link(submission).get(url(submission)).status_code == 200


@pytest.mark.parametrize(
    ("where", "referrer"), [("link", "no-referrer"), ("page", "same-origin"), ("not valid", "same-origin")]
)
def test_SEC_03_nobody_keeps_lists_or_passes_on_what_a_link_shows(submission, where, referrer):
    browser = by_link(submission)
    path = {"link": link_of(submission), "page": url(submission), "not valid": "/sell/link/x/"}[where]

    headers = browser.get(path).headers

    assert headers["Referrer-Policy"] == referrer
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex"


def test_SEC_03_opening_a_link_changes_the_key_of_the_session(client, submission):
    other = submitted(now=timezone.now(), email="other@example.com")
    by_link(other, client)
    before = client.session.session_key

    by_link(submission, client)

    assert client.session.session_key != before
    assert client.get(url(other)).status_code == 200


@pytest.mark.parametrize("method", ["get", "head"])
def test_SEC_04_opening_a_link_or_a_page_writes_nothing_but_the_session(client, method):
    submission = offered(now=timezone.now()).submission
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for path in (link_of(submission), url(submission)):
            getattr(client, method)(path)

    writes = [query["sql"] for query in queries if query["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert [sql for sql in writes if "django_session" not in sql] == []


def test_SEC_25_links_are_made_of_the_configured_address_whatever_host_is_asked(submission, settings):
    settings.ALLOWED_HOSTS = ["*"]
    Client(headers={"host": "evil.example"}).post(AGAIN, {"reference": submission.reference})

    letter = OutboxMessage.objects.filter(subject__contains="link again").get()
    assert f"{settings.SITE_URL}/sell/link/" in letter.text
    assert "evil.example" not in letter.text + letter.html


# --- What does not open ---------------------------------------------------------------------------------------------


def refused_addresses(submission: SellSubmission) -> dict[str, str]:
    token = links.token_of(submission)
    foreign = submitted(now=timezone.now(), email="foreign@example.com")
    closed = submitted(now=timezone.now() - timedelta(days=90), email="old@example.com")
    answering.withdraw(submission_id=closed.pk, actor=SELLER, now=timezone.now() - timedelta(days=61))
    unsent = draft(now=timezone.now(), email="unsent@example.com")
    reverse_of = {"altered": token[:-1] + ("A" if token[-1] != "A" else "B"), "nonsense": "x", "long": "A" * 5000}
    reverse_of["other purpose"] = links.token_of(submission, links.RESUME)
    reverse_of["other key"] = signing.TimestampSigner(key="other", salt="offers.submission").sign(f"{submission.pk}-1")
    reverse_of["closed long ago"] = links.token_of(closed)
    reverse_of["draft"] = links.token_of(unsent)
    addresses = {name: reverse("offers:link", args=[token]) for name, token in reverse_of.items()}
    pages = {"unknown": "SB-2222-2222-22222", "foreign": foreign.reference, "unsent": unsent.reference}
    return addresses | {f"page {name}": reverse("offers:submission", args=[each]) for name, each in pages.items()}


def test_SEC_01_SEC_02_every_address_that_does_not_open_gets_the_same_page(client, submission):
    answers = {name: client.get(path) for name, path in refused_addresses(submission).items()}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({body(answer) for answer in answers.values()}) == 1
    assert "This link is not valid" in words(answers["foreign" if "foreign" in answers else "page foreign"])


def test_SEC_01_references_are_random_and_long(submission):
    assert len(submission.reference.replace("-", "")) == 15
    assert submitted(now=timezone.now(), email="b@example.com").reference[:7] != submission.reference[:7]


def test_SEC_01_a_reference_alone_opens_nothing(client, submission):
    assert client.get(url(submission)).status_code == 404


def test_SEC_01_who_tries_too_many_addresses_is_slowed_down_and_a_good_link_still_opens(client, submission):
    codes = [client.get(f"/sell/link/{number}/").status_code for number in range(62)]

    assert codes == [404] * 60 + [429] * 2
    assert by_link(submission, client).get(url(submission)).status_code == 200


def test_SEC_02_revoking_makes_links_and_sessions_void(submission):
    browser, old = by_link(submission), link_of(submission)

    reviewing.revoke_links(submission_id=submission.pk, actor=STAFF, now=timezone.now())

    assert browser.get(url(submission)).status_code == 404
    assert Client().get(old).status_code == 404
    submission.refresh_from_db()
    assert by_link(submission).get(url(submission)).status_code == 200


def test_SEC_02_a_closed_submission_can_be_seen_for_sixty_days(submission):
    end = timezone.now()
    link = link_of(answering.withdraw(submission_id=submission.pk, actor=SELLER, now=end))

    with time_machine.travel(end + timedelta(days=60, seconds=-10), tick=False):
        browser = by_link(submission)
        assert browser.get(url(submission)).status_code == 200
    with time_machine.travel(end + timedelta(days=60, seconds=10), tick=False):
        assert browser.get(url(submission)).status_code == 404
        assert Client().get(link).status_code == 404


def test_SEC_03_a_grant_ends_two_hours_after_its_last_use(submission):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        browser = by_link(submission)
    for hours in (1.5, 3, 4.5):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert browser.get(url(submission)).status_code == 200
    with time_machine.travel(start + timedelta(hours=6.6), tick=False):
        assert browser.get(url(submission)).status_code == 404


# --- Whose it is ----------------------------------------------------------------------------------------------------


def test_SEC_05_a_grant_is_for_one_submission(submission):
    other = submitted(now=timezone.now(), email="other@example.com")

    assert by_link(submission).get(url(other)).status_code == 404


def test_SEC_05_the_owner_sees_it_signed_in(submission):
    client, _ = owner_of(submission)

    assert client.get(url(submission)).status_code == 200


def test_SEC_05_an_owner_whose_email_is_not_confirmed_does_not(submission):
    client, user = owner_of(submission)
    EmailAddress.objects.filter(user=user).update(verified=False)

    assert client.get(url(submission)).status_code == 404


@pytest.mark.parametrize("who", ["another user", "staff"])
def test_SEC_05_nobody_else_sees_it_signed_in(client, submission, who):
    owner_of(submission)
    user = staff("offers.view_sellsubmission") if who == "staff" else UserFactory(email=seller_of(submission).email)
    confirm_email(user=user)
    client.force_login(user)

    assert client.get(url(submission)).status_code == 404


def test_the_owner_sees_it_however_long_ago_it_was_closed(submission):
    client, _ = owner_of(submission)
    answering.withdraw(submission_id=submission.pk, actor=SELLER, now=timezone.now() - timedelta(days=400))

    assert client.get(url(submission)).status_code == 200


# --- Sent again -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["known", "unknown", "draft", "revoked seller"])
def test_SEC_02_asking_for_the_link_never_says_whether_it_is_known(client, submission, kind):
    unsent = draft(now=timezone.now(), email="unsent@example.com")
    reference = {"known": submission.reference, "unknown": "SB-2222-2222-22222", "draft": unsent.reference}

    answer = client.post(AGAIN, {"reference": reference.get(kind, "SB-X")}, follow=True)

    assert answer.status_code == 200
    assert "its link is on its way to the contact we have for it" in words(answer)
    sent = OutboxMessage.objects.filter(subject__contains="link again")
    assert [letter.to for letter in sent] == (["seller@example.com"] if kind == "known" else [])


def test_the_reference_may_be_typed_as_it_is_read_aloud(client, submission):
    client.post(AGAIN, {"reference": f" {submission.reference.lower().replace('-', ' ')} "})

    assert OutboxMessage.objects.filter(subject__contains=f"link again, {submission.reference}").count() == 1


def test_the_link_is_sent_once_an_hour(client, submission):
    for _ in range(3):
        client.post(AGAIN, {"reference": submission.reference})

    assert OutboxMessage.objects.filter(subject__contains="link again").count() == 1


def test_a_seller_without_email_gets_it_by_hand(client):
    submission = submitted(now=timezone.now(), email="", phone="+353 1 555 0100", channel="whatsapp")

    client.post(AGAIN, {"reference": submission.reference})

    assert not OutboxMessage.objects.filter(subject__contains="link again").exists()
    assert SellerMessage.objects.get(submission=submission, occasion="link_again").channel == "to copy"


def test_asking_too_often_from_one_address_is_refused(client):
    codes = [client.post(AGAIN, {"reference": f"SB-{number}"}).status_code for number in range(6)]

    assert codes == [302] * 5 + [429]


def test_an_empty_reference_is_said_beside_the_field(client):
    answer = client.post(AGAIN, {"reference": " "})

    assert answer.status_code == 422
    assert "Enter the reference" in words(answer)


# --- Joining an account ---------------------------------------------------------------------------------------------


def test_SEC_22_confirming_an_email_joins_what_was_sent_under_it_and_nothing_else(client):
    mine = submitted(now=timezone.now(), email="aine@example.com", phone="+353 1 555 0100")
    same_phone = submitted(now=timezone.now(), email="", phone="+353 1 555 0100")
    same_handle = submitted(now=timezone.now(), email="other@example.com", handle="aine")
    client.post(
        reverse("account_signup"),
        {"email": "aine@example.com", "password1": "a-long-password-1", "password2": "a-long-password-1"},
    )
    assert seller_of(mine).user is None
    client.post(reverse("account_email_verification_sent"), {"code": code_for("aine@example.com")})

    assert str(seller_of(mine).user) == "aine@example.com"
    assert (seller_of(same_phone).user, seller_of(same_handle).user) == (None, None)
    assert client.get(url(mine)).status_code == 200
    assert AuditEntry.objects.filter(action="joined to account").count() == 1


# --- The way back from the gate -------------------------------------------------------------------------------------

GATE = reverse("offers:gate")


def test_the_gate_leads_back_to_what_this_browser_has_sent_the_latest_first(client, submission):
    later = submitted(now=timezone.now(), email="other@example.com")
    by_link(later, by_link(submission, client))

    answer = client.get(GATE)

    assert f"What you sent us: {later.reference} What you sent us: {submission.reference}" in words(answer)
    assert f'href="{url(submission)}"' in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_SEC_02_the_gate_tells_no_other_browser_of_it(submission):
    before = body(Client().get(GATE))
    by_link(submission).get(GATE)

    answer = Client().get(GATE)

    assert body(answer) == before
    assert "no-store" not in answer.headers["Cache-Control"]
    assert "What you sent us" not in words(answer)


@pytest.mark.parametrize("how", ["revoked", "after two hours", "closed long ago"])
def test_SEC_02_the_gate_does_not_name_what_the_browser_may_no_longer_see(client, submission, how):
    by_link(submission, client)
    later = timezone.now() + timedelta(hours=3 if how == "after two hours" else 0)
    if how == "revoked":
        reviewing.revoke_links(submission_id=submission.pk, actor=STAFF, now=timezone.now())
    if how == "closed long ago":
        answering.withdraw(submission_id=submission.pk, actor=SELLER, now=timezone.now() - timedelta(days=61))

    with time_machine.travel(later, tick=False):
        assert "What you sent us" not in words(client.get(GATE))


def test_SEC_04_looking_at_the_gate_makes_no_grant_last_longer(client, submission):
    by_link(submission, client)
    kept = dict(client.session)

    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        client.get(GATE)

    assert dict(client.session) == kept
