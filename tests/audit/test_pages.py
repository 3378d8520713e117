"""Every page in each of its states: no fault that axe knows, nothing wider than the screen, nothing in the console.

A picture of each is left in var/screens.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from tests.audit.scenes import AREAS, Scene
from tests.browser.conftest import PATIENCE, Person

pytestmark = [pytest.mark.audit, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_built_static")]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SCREENS = settings.BASE_DIR / "var" / "screens"
axe = Axe()


@dataclass(frozen=True)
class Screen:
    """How somebody looks at a page."""

    name: str
    width: int
    scheme: Literal["light", "dark"] = "light"
    text: str = "100%"


PHONE, DARK = Screen("390", 390), Screen("390-dark", 390, "dark")
DESK = Screen("1280", 1280)
# What 200 % makes of a window of 640 px with text twice as large, and the narrowest phone.
NARROW, LARGE = Screen("320", 320), Screen("640-large", 640, text="200%")


@contextmanager
def opened(browser: Browser, shop: str, scene: Scene, screen: Screen) -> Iterator[Person]:
    """The scene on this screen; whoever looks complains of nothing afterwards."""
    size: ViewportSize = {"width": screen.width, "height": 844}
    context = browser.new_context(
        viewport=size,
        color_scheme=screen.scheme,
        reduced_motion="reduce",
        base_url=shop,
    )
    context.set_default_timeout(PATIENCE)
    context.add_cookies(
        [{"name": name, "value": kept.value, "url": shop} for name, kept in scene.client.cookies.items()]
    )
    person = Person(context.new_page(), shop, width=screen.width, expected_status=scene.status)
    person.watch()
    person.page.goto(scene.path)
    if screen.text != "100%":
        person.page.evaluate(f"document.documentElement.style.fontSize = '{screen.text}'")
    if scene.act:
        scene.act(person.page)
    person.page.wait_for_load_state("networkidle")
    try:
        yield person
    finally:
        context.close()


def faults(page: Page) -> list[str]:
    """What axe finds: the rule, and where it is broken."""
    found: list[dict[str, Any]] = axe.run(page, options=RULES).response["violations"]
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


TOO_WIDE = """(width) => {
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = "[tabindex='0'], .chips, .rail, .visually-hidden";
  const wide = (one) => one.getBoundingClientRect().right > width + 1 && !one.closest(scrolls);
  const found = [...document.querySelectorAll("body *")].filter(wide).slice(-3);
  return ["too wide", ...found.map((one) => "too wide: " + one.outerHTML.slice(0, 120))];
}"""


def too_wide(page: Page, width: int) -> list[str]:
    """What reaches beyond the screen."""
    found: list[str] = page.evaluate(TOO_WIDE, width)
    return found


def walk(browser: Browser, shop: str, scenes: Iterator[Scene], screen: Screen, look: Callable[..., list[str]]) -> Any:
    """Everything that is wrong with these scenes, by scene; empty when nothing is."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    wrong = {}
    for scene in scenes:
        problems = []
        with opened(browser, shop, scene, screen) as person:
            name = f"{scene.name.replace(':', '').replace(' ', '-').replace(',', '')}-{screen.name}"
            problems = look(person.page) + too_wide(person.page, screen.width) + person.complaints
            person.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
        if problems:
            wrong[scene.name] = problems
    return wrong


@pytest.mark.parametrize("screen", [PHONE, DARK, DESK], ids=lambda screen: screen.name)
@pytest.mark.parametrize("area", AREAS)
def test_axe_finds_nothing(area: str, screen: Screen, browser: Browser, live_server: LiveServer):
    assert walk(browser, live_server.url, AREAS[area](), screen, faults) == {}


@pytest.mark.parametrize("screen", [NARROW, LARGE], ids=lambda screen: screen.name)
@pytest.mark.parametrize("area", AREAS)
def test_nothing_is_lost_on_a_narrow_screen_or_with_large_text(
    area: str, screen: Screen, browser: Browser, live_server: LiveServer
):
    assert walk(browser, live_server.url, AREAS[area](), screen, lambda page: []) == {}
