"""The only writer of pages of words."""

from datetime import datetime

from django.core.cache import caches
from django.db import transaction

from core.audit import Actor, record
from shop.models import ContentPage
from shop.queries import texts


@transaction.atomic
def write_page(*, page: ContentPage, changed: list[str], actor: Actor, now: datetime) -> None:
    """Keep a page as it was typed, new or changed, and note what became other."""
    before = ContentPage.objects.select_for_update().filter(pk=page.pk).first()
    page.updated_at = now
    page.save()
    record(
        actor=actor,
        subject=f"page {page.slug}",
        action="changed" if before else "written",
        before=_told(before, changed) if before else "",
        after=_told(page, changed),
        now=now,
    )
    transaction.on_commit(_forget_footer)


def _told(page: ContentPage, changed: list[str]) -> str:
    """What stood in the changed fields; of a long text, its length."""
    return ", ".join(
        f"{name}: {len(page.body)} letters" if name == "body" else f"{name}: {getattr(page, name)}" for name in changed
    )


def _forget_footer() -> None:
    caches["process"].delete(texts.FOOTER_KEY)
