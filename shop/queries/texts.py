"""Pages of words: which the footer lists, and what the settings have to say in them."""

from collections.abc import Mapping

from core.memory import remembered
from core.models import SiteSettings
from core.money import format_eur
from shop.models import ContentPage, ShopSettings
from shop.queries import delivery

FOOTER_KEY = "footer-pages"
REMEMBERED_SECONDS = 10
# What the settings say, by the names that stand for it.
FACTS = (
    "shop",
    "company",
    "email",
    "phone",
    "postal_address",
    "opening_hours",
    "return_days",
    "transfer_hours",
    "collection_hours",
    "delivery_from",
)
# Paragraphs that the shop makes itself, each nothing but its name between braces.
PARTS = ("delivery", "grades", "cookies", "buying")


def footer_lists() -> dict[str, list[ContentPage]]:
    """The published pages by the footer's lists; remembered for some seconds."""
    return remembered(key=FOOTER_KEY, make=_footer_lists, seconds=REMEMBERED_SECONDS)


def facts() -> Mapping[str, str]:
    """What can stand in a text between braces, so that no number is typed twice."""
    site, shop = SiteSettings.current(), ShopSettings.current()
    fees = [method.fee for method in delivery.deliveries()]
    values = (
        site.name,
        site.legal_name or site.name,
        site.contact_email,
        site.contact_phone,
        ", ".join(line.strip() for line in site.address.splitlines() if line.strip()),
        site.opening_hours,
        str(shop.return_days),
        str(shop.transfer_hold_hours),
        str(shop.collection_hold_hours),
        format_eur(min(fees)) if fees else "",
    )
    return dict(zip(FACTS, values, strict=True))


def _footer_lists() -> dict[str, list[ContentPage]]:
    found: dict[str, list[ContentPage]] = {}
    for page in ContentPage.objects.filter(is_published=True).exclude(footer="").defer("body"):
        found.setdefault(page.footer, []).append(page)
    return found
