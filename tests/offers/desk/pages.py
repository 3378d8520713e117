"""Deals at the desk, its addresses and its buttons."""

from django.urls import reverse
from django.utils import timezone

from offers.services import banking, paying
from tests.factories.accounts import staff
from tests.factories.offers import IBAN, STAFF, agreed, offered, paid, received, settling, submitted

OTHER_IBAN = "DE89370400440532013000"


ADDRESS = {"street": "1 Example Street", "town": "Dublin", "postcode": "D08 X285", "country": "IE"}


def as_staff(client, *permissions):
    looking = ("offers.view_payout", "offers.view_sellsubmission", "offers.view_sellitem")
    client.force_login(staff(*looking, *permissions))
    return client


def settled_deal(**contact):
    """A deal of today whose payout is due."""
    now = timezone.now()
    return settling(received(agreed(offered(submitted(now=now, **contact), now=now), now=now), now=now), now=now)


def with_account(submission, *, holder="Sella Example", iban=IBAN):
    now = timezone.now()
    banking.save_account(
        submission_id=submission.pk, holder_name=holder, iban=iban, code=None, actor=STAFF, now=now
    )  # fmt: skip
    return submission.payouts.order_by("-attempt")[0]


def approved(method="bank_transfer", **contact):
    payout = with_account(settled_deal(**contact))
    now = timezone.now()
    return paying.approve(payout_id=payout.pk, method=method, actor=STAFF, now=now, may_overrule_name=True)


def step_of(payout, name):
    return reverse(f"admin:offers_payout_{name}", args=[payout.pk])


def deal(**contact):
    now = timezone.now()
    return agreed(offered(submitted(now=now, **contact), now=now), now=now)


def here(**contact):
    return received(deal(**contact), now=timezone.now())


def desk_of(submission, page="desk"):
    return reverse(f"admin:offers_sellsubmission_{page}", args=[submission.pk])


def press(client, submission, button, page="desk", **answers):
    address = reverse("admin:offers_sellsubmission_press", args=[submission.pk, button])
    if payout := submission.payouts.last():
        answers = {"payout": payout.pk} | answers
    return client.post(address, {"page": page} | answers)


def look(item, **changes):
    return {"piece": item.pk, "grade": "mint", "is_authentic": "on"} | changes


def statuses(submission):
    return list(submission.items.values_list("status", flat=True))


TO_STOCK = reverse("admin:offers_sellitem_to_stock")


def shelf_of(item):
    return reverse("admin:offers_sellitem_stock", args=[item.pk])


def listed(**changes):
    known = {"title": "Varsity jacket", "price": "149.50", "size": "L", "condition": "mint", "shelf_place": "B4"}
    return known | changes


def bought():
    return paid(settled_deal())
