"""How the list of submissions is narrowed."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import DateField
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RangeDateFilter

from inventory.models import Category
from offers.models import SellItem, SellOffer, SellSubmission
from offers.queries import listing, queues

Rows = QuerySet[SellSubmission]
YES_NO = [("yes", "Yes"), ("no", "No")]


class QueueFilter(SimpleListFilter):
    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(queue.key, queue.label) for queue in queues.QUEUES.values()]

    def queryset(self, request: HttpRequest, rows: Rows) -> Rows:
        key = self.value()
        return queues.of(key, rows, timezone.now()) if key in queues.QUEUES else rows


class AssigneeFilter(SimpleListFilter):
    title = "reviewed by"
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "Me"), ("nobody", "Nobody")]

    def queryset(self, request: HttpRequest, rows: Rows) -> Rows:
        if self.value() == "me":
            return rows.filter(assignee=request.user.pk)
        return rows.filter(assignee=None) if self.value() == "nobody" else rows


class CategoryFilter(SimpleListFilter):
    title = "category of a piece"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Category.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, rows: Rows) -> Rows:
        value = self.value() or ""
        if not value.isdecimal():
            return rows
        pieces = SellItem.objects.filter(submission=OuterRef("pk"), category_id=int(value[:9]), removed_at=None)
        return rows.filter(Exists(pieces.order_by()))


class YesNoFilter(SimpleListFilter):
    """Whether something is there."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return YES_NO

    def queryset(self, request: HttpRequest, rows: Rows) -> Rows:
        if self.value() not in {"yes", "no"}:
            return rows
        return rows.filter(self.condition()) if self.value() == "yes" else rows.exclude(self.condition())

    def condition(self) -> Exists:
        raise NotImplementedError


class CounterFilter(YesNoFilter):
    title = "counter of the seller"
    parameter_name = "counter"

    def condition(self) -> Exists:
        asked = SellOffer.objects.filter(party=SellOffer.Party.SELLER, kind=SellOffer.Kind.COUNTER)
        return Exists(asked.filter(submission=OuterRef("pk")).order_by())


class ReturningFilter(YesNoFilter):
    title = "seller known to us"
    parameter_name = "returning"

    def condition(self) -> Exists:
        return listing.is_returning()


class DaysFilter(RangeDateFilter):
    """From one day to another, both whole, as the shop's clock counts them."""

    def queryset(self, request: HttpRequest, rows: Rows) -> Rows:
        for end, lookup in (("from", "gte"), ("to", "lte")):
            typed = self.used_parameters.get(f"{self.parameter_name}_{end}")
            try:
                day = DateField(required=False, localize=False).clean(typed)
            except ValidationError:
                continue
            if day:
                rows = rows.filter(**{f"{self.parameter_name}__date__{lookup}": day})
        return rows
