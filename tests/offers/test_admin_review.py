"""A buyer at work on a submission: review, offer, counters, words for the seller."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, OutboxMessage
from inventory.services import stock
from offers import links
from offers.models import BuyingSettings, InternalNote, SellerMessage, SellItem, SellOffer, SellSubmission
from offers.services import answering, offering, reviewing, submitting
from tests.factories.accounts import UserFactory, owner, staff
from tests.factories.inventory import STAFF as SHOP
from tests.factories.inventory import CategoryFactory, shelved
from tests.factories.offers import SELLER, STAFF, agreed, decided, draft, offered, submitted
from tests.offers.pages import by_link, url, words

pytestmark = pytest.mark.django_db

LOOK = (
    "offers.view_sellsubmission",
    "offers.view_sellphoto",
    "offers.view_internalnote",
    "offers.view_sellermessage",
    "offers.view_seller",
)
BUYER = (
    *LOOK,
    "offers.review_submission",
    "offers.make_offer",
    "offers.answer_counter",
    "offers.mark_spam",
    "offers.send_links",
    "offers.write_notes",
)
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def buyer(client):
    client.force_login(staff(*BUYER, name="Bea Buyer"))
    return client


@pytest.fixture
def new():
    return submitted(now=timezone.now())


def at(submission, name="change"):
    return reverse("admin:offers_sellsubmission_change", args=[submission.pk]).replace("/change/", f"/{name}/")


def fresh(submission):
    return SellSubmission.objects.get(pk=submission.pk)


def typed(submission, *wishes, **more):
    """The form of the page, with a wish for each piece: an amount, or None for "don't want"."""
    answers = {"version": fresh(submission).draft_version, "days": 7, "is_severable": "on", **more}
    for item, wish in zip(submission.items.all(), wishes, strict=True):
        key = f"piece-{item.pk}"
        if wish is None:
            answers |= {f"{key}-decision": "declined", f"{key}-decline_reason": "enough"}
        else:
            answers |= {f"{key}-decision": "wanted", f"{key}-amount": wish}
    return answers


def press_send(client, submission, **changes):
    """The button of the last look, with what the page holds."""
    page = client.get(at(submission, "offer"))
    form = page.context["form"]
    hidden = {name: form[name].value() for name in form.fields if name != "is_checked"}
    held = {name: value for name, value in hidden.items() if value is not False}
    return client.post(at(submission, "offer"), held | changes)


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


# --- The page -------------------------------------------------------------------------------------------------------


def test_the_page_shows_pieces_photos_the_sellers_words_and_what_they_ask(buyer, new):
    SellItem.objects.filter(submission=new).update(defects="A mark on the cuff")

    page = buyer.get(at(new))

    assert page.status_code == 200
    for text in ("Varsity jacket", "Straight jean", "A mark on the cuff", "€100", "€200", "Sella Example", "Mint"):
        assert text in words(page)
    for photo in new.items.all()[0].photos.all():
        assert reverse("offers:photo", args=[photo.pk, "full"]) in page.text
        assert buyer.get(reverse("offers:photo", args=[photo.pk, "small"])).status_code == 200


def test_the_page_takes_no_more_queries_for_twenty_pieces_than_for_two(buyer):
    two, twenty = submitted(now=timezone.now()), submitted(["Tee"] * 20, email="b@example.com", now=timezone.now())
    buyer.get(at(two))
    with CaptureQueriesContext(connection) as few:
        buyer.get(at(two))

    with CaptureQueriesContext(connection) as many:
        buyer.get(at(twenty))

    assert len(many) == len(few)


def test_what_our_sales_say_stands_beside_a_piece_and_fills_in_nothing(buyer):
    category = CategoryFactory()
    lot = shelved(category=category, price="100.00")
    stock.sell_over_the_counter(
        stock_item_id=lot.pk, quantity=1, unit_price=Decimal(100), cause="sale 1", actor=SHOP, now=timezone.now()
    )
    submission = submitted(["Tee"], category=category, now=timezone.now())

    page = buyer.get(at(submission))

    assert "Up to €45 keeps our margin" in words(page)
    assert "1 sold in 180 days at €100 in the middle (same category only, any brand, size and grade)" in words(page)
    assert page.context["cards"][0].form["amount"].value() is None


def test_whoever_may_only_look_has_nothing_to_press(client, new):
    client.force_login(staff(*LOOK))

    page = client.get(at(new))

    assert page.status_code == 200
    assert "Save decisions" not in page.text
    assert "Claim" not in page.text


@pytest.mark.parametrize("name", ["change", "decide", "offer"])
def test_a_draft_and_an_unknown_one_are_not_there(buyer, name):
    assert buyer.get(at(draft(), name)).status_code == 404
    assert buyer.get(f"/admin/offers/sellsubmission/999/{name}/").status_code == 404


# --- Deciding -------------------------------------------------------------------------------------------------------


def test_decisions_and_a_note_are_saved_and_nothing_is_sent(buyer, new):
    sent_before = OutboxMessage.objects.count()

    page = buyer.post(at(new, "decide"), typed(new, "60", None, note="She is nice"), follow=True)

    jacket, jean = new.items.all()
    assert (jacket.decision, jacket.proposed_amount) == ("wanted", Decimal("60.00"))
    assert (jean.decision, jean.decline_reason) == ("declined", "enough")
    assert InternalNote.objects.get().text == "She is nice"
    assert "Nothing was sent." in page.text
    assert OutboxMessage.objects.count() == sent_before
    assert not SellOffer.objects.exists()


def test_a_piece_may_stay_undecided_while_saving(buyer, new):
    jacket, jean = new.items.all()

    buyer.post(
        at(new, "decide"),
        {
            "version": 0,
            "days": 7,
            f"piece-{jacket.pk}-decision": "declined",
            f"piece-{jacket.pk}-decline_reason": "brand",
        },
    )

    jean.refresh_from_db()
    assert jean.decision == "undecided"


@pytest.mark.parametrize("amount", ["1.234,50", "12.345", "-5", "NaN", "1e9", "Infinity", "1,234", "0", "", "999999"])
def test_D11_an_amount_that_could_mean_two_things_is_refused_and_kept_as_typed(buyer, new, amount):
    page = buyer.post(at(new, "decide"), typed(new, amount, "40"))

    assert page.status_code == 422
    assert page.context["cards"][0].form["amount"].value() == amount
    assert page.context["cards"][1].form["amount"].value() == "40"
    assert set(new.items.values_list("decision", flat=True)) == {"undecided"}
    assert not SellOffer.objects.exists()


@pytest.mark.parametrize(("typed_amount", "kept"), [("1,234.50", "1234.50"), ("€60", "60.00"), ("0.5", "0.50")])
def test_SEC_19_an_amount_is_read_as_it_was_meant(buyer, new, typed_amount, kept):
    buyer.post(at(new, "decide"), typed(new, typed_amount, None))

    assert new.items.all()[0].proposed_amount == Decimal(kept)


def test_wanting_needs_an_amount_and_declining_a_reason(buyer, new):
    jean = new.items.all()[1]
    answers = typed(new, "", None) | {f"piece-{jean.pk}-decline_reason": ""}

    page = buyer.post(at(new, "decide"), answers)

    assert page.status_code == 422
    assert "Say what we pay for it." in page.text
    assert "Choose why: the seller reads it." in page.text


def test_X7_what_a_colleague_saved_meanwhile_is_shown_and_nothing_typed_is_lost(buyer, new):
    answers = typed(new, "61", None, message="Lovely jacket", note="Mind the cuff")
    decided(new, ("55.00", "40.00"), now=timezone.now())

    page = buyer.post(at(new, "decide"), answers)

    assert page.status_code == 409
    assert "A colleague has saved other decisions" in page.text
    assert "A colleague saved: Want, €55, Mint" in words(page)
    assert "A colleague saved: Want, €40, Mint" in words(page)
    jacket, jean = (card.form for card in page.context["cards"])
    assert (jacket["amount"].value(), jean["decline_reason"].value()) == ("61", "enough")
    assert page.context["terms"]["message"].value() == "Lovely jacket"
    assert page.context["terms"]["note"].value() == "Mind the cuff"
    assert new.items.all()[0].proposed_amount == Decimal("55.00")
    assert not InternalNote.objects.exists()

    # Pressed again, now knowing, it is saved.
    buyer.post(at(new, "decide"), answers | {"version": page.context["version"]})
    assert new.items.all()[0].proposed_amount == Decimal("61.00")


def test_X7_a_mistyped_amount_does_not_hide_what_a_colleague_saves_meanwhile(buyer, new):
    answers = typed(new, "x", None)
    decided(new, now=timezone.now())
    page = buyer.post(at(new, "decide"), answers)
    assert page.status_code == 422

    again = buyer.post(at(new, "decide"), answers | typed(new, "61", None) | {"version": page.context["version"]})

    assert again.status_code == 409


# --- Sending --------------------------------------------------------------------------------------------------------


def test_S6_the_last_look_shows_the_offer_as_the_seller_will_see_it_and_one_press_sends_it(buyer, new):
    answer = buyer.post(at(new, "decide"), typed(new, "1,234.50", None, send="1", message="Lovely jacket", days=3))
    assert answer.url == at(new, "offer")
    BuyingSettings(buyer_limit=Decimal("5000"), confirm_above=Decimal("5000")).save()

    sheet = buyer.get(at(new, "offer"))

    text = words(sheet)
    assert "€1,234.50" in text
    assert "one thousand, two hundred and thirty-four euro, fifty cents" in text
    assert "Straight jean, L: We have enough like it" in text
    assert "Lovely jacket" in text
    ends = timezone.localtime(sheet.context["expires_at"])
    assert f"{ends:%H:%M}" in text
    assert f"{ends:%Z}" in text
    assert not SellOffer.objects.exists()

    press_send(buyer, new)

    offer = SellOffer.objects.get()
    assert (offer.total, offer.message, offer.expires_at) == (Decimal("1234.50"), "Lovely jacket", ends)
    assert fresh(new).status == "offered"
    assert [item.status for item in new.items.all()] == ["offered", "submitted"]
    letter = OutboxMessage.objects.get(subject__startswith="Our offer")
    assert "€1,234.50" in letter.text
    assert "We have enough like it" in letter.text


def test_S6_the_terms_are_kept_while_one_goes_back_to_the_pieces(buyer, new):
    buyer.post(at(new, "decide"), typed(new, "60", None, message="Lovely jacket", days=14, is_final="on"))

    terms = buyer.get(at(new)).context["terms"]

    assert (terms["message"].value(), terms["days"].value(), terms["is_final"].value()) == ("Lovely jacket", 14, True)


def test_S6_an_undecided_piece_keeps_an_offer_back(buyer, new):
    page = press_send(buyer, new)

    assert page.status_code == 422
    assert "Decide about every piece first" in page.text
    assert "Undecided: Kestrel Varsity jacket, L; Kestrel Straight jean, L" in words(page)


@pytest.mark.parametrize("days", [0, 31])
def test_S6_an_offer_stands_from_an_hour_to_thirty_days(buyer, new, days):
    decided(new)

    page = press_send(buyer, new, expires_at=(timezone.now() + timedelta(days=days)).isoformat())

    assert page.status_code == 422
    assert "at most 30 days" in page.text
    assert not SellOffer.objects.exists()


@pytest.mark.parametrize("nonsense", ["", "tomorrow", "2026-12-01T12:00:00", "9" * 40])
def test_S6_a_moment_that_is_none_is_refused(buyer, new, nonsense):
    decided(new)

    assert press_send(buyer, new, expires_at=nonsense).status_code == 422
    assert not SellOffer.objects.exists()


def test_S6_above_the_limit_somebody_else_has_to_send_it(buyer, new):
    decided(new, ("400.00", "200.00"))
    BuyingSettings(confirm_above=Decimal("5000")).save()

    page = press_send(buyer, new)

    assert page.status_code == 409
    assert "above your limit" in page.text
    assert not SellOffer.objects.exists()

    buyer.force_login(owner())
    press_send(buyer, new)
    assert SellOffer.objects.get().total == Decimal("600.00")


def test_SEC_19_a_large_total_is_sent_only_when_its_words_were_read(client, new):
    client.force_login(owner())
    decided(new, ("400.00", "200.00"))

    page = press_send(client, new)
    assert page.status_code == 422
    assert "Read the total in words" in page.text
    assert not SellOffer.objects.exists()

    press_send(client, new, is_checked="on")
    assert SellOffer.objects.exists()


def test_X7_an_offer_is_not_sent_when_a_colleague_changed_the_decisions_after_the_last_look(buyer, new):
    decided(new, ("60.00", "40.00"))
    seen = fresh(new).draft_version
    decided(new, ("66.00", "44.00"))

    page = press_send(buyer, new, version=seen)

    assert page.status_code == 409
    assert not SellOffer.objects.exists()


def test_X6_the_second_of_two_sees_the_colleagues_offer(buyer, new):
    decided(new)
    version = fresh(new).draft_version
    colleague = UserFactory(is_staff=True, name="Carl Colleague")
    offering.make_offer(
        submission_id=new.pk,
        version=version,
        expires_at=timezone.now() + timedelta(days=7),
        actor=type(STAFF)(f"user {colleague.pk}", "admin"),
        now=timezone.now(),
    )

    page = press_send(buyer, new, version=version)

    assert page.status_code == 409
    assert "a colleague was first" in page.text
    assert "offer 1, €100, made by Carl Colleague" in words(page)
    assert at(new) in page.text
    assert SellOffer.objects.count() == 1


def test_SEC_27_an_offer_far_above_what_our_sales_say_is_pointed_out(buyer):
    category = CategoryFactory()
    lot = shelved(category=category, price="100.00")
    stock.sell_over_the_counter(
        stock_item_id=lot.pk, quantity=1, unit_price=Decimal(100), cause="sale 1", actor=SHOP, now=timezone.now()
    )
    submission = submitted(["Tee", "Tote"], category=category, now=timezone.now())
    decided(submission, ("58.51", "58.50"))

    assert words(buyer.get(at(submission))).count("More than 30 % above what our sales say") == 1
    assert words(buyer.get(at(submission, "offer"))).count("Far above our sales") == 1


# --- Steps ----------------------------------------------------------------------------------------------------------


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


def test_revoking_makes_old_links_void_and_the_copied_text_has_the_new_one(buyer, new, time_machine):
    time_machine.move_to(timezone.now(), tick=False)  # a link names the second it was made
    old = links.address_of(new)
    assert old in buyer.get(at(new, "copy_text")).context["form"]["text"].value()

    buyer.post(at(new, "revoke_links"))

    text = buyer.get(at(new, "copy_text")).context["form"]["text"].value()
    assert old not in text
    assert links.address_of(fresh(new)) in text


def test_a_copied_text_counts_as_sent_and_is_logged(buyer, new):
    entries = AuditEntry.objects.count()
    buyer.get(at(new, "copy_text"))
    assert AuditEntry.objects.count() == entries

    buyer.post(at(new, "copy_text"), {"channel": "whatsapp", "text": "something else"})

    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.after) == ("text copied for whatsapp", "received")
    assert "Text copied for whatsapp" in buyer.get(at(new)).text


def test_the_link_is_sent_again_by_e_mail(buyer, new, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    buyer.post(at(new, "send_link"))

    letter = OutboxMessage.objects.latest("pk")
    assert letter.to == "seller@example.com"
    assert links.address_of(new) in letter.text


def test_without_an_e_mail_the_text_is_for_a_chat(buyer):
    submission = submitted(email="", phone="085 123 4567", handle="sella", channel="instagram", now=timezone.now())

    assert buyer.post(at(submission, "send_link")).status_code == 409
    assert buyer.get(at(submission, "copy_text")).context["form"]["channel"].value() == "instagram"


# --- Who may, and what nobody sees ----------------------------------------------------------------------------------

STEPS = {
    "claim": "review_submission",
    "ask": "review_submission",
    "stop_asking": "review_submission",
    "decline": "review_submission",
    "close_stalled": "review_submission",
    "decide": "review_submission",
    "mark_spam": "mark_spam",
    "offer": "make_offer",
    "withdraw_offer": "make_offer",
    "accept_counter": "answer_counter",
    "decline_counter": "answer_counter",
    "call_off": "call_off_deal",
    "write_note": "write_notes",
    "copy_text": "send_links",
    "send_link": "send_links",
    "revoke_links": "send_links",
}


def everything():
    """Whatever a step could change."""
    models = (SellSubmission, SellItem, SellOffer, SellerMessage, InternalNote, OutboxMessage, AuditEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize(("name", "verb"), STEPS.items())
def test_SEC_20_a_step_needs_its_verb_and_looking_at_it_changes_nothing(client, new, name, verb):
    before = everything()
    others = {f"offers.{other}" for other in STEPS.values()} - {f"offers.{verb}"}
    client.force_login(staff(*LOOK, *others))
    assert client.get(at(new, name)).status_code == 403
    assert client.post(at(new, name), {"reason": "x", "text": "x"}).status_code == 403

    client.force_login(staff(*LOOK, f"offers.{verb}"))
    assert client.get(at(new, name)).status_code in {200, 302}
    assert client.head(at(new, name)).status_code in {200, 302}

    assert everything() == before


@pytest.mark.parametrize("name", ["change", *STEPS])
@pytest.mark.parametrize("who", ["nobody", "shopper"])
def test_SEC_20_strangers_are_sent_to_the_sign_in_page(client, new, name, who):
    if who == "shopper":
        client.force_login(UserFactory())

    for answer in (client.get(at(new, name)), client.post(at(new, name))):
        assert answer.status_code == 302
        assert "/login/" in answer.url


def test_SEC_20_the_page_itself_needs_leave_to_look_and_takes_no_post(client, new):
    client.force_login(staff("offers.make_offer"))
    assert client.get(at(new)).status_code == 403

    client.force_login(owner())
    assert client.post(at(new), {"status": "agreed"}).status_code == 403
    assert fresh(new).status == "submitted"


def test_SEC_20_a_step_by_a_foreign_form_is_refused(new):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner())

    assert client.post(at(new, "mark_spam")).status_code == 403
    assert client.post(at(new, "decide"), typed(new, "60", None)).status_code == 403


def test_SEC_09_D12_what_a_seller_typed_is_text_on_every_page_of_staff(client):
    client.force_login(owner())
    submission = submitted(["Tee"], name=ATTACK[:110], handle=ATTACK[:50], area=ATTACK[:50], now=timezone.now())
    item = submission.items.get()
    for name, longest in (("title", 110), ("brand_name", 75), ("colour", 38), ("defects", 400)):
        setattr(item, name, ATTACK[:longest])
    item.save()
    SellSubmission.objects.update(message=ATTACK, question=ATTACK, answer=ATTACK)
    reviewing.write_note(submission_id=submission.pk, text=ATTACK, actor=STAFF, now=timezone.now())
    decided(submission, ("40.00",))
    pages = [at(submission, name) for name in ("change", "offer", "copy_text", "accept_counter")]
    pages += [reverse(f"admin:offers_{model}_changelist") for model in ("sellsubmission", "sellitem", "seller")]
    pages += [reverse("admin:offers_sellitem_change", args=[item.pk]), "/admin/"]
    offered(submission, ("40.00",), message=ATTACK, now=timezone.now())
    pages.append(at(submission))

    for address in pages:
        text = client.get(address).text
        assert "<script>alert" not in text, address
        assert "<img src=x" not in text, address
        assert "script-src 'self'" in client.get(address).headers["Content-Security-Policy"]


def test_D13_SEC_23_a_note_reaches_no_letter_and_no_page_of_the_seller(buyer, client, new):
    secret = "Lowest 40, she always comes back"
    buyer.post(at(new, "write_note"), {"text": secret})
    buyer.post(at(new, "decide"), typed(new, "60", None, note=secret, send="1"))
    press_send(buyer, new)
    assert InternalNote.objects.count() == 2
    assert secret in buyer.get(at(new)).text

    assert secret not in by_link(fresh(new)).get(url(new)).text
    for letter in OutboxMessage.objects.all():
        assert secret not in letter.text + letter.html
    for message in SellerMessage.objects.all():
        assert secret not in message.text


def test_the_history_shows_who_did_what_without_the_link_that_lets_in(buyer, new):
    buyer.post(at(new, "claim"))
    OutboxMessage.objects.update(status=OutboxMessage.Status.FAILED, last_error="Mailbox full")

    page = buyer.get(at(new))

    assert "Bea Buyer" in page.text
    assert "To the seller: received" in words(page)
    assert "Letter came back" in page.text
    assert "/sell/link/" not in page.text


def test_a_stale_answer_shows_on_the_page_what_the_seller_said(buyer, new):
    buyer.post(at(new, "claim"))
    buyer.post(at(new, "ask"), {"text": "Is the zip fine?"})
    submitting.answer_question(submission_id=new.pk, answer="It is.", actor=SELLER, now=timezone.now())

    text = words(buyer.get(at(new)))

    assert "We asked: Is the zip fine?" in text
    assert "The seller answered: It is." in text


def test_notes_messages_and_the_contact_are_for_those_who_may_see_them(client, new):
    reviewing.write_note(submission_id=new.pk, text="She always comes back", actor=STAFF, now=timezone.now())
    secrets = {
        "offers.view_internalnote": "She always comes back",
        "offers.view_sellermessage": "To the seller: received",
        "offers.view_seller": "seller@example.com",
    }

    for permission, secret in secrets.items():
        client.force_login(staff("offers.view_sellsubmission", permission))
        shown = words(client.get(at(new)))
        assert {each for each in secrets.values() if each in shown} == {secret}
