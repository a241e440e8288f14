"""A ClamAV daemon on a real socket that answers as the test says."""

import socket
import struct
import threading
from contextlib import contextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon:
    """`heard` is what came in; `says` overrides the answer; `hear_at_most` closes early."""

    def __init__(self, family: int, place):
        self.heard: list[bytes] = []
        self.says: bytes | None = None
        self.hear_at_most = 10**9
        self.listening = socket.socket(family)
        self.listening.bind(place)
        self.listening.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                link, _place = self.listening.accept()
            except OSError:
                return
            with link:
                self._answer(link)

    def _answer(self, link: socket.socket) -> None:
        stream = link.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1)
        if command == b"zVERSION\0":
            link.sendall(b"ClamAV 1.4.2/27000\0")
            return
        content = b""
        while length := struct.unpack(">L", stream.read(4))[0]:
            content += stream.read(length)
            if len(content) > self.hear_at_most:
                link.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.heard.append(content)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        link.sendall(found if self.says is None else self.says)


@contextmanager
def daemon(folder: Path | None = None):
    """`(url, daemon)`: over TCP or, with a folder, over a unix socket in it."""
    if folder is None:
        running = Daemon(socket.AF_INET, ("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{running.listening.getsockname()[1]}"
    else:
        running = Daemon(socket.AF_UNIX, str(folder / "clamd.sock"))
        url = f"unix://{folder}/clamd.sock"
    try:
        yield url, running
    finally:
        running.listening.close()
