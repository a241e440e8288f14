"""The people: whatever waits for a person is done, two controllers always reaching at once."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from django.db import InterfaceError, OperationalError, connections

from grants.accounts.models import Role, User
from grants.accounts.services import grant_role
from grants.core.errors import Refused
from grants.payouts.models import Payout, PayoutBatch
from grants.payouts.services import batches, due
from tests import cast
from tests.together import together

BROKEN = (OperationalError, InterfaceError)


class Office:
    """Looks at the rows each time, so that a commit whose word got lost does no harm."""

    def __init__(self, random: Random, *, size: int):
        self.random, self.size = random, size
        self.done: Counter[str] = Counter()
        self.finance = cast.person("finance")
        self.controllers = [cast.person("controller"), self._second_controller()]

    def _second_controller(self) -> User:
        second = cast.person("controller-2")
        grant_role(second, Role.CONTROLLER, by=None)
        return second

    def work(self, *, prepare: bool) -> None:
        """One round over all that waits; a new batch only where `prepare` says so."""
        try:
            for payout in Payout.objects.filter(state__in=["failed", "returned"]).order_by("pk"):
                self._do("requeued", partial(due.requeue, payout, by=self.finance, reason="ok"))
            if prepare:
                self._prepare()
            for batch in PayoutBatch.objects.filter(state="open").order_by("pk"):
                self._do("submitted", partial(batches.submit_batch, batch, by=self.finance))
            for batch in PayoutBatch.objects.filter(state="submitted").order_by("pk"):
                self._judge(batch)
            for batch in PayoutBatch.objects.filter(state="approved").order_by("pk"):
                self._both("released", batches.release_batch, batch)
        except BROKEN:
            self._note_broken()

    def _prepare(self) -> None:
        free = Payout.objects.filter(state="due", batch=None).order_by("pk")
        chosen = list(free[: self.size])
        if chosen:
            self._do("prepared", partial(batches.prepare_batch, chosen, by=self.finance))

    def _judge(self, batch: PayoutBatch) -> None:
        if self.random.random() < 0.1:
            reject = partial(batches.reject_batch, batch, by=self.controllers[0], reason="again")
            self._do("rejected", reject)
        else:
            self._both("approved", batches.approve_batch, batch)

    def _do(self, what: str, deed: Callable) -> None:
        try:
            deed()
            self.done[what] += 1
        except Refused:
            self.done["refused to people"] += 1

    def _both(self, what: str, verb: Callable, batch: PayoutBatch) -> None:
        """Both controllers on one batch in the same moment; at most one of them gets it."""
        mine, other = (PayoutBatch.objects.get(pk=batch.pk) for _ in range(2))
        outcomes = together(
            partial(verb, mine, by=self.controllers[0]),
            partial(verb, other, by=self.controllers[1]),
        )
        self.done["controllers at once"] += 1
        for outcome in outcomes:
            if outcome is None:
                self.done[what] += 1
            elif isinstance(outcome, Refused):
                self.done["refused to people"] += 1
            elif isinstance(outcome, BROKEN):
                self._note_broken()
            else:
                raise outcome

    def _note_broken(self) -> None:
        self.done["people cut off"] += 1
        connections.close_all()
