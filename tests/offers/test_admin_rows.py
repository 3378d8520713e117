"""What of buying in staff may look at in the admin, and what nobody can do there."""

from contextlib import contextmanager

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models.signals import pre_save
from django.urls import reverse

from offers import models
from offers.services import staffing
from tests.factories.accounts import UserFactory, owner, staff
from tests.factories.inventory import BrandFactory, CategoryFactory
from tests.factories.offers import decided, draft, offered, submitted

pytestmark = pytest.mark.django_db

ROWS = [
    models.Inspection,
    models.InternalNote,
    models.PayoutAccount,
    models.Seller,
    models.SellerMessage,
    models.SellItem,
    models.SellOffer,
    models.SellPhoto,
    models.SellSubmission,
]
MADE_BY_AN_OFFER = [
    models.Seller,
    models.SellerMessage,
    models.SellItem,
    models.SellOffer,
    models.SellPhoto,
    models.SellSubmission,
]
SETTINGS = [models.BuyingRule, models.BuyingSettings, models.OfferRule]


@pytest.fixture
def boss(client):
    client.force_login(owner())
    return client


def address(model, name="changelist", *args):
    return reverse(f"admin:offers_{model._meta.model_name}_{name}", args=args)


def in_group(name):
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=name))
    return user


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_every_list_opens(boss, model):
    offered()

    assert boss.get(address(model)).status_code == 200


@pytest.mark.parametrize("model", SETTINGS, ids=lambda model: model.__name__)
def test_every_setting_opens(boss, model):
    assert boss.get(address(model), follow=True).status_code == 200


@pytest.mark.parametrize("model", MADE_BY_AN_OFFER, ids=lambda model: f"SEC_21_{model.__name__}")
def test_SEC_21_nobody_deletes_what_was_sent_not_even_the_owner(boss, model):
    offer = offered()
    row = model.objects.get(pk=offer.pk) if model is models.SellOffer else model.objects.all()[0]

    assert boss.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()
    assert "delete_selected" not in admin.site.get_model_admin(model).get_actions(_request_of(boss))


def _request_of(client):
    return client.get("/admin/").wsgi_request


def test_drafts_are_shown_in_no_list(boss):
    new = draft()
    piece = new.items.all()[0]

    for model, words in (
        (models.SellSubmission, new.reference),
        (models.SellItem, "Varsity jacket"),
        (models.Seller, "Sella Example"),
    ):
        assert words not in boss.get(address(model)).text
    assert boss.get(address(models.SellItem, "change", piece.pk)).status_code == 302
    assert not boss.get(address(models.SellPhoto)).context["cl"].result_list


def test_SEC_11_an_account_shows_country_and_last_four_only(boss):
    submitted()
    seller = models.Seller.objects.get()
    account = models.PayoutAccount.objects.create(
        seller=seller,
        holder_name="Sella Example",
        encrypted_iban="gAAAA-secret",
        country="IE",
        last_four="5678",
        changed_at="2026-03-02T12:00Z",
    )

    page = boss.get(address(models.PayoutAccount, "change", account.pk)).text

    assert "IE … 5678" in page
    assert "gAAAA-secret" not in page


def test_a_message_is_shown_without_the_link_that_lets_in(boss):
    submission = submitted()
    message = submission.messages.get()
    assert "/sell/link/" in message.text

    page = boss.get(address(models.SellerMessage, "change", message.pk)).text

    assert "/sell/link/" not in page
    assert "[link]" in page


def test_a_rule_of_buying_is_typed_with_commas_and_its_sizes_are_of_the_scale(boss):
    category, brand = CategoryFactory(), BrandFactory()
    rule = {"category": category.pk, "is_bought": "on", "photo_slots": "Front, Back", "checklist": "Zip"}

    wrong = boss.post(address(models.BuyingRule, "add"), rule | {"smallest_size": "L", "largest_size": "S"})
    assert "The largest size is smaller than the smallest." in wrong.text
    both = boss.post(
        address(models.BuyingRule, "add"), rule | {"only_brands": [brand.pk], "refused_brands": [brand.pk]}
    )
    assert "A brand cannot be both bought and refused." in both.text
    unasked = boss.post(address(models.BuyingRule, "add"), rule | {"required_slots": "Back, Sole"})
    assert "We do not ask for this: Sole." in unasked.text
    sizes = {"smallest_size": "S", "largest_size": "L"}
    boss.post(address(models.BuyingRule, "add"), rule | sizes | {"required_slots": "Back"})

    made = models.BuyingRule.objects.get()
    assert (made.photo_slots, made.required_slots) == (["Front", "Back"], ["Back"])


def test_no_more_photos_are_needed_of_a_piece_than_we_take(boss):
    slots = ["Front", "Sole"]
    rule = models.BuyingRule.objects.create(category=CategoryFactory(), photo_slots=slots, required_slots=slots)
    models.BuyingSettings(max_photos_a_piece=1).save()
    typed = {"category": rule.category_id, "photo_slots": "Front, Sole", "required_slots": "Front, Sole"}

    many = boss.post(address(models.BuyingRule, "change", rule.pk), typed)
    few = boss.post(address(models.BuyingSettings, "change", 1), {"max_photos_a_piece": 1})

    assert "Of a piece we take 1 at most." in many.text
    assert "Of some pieces we need 2." in few.text


def test_there_is_one_bargaining_rule_for_all_other_categories(boss):
    rule = {
        "is_enabled": "on",
        "minimum": "5",
        "maximum": "500",
        "floor_percent": "50",
        "offers_a_piece": "3",
        "cooldown_minutes": "5",
        "validity_hours": "48",
        "pay_hours": "24",
    }
    boss.post(address(models.OfferRule, "add"), rule)

    again = boss.post(address(models.OfferRule, "add"), rule)

    assert "There is a rule for all other categories already." in again.text
    assert models.OfferRule.objects.count() == 1


@pytest.mark.parametrize(
    ("group", "may", "may_not"),
    [
        ("Buyer", "make_offer", "approve_payout"),
        ("Receiver", "inspect_pieces", "make_offer"),
        ("Cashier", "send_payout", "inspect_pieces"),
        ("Owner", "exceed_limit", "delete_sellsubmission"),
    ],
)
def test_SEC_20_each_group_has_its_verbs(group, may, may_not):
    user = in_group(group)

    assert user.has_perm(f"offers.{may}")
    assert not user.has_perm(f"offers.{may_not}")
    assert user.has_perm("offers.view_sellsubmission")


def test_keeping_the_groups_again_adds_what_is_missing_and_leaves_what_was_added():
    buyer = Group.objects.get(name="Buyer")
    added = staff("offers.receive_pieces").user_permissions.get()
    buyer.permissions.add(added)
    buyer.permissions.remove(*buyer.permissions.filter(codename="make_offer"))

    staffing.keep_groups()
    staffing.keep_groups()

    codenames = set(buyer.permissions.values_list("codename", flat=True))
    assert {"make_offer", "receive_pieces"} <= codenames
    assert Group.objects.count() == 4


def test_the_sidebar_has_a_group_for_buying(client):
    client.force_login(staff("offers.view_sellsubmission"))

    assert "/admin/offers/sellsubmission/" in client.get("/admin/").text


def test_a_saved_decision_is_no_longer_typed_in_the_rows(boss):
    submission = decided(submitted())

    page = boss.get(address(models.SellItem, "change", submission.items.all()[0].pk)).text

    assert 'name="status"' not in page
    assert 'name="decision"' not in page


def test_a_change_of_the_settings_does_not_turn_the_number_of_documents_back(boss):
    models.BuyingSettings().save()
    page = boss.get(address(models.BuyingSettings), follow=True)
    typed = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}

    def a_document_is_issued(**kwargs):
        # Between reading the row and writing it.
        models.BuyingSettings.objects.update(next_document_number=8)

    with receiving(pre_save, a_document_is_issued):
        answer = boss.post(page.request["PATH_INFO"], typed | {"reply_promise": "Soon."})

    assert answer.status_code == 302
    row = models.BuyingSettings.fresh()
    assert (row.reply_promise, row.next_document_number) == ("Soon.", 8)


@contextmanager
def receiving(signal, receiver):
    signal.connect(receiver, sender=models.BuyingSettings)
    yield
    signal.disconnect(receiver, sender=models.BuyingSettings)


@pytest.mark.parametrize("pk", ["abc", "_00", "1/../2"])
@pytest.mark.parametrize(
    ("model", "view"),
    [
        (models.Payout, "change"),
        (models.SellItem, "change"),
        (models.SellSubmission, "change"),
        (models.BuyInDocument, "print"),
    ],
)
def test_SEC_28_an_address_that_names_no_row_is_no_server_error(boss, model, view, pk):
    assert boss.get(address(model, view, pk)).status_code in {302, 404}
