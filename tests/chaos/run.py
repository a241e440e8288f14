"""One run from the seeding to the proof."""

import time
from pathlib import Path
from random import Random

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from fundportal import embedded
from fundportal.sandbox import keys
from tests.chaos import proof
from tests.chaos.clock import Clock
from tests.chaos.mischief import Mischief
from tests.chaos.office import BROKEN, Office
from tests.chaos.stage import Stage
from tests.seeding import due_payouts

PAUSE = 0.4
BATCHES = 20


class Run:
    def __init__(self, folder: Path, random: Random, *, count: int, faults: int):
        self.folder, self.random = folder, random
        self.count, self.faults = count, faults
        self.began = time.monotonic()
        self.told_at = 0.0

    def all(self, *, longest_end: float) -> list[str]:
        """What is wrong in the end: nothing, if all went well."""
        with embedded.running("postgres", "valkey") as uses:
            self.stage = Stage(self.folder, uses, Clock(self.folder, self.random))
            self._seed()
            self.stage.start()
            try:
                mischief = self._storm()
                self._calm(mischief, longest_end)
                return self._prove(mischief)
            finally:
                self.stage.end()
                connections.close_all()

    def say(self, words: str) -> None:
        print(f"{time.monotonic() - self.began:6.0f} s  {words}", flush=True)

    def _seed(self) -> None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        keys.ensure(self.folder / "keys")
        call_command("migrate", verbosity=0, interactive=False)
        due_payouts(self.count, grantees=min(10, 2 + self.count // 50), random=self.random)
        self.office = Office(self.random, size=max(self.count // BATCHES, 1))
        self.say(f"{self.count} payouts are due; the portal starts")
        if not self.stage.clock.can_jump:
            self.say("libfaketime is not installed: the clocks do not jump")

    def _storm(self) -> Mischief:
        """Faults one after the other, batches spread over them."""
        mischief, batches = Mischief(self.random, self.stage), 0
        while mischief.count < self.faults or batches < BATCHES:
            self.stage.look_after()
            is_time = batches * self.faults <= mischief.count * BATCHES
            self.office.work(prepare=is_time)
            batches += is_time
            mischief.once()
            self._statement(mischief)
            self._tell(f"{mischief.count} of {self.faults} faults")
            time.sleep(PAUSE * self.random.random())
        return mischief

    def _calm(self, mischief: Mischief, longest: float) -> None:
        """No more faults; only people do what waits for people, until nothing is open."""
        mischief.lift()
        self.say("the faults are lifted; waiting until nothing is open")
        deadline = time.monotonic() + longest
        while time.monotonic() < deadline:
            self.stage.look_after()
            self._statement(mischief)
            self.office.work(prepare=True)
            self._tell("calm")
            try:
                if not any(proof.open_things().values()):
                    return
            except BROKEN:
                connections.close_all()
            time.sleep(0.5)
        self.say(f"still open: {proof.open_things()}")

    def _statement(self, mischief: Mischief) -> None:
        try:
            mischief.tell_of_returns()
        except BROKEN:
            connections.close_all()

    def _tell(self, words: str) -> None:
        if time.monotonic() - self.told_at < 5:
            return
        self.told_at = time.monotonic()
        try:
            listed = ", ".join(f"{state} {count}" for state, count in proof.states().items())
        except BROKEN:
            connections.close_all()
            listed = "the database is away"
        self.say(f"{words}: {listed}")

    def _prove(self, mischief: Mischief) -> list[str]:
        judged = proof.Proof(self.stage)
        judged.check()
        for title, rows in (
            ("Done to the portal", mischief.done),
            ("Done by people", self.office.done),
            ("Calls by the fault that they met", proof.what_was_met(self.stage)),
            ("Booked of attempts", proof.what_was_booked()),
            ("Sums", judged.sums),
        ):
            print(f"\n{title}")
            for name, value in sorted(rows.items()):
                print(f"  {name:<32}{value:>16,}")
        for sentence in judged.wrong:
            print(f"WRONG {sentence}")
        return judged.wrong
