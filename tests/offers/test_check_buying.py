"""check_buying: damage of every kind, done by hand in SQL, turns it red."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from core import jobs
from core.append_only import drop_triggers
from core.models import JobRun
from inventory.models import Condition
from offers.models import SellItem, SellSubmission
from offers.queries import findings
from offers.services import answering, intake, receiving
from tests.factories.accounts import UserFactory
from tests.factories.offers import (
    NOON,
    SELLER,
    STAFF,
    agreed,
    countered,
    draft,
    offered,
    paid,
    received,
    revised,
    settling,
    submitted,
)

pytestmark = pytest.mark.django_db


def stocked(count: int = 2) -> SellSubmission:
    """Paid, and so many of its pieces on the shelf."""
    submission = paid()
    for item in submission.items.all()[:count]:
        listing = intake.Listing(title=item.title, price=Decimal("99.00"), size="L", condition=Condition.MINT)
        intake.stock_piece(item_id=item.pk, listing=listing, actor=STAFF, now=NOON)
    submission.refresh_from_db()
    return submission


def refused() -> SellSubmission:
    offer = offered()
    return answering.refuse(submission_id=offer.submission_id, number=1, total=offer.total, actor=SELLER, now=NOON)


def withdrawn() -> SellSubmission:
    return answering.withdraw(submission_id=offered().submission_id, actor=SELLER, now=NOON)


AUDIT = "INSERT INTO core_auditentry (made_at, actor, channel, subject, action, before, after, reason) "
STEP = AUDIT + (
    "SELECT '2026-03-02 12:00:00+00:00', 'user 1', 'admin', 'submission ' || reference, 'odd', '{}', '{}', '' "
    "FROM offers_sellsubmission"
)
# What is there, how it is damaged, what check_buying then has to find at least, and what is found with it.
DAMAGE: dict[str, tuple[Callable[[], object], str, set[str]]] = {
    "offer_sum": (offered, "UPDATE offers_selloffer SET total = 99", set()),
    "live_offer": (submitted, "UPDATE offers_sellsubmission SET status = 'offered'", {"history"}),
    "live_offer, none": (
        refused,
        "UPDATE offers_selloffer SET status = 'live', answered_at = NULL",
        {"offered_pieces"},
    ),
    "deal": (
        agreed,
        "UPDATE offers_selloffer SET status = 'refused'",
        {"history", "agreed_amount"},
    ),
    "piece_status": (
        settling,
        "UPDATE offers_sellitem SET status = 'received' WHERE position = 1",
        {"history", "payout"},
    ),
    "offered_pieces": (
        offered,
        "UPDATE offers_sellitem SET status = 'submitted' WHERE position = 1",
        {"history"},
    ),
    "offered_pieces, revision": (
        revised,
        "UPDATE offers_sellitem SET status = 'received' WHERE position = 1",
        {"history"},
    ),
    "close_reason": (stocked, "UPDATE offers_sellsubmission SET close_reason = 'nothing_bought'", set()),
    "agreed_amount": (
        agreed,
        "UPDATE offers_sellitem SET agreed_amount = agreed_amount + 1 WHERE position = 1",
        set(),
    ),
    "agreed_amount, in stock": (
        stocked,
        "UPDATE offers_sellitem SET agreed_amount = agreed_amount - 1 WHERE position = 1",
        {"stocked", "overpaid"},
    ),
    "stocked": (stocked, "UPDATE inventory_stockmove SET cause = 'piece 0' WHERE unit_amount = 60", set()),
    "stocked, at another price": (
        stocked,
        "UPDATE inventory_stockmove SET unit_amount = 61 WHERE unit_amount = 60",
        set(),
    ),
    "overpaid": (paid, "UPDATE offers_payout SET amount = 101", {"document"}),
    "underpaid": (
        stocked,
        "UPDATE offers_payout SET status = 'failed', settled_at = NULL",
        {"document", "history"},
    ),
    "payout": (settling, "UPDATE offers_payout SET amount = 101", set()),
    "payout, none": (settling, "DELETE FROM offers_payout", set()),
    "payout, before its time": (
        received,
        "INSERT INTO offers_payout (submission_id, attempt, amount, method, status, paid_to, id_seen, confirmed_by, "
        "reference, reason, made_at, approved_by) SELECT id, 1, 100, '', 'due', '', '', '', '', '', submitted_at, '' "
        "FROM offers_sellsubmission",
        {"history"},
    ),
    "document": (paid, "DELETE FROM offers_buyindocument", set()),
    "document, a gap": (paid, "UPDATE offers_buyindocument SET number = 7", set()),
    "phase": (agreed, STEP.format("agreed", "offered"), {"history"}),
    "phase, opened again": (withdrawn, STEP.format("closed", "submitted"), {"history"}),
    "history": (submitted, "UPDATE offers_sellsubmission SET status = 'in_review'", set()),
    "history, a piece": (
        received,
        "UPDATE offers_sellitem SET status = 'held' WHERE position = 1",
        set(),
    ),
    "history, an entry too many": (submitted, STEP.format("submitted", "in_review"), set()),
    "history, a gap": (agreed, "DELETE FROM core_auditentry WHERE action = 'offer made'", set()),
    "history, an offer": (agreed, "DELETE FROM core_auditentry WHERE action = 'offer 1 accepted'", set()),
    "history, a payout": (settling, "DELETE FROM core_auditentry WHERE action = 'payout 1 due'", set()),
    "cents": (
        submitted,
        "UPDATE offers_sellitem SET asking_amount = 99.995 WHERE position = 1",
        set(),
    ),
    "letter": (offered, "DELETE FROM offers_sellermessage WHERE occasion = 'offer'", set()),
    "letter, twice": (
        offered,
        "INSERT INTO offers_sellermessage (submission_id, direction, channel, occasion, text, actor, made_at) "
        "SELECT submission_id, direction, channel, occasion, text, actor, made_at FROM offers_sellermessage "
        "WHERE occasion = 'offer'",
        set(),
    ),
    "letter, not posted": (offered, "DELETE FROM core_outboxmessage WHERE dedupe_key LIKE 'offer:%'", set()),
}
SOUND: list[Callable[[], object]] = [
    draft,
    submitted,
    offered,
    countered,
    refused,
    withdrawn,
    agreed,
    received,
    revised,
    settling,
    paid,
    stocked,
    lambda: stocked(1),
]


def damage(name: str) -> None:
    """Change the rows behind the services' backs."""
    make, sql, _ = DAMAGE[name]
    make()
    assert findings.buying_findings() == []
    drop_triggers()
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount == 1


def kinds() -> set[str]:
    return {finding.kind for finding in findings.buying_findings()}


def check_buying(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """The command's exit code and what it printed."""
    capsys.readouterr()
    try:
        call_command("check_buying", *options)
    except SystemExit as leaving:
        return int(str(leaving.code)), capsys.readouterr().out
    return 0, capsys.readouterr().out


@pytest.mark.parametrize("make", SOUND)
def test_what_the_services_write_is_green(make: Callable[[], object]) -> None:
    make()

    assert findings.buying_findings() == []


def test_every_kind_of_finding_is_tried() -> None:
    assert {name.partition(",")[0] for name in DAMAGE} == set(findings.FINDINGS) == set(findings.SQL)


@pytest.mark.parametrize("name", DAMAGE)
def test_INV_05_damage_by_hand_is_found(name: str) -> None:
    if name == "cents" and connection.vendor == "postgresql":
        pytest.skip("PostgreSQL rounds such an amount when it is written.")
    damage(name)

    assert kinds() == {name.partition(",")[0], *DAMAGE[name][2]}


def test_the_command_names_what_it_finds_and_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    damage("payout")

    code, printed = check_buying(capsys)

    assert code == 1
    assert findings.FINDINGS["payout"] in printed
    assert printed.endswith("check_buying: 1 submissions, 1 offers: 1 findings\n")


def test_the_command_is_green_when_all_fits(capsys: pytest.CaptureFixture[str]) -> None:
    stocked()

    assert check_buying(capsys) == (0, "check_buying: 1 submissions, 1 offers: everything fits together\n")


def test_json_gives_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    damage("live_offer")

    code, printed = check_buying(capsys, "--json")

    report = json.loads(printed)
    assert (code, report["submissions"], len(report["findings"])) == (1, 1, 2)
    assert report["findings"][0] == {
        "kind": "live_offer",
        "thing": "submission",
        "pk": SellSubmission.objects.get().pk,
        "expected": "offered",
        "found": "no live offer",
    }


def test_the_nightly_job_fails_on_a_finding() -> None:
    damage("history")

    (result,) = jobs.run_due(now=NOON, only_due=False, chosen="check buying")

    assert not result.is_ok
    assert findings.FINDINGS["history"] in result.outcome
    assert not JobRun.objects.get(name="check buying").is_ok


def test_the_nightly_job_is_content_when_all_fits() -> None:
    stocked()

    (result,) = jobs.run_due(now=NOON, only_due=False, chosen="check buying")

    assert (result.is_ok, result.outcome) == (True, "findings 0")


@pytest.mark.parametrize("is_damaged", [False, True])
def test_the_home_page_says_whether_it_fits(client: Client, is_damaged: bool) -> None:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    if is_damaged:
        damage("history")

    page = client.get("/admin/").text

    assert ("Buying in does not fit together." in page) == is_damaged
    assert ("Statuses, sums, payouts and letters fit together." in page) != is_damaged


def test_I11_a_held_piece_that_passes_while_a_payout_is_open_is_paid_by_the_next() -> None:
    submission = received()
    first, held = submission.items.order_by("pk")
    receiving.hold(item_id=held.pk, reason="Not sure", actor=STAFF, now=NOON)
    finding = receiving.Finding(Condition.MINT, is_authentic=True)
    receiving.pass_piece(item_id=first.pk, finding=finding, actor=STAFF, now=NOON)

    receiving.judge(item_id=held.pk, verdict=SellItem.Status.PASSED, reason="Genuine", actor=STAFF, now=NOON)

    assert findings.buying_findings() == []
    paid(submission)
    assert list(submission.payouts.values_list("amount", "status")) == [
        (Decimal("60.00"), "settled"),
        (Decimal("40.00"), "due"),
    ]


def test_INV_08_an_amount_follows_the_deal_the_inspection_and_the_answer() -> None:
    submission = stocked()

    assert set(SellItem.objects.values_list("agreed_amount", flat=True)) == {Decimal("60.00"), Decimal("40.00")}
    assert submission.close_reason == "completed"
