"""The sandbox over HTTP.

The standard library's server, and not a better one: the sandbox must be able to break a connection,
to stop in the middle of an answer and to say nothing, which a good server does not let one do.
"""

import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fundportal.sandbox.book import Book
from fundportal.sandbox.control import HTML, JSON, Control, Response
from fundportal.sandbox.faults import Faults
from fundportal.sandbox.gateway import Gateway, Reply
from fundportal.sandbox.notices import Notices
from fundportal.sandbox.store import Store

GATEWAY_PATH = "/gateway.do"
LONGEST_BODY = 1024 * 1024
IDLE_SECONDS = 60
GARBAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class Server(ThreadingHTTPServer):
    """A thread for each connection; none of them keeps the process from ending."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, host: str, port: int, *, folder: Path, keys: Path, app_id: str, notify_url: str = ""
    ) -> None:
        """Bind the port (0: a free one). Raises OSError where it is taken.

        With `notify_url` the portal is told there of each settled transfer.
        """
        store = Store(folder)
        faults = Faults(store)
        notices = Notices(store, faults, url=notify_url, keys=keys, app_id=app_id)
        book = Book(store, notices.enter)
        self.control = Control(book, faults, notices)
        self.gateway = Gateway(book, faults, keys, app_id)
        super().__init__((host, port), Handler)
        if notify_url:
            Thread(target=notices.run, args=(book.settle_due,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a traceback; a defect of the sandbox is."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "PaymentSandbox", ""
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    wbufsize = -1

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is given)
        """Say nothing: the book has every call."""

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._answer(Response(413, b"", HTML))
            return
        body = self.rfile.read(int(length))
        address = urlsplit(self.path)
        if address.path == GATEWAY_PATH and self.command == "POST":
            given = f"{address.query}&{body.decode('utf-8', 'replace')}"
            self._deliver(self.server.gateway.reply(dict(parse_qsl(given))))
            return
        respond = self.server.control.respond
        self._answer(respond(self.command, address.path, address.query, body, self.headers))

    def _answer(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        if response.status == 303:
            self.send_header("Location", "/")
        self.end_headers()
        self.wfile.write(response.body)

    def _deliver(self, reply: Reply) -> None:
        ways: dict[str, Callable[[Reply], None]] = {
            "timeout": self._say_nothing,
            "reset": self._reset,
            "http": self._fail,
            "garbage": self._talk_nonsense,
            "truncated": self._break_off,
        }
        ways.get(reply.fault.kind if reply.fault else "", self._speak)(reply)

    def _speak(self, reply: Reply) -> None:
        self._answer(Response(200, reply.body, JSON))

    def _talk_nonsense(self, reply: Reply) -> None:
        self._answer(Response(200, GARBAGE, HTML))

    def _say_nothing(self, reply: Reply) -> None:
        time.sleep(float(reply.fault.seconds) if reply.fault else 0)
        self.close_connection = True

    def _fail(self, reply: Reply) -> None:
        status = reply.fault.status if reply.fault else 500
        self._answer(Response(status, GARBAGE, HTML))

    def _reset(self, reply: Reply) -> None:
        """Close with a lingering time of nought: the kernel sends RST in place of FIN."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        os.close(self.connection.detach())

    def _break_off(self, reply: Reply) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body[: len(reply.body) // 2])
