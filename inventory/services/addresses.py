"""The only writer of former slugs: a product, category or brand gets another address, and the old one leads there."""

from datetime import datetime

from django.db import transaction

from core.audit import Actor, record
from core.errors import DomainError
from inventory.models import Brand, Category, FormerSlug, Product
from inventory.queries.addresses import KINDS


@transaction.atomic
def change_slug(*, row: Product | Category | Brand, slug: str, actor: Actor, now: datetime) -> None:
    """Give a row another slug; whoever comes by a former one is led here (DomainError: another row has it)."""
    model, kind = type(row), KINDS[type(row)]
    locked = model._default_manager.select_for_update().get(pk=row.pk)
    if locked.slug == slug:
        return
    if model._default_manager.filter(slug=slug).exists():
        raise DomainError(f"Another {kind} has this address already.")
    # What is live again is no longer a former one, whoever had it.
    FormerSlug.objects.filter(kind=kind, slug=slug).delete()
    FormerSlug.objects.update_or_create(
        kind=kind, slug=locked.slug, defaults={"product": None, "category": None, "brand": None, str(kind): locked}
    )
    record(actor=actor, subject=f"{kind} {row.pk}", action="address changed", before=locked.slug, after=slug, now=now)
    row.slug = locked.slug = slug
    locked.save(update_fields=["slug"])
