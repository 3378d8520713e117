"""Steps of a submission: claim, ask, decline, answer a counter, withdraw, call off."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.models import OutboxMessage
from offers.models import BuyingSettings, SellerMessage, SellOffer, SellSubmission
from offers.services import answering, reviewing
from tests.factories.accounts import owner
from tests.factories.offers import SELLER, STAFF, agreed, offered, submitted
from tests.offers.review.pages import at, fresh, press_send, typed

pytestmark = pytest.mark.django_db


def countered(submission=None):
    offer = offered(submission or submitted(now=timezone.now()), now=timezone.now())
    return answering.counter(
        submission_id=offer.submission_id,
        number=offer.number,
        total=offer.total,
        asked=offer.total + 20,
        actor=SELLER,
        now=timezone.now(),
    )


def test_S2_claiming_makes_it_mine(buyer, new):
    buyer.post(at(new, "claim"))

    assert (fresh(new).status, fresh(new).assignee.name) == ("in_review", "Bea Buyer")


def test_S2_whoever_offers_on_what_nobody_claimed_is_its_reviewer(buyer, new):
    buyer.post(at(new, "decide"), typed(new, "60", None, send="1"))

    press_send(buyer, new)

    assert fresh(new).assignee.name == "Bea Buyer"


def test_S2_whoever_declines_what_nobody_claimed_is_its_reviewer(buyer, new):
    buyer.post(at(new, "decide"), typed(new, None, None))

    buyer.post(at(new, "decline"))

    assert (fresh(new).status, fresh(new).assignee.name) == ("closed", "Bea Buyer")


def test_S2_a_colleagues_fresh_claim_holds_for_half_an_hour(buyer, new):
    reviewing.claim(submission_id=new.pk, user_id=owner().pk, actor=STAFF, now=timezone.now())

    page = buyer.post(at(new, "claim"))
    assert page.status_code == 409
    assert "A colleague is reviewing this" in page.text

    SellSubmission.objects.update(claimed_at=timezone.now() - timedelta(minutes=31))
    buyer.post(at(new, "claim"))
    assert fresh(new).assignee.name == "Bea Buyer"


def test_to_claim_is_the_main_step_only_for_whoever_could_take_it(buyer):
    submission = countered().submission

    def main_steps():
        shown = buyer.get(at(submission)).context["actions_detail"]
        return [button["title"] for button in shown if button["variant"].value == "primary"]

    reviewing.claim(submission_id=submission.pk, user_id=owner().pk, actor=STAFF, now=timezone.now())
    assert main_steps() == ["Accept the counter"]
    SellSubmission.objects.update(claimed_at=timezone.now() - timedelta(minutes=31))
    assert main_steps() == ["Claim", "Accept the counter"]
    buyer.post(at(submission, "claim"))
    assert main_steps() == ["Accept the counter"]
    SellSubmission.objects.update(assignee=None, claimed_at=None)
    assert main_steps() == ["Claim", "Accept the counter"]


def test_S3_a_question_is_chosen_or_written_and_goes_out(buyer, new):
    buyer.post(at(new, "claim"))
    assert buyer.post(at(new, "ask"), {"template": "", "text": " "}).status_code == 422

    buyer.post(at(new, "ask"), {"template": "Please add a photo of the label.", "text": "Inside, please."})

    assert fresh(new).status == "info_requested"
    assert fresh(new).question == "Please add a photo of the label. Inside, please."
    assert SellerMessage.objects.filter(occasion="question").exists()

    buyer.post(at(new, "stop_asking"))
    assert fresh(new).status == "in_review"


def test_S5_declining_everything_needs_a_reason_for_each_and_tells_the_seller(buyer, new):
    assert buyer.post(at(new, "decline")).status_code == 422
    buyer.post(at(new, "decide"), typed(new, None, None))

    buyer.post(at(new, "decline"))

    assert (fresh(new).status, fresh(new).close_reason) == ("closed", "declined")
    assert OutboxMessage.objects.filter(subject__startswith="Not for us").exists()


def test_S10_the_counter_that_was_read_is_accepted(buyer):
    counter = countered()
    page = buyer.get(at(counter.submission, "accept_counter"))
    assert "€120 (one hundred and twenty euro, zero cents)" in page.text

    buyer.post(at(counter.submission, "accept_counter"), {"number": counter.number, "total": counter.total})

    assert fresh(counter.submission).status == "agreed"
    assert SellOffer.objects.get(pk=counter.pk).answered_by.startswith("user ")


@pytest.mark.parametrize("seen", [{"number": 1, "total": "120.00"}, {"number": 2, "total": "100.00"}, {}])
def test_S10_another_counter_than_the_one_that_was_read_is_not_accepted(buyer, seen):
    submission = countered().submission

    page = buyer.post(at(submission, "accept_counter"), seen)

    assert page.status_code == (409 if seen else 422)
    assert fresh(submission).status == "countered"


def test_S10_above_the_limit_a_counter_is_accepted_by_those_who_may(buyer):
    BuyingSettings(buyer_limit=Decimal("110")).save()
    counter = countered()
    seen = {"number": counter.number, "total": counter.total}

    assert buyer.post(at(counter.submission, "accept_counter"), seen).status_code == 409

    buyer.force_login(owner())
    buyer.post(at(counter.submission, "accept_counter"), seen)
    assert fresh(counter.submission).status == "agreed"


def test_S11_a_counter_is_answered_by_a_new_offer_of_ours(buyer):
    counter = countered()
    submission = counter.submission

    buyer.post(at(submission, "decide"), typed(submission, "65", "45", send="1"))
    press_send(buyer, submission)

    made = SellOffer.objects.get(number=3)
    assert (made.total, made.kind, made.status) == (Decimal("110.00"), "counter", "live")
    assert SellOffer.objects.get(pk=counter.pk).status == "superseded"


def test_S12_declining_a_counter_leaves_no_live_offer(buyer):
    counter = countered()

    buyer.post(at(counter.submission, "decline_counter"), {"number": 2, "total": "120.00", "reason": "Too much"})

    assert (fresh(counter.submission).status, fresh(counter.submission).stall_reason) == ("stalled", "counter_declined")
    assert not SellOffer.objects.filter(status="live").exists()


def test_S13_S15_an_offer_is_withdrawn_with_a_reason_and_then_closed(buyer):
    submission = offered(now=timezone.now()).submission
    assert buyer.post(at(submission, "withdraw_offer"), {"reason": ""}).status_code == 422

    buyer.post(at(submission, "withdraw_offer"), {"reason": "Wrong price"})
    assert fresh(submission).stall_reason == "withdrawn"

    buyer.post(at(submission, "close_stalled"))
    assert (fresh(submission).status, fresh(submission).close_reason) == ("closed", "withdrawn")


def test_X8_staff_who_withdraw_after_the_seller_countered_are_told(buyer):
    counter = countered()

    page = buyer.post(at(counter.submission, "withdraw_offer"), {"reason": "Wrong price"})

    assert page.status_code == 409
    assert "This changed while you were looking" in page.text
    assert fresh(counter.submission).status == "countered"
    assert SellOffer.objects.get(pk=counter.pk).status == "live"


def test_X2_staff_who_withdraw_after_the_seller_accepted_see_the_truth(buyer):
    submission = agreed(offered(now=timezone.now()), now=timezone.now())

    assert buyer.post(at(submission, "withdraw_offer"), {"reason": "Wrong price"}).status_code == 409
    assert fresh(submission).status == "agreed"


def test_S18_the_owner_calls_a_deal_off_with_a_reason(client):
    client.force_login(owner())
    submission = agreed(offered(now=timezone.now()), now=timezone.now())

    client.post(at(submission, "call_off"), {"reason": "The shop is flooded"})

    assert fresh(submission).close_reason == "withdrawn"
    assert "The shop is flooded" in OutboxMessage.objects.latest("pk").text


def test_S22_spam_is_ended_without_a_word(buyer, new):
    letters = OutboxMessage.objects.count()

    buyer.post(at(new, "mark_spam"))

    assert fresh(new).close_reason == "spam"
    assert OutboxMessage.objects.count() == letters


def test_S22_what_had_an_offer_is_no_spam(buyer):
    submission = offered(now=timezone.now()).submission

    assert buyer.post(at(submission, "mark_spam")).status_code == 409
