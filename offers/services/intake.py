"""From a bought piece to stock on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction

from core.audit import Actor, record
from inventory.models import Brand
from inventory.services import products, stock
from offers.errors import ItemMoved, NotPayableYet
from offers.models import BuyingSettings, SellItem, SellPhoto, SellSubmission
from offers.services import steps
from offers.services.settling import amount_due, amount_settled, settle_up


@dataclass(frozen=True)
class Listing:
    """How a piece will stand in the shop; `photo_ids` are the pictures fit to be seen by everybody, in order."""

    title: str
    price: Decimal | None
    size: str
    condition: str
    brand: Brand | None = None
    description: str = ""
    colour: str = ""
    flaws: Sequence[str] = field(default_factory=tuple)
    photo_ids: Sequence[int] = ()
    shelf_place: str = ""
    is_published: bool = False


@transaction.atomic
def stock_piece(*, item_id: int, listing: Listing, actor: Actor, now: datetime) -> SellItem:
    """I13: make a passed piece a product with its photos, cost and one `intake` move; pressed again, the same product.

    Refuses with ItemMoved, NotPayableYet or SizeUnknown.
    """
    submission, item = steps.locked_item(item_id)
    if item.status == SellItem.Status.STOCKED:
        return item
    if item.status != SellItem.Status.PASSED or item.category is None or item.agreed_amount is None:
        raise ItemMoved
    settings = BuyingSettings.fresh()
    is_paid = submission.status == SellSubmission.Status.SETTLING and amount_due(submission) <= amount_settled(
        submission
    )
    if not is_paid and not settings.stock_before_paying:
        raise NotPayableYet
    product = products.add_product(
        category=item.category,
        brand=listing.brand,
        title=listing.title,
        description=listing.description,
        colour=listing.colour,
        is_published=listing.is_published,
        actor=actor,
        now=now,
    )
    lot = products.NewLot(
        size=listing.size,
        condition=listing.condition,
        price=listing.price,
        unit_cost=item.agreed_amount,
        vat_scheme=settings.vat_scheme,
        shelf_place=listing.shelf_place or item.location,
        flaws=[(flaw[:160], None) for flaw in listing.flaws],
    )
    stock_item = products.add_lot(product=product, lot=lot, actor=actor, now=now)
    stock.take_in(
        stock_item_id=stock_item.pk,
        quantity=1,
        cause=item.cause,
        actor=actor,
        now=now,
        unit_cost=item.agreed_amount,
    )
    photos = SellPhoto.objects.filter(item=item).in_bulk(list(listing.photo_ids))
    for position, photo_id in enumerate(listing.photo_ids, start=1):
        if photo := photos.get(photo_id):
            with photo.image.open() as private:
                # Re-encoded without metadata when it was uploaded, so the bytes can be shown to everybody as they are.
                copy = ContentFile(private.read())
            products.keep_photo(
                product=product, master=copy, size=(photo.width, photo.height), position=position, alt=photo.slot
            )
    steps.move_item(item, SellItem.Status.STOCKED, actor, now, product=product, stock_item=stock_item)
    record(actor=actor, subject=submission.cause, action="piece stocked", after=stock_item.sku, now=now)
    settle_up(submission, actor, now)
    return item
