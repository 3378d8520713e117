"""What the admin shows of the whole shop: its name, the sidebar, and the home page."""

from typing import Any

from django.contrib import admin
from django.core.cache import caches
from django.db.models import Count
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from core.models import JobRun, OutboxMessage, SiteSettings
from inventory.queries import ledger
from offers.queries import queues
from offers.queries.findings import buying_findings
from shop.models import Order

FINDINGS_SECONDS = 60  # the proof reads the whole ledger, so the home page does not repeat it at every look
WAITING = {
    Order.Status.PENDING: "To confirm",
    Order.Status.CONFIRMED: "To pack",
    Order.Status.PACKED: "To ship or make ready",
    Order.Status.READY: "To be collected",
}
SIDEBAR = {
    "Sell": {
        "shop.order": "receipt_long",
        "shop.payment": "payments",
        "offers.productoffer": "local_offer",
        "offers.offerban": "person_off",
        "shop.cart": "shopping_basket",
        "shop.wishlist": "favorite",
        "shop.savedsearch": "saved_search",
        "shop.placeinline": "groups",
        "shop.deliverymethod": "local_shipping",
        "shop.contentpage": "article",
        "shop.shopsettings": "storefront",
    },
    "Buy": {
        "offers.sellsubmission": "move_to_inbox",
        "offers.sellitem": "checkroom",
        "offers.sellphoto": "photo_library",
        "offers.selloffer": "handshake",
        "offers.inspection": "fact_check",
        "offers.sellermessage": "forum",
        "offers.internalnote": "sticky_note_2",
        "offers.seller": "person_pin",
        "offers.payout": "payments",
        "offers.payoutaccount": "account_balance",
        "offers.buyindocument": "receipt_long",
        "offers.buyingrule": "rule",
        "offers.offerrule": "percent",
        "offers.buyingsettings": "tune",
    },
    "Stock": {
        "inventory.product": "apparel",
        "inventory.stockitem": "inventory_2",
        "inventory.reservation": "lock_clock",
        "inventory.stockmove": "swap_horiz",
        "inventory.pricechange": "sell",
        "inventory.category": "account_tree",
        "inventory.brand": "label",
        "inventory.conditionwording": "grade",
        "inventory.synonyms": "manage_search",
    },
    "Count": {"analytics.dailyfigure": "monitoring"},
    "People": {
        "accounts.user": "person",
        "accounts.address": "home",
        "auth.group": "group",
        "account.emailaddress": "mail",
        "mfa.authenticator": "key",
    },
    "System": {
        "core.outboxmessage": "outbox",
        "core.auditentry": "history",
        "core.jobrun": "schedule",
        "django_tasks_database.dbtaskresult": "task",
        "core.sitesettings": "settings",
    },
}


def site_title(request: HttpRequest) -> str:
    """The shop's own name."""
    return SiteSettings.current().name


def icon(request: HttpRequest) -> str:
    """The picture in the browser's tab."""
    return static("icon.svg")


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Every kind of row this person may look at, under six headings, and what letters look like."""
    seen = {
        model["model"]._meta.label_lower: model for app in admin.site.get_app_list(request) for model in app["models"]
    }
    groups = []
    for heading, symbols in SIDEBAR.items():
        items = [
            {"title": seen[label]["name"], "icon": symbol, "link": seen[label]["admin_url"]}
            for label, symbol in symbols.items()
            if label in seen
        ]
        if items and heading == "System":
            items.append({"title": "Letters", "icon": "stylus_note", "link": reverse("letters")})
        if items:
            groups.append({"title": heading, "separator": True, "items": items})
    return groups


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What waits for us, and whether all is well; each part for those who may look at its rows."""
    context["title"] = "Today"
    may = request.user.has_perm
    if may("shop.view_order"):
        context["waiting"] = _waiting()
    if may("offers.view_sellsubmission"):
        context["buying"] = _buying(request)
    if may("inventory.view_stockmove"):
        context["findings"] = caches["process"].get_or_set("stock_findings", _count_findings, FINDINGS_SECONDS)
    if may("offers.view_selloffer"):
        found = caches["process"].get_or_set("buying_findings", _count_buying_findings, FINDINGS_SECONDS)
        context["buying_findings"] = found
    if may("core.view_outboxmessage"):
        unsent = OutboxMessage.objects.exclude(status=OutboxMessage.Status.SENT)
        counts = dict(unsent.order_by().values_list("status").annotate(Count("pk")))
        context["letters"] = [
            (status.label, counts.get(status, 0), _list_of("core_outboxmessage", status))
            for status in (OutboxMessage.Status.PENDING, OutboxMessage.Status.FAILED)
        ]
    if may("core.view_jobrun"):
        context["jobs"] = JobRun.objects.all()
    return context


def _waiting() -> list[tuple[str, int, str]]:
    """How many orders wait for which step of ours; those whose time is over wait for nobody."""
    now = timezone.now()
    alive = Order.objects.filter(status__in=WAITING).exclude(status=Order.Status.PENDING, expires_at__lte=now)
    counts = dict(alive.order_by().values_list("status").annotate(Count("pk")))
    return [(words, counts.get(status, 0), _list_of("shop_order", status)) for status, words in WAITING.items()]


def _buying(request: HttpRequest) -> list[tuple[str, int, str]]:
    """How many submissions are in each queue that this person may work on."""
    counts, address = queues.counts(timezone.now()), reverse("admin:offers_sellsubmission_changelist")
    return [
        (queue.label, counts[key], f"{address}?queue={key}")
        for key, queue in queues.QUEUES.items()
        if request.user.has_perm(queue.permission)
    ]


def _count_findings() -> int:
    return len(ledger.stock_findings())


def _count_buying_findings() -> int:
    return len(buying_findings())


def _list_of(model: str, status: str) -> str:
    return reverse(f"admin:{model}_changelist") + f"?status__exact={status}"
