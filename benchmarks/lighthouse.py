"""Lighthouse on the shop as `make run` starts it, with its demo: phone preset, median of three, against the targets.

Needs Node and Chromium. Lighthouse itself is installed once into var/lighthouse.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.utils import timezone
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "lighthouse"
COMMAND = FOLDER / "node_modules" / ".bin" / "lighthouse"
VERSION = "12.8.2"
CHROME = os.environ.get("CHROME_PATH", "/usr/bin/chromium")
CHROME_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
RUNS = int(os.environ.get("RUNS", 3))
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
MOST = {"largest-contentful-paint": 2000.0, "cumulative-layout-shift": 0.02, "total-blocking-time": 150.0}
SHORT = {"largest-contentful-paint": "LCP, s", "cumulative-layout-shift": "CLS", "total-blocking-time": "TBT, ms"}
SECONDS_TO_START = 300


@dataclass(frozen=True)
class Place:
    """A page to measure; `is_closed`: search engines are kept out on purpose, which is no fault of the page."""

    name: str
    path: str
    cookies: Mapping[str, str] = field(default_factory=dict)
    is_closed: bool = False


def main() -> int:
    """Measure every page and print the table; 1 when one misses a target."""
    if missing := what_is_missing():
        print(missing, file=sys.stderr)
        return 1
    with open_shop() as shop:
        figures = {place.name: measured(shop, place) for place in places(shop)}
    names = [*LEAST, *MOST]
    print("| page | " + " | ".join(SHORT.get(name, name) for name in names) + " |\n" + "|---" * (len(names) + 1) + "|")
    for page, found in figures.items():
        print(f"| {page} | " + " | ".join(shown(name, found[name]) for name in names) + " |")
    misses = [f"{page}: {name}" for page, found in figures.items() for name in names if is_missed(name, found[name])]
    print(
        f"\nLighthouse {VERSION}, phone preset, median of {RUNS}; load {os.getloadavg()[0]:.1f}. * misses its target."
    )
    return 1 if misses else 0


def is_missed(name: str, value: float) -> bool:
    """Whether a figure is not what it must be."""
    return value < LEAST[name] if name in LEAST else value > MOST[name]


def shown(name: str, value: float) -> str:
    """A figure as the table shows it."""
    text = {"largest-contentful-paint": f"{value / 1000:.1f}", "cumulative-layout-shift": f"{value:.3f}"}
    return text.get(name, f"{value:.0f}") + (" *" if is_missed(name, value) else "")


def what_is_missing() -> str:
    """Why nothing can be measured here; empty when it can."""
    if not shutil.which("npm"):
        return "Lighthouse needs Node: install nodejs and npm, then run this again."
    if not Path(CHROME).exists():
        return f"Lighthouse needs Chromium: none at {CHROME}. Install it, or set CHROME_PATH."
    if not COMMAND.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent", f"lighthouse@{VERSION}"]
        if subprocess.call(install, cwd=FOLDER, env=os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}):
            return "Lighthouse could not be installed: npm says why above."
    return ""


def free_port() -> int:
    """One that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def open_shop() -> Iterator[str]:
    """The address of a new demo shop, whose small pictures are made; this process is connected to its database."""
    port = str(free_port())
    with tempfile.TemporaryDirectory(prefix="unity-audit-") as folder:
        shop = f"http://127.0.0.1:{port}"
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": f"sqlite:///{folder}/shop.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "PRIVATE_ROOT": f"{folder}/private",
            "PORT": port,
            "SITE_URL": shop,
        }
        with open(f"{folder}/log", "wb") as log:
            server = subprocess.Popen([sys.executable, "tools/serve.py"], cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_until_open(shop, server, Path(folder, "log"))
            django.setup()
            _wait_for_the_worker()
            yield shop
        finally:
            server.terminate()
            server.wait(60)


def _wait_until_open(shop: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{shop}/healthz/", timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    sys.exit(f"The shop did not open:\n{log.read_text()}")


def _wait_for_the_worker() -> None:
    from django_tasks_db.models import DBTaskResult

    end = time.monotonic() + SECONDS_TO_START
    while DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists():
        if time.monotonic() > end:
            sys.exit("The worker did not finish its pictures in time.")
        time.sleep(0.5)


def places(shop: str) -> list[Place]:
    """The pages, with a basket of three pieces and a submission that waits for its seller."""
    from django.test import Client

    from inventory.models import Category, StockItem
    from offers import links
    from shop.services import carts
    from tests.factories.offers import offered, submitted

    now = timezone.now()
    lots = StockItem.objects.filter(on_shelf__gt=0, price__isnull=False, product__photos__isnull=False).distinct()
    visitor = carts.new_visitor()
    for lot in lots[:3]:
        carts.add(visitor=visitor, user=None, stock_item_id=lot.pk, quantity=1, now=now)
    jackets = Category.objects.get(slug="jackets")
    submission = offered(submitted(category=jackets, now=now), now=now).submission
    _wait_for_the_worker()
    seller = Client(headers={"host": shop.removeprefix("http://")})
    seller.get(links.address_of(submission).removeprefix(shop), follow=True)
    basket, session = {"basket": visitor}, {name: kept.value for name, kept in seller.cookies.items()}
    return [
        Place("home", "/"),
        Place("catalogue", "/shop/"),
        Place("product", lots[0].product.get_absolute_url()),
        Place("basket", "/basket/", basket, is_closed=True),
        Place("checkout", "/checkout/", basket, is_closed=True),
        Place("sell", "/sell/"),
        Place("status", submission.get_absolute_url(), session, is_closed=True),
    ]


def measured(shop: str, place: Place) -> dict[str, float]:
    """The median of each figure."""
    runs = [_run(shop, place) for _ in range(RUNS)]
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _run(shop: str, place: Place) -> dict[str, float]:
    """One run in a new browser: one whose jar holds the cookies, as pictures and scripts are asked for with them."""
    report, port = FOLDER / f"{place.name}.json", free_port()
    command = [str(COMMAND), shop + place.path, "--quiet", f"--port={port}"]
    command += ["--output=json", f"--output-path={report}"]
    if place.is_closed:
        command.append("--skip-audits=is-crawlable")
    with sync_playwright() as driver, tempfile.TemporaryDirectory(prefix="unity-browser-") as folder:
        browser = driver.chromium.launch_persistent_context(
            folder,
            executable_path=CHROME,
            args=[*CHROME_FLAGS, f"--remote-debugging-port={port}"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        browser.add_cookies([{"name": name, "value": value, "url": shop} for name, value in place.cookies.items()])
        # Now and then a browser keeps no trace of its page (NO_NAVSTART), and Lighthouse asks to be run again.
        for is_last in (False, True):
            if not subprocess.run(command, check=is_last).returncode:
                break
        browser.close()
    found = json.loads(report.read_text())
    figures = {name: round(100 * found["categories"][name]["score"]) for name in LEAST}
    for audit in found["audits"].values():
        if audit["scoreDisplayMode"] in {"binary", "metricSavings"} and (audit["score"] or 0) < 1:
            print(f"{place.name}: {audit['id']}: {audit['title']}", file=sys.stderr)
    return figures | {name: found["audits"][name]["numericValue"] for name in MOST}


if __name__ == "__main__":
    sys.exit(main())
