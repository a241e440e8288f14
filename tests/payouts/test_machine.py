"""Payouts driven through random verbs over a rail that answers as it likes, against a plain model.

The model is what people may do from which state, and the rail's own book: whatever happens, money
goes out under one number of a payout at a time.
"""

from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Q
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from grants.core.errors import Refused
from grants.payouts import rails
from grants.payouts.clock import database_now
from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch
from grants.payouts.rails.protocol import Answer, Order, Outcome
from grants.payouts.services import approving, batches, due, releasing, sending
from tests import cast
from tests.machines import OnDatabase, drive
from tests.many import answer
from tests.payouts.way import differences, expire_leases, later
from tests.seeding import grantee, payouts_of

AMOUNTS = [Decimal("100.00"), Decimal("20.50"), Decimal("0.01")]
AGAIN = ("paid", "refused", "lost", "dies")
SENDS = (*AGAIN, "sent", "stop", "lost after paying", "hangs", "dies after paying")
OUT = ("paid", "dealing", "hanging")


class Killed(BaseException):
    """The worker's process is gone: nothing after the call happens."""


class Rail:
    """A rail in memory. `book` is number → (state, order): paid, dealing or hanging (on its way).

    It knows its numbers: an order that is there is not carried out again. A refusal carries nothing
    out, but may be given before it looks whether it paid already; and of each number it may once
    say that it never saw it.
    """

    def __init__(self) -> None:
        self.book: dict[str, tuple[str, Order]] = {}
        self.denied: set[str] = set()
        self.draw = None

    def send(self, order: Order) -> Answer:
        plans = AGAIN if order.number in self.book else SENDS
        plan = self.draw(st.sampled_from(plans), label=f"the rail, of {order.number}")
        enters = {"paid": "paid", "sent": "dealing", "lost after paying": "paid"}
        enters |= {"hangs": "hanging", "dies after paying": "paid"}
        if plan in enters and order.number not in self.book:
            self.book[order.number] = enters[plan], order
        if plan in ("dies", "dies after paying"):
            raise Killed
        if plan in ("paid", "sent"):
            return self._what_became_of(order.number)
        outcomes = {"refused": Outcome.REFUSED, "stop": Outcome.STOP}
        return answer(outcomes.get(plan, Outcome.UNKNOWN), code=plan.upper(), message=plan)

    def ask(self, number: str, order: Order) -> Answer:
        if self.draw(st.booleans(), label=f"the rail cannot say of {number}"):
            return answer(Outcome.UNKNOWN, code="TIMEOUT", message="no answer")
        if number not in self.denied and self.draw(st.booleans(), label=f"it denies {number}"):
            self.denied.add(number)
            return answer(Outcome.NOT_FOUND, code="ORDER_NOT_EXIST", message="denied")
        return self._what_became_of(number)

    def _what_became_of(self, number: str) -> Answer:
        state, _order = self.book.get(number, ("none", None))
        outcomes = {"paid": Outcome.PAID, "dealing": Outcome.SENT, "failed": Outcome.REFUSED}
        return answer(outcomes.get(state, Outcome.NOT_FOUND), code=state.upper(), message=state)

    def settle(self, state: str, target: str | None) -> None:
        for number, (found, order) in list(self.book.items()):
            if found == state and target:
                self.book[number] = target, order
            elif found == state:
                del self.book[number]


class Payouts(OnDatabase):
    """`free` is what people may decide about: payouts that are due and in no batch."""

    rail: Rail

    def __init__(self) -> None:
        super().__init__()
        self.rail.book, self.rail.denied = {}, set()
        self.finance, self.controller = cast.person("finance"), cast.person("controller")
        self.keys = list(Payout.objects.order_by("pk").values_list("pk", flat=True))
        self.states = dict.fromkeys(self.keys, "due")
        self.batch_of: dict[int, int | None] = dict.fromkeys(self.keys)

    def at(self, chosen: int) -> Payout:
        return Payout.objects.get(pk=self.keys[chosen])

    def is_free(self, key: int) -> bool:
        return self.states[key] == "due" and self.batch_of[key] is None

    def look(self) -> None:
        """The rail's side moves payouts by itself: from here on they stand so."""
        for payout in Payout.objects.all():
            self.states[payout.pk], self.batch_of[payout.pk] = payout.state, payout.batch_id

    def try_to(self, deed, *, may: bool) -> bool:
        if may:
            deed()
        else:
            with pytest.raises(Refused):
                deed()
        return may

    @contextmanager
    def working(self, data):
        self.rail.draw = data.draw
        with suppress(Killed):
            yield
        self.look()

    @initialize()
    def all_are_released(self):
        """Where examples begin; what is refused comes back to the people."""
        self.prepare(set(range(len(AMOUNTS))))
        self.go()

    @rule()
    def go(self):
        self.submit()
        self.approve()
        self.release()

    @rule(chosen=st.sets(st.integers(0, len(AMOUNTS) - 1), min_size=1))
    def prepare(self, chosen):
        keys = [self.keys[number] for number in chosen]
        rows = [Payout(pk=key) for key in keys]
        may = all(self.is_free(key) for key in keys)
        if self.try_to(
            lambda: batches.prepare_batch(rows, by=self.finance, rail="sandbox"), may=may
        ):
            batch = PayoutBatch.objects.latest("pk")
            self.batch_of |= dict.fromkeys(keys, batch.pk)

    @rule(chosen=st.integers(0, len(AMOUNTS) - 1))
    def take_out(self, chosen):
        payout = self.at(chosen)
        may = payout.batch is not None and payout.batch.state == "open"
        if self.try_to(lambda: batches.take_out(payout, by=self.finance, reason="x"), may=may):
            self.batch_of[payout.pk] = None

    def _each_batch(self, state: str, verb) -> None:
        for batch in PayoutBatch.objects.filter(state=state).order_by("pk"):
            may = batch.payouts.exists()
            self.try_to(lambda batch=batch: verb(batch), may=may)

    @rule()
    def submit(self):
        self._each_batch("open", lambda batch: batches.submit_batch(batch, by=self.finance))

    @rule()
    def approve(self):
        keys = self._payouts_in("submitted")
        self._each_batch(
            "submitted", lambda batch: approving.approve_batch(batch, by=self.controller)
        )
        self.states |= dict.fromkeys(keys, "approved")

    @rule()
    def release(self):
        keys = self._payouts_in("approved")
        self._each_batch(
            "approved", lambda batch: releasing.release_batch(batch, by=self.controller)
        )
        self.states |= dict.fromkeys(keys, "sending")

    @rule()
    def reject(self):
        keys = self._payouts_in("submitted") + self._payouts_in("approved")
        by, reason = self.controller, "x"
        for state in ("submitted", "approved"):
            self._each_batch(state, lambda row: approving.reject_batch(row, by=by, reason=reason))
        self.states |= dict.fromkeys(keys, "due")

    def _payouts_in(self, state: str) -> list[int]:
        return list(Payout.objects.filter(batch__state=state).values_list("pk", flat=True))

    @rule(chosen=st.integers(0, len(AMOUNTS) - 1))
    def hold(self, chosen):
        payout = self.at(chosen)
        may = self.is_free(payout.pk)
        if self.try_to(lambda: due.hold(payout, by=self.finance, reason="x"), may=may):
            self.states[payout.pk] = "held"

    @rule(chosen=st.integers(0, len(AMOUNTS) - 1))
    def release_hold(self, chosen):
        payout = self.at(chosen)
        may = self.states[payout.pk] == "held"
        if self.try_to(lambda: due.release_hold(payout, by=self.finance), may=may):
            self.states[payout.pk] = "due"

    @rule(chosen=st.integers(0, len(AMOUNTS) - 1), is_sure=st.booleans())
    def cancel(self, chosen, is_sure):
        payout = self.at(chosen)
        state = self.states[payout.pk]
        may = self.is_free(payout.pk) or state in ("held", "failed")
        if (is_sure or not may) and self.try_to(
            lambda: due.cancel(payout, by=self.finance, reason="x"), may=may
        ):
            self.states[payout.pk] = "cancelled"

    @rule(chosen=st.integers(0, len(AMOUNTS) - 1))
    def requeue(self, chosen):
        payout = self.at(chosen)
        may = self.states[payout.pk] == "failed"
        if self.try_to(lambda: due.requeue(payout, by=self.finance, reason="x"), may=may):
            self.states[payout.pk], self.batch_of[payout.pk] = "due", None

    @rule(data=st.data(), passes=st.booleans())
    def pay(self, data, passes):
        """What a worker does each time, where `passes` after a pause of the rail's own time."""
        if passes:
            self.time_passes(data.draw(st.booleans(), label="what hung arrives"))
        later()
        with self.working(data):
            sending.send_prepared()
        with self.working(data):
            sending.ask_open()

    @rule(data=st.data(), limit=st.integers(1, 3))
    def send(self, data, limit):
        with self.working(data):
            sending.send_prepared(limit=limit)

    @rule()
    def die_after_the_claim(self):
        sending.claim(Q(state="prepared", called_at=None), limit=1)

    @rule()
    def lose_expired(self):
        expire_leases()
        sending.lose_expired()
        self.look()

    def time_passes(self, arrives):
        """The rail's own time is over: what hung was carried out, or never will be."""
        self.rail.settle("hanging", "paid" if arrives else None)
        long_ago = database_now() - timedelta(hours=2)
        PaymentAttempt.objects.filter(called_at__isnull=False).update(called_at=long_ago)

    @rule(succeeds=st.booleans())
    def rail_settles(self, succeeds):
        self.rail.settle("dealing", "paid" if succeeds else "failed")

    @invariant()
    def people_and_rows_agree(self):
        found = {row.pk: (row.state, row.batch_id) for row in Payout.objects.all()}
        assert found == {key: (self.states[key], self.batch_of[key]) for key in self.keys}

    @invariant()
    def money_is_out_under_one_number_at_most(self):
        for payout in Payout.objects.order_by("pk"):
            states = dict(payout.attempts.values_list("number", "state"))
            known = {
                number: self.rail.book[number] for number in states if number in self.rail.book
            }
            out = [number for number, (state, _order) in known.items() if state in OUT]
            assert len(out) <= 1
            if payout.state in ("due", "held", "approved", "failed", "cancelled"):
                assert out == []
            if payout.state == "paid":
                (number,) = (number for number, state in states.items() if state == "succeeded")
                state, order = known[number]
                assert (state, order.amount) == ("paid", payout.net)
                assert order.account == payout.payee.account_number

    def teardown(self):
        try:
            assert differences() == []
        finally:
            super().teardown()


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_payouts_are_paid_once_over_any_rail(monkeypatch, settings):
    settings.RAIL_NOT_FOUND_IS_FINAL_S = 3600.0
    rail = Rail()
    monkeypatch.setitem(rails._BUILDERS, "sandbox", lambda: rail)
    award, payee = grantee("grantee", 1)
    payouts_of(award, payee, AMOUNTS)

    drive(type("Machine", (Payouts,), {"rail": rail}))
