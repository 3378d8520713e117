"""The queue of submissions as staff see it, and the counts that lead there."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage
from offers.models import BuyingSettings, SellItem, SellSubmission
from offers.queries import queues
from offers.rules import pace
from offers.services import answering, paying, receiving, reviewing, revising, submitting
from tests.factories.accounts import owner, staff
from tests.factories.inventory import CategoryFactory
from tests.factories.offers import (
    NOON,
    SELLER,
    STAFF,
    agreed,
    decided,
    draft,
    offered,
    paid,
    picture,
    received,
    settling,
    submitted,
)

pytestmark = pytest.mark.django_db

LIST = reverse("admin:offers_sellsubmission_changelist")


@pytest.fixture
def boss(client):
    client.force_login(owner())
    return client


def ago(**how):
    return timezone.now() - timedelta(**how)


def rows(client, **asked):
    return list(client.get(LIST, asked).context["cl"].result_list)


def some(count, **how):
    """Submissions of as many sellers."""
    return [submitted(["Tee"], email=f"seller{number}@example.com", **how) for number in range(count)]


def suspect(now):
    new = draft(now=now)
    return submitting.submit(submission_id=new.pk, has_agreed=True, actor=SELLER, now=now, is_suspect=True)


def asked(now):
    new = submitted(now=now)
    reviewing.claim(submission_id=new.pk, user_id=owner().pk, actor=STAFF, now=now)
    return reviewing.ask(submission_id=new.pk, question="Is the zip fine?", actor=STAFF, now=now)


def answered(now):
    return submitting.answer_question(submission_id=asked(now).pk, answer="It is.", actor=SELLER, now=now)


def wrote(now):
    """While it is the seller's turn, so that it is in no other queue."""
    return submitting.write(submission_id=asked(now).pk, text="The zip is new.", actor=SELLER, now=now)


def countered(now):
    offer = offered(now=now)
    answering.counter(
        submission_id=offer.submission_id, number=1, total=offer.total, asked=Decimal("120"), actor=SELLER, now=now
    )
    return offer.submission


def refused(now):
    offer = offered(now=now)
    return answering.refuse(submission_id=offer.submission_id, number=1, total=offer.total, actor=SELLER, now=now)


def expiring(now):
    return offered(now=now, expires_at=now + timedelta(hours=20)).submission


def revised(now):
    submission = received(agreed(offered(submitted(["Tee"], now=now), ["40.00"], now=now), now=now), now=now)
    piece = submission.items.get()
    receiving.add_evidence(item_id=piece.pk, picture=picture(), actor=STAFF, now=now)
    finding = receiving.Finding("decent", is_authentic=True)
    receiving.requote(item_id=piece.pk, amount=Decimal("20"), reason="Torn", finding=finding, actor=STAFF, now=now)
    revising.send_revision(submission_id=submission.pk, actor=STAFF, now=now)
    return submission


def to_return(now):
    submission = received(now=now)
    receiving.send_back(item_id=submission.items.all()[0].pk, reason="Torn", actor=STAFF, now=now)
    return submission


def sent_payout(now):
    submission = settling(now=now)
    paying.approve(payout_id=submission.payouts.get().pk, method="cash", actor=STAFF, now=now)
    return submission


WAYS = [
    ("review", lambda now: submitted(now=now)),
    ("suspect", suspect),
    ("answers", answered),
    ("answers", refused),
    ("messages", wrote),
    ("counters", countered),
    ("expiring", expiring),
    ("receive", lambda now: agreed(now=now)),
    ("inspect", lambda now: received(now=now)),
    ("revisions", revised),
    ("pay", lambda now: settling(now=now)),
    ("pay", sent_payout),
    ("stock", lambda now: paid(now=now)),
    ("return", to_return),
]


@pytest.mark.parametrize(("key", "make"), WAYS)
def test_a_submission_is_in_the_queue_that_it_waits_in(boss, key, make):
    submission = make(timezone.now())

    counts = queues.counts(timezone.now())

    assert counts[key] == 1
    assert rows(boss, queue=key) == [submission]
    others = {other for other, count in counts.items() if count} - {key}
    assert others <= {"return": {"inspect"}, "stock": set()}.get(key, set())


@pytest.mark.parametrize("make", [asked, lambda now: draft(now=now), lambda now: offered(now=now).submission])
def test_what_waits_for_the_seller_is_in_no_queue(make):
    make(timezone.now())

    assert set(queues.counts(timezone.now()).values()) == {0}


def test_INV_17_a_counter_that_has_run_out_waits_for_nobody_even_before_a_job_has_been_by():
    countered(NOON)

    assert queues.counts(NOON + timedelta(hours=47))["counters"] == 1
    assert queues.counts(NOON + timedelta(hours=49))["counters"] == 0


def test_pieces_may_be_stocked_unpaid_when_the_shop_wants_it_so():
    settling()
    assert queues.counts(NOON)["stock"] == 0

    BuyingSettings(stock_before_paying=True).save()

    assert queues.counts(NOON)["stock"] == 1


def test_D10_the_51st_submission_is_on_the_second_page_and_every_count_equals_its_list(boss):
    for _ in range(2):
        some(27, now=ago(hours=2), has_photos=True)
    first, second = rows(boss, queue="review"), rows(boss, queue="review", p=2)
    tabs = {label: (count, link) for label, count, link, _ in boss.get(LIST).context["queues"]}
    home = {label: (count, link) for label, count, link in boss.get("/admin/").context["buying"]}

    assert len(first) == 50
    assert len(second) == 4
    assert not {row.pk for row in first} & {row.pk for row in second}
    assert tabs["To review"][0] == home["To review"][0] == 54
    for label, (count, link) in tabs.items():
        assert home[label] == (count, link)
        assert boss.get(link).context["cl"].result_count == count


def test_what_waits_for_us_comes_first_and_of_that_the_longest(boss):
    theirs = asked(ago(days=9))
    late, early = submitted(now=ago(hours=1), email="a@example.com"), submitted(now=ago(hours=5), email="b@example.com")

    assert rows(boss) == [early, late, theirs]


def test_the_list_takes_no_more_queries_for_five_submissions_than_for_one(boss):
    some(1, now=ago(hours=1))
    boss.get(LIST)
    with CaptureQueriesContext(connection) as one:
        boss.get(LIST)
    for number in range(4):
        submitted(now=ago(hours=2), email=f"more{number}@example.com")

    with CaptureQueriesContext(connection) as five:
        boss.get(LIST)

    assert len(five) == len(one)


def test_a_row_says_who_what_how_much_and_how_long(boss):
    offered(submitted(["Varsity jacket", "Jean"], now=ago(hours=3)), now=ago(hours=2))

    page = boss.get(LIST).text

    for words in ("Sella Example", "€200", "€100 by us, 7\xa0days left", "Offer made", "The seller, 2\xa0hours"):
        assert words in page
    assert "/sell/photos/" in page
    assert 'loading="lazy"' in page


def test_flags_say_suspect_unconfirmed_held_and_that_a_letter_came_back(boss):
    submission = received(now=timezone.now())
    receiving.hold(item_id=submission.items.all()[0].pk, reason="The label is wrong", actor=STAFF, now=timezone.now())
    SellSubmission.objects.update(is_suspect=True)
    OutboxMessage.objects.filter(about=submission.cause).update(status=OutboxMessage.Status.FAILED)

    page = boss.get(LIST).text

    for words in ("Suspect", "Unconfirmed", "Piece held", "Letter came back"):
        assert words in page


@pytest.mark.parametrize(
    "words",
    [
        "Sella Exa",
        "085 123 4567",
        "0851234567",
        "@sella.sells",
        "seller@example.com",
        "Kestrel",
        "varsity",
        "REFERENCE",
    ],
)
def test_a_submission_is_found_by(boss, words):
    submission = submitted(["Varsity jacket"], now=ago(hours=1), phone="085 123 4567", handle="@sella.sells")
    other = submitted(["Tote"], now=ago(hours=1), name="Otto Example", email="otto@example.com", phone="0879999999")
    SellItem.objects.filter(submission=other).update(brand_name="Heron")

    assert rows(boss, q=submission.reference if words == "REFERENCE" else words) == [submission]


def test_the_filters_narrow(boss):
    reviewer = owner()
    category = CategoryFactory()
    mine = submitted(["Tee"], category=category, now=ago(days=3), email="one@example.com")
    reviewing.claim(submission_id=mine.pk, user_id=reviewer.pk, actor=STAFF, now=timezone.now())
    again = submitted(now=ago(hours=1), email="two@example.com")
    asks = countered(ago(hours=2))
    SellSubmission.objects.filter(pk=asks.pk).update(seller=again.seller)
    boss.force_login(reviewer)

    assert rows(boss, by="me") == [mine]
    assert set(rows(boss, by="nobody")) == {again, asks}
    assert rows(boss, category=category.pk) == [mine]
    assert rows(boss, counter="yes") == [asks]
    assert set(rows(boss, returning="yes")) == {again, asks}
    assert rows(boss, returning="no") == [mine]
    assert rows(boss, status__exact="in_review") == [mine]
    assert set(rows(boss, submitted_at_from=timezone.localdate(ago(days=1)).isoformat())) == {again, asks}
    assert set(rows(boss, waiting_on__exact="shop")) == {mine, again, asks}


def test_a_secret_is_not_guessed_by_narrowing_the_list(boss):
    submitted()

    assert boss.get(LIST, {"draft_key__startswith": "a"}).status_code == 400
    assert boss.get(LIST, {"seller__email__startswith": "s"}).status_code == 400


def test_home_counts_only_what_one_may_work_on(client):
    client.force_login(staff("offers.view_sellsubmission", "offers.receive_pieces"))
    agreed(now=timezone.now())

    assert [label for label, _, _ in client.get("/admin/").context["buying"]] == ["To receive"]


def test_home_says_nothing_of_buying_to_those_who_may_not_look(client):
    client.force_login(staff("shop.view_order"))

    assert "buying" not in client.get("/admin/").context


def test_several_can_be_assigned_to_oneself_and_marked_as_spam_but_nothing_else(boss):
    new, decided_one = submitted(now=ago(hours=1)), decided(submitted(now=ago(hours=1), email="b@example.com"))
    page = boss.get(LIST)
    choices = [value for value, _ in page.context["cl"].model_admin.get_action_choices(page.wsgi_request) if value]
    assert choices == ["assign_all_to_me", "mark_all_spam"]

    boss.post(LIST, {"action": "assign_all_to_me", "_selected_action": [new.pk, decided_one.pk]})
    boss.post(LIST, {"action": "mark_all_spam", "_selected_action": [new.pk]})

    new.refresh_from_db()
    decided_one.refresh_from_db()
    assert (new.status, new.close_reason) == ("closed", "spam")
    assert decided_one.assignee is not None


def test_SEC_20_bulk_needs_the_verb(client):
    client.force_login(staff("offers.view_sellsubmission"))
    new = submitted(now=ago(hours=1))

    client.post(LIST, {"action": "mark_all_spam", "_selected_action": [new.pk]})

    new.refresh_from_db()
    assert new.status == "submitted"


def test_X20_a_seller_whose_letter_came_back_is_to_be_reached_otherwise(boss):
    submission = submitted()
    assert "Letter came back" not in boss.get(LIST).content.decode()

    OutboxMessage.objects.filter(about=submission.cause).update(status=OutboxMessage.Status.FAILED)

    assert "Letter came back" in boss.get(LIST).content.decode()


def test_messages_stand_longest_unanswered_first_and_leave_when_answered_or_taken_for_answered(boss):
    late, early, chat = (submitted(["Tee"], now=ago(days=3), email=f"{each}@example.com") for each in "abc")
    for submission, moment in ((late, ago(hours=1)), (early, ago(hours=9)), (chat, ago(hours=5))):
        submitting.write(submission_id=submission.pk, text="The zip is new.", actor=SELLER, now=moment)
    submitting.write(submission_id=early.pk, text="And the cuffs.", actor=SELLER, now=ago(minutes=1))
    address = reverse("admin:offers_sellsubmission_reply", args=[early.pk])

    assert rows(boss, queue="messages") == [early, chat, late]
    assert "“The zip is new.” “And the cuffs.”" in boss.get(address).text
    boss.post(address, {"text": "Thank you, we have noted it."})
    boss.post(reverse("admin:offers_sellsubmission_answered", args=[chat.pk]), {"reason": "On the phone"})

    assert rows(boss, queue="messages") == [late]
    letter = OutboxMessage.objects.get(subject=f"Our answer, {early.reference}")
    assert "Thank you, we have noted it." in letter.text
    assert not OutboxMessage.objects.filter(subject__contains=f"answer, {chat.reference}").exists()
    actions = AuditEntry.objects.filter(subject__in=[early.cause, chat.cause]).values_list("action", flat=True)
    assert {"message answered", "message needs no answer"} <= set(actions)


def test_who_comes_to_answer_what_a_colleague_has_answered_is_told_so(boss):
    submission = submitted(now=ago(hours=1))

    page = boss.get(reverse("admin:offers_sellsubmission_reply", args=[submission.pk]))

    assert "Nothing that they wrote waits for an answer." in page.text


def test_an_answer_needs_words(boss):
    submission = submitting.write(submission_id=submitted().pk, text="Hello?", actor=SELLER, now=ago(hours=1))

    answer = boss.post(reverse("admin:offers_sellsubmission_reply", args=[submission.pk]), {"text": "  "})

    assert answer.status_code == 422
    assert rows(boss, queue="messages") == [submission]


@pytest.mark.parametrize(
    ("since", "words"),
    [
        ("2026-03-02 16:50", "In time: Tue 3 Mar, 10:50"),
        ("2026-03-02 12:20", "Due soon: Mon 2 Mar, 14:20"),
        ("2026-02-28 16:30", "Late: Mon 2 Mar, 10:30"),
    ],
)
def test_a_first_answer_is_due_after_so_many_opening_hours_and_the_list_says_so_in_words(client, since, words):
    BuyingSettings(answer_hours=2, opens_at=time(10), closes_at=time(18), open_days="123456").save()
    with time_machine.travel(timezone.make_aware(datetime.fromisoformat("2026-03-02 14:00")), tick=False):
        submitted(["Tee"], now=timezone.make_aware(datetime.fromisoformat(since)))
        client.force_login(owner())

        assert words in client.get(LIST).text


def test_the_late_queue_holds_what_its_own_column_calls_late_at_every_moment():
    BuyingSettings(answer_hours=12, open_days="12456", max_open_submissions=9).save()
    friday = timezone.make_aware(datetime.fromisoformat("2026-03-06 12:00"))
    for make in (submitted, countered, received, settling, expiring):
        make(now=friday)
    found, settings = list(SellSubmission.objects.all()), BuyingSettings.fresh()
    was: set[int] = set()
    moved = 0
    for now in (friday + timedelta(minutes=30 * step + more) for step in range(240) for more in (-1, 0)):
        late = {each.pk for each in found if (target := pace.target_of(each, settings)) and target.pace(now) == "Late"}
        assert set(queues.of("late", queues.sent(), now).values_list("pk", flat=True)) == late, now
        moved, was = moved + (late != was), late
    assert (moved, len(was)) == (4, 4)


def test_the_count_of_the_late_equals_its_list(boss):
    late = some(2, now=ago(days=20))
    submitted(["Coat"], now=timezone.now())

    assert queues.counts(timezone.now())["late"] == 2
    assert rows(boss, queue="late") == late


def test_while_it_is_the_sellers_turn_nothing_of_ours_is_due():
    now = timezone.now()

    assert pace.target_of(offered(now=now).submission, BuyingSettings()) is None


def test_a_counter_has_a_day_an_inspection_until_closing_and_a_payout_until_the_next_open_day_closes():
    saturday = timezone.make_aware(datetime.fromisoformat("2026-03-07 12:00"))
    BuyingSettings(open_days="123456", closes_at=time(18)).save()

    def due(submission):
        submission.refresh_from_db()
        target = pace.target_of(submission, BuyingSettings.fresh())
        return target and timezone.localtime(target.due_at)

    assert due(countered(saturday)) == saturday + timedelta(days=1)
    here = received(now=saturday)
    assert f"{due(here):%a %H:%M}" == "Sat 18:00"
    assert f"{due(settling(here, now=saturday)):%a %H:%M}" == "Mon 18:00"
