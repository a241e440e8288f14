"""PostgreSQL and Valkey for a machine that has none (DATABASE_URL or REDIS_URL is not set).

Each service has a keeper (keeper.py): a process of its own that starts the service, restarts it,
and stops it when nobody uses it any more. Whoever uses a service holds a shared lock on its
`users` file; the keeper holds its `keeper` file alone. The kernel drops the locks of a killed
process, so none of this can go stale. Importing this module starts nothing.
"""

import hashlib
import json
import os
import random
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from fundportal.env import ROOT, Misconfigured, read
from fundportal.processes import Lock, is_held, is_held_alone

VAR_DIR = Path(read("str", "VAR_DIR", str(ROOT / "var"))).expanduser().absolute()
SERVICES = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
SUPERUSER = DATABASE = "portal"
START_SECONDS = 90


@contextmanager
def in_var_dir() -> Iterator[None]:
    """Says in words why nothing can be kept in VAR_DIR."""
    try:
        yield
    except PermissionError:
        raise Misconfigured(
            f"{VAR_DIR} belongs to another user. Start as that user, or set VAR_DIR."
        ) from None
    except OSError as error:
        raise Misconfigured(
            f"VAR_DIR cannot be used: {error.filename}: {error.strerror}."
        ) from None


def socket_dir() -> Path:
    """Where the Unix sockets are: a path that stays far below the kernel's 107 bytes."""
    key = hashlib.sha256(str(VAR_DIR.resolve()).encode()).hexdigest()[:12]
    return Path(f"/tmp/fundportal-{os.getuid()}-{key}")  # noqa: S108 (owner and mode are checked)


def private_socket_dir() -> Path:
    """The same, made if need be; refuses a directory that is not ours alone."""
    path = socket_dir()
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not ours or stat.S_IMODE(found.st_mode) & 0o077:
        raise Misconfigured(f"{path} belongs to somebody else. Remove it, or set VAR_DIR.")
    return path


def database_url(name: str = DATABASE) -> str:
    return f"postgres://{SUPERUSER}@{quote(str(socket_dir()), safe='')}/{name}"


def redis_url(db: int = 0) -> str:
    return f"unix://{socket_dir()}/valkey.sock?db={db}"


def broker_url(redis: str) -> str:
    """The same Redis in the form that Celery understands: it has its own one for Unix sockets."""
    parts = urlsplit(redis)
    if parts.scheme != "unix":
        return redis
    db = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={db}"


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def sandbox_port() -> int:
    """The port of this copy's payment sandbox: chosen once, then remembered."""
    remembered = VAR_DIR / "ports.json"
    with in_var_dir():
        if not remembered.exists():
            choose_sandbox_port()
    return json.loads(remembered.read_text())["sandbox"]


def choose_sandbox_port(*, other_than: int | None = None) -> None:
    """Remembers a free port; does nothing when another process has just chosen one."""
    remembered = VAR_DIR / "ports.json"
    lock = Lock(lock_path("ports", "chooser"))
    lock.wait()
    if not remembered.exists() or sandbox_port() == other_than:
        candidates = (random.randrange(20_000, 30_000) for _ in range(1000))  # noqa: S311
        port = next(candidate for candidate in candidates if port_is_free(candidate))
        draft = remembered.with_suffix(".draft")
        draft.write_text(json.dumps({"sandbox": port}))
        draft.replace(remembered)
    lock.close()


def sandbox_url() -> str:
    return f"http://127.0.0.1:{sandbox_port()}/gateway.do"


def needed() -> list[str]:
    """The services that the environment names no server for."""
    return [name for name, variable in SERVICES.items() if not read("str", variable, "")]


def lock_path(name: str, role: str) -> Path:
    return VAR_DIR / "run" / f"{name}.{role}"


def log_path(name: str) -> Path:
    return VAR_DIR / "log" / f"{name}.log"


def is_kept(name: str) -> bool:
    return is_held_alone(lock_path(name, "keeper"))


def answers(name: str) -> bool:
    """Whether the service takes a connection right now."""
    return _postgres_answers() if name == "postgres" else _valkey_answers()


def _postgres_answers() -> bool:
    import psycopg  # here, because it takes longer to import than all the rest

    try:
        psycopg.connect(database_url(), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _valkey_answers() -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(3)
        try:
            client.connect(f"{socket_dir()}/valkey.sock")
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class Use:
    """Keeps one service running until `let_go`, or until this process is gone."""

    def __init__(self, name: str):
        self.name = name
        self._keeper: subprocess.Popen | None = None
        with in_var_dir():
            self._lock = Lock(lock_path(name, "users"))
        self._lock.share()
        self.ensure()

    def ensure(self) -> None:
        """Starts the keeper unless there is one. Returns at once; see `wait`."""
        if not is_kept(self.name) and (self._keeper is None or self._keeper.poll() is not None):
            log = log_path(self.name)
            log.parent.mkdir(parents=True, exist_ok=True)
            with open(log, "ab") as out:
                self._keeper = subprocess.Popen(
                    [sys.executable, "-m", "fundportal.keeper", self.name],
                    cwd=ROOT,
                    env=os.environ | {"VAR_DIR": str(VAR_DIR)},
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                )

    def has_given_up(self) -> bool:
        """Whether our keeper ended by itself with an error (one that was killed did not)."""
        return self._keeper is not None and (self._keeper.poll() or 0) > 0

    def wait(self) -> None:
        """Returns when the service takes connections; ends in words if it never does."""
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.name):
            if self.has_given_up() or time.monotonic() > deadline:
                raise Misconfigured(f"{self.name} does not start. {last_words(self.name)}")
            self.ensure()
            time.sleep(0.05)

    def let_go(self) -> None:
        self._lock.close()

    def wait_for_end(self) -> None:
        """After `let_go`: returns when the service has stopped, or at once if others use it."""
        deadline = time.monotonic() + 30
        while is_kept(self.name) and time.monotonic() < deadline:
            if self.is_used():
                return
            time.sleep(0.05)
        if self._keeper is not None:
            self._keeper.wait()

    def is_used(self) -> bool:
        """Whether somebody shares the lock; the keeper that is just stopping holds it alone."""
        users = lock_path(self.name, "users")
        return is_held(users) and not is_held_alone(users)


def last_words(name: str) -> str:
    log = log_path(name)
    lines = log.read_text(errors="replace").splitlines()[-6:] if log.exists() else []
    return f"Its log {log} ends with:\n  " + "\n  ".join(lines)


@contextmanager
def running(*names: str) -> Iterator[list[Use]]:
    """The named services run inside the block: those of somebody else, or started for it."""
    uses: list[Use] = []
    try:
        uses += [Use(name) for name in names]
        for use in uses:
            use.wait()
        yield uses
    finally:
        for use in uses:
            use.let_go()
        for use in uses:
            use.wait_for_end()
