"""A person with a browser, who notices everything that goes wrong in it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

CHROME = os.environ.get("CHROME_PATH", "/usr/bin/chromium")
WIDTH = 390
# Only how long to wait before a page is given up: a busy machine is no fault of the page.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's browser; without one the tests are skipped, but not where they count."""
    if not Path(CHROME).exists():
        missing = f"no browser at {CHROME}: install chromium, or set CHROME_PATH"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
    return browser_type_launch_args | {"executable_path": CHROME, "args": options}


@pytest.fixture(scope="session")
def _built_static() -> None:
    call_command("build_static")


@dataclass
class Person:
    """Somebody with a phone, unless it says otherwise, and what their browser complained of."""

    page: Page
    shop: str
    width: int = WIDTH
    complaints: list[str] = field(default_factory=list)
    expected_status: int = 200

    def watch(self) -> None:
        """Note script errors, breaches of the content policy, foreign requests and answers that are errors."""
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self._stumble(str(error)))
        self.page.on("requestfailed", self._miss)
        self.page.on("response", self._look_at)

    def arrives_at(self, heading: str) -> None:
        """Wait for the page with this heading, which must fit on the screen."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        self.fits(heading)

    def fits(self, page: str) -> None:
        """The page must not be wider than the screen, once its style has come."""
        self.page.wait_for_load_state("load")
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, f"{page} is too wide"

    def _miss(self, request: Request) -> None:
        # Whoever goes on before the last picture has come breaks it off: nothing that the page did.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")

    def _stumble(self, error: str) -> None:
        # Whoever is quicker than the fade between two pages ends it: nothing a script of ours did.
        if not error.startswith("Transition was aborted"):
            self.complaints.append(error)

    def _listen(self, message: ConsoleMessage) -> None:
        is_expected = f"status of {self.expected_status}" in message.text
        if message.type == "error" and not is_expected:
            self.complaints.append(message.text)

    def _look_at(self, response: Response) -> None:
        if not response.url.startswith((self.shop, "data:", "blob:")):
            self.complaints.append(f"a foreign request: {response.url}")
        if response.status >= 400 and response.status != self.expected_status:
            self.complaints.append(f"{response.status} {response.url}")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def person(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, _built_static: None
) -> Iterator[Person]:
    """The same person twice: with scripts and without."""
    phone: ViewportSize = {"width": WIDTH, "height": 844}
    context = browser.new_context(viewport=phone, java_script_enabled=request.param, base_url=live_server.url)
    context.set_default_timeout(PATIENCE)
    person = Person(context.new_page(), live_server.url)
    person.watch()
    yield person
    context.close()
    assert person.complaints == []
