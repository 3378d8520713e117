"""The page at the door: a deal taken, looked at, answered and paid while the seller waits."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.audit import Actor
from core.models import AuditEntry
from offers.models import BuyInDocument, Payout
from offers.services import paying
from tests.factories.accounts import staff
from tests.factories.offers import STAFF, agreed, offered, picture, submitted
from tests.offers.desk.pages import ADDRESS, as_staff, deal, desk_of, here, look, press, settled_deal, statuses
from tests.offers.pages import words

pytestmark = pytest.mark.django_db


def test_at_the_door_a_deal_is_taken_looked_at_and_paid_each_step_on_record(boss):
    submission = deal()
    items = list(submission.items.all())

    press(boss, submission, "receive", "door", items=[item.pk for item in items])
    for item in items:
        press(boss, submission, "fine", "door", piece=item.pk)
    assert "€100" in words(boss.get(desk_of(submission, "door")))
    press(boss, submission, "approve_cash", "door")
    paid_page = press(boss, submission, "pay_cash", "door", signed_by="Sella Example", **ADDRESS)

    assert paid_page.status_code == 302
    payout = Payout.objects.get()
    assert (payout.status, payout.paid_to) == ("settled", "cash, signed by Sella Example")
    actions = list(AuditEntry.objects.filter(subject=submission.cause).values_list("action", flat=True))
    for action in ("received", "inspection finished", "payout 1 approved", "address given", "payout 1 settled"):
        assert actions.count(action) == 1


def test_the_page_of_a_deal_leads_to_the_door_where_the_actions_hide_in_a_menu(boss):
    deal, not_yet = agreed(), submitted()

    assert desk_of(deal, "door") in boss.get(desk_of(deal, "change")).content.decode()
    assert desk_of(not_yet, "door") not in boss.get(desk_of(not_yet, "change")).content.decode()


def test_P5_at_the_door_cash_waits_for_the_sellers_own_yes_or_a_name(boss):
    submission = settled_deal()
    press(boss, submission, "approve_cash", "door")

    assert press(boss, submission, "pay_cash", "door", **ADDRESS).status_code == 409
    seller = Actor("seller 1", "link")
    assert "Signed by" in words(boss.get(desk_of(submission, "door")))
    paying.confirm_cash(submission_id=submission.pk, amount=Decimal("100.00"), actor=seller, now=timezone.now())
    assert "Signed by" not in words(boss.get(desk_of(submission, "door")))
    assert press(boss, submission, "pay_cash", "door", **ADDRESS).status_code == 302
    assert Payout.objects.get().paid_to == "cash, confirmed on their own link"


def test_X11_money_buttons_pressed_twice_at_the_door_act_once_and_say_so_once(boss):
    submission = settled_deal()
    signed = {"signed_by": "Sella Example", **ADDRESS}

    for button, told in (("approve_cash", "€100 may be paid in cash."), ("pay_cash", "€100 is paid in cash.")):
        answers = [press(boss, submission, button, "door", **signed) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        assert words(boss.get(desk_of(submission, "door"))).count(told) == 1
    assert press(boss, submission, "approve_cash", "door").status_code == 409
    assert BuyInDocument.objects.count() == 1
    for action in ("payout 1 approved", "payout 1 settled", "address given"):
        assert AuditEntry.objects.filter(action=action).count() == 1


def test_X11_a_button_at_the_door_pays_only_what_was_seen(boss):
    submission = settled_deal()
    stranger = settled_deal(email="other@example.com").payouts.get()

    assert press(boss, submission, "approve_cash", "door", payout=stranger.pk).status_code == 404
    assert press(boss, submission, "approve_cash", "door", payout="x").status_code == 404
    assert set(Payout.objects.values_list("status", flat=True)) == {"due"}


def test_X11_at_the_door_a_second_cashier_is_told_who_paid(client):
    submission = settled_deal()
    payout = submission.payouts.get()
    paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=timezone.now())
    client.force_login(staff("offers.view_sellsubmission", "offers.settle_payout", name="Ann Example"))
    press(client, submission, "pay_cash", "door", signed_by="Sella Example", **ADDRESS)

    second = press(as_staff(client, "offers.settle_payout"), submission, "pay_cash", "door", signed_by="Sella")

    assert second.status_code == 409
    assert "Paid already, by Ann Example" in words(second)


def test_I3_pieces_received_twice_are_told_of_once(boss):
    submission = deal()

    for _ in range(2):
        press(boss, submission, "receive", "door", items=[item.pk for item in submission.items.all()])

    assert words(boss.get(desk_of(submission, "door"))).count("2 received.") == 1


def test_P5_who_may_only_settle_hands_over_cash_at_the_door_and_does_nothing_else_there(client):
    submission = settled_deal()
    payout = submission.payouts.get()
    paying.approve(payout_id=payout.pk, method="cash", actor=STAFF, now=timezone.now())
    cashier = as_staff(client, "offers.settle_payout")
    review = reverse("admin:offers_sellsubmission_change", args=[submission.pk])

    assert "At the door" in words(cashier.get(review))
    assert "The cash is handed over" in words(cashier.get(desk_of(submission, "door")))
    assert press(cashier, submission, "approve_cash", "door").status_code == 403
    assert press(cashier, submission, "pay_cash", "door", signed_by="Sella", **ADDRESS).status_code == 302
    assert Payout.objects.get().status == "settled"


def test_I7_I8_at_the_door_the_seller_answers_every_new_price_in_person(boss):
    submission = here()
    for item in submission.items.all():
        press(boss, submission, "requote", "door", **look(item, amount="20", reason="A hole", photo=picture()))
    press(boss, submission, "revision", "door")
    first, second = submission.items.all()
    said = {"number": 2, "total": "40.00", "note": "Said yes at the door"}

    half = press(boss, submission, "answer", "door", **said, **{f"answer-{first.pk}": "take"})
    assert (half.status_code, statuses(submission)) == (422, ["requoted", "requoted"])
    both = {f"answer-{first.pk}": "take", f"answer-{second.pk}": "give_back"}
    assert press(boss, submission, "answer", "door", **said, **both).status_code == 302

    offer = submission.offers.get(kind="revision")
    assert statuses(submission) == ["passed", "to_return"]
    assert (offer.answer_channel, offer.answer_note) == ("in_person", "Said yes at the door")


def test_S7_at_the_door_the_seller_says_yes_in_person_to_what_was_seen(boss):
    now = timezone.now()
    offer = offered(submitted(now=now), now=now)
    said = {"number": offer.number, "note": "Said yes at the door"}

    assert press(boss, offer.submission, "agree", "door", total="90", **said).status_code == 409
    assert press(boss, offer.submission, "agree", "door", total="100", **said).status_code == 302

    offer.refresh_from_db()
    assert (offer.status, offer.answer_channel) == ("accepted", "in_person")


def test_SEC_02_the_sellers_link_is_shown_to_whoever_may_give_links_out_alone(client):
    now = timezone.now()
    submission = offered(submitted(now=now), now=now).submission

    as_staff(client, "offers.receive_pieces")
    assert client.get(desk_of(submission, "door")).context["link_code"] == ""
    as_staff(client, "offers.receive_pieces", "offers.send_links")
    assert "<svg" in client.get(desk_of(submission, "door")).context["link_code"]


def test_the_sellers_link_is_shown_at_the_door_only_while_a_word_of_theirs_is_awaited(boss):
    submission = settled_deal()

    def is_shown() -> bool:
        return "On the seller’s own phone" in words(boss.get(desk_of(submission, "door")))

    assert not is_shown()
    press(boss, submission, "approve_cash", "door")
    assert is_shown()
    press(boss, submission, "pay_cash", "door", signed_by="Sella Example", **ADDRESS)
    assert not is_shown()


def test_the_page_at_the_door_names_its_submission_and_leads_back_to_it(boss):
    submission = here()

    link = f'<a class="text-link" href="{desk_of(submission, "change")}">{submission}</a>'
    assert link in boss.get(desk_of(submission, "door")).text
