"""Asking a ClamAV daemon about a file: INSTREAM of its protocol (man clamd, “COMMANDS”)."""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

PIECE = 64 * 1024
TIMEOUT_S = 60
LONGEST_ANSWER = 4096
DEFAULT_PORT = 3310


class Silent(Exception):
    """The daemon does not answer, or not in its protocol. It may later."""


@dataclass(frozen=True)
class Verdict:
    """`found` is the name of the virus; `error` is why the daemon did not look at the file."""

    found: str = ""
    error: str = ""


def connect(url: str, *, timeout: float = TIMEOUT_S) -> socket.socket:
    """A connection to `tcp://host:3310` or `unix:///run/clamd.sock`. Raises `Silent`."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix":
            link = socket.socket(socket.AF_UNIX)
            link.settimeout(timeout)
            link.connect(parts.path)
            return link
        return socket.create_connection(
            (parts.hostname or "", parts.port or DEFAULT_PORT), timeout=timeout
        )
    except OSError as error:
        raise Silent(str(error)) from None


def ping(url: str) -> str:
    """The version that the daemon names. Raises `Silent`."""
    with connect(url, timeout=5) as link:
        try:
            link.sendall(b"zVERSION\0")
            return _answer(link)
        except OSError as error:
            raise Silent(str(error)) from None


def scan(url: str, pieces: Iterable[bytes]) -> Verdict:
    """What the daemon says about the bytes. Raises `Silent`."""
    with connect(url) as link:
        try:
            link.sendall(b"zINSTREAM\0")
            _send(link, pieces)
            return _read(_answer(link))
        except OSError as error:
            raise Silent(str(error)) from None


def _send(link: socket.socket, pieces: Iterable[bytes]) -> None:
    """A daemon that has heard enough (its StreamMaxLength) closes, and still says why."""
    try:
        for piece in pieces:
            for start in range(0, len(piece), PIECE):
                part = piece[start : start + PIECE]
                link.sendall(struct.pack(">L", len(part)) + part)
        link.sendall(struct.pack(">L", 0))
    except (BrokenPipeError, ConnectionResetError):
        return


def _answer(link: socket.socket) -> str:
    said = b""
    while not said.endswith((b"\0", b"\n")) and len(said) < LONGEST_ANSWER:
        more = link.recv(LONGEST_ANSWER)
        if not more:
            break
        said += more
    if not said:
        raise Silent("It closed without an answer.")
    return said.rstrip(b"\0\n").decode("utf-8", "replace").strip()


def _read(answer: str) -> Verdict:
    """`stream: OK`, `stream: Eicar-Signature FOUND` or `… ERROR`."""
    if answer.endswith(" OK"):
        return Verdict()
    if answer.endswith(" FOUND"):
        return Verdict(found=answer.removesuffix(" FOUND").removeprefix("stream: ")[:200])
    if answer.endswith("ERROR"):
        return Verdict(error=answer.removesuffix("ERROR").strip()[:200] or "error")
    raise Silent(f"It answered {answer[:80]!r}.")
