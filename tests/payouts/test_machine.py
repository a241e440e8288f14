"""Payouts driven through random verbs over a rail that answers as it likes, against a plain model.

The model is what people may do from which state, and the rail's own book: whatever happens, money
goes out under one number of a payout at a time, and in the end nothing is left open.
"""

import logging
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from grants.core.errors import Refused
from grants.payouts import rails
from grants.payouts.lifecycle import LIVE
from grants.payouts.models import PaymentAttempt, Payout, PayoutBatch
from grants.payouts.services import approving, batches, due, releasing
from tests import cast
from tests.machines import OnDatabase, drive
from tests.payouts.way import differences
from tests.payouts.whims import Killed, Rail
from tests.payouts.workers import WORK, Workers
from tests.seeding import grantee, payouts_of

AMOUNTS = [Decimal("100.00"), Decimal("20.50"), Decimal("0.01")]
NUMBERS = st.integers(0, len(AMOUNTS) - 1)
OUT = ("paid", "dealing", "hanging")
IN_FLIGHT = {"sending": "prepared", "sent": "accepted", "unknown": "unknown"}
STANDS = IN_FLIGHT | {"paid": "succeeded", "failed": "rejected"}
# How often each is chosen: a rule of its own for each would be switched off in whole examples.
PEOPLE = {
    "go": 2,
    "prepare": 1,
    "take_out": 1,
    "decide": 1,
    "hold_or_release": 1,
    "cancel": 1,
    "requeue": 1,
}
MOVES = WORK | PEOPLE
MOVE = st.sampled_from([name for name, weight in MOVES.items() for _ in range(weight)])


class Payouts(Workers, OnDatabase):
    """`free` is what people may decide about: payouts that are due and in no batch."""

    def __init__(self) -> None:
        super().__init__()
        self.rail.begin(None)
        self.finance, self.controller = cast.person("finance"), cast.person("controller")
        self.keys = sorted(Payout.objects.values_list("pk", flat=True))
        self.states: dict[int, str] = {}
        self.batch_of: dict[int, int | None] = {}
        self.look()
        self.sleepers = []

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

    @rule(data=st.data())
    def move(self, data):
        name = data.draw(MOVE)
        self.rail.draw = data.draw
        with suppress(Killed):
            getattr(self, name)(data)
        if name in WORK:
            self.look()

    def go(self, data=None):
        """All that can go again goes."""
        for place in range(len(AMOUNTS)):
            if self.states[self.keys[place]] == "failed":
                self._requeue(place)
        free = {place for place, key in enumerate(self.keys) if self.is_free(key)}
        if free:
            self._prepare(free)
        self.submit()
        self.approve()
        self.release()

    def prepare(self, data):
        self._prepare(data.draw(st.sets(NUMBERS, min_size=1)))

    def _prepare(self, chosen: set[int]) -> None:
        keys = [self.keys[number] for number in chosen]
        rows = [Payout(pk=key) for key in keys]
        may = all(self.is_free(key) for key in keys)
        if self.try_to(
            lambda: batches.prepare_batch(rows, by=self.finance, rail="sandbox"), may=may
        ):
            batch = PayoutBatch.objects.latest("pk")
            self.batch_of |= dict.fromkeys(keys, batch.pk)

    def take_out(self, data):
        payout = self.at(data.draw(NUMBERS))
        may = payout.batch is not None and payout.batch.state == "open"
        if self.try_to(lambda: batches.take_out(payout, by=self.finance, reason="x"), may=may):
            self.batch_of[payout.pk] = None

    def _each_batch(self, state: str, verb) -> None:
        for batch in PayoutBatch.objects.filter(state=state).order_by("pk"):
            may = batch.payouts.exists()
            self.try_to(lambda batch=batch: verb(batch), may=may)

    def submit(self):
        self._each_batch("open", lambda batch: batches.submit_batch(batch, by=self.finance))

    def approve(self):
        keys = self._payouts_in("submitted")
        self._each_batch(
            "submitted", lambda batch: approving.approve_batch(batch, by=self.controller)
        )
        self.states |= dict.fromkeys(keys, "approved")

    def release(self):
        keys = self._payouts_in("approved")
        self._each_batch(
            "approved", lambda batch: releasing.release_batch(batch, by=self.controller)
        )
        self.states |= dict.fromkeys(keys, "sending")

    def reject(self):
        keys = self._payouts_in("submitted") + self._payouts_in("approved")
        by, reason = self.controller, "x"
        for state in ("submitted", "approved"):
            self._each_batch(state, lambda row: approving.reject_batch(row, by=by, reason=reason))
        self.states |= dict.fromkeys(keys, "due")

    def decide(self, data):
        data.draw(st.sampled_from([self.submit, self.approve, self.release, self.reject]))()

    def _payouts_in(self, state: str) -> list[int]:
        return list(Payout.objects.filter(batch__state=state).values_list("pk", flat=True))

    def hold_or_release(self, data):
        payout = self.at(data.draw(NUMBERS))
        if self.states[payout.pk] == "held":
            due.release_hold(payout, by=self.finance)
            self.states[payout.pk] = "due"
            return
        may = self.is_free(payout.pk)
        if self.try_to(lambda: due.hold(payout, by=self.finance, reason="x"), may=may):
            self.states[payout.pk] = "held"

    def cancel(self, data):
        payout, is_sure = self.at(data.draw(NUMBERS)), data.draw(st.booleans())
        state = self.states[payout.pk]
        may = self.is_free(payout.pk) or state in ("held", "failed")
        if (is_sure or not may) and self.try_to(
            lambda: due.cancel(payout, by=self.finance, reason="x"), may=may
        ):
            self.states[payout.pk] = "cancelled"

    def requeue(self, data):
        self._requeue(data.draw(NUMBERS))

    def _requeue(self, chosen: int) -> None:
        payout = self.at(chosen)
        may = self.states[payout.pk] == "failed"
        if self.try_to(lambda: due.requeue(payout, by=self.finance, reason="x"), may=may):
            self.states[payout.pk], self.batch_of[payout.pk] = "due", None

    @invariant()
    def rows_agree_with_people_and_rail(self):
        assert self.rail.wrong == []
        rows = Payout.objects.select_related("payee", "batch").prefetch_related("attempts")
        found = {row.pk: row for row in rows}
        assert {key: (row.state, row.batch_id) for key, row in found.items()} == {
            key: (self.states[key], self.batch_of[key]) for key in self.keys
        }
        for payout in found.values():
            self._money_is_out_under_one_number_at_most(payout)
        self._released_is_what_is_under_way(found.values())

    def _money_is_out_under_one_number_at_most(self, payout):
        attempts = sorted(payout.attempts.all(), key=lambda attempt: attempt.pk)
        book = self.rail.book
        out = [row.number for row in attempts if book.get(row.number, ("none",))[0] in OUT]
        assert len(out) <= 1
        if payout.state in ("due", "held", "approved", "failed", "cancelled"):
            assert out == []
        if payout.state == "paid":
            (number,) = (row.number for row in attempts if row.state == "succeeded")
            state, order = book[number]
            assert (state, order.amount) == ("paid", payout.net)
            assert order.account == payout.payee.account_number
        if payout.state in STANDS:
            assert attempts[-1].state == STANDS[payout.state]

    def _released_is_what_is_under_way(self, payouts):
        under_way = {row.batch_id for row in payouts if row.state in IN_FLIGHT}
        released = PayoutBatch.objects.filter(state="released").values_list("pk", flat=True)
        assert set(released) == under_way

    def an_honest_rail_leaves_nothing_open(self):
        self.rail.is_honest = True
        self.rail.settle("dealing", "paid")
        for _ in range(4):
            if PaymentAttempt.objects.filter(state__in=LIVE).exists():
                self._long_passes(None)
                self.send()
                self.ask()
        self.look()
        self.rows_agree_with_people_and_rail()
        assert [state for state in self.states.values() if state in IN_FLIGHT] == []

    def teardown(self):
        try:
            self.an_honest_rail_leaves_nothing_open()
            assert differences() == []
        finally:
            super().teardown()


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_payouts_are_paid_once_over_any_rail(monkeypatch, settings):
    settings.RAIL_NOT_FOUND_IS_FINAL_S = 3600.0
    rail = Rail()
    monkeypatch.setitem(rails._BUILDERS, "sandbox", lambda: rail)
    log = logging.getLogger("grants.payouts")
    log.addHandler(rail)
    award, payee = grantee("grantee", 1)
    cast.released_batch(*payouts_of(award, payee, AMOUNTS))

    try:
        drive(type("Machine", (Payouts,), {"rail": rail}), steps=12)
    finally:
        log.removeHandler(rail)
