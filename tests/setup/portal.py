"""A whole portal of its own, in a folder of its own, as `make run` would start it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.environment import ROOT, without_settings

START_SECONDS = 100


def environment(folder: Path, **more: str) -> dict[str, str]:
    return without_settings() | {"VAR_DIR": str(folder)} | more


def manage(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(folder: Path) -> dict[int, str]:
    """The command lines of all that was started for this folder, by process id."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            traces = command.encode() + (entry / "environ").read_bytes()
            traces += os.fsencode(os.readlink(entry / "cwd"))
        except OSError:
            continue
        if command and os.fsencode(str(folder)) in traces:
            found[int(entry.name)] = command
    return found


def wait_until(condition: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Portal:
    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self.log = folder.with_suffix(".log")

    def start(self) -> None:
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=environment(self.folder, PORT=str(self.port)),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def get(self, path: str) -> httpx.Response | None:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5)
        except httpx.TransportError:
            return None

    def serves(self, path: str = "/healthz") -> bool:
        answer = self.get(path)
        return answer is not None and answer.status_code == 200

    def wait(self) -> None:
        wait_until(lambda: self.has_said("Ctrl-C stops") or self.has_ended(), START_SECONDS)
        assert self.serves("/healthz"), self.log.read_text()

    def has_said(self, words: str) -> bool:
        return words in self.log.read_text()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def child(self, words: str) -> int:
        """The oldest process that has these words in its command line; waits for one to start."""

        def found() -> list[int]:
            return [pid for pid, line in processes_of(self.folder).items() if words in line]

        assert wait_until(found, 30), self.log.read_text()
        return min(found())

    def stop(self, sign: signal.Signals) -> int:
        self.process.send_signal(sign)
        return self.process.wait(30)
