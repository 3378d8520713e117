"""The people of a journey: the seller's and the shopper's phone, the staff's desk, and the worker between them."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import PATIENCE, WIDTH, Person, _built_static, browser_type_launch_args

__all__ = ["_built_static", "browser_type_launch_args"]

DESK = 1280


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def has_scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the phones run scripts; the desk always does."""
    answer: bool = request.param
    return answer


@pytest.fixture
def arrive(browser: Browser, live_server: LiveServer, _built_static: None) -> Iterator[Callable[..., Person]]:
    """Somebody new with a browser of their own; in the end none of them has complained."""
    people: list[Person] = []

    def arrive(*, has_scripts: bool, width: int = WIDTH) -> Person:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=has_scripts, base_url=live_server.url
        )
        context.set_default_timeout(PATIENCE)
        person = Person(context.new_page(), live_server.url, width=width)
        person.watch()
        people.append(person)
        return person

    yield arrive
    for person in people:
        # A picture still under way would keep a connection to the database, which then cannot be deleted.
        person.page.wait_for_load_state("networkidle")
        person.page.context.close()
    assert [person.complaints for person in people] == [[]] * len(people)
