"""Runs the portal on one machine: its servers, web, worker, beat and the payment sandbox."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fundportal import embedded
from fundportal.console import Console
from fundportal.env import ROOT, number, read
from fundportal.processes import Lock, kill_session, spawn

WEB_PROCESSES = 2
# Each thread keeps a database connection: 2 × 4, the worker's and some commands stay far below
# the embedded server's 200, and below the 100 that PostgreSQL allows by default.
WEB_THREADS = 4
WORKER_PROCESSES = 2
STOP_SECONDS = 10
LONGEST_PAUSE = 30
GOOD_SECONDS = 20
FAILED_STARTS = 4


class CannotStart(Exception):
    """A sentence for the person who started it."""


class ToldToStop(BaseException):
    """SIGINT, SIGTERM or SIGHUP came."""


@dataclass
class Child:
    name: str
    argv: list[str]
    on_death: signal.Signals = signal.SIGTERM
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    next_start_at: float = 0.0
    pause: float = 1.0
    failures: int = 0

    def start(self, environment: dict[str, str], console: Console) -> None:
        self.started_at = time.monotonic()
        self.process = spawn(
            [sys.executable, "-m", *self.argv],
            on_death=self.on_death,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if self.process.stdout is not None:
            console.listen(self.name, self.process.stdout)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def terminate(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def clear_away(self) -> int | None:
        """Kills what is left of it; its exit code, or None when it was not started."""
        if self.process is None:
            return None
        kill_session(self.process)
        code, self.process = self.process.wait(), None
        return code


def children(port: int) -> list[Child]:
    celery = ["celery", "--quiet", "--app", "fundportal"]
    schedule = embedded.VAR_DIR / "beat" / "schedule"
    schedule.parent.mkdir(parents=True, exist_ok=True)
    web = f"granian --interface wsgi --port {port} --workers {WEB_PROCESSES} --no-ws"
    web += f" --blocking-threads {WEB_THREADS} --workers-kill-timeout 5 --log-level warning"
    worker = f"worker --concurrency {WORKER_PROCESSES} --without-gossip --without-mingle"
    worker += " --loglevel WARNING"
    run = [
        Child("web", [*web.split(), "--respawn-failed-workers", "fundportal.wsgi:application"]),
        # Told to stop, it waits for the broker, which is going too when this process is killed.
        Child("worker", [*celery, *worker.split(), *named("worker", "celery")], signal.SIGKILL),
        Child("payer", [*celery, *worker.split(), *named("payer", "money")], signal.SIGKILL),
        Child("beat", [*celery, "beat", "--schedule", str(schedule), "--loglevel", "WARNING"]),
    ]
    if needs_sandbox():
        folder = str(embedded.VAR_DIR / "sandbox")
        site = read("str", "SITE_URL", "") or f"http://127.0.0.1:{port}"
        options = ["--port", str(embedded.sandbox_port()), "--dir", folder]
        options += ["--notify", f"{site.rstrip('/')}/alipay/notify/"]
        run.append(Child("sandbox", ["fundportal.sandbox", *options]))
    return run


def named(name: str, queue: str) -> list[str]:
    return ["--hostname", f"{name}@%h", "--queues", queue]


def needs_sandbox() -> bool:
    return not read("str", "ALIPAY_GATEWAY_URL", "")


@contextmanager
def only_one() -> Iterator[None]:
    path = embedded.VAR_DIR / "run" / "up"
    while True:
        with embedded.in_var_dir():
            lock = Lock(path)
        if not lock.take():
            raise CannotStart(
                f"The portal already runs from this folder (process {path.read_text() or '?'}). "
                "Stop that one first, or start another copy from another folder."
            )
        if lock.is_current():
            break
        lock.close()
    try:
        lock.write(str(os.getpid()))
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.close()


def check_ports(port: int) -> None:
    if not embedded.port_is_free(port):
        raise CannotStart(
            f"Port {port} is in use by another program. Stop that program, or choose another "
            f"port: `PORT={port + 1} make run`."
        )
    if needs_sandbox():
        sandbox = embedded.sandbox_port()
        if not embedded.port_is_free(sandbox):
            embedded.choose_sandbox_port(other_than=sandbox)


def run(*, prepare: Callable[[Console], None], welcome: Callable[[int], str]) -> None:
    """Returns when told to stop; raises `CannotStart` when there is no point in going on."""
    port = number("PORT", 8000, least=1, most=65535)
    console = Console()
    with only_one():
        check_ports(port)
        signals = Signals()
        try:
            with embedded.running(*embedded.needed()) as uses:
                portal = Portal(port, console, uses, signals)
                try:
                    prepare(console)
                    portal.run(welcome)
                finally:
                    signals.do_not_raise()
                    portal.stop()
        except ToldToStop:
            console.say("Stopped. The data is kept.")


class Signals:
    """The first one raises `ToldToStop` in the main thread; one that comes later means: hurry."""

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.hurry = False
        self.first_at = 0.0
        for one in self.numbers:
            signal.signal(one, self._raise)

    def _raise(self, *_) -> None:
        self.do_not_raise()
        raise ToldToStop

    def do_not_raise(self) -> None:
        self.first_at = time.monotonic()
        for one in self.numbers:
            signal.signal(one, self._note)

    def _note(self, *_) -> None:
        # The terminal and make both pass on the same Ctrl-C.
        self.hurry = self.hurry or time.monotonic() - self.first_at > 1


class Portal:
    def __init__(self, port: int, console: Console, uses: list[embedded.Use], signals: Signals):
        self.port = port
        self.console = console
        self.uses = uses
        self.signals = signals
        self.is_serving = False
        self.children = children(port)
        self.environment = os.environ | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
        # TERM lets a task finish for a while (CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT), then gives it
        # back to the queue; without this the worker would wait for it as long as it takes.
        self.environment["REMAP_SIGTERM"] = "SIGQUIT"
        self.environment["PYTHONWARNINGS"] = "ignore:You're running the worker"

    def run(self, welcome: Callable[[int], str]) -> None:
        for use in self.uses:
            self.console.follow(use.name, embedded.log_path(use.name))
        while True:
            self._look_after_servers()
            self._look_after_children()
            self.console.pump(0.2)
            if not self.is_serving and self._serves():
                self.is_serving = True
                self.console.show(welcome(self.port))

    def _look_after_servers(self) -> None:
        for use in self.uses:
            if use.has_given_up():
                raise CannotStart(f"{use.name} does not run. {embedded.last_words(use.name)}")
            use.ensure()

    def _look_after_children(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.is_running() or now < child.next_start_at:
                continue
            if child.process is not None:
                self._bury(child, now)
            else:
                child.start(self.environment, self.console)

    def _bury(self, child: Child, now: float) -> None:
        code = child.clear_away()
        if now - child.started_at > GOOD_SECONDS:
            child.pause, child.failures = 1.0, 0
        child.failures += 1
        if not self.is_serving and child.failures >= FAILED_STARTS:
            self.console.pump(0.2)
            raise CannotStart(f"The {child.name} process does not start; see its lines above.")
        self.console.say(
            f"{child.name} ended with {code}; it is started again in {child.pause:.0f} s"
        )
        child.next_start_at = now + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _serves(self) -> bool:
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            web.request("GET", "/healthz")
            return web.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()

    def stop(self) -> None:
        """The sandbox outlives the worker, which may be talking to it."""
        running = [child for child in self.children if child.is_running()]
        if running:
            self.console.say("Stopping…")
        self._stop([child for child in running if child.name != "sandbox"])
        self._stop([child for child in running if child.name == "sandbox"])

    def _stop(self, leaving: list[Child]) -> None:
        for child in leaving:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.is_running() for child in leaving):
            self.console.pump(0.1)
            if self.signals.hurry or time.monotonic() > deadline:
                break
        for child in leaving:
            child.clear_away()
        self.console.pump(0)
