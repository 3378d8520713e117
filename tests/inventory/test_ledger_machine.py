"""The ledger under any order of events: whatever is done to a lot, it adds up and is never sold twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from core.errors import DomainError
from inventory.models import Reservation
from inventory.queries.ledger import stock_findings
from inventory.services import stock
from tests.factories.inventory import STAFF, shelved
from tests.factories.shop import NOON

SMALL = st.integers(1, 3)


class LedgerMachine(RuleBasedStateMachine):
    """Plays with one lot and a plain count of where its copies should be."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.item = shelved(quantity=2)
        self.now = NOON
        self.events = 0
        self.owned = 2
        self.with_customers = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def cause(self) -> str:
        self.events += 1
        return f"event {self.events}"

    def active(self) -> list[int]:
        return list(Reservation.objects.filter(status="active").values_list("pk", flat=True))

    @rule(quantity=SMALL)
    def take_in(self, quantity: int) -> None:
        stock.take_in(stock_item_id=self.item.pk, quantity=quantity, cause=self.cause(), actor=STAFF, now=self.now)
        self.owned += quantity

    @rule(quantities=st.lists(SMALL, min_size=1, max_size=2), minutes=st.none() | st.integers(1, 60))
    def reserve(self, quantities: list[int], minutes: int | None) -> None:
        wanted = [stock.Wanted(self.item.pk, quantity, Decimal("38")) for quantity in quantities]
        expires_at = None if minutes is None else self.now + timedelta(minutes=minutes)
        try:
            with transaction.atomic():
                stock.reserve(
                    wanted=wanted, cause=self.cause(), holder="h", expires_at=expires_at, actor=STAFF, now=self.now
                )
        except DomainError:
            promised = Reservation.objects.filter(status="active").exclude(expires_at__lte=self.now)
            free = self.owned - sum(reservation.quantity for reservation in promised)
            assert sum(quantities) > free

    @precondition(lambda self: self.active())
    @rule(pick=st.integers(0, 9), verb=st.sampled_from(["release", "hand_over"]))
    def end(self, pick: int, verb: str) -> None:
        chosen = self.active()
        reservation = Reservation.objects.get(pk=chosen[pick % len(chosen)])
        try:
            getattr(stock, verb)(reservation_ids=[reservation.pk], actor=STAFF, now=self.now)
        except DomainError:
            assert reservation.expires_at
            assert reservation.expires_at <= self.now
            return
        if verb == "hand_over":
            self.owned -= reservation.quantity
            self.with_customers += reservation.quantity

    @precondition(lambda self: self.active())
    @rule(pick=st.integers(0, 9), beside=st.integers(0, 2))
    def take_over(self, pick: int, beside: int) -> None:
        """One reservation takes the place of another, with further copies beside it or not at all."""
        chosen = self.active()
        former = Reservation.objects.get(pk=chosen[pick % len(chosen)])
        wanted = [stock.Wanted(self.item.pk, former.quantity, Decimal("38"), instead_of=former.pk)]
        wanted += [stock.Wanted(self.item.pk, beside, Decimal("38"))] if beside else []
        is_over = former.expires_at is not None and former.expires_at <= self.now
        promised = Reservation.objects.filter(status="active").exclude(expires_at__lte=self.now)
        free = self.owned - sum(reservation.quantity for reservation in promised)
        try:
            with transaction.atomic():
                made = stock.reserve(
                    wanted=wanted, cause=self.cause(), holder="h", expires_at=None, actor=STAFF, now=self.now
                )
        except DomainError:
            assert is_over or beside > free
            return
        former.refresh_from_db()
        assert not is_over
        assert (former.status, former.successor) == ("released", made[0])

    @rule(minutes=st.integers(1, 45))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def tidy_up(self) -> None:
        stock.expire_due(now=self.now)

    @rule(counted=st.integers(0, 6))
    def count(self, counted: int) -> None:
        try:
            stock.count(stock_item_id=self.item.pk, counted=counted, cause=self.cause(), actor=STAFF, now=self.now)
        except DomainError:
            return
        self.owned = counted

    @precondition(lambda self: self.with_customers)
    @rule(is_sellable=st.booleans())
    def return_one(self, is_sellable: bool) -> None:
        stock.put_back(
            stock_item_id=self.item.pk,
            quantity=1,
            is_sellable=is_sellable,
            cause=self.cause(),
            actor=STAFF,
            now=self.now,
        )
        self.with_customers -= 1
        self.owned += is_sellable

    @invariant()
    def the_house_holds_what_it_should(self) -> None:
        self.item.refresh_from_db()
        assert self.item.on_shelf + self.item.reserved == self.owned
        assert stock_findings() == []


@pytest.mark.django_db
def test_INV_10_INV_13_the_ledger_adds_up_whatever_happens():
    few = settings(
        deadline=None, max_examples=25, stateful_step_count=25, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(LedgerMachine, settings=few)
