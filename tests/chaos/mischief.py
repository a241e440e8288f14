"""Everything that happens to a portal, by chance: kills, twins, an emptied broker, jumps, lies."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import httpx
import redis
from django.conf import settings
from django.db import connections
from kombu.exceptions import OperationalError as BrokerError

from grants import tasks
from grants.payouts.models import PaymentAttempt
from grants.payouts.services.booking import take_back
from tests.chaos.lies import Lies
from tests.chaos.office import BROKEN
from tests.chaos.stage import Stage


class Mischief:
    """One deed after the other. `gaps` keeps from the same thing being killed while it starts.

    The supervisor pauses longer after each early death (half a minute at the most), and a keeper
    gives a server up that dies five times within half a minute each: both are right to.
    """

    def __init__(self, random: Random, stage: Stage):
        self.random, self.stage = random, stage
        self.lies = Lies(random)
        self.done: Counter[str] = Counter()
        self._not_before: dict[str, float] = {}
        self._returned: list[str] = []
        self._deeds: list[tuple[str, int, float, Callable[[], bool | None]]] = [
            ("gateway told to misbehave", 12, 0, self._misbehave),
            ("tasks published many times", 4, 0, self._duplicate),
            ("pool processes killed", 4, 3, self._kill_pool),
            ("worker parents killed", 2, 22, self._kill_worker),
            ("beat killed", 1, 22, self._kill_beat),
            ("broker emptied (FLUSHALL)", 2, 0, self._flush),
            ("broker killed", 1, 31, self._kill_broker),
            ("PostgreSQL killed", 2, 31, self._kill_postgres),
            ("database sessions killed", 1, 15, self._kill_session),
            ("gateway frozen and thawed", 1, 4, self._freeze_gateway),
            ("gateway killed", 1, 22, self._kill_gateway),
            ("paid money given back", 2, 0, self._give_back),
            ("clocks jumped", 3, 0, stage.clock.jump),
        ]

    @property
    def count(self) -> int:
        return sum(self.done.values())

    def once(self) -> None:
        """One deed by chance, of those whose time has come."""
        now = time.monotonic()
        ready = [deed for deed in self._deeds if self._not_before.get(deed[0], 0) <= now]
        (name, _weight, gap, deed), *_ = self.random.choices(ready, [row[1] for row in ready])
        self._not_before[name] = now + gap
        try:
            if deed() is not False:
                self.done[name] += 1
        except (BrokerError, redis.RedisError, httpx.TransportError, ProcessLookupError):
            pass  # it was down already: nothing was done
        except BROKEN:
            connections.close_all()

    def _kill(self, pids: list[int]) -> bool:
        if not pids:
            return False
        os.kill(self.random.choice(pids), signal.SIGKILL)
        return True

    def _kill_pool(self) -> bool:
        return self._kill(self.stage.pool())

    def _kill_worker(self) -> bool:
        return self._kill(self.stage.worker_parents())

    def _kill_beat(self) -> bool:
        return self._kill(self.stage.pids("fundportal beat"))

    def _kill_gateway(self) -> bool:
        return self._kill(self.stage.pids("fundportal.sandbox"))

    def _kill_broker(self) -> bool:
        return self._kill(self.stage.pids("valkey-server"))

    def _kill_postgres(self) -> bool:
        return self._kill(self.stage.pids("bin/postgres -D"))

    def _kill_session(self) -> bool:
        """PostgreSQL then throws all sessions out and recovers, without starting anew."""
        return self._kill(self.stage.pids("postgres: portal portal"))

    def _duplicate(self) -> None:
        twin = f"twin-{self.random.getrandbits(64):x}"
        for _ in range(self.random.randint(3, 8)):
            tasks.pay.apply_async(task_id=twin)
        tasks.tell.apply_async()
        tasks.tell.apply_async()

    def _flush(self) -> None:
        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            broker.flushall()

    def _freeze_gateway(self) -> bool:
        """Shorter than the rail's own time, within which a call that hangs is still carried out."""
        pids = self.stage.pids("fundportal.sandbox")
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(self.random.uniform(0.5, 3.0))
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        return bool(pids)

    def _misbehave(self) -> None:
        answer = self.stage.control.post("/control/faults", json=self.lies.next())
        answer.raise_for_status()

    def _give_back(self) -> bool:
        """The payee's bank sends paid money back, days later; a statement tells the portal."""
        paid = PaymentAttempt.objects.filter(state="succeeded").order_by("pk")
        numbers = list(paid.values_list("number", flat=True))
        if not numbers:
            return False
        number = self.random.choice(numbers)
        answer = self.stage.control.post("/control/return", json={"out_biz_no": number})
        self._returned += [number] * (answer.status_code == httpx.codes.OK)
        return bool(self._returned)

    def tell_of_returns(self) -> None:
        """What the bank's statement says, as its upload would; again where it got lost."""
        for number in list(self._returned):
            attempt = PaymentAttempt.objects.get(number=number)
            take_back(attempt, code="REFUND", message="The bank sent the money back.")
            self._returned.remove(number)

    def lift(self) -> None:
        """From now on the gateway behaves, and the clocks are right."""
        self.stage.clock.put_right()
        self.stage.wait_for("the sandbox", self._lifted, 60)

    def _lifted(self) -> bool:
        try:
            return self.stage.control.delete("/control/faults").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
