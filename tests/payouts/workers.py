"""What workers do, and what happens to them, over a rail that answers as it likes."""

from contextlib import suppress
from datetime import timedelta

from django.db.models import Q
from hypothesis import strategies as st

from grants.payouts.clock import database_now
from grants.payouts.lifecycle import LIVE
from grants.payouts.models import Payee, PaymentAttempt, RailHealth
from grants.payouts.rails.protocol import Outcome
from grants.payouts.services import booking, sending
from grants.payouts.services.marking import Marks
from grants.payouts.services.settling import Paid
from tests.payouts.way import expire_leases, later
from tests.payouts.whims import Killed, Rail

# How often each is chosen.
WORK = {
    "work": 6,
    "work_much_later": 6,
    "lose": 1,
    "late_answers": 1,
    "fall_asleep": 1,
    "wake": 1,
    "stopped": 1,
    "rail_settles": 1,
}


class Workers:
    rail: Rail
    sleepers: list[int]

    def send(self, data=None):
        later()
        RailHealth.objects.update(failures=0, stopped_at=None, retry_at=None, reason="")
        sending.send_prepared()

    def ask(self, data=None):
        later()
        RailHealth.objects.update(failures=0, stopped_at=None, retry_at=None, reason="")
        sending.ask_open()

    def work(self, data):
        with suppress(Killed):
            self.ask()
        self.send()

    def work_much_later(self, data):
        arrives = data.draw(st.booleans(), label="what hung arrives")
        self._long_passes("paid" if arrives else None)
        self.rail.may_deny = True
        with suppress(Killed):
            self.ask()
        self.rail.may_deny = False
        if data.draw(st.booleans(), label="late answers arrive"):
            self.late_answers()
        self.send()

    def _long_passes(self, target: str | None) -> None:
        """The rail's own time is over: what hung was carried out, or never will be."""
        self.lose()
        self.rail.settle("hanging", target)
        long_ago = database_now() - timedelta(hours=2)
        PaymentAttempt.objects.filter(called_at__isnull=False).update(called_at=long_ago)

    def lose(self, data=None):
        expire_leases()
        self.rail.asleep.clear()
        sending.lose_expired()

    def fall_asleep(self, data):
        """A worker claims, and does no more for now."""
        for pk in sending.claim(Q(state="prepared", called_at=None), limit=1):
            self.rail.asleep.add(PaymentAttempt.objects.get(pk=pk).number)
            self.sleepers.append(pk)

    def wake(self, data=None):
        """The worker that slept goes on, whatever happened meanwhile."""
        if self.sleepers:
            pk = self.sleepers.pop(0)
            self.rail.asleep.discard(PaymentAttempt.objects.get(pk=pk).number)
            paid, marks = Paid(), Marks([pk])
            sending._send(sending.load(pk), set(), marks, paid)
            marks.take_off()
            paid.book()

    def late_answers(self, data=None):
        """Answers are booked after others have done more. An old one moves nothing."""
        while self.rail.late:
            number, answer, was_question = self.rail.late.pop(0)
            before = PaymentAttempt.objects.get(number=number)
            booking.book(booking.load(before.pk), answer, was_question=was_question)
            is_old = was_question and before.state == "prepared" and answer.outcome != Outcome.PAID
            if before.state not in LIVE or is_old:
                assert PaymentAttempt.objects.get(number=number).state == before.state

    def stopped(self, data):
        """The account is stopped for a while: nobody is paid who was not called for before."""
        move = data.draw(st.sampled_from([self.send, self.wake]), label="while stopped")
        Payee.objects.filter(state="verified").update(state="suspended")
        self.rail.is_stopped = True
        with suppress(Killed):
            move()
        self.rail.is_stopped = False
        Payee.objects.filter(state="suspended").update(state="verified")

    def rail_settles(self, data):
        succeeds = data.draw(st.booleans(), label="what it dealt with succeeds")
        self.rail.settle("dealing", "paid" if succeeds else "failed")
