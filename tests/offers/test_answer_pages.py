"""What a seller does on the page of a submission: answers to offers, once each, as they were seen."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage, SiteSettings
from offers.models import SellItem, SellOffer, SellSubmission
from offers.services import answering, offering, receiving, reviewing, revising
from offers.urls import urlpatterns
from tests.factories.offers import (
    SELLER,
    STAFF,
    agreed,
    countered,
    decided,
    offered,
    picture,
    received,
    revised,
    submitted,
)
from tests.offers.pages import by_link, owner_of, url, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> SellOffer:
    """€60 and €40, of a moment ago, for a week."""
    return offered(now=timezone.now())


@pytest.fixture
def browser(offer: SellOffer) -> Client:
    """The seller's, come by the link."""
    return by_link(offer.submission)


def form(offer: SellOffer, answer: str = "accept", **changes: Any) -> dict[str, Any]:
    """What the page sends."""
    take = list(offer.lines.values_list("item_id", flat=True))
    sent = {"number": offer.number, "total": offer.total, "answer": answer, "has_ticks": "1", "take": take}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def press(browser: Client, offer: SellOffer, answer: str = "accept", **changes: Any) -> Any:
    return browser.post(url(offer.submission, "answer"), form(offer, answer, **changes))


def state(submission: SellSubmission) -> tuple[Any, ...]:
    """Everything an answer might change."""
    return (
        SellSubmission.objects.filter(pk=submission.pk).values_list("status", "waiting_on").get(),
        list(submission.offers.order_by("number").values_list("number", "status", "total")),
        list(submission.items.values_list("pk", "status", "agreed_amount")),
        AuditEntry.objects.count(),
        OutboxMessage.objects.count(),
    )


def status_of(submission: SellSubmission) -> str:
    return SellSubmission.objects.get(pk=submission.pk).status


# --- S7: accepting --------------------------------------------------------------------------------------------------


def test_the_offer_shows_total_deadline_prices_hopes_and_what_happens_without_an_answer(browser, offer):
    text = words(browser.get(url(offer.submission)))

    for part in ("Our offer: €100 for 2 pieces", "Until", "€60", "€40", "You hoped for €100.", "Accept", "Refuse"):
        assert part in text
    assert "If you do nothing the offer closes and you keep your pieces." in text
    assert "Waiting for you: answer our offer by" in text


def test_S7_accepting_makes_the_deal_and_shows_what_comes_next(browser, offer):
    answer = press(browser, offer)

    assert answer.headers["Location"] == url(offer.submission)
    assert status_of(offer.submission) == "agreed"
    offer.refresh_from_db()
    assert (offer.status, offer.answer_channel) == ("accepted", "link")
    assert offer.answered_by == f"seller {offer.submission.seller_id}"
    assert "Agreed. Hand the pieces over by" in words(browser.get(url(offer.submission)))


def test_O2_an_answer_keeps_where_it_came_from_but_not_the_address(browser, offer):
    press(browser, offer)

    offer.refresh_from_db()
    assert re.fullmatch("[0-9a-f]{16}", offer.answer_place)
    assert offer.answer_place not in AuditEntry.objects.values_list("reason", flat=True)


def test_S7_an_owner_accepts_by_account(offer):
    client, user = owner_of(offer.submission)

    press(client, offer)

    offer.refresh_from_db()
    assert (offer.answer_channel, offer.answered_by) == ("account", f"user {user.pk}")


def test_S7_unticking_a_piece_keeps_it_and_sells_the_rest_at_the_listed_price(browser, offer):
    first, second = offer.submission.items.all()

    press(browser, offer, take=[first.pk])

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.agreed_amount, second.status) == ("agreed", Decimal("60.00"), "excluded")
    assert offer.submission.offers.get(status="accepted").total == Decimal("60.00")
    assert "The part you accepted" in words(browser.get(url(offer.submission)))


def test_S7_an_offer_for_all_pieces_together_has_nothing_to_untick():
    offer = offered(now=timezone.now(), is_severable=False)
    browser = by_link(offer.submission)
    assert 'name="take"' not in browser.get(url(offer.submission)).content.decode()

    part = press(browser, offer, take=[offer.submission.items.all()[0].pk])

    assert (part.status_code, status_of(offer.submission)) == (422, "offered")
    assert press(browser, offer, has_ticks=None, take=None).status_code == 302
    assert status_of(offer.submission) == "agreed"


def test_S7_with_every_piece_unticked_nothing_is_accepted(browser, offer):
    before = state(offer.submission)

    answer = press(browser, offer, take=[], note="Only the jacket")

    assert 'value="Only the jacket"' in answer.content.decode()
    assert answer.status_code == 422
    assert "Choose at least one piece, or refuse the offer." in words(answer)
    assert state(offer.submission) == before


def test_the_total_follows_the_ticks_and_nothing_changes(browser, offer):
    before = state(offer.submission)

    answer = press(browser, offer, "sum", take=[offer.submission.items.all()[0].pk])

    assert answer.status_code == 200
    assert "You accept €60 for 1 of 2 pieces." in words(answer)
    assert state(offer.submission) == before


@pytest.mark.parametrize("answer", ["accept", "refuse", "counter", "new_offer", "withdraw"])
def test_X1_a_second_press_shows_the_finished_page_and_does_nothing(browser, offer, answer):
    if answer == "new_offer":
        reviewing.withdraw_offer(submission_id=offer.submission_id, reason="a slip", actor=STAFF, now=timezone.now())

    def once_more() -> Any:
        if answer == "counter":
            return browser.post(url(offer.submission, "counter"), ask(offer, asked="150"))
        if answer in {"new_offer", "withdraw"}:
            return browser.post(url(offer.submission, answer))
        return press(browser, offer, answer)

    once_more()
    after_first = state(offer.submission)
    second = once_more()

    assert second.headers["Location"] == url(offer.submission)
    assert state(offer.submission) == after_first


# --- S8, S9 ---------------------------------------------------------------------------------------------------------


def test_S8_refusing_leaves_the_pieces_with_their_owner(browser, offer):
    press(browser, offer, "refuse", note="I paid more for it.")

    assert status_of(offer.submission) == "stalled"
    offer.refresh_from_db()
    assert (offer.status, offer.answer_note) == ("refused", "I paid more for it.")
    text = words(browser.get(url(offer.submission)))
    assert "You said no to our offer. We may make you another one." in text
    assert "Ask for a new offer" in text
    assert "If nothing happens, this is closed on" in text


def ask(offer: SellOffer, **changes: Any) -> dict[str, Any]:
    sent = form(offer) | {"answer": None, "has_ticks": None, "asked": "", "message": ""} | changes
    return {name: value for name, value in sent.items() if value is not None}


def counter(browser: Client, offer: SellOffer, **changes: Any) -> Any:
    return browser.post(url(offer.submission, "counter"), ask(offer, **changes))


def test_asking_for_more_leads_to_its_page_with_the_ticks(browser, offer):
    first, second = offer.submission.items.all()

    answer = press(browser, offer, "more", take=[second.pk])

    assert answer.headers["Location"] == f"{url(offer.submission, 'counter')}?take={second.pk}"
    source = browser.get(answer.headers["Location"]).content.decode()
    assert f'value="{second.pk}" checked' in source
    assert f'value="{first.pk}" checked' not in source


def test_S9_one_total_is_shared_out_and_waits_for_us(browser, offer):
    counter(browser, offer, asked="150", message="They are barely worn.")

    made = offer.submission.offers.get(party="seller")
    assert sorted(made.lines.values_list("amount", flat=True)) == [Decimal("60.00"), Decimal("90.00")]
    assert status_of(offer.submission) == "countered"
    text = words(browser.get(url(offer.submission)))
    assert "You asked for €150 for 2 pieces" in text
    assert "They are barely worn." in text
    assert "Waiting for us: we answer by" in text


def test_S9_an_amount_for_each_piece_and_one_piece_kept(browser, offer):
    first, second = offer.submission.items.all()

    counter(browser, offer, take=[first.pk], **{f"amount_{first.pk}": "75.50"})

    made = offer.submission.offers.get(party="seller")
    assert list(made.lines.values_list("item_id", "amount")) == [(first.pk, Decimal("75.50"))]
    assert not made.lines.filter(item=second).exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", "Enter what you would take"),
        ("100", "That is not more than our offer for these pieces, €100. Accept it instead"),
        ("99", "That is not more than our offer"),
        ("300.01", "for no more than you hoped for or three times our offer"),
        ("1.234,50", "Enter an amount like 45 or 1234.50."),
        ("12.345", "Enter an amount like 45 or 1234.50."),
        ("-5", "Enter an amount like 45 or 1234.50."),
        ("NaN", "Enter an amount like 45 or 1234.50."),
        ("1e9", "Enter an amount like 45 or 1234.50."),
        ("0", "Enter an amount from"),
    ],
)
def test_S9_D11_an_amount_that_will_not_do_is_said_beside_the_field_and_stays_typed(browser, offer, asked, said):
    before = state(offer.submission)

    answer = counter(browser, offer, asked=asked, message="Barely worn")

    assert answer.status_code == 422
    source = answer.content.decode()
    assert said in words(answer)
    assert f'name="asked" value="{asked}"' in source or not asked
    assert "Barely worn" in source
    assert state(offer.submission) == before


def test_S9_a_total_and_amounts_that_differ_are_not_guessed_at(browser, offer):
    first = offer.submission.items.all()[0]

    answer = counter(browser, offer, asked="150", **{f"amount_{first.pk}": "80"})

    assert answer.status_code == 422
    assert "Your amounts for each piece come to €120." in words(answer)


def test_S9_a_final_offer_can_only_be_accepted_or_refused():
    offer = offered(now=timezone.now(), is_final=True)
    browser = by_link(offer.submission)
    text = words(browser.get(url(offer.submission)))
    assert "This is our last offer." in text
    assert "Ask for more" not in text

    assert browser.get(url(offer.submission, "counter")).status_code == 302
    assert counter(browser, offer, asked="150").status_code == 409
    assert status_of(offer.submission) == "offered"


# --- D7, X5: rounds ------------------------------------------------------------------------------------------------


def second_round(offer: SellOffer) -> SellOffer:
    """The seller asks for more, and we offer more."""
    now = timezone.now()
    answering.counter(
        submission_id=offer.submission_id, number=offer.number, total=offer.total, asked=Decimal("150"), actor=SELLER,
        now=now,
    )  # fmt: skip
    submission = decided(SellSubmission.objects.get(pk=offer.submission_id), ("70.00", "50.00"), now=now)
    return offering.make_offer(
        submission_id=submission.pk,
        version=submission.draft_version,
        expires_at=now + timedelta(days=7),
        actor=STAFF,
        now=now,
    )


def test_D7_the_second_offer_can_be_answered_and_the_hope_stays_what_it_was(browser, offer):
    newer = second_round(offer)

    text = words(browser.get(url(offer.submission)))

    for part in ("Our offer: €120 for 2 pieces", "Accept", "Ask for more", "Refuse", "You hoped for €100."):
        assert part in text
    assert "Our offer €100" in text
    assert "Replaced" in text
    press(browser, newer)
    assert status_of(offer.submission) == "agreed"


def in_three_sizes(amounts: tuple[str | None, ...]) -> SellOffer:
    """An offer for three pieces that differ in their size alone."""
    submission = submitted(["Court low"] * 3, now=timezone.now())
    for item, size in zip(submission.items.order_by("position"), ("S", "M", "XL"), strict=True):
        SellItem.objects.filter(pk=item.pk).update(size=size)
    return offered(submission, amounts, now=timezone.now())


def test_pieces_that_differ_in_size_alone_are_told_apart_wherever_they_are_named() -> None:
    offer = in_three_sizes(("60.00", "40.00", None))
    seller = by_link(offer.submission)

    status = words(seller.get(url(offer.submission, "submission")))
    assert "Sell Kestrel Court low, M for €40" in status
    assert "Kestrel Court low, XL: We have enough like it" in status
    assert "Kestrel Court low, M our price €40" in words(seller.get(url(offer.submission, "counter")))


def test_a_new_price_names_the_size_of_its_piece() -> None:
    now = timezone.now()
    revision = revised(received(agreed(in_three_sizes(("60.00", "40.00", None)), now=now), now=now), now=now)

    assert "Kestrel Court low, M Your photo" in words(
        by_link(revision.submission).get(url(revision.submission, "revision"))
    )


def test_the_sum_that_a_script_puts_in_anew_keeps_the_space_between_its_sentences(browser, offer) -> None:
    page = press(browser, offer, "sum").content.decode()

    swapped = page.partition('id="offer-sum"')[2].partition(">")[2].partition("</p>")[0]
    assert "2 pieces. Untick" in re.sub("<[^>]*>", "", re.sub(r">\s+<", "><", swapped))


@pytest.mark.parametrize("answer", ["accept", "refuse", "counter"])
def test_X5_an_answer_to_a_replaced_offer_shows_the_one_that_stands_now(browser, offer, answer):
    second_round(offer)
    before = state(offer.submission)

    late = counter(browser, offer, asked="170") if answer == "counter" else press(browser, offer, answer)

    assert late.status_code == 409
    text = words(late)
    assert text.count("This changed while you were looking") == 2  # in the tab, and once on the page
    assert "Our offer: €120 for 2 pieces" in text
    assert state(offer.submission) == before


@pytest.mark.parametrize("answer", ["accept", "refuse", "counter"])
def test_X2_an_answer_after_we_took_the_offer_back_shows_that(browser, offer, answer):
    reviewing.withdraw_offer(submission_id=offer.submission_id, reason="a slip", actor=STAFF, now=timezone.now())

    late = counter(browser, offer, asked="150") if answer == "counter" else press(browser, offer, answer)

    assert late.status_code == 409
    assert "We took our offer back." in words(late)


def test_a_counter_that_we_accepted_is_not_an_acceptance_of_the_old_offer(browser, offer):
    counter(browser, offer, asked="150")
    made = offer.submission.offers.get(party="seller")
    reviewing.accept_counter(
        submission_id=offer.submission_id, number=made.number, total=made.total, actor=STAFF, now=timezone.now()
    )

    assert press(browser, offer).status_code == 409


# --- X3, INV-02, INV-17: time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["accept", "refuse", "counter"])
def test_X3_INV_02_INV_17_an_offer_that_ran_out_is_not_answered_though_no_job_has_been_by(offer, answer):
    with time_machine.travel(offer.expires_at - timedelta(seconds=1), tick=False):
        browser = by_link(offer.submission)
    with time_machine.travel(offer.expires_at, tick=False):
        before = state(offer.submission)
        late = counter(browser, offer, asked="150") if answer == "counter" else press(browser, offer, answer)

        assert late.status_code == 409
        assert "This offer has run out. You can ask for a new one." in words(late)
        assert state(offer.submission) == before
        assert "Accept" not in words(browser.get(url(offer.submission)))


def test_X3_a_new_offer_is_asked_for_once_before_any_job_has_been_by(offer):
    with time_machine.travel(offer.expires_at, tick=False):
        browser = by_link(offer.submission)
        for _ in range(2):
            browser.post(url(offer.submission, "new_offer"))

        text = words(browser.get(url(offer.submission)))
    assert "You asked for a new offer on" in text
    assert "Waiting for us: you asked for a new offer." in text
    assert AuditEntry.objects.filter(action="new offer asked for").count() == 1


def test_INV_17_a_counter_of_theirs_that_ran_out_says_so(browser, offer):
    counter(browser, offer, asked="150")
    made = offer.submission.offers.get(party="seller")

    with time_machine.travel(made.expires_at, tick=False):
        text = words(by_link(offer.submission).get(url(offer.submission)))

    assert "We did not answer what you asked for in time." in text


# --- D5, SEC-18, SEC-20 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["accept", "refuse", "sum"])
def test_D5_before_there_is_an_offer_there_is_nothing_to_answer(answer):
    submission = submitted(now=timezone.now())
    browser = by_link(submission)

    late = browser.post(
        url(submission, "answer"), {"number": 1, "total": "100.00", "answer": answer, "has_ticks": "", "take": []}
    )

    assert late.status_code == 409
    assert status_of(submission) == "submitted"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"total": "99.99"}, 409),
        ({"total": "1000000"}, 409),
        ({"total": "NaN"}, 422),
        ({"total": "1.001"}, 422),
        ({"total": ""}, 422),
        ({"number": "2"}, 409),
        ({"number": "-1"}, 422),
        ({"number": "9" * 50}, 422),
        ({"answer": "settle"}, 422),
        ({"answer": ""}, 422),
        ({"take": ["x"]}, 422),
        ({"take": ["9" * 40]}, 422),
        ({"take": ["999999"]}, 422),
        ({"amount": "5000"}, 422),
        ({"expires_at": "2099-01-01"}, 422),
        ({"submission": "7"}, 422),
    ],
    ids=str,
)
def test_SEC_18_a_form_that_was_tampered_with_changes_nothing(browser, offer, changes, status):
    before = state(offer.submission)

    answer = press(browser, offer, **changes)

    assert answer.status_code == status
    assert state(offer.submission) == before


def test_SEC_18_a_piece_of_somebody_else_is_not_taken_along(browser, offer):
    other = offered(submitted(now=timezone.now(), email="other@example.com"), now=timezone.now())
    mine = offer.submission.items.all()[0]

    press(browser, offer, take=[mine.pk, other.submission.items.all()[0].pk])

    assert status_of(other.submission) == "offered"
    assert offer.submission.items.filter(status="agreed").count() == 1


PATTERNS = {str(each.name): str(each.pattern) for each in urlpatterns if "<slug:reference>" in str(each.pattern)}


def path_of(submission: SellSubmission, name: str) -> str:
    """One of its addresses, with a piece or a number of its own where the address has one."""
    more = [submission.items.all()[0].pk] if "<int:item_id>" in PATTERNS[name] else []
    return url(submission, name, *(more or ([1] if "<int:number>" in PATTERNS[name] else [])))


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("who", ["anonymous", "other seller"])
def test_SEC_05_INV_14_D4_D5_D6_a_stranger_gets_the_same_page_everywhere_and_changes_nothing(offer, who, name):
    other = submitted(now=timezone.now(), email="other@example.com")
    client = Client() if who == "anonymous" else owner_of(other)[0]
    before = state(offer.submission)
    path = path_of(offer.submission, name)

    answers = [client.get(path), client.post(path, form(offer))]

    assert {answer.status_code for answer in answers} <= {404, 405}
    refused = [answer for answer in answers if answer.status_code == 404]
    assert refused
    assert all("This link is not valid" in words(answer) for answer in refused)
    assert not [answer for answer in refused if offer.submission.reference in answer.content.decode()]
    assert state(offer.submission) == before


@pytest.mark.parametrize("name", PATTERNS)
def test_SEC_20_a_form_of_another_site_is_refused(offer, name):
    strict = by_link(offer.submission, Client(enforce_csrf_checks=True))
    before = state(offer.submission)

    assert strict.post(path_of(offer.submission, name), form(offer)).status_code == 403
    assert state(offer.submission) == before


@pytest.mark.parametrize("name", ["answer", "new_offer", "reply", "write", "cash", "payout_code", "again"])
def test_SEC_04_what_acts_does_not_answer_to_being_opened(browser, offer, name):
    before = state(offer.submission)

    assert browser.get(url(offer.submission, name)).status_code == 405
    assert state(offer.submission) == before


def test_SEC_04_no_page_of_a_seller_sends_itself(browser, offer):
    source = browser.get(url(offer.submission)).content.decode()

    assert "requestSubmit" not in source
    assert 'hx-trigger="load' not in source
    assert "http-equiv" not in source


def test_SEC_28_a_page_that_breaks_tells_nothing_of_why(browser, offer, monkeypatch):
    monkeypatch.setattr(answering, "accept", lambda **_: 1 / 0)
    browser.raise_request_exception = False

    answer = press(browser, offer)

    assert answer.status_code == 500
    assert "division" not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


# --- S4, S18, S21 ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked() -> SellSubmission:
    submission = submitted(now=timezone.now())
    reviewing.claim(submission_id=submission.pk, user_id=owner_of(submission)[1].pk, actor=STAFF, now=timezone.now())
    return reviewing.ask(submission_id=submission.pk, question="Is the zip original?", actor=STAFF, now=timezone.now())


def test_S4_a_question_is_answered_on_the_page_once(asked):
    browser = by_link(asked)
    assert "Is the zip original?" in words(browser.get(url(asked)))

    for _ in range(2):
        assert browser.post(url(asked, "reply"), {"reply": "Yes, it is."}).status_code == 302

    assert status_of(asked) == "in_review"
    assert AuditEntry.objects.filter(action="question answered").count() == 1
    assert "Yes, it is." in words(browser.get(url(asked)))


@pytest.mark.parametrize(("reply", "said"), [("", "Write an answer"), ("x" * 501, "at most 500 characters")])
def test_S4_an_answer_that_will_not_do_is_said_beside_the_field_and_stays_typed(asked, reply, said):
    answer = by_link(asked).post(url(asked, "reply"), {"reply": reply})

    assert answer.status_code == 422
    assert said in words(answer)
    assert reply in answer.content.decode()
    assert status_of(asked) == "info_requested"


def test_S4_photos_are_added_while_we_ask(asked):
    item = asked.items.all()[0]

    answer = by_link(asked).post(url(asked, "more_photos", item.pk), {"photos": [picture(), picture(kind="PNG")]})

    assert answer.status_code == 302
    assert item.photos.count() == 3


def test_a_file_that_is_no_photo_loses_none_of_the_others(asked):
    item, bad = asked.items.all()[0], ContentFile(b"these are notes", name="notes.jpg")

    answer = by_link(asked).post(url(asked, "more_photos", item.pk), {"photos": [bad, picture()]})

    assert answer.status_code == 422
    assert "notes.jpg: Add a JPEG, PNG or WebP picture." in words(answer)
    assert item.photos.count() == 2


def test_SEC_07_photos_added_later_count_against_the_days_allowance_too(asked, monkeypatch):
    monkeypatch.setattr("offers.views.writing.UNITS_A_DAY", 1)
    item = asked.items.all()[0]

    answer = by_link(asked).post(url(asked, "more_photos", item.pk), {"photos": [picture(), picture()]})

    assert answer.status_code == 429
    assert "That is a lot of photos for one day." in words(answer)
    assert item.photos.count() == 2


def test_photos_of_another_submission_are_not_added(asked):
    other = submitted(now=timezone.now(), email="other@example.com")
    item = other.items.all()[0]

    assert by_link(asked).post(url(asked, "more_photos", item.pk), {"photos": [picture()]}).status_code == 404
    assert item.photos.count() == 1


def test_a_message_reaches_us_once_and_stands_in_the_history(browser, offer):
    before = state(offer.submission)[:3]

    for _ in range(2):
        assert browser.post(url(offer.submission, "write"), {"words": "I am away on Friday."}).status_code == 302

    assert offer.submission.messages.filter(direction="in").count() == 1
    assert "I am away on Friday." in words(browser.get(url(offer.submission)))
    assert state(offer.submission)[:3] == before


@pytest.mark.parametrize(("text", "said"), [(" ", "Write a few words"), ("x" * 501, "at most 500 characters")])
def test_a_message_that_will_not_do_is_said_beside_the_field_and_stays_typed(browser, offer, text, said):
    answer = browser.post(url(offer.submission, "write"), {"words": text})

    assert answer.status_code == 422
    assert said in words(answer)
    assert text.strip() in answer.content.decode()


def test_messages_are_not_taken_without_end(browser, offer):
    codes = [browser.post(url(offer.submission, "write"), {"words": f"{n}"}).status_code for n in range(11)]

    assert codes == [302] * 10 + [429]


def test_who_is_told_to_wait_is_led_to_pages_that_there_are(browser, offer, monkeypatch):
    monkeypatch.setattr("offers.views.answers.WORDS_AN_HOUR", 0)
    stood_on = f"http://testserver{url(offer.submission)}"

    answer = browser.post(url(offer.submission, "write"), {"words": "Hello"}, headers={"Referer": stood_on})

    assert answer.status_code == 429
    assert f'href="{stood_on}"' in answer.text
    assert 'hreflang="pl" href="/pl/"' in answer.text


def test_once_closed_no_message_is_taken():
    submission = submitted(now=timezone.now())
    browser = by_link(submission)
    answering.withdraw(submission_id=submission.pk, actor=SELLER, now=timezone.now())

    assert browser.post(url(submission, "write"), {"words": "Wait"}).status_code == 409
    assert "Write to us about it" not in words(browser.get(url(submission)))


@pytest.mark.parametrize(
    ("how", "told", "has_address"),
    [
        ("drop_off", "Bring the pieces to the shop", True),
        ("collection", "We collect them at your door, at a time we agree with you.", False),
        ("post", "You send them by post.", True),
    ],
)
def test_a_deal_says_how_the_pieces_get_to_us_as_the_seller_chose(how, told, has_address):
    SiteSettings(address="1 Example Lane").save()
    deal = agreed(offered(now=timezone.now()), now=timezone.now())
    SellSubmission.objects.update(hand_over=how)

    page = words(by_link(deal).get(url(deal)))

    panel = page.split("Agreed. Hand the pieces over by")[1].split("Have this reference ready")[0]
    assert told in panel
    assert ("1 Example Lane" in panel) == has_address
    assert ("Bring" in panel) == (how == "drop_off")


def test_once_agreed_no_photos_are_added():
    deal = agreed(offered(now=timezone.now()), now=timezone.now())
    item = deal.items.all()[0]

    assert by_link(deal).post(url(deal, "more_photos", item.pk), {"photos": [picture()]}).status_code == 409
    assert item.photos.count() == 1


@pytest.mark.parametrize("when", ["review", "offer", "deal"])
def test_S18_S21_calling_it_off_is_asked_once_and_ends_everything(when):
    now = timezone.now()
    submission = {
        "review": lambda: submitted(now=now),
        "offer": lambda: offered(now=now).submission,
        "deal": lambda: agreed(offered(now=now), now=now),
    }[when]()
    browser = by_link(submission)
    assert "Call it off?" in words(browser.get(url(submission, "withdraw")))
    assert status_of(submission) != "closed"

    browser.post(url(submission, "withdraw"))

    submission.refresh_from_db()
    assert (submission.status, submission.close_reason) == ("closed", "withdrawn")
    assert "This was called off. You keep your pieces." in words(browser.get(url(submission)))


def test_S18_once_the_pieces_are_here_it_is_too_late():
    here = received(agreed(offered(now=timezone.now()), now=timezone.now()), now=timezone.now())
    browser = by_link(here)
    assert "Call it off" not in words(browser.get(url(here)))

    assert browser.get(url(here, "withdraw")).status_code == 302
    assert browser.post(url(here, "withdraw")).status_code == 409
    assert status_of(here) == "received"


# --- O7, I7, I8, X16: new prices ------------------------------------------------------------------------------------


@pytest.fixture
def revision() -> SellOffer:
    """€30 instead of €60 and €20 instead of €40."""
    now = timezone.now()
    here = received(agreed(offered(now=now), now=now), now=now)
    for item, amount in zip(here.items.all(), ("30.00", "20.00"), strict=True):
        receiving.add_evidence(item_id=item.pk, picture=picture(), actor=STAFF, now=now)
        receiving.requote(
            item_id=item.pk,
            amount=Decimal(amount),
            reason="The zip is broken.",
            finding=receiving.Finding("decent"),
            actor=STAFF,
            now=now,
        )
    return revising.send_revision(submission_id=here.pk, actor=STAFF, now=now)


def choose(browser: Client, revision: SellOffer, *choices: str, answer: str = "send", **changes: Any) -> Any:
    sent: dict[str, Any] = {"number": revision.number, "total": revision.total, "answer": answer}
    for line, choice in zip(revision.lines.all(), choices, strict=False):
        sent[f"piece_{line.item_id}"] = choice
    return browser.post(url(revision.submission, "revision"), sent | changes)


def test_O7_both_photos_both_prices_and_the_reason_stand_side_by_side(revision):
    answer = by_link(revision.submission).get(url(revision.submission, "revision"))

    text = words(answer)
    for part in (
        "The zip is broken.",
        "€30 was €60",
        "€20 was €40",
        "Take €30",
        "Send it back",
        "Your photo",
        "Our photo",
    ):
        assert part in text
    assert "You get €0 for 0 pieces. 2 choices to go." in text
    assert answer.content.decode().count("/sell/photos/") >= 4


def test_I7_I8_every_piece_gets_the_answer_it_was_given(revision):
    browser = by_link(revision.submission)

    answer = choose(browser, revision, "take", "give_back")

    assert answer.headers["Location"] == url(revision.submission)
    kept, back = revision.submission.items.all()
    assert (kept.status, kept.agreed_amount, back.status) == ("passed", Decimal("30.00"), "to_return")
    revision.refresh_from_db()
    assert revision.status == "accepted"
    text = words(browser.get(url(revision.submission)))
    assert "Goes back to you : The zip is broken." in text
    assert "We owe you €30" in text


def test_X1_new_prices_answered_twice_are_answered_once(revision):
    browser = by_link(revision.submission)
    choose(browser, revision, "take", "take")
    after_first = state(revision.submission)

    assert choose(browser, revision, "take", "take").status_code == 302
    assert state(revision.submission) == after_first
    assert choose(browser, revision, "take", "give_back").status_code == 409
    assert state(revision.submission) == after_first


def test_X16_half_an_answer_changes_nothing_and_stays_ticked(revision):
    browser, before = by_link(revision.submission), state(revision.submission)

    answer = choose(browser, revision, "take")

    assert answer.status_code == 422
    assert "Take the new price, or have it sent back" in words(answer)
    assert state(revision.submission) == before
    first = revision.lines.all()[0]
    again = browser.get(url(revision.submission, "revision"))
    assert (
        f'name="piece_{first.item_id}" id="id_piece_{first.item_id}_0" value="take" checked' in again.content.decode()
    )
    assert "You get €30 for 1 piece. 1 choice to go." in words(again)


def test_X16_the_total_follows_the_choices_and_nothing_changes(revision):
    browser, before = by_link(revision.submission), state(revision.submission)

    answer = choose(browser, revision, "give_back", "take", answer="sum")

    assert answer.status_code == 200
    assert "You get €20 for 1 piece." in words(answer)
    assert state(revision.submission) == before


def test_O7_I8_INV_17_new_prices_that_ran_out_cannot_be_taken_though_no_job_has_been_by(revision):
    with time_machine.travel(revision.expires_at, tick=False):
        browser = by_link(revision.submission)
        before = state(revision.submission)

        late = choose(browser, revision, "take", "take")

        assert late.status_code == 409
        assert "You did not answer the new prices in time" in words(late)
        assert state(revision.submission) == before


@pytest.mark.parametrize("changes", [{"total": "49.99"}, {"number": "9"}], ids=str)
def test_SEC_18_new_prices_that_were_not_seen_are_not_answered(revision, changes):
    browser, before = by_link(revision.submission), state(revision.submission)

    assert choose(browser, revision, "take", "take", **changes).status_code == 409
    assert state(revision.submission) == before


def test_what_we_are_only_thinking_of_is_not_shown():
    now = timezone.now()
    submission = decided(submitted(now=now), ("73.41", None), now=now)

    text = words(by_link(submission).get(url(submission)))

    assert "73.41" not in text
    assert str(SellItem.DeclineReason.ENOUGH.label) not in text
    assert text.count("Sent in") == 2


def test_while_we_think_about_a_counter_what_we_declined_stays_declined_and_our_new_thoughts_stay_ours():
    now = timezone.now()
    submission = offered(amounts=("60.00", None), now=now).submission
    countered(submission.offers.get(), "90.00", now=now)
    decided(submission, (None, "55.00"), now=now)

    text = words(by_link(submission).get(url(submission)))

    assert "Sent in" not in text
    assert text.count("Not one for us") == 1
    assert "You asked for more" in text
    assert (
        str(SellItem.DeclineReason.ENOUGH.label) not in text.split("Not one for us")[0].rpartition("Varsity jacket")[2]
    )
