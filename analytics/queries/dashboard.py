"""What the page of figures shows. Events are never read here: a constant number of queries, however many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, Max, Min, Sum

from analytics.models import (
    BotHits,
    DailyFigure,
    DailyFunnel,
    DailyProduct,
    DailySearch,
    EventBatch,
    EventType,
    RollupState,
)
from analytics.queries import checking
from analytics.rules import days
from core.money import CENT, format_eur
from inventory.models import Product, StockItem
from offers.models import SellItem, SellSubmission
from shop.models import OrderLine

ROWS = 10
LEAST_DAYS_ON_SHELF = 30
HELP = {
    "visitors": "Summed over the days: nobody is followed from one to the next.",
    "orders": "On the day they were placed; cancelled ones do not count.",
    "conversion": "Visitors of a day who ordered, to visitors of a day.",
    "baskets": "Baskets begun in these days that became no order.",
}


@dataclass(frozen=True)
class Period:
    """From the first local day to the last, both included, and the period of the same length before it."""

    first: date
    last: date

    @property
    def before(self) -> "Period":
        length = self.last - self.first + timedelta(days=1)
        return Period(self.first - length, self.last - length)

    @property
    def days(self) -> list[date]:
        return list(days.days_between(self.first, self.last))


@dataclass(frozen=True)
class Number:
    """One figure with what it was in the period before, both ready to read."""

    label: str
    value: str
    before: str
    change: str
    help_text: str = ""


@dataclass(frozen=True)
class Line:
    """One figure over the days: points for a drawing 100 wide and 30 high, and the rows of its table."""

    label: str
    points: str
    highest: str
    rows: Sequence[tuple[date, str]]


@dataclass(frozen=True)
class Table:
    """Rows under headings; `name` is what its CSV is called."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]
    note: str = ""


@dataclass(frozen=True)
class Dashboard:
    """Everything on the page."""

    period: Period
    numbers: Sequence[Number]
    lines: Sequence[Line]
    tables: Sequence[Table]
    is_matching: bool
    health: Sequence[tuple[str, str]] = field(default_factory=tuple)


def dashboard(period: Period, *, now: datetime) -> Dashboard:
    """The page for a period."""
    by_day, funnels = _figures(period), _funnels(period)
    earlier, earlier_funnels = _figures(period.before), _funnels(period.before)
    return Dashboard(
        period=period,
        numbers=_numbers(_totals(by_day, funnels), _totals(earlier, earlier_funnels)),
        lines=_lines(period, by_day, funnels),
        tables=[
            _funnel_table(funnels),
            _best_products(period),
            _never_carted(period),
            _slowest_products(now),
            _searches(period),
            _demand_by_brand(period),
            _demand_by_size(period),
            _buying_in(period),
        ],
        is_matching=checking.money_matches(period.first, period.last),
        health=_health(now),
    )


Figures = dict[date, dict[str, DailyFigure]]


def _figures(period: Period) -> Figures:
    found: Figures = {}
    for row in DailyFigure.objects.filter(day__range=(period.first, period.last)):
        found.setdefault(row.day, {})[row.event_type] = row
    return found


def _funnels(period: Period) -> dict[date, DailyFunnel]:
    return {row.day: row for row in DailyFunnel.objects.filter(day__range=(period.first, period.last))}


@dataclass(frozen=True)
class _Totals:
    visitors: int
    orders: int
    cents: int
    buyers: int
    carted: int
    baskets: int
    baskets_ordered: int

    @property
    def conversion(self) -> float | None:
        """Visitor-days with an order to daily visitors: the ratio of the sums, never the mean of daily ratios."""
        return self.buyers / self.visitors if self.visitors else None

    @property
    def abandonment(self) -> float | None:
        return 1 - self.baskets_ordered / self.baskets if self.baskets else None


def _totals(by_day: Figures, funnels: dict[date, DailyFunnel]) -> _Totals:
    sales = [row for of_day in by_day.values() for kind, row in of_day.items() if kind == EventType.PURCHASE]
    return _Totals(
        visitors=sum(row.visitors for row in funnels.values()),
        orders=sum(row.events for row in sales),
        cents=sum(row.value_cents for row in sales),
        buyers=sum(row.ordered for row in funnels.values()),
        carted=sum(row.carted for row in funnels.values()),
        baskets=sum(row.baskets for row in funnels.values()),
        baskets_ordered=sum(row.baskets_ordered for row in funnels.values()),
    )


def _numbers(now: _Totals, before: _Totals) -> list[Number]:
    def number(label: str, value: Any, earlier: Any, words: Any = str, help_text: str = "") -> Number:
        change = "" if not earlier or value is None else f"{(value - earlier) / earlier:+.0%}"
        shown, shown_before = ("–" if each is None else words(each) for each in (value, earlier))
        return Number(label, shown, shown_before, change, help_text)

    def average(of: _Totals) -> int | None:
        return of.cents // of.orders if of.orders else None

    return [
        number("Daily visitors", now.visitors, before.visitors, _thousands, HELP["visitors"]),
        number("Orders paid", now.orders, before.orders, _thousands, HELP["orders"]),
        number("Revenue", now.cents, before.cents, _euro),
        number("Average order", average(now), average(before), _euro),
        number("Conversion", now.conversion, before.conversion, _percent, HELP["conversion"]),
        number("Baskets left", now.abandonment, before.abandonment, _percent, HELP["baskets"]),
    ]


def _lines(period: Period, by_day: Figures, funnels: dict[date, DailyFunnel]) -> list[Line]:
    def sale(day: date) -> DailyFigure | None:
        return by_day.get(day, {}).get(EventType.PURCHASE)

    def visitors(day: date) -> int:
        return funnels[day].visitors if day in funnels else 0

    def conversion(day: date) -> float:
        return funnels[day].ordered / funnels[day].visitors if visitors(day) else 0.0

    wanted: list[tuple[str, Any, Any]] = [
        ("Daily visitors", visitors, _thousands),
        ("Orders paid", lambda day: row.events if (row := sale(day)) else 0, _thousands),
        ("Revenue", lambda day: row.value_cents if (row := sale(day)) else 0, _euro),
        ("Conversion", conversion, _percent),
    ]
    return [_line(label, [(day, value(day)) for day in period.days], words) for label, value, words in wanted]


def _line(label: str, values: Sequence[tuple[date, float]], words: Any) -> Line:
    highest = max((value for _, value in values), default=0)
    step = 100 / max(len(values) - 1, 1)
    points = " ".join(
        f"{number * step:.2f},{30 - (28 * value / highest if highest else 0):.2f}"
        for number, (_, value) in enumerate(values)
    )
    return Line(label, points, words(highest), [(day, words(value)) for day, value in values])


def _funnel_table(funnels: dict[date, DailyFunnel]) -> Table:
    steps = [
        ("Visited", "visitors"),
        ("Looked at a piece", "viewed"),
        ("Put one in the basket", "carted"),
        ("Began the checkout", "checkout"),
        ("Ordered", "ordered"),
        ("Began a submission", "sell_started"),
        ("Sent a submission", "sell_submitted"),
        ("Saw an offer of ours", "offer_viewed"),
        ("Answered it", "offer_answered"),
    ]
    sums = {name: sum(getattr(row, name) for row in funnels.values()) for _, name in steps}
    rows = [(words, _thousands(sums[name]), _share(sums[name], sums["visitors"])) for words, name in steps]
    return Table("funnel", "How far visitors come", ("Step", "Visitors of a day", "Of all"), rows)


def _best_products(period: Period) -> Table:
    rows = list(
        DailyProduct.objects.filter(day__range=(period.first, period.last))
        .values("product_id")
        .annotate(seen=Sum("views"), put=Sum("carts"), sold=Sum("units"), cents=Sum("value_cents"))
        .order_by("-cents", "-seen")[:ROWS]
    )
    names = _names(row["product_id"] for row in rows)
    return Table(
        "best",
        "Best pieces",
        ("Piece", "Seen", "In baskets", "Sold", "Revenue"),
        [(names[row["product_id"]], row["seen"], row["put"], row["sold"], _euro(row["cents"])) for row in rows],
    )


def _never_carted(period: Period) -> Table:
    rows = list(
        DailyProduct.objects.filter(day__range=(period.first, period.last))
        .values("product_id")
        .annotate(seen=Sum("views"), put=Sum("carts"), sold=Sum("units"))
        .filter(put=0, sold=0, seen__gt=0)
        .order_by("-seen")[:ROWS]
    )
    names = _names(row["product_id"] for row in rows)
    rows_shown = [(names[row["product_id"]], row["seen"]) for row in rows]
    return Table("never-carted", "Seen, and never put in a basket", ("Piece", "Seen"), rows_shown)


def _slowest_products(now: datetime) -> Table:
    before = now - timedelta(days=LEAST_DAYS_ON_SHELF)
    lots = StockItem.objects.filter(on_shelf__gt=0, product__is_published=True, product__listed_at__lte=before)
    rows = lots.select_related("product__brand").order_by("product__listed_at")[:ROWS]
    return Table(
        "slowest",
        "Longest on the shelf",
        ("Piece", "Size", "Days", "Price", "Cost"),
        [
            (
                str(lot.product),
                lot.size,
                (now - lot.product.listed_at).days,
                "" if lot.price is None else format_eur(lot.price),
                "" if lot.unit_cost is None else format_eur(lot.unit_cost),
            )
            for lot in rows
        ],
    )


def _searches(period: Period) -> Table:
    rows = (
        DailySearch.objects.filter(day__range=(period.first, period.last))
        .values("term")
        .annotate(asked=Sum("searches"), nothing=Sum("zero_results"))
        .filter(nothing__gt=0)
        .order_by("-nothing", "-asked", "term")[:ROWS]
    )
    shown = [(row["term"], row["asked"], row["nothing"]) for row in rows]
    return Table("searches", "Searches that found nothing", ("Words", "Searches", "Found nothing"), shown)


def _demand_by_brand(period: Period) -> Table:
    seen = dict(
        DailyProduct.objects.filter(day__range=(period.first, period.last))
        .values_list("product_id")
        .annotate(seen=Sum("views"))
        .order_by("-seen")[:1000]
    )
    brands: dict[str, int] = {}
    for pk, name in Product.objects.filter(pk__in=seen).values_list("pk", "brand__name"):
        brands[name or "No brand"] = brands.get(name or "No brand", 0) + seen[pk]
    stock = dict(
        StockItem.objects.filter(on_shelf__gt=0).values_list("product__brand__name").annotate(copies=Sum("on_shelf"))
    )
    best = sorted(brands.items(), key=lambda each: (-each[1], each[0]))[:ROWS]
    rows = [(name, views, stock.get(None if name == "No brand" else name, 0)) for name, views in best]
    return Table("brands", "Brands people look at, and what we have", ("Brand", "Seen", "On the shelf"), rows)


def _demand_by_size(period: Period) -> Table:
    low, high = days.bounds(period.first)[0], days.bounds(period.last)[1]
    lines = OrderLine.objects.filter(order__placed_at__gte=low, order__placed_at__lt=high)
    lines = lines.exclude(order__status__in=["cancelled", "expired"])
    sold = dict(lines.values_list("stock_item__size").annotate(copies=Sum("quantity")).order_by("-copies")[:ROWS])
    stock = dict(
        StockItem.objects.filter(size__in=sold, on_shelf__gt=0).values_list("size").annotate(copies=Sum("on_shelf"))
    )
    rows = [(size, copies, stock.get(size, 0)) for size, copies in sold.items()]
    return Table("sizes", "Sizes people order, and what we have", ("Size", "Ordered", "On the shelf"), rows)


def _buying_in(period: Period) -> Table:
    low, high = days.bounds(period.first)[0], days.bounds(period.last)[1]
    sent = SellSubmission.objects.filter(submitted_at__gte=low, submitted_at__lt=high)
    counts = sent.aggregate(
        sent=Count("pk"), offered=Count("offered_at"), agreed=Count("agreed_at"), received=Count("received_at")
    )
    stocked = SellItem.objects.filter(submission__in=sent, status=SellItem.Status.STOCKED).count()
    moments = sent.filter(offered_at__isnull=False).values_list("submitted_at", "offered_at")[:5000]
    waits = [(offered - sent_in).total_seconds() / 3600 for sent_in, offered in moments if sent_in and offered]
    rows = [
        ("Submissions sent", counts["sent"], "100%" if counts["sent"] else "–"),
        ("Got an offer", counts["offered"], _share(counts["offered"], counts["sent"])),
        ("Agreed", counts["agreed"], _share(counts["agreed"], counts["sent"])),
        ("Handed over", counts["received"], _share(counts["received"], counts["sent"])),
        ("Pieces stocked", stocked, ""),
        ("Hours to our first offer, median", f"{median(waits):.1f}" if waits else "–", ""),
    ]
    return Table(
        "buying-in", "Buying in", ("Step", "Number", "Of those sent"), rows, "Of submissions sent in the period."
    )


def _health(now: datetime) -> list[tuple[str, str]]:
    last = RollupState.objects.aggregate(last=Max("rolled_at"), first=Min("day"))
    waiting = EventBatch.objects.values("day").distinct().count()
    today = days.day_of(now)
    recent = BotHits.objects.filter(day__gte=today - timedelta(days=6))
    not_counted = recent.values_list("reason").annotate(requests=Sum("hits"))
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(not_counted)) or "none"
    return [
        ("Figures made last", f"{last['last']:%Y-%m-%d %H:%M} UTC" if last["last"] else "never"),
        ("First day with figures", str(last["first"] or "–")),
        ("Days that wait for the next rollup", str(waiting)),
        ("Requests not counted, last 7 days", reasons),
    ]


def _names(pks: Iterable[int]) -> dict[int, str]:
    wanted = list(pks)
    found = dict(Product.objects.filter(pk__in=wanted).values_list("pk", "title"))
    return {pk: found.get(pk, f"Product {pk}, deleted") for pk in wanted}


def _thousands(number: float) -> str:
    return f"{number:,.0f}"


def _euro(cents: float) -> str:
    return format_eur(Decimal(int(cents)) * CENT)


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
