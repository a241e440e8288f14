"""Child processes that do not outlive their parent, and locks that do not outlive their holder."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


class Lock:
    """An advisory lock on a file: the kernel drops it when the process ends, however it ends."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = open(path, "a+")  # noqa: SIM115

    def share(self) -> None:
        """Waits while somebody holds the lock alone."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def wait(self) -> None:
        """Waits until nobody else holds it, and holds it alone."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def take(self, *, shared: bool = False) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def write(self, text: str) -> None:
        self._file.truncate(0)
        self._file.write(text)
        self._file.flush()

    def is_current(self) -> bool:
        """Whether the file is still the one at its path: its last holder may have removed it."""
        return (
            self.path.exists() and os.fstat(self._file.fileno()).st_ino == self.path.stat().st_ino
        )

    def close(self) -> None:
        self._file.close()


def is_held(path: Path) -> bool:
    return not _could_take(path, shared=False)


def is_held_alone(path: Path) -> bool:
    return not _could_take(path, shared=True)


def _could_take(path: Path, *, shared: bool) -> bool:
    if not path.exists():
        return True
    probe = Lock(path)
    try:
        return probe.take(shared=shared)
    finally:
        probe.close()


def die_with_parent(sign: signal.Signals) -> None:
    """This process gets the signal when the thread that started it ends.

    Linux only; elsewhere the next start finds and stops what was left.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sign))


def spawn(argv: Sequence[str], *, on_death: signal.Signals, **options) -> subprocess.Popen:
    """A child in its own session, which gets the signal `on_death` when this process dies.

    Call it from the main thread: it is the thread's end that counts.
    """
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()
        die_with_parent(on_death)
        if os.getppid() != parent:
            os._exit(1)

    return subprocess.Popen(argv, stdin=subprocess.DEVNULL, preexec_fn=prepare, **options)


def stop(child: subprocess.Popen, sign: signal.Signals, patience: float) -> None:
    """Sends the signal, waits, and kills the whole session if it stays."""
    if child.poll() is None:
        child.send_signal(sign)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            kill_session(child)
            child.wait()


def kill_session(child: subprocess.Popen) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
