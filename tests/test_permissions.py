"""Every address of the project with every kind of person: who sees it is decided in `who_may.py`, and kept here.

The addresses come from the resolver itself. Each request is undone afterwards, so all meet the same shop.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache, caches
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import User
from analytics.models import DailyFigure
from core.models import JobRun
from inventory.models import ConditionWording, Synonyms
from offers import links
from offers.models import (
    BuyInDocument,
    BuyingRule,
    BuyingSettings,
    OfferRule,
    Payout,
    Seller,
    SellItem,
    SellPhoto,
    SellSubmission,
)
from offers.services import banking, bidding, reviewing
from shop import links as shop_links
from shop.models import ContentPage, PlaceInLine
from tests.factories.accounts import AddressFactory, UserFactory, owner
from tests.factories.bids import bid, shopper
from tests.factories.inventory import BrandFactory, CategoryFactory, shelved
from tests.factories.offers import STAFF, agreed, draft, offered, paid, received, revised, settling, submitted
from tests.factories.shop import CollectionFactory, order_of
from tests.factories.wishes import asking, keeping, waiting
from tests.offers.pages import body, by_link
from tests.offers.selling import at
from tests.who_may import NO_FORM, SUPERUSERS, TABLE, For, Rule

IBAN = "IE29AIBK93115212345678"
CONTACT = {
    "name": "Hushna Quietname",
    "email": "hush@example.com",
    "phone": "+353857776655",
    "handle": "hush.handle",
    "area": "Hushtown",
}
STREET, NOTE = "7 Hush Lane", "Whispered among colleagues"
WHOLE_IBAN = (IBAN, " ".join(IBAN[at : at + 4] for at in range(0, len(IBAN), 4)))
CONTACT_WORDS = (CONTACT["email"], CONTACT["phone"], CONTACT["handle"], STREET)
NOT_FOR_STRANGERS = (*CONTACT_WORDS, CONTACT["name"], CONTACT["area"], NOTE, *WHOLE_IBAN, "Hushed jacket")
# What may be written by looking: the session, limits, what is counted, and the sign-in library's note of an address.
MAY_CHANGE = re.compile(r"django_session|core_cache|analytics_|account_emailaddress")
WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
MARKERS = re.compile(
    r"temporarily (disabled|removed|off)|disabled (temporarily|for (now|debug|test))"
    r"|bypass(ed)? (auth|perm|login|the check)|(auth|permission|login|admin) check (is )?(off|disabled|skipped)"
    r"|hard-?coded|(fake|mock) (admin|session|user)|(TODO|FIXME|XXX|HACK)\b",
    re.IGNORECASE,
)
UNKNOWN = "S-ZZZZZZZZZZZZZ"


# --- The addresses ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: its name in the table, and the names of what it takes."""

    name: str
    pattern: str
    takes: tuple[str, ...]

    def filled(self, values: dict[str, Any]) -> str:
        """The path, with these in its places."""
        path = re.sub(r"\(\?P<(\w+)>.*?\)(?=[/$-]|$)", r"<\1>", self.pattern)
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), path)
        return "/" + re.sub(r"[\^$]", "", path) + str(values.get("query", ""))


def addresses(resolver: Any = None, before: str = "", spaces: tuple[str, ...] = ()) -> Iterator[Address]:
    """Everything that the resolver can lead to."""
    for each in (resolver or get_resolver()).url_patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each, path, (*spaces, each.namespace) if each.namespace else spaces)
        elif isinstance(each, URLPattern):
            rest = "(any other)" if "url" in each.pattern.regex.groupindex else "(short)"
            name = ":".join((*spaces, each.name or rest))
            yield Address(name, path, tuple(re.findall(r"<(?:\w+:)?(\w+)>", path)))


ADDRESSES = list(addresses())


# --- The shop, and the people -----------------------------------------------------------------------------------------


@dataclass
class World:
    """A shop in which every page has something to show."""

    submissions: list[SellSubmission]
    draft: SellSubmission
    piece: SellItem
    rows: dict[str, Model] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    own_values: dict[str, Any] = field(default_factory=dict)


def come_to(step: Any) -> SellSubmission:
    """A submission of the seller, brought to where `step` leads from its receipt."""
    now = timezone.now()
    sent = submitted(("Hushed jacket", "Hushed jean"), now=now, **CONTACT)
    here = received(agreed(offered(sent, now=now), now=now), now=now)
    step(here, now=now)
    return SellSubmission.objects.get(pk=here.pk)


def bought() -> list[SellSubmission]:
    """The submissions of one seller: on offer, re-quoted, to be paid, paid."""
    now = timezone.now()
    live = offered(submitted(("Hushed jacket", "Hushed jean"), now=now, **CONTACT), now=now).submission
    asked, due, done = come_to(revised), come_to(settling), come_to(settling)
    home = banking.Address(street=STREET, town="Hushtown", postcode="D02 X285", country="IE")
    for each in (due, done):
        banking.save_account(
            submission_id=each.pk,
            holder_name=CONTACT["name"],
            iban=IBAN,
            code=None,
            actor=STAFF,
            now=now - timedelta(days=9),
            address=home,
        )
    found = [live, asked, due, paid(done, now=now)]
    for each in found:
        reviewing.write_note(submission_id=each.pk, text=NOTE, actor=STAFF, now=now)
    return list(SellSubmission.objects.filter(pk__in=[each.pk for each in found]).order_by("pk"))


def some_row(model: type[Model], known: dict[str, Model]) -> Any:
    row = known.get(model._meta.label_lower) or model._default_manager.first()
    return row.pk if row else 1


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    may.cache_clear()
    may_all_but.cache_clear()
    now = timezone.now()
    CollectionFactory()
    BuyingSettings.objects.update_or_create(pk=True, defaults={"max_open_submissions": 9})
    found = bought()
    lot = shelved(price="38.00")
    OfferRule.objects.get_or_create(category=None)
    BuyingRule.objects.create(category=CategoryFactory())
    JobRun.objects.create(name="a job", next_run_at=now)
    # The shop's own first rows are gone where a test has emptied the database.
    Synonyms.objects.create(words="anorak, windcheater")
    written = ContentPage.objects.create(
        title="Told", slug="told", description="Told.", body="Told.", is_published=True, updated_at=now
    )
    DailyFigure.objects.create(day=now.date(), event_type="purchase")
    ConditionWording.objects.create(code="mint", label="Mint", meaning="As new")
    Authenticator.objects.create(user=UserFactory(), type="recovery_codes", data={})
    picture = Path(settings.MEDIA_ROOT) / "products" / "piece.webp"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"x")
    buyer = shopper(email="owner@example.com")
    Seller.objects.filter(submissions__in=found).update(user=buyer)
    piece_offer = bid(lot, by=buyer, now=now)
    bidding.block(shopper_id=UserFactory(email="banned@example.com").pk, reason="strikes", actor=STAFF, now=now)
    order = order_of(shelved(), now=now)
    home, brand, group = AddressFactory(user=buyer), BrandFactory(), Group.objects.first()
    due, done = found[2], found[3]
    new = draft(("Drafted tee",), now=now, name="Else Writer", email="writer@example.com")
    payout = done.payouts.get(status=Payout.Status.SETTLED)
    keeping(buyer, lot.product)
    waited_for = waiting(buyer)
    asked_for = asking("hopeful@example.com")
    rows = [
        waited_for,
        due,
        due.seller,
        payout,
        due.items.first(),
        piece_offer,
        lot.product,
        lot,
        order,
        home,
        brand,
        group,
        buyer,
    ]
    turn = PlaceInLine.objects.create(stock_item=lot, email="patient@example.com", made_at=now)
    rows.append(waited_for)
    return World(
        submissions=found,
        draft=new,
        piece=due.items.all()[0],
        rows={row._meta.label_lower: row for row in rows if row is not None},
        values={
            "token": links.token_of(found[0]),
            "number": piece_offer.number,
            "slug": lot.product.slug,
            "step": "withdraw",
            "secret": order.secret if hasattr(order, "secret") else "x",
            "size": "full",
            "name": "kind",
            "path": "piece.webp",
            "url": "no-such-page/",
            "uidb36": "1",
            "key": "set-password",
            "app_label": "offers",
            "id": buyer.pk,
            "content_type_id": ContentType.objects.get_for_model(lot.product).pk,
            "item_id": new.items.get().pk,
            "pk": home.pk,
        },
        own_values={
            "shop:text": {"slug": written.slug},
            **{name: {"name": "shop/order_placed"} for name in ("letter", "letter_frame")},
            "shop:tell_me": {"query": f"?again={lot.pk}"},
            "shop:forget_search": {"pk": waited_for.pk},
            "shop:join_line": {"query": f"?again={lot.pk}"},
            "shop:place": {"token": shop_links.token_of(turn, shop_links.PLACE)},
            "shop:confirm_letters": {"token": shop_links.token_of(asked_for, shop_links.CONFIRM)},
            "shop:stop_letters": {"token": shop_links.token_of(asked_for, shop_links.STOP)},
            "offers:resume": {"token": links.token_of(new, links.RESUME)},
            "shop:brand": {"slug": brand.slug},
            **{
                name: {"slug": lot.product.category.slug}
                for name in ("shop:category", "machines:category_rss", "machines:category_atom")
            },
            "machines:sitemap_of": {"section": "pieces"},
            **{f"shop:{name}": {"number": order.number} for name in ("order", "order_cancel", "order_extend")},
        },
    )


def pressed(name: str, world: World) -> dict[str, Any]:
    """What the form of a button names."""
    if "_press " not in name:
        return {}
    return {"piece": world.piece.pk, "payout": world.piece.submission.payouts.get().pk}


Place = tuple[str, dict[str, Any]]


def places(address: Address, world: World) -> Iterator[Place]:
    """Each way to fill an address in, with the name it has in the table."""
    if address.name.startswith("admin:"):
        yield from desks(address, world)
    elif "reference" in address.takes:
        yield from pages_of_submissions(address, world)
    elif address.name == "offers:photo":
        for each in world.submissions:
            yield address.name, {"pk": SellPhoto.objects.filter(item__submission=each)[0].pk, "size": "full"}
    else:
        own = world.own_values.get(address.name) or world.own_values.get(address.name.partition(":")[0], {})
        yield address.name, world.values | own


def desks(address: Address, world: World) -> Iterator[Place]:
    name, values = address.name, dict(world.values)
    model = model_of(name)
    values["object_id"] = some_row(apps.get_model(model), world.rows) if model else world.rows["inventory.product"].pk
    if name == "admin:autocomplete":
        values["query"] = "?app_label=offers&model_name=buyingrule&field_name=category&term="
    if "button" not in address.takes:
        yield name, values
        return
    for button in (key.split()[1] for key in TABLE if key.startswith(f"{name} ")):
        yield f"{name} {button}", values | {"button": button}


def pages_of_submissions(address: Address, world: World) -> Iterator[Place]:
    for each in world.submissions:
        record = BuyInDocument.objects.filter(payout__submission=each).first()
        if record or address.name != "offers:document":
            item, number = each.items.order_by("pk")[0], record.number if record else 0
            yield address.name, {"reference": each.reference, "item_id": item.pk, "number": number}


def model_of(name: str) -> str:
    """The model that a page of the admin is about, if it is about one."""
    return next((each for each in MODELS if name.startswith(f"admin:{each.replace('.', '_')}_")), "")


MODELS = sorted((model._meta.label_lower for model in admin.site._registry), key=len, reverse=True)


@lru_cache
def may(*needs: str) -> Client:
    """The browser of somebody of the staff with these permissions."""
    user = UserFactory(is_staff=True)
    for each in needs:
        app, codename = each.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return signed_in(user)


@lru_cache
def may_all_but(*needs: str) -> Client:
    """The browser of somebody of the staff who may do everything else."""
    user = UserFactory(is_staff=True)
    lacking = {each.partition(".")[2] for each in needs}
    user.user_permissions.set(Permission.objects.exclude(codename__in=lacking))
    return signed_in(user)


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def nobody() -> Client:
    return Client(raise_request_exception=False)


def other_seller() -> Client:
    """Somebody signed in who came by the link of a submission of their own, and writes another one."""
    now = timezone.now()
    theirs = offered(submitted(("Another tee",), now=now, email="else@example.com"), ("9.00",), now=now).submission
    return at(draft(("Tee of somebody else",), now=now), by_link(theirs, signed_in(shopper(email="else@example.com"))))


def link_holder(world: World) -> Client:
    client = nobody()
    for each in world.submissions:
        by_link(each, client)
    return client


PEOPLE: dict[str, Any] = {
    "anonymous": lambda world: nobody(),
    "shopper": lambda world: signed_in(shopper(email="anybody@example.com")),
    "other seller": lambda world: other_seller(),
    "link holder": link_holder,
    "owner": lambda world: signed_in(User.objects.get(email="owner@example.com")),
    "writer": lambda world: at(world.draft, nobody()),
    "staff without permissions": lambda world: may(),
    "superuser": lambda world: signed_in(owner()),
}
WITHOUT_ACCOUNT = {"anonymous", "link holder", "writer"}
STAFF_PEOPLE = {"staff without permissions", "superuser"}


# --- What is expected -------------------------------------------------------------------------------------------------


# Of kinds of pages that are not the desk's: who may, what those without an account get, and what all others get.
PUBLIC: dict[For, tuple[set[str], set[str], set[str]]] = {
    For.ANYONE: (set(PEOPLE), set(), set()),
    For.SIGNED_IN: (set(PEOPLE) - WITHOUT_ACCOUNT, {"sign in"}, set()),
    For.DOOR: (set(), {"ok", "sign in"}, {"ok", "sign in", "refused"}),
    For.SECOND_STEP: (set(), {"sign in"}, {"ok", "missing"}),
    For.OWNER: ({"owner"}, {"sign in"}, {"missing"}),
    For.SELLER: ({"link holder", "owner"}, {"missing"}, {"missing"}),
    For.PHOTO: ({"link holder", "owner", "superuser"}, {"missing"}, {"missing"}),
    For.WRITER: ({"writer", "other seller"}, {"gate"}, {"gate"}),
    For.PIECE: ({"writer"}, {"gate"}, {"gate"}),
}


def expected(rule: Rule, who: str, method: str) -> set[str]:
    """What a kind of person may get: ok, sign in, refused (403), missing (404) or gate."""
    if rule.kind in PUBLIC:
        may_see, without_account, others = PUBLIC[rule.kind]
        if rule.kind == For.PIECE and who == "other seller":
            return {"missing"}  # they write a draft, but not this one
        return {"ok"} if who in may_see else without_account if who in WITHOUT_ACCOUNT else others
    if who not in STAFF_PEOPLE:
        return {"sign in"}
    if rule.kind == For.NOTHING or (rule.kind == For.THEIR_APPS and who != "superuser"):
        return {"missing"}
    may_all = who == "superuser" and rule.kind != For.NOBODY and (rule.kind != For.STAFF or needs_of(rule, method))
    return {"ok"} if may_all or rule.kind == For.ANY_STAFF else {"refused"}


def needs_of(rule: Rule, method: str) -> tuple[str, ...]:
    """The permissions that open a page in this way."""
    return rule.post if method == "post" and rule.post is not None else rule.needs


def kind_of(answer: Any) -> str:
    """What an answer is, in one word."""
    leads_to = answer.headers.get("Location", "")
    if answer.status_code in {301, 302}:
        return "sign in" if "/login/" in leads_to else "gate" if leads_to == "/sell/" else "ok"
    known = {403: "refused", 404: "missing", 405: "not this way"}
    return known.get(answer.status_code, "broken" if answer.status_code >= 500 else "ok")


@contextmanager
def undone() -> Iterator[list[str]]:
    """Undo everything afterwards; yields the tables that were written to."""
    written: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITE.match(sql)
        if found and not MAY_CHANGE.match(found[1]):
            written.append(found[1])
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(note):
            yield written
        transaction.set_rollback(True)


def ask(client: Client, method: str, path: str, typed: Any = None) -> tuple[Any, list[str]]:
    """One request, undone; the browser keeps the cookies that it had."""
    cookies: Any = client.cookies.copy()
    with undone() as written:
        answer: Any = client.generic(method.upper(), path) if method != "post" else client.post(path, typed or {})
        if answer.streaming:
            b"".join(answer.streaming_content)  # else its file stays open
    client.cookies = cookies
    return answer, written


def shown(answer: Any) -> str:
    """All that an answer says, its headers too."""
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    return f"{text}\n{json.dumps(dict(answer.headers))}"


def is_photo(answer: Any) -> bool:
    return str(answer.headers.get("Content-Type", "")).startswith("image/")


# --- The tests --------------------------------------------------------------------------------------------------------


def test_who_may_see_it_is_decided_for_every_address():
    names = {address.name for address in ADDRESSES}
    decided = {re.sub(r"_press \w+$", "_press", name) for name in TABLE}

    assert names - decided == set(), "say in tests/who_may.py who may see these"
    assert decided - names == set(), "tests/who_may.py speaks of pages that there are not"
    assert len(ADDRESSES) > 400


def strange(asked: list[str], who: str, world: World, client: Client) -> Iterator[str]:
    """Walk all addresses as somebody; whatever is not as the table says."""
    for address in ADDRESSES:
        for name, values in places(address, world):
            path, rule = address.filled(values), TABLE[name]
            kinds = set()
            # HEAD is answered as GET is: tried where somebody may look at what is bought.
            methods = ("get", "head", "post") if "offers" in name and rule.kind != For.STAFF else ("get", "post")
            for method in methods:
                answer, written = ask(client, method, path, pressed(name, world))
                got, wanted = kind_of(answer), expected(rule, who, method)
                kinds.add(got)
                asked.append(path)
                about = f"{who}: {method.upper()} {path} ({name})"
                if got not in {*wanted, "not this way"}:
                    yield f"{about} is {got} ({answer.status_code}), should be {' or '.join(wanted)}"
                if written and (method != "post" or "ok" not in wanted):
                    yield f"{about} writes {sorted(set(written))}"
                yield from told_too_much(answer, about, who, "ok" in wanted)
            if kinds == {"not this way"}:
                yield f"{who}: {path} can be used in no way"


def told_too_much(answer: Any, about: str, who: str, may_see: bool) -> Iterator[str]:
    """INV-14, SEC-03, SEC-11, SEC-23: what an answer says that this person may not know."""
    text = shown(answer)
    for secret in SECRETS.get(who, NOT_FOR_STRANGERS):
        if secret in text:
            yield f"{about} says {secret!r}"
    if not may_see and is_photo(answer):
        yield f"{about} shows a photo"


SECRETS = {
    "superuser": WHOLE_IBAN,
    "owner": (NOTE, *WHOLE_IBAN),
    "link holder": (NOTE, *WHOLE_IBAN, *CONTACT_WORDS),
}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("who", PEOPLE)
def test_SEC_01_SEC_05_SEC_20_INV_14_D4_D6_everybody_gets_what_the_table_says(who, world):
    asked: list[str] = []

    wrong = list(strange(asked, who, world, PEOPLE[who](world)))

    assert not wrong, "\n".join(wrong)
    assert len(asked) > 900


@pytest.mark.slow
@pytest.mark.django_db
def test_SEC_20_each_page_of_staff_needs_its_verb_and_nothing_but_it(world):
    wrong: list[str] = []
    for name, path, method, needs in ways_in(world):
        lacking = [each.partition("+")[0] for each in needs]
        answer, written = ask(may_all_but(*lacking), method, path)
        refusal = "missing" if TABLE[name].kind == For.PHOTO else "refused"
        if kind_of(answer) not in {refusal, "not this way"} or written:
            wrong.append(f"without {lacking}: {method} {path} ({name}) is {answer.status_code}, {written}")
        for verbs in ({*each.split("+"), *looking(name)} for each in needs):
            answer, written = ask(may(*sorted(verbs)), method, path, pressed(name, world))
            if kind_of(answer) not in {"ok", "not this way"} or (written and method == "get"):
                wrong.append(f"with {verbs}: {method} {path} ({name}) is {answer.status_code}, {written}")
            if any(secret in shown(answer) for secret in WHOLE_IBAN):
                wrong.append(f"with {verbs}: {method} {path} ({name}) shows the IBAN")

    assert not wrong, "\n".join(wrong)


def ways_in(world: World) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Every page that permissions open, in each way: its name, path, method, and what it needs."""
    for address in ADDRESSES:
        for name, values in places(address, world):
            for method in ("get", "post") if TABLE[name].kind in {For.STAFF, For.PHOTO} else ():
                needs = needs_of(TABLE[name], method)
                if needs and needs != SUPERUSERS:
                    yield name, address.filled(values), method, needs


def looking(name: str) -> set[str]:
    """The permission to look at the rows that a page is about."""
    model = model_of(name)
    is_own = model and not name.endswith(("_changelist", "_history", "_change", "_add", "_delete"))
    return {model.replace(".", ".view_")} if is_own else set()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["anonymous", "shopper", "other seller", "superuser"])
def test_SEC_01_a_stranger_cannot_tell_a_submission_from_none(who, world):
    client, wrong = PEOPLE[who](world), []
    for address in ADDRESSES:
        if TABLE.get(address.name, Rule(For.ANYONE)).kind not in {For.SELLER, For.PHOTO}:
            continue
        if who == "superuser" and address.name == "offers:photo":
            continue
        for _, values in places(address, world):
            unknown = values | {"reference": UNKNOWN, "pk": 987654321, "item_id": 987654321, "number": 987654}
            for method in ("get", "post"):
                caches["process"].clear()  # else what both pages remember of the shelf could grow old between the two
                there, _ = ask(client, method, address.filled(values))
                none, _ = ask(client, method, address.filled(unknown))
                bodies = [same(body(there), address.filled(values)), same(body(none), address.filled(unknown))]
                if there.status_code != none.status_code or bodies[0] != bodies[1]:
                    wrong.append(f"{method} {address.filled(values)}")

    assert not wrong, "\n".join(wrong)


def same(text: str, path: str) -> str:
    """A page without its own address."""
    return text.replace(path, "")


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["link holder", "superuser"])
def test_SEC_20_no_form_is_taken_from_another_site(who, world):
    client = PEOPLE[who](world)
    client.handler.enforce_csrf_checks = True

    wrong = []
    for address in ADDRESSES:
        for name, values in places(address, world):
            if name in NO_FORM:
                continue
            answer, written = ask(client, "post", address.filled(values))
            if answer.status_code != 403 or written:
                wrong.append(f"{address.filled(values)} ({name}) is {answer.status_code}, {written}")

    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.django_db
def test_an_address_that_leads_to_no_row_breaks_nothing(world):
    client = signed_in(owner())
    wrong = []
    for address in ADDRESSES:
        for bad in ("none", "999999999999999999999999", "9876543"):
            if "object_id" not in address.takes:
                continue
            values = world.values | {"object_id": bad, "button": "receive", "content_type_id": 1}
            answer, _ = ask(client, "get", address.filled(values))
            if answer.status_code >= 500:
                wrong.append(f"{address.filled(values)} is {answer.status_code}")

    assert not wrong, "\n".join(wrong)


# --- D6: nothing in the code that opens what should be shut -----------------------------------------------------------

APPS = ("accounts", "analytics", "core", "config", "inventory", "offers", "old_shop", "shop", "templates", "static")
CODE = sorted(
    path
    for app in APPS
    for path in (Path(settings.BASE_DIR) / app).rglob("*")
    if path.suffix in {".py", ".html", ".js"} and "migrations" not in path.parts
)


def test_D6_nothing_in_the_code_says_that_a_check_is_switched_off():
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{number}: {line.strip()}"
        for path in CODE
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if MARKERS.search(line)
    ]

    assert found == []


def own_verbs() -> set[str]:
    """The permissions that our models declare beside the four that every model has."""
    return {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        if model.__module__.split(".")[0] in APPS
        for codename, _ in model._meta.permissions
    }


def steps() -> Iterator[tuple[str, str]]:
    for each in admin.site._registry.values():
        for name in dir(type(each)):
            needs = getattr(getattr(type(each), name), "needs", None)
            if needs:
                yield f"{type(each).__name__}.{name}", needs


@pytest.mark.django_db
def test_every_verb_that_is_declared_opens_something():
    opened = {one for rule in TABLE.values() for need in (*rule.needs, *(rule.post or ())) for one in need.split("+")}
    # Not a page of its own: it lets somebody agree to more on the pages of others.
    beside = {"offers.exceed_limit"}

    assert own_verbs() - opened - beside == set()


@pytest.mark.django_db
def test_every_step_asks_for_a_permission_that_exists():
    known = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    found = list(steps())
    unknown = [f"{step} needs {needs}" for step, needs in found if needs not in known]
    in_table = {one for rule in TABLE.values() for need in (*rule.needs, *(rule.post or ())) for one in need.split("+")}

    assert unknown == []
    assert in_table - known - set(SUPERUSERS) == set()
    assert len(found) > 40


def test_the_table_opens_no_page_of_the_buying_desk_to_everybody():
    open_pages = [
        name for name, rule in TABLE.items() if name.startswith("admin:offers_") and rule.kind not in STAFF_KINDS
    ]

    assert open_pages == ["admin:offers_buyingsettings_changelist"]


STAFF_KINDS = {For.STAFF, For.NOBODY, For.SUPERUSER}
