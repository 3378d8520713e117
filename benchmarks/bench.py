"""How quick the shop's pages are at 2,000 and at 50,000 products, over HTTP against real processes: `make bench`.

Aims: at most 8 SQL queries a page whatever the catalogue's size, and a p95 at 50,000 products within 1.5 times that
at 2,000. A "*" marks what misses one. Every list fills its page at either size, and "few hits" finds as few, so that
pages of the same length are compared. QUICK=1 makes a small run, `--only search` asks only for the rows
whose names begin so.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice, product
from statistics import quantiles
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from benchmarks import catalogue  # noqa: E402
from benchmarks.database import scratch  # noqa: E402
from benchmarks.queries import Queries, queries_of_pages  # noqa: E402
from benchmarks.run import conditions, on_both_databases  # noqa: E402
from benchmarks.server import Server, serving  # noqa: E402
from benchmarks.shopper import Answer, Shopper  # noqa: E402
from inventory.models import StockItem  # noqa: E402
from inventory.queries import ledger  # noqa: E402
from shop.models import DeliveryKind, DeliveryMethod, PaymentMethod  # noqa: E402

IS_QUICK = os.environ.get("QUICK", "") not in ("", "0")
SIZES = (200, 2_000) if IS_QUICK else (2_000, 50_000)
REQUESTS = 40 if IS_QUICK else 240
ORDERS = 10 if IS_QUICK else 80
CLIENTS, WARM_UP, ROUNDS = 4, 16, 3
MAX_QUERIES, MAX_RATIO = 8, 1.5
# Any token will do that is the same in the cookie and in the form: a script has no browser to protect.
TOKEN = "0123456789abcdefghijklmnopqrstuv"

FILTERED = (
    "/shop/hoodies/?size=M",
    "/shop/?condition=mint&condition=like_new&min=20&max=80",
    "/shop/clothing/?size=L&condition=new_tagged&stock=1",
    "/shop/?brand=brand-7&brand=brand-8&sort=price",
    "/shop/?category=jackets&category=trainers&min=100&sort=-price",
)
SEARCHED = ("hoodie", "black jacket", "washed denim trouser", "brand 7 works", "navy wool l")

Call = Callable[[], Answer]


@dataclass(frozen=True)
class Times:
    """How a page held up: requests per second, and seconds for one of them."""

    rate: float
    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.rate:>7.1f} {self.p50 * 1000:>7.0f} {self.p95 * 1000:>7.0f}"


def main() -> int:
    """Measure on the databases asked for; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", action="store_true", help="beside the database of DATABASE_URL only")
    parser.add_argument("--only", default="", help="the rows whose names begin so")
    asked = parser.parse_args()
    if not asked.here:
        return on_both_databases("benchmarks.bench", ["--only", asked.only])
    print(f"\nmake bench{' QUICK=1' if IS_QUICK else ''}: {conditions()}")
    print(f"{CLIENTS} clients asking without a pause, {REQUESTS} requests a row, best of {ROUNDS} rounds")
    small, large = (measure(products, asked.only) for products in SIZES)
    print(f"\n{'':<24}{SIZES[0]:>14,} products{SIZES[1]:>16,} products   p95")
    print(f"{'':<24}  req/s  p50 ms  p95 ms    req/s  p50 ms  p95 ms  ratio")
    for name, (before, after) in {name: (small[name], large[name]) for name in small}.items():
        ratio = after.p95 / before.p95
        print(f"{name:<24}{before}  {after}  {ratio:>5.2f}{'*' if ratio > MAX_RATIO else ''}")
    return 0


def measure(products: int, only: str) -> dict[str, Times]:
    """Fill a scratch database, ask for the pages whose row begins so, and throw it away."""
    with scratch():
        begun = perf_counter()
        catalogue.fill(products=products, now=timezone.now())
        if found := ledger.stock_findings():
            sys.exit(f"The made shop does not add up: {found[0]}")
        method = DeliveryMethod.objects.create(
            kind=DeliveryKind.COLLECTION, name="Collect", payment_methods=[PaymentMethod.ON_COLLECTION]
        )
        print(f"\n{products:,} products made in {perf_counter() - begun:.0f} s")
        items = list(StockItem.objects.filter(on_shelf__gt=0, product__is_published=True).select_related("product"))
        with serving() as server:
            times = {name: clock(calls) for name, calls in pages(server, items).items() if name.startswith(only)}
            if "place order".startswith(only):
                times["place order"] = clock(orders(server, items[-ORDERS:], method), warm_up=0)
        print(f"SQL queries, as a rule (at most): {spoken(queries_of_pages(items, FILTERED, SEARCHED))}", flush=True)
        return times


def pages(server: Server, items: Sequence[StockItem]) -> dict[str, list[Call]]:
    """What shoppers ask for, row by row. Answers that a process remembers for a while are asked for anew as well."""

    def asking(paths: Sequence[str]) -> list[Call]:
        return [lambda path=path: Shopper(server.port).get(path) for path in islice(cycle(paths), REQUESTS)]  # type: ignore[misc]

    def suggesting(number: int, begun: str) -> Call:
        # Who asks at such a pace is told to wait: these are many people.
        shopper = Shopper(server.port, f"127.0.{number % 200}.2")
        return lambda: shopper.get(f"/search/suggest/?q={begun}")

    def adding(item: StockItem) -> Call:
        shopper = Shopper(server.port)
        shopper.cookies["csrftoken"] = TOKEN
        return lambda: shopper.post("/basket/add/", {"csrfmiddlewaretoken": TOKEN, "item": str(item.pk)})

    words = list(product(catalogue.STYLES, catalogue.FABRICS, catalogue.COLOURS))
    made_of = islice(cycle(catalogue.MADE_OF), REQUESTS)
    step = max(1, len(items) // REQUESTS)
    return {
        "home": asking(["/"]),
        "list": asking(["/shop/"]),
        "list, page 5": asking(["/shop/?page=5"]),
        "list, filtered": asking(FILTERED),
        "list, filtered anew": asking([f"/shop/?size=M&min=20&max={n + 120}" for n in range(REQUESTS)]),
        "list, by price anew": asking([f"/shop/?sort=price&min=20&max={n + 120}" for n in range(REQUESTS)]),
        "search": asking([f"/search/?q={each.replace(' ', '+')}" for each in SEARCHED]),
        "search anew": asking([f"/search/?q={style}&max={n + 200}" for n, (style, *_) in enumerate(words[:REQUESTS])]),
        "search, misspelt": asking(
            [f"/search/?q={misspelt(style)}&max={n + 200}" for n, (style, *_) in enumerate(words[:REQUESTS])]
        ),
        # Two of its words find ever more pieces in a larger shop, the third always the same few; no price is left out.
        "search, few hits": asking(
            [f"/search/?q={'+'.join(each)}+{catalogue.RARE}&max={n + 260}" for n, each in enumerate(made_of)]
        ),
        "suggestions": [suggesting(n, "+".join(words[n % len(words)])[: 2 + n % 9]) for n in range(REQUESTS)],
        "piece": asking([item.product.get_absolute_url() for item in items[::step]]),
        "add to basket": [adding(item) for item in islice(cycle(items[::step]), REQUESTS)],
    }


def misspelt(word: str) -> str:
    """The word with its third and fourth letter the other way round."""
    return word[:2] + word[2:4][::-1] + word[4:]


def orders(server: Server, items: Sequence[StockItem], method: DeliveryMethod) -> list[Call]:
    """Shoppers who have gone through the checkout and have one press left."""

    def ready(item: StockItem) -> Call:
        shopper = Shopper(server.port)
        email = f"buyer-{item.pk}@example.com"
        url = item.product.get_absolute_url()
        form = shopper.go_to_the_till(product=url, item=item.pk, method=method.pk, email=email)
        return lambda: shopper.place_order(form)

    return [ready(item) for item in items]


def clock(calls: Sequence[Call], warm_up: int = WARM_UP) -> Times:
    """Ask, as many at a time as there are clients; the best of some rounds, for other work on the machine only adds."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(_ask, calls[:warm_up]))
        rounds = [_round(pool, calls[warm_up:][number::ROUNDS]) for number in range(ROUNDS)]
    return min(rounds, key=lambda times: times.p95)


def _round(pool: ThreadPoolExecutor, calls: Sequence[Call]) -> Times:
    begun = perf_counter()
    seconds = list(pool.map(_ask, calls))
    took = perf_counter() - begun
    marks = quantiles(seconds, n=20, method="inclusive")
    return Times(len(seconds) / took, marks[9], marks[18])


def _ask(call: Call) -> float:
    answer = call()
    if answer.status not in (200, 302):
        raise RuntimeError(f"{answer.status}: {answer.page[:2000]}")
    return answer.seconds


def spoken(queries: dict[str, Queries]) -> str:
    """The pages with their numbers of SQL queries, the ones above the aim marked."""
    return ", ".join(f"{page} {each}{'*' if each.usual > MAX_QUERIES else ''}" for page, each in queries.items())


if __name__ == "__main__":
    sys.exit(main())
