"""Load the demo shop through the services, so that ledger and history are as if people had run it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import Group, Permission
from django.core.files import File
from django.db import transaction

from accounts.models import Address, User
from accounts.services import confirm_email, save_address
from core.audit import Actor
from core.models import OutboxMessage, SiteSettings
from inventory.models import BrandAlias, Category, Photo, Product, SizeScale, StockItem
from inventory.services import intake, products, stock
from shop.demo import records
from shop.demo.catalogue import BRANDS, PICTURES, PRODUCTS
from shop.models import Cart, DeliveryKind, DeliveryMethod, Order, OrderLine, PaymentMethod, ShopSettings
from shop.services import carts, checkout, orders

ACTOR = Actor("seed_demo", "command")
PASSWORD = "worn-in-or-never-worn"  # noqa: S105 (the demo's, printed at every start)
OWNER, PACKER = "owner@example.com", "packer@example.com"
SHOPPERS = {
    "ana@example.com": "Ana Sample",
    "ben@example.com": "Ben Placeholder",
    "cleo@example.com": "Cleo Specimen",
}
DEMO_EMAILS = (OWNER, PACKER, *SHOPPERS)
# What somebody who packs may do in the admin.
PACKER_MAY = [
    "view_order",
    "change_order",
    "view_orderline",
    "view_product",
    "view_stockitem",
    "view_stockmove",
    "view_reservation",
    "view_photo",
]

# slug: name, parent, scale, what is measured
CATEGORIES: dict[str, tuple[str, str, str, list[str]]] = {
    "clothing": ("Clothing", "", SizeScale.CLOTHES, []),
    "jackets": ("Jackets", "clothing", SizeScale.CLOTHES, ["Chest", "Length", "Sleeve", "Shoulders"]),
    "hoodies": ("Hoodies and knits", "clothing", SizeScale.CLOTHES, ["Chest", "Length", "Sleeve", "Shoulders"]),
    "tees": ("Tees", "clothing", SizeScale.CLOTHES, ["Chest", "Length", "Sleeve", "Shoulders"]),
    "trousers": ("Trousers", "clothing", SizeScale.CLOTHES, ["Waist", "Rise", "Inseam", "Hem"]),
    "shorts": ("Shorts", "clothing", SizeScale.CLOTHES, ["Waist", "Rise", "Inseam", "Hem"]),
    "sets": ("Sets", "clothing", SizeScale.SET, ["Chest", "Length", "Waist", "Inseam"]),
    "shoes": ("Shoes", "", SizeScale.SHOES_UK, []),
    "trainers": ("Trainers", "shoes", SizeScale.SHOES_UK, ["Insole", "Heel to toe", "Collar height"]),
    "accessories": ("Accessories", "", SizeScale.ONE_SIZE, []),
    "hats": ("Hats", "accessories", SizeScale.ONE_SIZE, ["Circumference", "Height", "Brim"]),
    "bags": ("Bags", "accessories", SizeScale.ONE_SIZE, ["Height", "Length"]),
}


@dataclass(frozen=True)
class _Ways:
    """The demo's ways of delivery."""

    collection: DeliveryMethod
    ireland: DeliveryMethod


def has_real_orders() -> bool:
    """Whether somebody else than the demo's people has ordered here."""
    return Order.objects.exclude(email__in=DEMO_EMAILS).exists()


def is_loaded() -> bool:
    """Whether the demo shop is here already, to its last step."""
    return User.objects.filter(email=OWNER).exists()


def has_own_goods() -> bool:
    """Whether there are products that the demo did not make."""
    return Product.objects.exclude(import_key__startswith="demo:").exists()


def load(*, now: datetime, catalogue: Sequence[records.Product] = PRODUCTS) -> None:
    """Make whatever of the demo is not here yet; each product and each order in a transaction of its own."""
    ways = _set_up_shop()
    categories = _make_categories()
    for name, aliases in BRANDS.items():
        brand = products.brand_named(name=name)
        for alias in aliases:
            BrandAlias.objects.get_or_create(brand=brand, name=alias)
    for place, record in enumerate(catalogue):
        if not Product.objects.filter(import_key=f"demo:{record.key}").exists():
            _make_product(record, categories[record.category], now - timedelta(hours=7 * place + 2), now)
    people = [_make_person(email, name) for email, name in SHOPPERS.items()]
    _make_orders(catalogue, people, ways, now)
    _make_staff()


def _set_up_shop() -> _Ways:
    if not SiteSettings.objects.exists():
        SiteSettings(
            address="1 Example Lane\nDublin 2",
            opening_hours="Tuesday to Saturday, 11:00 to 18:00",
            contact_phone="+353 1 555 0100",
        ).save()
    if not ShopSettings.objects.exists():
        # The account number is the public example of the IBAN registry.
        ShopSettings(bank_account_name="Unity Demo Shop", bank_iban="IE29AIBK93115212345678").save()
    transfer, at_door = PaymentMethod.BANK_TRANSFER, PaymentMethod.ON_DELIVERY
    collection, _ = DeliveryMethod.objects.get_or_create(
        name="Collect in Dublin",
        defaults={
            "kind": DeliveryKind.COLLECTION,
            "place": "1 Example Lane, Dublin 2. Tuesday to Saturday, 11:00 to 18:00",
            "max_days": 1,
            "payment_methods": [PaymentMethod.ON_COLLECTION, transfer],
        },
    )
    ireland, _ = DeliveryMethod.objects.get_or_create(
        name="Tracked delivery, Ireland",
        defaults={
            "kind": DeliveryKind.DELIVERY,
            "countries": ["IE"],
            "fee": Decimal("4.90"),
            "free_from": Decimal("150.00"),
            "payment_methods": [transfer, at_door],
            "position": 1,
        },
    )
    DeliveryMethod.objects.get_or_create(
        name="Tracked delivery, UK and EU",
        defaults={
            "kind": DeliveryKind.DELIVERY,
            "countries": ["GB", "FR", "DE", "ES", "IT", "NL", "BE", "PT", "PL", "SE", "DK", "AT"],
            "fee": Decimal("12.90"),
            "min_days": 3,
            "max_days": 6,
            "payment_methods": [transfer],
            "position": 2,
        },
    )
    return _Ways(collection, ireland)


def _make_categories() -> dict[str, Category]:
    made: dict[str, Category] = {}
    for position, (slug, (name, parent, scale, measured)) in enumerate(CATEGORIES.items()):
        made[slug], _ = Category.objects.get_or_create(
            slug=slug,
            defaults={
                "name": name,
                "parent": made.get(parent),
                "size_scale": scale,
                "measurement_names": measured,
                "position": position,
            },
        )
    return made


@transaction.atomic
def _make_product(record: records.Product, category: Category, listed_at: datetime, now: datetime) -> None:
    product = products.add_product(
        category=category,
        brand=products.brand_named(name=record.brand),
        title=record.title,
        description=record.description,
        colour=record.colour,
        import_key=f"demo:{record.key}",
        actor=ACTOR,
        now=listed_at,
    )
    photos = _add_photos(product, record)
    for number, lot in enumerate(record.lots):
        item = intake.shelve(
            product=product,
            lot=products.NewLot(
                size=f"{lot.size} TOP, {lot.bottom} BOTTOM" if lot.bottom else lot.size,
                condition=record.grade,
                price=record.was or record.price,
                unit_cost=record.cost,
                measurements={name: f"{length:f}" for name, length in record.measurements.items()},
                shelf_place=f"{category.name[0]}{number + 1}",
                import_key=f"demo:{record.key}:{number}",
                flaws=[(flaw.text, photos[flaw.photo - 1] if flaw.photo else None) for flaw in record.flaws],
            ),
            quantity=lot.came_in,
            cause=f"delivery {record.key}",
            actor=ACTOR,
            now=listed_at,
        )
        if lot.sold and record.price:
            stock.sell_over_the_counter(
                stock_item_id=item.pk,
                quantity=lot.sold,
                unit_price=record.price,
                cause=f"till {record.key}",
                actor=ACTOR,
                now=listed_at,
            )
        if record.was:
            dropped_at = max(listed_at, now - timedelta(hours=1))
            products.change_price(stock_item_id=item.pk, price=record.price, actor=ACTOR, now=dropped_at)


def _add_photos(product: Product, record: records.Product) -> list[Photo]:
    photos: list[Photo] = []
    for shot, name in zip(record.shots, record.pictures, strict=True):
        # Detail shots are named after what they show, flaws after their line.
        flaws = [flaw.text for flaw in record.flaws if flaw.photo == len(photos) + 1]
        with (PICTURES / name).open("rb") as picture:
            photos.append(products.add_photo(product=product, picture=File(picture), alt=flaws[0] if flaws else shot))
    return photos


def _make_person(email: str, name: str) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name)
        confirm_email(user=user)
        save_address(
            address=Address(
                user=user, name=name, street=f"{user.pk} Example Street", town="Dublin", postcode="D02 X285"
            )
        )
    return user


def _make_orders(catalogue: Sequence[records.Product], people: list[User], ways: _Ways, now: datetime) -> None:
    """Some pieces sold, some held for somebody, one order to pack and one parcel on its way."""
    sold = [record for record in catalogue if record.is_sold]
    held = [record for record in catalogue if record.is_reserved]
    for number, record in enumerate(sold):
        _order(record, people[number % len(people)], ways.collection, now - timedelta(days=number + 1), "collected")
    for number, record in enumerate(held):
        _order(record, people[number % len(people)], ways.collection, now - timedelta(minutes=20), "")
    several = [record for record in catalogue if not record.is_one_off and not record.is_last_one and record.price]
    recent = ((timedelta(hours=3), "confirmed"), (timedelta(days=1), "shipped"))
    for record, person, (ago, reached) in zip(several, people, recent, strict=False):
        _order(record, person, ways.ireland, now - ago, reached)


@transaction.atomic
def _order(record: records.Product, person: User, method: DeliveryMethod, now: datetime, reached: str) -> None:
    item = StockItem.objects.filter(product__import_key=f"demo:{record.key}", on_shelf__gt=0).first()
    if item is None or OrderLine.objects.filter(stock_item__product__import_key=f"demo:{record.key}").exists():
        return
    address = person.addresses.get()
    is_delivery = method.kind == DeliveryKind.DELIVERY
    carts.add(visitor=carts.new_visitor(), user=person, stock_item_id=item.pk, quantity=1, now=now)
    cart = Cart.objects.get(user=person, status=Cart.Status.OPEN)
    order = checkout.place_order(
        cart_id=cart.pk,
        checkout_token=cart.checkout_token,
        details=checkout.Details(
            email=person.email,
            name=person.name,
            street=address.street if is_delivery else "",
            town=address.town if is_delivery else "",
            postcode=address.postcode if is_delivery else "",
            country=address.country if is_delivery else "",
        ),
        delivery_method_id=method.pk,
        payment_method=PaymentMethod.BANK_TRANSFER,
        actor=Actor(f"user {person.pk}", "web"),
        now=now,
    )
    walks: dict[str, list[Callable[..., Order]]] = {
        "collected": [orders.confirm, orders.pack, orders.mark_ready, orders.complete],
        "shipped": [orders.confirm, orders.pack, orders.ship],
        "confirmed": [orders.confirm],
    }
    for step, walk in enumerate(walks.get(reached, []), start=1):
        walk(order_id=order.pk, actor=ACTOR, now=now + timedelta(minutes=20 * step))
    # Nobody is behind these addresses.
    OutboxMessage.objects.filter(about=order.cause).delete()


@transaction.atomic
def _make_staff() -> None:
    """Last, so that their being here says that everything else is."""
    packers, _ = Group.objects.get_or_create(name="Packers")
    packers.permissions.set(Permission.objects.filter(codename__in=PACKER_MAY))
    if not User.objects.filter(email=PACKER).exists():
        packer = User.objects.create_user(PACKER, PASSWORD, name="Pat Packer", is_staff=True)
        packer.groups.add(packers)
        confirm_email(user=packer)
    if not is_loaded():
        confirm_email(user=User.objects.create_superuser(OWNER, PASSWORD, name="Olly Owner"))
