"""A portal with servers, workers and sandbox of its own, and the way to each of its processes."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import httpx

from fundportal import embedded
from fundportal.env import ROOT
from fundportal.processes import spawn, stop
from tests.chaos.clock import Clock
from tests.setup.portal import free_port, processes_of

WORKER = "worker --concurrency"
START_SECONDS = 100


class Stage:
    def __init__(self, folder: Path, uses: list[embedded.Use], clock: Clock):
        self.folder, self.uses, self.clock = folder, uses, clock
        self.log = folder / "portal.log"
        self.control = httpx.Client(
            base_url=f"http://127.0.0.1:{embedded.sandbox_port()}",
            timeout=10,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def start(self) -> None:
        """Starts the portal as `make run` does, and waits for web and sandbox."""
        self.port = free_port()
        with open(self.log, "ab") as out:
            self.process = spawn(
                [sys.executable, "manage.py", "up"],
                on_death=signal.SIGTERM,
                cwd=ROOT,
                env=os.environ | {"PORT": str(self.port)} | self.clock.environment(),
                stdout=out,
                stderr=out,
            )
        self.wait_for("the portal", self._has_said_its_address, START_SECONDS)
        self.wait_for("the sandbox", lambda: _takes(embedded.sandbox_port()), START_SECONDS)

    def _has_said_its_address(self) -> bool:
        return "Ctrl-C stops everything" in self.log.read_text(errors="replace")

    def wait_for(self, what: str, condition, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"{what} does not come up:\n{self.last_words()}")
            time.sleep(0.1)

    def look_after(self) -> None:
        """The servers have keepers; one that gave up is replaced. The portal itself must live."""
        for use in self.uses:
            use.ensure()
        if self.process.poll() is not None:
            raise SystemExit(f"The portal ended by itself:\n{self.last_words()}")

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def pids(self, words: str) -> list[int]:
        """The processes of this portal with these words in their command line, oldest first."""
        return sorted(pid for pid, line in processes_of(self.folder).items() if words in line)

    def children_of(self, parents: list[int]) -> list[int]:
        found = []
        for pid in self.pids(""):
            try:
                told = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(told[1]) in parents:
                found.append(pid)
        return found

    def worker_parents(self) -> list[int]:
        workers = self.pids(WORKER)
        return [pid for pid in workers if pid not in self.children_of(workers)]

    def pool(self) -> list[int]:
        return self.children_of(self.worker_parents())

    def end(self) -> None:
        self.control.close()
        stop(self.process, signal.SIGTERM, 30)


def _takes(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
