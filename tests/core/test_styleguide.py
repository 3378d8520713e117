"""The page of all components, and the choice of light or dark."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.factories.accounts import staff

pytestmark = pytest.mark.django_db
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def test_every_component_has_its_place_in_the_styleguide(client: Client) -> None:
    client.force_login(staff())

    page = client.get("/styleguide/")

    shown = {template.name for template in page.templates}
    components = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.glob("components/**/*.*")}
    assert components - shown == set()


def test_the_styleguide_is_for_staff(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 302


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_a_visitor_chooses_light_or_dark_and_comes_back_to_the_page(client: Client, chosen: str) -> None:
    page = "http://testserver/sell/?a=1"

    answer = client.post("/theme/", {"theme": chosen}, headers={"referer": page})

    assert answer.headers["Location"] == page
    assert f'data-theme="{chosen}"' in client.get("/sell/").content.decode()


def test_a_visitor_goes_by_the_device_again(client: Client) -> None:
    client.cookies["theme"] = "dark"

    client.post("/theme/", {"theme": ""})

    assert "data-theme" not in client.get("/sell/").content.decode()


@pytest.mark.parametrize("page", ["https://example.org/", "javascript:alert(1)", ""])
def test_the_choice_of_colours_leads_to_no_other_site(client: Client, page: str) -> None:
    assert client.post("/theme/", {"theme": "dark"}, headers={"referer": page}).headers["Location"] == "/"
