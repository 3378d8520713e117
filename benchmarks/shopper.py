"""A shopper without a browser: cookies, forms, and a clock at each request."""

import http.client
import time
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

PATIENCE = 120  # seconds for one answer


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    location: str
    page: str
    seconds: float

    @property
    def is_order(self) -> bool:
        """Whether it leads to an order's page."""
        return self.status in (302, 303) and self.location.startswith("/orders/")


class Shopper:
    """One person with cookies of their own."""

    def __init__(self, port: int, source: str = "") -> None:
        # `source` is another address of this machine to ask from: 127.0.7.2.
        self.port, self.source = port, (source, 0) if source else None
        self.cookies: SimpleCookie = SimpleCookie()

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path)

    def post(self, path: str, answers: dict[str, str]) -> Answer:
        """Send a form; the answer is not followed."""
        return self._ask("POST", path, urlencode(answers))

    def filled(self, path: str, action: str = "", **answers: object) -> dict[str, str]:
        """A page's form with what it holds already and these answers; `action` is its address, the page's if empty."""
        answer = self.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {answer.location}")
        return form_of(answer.page, action or path) | {name: str(value) for name, value in answers.items()}

    def go_to_the_till(self, *, product: str, item: int, method: int, email: str) -> dict[str, str]:
        """Put one copy into the basket, answer the checkout's questions; the form of “place order”, ready to send."""
        self.post("/basket/add/", self.filled(product, "/basket/add/", item=item))
        self.post("/checkout/", self.filled("/checkout/", email=email, name="Buya Example"))
        delivery = self.filled("/checkout/delivery/", delivery=method, payment="on_collection")
        self.post("/checkout/delivery/", delivery)
        return self.filled("/checkout/review/")

    def place_order(self, form: dict[str, str]) -> Answer:
        """Press “place order”."""
        return self.post("/checkout/review/", form)

    def _ask(self, method: str, path: str, body: str = "") -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        call = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE, source_address=self.source)
        try:
            call.request(method, path, body, headers)
            response = call.getresponse()
            page = response.read().decode()
        finally:
            call.close()
        seconds = time.perf_counter() - begun
        for cookie in response.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        return Answer(response.status, response.headers.get("Location", ""), page, seconds)


def form_of(page: str, action: str) -> dict[str, str]:
    """What the page's form for this address would send as it stands (KeyError)."""
    forms = _Forms()
    forms.feed(page)
    return forms.found[action]


class _Forms(HTMLParser):
    """The forms of a page by address, with the values they would send; of two with one address, the first."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self.form: dict[str, str] | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = {}
            self.found.setdefault(given.get("action", ""), self.form)
        elif self.form is None:
            return
        elif tag == "input" and given.get("name"):
            if given.get("type") not in ("radio", "checkbox") or "checked" in given:
                self.form[given["name"]] = given.get("value", "")
        elif tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.select and (self.select not in self.form or "selected" in given):
            self.form[self.select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
