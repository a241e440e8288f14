"""The people: whatever waits for a person is done, two controllers always reaching at once."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from django.db import InterfaceError, OperationalError, connections

from grants.accounts.models import Role, User
from grants.accounts.services import grant_role
from grants.core.errors import Refused
from grants.payouts.models import Payee, Payout, PayoutBatch
from grants.payouts.services import approving, batches, due, payees, releasing
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
            self._look_at_accounts()
            for payout in Payout.objects.filter(state__in=["failed", "returned"]).order_by("pk"):
                self._do("requeued", partial(due.requeue, payout, by=self.finance, reason="ok"))
            if prepare:
                self._prepare()
            for batch in PayoutBatch.objects.filter(state="open").order_by("pk"):
                self._do("submitted", partial(batches.submit_batch, batch, by=self.finance))
            for batch in PayoutBatch.objects.filter(state="submitted").order_by("pk"):
                self._judge(batch)
            for batch in PayoutBatch.objects.filter(state="approved").order_by("pk"):
                self._both("released", releasing.release_batch, batch)
        except BROKEN:
            self._note_broken()

    def _look_at_accounts(self) -> None:
        """Where money came back, the account is found right after a second look."""
        returned = Payout.objects.filter(state="returned").values("payee")
        for payee in Payee.objects.filter(pk__in=returned, state="verified").order_by("pk"):
            confirm = partial(payees.confirm_payee, payee, by=self.controllers[0], proof="call")
            self._do("accounts confirmed", confirm)

    def _prepare(self) -> None:
        free = Payout.objects.filter(state="due", batch=None).order_by("pk")
        chosen = list(free[: self.size])
        if chosen:
            self._do("prepared", partial(batches.prepare_batch, chosen, by=self.finance))

    def _judge(self, batch: PayoutBatch) -> None:
        chance, by = self.random.random(), self.controllers[0]
        if chance < 0.1:
            self._do("rejected", partial(approving.reject_batch, batch, by=by, reason="again"))
        elif chance < 0.2:
            payout = self.random.choice(list(batch.payouts.order_by("pk")))
            self._do("recalled", partial(approving.recall_payout, payout, by=by, reason="later"))
        else:
            self._both("approved", approving.approve_batch, batch)

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
