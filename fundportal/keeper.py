"""`python -m fundportal.keeper postgres|valkey`: keeps one server while somebody uses it."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fundportal.embedded import lock_path, log_path, private_socket_dir, socket_dir
from fundportal.processes import Lock, spawn, stop
from fundportal.servers import SERVERS, Postgres, Valkey

log = logging.getLogger("keeper")
LOG_BYTES = 10 * 1024 * 1024
RETRY_SECONDS = (0.2, 0.5, 1, 2)
GOOD_SECONDS = 30
TICK = 0.2


def command_of(pid: int) -> str:
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return shown.stdout


def stop_leftover(server: Postgres | Valkey) -> None:
    """Stops a server that outlived its keeper, and removes what a dead one left behind.

    Nobody but the one keeper starts a server here, so whatever still runs is such a leftover.
    """
    if not server.pid_file.exists():
        return
    first = server.pid_file.read_text().split("\n", 1)[0].strip()
    pid = int(first) if first.isdigit() else 0

    def runs() -> bool:
        return pid > 0 and str(server.data) in command_of(pid)

    for sign in (server.stop_signal, signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + 10
        if runs():
            log.warning("stopping process %d, which was left behind", pid)
            os.kill(pid, sign)
        while runs() and time.monotonic() < deadline:
            time.sleep(0.1)
    # The number may belong to another program by now, and PostgreSQL would believe it.
    server.pid_file.unlink(missing_ok=True)
    (private_socket_dir() / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


class Keeper:
    def __init__(self, name: str):
        self.name = name
        self.users = Lock(lock_path(name, "users"))
        self.child: subprocess.Popen | None = None
        self.told_to_stop = False
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)

    def _stop(self, *_) -> None:
        self.told_to_stop = True

    def is_over(self) -> bool:
        """True when nobody uses the server any more: from then on new users wait for our end."""
        return self.told_to_stop or self.users.take()

    def keep(self) -> int:
        server: Postgres | Valkey = SERVERS[self.name]()
        server.prepare()
        retries: Iterator[float] = iter(RETRY_SECONDS)
        while not self.is_over():
            started = time.monotonic()
            stop_leftover(server)
            self.child = spawn(server.argv(), on_death=server.stop_signal)
            self._watch(server)
            if self.child.poll() is None:
                break
            log.error("%s ended with %s", self.name, self.child.returncode)
            if time.monotonic() - started > GOOD_SECONDS:
                retries = iter(RETRY_SECONDS)
            pause = next(retries, None)
            if pause is None:
                return 1
            time.sleep(pause)
        if self.child is not None:
            stop(self.child, server.stop_signal, 20)
        with suppress(OSError):  # the other server may still be in it
            socket_dir().rmdir()
        return 0

    def _watch(self, server: Postgres | Valkey) -> None:
        is_ready = False
        while self.child is not None and self.child.poll() is None and not self.is_over():
            is_ready = is_ready or server.is_ready()
            time.sleep(TICK if is_ready else TICK / 4)


def main(name: str) -> int:
    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO)
    alone = Lock(lock_path(name, "keeper"))
    for _try in range(10):
        if alone.take():
            break
        time.sleep(TICK / 4)
    else:
        return 0
    own_log = log_path(name)
    if own_log.exists() and own_log.stat().st_size > LOG_BYTES:
        os.truncate(own_log, 0)
    return Keeper(name).keep()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
