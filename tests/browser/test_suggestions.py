"""Suggestions below the search field, by the keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.factories.inventory import BrandFactory, shelved

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.mark.parametrize("person", [True], ids=["with JavaScript"], indirect=True)
def test_a_suggestion_is_chosen_with_the_arrow_keys_and_enter_searches_without_one(person: Person) -> None:
    shelved(title="Varsity jacket", brand=BrandFactory(name="Kestrel", slug="kestrel"))
    page = person.page
    page.goto("/")
    field = page.get_by_role("combobox", name="Search brand, piece or size")

    field.press_sequentially("kest")
    expect(page.get_by_role("option")).to_have_text(["Kestrel Brand", "Kestrel Varsity jacket Piece"])
    expect(field).to_have_attribute("aria-expanded", "true")
    person.fits("suggestions")
    field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text("Kestrel Brand")
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-0")
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.press("Enter")
    person.arrives_at("“kest”")

    field.fill("kestr")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    person.arrives_at("Kestrel")
    assert page.url.endswith("/brands/kestrel/")
