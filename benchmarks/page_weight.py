"""What a page weighs on a phone as it comes, pictures included, and whether it jumps while it does: the demo shop.

Counted is what travels until the page is at rest, compressed; pictures further down have not been asked for by then.
"""

import sys

from playwright.sync_api import Browser, Response, ViewportSize, sync_playwright

from benchmarks.lighthouse import CHROME, open_shop

PHONE = ViewportSize(width=390, height=844)
MOST = {"home": 250, "catalogue": 250, "product": 300}  # KB
NOTE_JUMPS = """
window.jumps = 0;
new PerformanceObserver((seen) => { for (const jump of seen.getEntries()) window.jumps += jump.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


def main() -> int:
    """Weigh each page at both densities and print the table; 1 when one is too heavy or jumps."""
    is_fine = True
    print("| page | pixels a point | KB in all | of pictures | layout shift |\n|---|---|---|---|---|")
    with open_shop() as shop, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROME, args=["--no-sandbox", "--disable-gpu"])
        product = _first_piece(browser, shop)
        for name, path in (("home", "/"), ("catalogue", "/shop/"), ("product", product)):
            for density in (2, 3):
                total, pictures, jumps = weighed(browser, shop + path, density)
                is_fine &= total <= MOST[name] and jumps == 0
                print(f"| {name} | {density} | {total:.0f} | {pictures:.0f} | {jumps:.3f} |")
        browser.close()
    return 0 if is_fine else 1


def weighed(browser: Browser, address: str, density: int) -> tuple[float, float, float]:
    """KB in all and of pictures that travel to a phone that was never here, and by how much the page jumped."""
    phone = browser.new_context(viewport=PHONE, device_scale_factor=density, is_mobile=True, has_touch=True)
    page = phone.new_page()
    page.add_init_script(NOTE_JUMPS)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    sizes = [(answer, answer.request.sizes()) for answer in answers]
    weights = [(answer, size["responseBodySize"] + size["responseHeadersSize"]) for answer, size in sizes]
    pictures = sum(weight for answer, weight in weights if answer.request.resource_type == "image")
    jumps = page.evaluate("window.jumps")
    phone.close()
    return sum(weight for _, weight in weights) / 1024, pictures / 1024, jumps


def _first_piece(browser: Browser, shop: str) -> str:
    page = browser.new_page()
    page.goto(f"{shop}/shop/")
    path = page.locator(".card__name a").first.get_attribute("href")
    page.close()
    return path or ""


if __name__ == "__main__":
    sys.exit(main())
