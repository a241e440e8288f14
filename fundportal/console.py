"""The output of several processes on one screen, each line behind the name of its process."""

import os
import selectors
import sys
from pathlib import Path
from typing import IO

COLOURS = (36, 32, 33, 35, 34, 96, 92, 95)
WIDTH = 8


class Console:
    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.colours: dict[str, int] = {}
        self.unfinished: dict[str, bytes] = {}
        self.files: dict[str, tuple[Path, int]] = {}
        self.is_plain = not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR"))
        self.is_gone = False

    def say(self, text: str) -> None:
        for line in text.splitlines() or [""]:
            self._write("portal", line)

    def show(self, text: str) -> None:
        """Without a name before it, for what people copy from."""
        self._print(text)

    def listen(self, name: str, stream: IO[bytes]) -> None:
        os.set_blocking(stream.fileno(), False)
        self.selector.register(stream.fileno(), selectors.EVENT_READ, (name, stream))

    def follow(self, name: str, path: Path) -> None:
        """Shows what is added to a file from now on."""
        self.files[name] = (path, path.stat().st_size if path.exists() else 0)

    def pump(self, seconds: float) -> None:
        """Shows what came in, waiting at most so long for more."""
        for key, _ in self.selector.select(seconds):
            name, stream = key.data
            chunk = stream.read(65536)
            if chunk == b"":
                self.selector.unregister(key.fd)
                stream.close()
            self._lines(name, chunk or b"")
        for name, (path, seen) in self.files.items():
            if path.exists() and (size := path.stat().st_size) != seen:
                with open(path, "rb") as file:
                    file.seek(seen if size > seen else 0)
                    self._lines(name, file.read())
                self.files[name] = (path, size)

    def _lines(self, name: str, chunk: bytes) -> None:
        *lines, rest = (self.unfinished.get(name, b"") + chunk).split(b"\n")
        self.unfinished[name] = rest
        for line in lines:
            self._write(name, line.decode(errors="replace").rstrip())

    def _write(self, name: str, line: str) -> None:
        prefix = f"{name:<{WIDTH}} |"
        if not self.is_plain:
            colour = self.colours.setdefault(name, COLOURS[len(self.colours) % len(COLOURS)])
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self._print(f"{prefix} {line}")

    def _print(self, text: str) -> None:
        if self.is_gone:
            return
        try:
            print(text, flush=True)
        except OSError:
            # The terminal or the pipe was closed: the portal runs on, or is told to stop.
            self.is_gone = True
