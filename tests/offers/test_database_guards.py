"""What the database itself refuses of buying in, even to hand-written SQL: INV-01, INV-03, INV-06, INV-09, INV-16."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from core.models import AuditEntry
from inventory.models import Condition
from offers.models import (
    BuyInDocument,
    Inspection,
    InternalNote,
    Payout,
    SellerMessage,
    SellItem,
    SellOffer,
    SellOfferLine,
    SellSubmission,
)
from offers.queries.findings import buying_findings
from offers.services import intake, reviewing
from tests.factories.offers import (
    NOON,
    STAFF,
    agreed,
    countered,
    offered,
    paid,
    received,
    revised,
    settling,
    submitted,
)

pytestmark = pytest.mark.django_db


def copy_row(model: type[Model], **changes: str) -> str:
    """SQL that inserts a row like the existing one, but for the changes, given as SQL."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changes.get(column, column) for column in columns)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table}"


@transaction.atomic
def run(sql: str) -> None:
    """Run one hand-written statement and look at its foreign keys at once: the test's transaction never ends."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
    connection.check_constraints()


def is_refused(sql: str, because: str) -> bool:
    """Whether the database refuses the statement, for this reason, and nothing is damaged by it."""
    with pytest.raises(IntegrityError, match=because):
        run(sql)
    return buying_findings() == []


def stocked() -> SellSubmission:
    submission = paid()
    for item in submission.items.all():
        listing = intake.Listing(title=item.title, price=Decimal("99.00"), size="L", condition=Condition.MINT)
        intake.stock_piece(item_id=item.pk, listing=listing, actor=STAFF, now=NOON)
    return submission


def test_INV_01_a_submission_has_one_live_offer_at_most() -> None:
    offered()

    # SQLite names the columns of the index, PostgreSQL the index.
    assert is_refused(
        copy_row(SellOffer, number="2"),
        because="sell_offer_one_live_a_submission|offers_selloffer.submission_id$",
    )


def test_the_number_of_an_offer_is_used_once() -> None:
    offered()

    assert is_refused(
        copy_row(SellOffer, status="'expired'", answered_at="made_at"),
        because="sell_offer_number_once|offers_selloffer.number",
    )


@pytest.mark.parametrize("make", [offered, agreed], ids=["live", "accepted"])
@pytest.mark.parametrize(
    "change",
    [
        "total = 1",
        "number = 9",
        "party = 'seller'",
        "expires_at = '2030-01-01 00:00:00+00:00'",
        "is_final = NOT is_final",
        "message = 'More'",
        "terms_version = '9'",
        "made_by = 'user 9'",
    ],
)
def test_INV_03_the_terms_of_an_offer_never_change(make: Callable[[], object], change: str) -> None:
    make()

    assert is_refused(f"UPDATE offers_selloffer SET {change}", because="append-only")


@pytest.mark.parametrize(
    "change",
    [
        "status = 'live', answered_at = NULL",
        "status = 'refused'",
        "answered_by = 'user 9'",
        "answered_at = '2030-01-01 00:00:00+00:00'",
        "answer_note = 'Other words'",
    ],
)
def test_INV_02_INV_03_an_accepted_offer_is_untouchable(change: str) -> None:
    agreed()

    assert is_refused(f"UPDATE offers_selloffer SET {change}", because="append-only")


@pytest.mark.parametrize("make", [offered, agreed], ids=["live", "accepted"])
@pytest.mark.parametrize("table", ["offers_sellofferline", "offers_selloffer"])
def test_INV_03_no_offer_and_no_line_is_deleted(make: Callable[[], object], table: str) -> None:
    make()

    assert is_refused(f"DELETE FROM {table}", because="append-only")


@pytest.mark.parametrize("make", [offered, agreed], ids=["live", "accepted"])
@pytest.mark.parametrize("change", ["amount = 1", "reason = 'Other'", "item_id = item_id + 1"])
def test_INV_03_a_line_never_changes(make: Callable[[], object], change: str) -> None:
    make()

    assert is_refused(f"UPDATE offers_sellofferline SET {change}", because="append-only")


def test_INV_03_a_line_is_answered_once() -> None:
    revised()
    run("UPDATE offers_sellofferline SET answer = 'take' WHERE old_amount IS NOT NULL")

    with pytest.raises(IntegrityError, match="append-only"):
        run("UPDATE offers_sellofferline SET answer = 'give_back' WHERE old_amount IS NOT NULL")


def test_a_piece_is_in_an_offer_once() -> None:
    offered(amounts=["60.00", None])

    assert is_refused(copy_row(SellOfferLine), because="sell_offer_line_once_a_piece|offers_sellofferline.item_id$")


def test_INV_09_a_submission_has_one_open_payout_at_most() -> None:
    settling()

    assert is_refused(
        copy_row(Payout, attempt="2"), because="payout_one_open_a_submission|offers_payout.submission_id$"
    )


def test_an_attempt_to_pay_is_counted_once() -> None:
    paid()

    assert is_refused(copy_row(Payout), because="payout_attempt_once|offers_payout.attempt$")


def test_a_payout_has_one_document() -> None:
    paid()

    assert is_refused(
        copy_row(BuyInDocument, number="7"), because="offers_buyindocument_payout_id|offers_buyindocument.payout_id$"
    )


def test_the_number_of_a_document_is_used_once() -> None:
    paid()
    run(copy_row(Payout, attempt="2"))

    with pytest.raises(IntegrityError, match=r"offers_buyindocument_number|offers_buyindocument\.number"):
        run(copy_row(BuyInDocument, payout_id="(SELECT MAX(id) FROM offers_payout)"))


@pytest.mark.parametrize("column", ["product_id", "stock_item_id"])
def test_INV_06_one_product_comes_of_one_piece(column: str) -> None:
    stocked()
    first, second = SellItem.objects.order_by("pk")

    assert is_refused(
        f"UPDATE offers_sellitem SET {column} = (SELECT {column} FROM offers_sellitem WHERE id = {first.pk}) "
        f"WHERE id = {second.pk}",
        because=f"offers_sellitem_{column}|offers_sellitem.{column}",
    )


def test_INV_06_a_piece_in_stock_has_its_product_and_no_other_has_one() -> None:
    paid()

    assert is_refused("UPDATE offers_sellitem SET status = 'stocked'", because="sell_item_stocked_iff_product")


# The statement and the constraint that refuses it, by what is there.
CHECKS: list[tuple[Callable[[], object], str, str]] = [
    (submitted, "UPDATE offers_sellsubmission SET status = 'reopened'", "submission_status_known"),
    (submitted, "UPDATE offers_sellsubmission SET status = 'closed'", "submission_closed_has_reason"),
    (submitted, "UPDATE offers_sellsubmission SET close_reason = 'spam'", "submission_closed_has_reason"),
    (submitted, "UPDATE offers_sellsubmission SET status = 'stalled'", "submission_stalled_has_reason"),
    (submitted, "UPDATE offers_sellsubmission SET seller_id = NULL", "submission_sent_has_seller"),
    (submitted, "UPDATE offers_sellsubmission SET waiting_on = 'god'", "submission_waiting_on_known"),
    (submitted, "UPDATE offers_sellitem SET status = 'lost'", "sell_item_status_known"),
    (submitted, "UPDATE offers_sellitem SET decision = 'maybe'", "sell_item_decision_known"),
    (submitted, "UPDATE offers_sellitem SET asking_amount = -1", "sell_item_asking_not_negative"),
    (submitted, "UPDATE offers_sellitem SET proposed_amount = 0", "sell_item_proposed_positive"),
    (received, "UPDATE offers_sellitem SET agreed_amount = -1", "sell_item_agreed_not_negative"),
    (settling, "UPDATE offers_sellitem SET agreed_amount = NULL", "sell_item_deal_has_amount"),
    (offered, copy_row(SellOffer, number="2", status="'answered'", answered_at="made_at"), "sell_offer_status_known"),
    (offered, copy_row(SellOffer, number="2", status="'expired'"), "sell_offer_answered_iff_not_live"),
    (agreed, copy_row(SellOffer, number="2", total="-1"), "sell_offer_total_not_negative"),
    (countered, "UPDATE offers_selloffer SET status = 'live' WHERE number = 1", "append-only"),
    (offered, copy_row(SellOfferLine, amount="0"), "sell_offer_line_amount_positive"),
    (offered, copy_row(SellOfferLine, answer="'maybe'"), "sell_offer_line_answer_known"),
    (settling, "UPDATE offers_payout SET amount = 0", "payout_amount_positive"),
    (settling, "UPDATE offers_payout SET status = 'lost'", "payout_status_known|payout_approved_has_method"),
    (settling, "UPDATE offers_payout SET status = 'approved'", "payout_approved_has_method"),
    (settling, "UPDATE offers_payout SET status = 'settled', method = 'cash'", "payout_settled_has_moment"),
    (paid, "UPDATE offers_payout SET settled_at = NULL", "payout_settled_has_moment"),
]


@pytest.mark.parametrize(("make", "sql", "name"), CHECKS, ids=[f"{name} {n}" for n, (_, _, name) in enumerate(CHECKS)])
def test_D8_a_check_refuses(make: Callable[[], object], sql: str, name: str) -> None:
    make()

    assert is_refused(sql, because=name)


def test_a_revision_is_ours() -> None:
    agreed()

    assert is_refused(
        copy_row(SellOffer, number="2", kind="'revision'", party="'seller'"), because="sell_offer_revision_is_ours"
    )


@pytest.mark.parametrize(
    "model", [Inspection, BuyInDocument, SellerMessage, AuditEntry], ids=lambda model: model.__name__
)
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id + 1000", "DELETE FROM {}"], ids=["update", "delete"])
def test_INV_15_history_is_only_added_to(model: type[Model], verb: str) -> None:
    paid()

    assert is_refused(verb.format(model._meta.db_table), because="append-only")


def test_SEC_21_an_internal_note_is_only_added_to() -> None:
    reviewing.write_note(submission_id=submitted().pk, text="Careful", actor=STAFF, now=NOON)

    assert is_refused(f"DELETE FROM {InternalNote._meta.db_table}", because="append-only")


def test_SEC_21_D21_a_submission_with_an_offer_cannot_be_deleted() -> None:
    offered()

    assert is_refused("DELETE FROM offers_sellsubmission", because="FOREIGN KEY|foreign key")
