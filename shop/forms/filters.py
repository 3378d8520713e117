"""The filters of a list, as they are typed, chosen and shown again. Unknown values are ignored."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.languages import Words
from core.money import format_eur, round_eur
from inventory.models import Condition
from inventory.queries import catalogue, searching
from inventory.queries.catalogue import Branch
from shop.queries import facets
from shop.queries.facets import Counts
from shop.queries.listing import BEST_MATCH, CHEAPEST, DEAREST, NEWEST, Filters

SORTS = {
    BEST_MATCH: _("Best match"),
    NEWEST: _("Newest first"),
    CHEAPEST: _("Lowest price"),
    DEAREST: _("Highest price"),
}
SIZE_HEADINGS = {"": _("Clothes"), "UK": _("Shoes, UK")}
MIXED_SETS = _("Sets, top and bottom apart")
BRANDS_SHOWN = 8
MAX_PRICE = Decimal(1_000_000)


class PriceField(forms.DecimalField):
    """An amount in EUR as people type it: "20", "€ 20,50"."""

    def __init__(self, *, label: Words) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "maxlength": 12}),
            min_value=Decimal(0),
            max_value=MAX_PRICE,
            error_messages={
                "invalid": _("Enter an amount like 20 or 49.50"),
                "min_value": _("Enter an amount of 0 or more"),
                "max_value": _("Enter a smaller amount"),
            },
        )

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]
        return super().to_python(re.sub(r"[€\s]", "", str(value or "")).replace(",", "."))

    def clean(self, value: object) -> Decimal | None:
        amount = super().clean(value)
        return None if amount is None else round_eur(amount)


class FilterForm(forms.Form):
    """What is typed by hand; a wrong amount is said beside its field and filters nothing."""

    q = forms.CharField(required=False)
    min = PriceField(label=_("From €"))
    max = PriceField(label=_("To €"))


@dataclass(frozen=True)
class Option:
    """One box to tick, with how many pieces it leaves."""

    value: str
    label: str
    count: int
    is_checked: bool


@dataclass(frozen=True)
class Section:
    """Options under a small heading of their own."""

    options: Sequence[Option]
    heading: str = ""


@dataclass(frozen=True)
class Group:
    """One question of the filter form; `more` waits behind "More"."""

    name: str
    legend: str
    sections: Sequence[Section]
    kind: str = ""
    more: Sequence[Option] = ()

    @property
    def is_more_open(self) -> bool:
        """Whether something behind "More" is ticked."""
        return any(option.is_checked for option in self.more)


@dataclass(frozen=True)
class Applied:
    """A filter in force, with the address of the list without it."""

    name: str
    url: str


@dataclass(frozen=True)
class Asked:
    """One request for a list: what it asks, how to show that again, and what could be chosen on this page at all."""

    path: str
    filters: Filters
    form: FilterForm
    chosen: dict[str, list[str]]
    choice: Counts
    tree: dict[str, Branch]
    branch: Branch | None
    # How the search should have been typed, and was taken; empty when it was typed right.
    corrected: str = ""
    is_exact: bool = False

    @property
    def query(self) -> str:
        """What was searched for, as typed."""
        return str(self.form["q"].value() or "")[:200]

    @property
    def exact_address(self) -> str:
        """The same search to the letter, as it was typed."""
        return self.address(exact="1")

    @property
    def prices(self) -> list[forms.BoundField]:
        """The two fields of the price."""
        return [self.form["min"], self.form["max"]]

    @property
    def address_without_filters(self) -> str:
        """This list as it was before anything was ticked."""
        return self.address(**dict.fromkeys([*self.chosen, "min", "max", "stock", "sold"], ""))

    @property
    def name(self) -> str:
        """What a list of one brand and one category is called: "Kestrel jackets"; empty for every other one."""
        brands = [self.choice.brands[slug][0] for slug in self.filters.brands if slug in self.choice.brands]
        slugs = self.chosen["category"] or ([self.branch.slug] if self.branch else [])
        return f"{brands[0]} {self.tree[slugs[0]].name.lower()}" if len(brands) == len(slugs) == 1 else ""

    @property
    def address_to_find(self) -> str:
        """Where search engines keep this list: of one category, one brand, or both; empty for every other one."""
        asked = self.filters
        plain = Filters(scope=asked.scope, categories=asked.categories, brands=asked.brands, sort=asked.sort)
        if asked != plain or len(self.chosen["category"]) > 1 or len(asked.brands) > 1:
            return ""
        slug = next(iter(self.chosen["category"]), self.branch.slug if self.branch else "")
        if slug:
            path = self.tree[slug].get_absolute_url()
            return f"{path}?brand={asked.brands[0]}" if asked.brands else path
        return reverse("shop:brand", args=asked.brands) if asked.brands else reverse("shop:list")

    def address(self, **changes: object) -> str:
        """This list with these parameters, only the known ones, in one order."""
        values: dict[str, object] = {"q": self.query, **self.chosen, "min": "", "max": ""}
        for name in ("min", "max"):
            if (amount := self.form.cleaned_data.get(name)) is not None:
                values[name] = f"{amount.normalize():f}"
        values |= {"stock": "1" if self.filters.in_stock else "", "sold": "1" if self.filters.with_sold else ""}
        values |= {"exact": "1" if self.is_exact else ""}
        values |= {"sort": "" if self.filters.sort == default_sort(self.filters) else self.filters.sort}
        query = QueryDict(mutable=True)
        for name, value in (values | changes).items():
            query.setlist(name, [each for each in (value if isinstance(value, list) else [str(value or "")]) if each])
        encoded = QueryDict.urlencode(query)
        return f"{self.path}?{encoded}" if encoded else self.path


def default_sort(filters: Filters) -> str:
    """The order of a list when none is asked for."""
    return BEST_MATCH if filters.words else NEWEST


def read(
    *, params: QueryDict, path: str, tree: dict[str, Branch], branch: Branch | None = None, brand: str = ""
) -> Asked:
    """What an address asks for, in the nearest sensible form; `branch` and `brand` come from the page itself."""
    form = FilterForm(params)
    form.is_valid()
    scope = branch.pks if branch else ()
    choice = facets.counts_for(Filters(scope=scope, brands=(brand,) if brand else ()))
    sizes = {" ".join(size).strip(): size for size in choice.sizes}
    chosen = {
        "category": _known(params.getlist("category"), branch.below if branch else tree),
        "size": _known(params.getlist("size"), sizes),
        "condition": _known(params.getlist("condition"), Condition.values),
        "brand": [] if brand else _known(params.getlist("brand"), choice.brands),
    }
    prices = sorted(amount for name in ("min", "max") if (amount := form.cleaned_data.get(name)) is not None)
    price_from, price_to = form.cleaned_data.get("min"), form.cleaned_data.get("max")
    if len(prices) == 2:
        price_from, price_to = prices
    is_exact = params.get("exact") == "1"
    reading = searching.read(form.cleaned_data.get("q", ""), is_exact=is_exact)
    filters = Filters(
        words=reading.terms,
        scope=scope,
        categories=tuple(sorted({pk for slug in chosen["category"] for pk in tree[slug].pks})),
        brands=(brand,) if brand else tuple(chosen["brand"]),
        sizes=tuple(sizes[size] for size in chosen["size"]),
        conditions=tuple(chosen["condition"]),
        price_from=price_from,
        price_to=price_to,
        in_stock=params.get("stock") == "1",
        with_sold=params.get("sold") == "1",
    )
    sort = params.get("sort", "")
    is_known = sort in SORTS and (sort != BEST_MATCH or filters.words)
    filters = replace(filters, sort=sort if is_known else default_sort(filters))
    return Asked(path, filters, form, chosen, choice, tree, branch, reading.corrected, is_exact)


def groups(*, asked: Asked, counts: Counts) -> list[Group]:
    """The questions of the filter form with a count at each answer; one that leaves no choice is left out."""
    words = catalogue.condition_words()
    conditions = [(code, label, counts.conditions.get(code, 0)) for code, (label, _) in words.items()]
    below = branches(asked.tree, asked.branch)
    categories = [(each.slug, each.name, counts.categories.get(each.slug, 0)) for each in below]
    brands = [(slug, name, counts.brands.get(slug, ("", 0))[1]) for slug, (name, _) in asked.choice.brands.items()]
    brand_options = _options("brand", asked, sorted(brands, key=lambda brand: (-brand[2], brand[1].lower())))
    found = [
        Group("condition", gettext("Condition"), [Section(_options("condition", asked, conditions))]),
        Group("size", gettext("Size"), _size_sections(asked, counts), kind="sizes"),
        Group("category", gettext("Category"), [Section(_options("category", asked, categories))]),
        Group("brand", gettext("Brand"), [Section(brand_options[:BRANDS_SHOWN])], more=brand_options[BRANDS_SHOWN:]),
    ]
    return [group for group in found if sum(len(section.options) for section in group.sections) > 1]


def branches(tree: dict[str, Branch], branch: Branch | None) -> list[Branch]:
    """The categories below this one, or those that divide the whole shop: an only branch counts as its root."""
    if branch:
        return [tree[slug] for slug in branch.children]
    roots = [root for root in tree.values() if not root.parent]
    return [tree[slug] for root in roots for slug in (root.children if len(root.children) > 1 else (root.slug,))]


def applied(*, asked: Asked) -> list[Applied]:
    """The filters in force."""
    conditions = catalogue.condition_words()
    brands = asked.choice.brands
    names = {
        "category": lambda value: asked.tree[value].name,
        "condition": lambda value: conditions[value][0],
        "brand": lambda value: brands[value][0],
        "size": lambda value: value if " " in value else gettext("Size %(size)s") % {"size": value},
    }
    found = [
        Applied(names[facet](value), asked.address(**{facet: [other for other in values if other != value]}))
        for facet, values in asked.chosen.items()
        for value in values
    ]
    filters = asked.filters
    if filters.price_from is not None:
        words = gettext("From %(price)s") % {"price": format_eur(filters.price_from)}
        found.append(Applied(words, asked.address(min="", max=_typed(filters.price_to))))
    if filters.price_to is not None:
        words = gettext("Up to %(price)s") % {"price": format_eur(filters.price_to)}
        found.append(Applied(words, asked.address(max="", min=_typed(filters.price_from))))
    if filters.in_stock:
        found.append(Applied(gettext("In stock now"), asked.address(stock="")))
    if filters.with_sold:
        found.append(Applied(gettext("Sold shown"), asked.address(sold="")))
    return found


def _typed(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount.normalize():f}"


def _known(values: Iterable[str], known: Iterable[str]) -> list[str]:
    """Each known value once, in the order in which they are known."""
    asked = set(values)
    return [value for value in known if value in asked]


def _options(name: str, asked: Asked, answers: Iterable[tuple[str, str, int]]) -> list[Option]:
    checked = asked.chosen.get(name, [])
    return [Option(value, label, count, value in checked) for value, label, count in answers]


def _size_sections(asked: Asked, counts: Counts) -> list[Section]:
    """The sizes by their system, each under its own heading where there are several; the long ones of sets apart."""
    systems: dict[str, list[tuple[str, str, int]]] = {}
    for system, size in asked.choice.sizes:
        answer = (f"{system} {size}".strip(), size, counts.sizes.get((system, size), 0))
        systems.setdefault(str(MIXED_SETS) if ", " in size else system, []).append(answer)
    return [
        Section(_options("size", asked, answers), str(SIZE_HEADINGS.get(system, system)) if len(systems) > 1 else "")
        for system, answers in systems.items()
    ]
