"""What the demo shop buys."""

import pytest
from django.core.management import call_command

from offers.models import BuyingRule, BuyingSettings, OfferRule
from tests.factories.inventory import CategoryFactory

pytestmark = pytest.mark.django_db


def test_the_demo_kinds_get_rules_once_and_what_staff_change_stays():
    trainers = CategoryFactory(slug="trainers", size_scale="shoes_uk")
    CategoryFactory(slug="a-kind-of-their-own")
    call_command("seed_buying")
    BuyingRule.objects.update(largest_size="10")

    CategoryFactory(slug="bags")
    call_command("seed_buying")

    assert list(BuyingRule.objects.values_list("category", "largest_size")) == [(trainers.pk, "10")]
    assert BuyingSettings.objects.count() == OfferRule.objects.count() == 1
